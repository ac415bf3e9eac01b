"""What a recording holds: sentences of the samples with silences of a known length, or nothing that anybody says."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass

from earshot.audio.clips import SAMPLE_RATE_HZ, SampleLibrary
from earshot.audio.containers import wav
from earshot.audio.signals import joined, silence, tone

EDGE_S = 0.6
PAUSE_S = 0.8
"""Enough silence to divide what is said."""
"""Silence before and after what is said."""


@dataclass(frozen=True, slots=True)
class Said:
    text: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Sound:
    content: bytes
    """As it is uploaded."""
    duration_s: float = 0.0
    said: tuple[Said, ...] = ()


def speech(samples: SampleLibrary, parts: Iterable[tuple[float, str]], tail_s: float = EDGE_S) -> Sound:
    """Return sentences, each after so many seconds of silence."""
    pieces, said, now_s = [], [], 0.0
    for pause_s, text in parts:
        clip = samples.clip(text)
        pieces += [silence(pause_s), clip.samples]
        said.append(Said(clip.text, now_s + pause_s, now_s + pause_s + clip.duration_s))
        now_s = said[-1].end_s
    whole = joined(*pieces, silence(tail_s))
    return Sound(wav(whole), len(whole) / SAMPLE_RATE_HZ, tuple(said))


def quiet(duration_s: float) -> Sound:
    return Sound(wav(silence(duration_s)), duration_s)


def hum(duration_s: float) -> Sound:
    """Return a tone: loud, and no speech."""
    return Sound(wav(tone(440, duration_s)), duration_s)


def noise_of(size_bytes: int) -> Sound:
    """Return bytes that are no sound at all, always the same."""
    return Sound(random.Random(size_bytes).randbytes(size_bytes))
