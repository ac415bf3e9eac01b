"""Orders in place, which wait for a call that fits."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

from reference.control.orders import Order


class Trap:
    """One order in place; see reference.control.orders.Armed."""

    def __init__(self, order: Order, forget: Callable[[Trap], None]) -> None:
        self.order = order
        self.times_struck = 0
        self.times_left = order.times
        self._forget = forget
        self._off = asyncio.Event()
        self._is_off = threading.Event()
        self.calls = 0
        """How many calls there were that it fits, struck or not."""

    def call_off(self) -> None:
        """Spring no more; whoever waits in `stall` goes on."""
        self._off.set()
        self._is_off.set()
        self._forget(self)

    async def stall(self) -> None:
        """Wait as long as the order says, at most until it is called off."""
        try:
            async with asyncio.timeout(self.order.scope.get("seconds")):
                await self._off.wait()
        except TimeoutError:
            return

    def stall_here(self) -> None:
        """Wait as `stall` does, on a thread that is not the loop's."""
        self._is_off.wait(self.order.scope.get("seconds"))


class Traps:
    """The orders for one place, first come, first struck; and they spring on any thread."""

    def __init__(self) -> None:
        self._traps: list[Trap] = []
        self._lock = threading.Lock()

    def set(self, order: Order) -> Trap:
        """Put an order in place."""
        trap = Trap(order, self._forget)
        with self._lock:
            self._traps.append(trap)
        return trap

    def spring(self, **call: object) -> Trap | None:
        """Return the first trap that is meant for whom a call is made and has times left, and count the call."""
        return self.spring_if(lambda order: order.concerns(**call))

    def spring_if(self, fits: Callable[[Order], bool]) -> Trap | None:
        """Return the first trap with an order that fits a call and has times left, and count the call."""
        with self._lock:
            for trap in self._traps:
                if trap.times_left != 0 and fits(trap.order):
                    trap.calls += 1
                    if trap.calls % trap.order.scope.get("every", 1):
                        continue
                    trap.times_struck += 1
                    if trap.times_left is not None:
                        trap.times_left -= 1
                    return trap
        return None

    def _forget(self, trap: Trap) -> None:
        with self._lock:
            if trap in self._traps:
                self._traps.remove(trap)
