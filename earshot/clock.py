"""The time of day, for what has a beginning and an end."""

from __future__ import annotations

import time

_ZERO_S = time.time() - time.monotonic()


def now_s() -> float:
    """Return seconds since 1970 by a clock that was set when this process began and is never set back."""
    return _ZERO_S + time.monotonic()


def now_ms() -> int:
    """Return milliseconds since 1970 by the same clock."""
    return round(now_s() * 1000)
