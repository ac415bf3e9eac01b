"""Time, as the service reads it; a test may bring its own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Protocol


class Timer(Protocol):
    def cancel(self) -> None:
        """Make the call not happen; harmless when it already has."""


class Clock(Protocol):
    """Two readings of time, and an alarm."""

    def now_ms(self) -> int:
        """Return the wall-clock time, in milliseconds since the Unix epoch."""

    def monotonic_s(self) -> float:
        """Return a reading that never goes back, for measuring durations."""

    def call_later(self, delay_s: float, call: Callable[[], None]) -> Timer:
        """Make `call` on the event loop after `delay_s`."""


class SystemClock:
    """The machine's clocks and the running event loop's alarm."""

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000

    def monotonic_s(self) -> float:
        return time.monotonic()

    def call_later(self, delay_s: float, call: Callable[[], None]) -> Timer:
        return asyncio.get_running_loop().call_later(max(0.0, delay_s), call)


async def sleep(clock: Clock, delay_s: float) -> None:
    """Return after `delay_s` of that clock's time."""
    woken = asyncio.Event()
    alarm = clock.call_later(delay_s, woken.set)
    try:
        await woken.wait()
    finally:
        alarm.cancel()


@asynccontextmanager
async def time_limit(clock: Clock, limit_s: float) -> AsyncIterator[None]:
    """Raise TimeoutError out of the block when it takes longer than `limit_s` of that clock's time."""
    async with asyncio.timeout(None) as limit:
        alarm = clock.call_later(limit_s, lambda: limit.reschedule(asyncio.get_running_loop().time()))
        try:
            yield
        finally:
            alarm.cancel()
