"""The broadcast's messages as JSON: what clients send, read; what they are told, written (BRO-3.3, BRO-3.4)."""

from __future__ import annotations

import base64
import binascii
import json
import math
from collections.abc import Callable, Mapping
from typing import Any, TypeGuard

from reference.broadcast import notices
from reference.broadcast.audio import AudioChunk, DeclaredFormat
from reference.broadcast.model import NotForwarded, StateChange
from reference.broadcast.parameters import LANGUAGE
from reference.gateway.connections import AudioMessage
from reference.gateway.json_objects import read_object
from reference.refusal import Refusal
from reference.speech.ports import BYTES_PER_SECOND, SAMPLE_RATE_HZ

Fields = Mapping[str, object]
"""The members of one message, as they came."""

# ---- what clients send

LARGEST_WHOLE_NUMBER = 2**53 - 1
"""Of larger ones, not everybody who reads JSON makes the same (RFC 7493)."""

LOGGED = (
    "timestamp",
    "chunkId",
    "sequenceNumber",
    "format",
    "sampleRate",
    "channels",
    "encoding",
    "estimatedPauseDuration",
    "volumeLevel",
    "state",
    "targetLanguage",
    "sourceLanguage",
    "role",
)
"""Members of client messages that tell nothing about anybody."""


def decode(frame: str) -> Fields:
    """Return the members of a text frame; raise Refusal INVALID_MESSAGE when it is no JSON object."""
    try:
        return read_object(frame)
    except ValueError:
        raise Refusal("INVALID_MESSAGE", "A message is one JSON object") from None


def action_of(message: Fields) -> str:
    """Return the action; raise Refusal when there is none or it is no text."""
    action = message.get("action")
    if action is None or action == "":
        raise Refusal("MISSING_ACTION", "A message names its action", field="action")
    if not isinstance(action, str):
        raise Refusal("INVALID_ACTION", "An action is a text")
    return action


def audio_chunk(message: Fields) -> AudioChunk:
    """Return the chunk of a `sendAudio`; raise Refusal for the first field that is wrong."""
    encoded = message.get("audioData", message.get("data"))
    if encoded is None:
        raise missing("audioData")
    if not isinstance(encoded, str):
        raise wrong("audioData", "must be a text")
    _whole_number(message, "timestamp")
    _number(message, "duration")
    sequence_number = _whole_number(message, "sequenceNumber", at_least=0)
    chunk_id = _text(message, "chunkId")
    declared = DeclaredFormat(
        _text(message, "format"),
        _whole_number(message, "sampleRate"),
        _whole_number(message, "channels"),
        _text(message, "encoding"),
    )
    try:
        pcm = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise Refusal("INVALID_MESSAGE", "audioData is not base64") from None
    return AudioChunk(pcm, chunk_id, sequence_number, declared)


def over_rate(session_id: str, message: Fields) -> notices.AudioReceived:
    """Return the acknowledgement of a chunk that is dropped unread; it is named as far as that is legible."""
    chunk_id, sequence_number = message.get("chunkId"), message.get("sequenceNumber")
    return notices.AudioReceived(
        session_id,
        chunk_id if isinstance(chunk_id, str) else None,
        sequence_number if _is_whole(sequence_number) and sequence_number >= 0 else None,
        NotForwarded.RATE_LIMITED,
    )


def estimated_pause_ms(message: Fields) -> int | None:
    """Return how long a `pauseBroadcast` says that it will take."""
    return _whole_number(message, "estimatedPauseDuration", at_least=0)


def volume(message: Fields) -> float:
    if message.get("volumeLevel") is None:
        raise missing("volumeLevel")
    return level_of(message["volumeLevel"], "volumeLevel")


def state_change(message: Fields) -> StateChange:
    """Return what a `speakerStateChange` asks for: known members only, and at least one."""
    state = message.get("state")
    if state is None:
        raise missing("state")
    if not isinstance(state, dict):
        raise wrong("state", "must be an object")
    known = {"isPaused", "isMuted", "volume"}
    invalid = sorted(set(state) - known)
    invalid += [name for name in ("isPaused", "isMuted") if name in state and not isinstance(state[name], bool)]
    if "volume" in state and not _is_level(state["volume"]):
        invalid.append("volume")
    if invalid or not state:
        raise Refusal(
            "INVALID_PARAMETER",
            "state holds at least one of isPaused, isMuted (true or false) and volume (0 to 1), nothing else",
            field="state",
            invalidFields=invalid,
        )
    level = state.get("volume")
    return StateChange(state.get("isPaused"), state.get("isMuted"), None if level is None else float(level))


def target_language(message: Fields) -> str:
    language = message.get("targetLanguage")
    if language is None:
        raise missing("targetLanguage")
    if not isinstance(language, str) or LANGUAGE.fullmatch(language) is None:
        raise wrong("targetLanguage", "must be a language code of two lowercase letters")
    return language


