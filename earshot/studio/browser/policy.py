"""When the page asks again, when it sends a heartbeat, and how it records."""

from __future__ import annotations

from collections.abc import Mapping

ANSWER_WITHIN_S = 30.0
RETRIED_AFTER_S = (1.0, 2.0, 4.0)
SERVER_ERRORS = range(500, 600)
HEARTBEAT_S = 30.0
SLICE_MS = 100
MICROPHONE: Mapping[str, object] = {
    "sampleRate": 16000,
    "channelCount": 1,
    "echoCancellation": False,
    "noiseSuppression": False,
    "autoGainControl": False,
}
"""What a page asks of a microphone."""


def retried_after_s(retries: int, status: int | None) -> float | None:
    """Return the rest before a request is made again, after so many retries, that was answered so (STU-101).

    A status of None is no answer. None means that it is not made again.
    """
    is_retried = status is None or status in SERVER_ERRORS
    return RETRIED_AFTER_S[retries] if is_retried and retries < len(RETRIED_AFTER_S) else None


class Heartbeat:
    """Says when heartbeats are due while a page is live (STU-100); times in seconds, of one clock."""

    def __init__(self) -> None:
        self._due_s: float | None = None

    def begins(self, now_s: float) -> None:
        self._due_s = now_s + HEARTBEAT_S

    def ends(self) -> None:
        self._due_s = None

    def next_s(self, until_s: float) -> float | None:
        """Return when the next is due, and count it as sent; None if that is not before `until_s`."""
        if self._due_s is None or self._due_s >= until_s:
            return None
        due_s, self._due_s = self._due_s, self._due_s + HEARTBEAT_S
        return due_s
