"""The forms in which a recording can be sent piece by piece."""

from __future__ import annotations

import itertools
import struct
from enum import StrEnum

from earshot.audio.clips import SAMPLE_RATE_HZ, Samples

BYTES_PER_MS = SAMPLE_RATE_HZ // 1000 * 2
_HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")


class Form(StrEnum):
    """How the pieces of a recording make up its sound (CONV-24)."""

    ONE_FILE = "one recording cut into pieces"
    """A WAV file, cut anywhere: only the first piece has a header."""
    MANY_FILES = "several whole recordings"
    """Each piece is a WAV file of its own."""
    SAMPLES = "bare samples"
    """No header at all."""


def wav(samples: Samples, rate_hz: int = SAMPLE_RATE_HZ) -> bytes:
    """Return samples, (frames,) or (frames, channels), as a WAV file: a header of 44 bytes, then two bytes for each.

    So 0.1 s of one channel at 16 kHz are 3244 bytes.
    """
    sound = samples.astype("<i2").tobytes()
    channels = 1 if samples.ndim == 1 else samples.shape[1]
    frame = 2 * channels
    form = (16, 1, channels, rate_hz, frame * rate_hz, frame, 16)
    return _HEADER.pack(b"RIFF", 36 + len(sound), b"WAVE", b"fmt ", *form, b"data", len(sound)) + sound


def pieces(samples: Samples, piece_ms: int, form: Form = Form.ONE_FILE) -> list[bytes]:
    """Return the samples in pieces of this length and in this form; the last may be shorter. No samples, no pieces.

    A file is cut into as many bytes as so much sound has, wherever that is: its header shifts the cuts.
    """
    if piece_ms <= 0:
        raise ValueError(f"a piece lasts at least 1 ms, not {piece_ms}")
    if not len(samples):
        return []
    match form:
        case Form.ONE_FILE:
            return _cut(wav(samples), piece_ms * BYTES_PER_MS)
        case Form.MANY_FILES:
            step = piece_ms * SAMPLE_RATE_HZ // 1000
            return [wav(samples[start : start + step]) for start in range(0, len(samples), step)]
        case Form.SAMPLES:
            return _cut(samples.astype("<i2").tobytes(), piece_ms * BYTES_PER_MS)


def in_so_many(samples: Samples, count: int) -> list[bytes]:
    """Return a WAV file of the samples, cut into this many pieces whose lengths differ by one byte at most."""
    whole = wav(samples)
    cuts = [len(whole) * number // count for number in range(count + 1)]
    return [whole[begin:end] for begin, end in itertools.pairwise(cuts)]


def _cut(whole: bytes, size: int) -> list[bytes]:
    return [whole[start : start + size] for start in range(0, len(whole), size)]
