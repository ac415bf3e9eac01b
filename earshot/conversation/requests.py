"""What somebody in a conversation can send."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping

from earshot.conversation.turns import AUDIO, END_OF_TURN, GOODBYE, SESSION

Message = Mapping[str, object]
Envelope = Callable[[bytes], Message | bytes]
"""How a piece of audio goes over the wire: as a message with text in it, or as bytes."""

END_TURN: Message = {"type": END_OF_TURN}
SAY_GOODBYE: Message = {"type": GOODBYE}


def name_session(session_id: object) -> Message:
    """Return the message that names the session."""
    return {"type": SESSION, "session_id": session_id}


def piece(data: object) -> Message:
    """Return a piece of audio with this as its data, whatever it is."""
    return {"type": AUDIO, "data": data}


def as_text(audio: bytes) -> Message:
    """Return a piece of audio as base64 text."""
    return piece(base64.b64encode(audio).decode())


def without_padding(audio: bytes) -> Message:
    """Return a piece of audio as base64 text without the signs that fill it up."""
    return piece(base64.b64encode(audio).decode().rstrip("="))


def with_blanks(audio: bytes) -> Message:
    """Return a piece of audio as base64 text with blanks and a line break around it."""
    return piece(f"  {base64.b64encode(audio).decode()}\n ")


def as_bytes(audio: bytes) -> bytes:
    """Return a piece of audio as it is."""
    return audio
