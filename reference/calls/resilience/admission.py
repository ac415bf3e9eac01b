"""Bounded queues of work: who runs, who waits, and who is turned away (RES-19 to RES-23)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from reference.calls.problem import Problem

MEBIBYTE = 1 << 20
SWITCHED_AT_MOST_EVERY_S = 10.0
PRIORITIES = {"normal": 0, "high": 1, "urgent": 2}


@dataclass(frozen=True, slots=True)
class Terms:
    """How many wait at most, how much they hold, what is done when there is no room, and how long they wait."""

    max_queue_size: int = 1000
    max_memory_mb: float = 100
    strategy: str = "adaptive"
    max_wait_s: float = 30
    max_concurrent: int = 32
    refuses_surplus: bool = False
    """Whether whoever finds no room is turned away, whatever the strategy."""


TERMS = {
    "tts_synthesis": Terms(100, 50, "adaptive", 30),
    "audio_streaming": Terms(200, 100, "drop_oldest", 10),
    "pms_operations": Terms(50, 25, "block", 20),
    "webhook_processing": Terms(500, 200, "adaptive", 15, refuses_surplus=True),
    "gdpr_operations": Terms(30, 15, "block", 60),
}


def terms_of(profile: str) -> dict[str, Terms]:
    if profile != "production":
        return dict(TERMS)
    return {
        name: replace(
            one,
            max_queue_size=round(0.7 * one.max_queue_size),
            max_memory_mb=0.7 * one.max_memory_mb,
            max_wait_s=min(60, one.max_wait_s + 10),
        )
        for name, one in TERMS.items()
    }


@dataclass(eq=False, slots=True)
class _Waiter:
    priority: int
    size_bytes: int
    turn: asyncio.Future[None]


class Handler:
    """One kind of work. Waiting places go to the urgent before the normal; of equals, to whoever came first."""

    def __init__(self, name: str, terms: Terms) -> None:
        self.name = name
        self._usual = self.terms = terms
        self._running = 0
        self.on_rejected: Callable[[str], object] = lambda _: None
        """Told by what name somebody was turned away."""
        self._waiting: list[_Waiter] = []
        self._adapted, self._adapted_s = "block", float("-inf")
        self.processed = self.dropped = self.blocked = 0
        self._busy_s = 0.0

    @asynccontextmanager
    async def slot(self, priority: str = "normal", size_bytes: int = 0) -> AsyncIterator[None]:
        """Run the block when there is room for it; raise Problem BACKPRESSURE_REJECTED where there will be none."""
        if self._running >= self.terms.max_concurrent:
            await self._wait(_Waiter(PRIORITIES[priority], size_bytes, asyncio.get_running_loop().create_future()))
        else:
            self._running += 1
        began_s = time.perf_counter()
        try:
            yield
        finally:
            self._busy_s += time.perf_counter() - began_s
            self.processed += 1
            self._running -= 1
            self._hand_over()

    def override(self, given: Mapping[str, Any]) -> None:
        self.terms = replace(self._usual, **given)
        self._hand_over()

    def restore(self) -> None:
        self.override({})

    @property
    def queued(self) -> int:
        return len(self._waiting)

    def statistics(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "current_queue_size": len(self._waiting),
            "max_queue_size": self.terms.max_queue_size,
            "current_memory_mb": self._held_bytes() / MEBIBYTE,
            "max_memory_mb": self.terms.max_memory_mb,
            "max_concurrent": self.terms.max_concurrent,
            "total_processed": self.processed,
            "total_dropped": self.dropped,
            "total_blocked": self.blocked,
            "average_processing_time": self._busy_s / self.processed if self.processed else 0.0,
            "strategy": self.terms.strategy,
        }

    async def _wait(self, waiter: _Waiter) -> None:
        if self._is_full(waiter):
            await self._make_room(waiter)
        self._waiting.append(waiter)
        try:
            async with asyncio.timeout(self.terms.max_wait_s):
                await waiter.turn
        except TimeoutError:
            self._give_back(waiter)
            raise self._rejected() from None
        except asyncio.CancelledError:
            self._give_back(waiter)
            raise
        finally:
            if waiter in self._waiting:
                self._waiting.remove(waiter)

    def _give_back(self, waiter: _Waiter) -> None:
        """Let another have the turn that came at the moment in which the waiter left."""
        if waiter.turn.done() and not waiter.turn.cancelled() and waiter.turn.exception() is None:
            self._running -= 1
            self._hand_over()

    async def _make_room(self, waiter: _Waiter) -> None:
        """Drop somebody, wait until there is room, or raise the refusal of the one who came."""
        if outranked := [one for one in self._waiting if one.priority < waiter.priority]:
            self._drop(min(reversed(outranked), key=lambda one: one.priority))
            return
        match "drop_newest" if self.terms.refuses_surplus else self._strategy():
            case "drop_oldest" if self._waiting:
                self._drop(self._waiting[0])
            case "block":
                self.blocked += 1
                await self._room(waiter)
            case _:
                raise self._rejected()

    def _strategy(self) -> str:
        """Return what is done now; an adaptive one drops where too much is held, and blocks where too many wait."""
        if self.terms.strategy != "adaptive":
            return self.terms.strategy
        is_heavy = self._held_bytes() > 0.95 * self.terms.max_memory_mb * MEBIBYTE
        wanted = "drop_oldest" if is_heavy else "block"
        if wanted != self._adapted and time.monotonic() - self._adapted_s > SWITCHED_AT_MOST_EVERY_S:
            self._adapted, self._adapted_s = wanted, time.monotonic()
        return self._adapted

    async def _room(self, waiter: _Waiter) -> None:
        try:
            async with asyncio.timeout(self.terms.max_wait_s):
                while self._is_full(waiter):
                    await asyncio.sleep(0.01)
        except TimeoutError:
            raise self._rejected() from None

    def _drop(self, waiter: _Waiter) -> None:
        self._waiting.remove(waiter)
        if not waiter.turn.done():
            waiter.turn.set_exception(self._rejected())

    def _hand_over(self) -> None:
        while self._waiting and self._running < self.terms.max_concurrent:
            first = max(self._waiting, key=lambda one: one.priority)
            self._waiting.remove(first)
            if not first.turn.done():
                self._running += 1
                first.turn.set_result(None)

    def _is_full(self, waiter: _Waiter) -> bool:
        too_much = self._held_bytes() + waiter.size_bytes > self.terms.max_memory_mb * MEBIBYTE
        return len(self._waiting) >= self.terms.max_queue_size or too_much

    def _held_bytes(self) -> int:
        return sum(one.size_bytes for one in self._waiting)

    def _rejected(self) -> Problem:
        self.dropped += 1
        self.on_rejected(self.name)
        return Problem("BACKPRESSURE_REJECTED", "Too much is being done at the moment")
