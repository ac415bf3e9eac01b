"""Time, as the service reads it; a test may bring its own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Protocol


class Timer(Protocol):
    """A call that is still to come."""

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
        """Return the wall-clock time, in milliseconds since the Unix epoch."""
        return time.time_ns() // 1_000_000

    def monotonic_s(self) -> float:
        """Return a reading that never goes back, for measuring durations."""
        return time.monotonic()

    def call_later(self, delay_s: float, call: Callable[[], None]) -> Timer:
        """Make `call` on the event loop after `delay_s`."""
        return asyncio.get_running_loop().call_later(max(0.0, delay_s), call)
