"""How it ends: leaving, ending, expiring, and closing those who have fallen silent."""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass, field

from reference.background import Background
from reference.broadcast.fanout import Fanout
from reference.broadcast.live import LiveSession, LiveSessions, Member
from reference.broadcast.model import Role
from reference.broadcast.notices import (
    ConnectionTimeout,
    ConnectionWarning,
    HeartbeatAck,
    RefreshRequired,
    SessionEnded,
    SilenceReason,
)
from reference.broadcast.ports import Audience, CloseCode
from reference.broadcast.repository import BroadcastRepository, NoSuchConnection
from reference.broadcast.settings import BroadcastSettings
from reference.broadcast.standing import Standings
from reference.broadcast.status import StatusDesk
from reference.broadcast.transcription import Transcription
from reference.journal import Journal
from reference.metrics import Metrics
from reference.refusal import Refusal
from reference.storage.clock import Clock, Timer

ACTIVITY_WRITE_INTERVAL_S = 1.0
"""`lastActivityTime` of a connection is written at most this often, and once more after its last message."""

SHUTDOWN_REASON = "the service is shutting down"


@dataclass(eq=False, repr=False)
class Lifecycle:
    """Watches connections and takes them, and whole sessions, out again."""

    _settings: BroadcastSettings
    _repository: BroadcastRepository
    _sessions: LiveSessions
    _standings: Standings
    _audience: Audience
    _status: StatusDesk
    _transcription: Transcription
    _fanout: Fanout
    _clock: Clock
    _background: Background
    _metrics: Metrics
    _silence_timers: dict[str, Timer] = field(default_factory=dict, init=False)
    _duration_timers: dict[str, Timer] = field(default_factory=dict, init=False)
    _activity_timers: dict[str, Timer] = field(default_factory=dict, init=False)
    _activity_written_s: dict[str, float] = field(default_factory=dict, init=False)
    _expiry_timers: dict[str, Timer] = field(default_factory=dict, init=False)
    _shutting_down: bool = field(default=False, init=False)
    _journal = Journal("lifecycle")

    # ---- coming and going

    def watch(self, member: Member) -> None:
        """Begin to apply the rules of silence and of the longest duration to a new member."""
        connection_id = member.connection_id
        self._activity_written_s[connection_id] = self._clock.monotonic_s()
        self._duration_timers[connection_id] = self._clock.call_later(
            self._settings.connection_max_duration_hours * 3600,
            lambda: self._audience.close(connection_id, CloseCode.GOING_AWAY, "maximum connection duration"),
        )
        self._await_silence(member)
        self._count_audience()

    async def leave(self, connection_id: str) -> None:
        """Take out a connection whose socket is closed; harmless for one that is no member (any more)."""
        member = self._sessions.member(connection_id)
        if member is None or self._shutting_down:
            return
        live = self._sessions.session(member.session_id)
        if live is not None and live.speaker_connection_id == connection_id:
            await self.end(live.session_id, "speaker disconnected", gone=connection_id)
            return
        self._sessions.leave(connection_id)
        self._unwatch(connection_id)
        self._count_audience()
        removal = self._repository.remove_connection(connection_id)
        if member.role is Role.LISTENER:
            if live is not None:
                live.departing += 1
            try:
                await asyncio.gather(removal, self._repository.count_listener_out(member.session_id))
            finally:
                if live is not None:
                    live.departing -= 1
            if live is not None and not live.ending:
                self._status.listeners_changed(live, None)
        else:
            await removal
        self._journal.info(
            "leave",
            "connection left",
            session_id=member.session_id,
            connection_id=connection_id,
            role=member.role,
        )

    async def end(
        self, session_id: str, reason: str, *, code: CloseCode = CloseCode.NORMAL, gone: str | None = None
    ) -> None:
        """End a session: everyone but the connection that is `gone` is told why, all are closed and removed.

        `code` is the speaker's close code; listeners always see a normal end. Ending twice is harmless.
        """
        live = self._sessions.session(session_id)
        if live is None or live.ending:
            return
        live.ending = True
        try:
            await self._repository.end_session(session_id)
        except Refusal as refused:
            self._journal.error("end", "the end could not be written down", failure=refused, session_id=session_id)
        self._status.stop(live)
        if (timer := self._expiry_timers.pop(session_id, None)) is not None:
            timer.cancel()
        members = self._sessions.remove(live)
        self._count_audience()
        if code is CloseCode.POLICY:
            # There is no other policy that a member of a session can violate (REQ-26.4).
            self._metrics.put("ConnectionsClosedForRateLimit", SessionId=session_id)
        self._standings.forget_session(session_id)
        for member in members:
            self._unwatch(member.connection_id)
        everyone = [member.connection_id for member in members]
        present = [connection_id for connection_id in everyone if connection_id != gone]
        told = self._audience.tell_all(present, SessionEnded(session_id, reason))
        for member in members:
            closing = code if member.role is Role.SPEAKER else CloseCode.NORMAL
            self._audience.close(member.connection_id, closing, "session ended")
        self._transcription.close(session_id)
        self._fanout.close(session_id)
        self._journal.info("end", "session ended", session_id=session_id, reason=reason, told=told)
        await self._repository.remove_connections(everyone)

    def expire_at(self, live: LiveSession, expires_at_s: int) -> None:
        """Let the session end by itself at that time, and no earlier (BRO-1.4.3)."""
        session_id = live.session_id
        if (timer := self._expiry_timers.pop(session_id, None)) is not None:
            timer.cancel()
        self._expiry_timers[session_id] = self._clock.call_later(
            expires_at_s - self._clock.now_ms() / 1000,
            lambda: self._expire(session_id),
        )

    def _expire(self, session_id: str) -> None:
        self._background.run(self.end(session_id, "session expired"), name="expire-session")

    def shut_down(self) -> None:
        """Tell every member that the service is going; what the tables say about them stays as it is."""
        self._shutting_down = True
        for live in self._sessions.all():
            self._audience.tell_all(list(live.members), SessionEnded(live.session_id, SHUTDOWN_REASON))
            self._status.stop(live)
            self._transcription.close(live.session_id)
            self._fanout.close(live.session_id)
        for timers in (
            self._silence_timers,
            self._duration_timers,
            self._activity_timers,
            self._expiry_timers,
        ):
            for timer in timers.values():
                timer.cancel()
            timers.clear()

    # ---- being heard of

    def heard_of(self, connection_id: str) -> None:
        """Note that a connection has sent something, whatever it was (REQ-28.1)."""
        member = self._sessions.member(connection_id)
        if member is None:
            return
        member.heard_at_s = self._clock.monotonic_s()
        if connection_id in self._activity_timers:
            return
        since_s = member.heard_at_s - self._activity_written_s[connection_id]
        self._activity_timers[connection_id] = self._clock.call_later(
            ACTIVITY_WRITE_INTERVAL_S - since_s, lambda: self._write_activity(member)
        )

    def heartbeat(self, connection_id: str) -> None:
        """Answer a heartbeat, and say so when the connection has grown old (BRO-1.4.5, BRO-1.4.6)."""
        member = self._sessions.member(connection_id)
        if member is None:
            raise Refusal("CONNECTION_NOT_FOUND", "This connection belongs to no session")
        if not member.heartbeat_seen:
            member.heartbeat_seen = True
            self._await_silence(member)
        self._audience.tell(connection_id, HeartbeatAck())
        settings = self._settings
        age_s = self._clock.monotonic_s() - member.connected_at_s
        age_minutes = age_s / 60
        left_s = max(0.0, settings.connection_max_duration_hours * 3600 - age_s)
        if age_minutes >= settings.connection_refresh_minutes and not member.refresh_asked:
            member.refresh_asked = True
            self._audience.tell(
                connection_id,
                RefreshRequired(
                    member.session_id,
                    member.role,
                    member.target_language,
                    self._clock.now_ms() + round(left_s * 1000),
                ),
            )
        if age_minutes >= settings.connection_warning_minutes:
            self._audience.tell(connection_id, ConnectionWarning(round(left_s / 60, 2)))

    def _write_activity(self, member: Member) -> None:
        del self._activity_timers[member.connection_id]
        self._activity_written_s[member.connection_id] = self._clock.monotonic_s()
        silent_ms = round((self._clock.monotonic_s() - member.heard_at_s) * 1000)
        self._background.run(
            self._note_activity(member.connection_id, self._clock.now_ms() - silent_ms), name="note-activity"
        )

    async def _note_activity(self, connection_id: str, at_ms: int) -> None:
        try:
            await self._repository.note_activity(connection_id, at_ms)
        except NoSuchConnection:
            # Left, or removed by hand, in the meantime: there is nothing to note it on.
            self._journal.debug("note-activity", "the connection has no item", connection_id=connection_id)

    def _await_silence(self, member: Member) -> None:
        if (timer := self._silence_timers.pop(member.connection_id, None)) is not None:
            timer.cancel()
        due_s, _ = self.silence_due(member)
        self._silence_timers[member.connection_id] = self._clock.call_later(
            due_s - self._clock.monotonic_s(), lambda: self.check_silence(member)
        )

    def silence_due(self, member: Member) -> tuple[float, SilenceReason]:
        """Return when (monotonic) the member will have been silent for too long, and by which rule."""
        settings = self._settings
        due = (member.heard_at_s + settings.connection_idle_timeout_seconds, SilenceReason.IDLE)
        if member.heartbeat_seen and settings.heartbeat_timeout_seconds > 0:
            due = min(due, (member.heard_at_s + settings.heartbeat_timeout_seconds, SilenceReason.NO_HEARTBEAT))
        return due

    def check_silence(self, member: Member) -> None:
        due_s, reason = self.silence_due(member)
        if self._clock.monotonic_s() < due_s:
            self._await_silence(member)
            return
        idle_s = math.floor(self._clock.monotonic_s() - member.heard_at_s)
        self._journal.info(
            "timeout",
            "connection closed after silence",
            session_id=member.session_id,
            connection_id=member.connection_id,
            role=member.role,
            reason=reason,
        )
        self._metrics.put("ConnectionTimeout", Role=member.role.value, Reason=reason.value)
        self._audience.tell(member.connection_id, ConnectionTimeout(idle_s, reason))
        self._audience.close(member.connection_id, CloseCode.GOING_AWAY, "silent for too long")
        # The clean-up does not wait for the other side to agree to the close.
        self._background.run(self.leave(member.connection_id), name="leave-after-silence")

    def _count_audience(self) -> None:
        live = list(self._sessions.all())
        self._metrics.put("ActiveSessions", len(live))
        self._metrics.put("TotalListeners", sum(len(one.listeners()) for one in live))

    def _unwatch(self, connection_id: str) -> None:
        self._standings.forget_connection(connection_id)
        self._activity_written_s.pop(connection_id, None)
        for timers in (self._silence_timers, self._duration_timers, self._activity_timers):
            if (timer := timers.pop(connection_id, None)) is not None:
                timer.cancel()
