"""How much one client may ask in a minute, where that is limited (ARC-140)."""

from __future__ import annotations

import math
import time
from collections import OrderedDict

from reference.archive.problem import Problem

MOST_CLIENTS = 10_000


class Limiter:
    """Counts in windows that begin with a client's first request."""

    def __init__(self, per_minute: int | None, minute_s: float) -> None:
        self._per_minute = per_minute
        self._minute_s = minute_s
        self._windows: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def admit(self, client: str) -> dict[str, str]:
        """Return the headers that tell of the limit; RateLimitError where it is reached."""
        if self._per_minute is None:
            return {}
        now_s = time.monotonic()
        began_s, count = self._windows.get(client, (now_s, 0))
        if now_s - began_s >= self._minute_s:
            began_s, count = now_s, 0
        left_s = began_s + self._minute_s - now_s
        told = {
            "X-RateLimit-Limit": str(self._per_minute),
            "X-RateLimit-Remaining": str(max(0, self._per_minute - count - 1)),
            "X-RateLimit-Reset": str(math.ceil(time.time() + left_s)),
        }
        if count >= self._per_minute:
            waiting = {**told, "Retry-After": str(max(1, math.ceil(left_s)))}
            raise Problem("RateLimitError", "Too many requests", headers=waiting)
        self._windows[client] = began_s, count + 1
        self._windows.move_to_end(client)
        if len(self._windows) > MOST_CLIENTS:
            self._windows.popitem(last=False)
        return told