def heartbeat(message: Fields) -> None:
    _whole_number(message, "timestamp")


def end_reason(message: Fields) -> str:
    return _text(message, "reason") or "the speaker ended the session"


def missing(name: str) -> Refusal:
    return Refusal("MISSING_PARAMETER", f"{name} is required", field=name)


def wrong(name: str, rule: str) -> Refusal:
    return Refusal("INVALID_PARAMETER", f"{name} {rule}", field=name, invalidFields=[name])


def _text(message: Fields, name: str) -> str | None:
    value = message.get(name)
    if value is None or isinstance(value, str):
        return value
    raise wrong(name, "must be a text")


def _whole_number(message: Fields, name: str, *, at_least: int | None = None) -> int | None:
    value = message.get(name)
    if value is None:
        return None
    if not _is_whole(value):
        raise wrong(name, f"must be a whole number of at most {LARGEST_WHOLE_NUMBER}")
    if at_least is not None and value < at_least:
        raise wrong(name, f"must be at least {at_least}")
    return value


def _number(message: Fields, name: str) -> None:
    value = message.get(name)
    if value is not None and not (_is_whole(value) or (isinstance(value, float) and math.isfinite(value))):
        raise wrong(name, "must be a number")


def _is_whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST_WHOLE_NUMBER


