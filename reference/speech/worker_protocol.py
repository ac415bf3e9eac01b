"""What the reference and its speech worker say to each other (reference.worker_process).

The number of a message is that of its stream; its body is audio, or JSON.
"""

from __future__ import annotations

from enum import IntEnum


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
