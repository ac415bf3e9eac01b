"""Sound that is sent as a file, at any rate and in any number of channels, and the file that comes back."""

from __future__ import annotations

import base64
import binascii
import io
import wave
from dataclasses import dataclass, replace

import numpy as np

from earshot.audio.clips import SAMPLE_RATE_HZ
from earshot.audio.containers import wav
from earshot.studio.measuring import AnySamples

BESIDE_DB = -6.0
"""By how much the second channel of a file of ours differs from the first, so that one can tell them apart."""


@dataclass(frozen=True, slots=True, eq=False)
class SoundFile:
    words: str
    samples: AnySamples
    """(frames, channels)"""
    rate_hz: int = SAMPLE_RATE_HZ
    as_text: bool = False
    """Whether it is sent as base64 of bare samples where one may choose."""

    @property
    def channels(self) -> int:
        return int(self.samples.shape[1])

    @property
    def has_form_of_streams(self) -> bool:
        """Whether bare samples say enough about it."""
        return (self.rate_hz, self.channels) == (SAMPLE_RATE_HZ, 1)

    @property
    def pcm(self) -> bytes:
        return self.samples.astype("<i2").tobytes()

    @property
    def wav(self) -> bytes:
        return wav(self.samples, self.rate_hz)

    def in_stereo(self) -> SoundFile:
        second = np.rint(self.samples * 10 ** (BESIDE_DB / 20)).astype(np.int16)
        return replace(self, samples=np.concatenate([self.samples, second], axis=1))


def decoded(encoded: object, who: str) -> bytes:
    """Return the bytes of base64 text; AssertionError where it is none."""
    try:
        return base64.b64decode(str(encoded), validate=True)
    except (binascii.Error, ValueError) as fault:
        raise AssertionError(f"{who} got audio that is no base64: {fault}") from None


def read(content: bytes, who: str) -> SoundFile:
    """Return what a WAV file of 16 bits holds; AssertionError where it is none, or holds less than it promises."""
    try:
        with wave.open(io.BytesIO(content)) as file:
            promised, channels, width = file.getnframes(), file.getnchannels(), file.getsampwidth()
            rate_hz, pcm = file.getframerate(), file.readframes(promised)
    except (wave.Error, EOFError) as fault:
        raise AssertionError(f"{who} got a file that is no readable WAV: {str(fault) or 'it ends too early'}") from None
    if width != 2 or len(pcm) != promised * channels * width:
        raise AssertionError(
            f"{who} got a WAV file of {promised} frames, {channels} x {8 * width} bit each, that holds {len(pcm)} bytes"
        )
    return SoundFile(f"what {who} got", np.frombuffer(pcm, dtype="<i2").reshape(-1, channels), rate_hz)
