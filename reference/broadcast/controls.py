"""The speaker's controls and the listener's (REQ-6 to REQ-10, REQ-18, BRO-7.1, BRO-7.2).

A control is written first, then told to the listeners, then acknowledged with their number (BRO-3.4.4). Repeating
one succeeds again, is told again and moves `lastStateChange`.
"""

from __future__ import annotations

from dataclasses import dataclass

from reference.broadcast.live import LiveSessions
from reference.broadcast.model import Session, StateChange
from reference.broadcast.notices import (
    BroadcastMuted,
    BroadcastPaused,
    BroadcastResumed,
    BroadcastUnmuted,
    LanguageChanged,
    Notice,
    PlaybackPaused,
    PlaybackResumed,
    SpeakerStateChanged,
    Told,
    VolumeChanged,
)
from reference.broadcast.parameters import check_offered
from reference.broadcast.ports import Audience
from reference.broadcast.repository import BroadcastRepository, NoSuchConnection, NoSuchSession
from reference.broadcast.settings import BroadcastSettings
from reference.broadcast.standing import Standings
from reference.broadcast.status import StatusDesk
from reference.broadcast.transcription import Transcription
from reference.metrics import Metrics
from reference.refusal import Refusal
from reference.storage.clock import Clock


@dataclass(frozen=True, slots=True)
class _Change:
    after: Session
    since_s: float
    """When it was begun, on the monotonic clock."""
    pause_ended_ms: int | None
    """How long the pause was that ended with it, if one did."""


@dataclass(eq=False, repr=False)
class SpeakerControls:
    """Changes the broadcast state.

    Every method takes the session as it was before, returns the acknowledgement, and raises Refusal
    SESSION_NOT_FOUND when the session ended in the meantime.
    """

    _repository: BroadcastRepository
    _sessions: LiveSessions
    _standings: Standings
    _transcription: Transcription
    _audience: Audience
    _clock: Clock
    _metrics: Metrics

    async def pause(self, session: Session, *, estimated_ms: int | None) -> BroadcastPaused:
        """Stop forwarding until the broadcast is resumed."""
        change = await self.change(session, StateChange(is_paused=True))
        told = self.tell(change, BroadcastPaused(session.session_id, estimated_ms))
        return BroadcastPaused(session.session_id, estimated_ms, told)

    async def resume(self, session: Session) -> BroadcastResumed:
        """Forward again, unless muted or at volume 0; a recogniser that had failed may try again."""
        change = await self.change(session, StateChange(is_paused=False))
        self._transcription.resume(session.session_id)
        told = self.tell(change, BroadcastResumed(session.session_id))
        return BroadcastResumed(session.session_id, change.pause_ended_ms, told)

    async def mute(self, session: Session) -> BroadcastMuted:
        """Stop forwarding until the broadcast is unmuted."""
        change = await self.change(session, StateChange(is_muted=True))
        return BroadcastMuted(session.session_id, self.tell(change, BroadcastMuted(session.session_id)))

    async def unmute(self, session: Session) -> BroadcastUnmuted:
        """Forward again, unless paused or at volume 0."""
        change = await self.change(session, StateChange(is_muted=False))
        return BroadcastUnmuted(session.session_id, self.tell(change, BroadcastUnmuted(session.session_id)))

    async def set_volume(self, session: Session, volume: float) -> VolumeChanged:
        """Multiply samples by `volume` from now on; 0 stops forwarding, but is no mute (REQ-9.5)."""
        change = await self.change(session, StateChange(volume=volume))
        told = self.tell(change, VolumeChanged(session.session_id, volume))
        return VolumeChanged(session.session_id, volume, told)

    async def change_state(self, session: Session, wanted: StateChange) -> SpeakerStateChanged:
        """Set several members at once; a pause or a mute that begins thereby is told as such (REQ-10.4, REQ-10.5)."""
        change = await self.change(session, wanted)
        state = change.after.state
        told = self.tell(change, SpeakerStateChanged(session.session_id, state))
        if state.is_paused and not session.state.is_paused:
            self.tell(change, BroadcastPaused(session.session_id))
        if state.is_muted and not session.state.is_muted:
            self.tell(change, BroadcastMuted(session.session_id))
        return SpeakerStateChanged(session.session_id, state, told)

    async def change(self, session: Session, wanted: StateChange) -> _Change:
        since_s = self._clock.monotonic_s()
        live = self._sessions.session(session.session_id)
        paused_at_s = None if live is None else live.paused_at_s
        try:
            after = await self._repository.change_state(session.session_id, wanted, self._clock.now_ms())
        except NoSuchSession:
            raise Refusal("SESSION_NOT_FOUND", "There is no such live session", sessionId=session.session_id) from None
        self._standings.note_session(after)
        live = self._sessions.session(session.session_id)
        if live is not None:
            if not after.state.is_paused:
                live.paused_at_s = None
            elif not session.state.is_paused:
                live.paused_at_s = since_s
        pause_ended_ms: int | None = None
        if session.state.is_paused and not after.state.is_paused:
            if paused_at_s is None:
                paused_at_s = since_s - (after.state.last_state_change_ms - session.state.last_state_change_ms) / 1000
            pause_ended_ms = round(max(0.0, since_s - paused_at_s) * 1000)
            self._metrics.put("BroadcastPauseDuration", pause_ended_ms, SessionId=session.session_id)
        return _Change(after, since_s, pause_ended_ms)

    def tell(self, change: _Change, notice: Notice) -> Told:
        session_id = change.after.session_id
        live = self._sessions.session(session_id)
        listeners = [] if live is None else live.listener_ids()
        told = self._audience.tell_all(listeners, notice)
        if listeners:
            took_ms = (self._clock.monotonic_s() - change.since_s) * 1000
            self._metrics.put("ListenerNotificationLatency", took_ms, SessionId=session_id)
        if told < len(listeners):
            self._metrics.put("ListenerNotificationFailures", len(listeners) - told, SessionId=session_id)
        return Told(change.after.state, told)


@dataclass(eq=False, repr=False)
class ListenerControls:
    """What a listener may change: nothing but their own connection."""

    _settings: BroadcastSettings
    _repository: BroadcastRepository
    _sessions: LiveSessions
    _status: StatusDesk

    def pause_playback(self, session: Session) -> PlaybackPaused:
        """Acknowledge a pause that takes place at the listener's side only."""
        return PlaybackPaused(session.session_id)

    def resume_playback(self, session: Session) -> PlaybackResumed:
        """Acknowledge the end of such a pause."""
        return PlaybackResumed(session.session_id)

    async def change_language(self, connection_id: str, session: Session, language: str) -> LanguageChanged:
        """Let a listener hear another language from the next sentence on.

        Raise Refusal UNSUPPORTED_LANGUAGE or CONNECTION_NOT_FOUND; the old language then stays.
        """
        check_offered(language, self._settings.supported_languages, "UNSUPPORTED_LANGUAGE", "Listening")
        try:
            await self._repository.change_language(connection_id, language)
        except NoSuchConnection:
            raise Refusal("CONNECTION_NOT_FOUND", "This connection belongs to no session") from None
        member = self._sessions.member(connection_id)
        live = self._sessions.session(session.session_id)
        if member is not None and live is not None and member.target_language != language:
            member.target_language = language
            self._status.listeners_changed(live, language)
        return LanguageChanged(session.session_id, language, session.source_language)
