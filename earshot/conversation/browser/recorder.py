"""How a recorder hands over what it has recorded: how long its pieces are, and when each is ready."""

from __future__ import annotations

from dataclasses import dataclass

from earshot.audio.clips import SAMPLE_RATE_HZ, Samples


@dataclass(frozen=True, slots=True)
class Cadence:
    """So many pieces of this length, with this pause between sending one and the next."""

    pieces: int
    piece_ms: int
    pause_ms: int = 0

    def due_s(self) -> list[float]:
        """Return when each piece is to be sent, in seconds from the first."""
        return [number * self.pause_ms / 1000 for number in range(self.pieces)]

    def in_real_time(self) -> Cadence:
        """Return the same pieces at their own pace: each is sent when it has been recorded."""
        return Cadence(self.pieces, self.piece_ms, self.piece_ms)

    def cut(self, samples: Samples) -> list[Samples]:
        """Return the beginning of a sound in these pieces; ValueError if it is too short for them."""
        size = self.piece_ms * SAMPLE_RATE_HZ // 1000
        if len(samples) < self.pieces * size:
            raise ValueError(
                f"{self.pieces} pieces of {self.piece_ms} ms need {self.pieces * self.piece_ms} ms of sound, "
                f"but there are {1000 * len(samples) // SAMPLE_RATE_HZ}"
            )
        return [samples[start : start + size] for start in range(0, self.pieces * size, size)]


STREAMING = Cadence(pieces=5, piece_ms=100, pause_ms=50)
COMPLETION = Cadence(pieces=3, piece_ms=200)
QUESTION = Cadence(pieces=2, piece_ms=200)
