"""Leaving an engine alone that keeps failing."""

from __future__ import annotations

from reference.storage.clock import Clock

FAILURES_TO_OPEN = 5


class Breaker:
    """Counts failures of one session's engine; after five without a success it forbids calls for a while.

    When that time is over one call is let through as a trial: if it fails, calls are forbidden again.
    """

    def __init__(self, clock: Clock, *, open_s: float) -> None:
        self._clock = clock
        self._open_s = open_s
        self._failures = 0
        self._open_until_s = 0.0

    def refuses_for_s(self) -> float:
        """Return for how long calls are forbidden still; 0 when one may be made."""
        return max(0.0, self._open_until_s - self._clock.monotonic_s())

    def failed(self) -> None:
        """Note that a call failed, or that a stream broke."""
        self._failures += 1
        if self._failures >= FAILURES_TO_OPEN:
            self._open_until_s = self._clock.monotonic_s() + self._open_s

    def succeeded(self) -> None:
        """Note that the engine has shown that it works."""
        self._failures = 0
