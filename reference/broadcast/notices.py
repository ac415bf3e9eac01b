"""Everything that clients are told, before it is put into words for the wire (BRO-3.4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from reference.broadcast.model import BroadcastState, NotForwarded, Role, Session


class Notice:
    """Anything that a client is told but Speech, which is numbered per connection and may be dropped on the way."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class SessionNotice(Notice):
    """A notice that names the session that it is about."""

    session_id: str


class UpdateReason(StrEnum):
    """Why a speaker is told the status."""

    REQUESTED = "requested"
    PERIODIC = "periodic"
    LISTENER_COUNT_CHANGE = "listenerCountChange"
    NEW_LANGUAGE = "newLanguage"


class SilenceReason(StrEnum):
    """Which inactivity rule closed a connection (BRO-3.4.19)."""

    IDLE = "idle"
    NO_HEARTBEAT = "noHeartbeat"


@dataclass(frozen=True, slots=True)
class SessionCreated(Notice):
    """To the speaker: the session is open."""

    session: Session
    connection_id: str


@dataclass(frozen=True, slots=True)
class SessionJoined(Notice):
    """To the listener: they are in."""

    session: Session
    connection_id: str
    target_language: str
    listener_count: int


@dataclass(frozen=True, slots=True)
class RefreshComplete(SessionNotice):
    """To a connection that has taken the place of another."""

    role: Role
    source_language: str
    target_language: str | None


@dataclass(frozen=True, slots=True)
class StateRestored(SessionNotice):
    """To a refreshed speaker: the controls as they are."""

    state: BroadcastState


@dataclass(frozen=True, slots=True)
class AudioReceived(SessionNotice):
    """To the speaker: one chunk was taken; `reason` says why it went no further, None that it did."""

    chunk_id: str | None
    sequence_number: int | None
    reason: NotForwarded | None


@dataclass(frozen=True, slots=True)
class Told:
    """What turns a notice of a control into its acknowledgement."""

    state: BroadcastState
    listeners_notified: int


@dataclass(frozen=True, slots=True)
class BroadcastPaused(SessionNotice):
    """To listeners; with `told`, to the speaker."""

    estimated_pause_ms: int | None = None
    told: Told | None = None


@dataclass(frozen=True, slots=True)
class BroadcastResumed(SessionNotice):
    """To listeners; with `told`, to the speaker, who also learns how long the pause was, if there was one."""

    pause_ms: int | None = None
    told: Told | None = None


@dataclass(frozen=True, slots=True)
class BroadcastMuted(SessionNotice):
    """To listeners; with `told`, to the speaker."""

    told: Told | None = None


@dataclass(frozen=True, slots=True)
class BroadcastUnmuted(SessionNotice):
    """To listeners; with `told`, to the speaker."""

    told: Told | None = None


@dataclass(frozen=True, slots=True)
class VolumeChanged(SessionNotice):
    """To listeners; with `told`, to the speaker."""

    volume: float
    told: Told | None = None


@dataclass(frozen=True, slots=True)
class SpeakerStateChanged(SessionNotice):
    """To listeners; with `told`, to the speaker. Both get the whole state."""

    state: BroadcastState
    told: Told | None = None


@dataclass(frozen=True, slots=True)
class SessionStatus(SessionNotice):
    """To the speaker: who is listening, in which language."""

    listeners_by_language: Mapping[str, int]
    duration_s: int
    state: BroadcastState
    reason: UpdateReason


@dataclass(frozen=True, slots=True)
class Speech:
    """To listeners of one language: one sentence, spoken. Numbered per connection when it is written."""

    session_id: str
    pcm: bytes
    target_language: str
    source_language: str
    is_partial: bool
    transcript: str


@dataclass(frozen=True, slots=True)
class PlaybackPaused(SessionNotice):
    """To the listener who paused."""


@dataclass(frozen=True, slots=True)
class PlaybackResumed(SessionNotice):
    """To the listener who resumed."""


@dataclass(frozen=True, slots=True)
class LanguageChanged(SessionNotice):
    """To the listener who changed language."""

    target_language: str
    source_language: str


@dataclass(frozen=True, slots=True)
class HeartbeatAck(Notice):
    """To whoever sent a heartbeat."""


@dataclass(frozen=True, slots=True)
class RefreshRequired(SessionNotice):
    """To a connection that has grown old: open another by `refresh_by_ms`."""

    role: Role
    target_language: str | None
    refresh_by_ms: int


@dataclass(frozen=True, slots=True)
class ConnectionWarning(Notice):
    """To a connection that is about to be ended."""

    remaining_minutes: float


@dataclass(frozen=True, slots=True)
class ConnectionTimeout(Notice):
    """To a connection that was silent for too long; it is closed next."""

    idle_s: int
    reason: SilenceReason


@dataclass(frozen=True, slots=True)
class SessionEnded(SessionNotice):
    """To everyone who is to know that the session is over."""

    reason: str


@dataclass(frozen=True, slots=True)
class RateLimitWarning(SessionNotice):
    """To a speaker who has sent too many chunks for several seconds on end."""

    limit: int
    violation_seconds: int
    dropped_chunks: int


class AudioIssue(StrEnum):
    """What may be wrong with a speaker's audio."""

    SNR_LOW = "snr_low"
    CLIPPING = "clipping"
    ECHO = "echo"
    SILENCE = "silence"


@dataclass(frozen=True, slots=True)
class AudioQualityWarning(SessionNotice):
    """To the speaker: the audio is bad, and what to do about it."""

    issue: AudioIssue
    remedy: str
    details: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class TranscriptionError(SessionNotice):
    """To the speaker: the recogniser failed; with `retryable` the service is trying again by itself."""

    code: str
    message: str
    retryable: bool
    details: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class SystemRecovered(SessionNotice):
    """To whoever was affected: what had failed works again."""

    component: str
    message: str
