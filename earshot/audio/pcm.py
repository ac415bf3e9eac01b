"""Bare sound as it crosses the wire: base64 of 16-bit samples, and nothing else."""

from __future__ import annotations

import base64
import binascii

import numpy as np

from earshot.audio.clips import Samples

_HEADERS = (b"RIFF", b"RIFX", b"OggS", b"fLaC", b"ID3", b"\x1aE\xdf\xa3")


class NoSound(ValueError):
    """What is meant as bare sound and is not; the text says why, and follows "sound that"."""


def samples_of(encoded: object) -> Samples:
    """Return the samples that canonical base64 (RFC 4648, 4) holds; NoSound where it is not that, or holds none."""
    if not isinstance(encoded, str):
        raise NoSound("is no text")
    try:
        pcm = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as fault:
        raise NoSound(f"is no base64: {fault}".lower()) from None
    if base64.b64encode(pcm).decode() != encoded:
        raise NoSound("is no base64 as it is to be written: bits are left over at its end")
    if not pcm:
        raise NoSound("is empty")
    if header := next((header for header in _HEADERS if pcm.startswith(header)), None):
        raise NoSound(f"begins with the header {header.decode('latin-1')!r} of a file, where bare samples should be")
    if len(pcm) % 2:
        raise NoSound(f"ends with half a sample, after {len(pcm)} bytes")
    return np.frombuffer(pcm, dtype="<i2")
