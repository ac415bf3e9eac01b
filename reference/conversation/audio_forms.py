"""The forms in which a segment's audio may come (CONV-24): WAV files back to back, or samples without a header.

A WAV file that was cut anywhere is one file again once its pieces are together, and a file of which the end is missing
holds what came. Whatever follows a WAV file without a header of its own is taken for samples.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from reference.speech.ports import SAMPLE_RATE_HZ

_HEAD = struct.Struct("<4sI")
_FORMAT = struct.Struct("<HHIIHH")
_PCM = 1
_EXTENSIBLE = 0xFFFE
_SAMPLE_BYTES = 2
_SHORTEST_FILE_BYTES = 44

OTHER_FORMS = (b"\x1a\x45\xdf\xa3", b"OggS", b"fLaC", b"ID3", b"FORM", b"RF64", b"#!AMR", b"caff")
"""How WebM, Ogg, FLAC, MP3, AIFF, large WAV, AMR and CAF files begin."""


class OtherForm(Exception):
    """The audio is in a form that only a decoder can read."""


def samples(audio: bytes) -> bytes:
    """Return the audio as PCM, signed 16-bit little-endian, mono, 16 000 Hz; raise OtherForm if it takes a decoder."""
    return b"".join(parts(memoryview(audio)))


def parts(audio: memoryview) -> Iterator[bytes]:
    while _is_wav(audio):
        size = _HEAD.size + _HEAD.unpack_from(audio)[1]
        if size < _SHORTEST_FILE_BYTES:  # written by somebody who did not know yet how long it would be
            size = len(audio)
        yield from _samples_of_wav(audio[12:size])
        audio = audio[size:]
    head = bytes(audio[:12])
    if head.startswith(OTHER_FORMS) or head[4:8] == b"ftyp":
        raise OtherForm("a file that is no WAV file")
    yield _whole_samples(audio)


def _is_wav(audio: memoryview) -> bool:
    head = bytes(audio[:12])
    return head[:4] == b"RIFF" and head[8:] == b"WAVE"


def _samples_of_wav(body: memoryview) -> Iterator[bytes]:
    """Yield the samples of a WAV file from what follows its first 12 bytes."""
    while len(body) >= _HEAD.size:
        name, size = _HEAD.unpack_from(body)
        content = body[_HEAD.size : _HEAD.size + size]
        if len(content) < size and name != b"data":
            break  # nothing came after that
        if name == b"fmt ":
            _check_format(content)
        elif name == b"data":
            yield _whole_samples(content)
        body = body[_HEAD.size + size + size % 2 :]


def _check_format(content: memoryview) -> None:
    if len(content) < _FORMAT.size:
        raise OtherForm("a WAV file with half a format")
    kind, channels, rate_hz, _, _, bits = _FORMAT.unpack_from(content)
    if kind not in (_PCM, _EXTENSIBLE) or (channels, rate_hz, bits) != (1, SAMPLE_RATE_HZ, 8 * _SAMPLE_BYTES):
        raise OtherForm(f"a WAV file of kind {kind} with {channels} channels of {bits} bits at {rate_hz} Hz")


def _whole_samples(content: memoryview) -> bytes:
    return bytes(content[: len(content) // _SAMPLE_BYTES * _SAMPLE_BYTES])
