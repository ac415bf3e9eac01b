"""How the reference and its speech worker talk: messages over the worker's standard input and output.

A message is a head of nine bytes (kind, stream number, length of the body; little-endian) and a body:
audio, or JSON.
"""

from __future__ import annotations

import struct
from enum import IntEnum

_HEAD = struct.Struct("<BII")
HEAD_BYTES = _HEAD.size


class MessageKind(IntEnum):
    """What a message is about, and its body."""

    CONFIGURE = 1
    """To the worker, first of all: {phrase id: text}."""
    READY = 2
    """From the worker: the models are loaded."""
    OPEN = 3
    """To the worker: {"partialResults": bool}."""
    OPENED = 4
    AUDIO = 5
    """To the worker: PCM."""
    TAKEN = 6
    """From the worker: so many bytes of audio have been listened to, as a JSON number."""
    RESULT = 7
    """From the worker: the fields of a Transcript."""
    FINISH = 8
    """To the worker: no more audio comes."""
    FINISHED = 9
    """From the worker: the last message of a stream that went well."""
    BROKEN = 10
    """From the worker: the last message of a stream that did not; why, as a JSON string."""


def message(kind: MessageKind, stream: int, body: bytes = b"") -> bytes:
    return _HEAD.pack(kind, stream, len(body)) + body


def read_head(head: bytes) -> tuple[MessageKind, int, int]:
    """Return kind, stream number and length of the body from the HEAD_BYTES before it."""
    kind, stream, length = _HEAD.unpack(head)
    return MessageKind(kind), stream, length
