"""What a broadcast consists of, and the rules that need nothing but these values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum


class Role(StrEnum):
    """What a connection may do; fixed when it is made."""

    SPEAKER = "speaker"
    LISTENER = "listener"


class NotForwarded(StrEnum):
    """Why a chunk was taken, but not handed to the recogniser (`audioReceived.reason`)."""

    PAUSED = "paused"
    MUTED = "muted"
    VOLUME_ZERO = "volumeZero"
    RATE_LIMITED = "rateLimited"
    STREAM_UNAVAILABLE = "streamUnavailable"


@dataclass(frozen=True, slots=True)
class BroadcastState:
    """The speaker's controls (BRO-2.1.5, BRO-7.1)."""

    last_state_change_ms: int
    is_active: bool = True
    is_paused: bool = False
    is_muted: bool = False
    volume: float = 1.0

    def members(self) -> dict[str, object]:
        """Return the state as the records and the messages have it."""
        return {
            "isActive": self.is_active,
            "isPaused": self.is_paused,
            "isMuted": self.is_muted,
            "volume": self.volume,
            "lastStateChange": self.last_state_change_ms,
        }

    def closed_by(self) -> NotForwarded | None:
        """Return what keeps audio from being forwarded (BRO-7.1.6), or None when nothing does."""
        if self.is_paused:
            return NotForwarded.PAUSED
        if self.is_muted:
            return NotForwarded.MUTED
        if self.volume <= 0:
            return NotForwarded.VOLUME_ZERO
        return None


@dataclass(frozen=True, slots=True)
class StateChange:
    """Members of the broadcast state that a control sets; None leaves a member as it is."""

    is_paused: bool | None = None
    is_muted: bool | None = None
    volume: float | None = None


@dataclass(frozen=True, slots=True)
class PartialResults:
    """How a session wants partial results treated (BRO-3.1.6)."""

    enabled: bool = True
    min_stability: float = 0.85
    max_buffer_timeout_s: float = 5.0


@dataclass(frozen=True, slots=True)
class Session:
    """One broadcast, as its item in the table says."""

    session_id: str
    speaker_connection_id: str
    speaker_user_id: str
    source_language: str
    quality_tier: str
    created_at_ms: int
    is_active: bool
    listener_count: int
    expires_at_s: int
    partial_results: PartialResults
    state: BroadcastState

    @property
    def live(self) -> bool:
        """Whether audio and controls are still taken."""
        return self.is_active and self.state.is_active

    def ended(self) -> Session:
        return replace(self, is_active=False)


@dataclass(frozen=True, slots=True)
class Connection:
    """One socket, as its item in the table says."""

    connection_id: str
    session_id: str
    role: Role
    connected_at_ms: int
    last_activity_ms: int
    ttl_s: int
    target_language: str | None = None
    """Listeners only; a speaker has none and so never appears in the index."""
    user_id: str | None = None
    """Speakers only."""
    ip_address: str | None = None
