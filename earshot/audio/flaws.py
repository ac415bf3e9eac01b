"""Voices with something wrong, by a known amount: what a warning about bad sound is to be about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from earshot.audio import signals
from earshot.audio.clips import SAMPLE_RATE_HZ, Clip, Samples

VOICE_DBFS = -23.0
"""An ordinary level of speech, with room above for noise and echo."""
ECHO_AFTER_MS = 200.0
SEED = 11


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with a voice, and how much."""

    kind: str
    """noise: by how many dB the voice is above it; distortion: how many percent of the samples are at full scale; echo:
    its level in dB, relative to the voice."""
    amount: float

    def on(self, voice: Samples) -> Samples:
        match self.kind:
            case "noise":
                level = 10 ** ((signals.rms_dbfs(voice) - self.amount) / 20)
                return signals.mix(voice, signals.noise(len(voice) / SAMPLE_RATE_HZ, sigma=level, seed=SEED))
            case "distortion":
                return _distorted(voice, self.amount / 100)
            case "echo":
                return signals.echo(voice, ECHO_AFTER_MS, self.amount)[: len(voice)]
        raise ValueError(f"a voice has noise, distortion or echo, not {self.kind!r}")


def voice(clips: Sequence[Clip], duration_s: float) -> Samples:
    """Return so much of these recordings, one after the other, from the beginning again if need be."""
    speech = np.concatenate([signals.at_level(clip.samples, VOICE_DBFS) for clip in clips])
    count = round(duration_s * SAMPLE_RATE_HZ)
    return np.resize(speech, count).astype(np.int16)


def _distorted(samples: Samples, share: float) -> Samples:
    """Bring the loudest samples of each tenth of a second to full scale, so that no tenth has more of them."""
    distorted = samples.copy()
    window = SAMPLE_RATE_HZ // 10
    for start in range(0, len(distorted), window):
        part = distorted[start : start + window]
        loudest = np.argsort(np.abs(part.astype(np.int32)))[len(part) - round(share * len(part)) :]
        part[loudest] = np.where(part[loudest] < 0, -32768, 32767)
    return distorted
