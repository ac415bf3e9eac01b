"""What the second service makes of sound: bytes to samples, samples to words that it knows by heart.

It is a double of a recogniser: it knows a recording by its loudest third of a second.
"""

from __future__ import annotations

import base64
import binascii
import io
import re
import wave
from pathlib import Path

import yaml

SAMPLES = Path(__file__).resolve().parents[2] / "audio_samples"
RATE_HZ = 16_000
FINGERPRINT_BYTES = 10_000
CONTAINERS = (b"\x1aE\xdf\xa3", b"OggS", b"ID3", b"fLaC", b"\xff\xfb")
"""How audio begins that only a decoder could read, which this service does not have."""
ALPHABET = re.compile(r"[A-Za-z0-9+/]*={0,2}")
BLANKS = " \t\r\n"


class Undecodable(Exception):
    """Bytes or text that are no audio for this service."""


def from_base64(text: str) -> bytes:
    """Return what is written as base64, blanks around it and padding left out or not."""
    text = text.strip(BLANKS)
    if not ALPHABET.fullmatch(text):
        raise Undecodable
    bare = text.rstrip("=")
    try:
        return base64.b64decode(bare + "=" * (-len(bare) % 4))
    except binascii.Error:
        raise Undecodable from None


def samples_of(segment: bytes) -> bytes:
    """Return the PCM of a segment: WAV files one after the other, or samples without a header."""
    if segment.startswith(CONTAINERS):
        raise Undecodable
    samples = b""
    while segment.startswith(b"RIFF"):
        length = 8 + int.from_bytes(segment[4:8], "little")
        samples += _samples_of_wav(segment[:length])
        segment = segment[length:]
    return samples + segment


def _samples_of_wav(file: bytes) -> bytes:
    try:
        with wave.open(io.BytesIO(file)) as reader:
            if (reader.getnchannels(), reader.getsampwidth(), reader.getframerate()) != (1, 2, RATE_HZ):
                raise Undecodable
            return reader.readframes(reader.getnframes())
    except (wave.Error, EOFError):
        raise Undecodable from None


class Hearing:
    """Knows the English recordings of audio_samples/."""

    def __init__(self) -> None:
        manifest = yaml.safe_load((SAMPLES / "manifest.yaml").read_text("utf-8"))
        self._known = {
            _fingerprint(_samples_of_wav((SAMPLES / clip["file"]).read_bytes())): clip["text"]
            for clip in manifest["clips"]
        }

    def understand(self, samples: bytes) -> str:
        """Return the sentences heard, in lower case and without points; nothing where there was none."""
        found = sorted((place, text) for print_, text in self._known.items() if (place := samples.find(print_)) >= 0)
        return re.sub(r"[.,?!]", "", " ".join(text for _, text in found)).lower()


def _fingerprint(samples: bytes) -> bytes:
    numbers = memoryview(samples).cast("h")
    size = FINGERPRINT_BYTES // 2
    starts = range(0, max(1, len(numbers) - size), size // 4)
    loudest = max(starts, key=lambda start: sum(map(abs, numbers[start : start + size])))
    return samples[2 * loudest : 2 * (loudest + size)]
