"""How something was said: its loudness and its rate (BRO-5.5)."""

from __future__ import annotations

from enum import Enum

import numpy as np
import numpy.typing as npt

from reference.broadcast.handover import EmotionDynamics
from reference.speech.ports import BYTES_PER_SECOND, SAMPLE_RATE_HZ

REMEMBERED_S = 10.0
"""Audio kept to measure: what a sentence may last."""

FEWEST_WORDS = 10
"""Fewer words have no rate. One word more or less must not move a sentence by a whole band of 30 words a minute, and a
short sentence is quickly over at any rate: read calmly, "Would you like a double room?" is 250 words a minute."""

_FRAME_S = 0.02
_QUIET_BELOW_DB = -15.9
"""Frames so far below the average are pauses; the margin is that of ITU-T P.56, which measures active speech."""
_SILENT_BELOW = 10 ** (-60 / 20)
"""RMS of full scale under which there is no voice at all."""

Samples = npt.NDArray[np.float64]


class Loudness(Enum):
    """Bands of the level, each with the number that stands for it in a hand-over."""

    WHISPER = 0.2
    SOFT = 0.4
    MEDIUM = 0.6
    LOUD = 1.0

    @classmethod
    def of(cls, level_db: float) -> Loudness:
        """Return the band of an RMS level in dB of full scale; a level on a border is in the quieter of the two
        bands at -10, in the louder at -20 and -30."""
        if level_db > -10:
            return cls.LOUD
        if level_db >= -20:
            return cls.MEDIUM
        return cls.SOFT if level_db >= -30 else cls.WHISPER


class SpeakingRate(Enum):
    """Bands of the rate, each with the number that stands for it in a hand-over."""

    VERY_SLOW = 0.7
    SLOW = 0.85
    MEDIUM = 1.0
    FAST = 1.15
    VERY_FAST = 1.3

    @classmethod
    def of(cls, words_per_minute: float) -> SpeakingRate:
        """Return the band of a rate; a rate on a border is in the faster band, except 190, which is still fast."""
        if words_per_minute < 100:
            return cls.VERY_SLOW
        if words_per_minute < 130:
            return cls.SLOW
        if words_per_minute < 160:
            return cls.MEDIUM
        return cls.FAST if words_per_minute <= 190 else cls.VERY_FAST


class Voice:
    """The last ten seconds of a speaker's audio, in which a sentence can be looked up."""

    def __init__(self) -> None:
        self._pcm = bytearray()
        self._forgotten_bytes = 0

    def add(self, pcm: bytes) -> None:
        self._pcm += pcm
        # Cut by the second, not by the chunk, because cutting moves what is left.
        excess = len(self._pcm) - round(REMEMBERED_S * BYTES_PER_SECOND)
        if excess >= BYTES_PER_SECOND:
            del self._pcm[:excess]
            self._forgotten_bytes += excess

    def dynamics(self, text: str, start_ms: int, end_ms: int) -> EmotionDynamics:
        """Return how `text` was said between two positions in all the audio; neutral when there is no voice there.

        A sentence that began before what is remembered has a level, but no rate.
        """
        start = _byte_at(start_ms) - self._forgotten_bytes
        pcm = self._pcm[max(0, start) : max(0, _byte_at(end_ms) - self._forgotten_bytes)]
        samples = np.frombuffer(bytes(pcm), dtype="<i2").astype(np.float64) / 32768
        return measured(samples, len(text.split()) if start >= 0 else 0)


def measured(samples: Samples, words: int) -> EmotionDynamics:
    """Return how a sentence of so many words was said; `samples` are 16 kHz, full scale 1.0.

    The level is that of the voice, without the pauses; the rate is taken from the first to the last sound of the voice.
    """
    frame = round(_FRAME_S * SAMPLE_RATE_HZ)
    powers = np.mean(np.square(samples[: len(samples) // frame * frame]).reshape(-1, frame), axis=1)
    if len(powers) == 0 or np.sqrt(np.max(powers)) < _SILENT_BELOW:
        return EmotionDynamics()
    voiced = np.flatnonzero(powers > np.mean(powers) * 10 ** (_QUIET_BELOW_DB / 10))
    loudness = Loudness.of(10 * float(np.log10(np.mean(powers[voiced]))))
    rate = SpeakingRate.MEDIUM
    if words >= FEWEST_WORDS:
        rate = SpeakingRate.of(words * 60 / ((voiced[-1] - voiced[0] + 1) * _FRAME_S))
    return EmotionDynamics(volume=loudness.value, rate=rate.value, energy=loudness.value)


def _byte_at(position_ms: int) -> int:
    return position_ms * BYTES_PER_SECOND // 1000 // 2 * 2
