"""Whether somebody is speaking, by loudness alone, as the page decides it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from earshot.audio.clips import SAMPLE_RATE_HZ, Samples

DEVICE_RATE_HZ = 48_000
"""Pages listen at the rate of the device, whatever they send."""
WINDOW_SAMPLES = 2048
WINDOWS_PER_S = 60
HANGOVER_S = 0.3
"""So much time without speech ends it."""
DEFAULT_SENSITIVITY = 0.5
FULL_SCALE = 32768


class Loudness(StrEnum):
    """What a window of sound is taken for."""

    SILENCE = "silence"
    NOISE = "noise"
    SPEECH = "speech"


class Event(StrEnum):
    STARTED = "started"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Loudness (RMS, 1 is full scale) below which there is silence, and above which there is speech."""

    silence: float
    speech: float

    @classmethod
    def at(cls, sensitivity: float = DEFAULT_SENSITIVITY) -> Thresholds:
        """Return the thresholds for a sensitivity from 0 to 1."""
        if not 0 <= sensitivity <= 1:
            raise ValueError(f"a sensitivity is from 0 to 1, not {sensitivity:g}")
        return cls(silence=0.005 * (1 + sensitivity), speech=0.03 * (1 + 2 * sensitivity))

    @property
    def interruption(self) -> float:
        """Loudness above which somebody interrupts an answer that is being spoken."""
        return 1.5 * self.speech

    def classify(self, loudness: float) -> Loudness:
        """Return what a window of this loudness is taken for; on a threshold it is noise."""
        if loudness < self.silence:
            return Loudness.SILENCE
        return Loudness.SPEECH if loudness > self.speech else Loudness.NOISE


class VoiceActivity:
    """Notices when speech starts, and when it has ended."""

    def __init__(self, thresholds: Thresholds) -> None:
        self._thresholds = thresholds
        self._last_speech_s: float | None = None

    @property
    def is_speaking(self) -> bool:
        """Whether speech has started and not ended yet."""
        return self._last_speech_s is not None

    def observe(self, at_s: float, loudness: float) -> Event | None:
        """Take in the loudness at this time, which is later than all before; return what that changes."""
        if self._thresholds.classify(loudness) is Loudness.SPEECH:
            started, self._last_speech_s = self._last_speech_s is None, at_s
            return Event.STARTED if started else None
        if self._last_speech_s is not None and at_s - self._last_speech_s >= HANGOVER_S:
            self._last_speech_s = None
            return Event.ENDED
        return None

    def forget(self) -> None:
        """Begin anew, as if nothing had been said."""
        self._last_speech_s = None


def loudness(samples: Samples) -> float:
    """Return the RMS of samples, where 1 is full scale; nothing is as loud as silence."""
    if not len(samples):
        return 0.0
    return float(np.sqrt(np.mean((samples.astype(np.float64) / FULL_SCALE) ** 2)))


def loudnesses(samples: Samples) -> Iterator[tuple[float, float]]:
    """Yield (time in seconds, loudness of the window that ends then), 60 times a second of the sound."""
    window = WINDOW_SAMPLES * SAMPLE_RATE_HZ // DEVICE_RATE_HZ
    for number in range(1, len(samples) * WINDOWS_PER_S // SAMPLE_RATE_HZ + 1):
        end = number * SAMPLE_RATE_HZ // WINDOWS_PER_S
        yield number / WINDOWS_PER_S, loudness(samples[max(0, end - window) : end])
