"""What the messages of a conversation mean to a person."""

from __future__ import annotations

from earshot.wording import CHUNK, Fields, Wording


def _answered(message: Fields) -> str:
    if message.get("error") is not None:
        return f"is told no: {message['error']}"
    return f"is answered by {message.get('backend_used')}: \u201c{message.get('response')}\u201d"


WORDING = Wording(
    sent={
        "session": "names the session",
        "audio_chunk": CHUNK,
        "segment_end": "ends the turn",
        "close": "says goodbye",
    },
    received={
        "session_ack": "is told: session known",
        "chatbot_response": _answered,
        "segment_processed": "is told: turn over",
        "chunk_received": "is told: sound ✓ received",
    },
    acknowledgements={"chunk_received": "✓ received"},
    roles={"session_ack": "in a conversation"},
    speaks=frozenset({"audio_chunk"}),
    sound=frozenset({"audio_chunk"}),
)
