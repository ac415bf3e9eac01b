"""Rates of one connection, counted in memory over a sliding second (REQ-26, BRO-1.4.17, BRO-1.4.18, BRO-5.2.5)."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from reference.broadcast.live import Member
from reference.broadcast.settings import BroadcastSettings
from reference.metrics import Metrics
from reference.refusal import Refusal
from reference.storage.clock import Clock

WINDOW_S = 1.0
CALM_S = 1.0
"""A violation is over when nothing was dropped for this long."""


class SlidingWindow:
    """At most `limit` events in any second; an event that is turned away does not count."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._taken_at_s: deque[float] = deque()

    def take(self, now_s: float) -> bool:
        """Count one event, unless there are too many."""
        while self._taken_at_s and self._taken_at_s[0] <= now_s - WINDOW_S:
            self._taken_at_s.popleft()
        if len(self._taken_at_s) >= self._limit:
            return False
        self._taken_at_s.append(now_s)
        return True

    def free_in_s(self, now_s: float) -> float:
        """Return how long until an event can be taken again."""
        if len(self._taken_at_s) < self._limit:
            return 0.0
        return max(0.0, self._taken_at_s[0] + WINDOW_S - now_s)


@dataclass(slots=True)
class Violation:
    """Drops that follow each other without a full second between them."""

    began_s: float
    last_drop_s: float
    dropped: int = 0
    warned: bool = False


@dataclass(frozen=True, slots=True)
class Excess:
    """A chunk that is one too many, and what follows from it."""

    violation_seconds: int
    dropped_chunks: int
    warn: bool
    close: bool


@dataclass(slots=True)
class _Windows:
    audio: SlidingWindow
    control: SlidingWindow
    status: SlidingWindow
    violation: Violation | None = field(default=None)


class Rates:
    """Says whether a member may send one more message of a kind."""

    def __init__(self, settings: BroadcastSettings, clock: Clock, metrics: Metrics) -> None:
        self._settings = settings
        self._clock = clock
        self._metrics = metrics
        self._windows: WeakKeyDictionary[Member, _Windows] = WeakKeyDictionary()

    def control(self, member: Member) -> None:
        """Count a control; raise Refusal RATE_LIMIT_EXCEEDED when it is one too many."""
        self._take(member, self.windows_of(member).control, "control")

    def status(self, member: Member) -> None:
        """Count a status query; raise Refusal RATE_LIMIT_EXCEEDED when it is one too many."""
        self._take(member, self.windows_of(member).status, "status")

    def audio(self, member: Member) -> Excess | None:
        """Count a chunk; return None when it may pass."""
        windows, now_s = self.windows_of(member), self._clock.monotonic_s()
        if windows.audio.take(now_s):
            return None
        self._metrics.put("RateLimitViolations", SessionId=member.session_id, MessageType="audio")
        violation = windows.violation
        if violation is None or now_s - violation.last_drop_s >= CALM_S:
            violation = windows.violation = Violation(now_s, now_s)
        violation.last_drop_s = now_s
        violation.dropped += 1
        lasted_s = now_s - violation.began_s
        warn = not violation.warned and lasted_s > self._settings.rate_limit_warning_seconds
        violation.warned = violation.warned or warn
        return Excess(
            math.floor(lasted_s) + 1,
            violation.dropped,
            warn,
            lasted_s > self._settings.rate_limit_close_seconds,
        )

    def _take(self, member: Member, window: SlidingWindow, kind: str) -> None:
        now_s = self._clock.monotonic_s()
        if not window.take(now_s):
            self._metrics.put("RateLimitViolations", SessionId=member.session_id, MessageType=kind)
            raise Refusal(
                "RATE_LIMIT_EXCEEDED",
                f"Too many {kind} messages",
                retryAfter=max(1, math.ceil(window.free_in_s(now_s))),
            )

    def windows_of(self, member: Member) -> _Windows:
        windows = self._windows.get(member)
        if windows is None:
            settings = self._settings
            windows = self._windows[member] = _Windows(
                SlidingWindow(settings.rate_limit_audio_chunks_per_second),
                SlidingWindow(settings.rate_limit_control_messages_per_second),
                SlidingWindow(settings.rate_limit_status_queries_per_second),
            )
        return windows