def _is_level(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0.0 <= value <= 1.0


def level_of(value: object, name: str) -> float:
    if not isinstance(value, int | float) or not _is_level(value):
        raise wrong(name, "must be a number from 0.0 to 1.0")
    return float(value)


# ---- what clients are told


def encode(notice: notices.Notice, now_ms: int) -> str:
    """Return a notice as one text frame."""
    return to_text({**members_of(notice), "timestamp": now_ms})


def encode_speech(speech: notices.Speech, now_ms: int) -> AudioMessage:
    """Return a sentence as a message that only lacks each listener's own number."""
    members = {
        "type": "audio",
        "sessionId": speech.session_id,
        "audioData": base64.b64encode(speech.pcm).decode(),
        "format": "pcm",
        "sampleRate": SAMPLE_RATE_HZ,
        "channels": 1,
        "targetLanguage": speech.target_language,
        "sourceLanguage": speech.source_language,
        "isPartial": speech.is_partial,
        "transcript": speech.transcript,
        "duration": round(len(speech.pcm) / BYTES_PER_SECOND, 3),
        "timestamp": now_ms,
    }
    return AudioMessage(f'{to_text(members)[:-1]}, "sequenceNumber": ', len(speech.pcm))


def to_text(message: Fields) -> str:
    """Return a message as one text frame."""
    return json.dumps(message)


def summary(text: str) -> tuple[str, str | None]:
    """Return the type of an encoded notice, and its session if it names one."""
    members = json.loads(text)
    return members["type"], members.get("sessionId")


def loggable(message: Fields) -> dict[str, object]:
    """Return what a log may hold of a message from a client: known members, no audio, no token, no free text."""
    return {name: message[name] for name in LOGGED if name in message}


def _acknowledged(told: notices.Told | None) -> dict[str, object]:
    if told is None:
        return {}
    return {"broadcastState": told.state.members(), "listenersNotified": told.listeners_notified}


def _given(**members: object) -> dict[str, object]:
    return {name: value for name, value in members.items() if value is not None}


def _created(notice: notices.SessionCreated) -> dict[str, object]:
    session = notice.session
    return {
        "sessionId": session.session_id,
        "sourceLanguage": session.source_language,
        "qualityTier": session.quality_tier,
        "connectionId": notice.connection_id,
        "partialResultsEnabled": session.partial_results.enabled,
        "minStabilityThreshold": session.partial_results.min_stability,
        "maxBufferTimeout": session.partial_results.max_buffer_timeout_s,
        "expiresAt": session.expires_at_s * 1000,
    }


def _joined(notice: notices.SessionJoined) -> dict[str, object]:
    return {
        "sessionId": notice.session.session_id,
        "targetLanguage": notice.target_language,
        "sourceLanguage": notice.session.source_language,
        "connectionId": notice.connection_id,
        "listenerCount": notice.listener_count,
        "qualityTier": notice.session.quality_tier,
    }


def _refreshed(notice: notices.RefreshComplete) -> dict[str, object]:
    of_listener = {"targetLanguage": notice.target_language, "sourceLanguage": notice.source_language}
    return {"role": notice.role.value, **(of_listener if notice.target_language is not None else {})}


def _received(notice: notices.AudioReceived) -> dict[str, object]:
    reason = None if notice.reason is None else notice.reason.value
    return {
        "forwarded": notice.reason is None,
        **_given(chunkId=notice.chunk_id, sequenceNumber=notice.sequence_number, reason=reason),
    }


def _status(notice: notices.SessionStatus) -> dict[str, object]:
    return {
        "listenerCount": sum(notice.listeners_by_language.values()),
        "languageDistribution": dict(notice.listeners_by_language),
        "sessionDuration": notice.duration_s,
        "broadcastState": notice.state.members(),
        "updateReason": notice.reason.value,
    }


def _restored(notice: notices.StateRestored) -> dict[str, object]:
    state = notice.state
    flat = {"isPaused": state.is_paused, "isMuted": state.is_muted, "volume": state.volume}
    return {**flat, "broadcastState": state.members()}


def _refresh_required(notice: notices.RefreshRequired) -> dict[str, object]:
    return {
        "role": notice.role.value,
        **_given(targetLanguage=notice.target_language),
        "message": "open a new connection to stay in the session",
        "refreshBy": notice.refresh_by_ms,
    }


def _failed(notice: notices.TranscriptionError) -> dict[str, object]:
    said = {"code": notice.code, "message": notice.message, "retryable": notice.retryable}
    return {**said, "details": dict(notice.details)}


def _too_fast(notice: notices.RateLimitWarning) -> dict[str, object]:
    return {
        "limit": notice.limit,
        "windowSeconds": 1,
        "violationSeconds": notice.violation_seconds,
        "droppedChunks": notice.dropped_chunks,
        "message": "too many audio chunks",
    }


def _nothing_more(_notice: object) -> dict[str, object]:
    return {}


FORMS: Mapping[type, tuple[str, Callable[[Any], dict[str, object]]]] = {
    notices.SessionCreated: ("sessionCreated", _created),
    notices.SessionJoined: ("sessionJoined", _joined),
    notices.RefreshComplete: ("connectionRefreshComplete", _refreshed),
    notices.StateRestored: ("stateRestored", _restored),
    notices.AudioReceived: ("audioReceived", _received),
    notices.BroadcastPaused: (
        "broadcastPaused",
        lambda notice: _given(estimatedPauseDuration=notice.estimated_pause_ms),
    ),
    notices.BroadcastResumed: (
        "broadcastResumed",
        lambda notice: {} if notice.told is None else {"pauseDuration": notice.pause_ms},
    ),
    notices.BroadcastMuted: ("broadcastMuted", _nothing_more),
    notices.BroadcastUnmuted: ("broadcastUnmuted", _nothing_more),
    notices.VolumeChanged: ("volumeChanged", lambda notice: {"volumeLevel": notice.volume}),
    notices.SpeakerStateChanged: ("speakerStateChanged", lambda notice: {"broadcastState": notice.state.members()}),
    notices.SessionStatus: ("sessionStatus", _status),
    notices.PlaybackPaused: ("playbackPaused", _nothing_more),
    notices.PlaybackResumed: ("playbackResumed", _nothing_more),
    notices.LanguageChanged: (
        "languageChanged",
        lambda notice: {"targetLanguage": notice.target_language, "sourceLanguage": notice.source_language},
    ),
    notices.HeartbeatAck: ("heartbeatAck", _nothing_more),
    notices.RefreshRequired: ("connectionRefreshRequired", _refresh_required),
    notices.ConnectionWarning: (
        "connectionWarning",
        lambda notice: {
            "message": f"this connection ends in {notice.remaining_minutes:g} minutes",
            "remainingMinutes": notice.remaining_minutes,
        },
    ),
    notices.ConnectionTimeout: (
        "connectionTimeout",
        lambda notice: {
            "message": "closed after inactivity",
            "idleSeconds": notice.idle_s,
            "reason": notice.reason.value,
        },
    ),
    notices.SessionEnded: ("sessionEnded", lambda notice: {"reason": notice.reason, "message": notice.reason}),
    notices.RateLimitWarning: ("rateLimitWarning", _too_fast),
    notices.AudioQualityWarning: (
        "audio_quality_warning",
        lambda notice: {
            "issue": notice.issue.value,
            "message": notice.remedy,
            "details": dict(notice.details),
        },
    ),
    notices.TranscriptionError: ("transcriptionError", _failed),
    notices.SystemRecovered: (
        "systemRecovered",
        lambda notice: {"component": notice.component, "message": notice.message},
    ),
}
"""What each notice is called on the wire, and what it says there beside its session and its acknowledgement."""


def members_of(notice: object) -> dict[str, object]:
    """Return what a notice says, but for when it was written; TypeError where it has no form on the wire."""
    if type(notice) not in FORMS:
        raise TypeError(f"{type(notice).__name__} has no form on the wire")
    name, say = FORMS[type(notice)]
    session = _given(sessionId=getattr(notice, "session_id", None))
    return {"type": name, **session, **say(notice), **_acknowledged(getattr(notice, "told", None))}
