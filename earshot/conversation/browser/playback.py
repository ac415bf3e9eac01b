"""Whether a page may send what its microphone picks up: not while it speaks an answer, unless it is interrupted."""

from __future__ import annotations

from earshot.conversation.browser.voice_activity import Thresholds


class PlaybackGate:
    """Closed while an answer is spoken; loud speech opens it and ends the answer (barge-in)."""

    def __init__(self, thresholds: Thresholds) -> None:
        self._thresholds = thresholds
        self._until_s = 0.0
        self.interruptions = 0
        """How many answers were cut short."""

    def plays(self, at_s: float, lasts_s: float) -> None:
        """Begin to speak an answer; one that is being spoken is followed by it."""
        self._until_s = max(self._until_s, at_s) + lasts_s

    @property
    def ends_s(self) -> float:
        """When the answer that is being spoken, or was spoken last, ends."""
        return self._until_s

    def is_playing(self, at_s: float) -> bool:
        """Whether an answer is being spoken at this time."""
        return at_s < self._until_s

    def admits(self, at_s: float, loudness: float) -> bool:
        """Whether sound of this loudness may be sent at this time; sound that interrupts an answer ends it."""
        if not self.is_playing(at_s):
            return True
        if loudness <= self._thresholds.interruption:
            return False
        self._until_s = at_s
        self.interruptions += 1
        return True
