"""What travels in a conversation, as contract/conversation.asyncapi.yaml has it."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import UTC, datetime

from reference.conversation.health import Report
from reference.conversation.model import LogEntry, Refused, checked_session_id
from reference.conversation.notices import ChunkTaken, Complaint, Notice, SegmentAnswered, SegmentDone, SessionKnown
from reference.gateway.json_objects import read_object

VERSION = "1.0.0"
_SPACE = " \t\r\n"
_LONGEST_ENVELOPE = 4096
"""Characters of a message beside its audio."""


@dataclass(frozen=True, slots=True)
class NameSession:
    session_id: str
    type: str = "session"


@dataclass(frozen=True, slots=True)
class AudioPiece:
    audio: bytes
    type: str = "audio_chunk"


@dataclass(frozen=True, slots=True)
class EndSegment:
    """Answer what came since the last end."""

    type: str = "segment_end"


@dataclass(frozen=True, slots=True)
class Close:
    type: str = "close"


Request = NameSession | AudioPiece | EndSegment | Close


def decode(frame: str | bytes, *, chunk_max_bytes: int) -> Request:
    """Return what a client asks for, or raise Refused."""
    if isinstance(frame, bytes):
        return AudioPiece(frame)
    if len(frame) > _base64_length(chunk_max_bytes) + _LONGEST_ENVELOPE:
        # Not worth reading: that much can only be audio, and more of it than a chunk may have.
        raise Refused("CHUNK_TOO_LARGE", f"A chunk of audio data may have {chunk_max_bytes} bytes at most.")
    try:
        message = read_object(frame)
    except ValueError:
        raise Refused("INVALID_MESSAGE", "A message is a JSON object; this one cannot be read.") from None
    match message.get("type"):
        case "session":
            return NameSession(checked_session_id(message.get("session_id")))
        case "audio_chunk":
            return AudioPiece(audio_of(message.get("data", "")))
        case "segment_end":
            return EndSegment()
        case "close":
            return Close()
        case str():
            raise Refused("UNKNOWN_TYPE", "There is no message of this type.")
    raise Refused("INVALID_MESSAGE", "A message needs a type, which is text.")


def encode(notice: Notice) -> str:
    return json.dumps(members(notice), ensure_ascii=False)


def health_body(report: Report) -> dict[str, object]:
    return {
        "status": report.status,
        "version": VERSION,
        "recordings_count": report.recordings,
        "problems": list(report.problems),
    }


def log_body(session_id: str, entries: list[LogEntry]) -> dict[str, object]:
    return {"session_id": session_id, "segments": [log_segment(index, entry) for index, entry in enumerate(entries, 1)]}


def members(notice: Notice) -> dict[str, object]:
    match notice:
        case SessionKnown(session_id):
            return {"type": "session_ack", "session_id": session_id}
        case ChunkTaken(segment, chunk, size):
            return {"type": "chunk_received", "segment": segment, "chunk": chunk, "bytes": size}
        case SegmentAnswered(segment, answer):
            reply = answer.reply
            return {
                "type": "chatbot_response",
                "transcription": answer.heard.text,
                "response": reply.response,
                "backend_used": reply.backend_used,
                "error": reply.error,
                "segment": segment,
            }
        case SegmentDone(segment):
            return {"type": "segment_processed", "segment": segment}
        case Complaint(refused, segment):
            of_segment = {} if segment is None else {"segment": segment}
            return {"type": "error", "message": refused.message, "code": refused.code, **of_segment}


def log_segment(index: int, entry: LogEntry) -> dict[str, object]:
    time = datetime.fromtimestamp(entry.time_ms / 1000, UTC).isoformat(timespec="milliseconds")
    return {
        "index": index,
        "time": time.replace("+00:00", "Z"),
        "transcription": entry.transcription,
        "response": entry.reply.response,
        "backend_used": entry.reply.backend_used,
        "error": entry.reply.error,
    }


def audio_of(data: object) -> bytes:
    """Return the bytes behind base64 text, strictly but for space around it and missing padding (CONV-22, CONV-23)."""
    if not isinstance(data, str):
        raise Refused("INVALID_AUDIO", "The data of a chunk is base64 text; anything else cannot be decoded.")
    given = data.strip(_SPACE)
    characters = given.rstrip("=")
    padding = -len(characters) % 4
    if padding == 3 or len(given) - len(characters) > padding:
        raise _not_base64()
    try:
        return base64.b64decode(characters + "=" * padding, validate=True)
    except (binascii.Error, ValueError):
        raise _not_base64() from None


def _not_base64() -> Refused:
    return Refused("INVALID_AUDIO", "The data of this chunk could not be decoded: it is not base64.")


def _base64_length(size: int) -> int:
    return -(-size // 3) * 4
