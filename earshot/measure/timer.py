"""Waking up on time: event loops keep time in milliseconds, and uvloop wakes up to one millisecond early.

Asking again until the time has come costs a whole processor when a hundred speakers do it. Linux has timers that are
files and keep time in nanoseconds; a loop watches them as it watches sockets.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import sys
from types import TracebackType

_CLOCK_MONOTONIC = 1


class _Setting(ctypes.Structure):
    """Linux' `itimerspec`: interval, then time until the timer, each in seconds and nanoseconds."""

    _fields_ = tuple((name, ctypes.c_long) for name in ("every_s", "every_ns", "in_s", "in_ns"))


class Timer:
    """Sleeps on the running loop: to a tenth of a millisecond on Linux, elsewhere as well as the loop can."""

    def __init__(self) -> None:
        self._system = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
        self._file = self._system.timerfd_create(_CLOCK_MONOTONIC, os.O_NONBLOCK) if self._system else -1

    def __enter__(self) -> Timer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file >= 0:
            os.close(self._file)

    async def sleep(self, seconds: float) -> None:
        """Return after so many seconds, or, where the loop decides, a little earlier: ask the clock again."""
        if self._system is None or self._file < 0:  # no such timers here, or too many files open
            await asyncio.sleep(seconds)
            return
        loop = asyncio.get_running_loop()
        rung = loop.create_future()

        def ring() -> None:
            os.read(self._file, 8)
            if not rung.done():  # it is done when the sleeper was cancelled
                rung.set_result(None)

        whole_s = int(seconds)
        setting = _Setting(0, 0, whole_s, max(1, round((seconds - whole_s) * 1e9)))
        loop.add_reader(self._file, ring)
        try:
            self._system.timerfd_settime(self._file, 0, ctypes.byref(setting), None)
            await rung
        finally:
            loop.remove_reader(self._file)
