"""What is said on the socket of a live session."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from earshot.audio.clips import Samples

Message = Mapping[str, object]

AUDIO = "audio_chunk"
PROCESSED = "processed_audio"
METRICS = "metrics"
UPDATE = "update_stage"
UPDATED = "config_updated"
PONG = "pong"
ERROR = "error"

PING: Message = {"type": "ping"}


def piece(data: object, **more: object) -> Message:
    """Return a piece of audio with this as its data, whatever it is, and further members."""
    return {"type": AUDIO, "data": data, **more}


def raw(audio: bytes, **more: object) -> Message:
    """Return a piece of these bytes, whatever they are."""
    return piece(base64.b64encode(audio).decode(), **more)


def sound(samples: Samples, **more: object) -> Message:
    return raw(samples.astype("<i2").tobytes(), **more)


def update(stage: object, parameters: object) -> Message:
    return {"type": UPDATE, "stage_id": stage, "parameters": parameters}


def error_text(message: Mapping[str, Any]) -> str:
    """Return what an error says, in either form of HTTP or on a socket; an empty text where it says nothing."""
    error = message.get("error")
    words = error.get("message") if isinstance(error, Mapping) else error
    return words if isinstance(words, str) else ""
