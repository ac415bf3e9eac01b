"""Twins of growing old, falling silent and going (REQ-28, sheet 1.2, 1.4 and 3.5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from reference.broadcast import codec, lifecycle
from reference.broadcast.gateway import BroadcastEndpoint, SocketAudience
from reference.broadcast.lifecycle import Lifecycle
from reference.broadcast.live import Member
from reference.broadcast.model import Role
from reference.broadcast.notices import (
    ConnectionTimeout,
    ConnectionWarning,
    Notice,
    RefreshRequired,
    SessionEnded,
    SilenceReason,
)
from reference.broadcast.ports import CloseCode
from reference.broadcast.repository import BroadcastRepository
from reference.twins.twin import misread, put, twin

# ---- connections that grow old


@twin("asked-to-move-at-once", "BRO-1.4.5")
def asked_to_move_at_once() -> None:
    """The first heartbeat brings the request to move, however young the connection is."""
    misread(Lifecycle, "connection_refresh_minutes", lambda _minutes: 0.0)


@twin("asked-to-move-too-late", "BRO-1.4.5")
def asked_to_move_too_late() -> None:
    """The request to move comes when the connection is twice as old as it should be."""
    misread(Lifecycle, "connection_refresh_minutes", lambda minutes: 2 * minutes)


@twin("time-to-move-told-in-seconds", "BRO-3.4.14")
def time_to_move_told_in_seconds() -> None:
    """The request to move gives the time until which to do so in seconds, as if they were milliseconds."""
    tell = SocketAudience.tell

    def tell_s(self: SocketAudience, connection_id: str, notice: Notice) -> bool:
        if isinstance(notice, RefreshRequired):
            notice = replace(notice, refresh_by_ms=notice.refresh_by_ms // 1000)
        return tell(self, connection_id, notice)

    put(SocketAudience, "tell", tell_s)


@twin("asked-again-and-again-to-move", "BRO-1.4.5")
def asked_again_and_again_to_move() -> None:
    """A client whose connection is old is asked at every heartbeat to move."""
    heartbeat = Lifecycle.heartbeat

    def ask_again(self: Lifecycle, connection_id: str) -> None:
        heartbeat(self, connection_id)
        member = self._sessions.member(connection_id)
        if member is not None:
            member.refresh_asked = False

    put(Lifecycle, "heartbeat", ask_again)


@twin("old-connection-warned-of-once", "BRO-1.4.6")
def old_connection_warned_of_once() -> None:
    """Only the first heartbeat of an old connection is answered with a warning."""
    tell = SocketAudience.tell
    warned: set[str] = set()

    def warn_once(self: SocketAudience, connection_id: str, notice: Notice) -> bool:
        if isinstance(notice, ConnectionWarning):
            if connection_id in warned:
                return True
            warned.add(connection_id)
        return tell(self, connection_id, notice)

    put(SocketAudience, "tell", warn_once)


@twin("connection-without-end", "BRO-1.4.4")
def connection_without_end() -> None:
    """A connection lasts as long as its client likes."""
    watch = Lifecycle.watch

    def watch_silence_only(self: Lifecycle, member: Member) -> None:
        watch(self, member)
        self._duration_timers[member.connection_id].cancel()

    put(Lifecycle, "watch", watch_silence_only)


@twin("session-without-end", "BRO-1.4.3")
def session_without_end() -> None:
    """A session lasts as long as its speaker stays."""
    put(Lifecycle, "expire_at", lambda _lifecycle, _live, _expires_at_s: None)


# ---- connections that fall silent


@twin("silence-without-end", "REQ-28.1")
def silence_without_end() -> None:
    """A speaker may be silent for as long as they like."""
    silence_due = Lifecycle.silence_due

    def never_for_speakers(self: Lifecycle, member: Member) -> tuple[float, SilenceReason]:
        due_s, reason = silence_due(self, member)
        return due_s + (86_400.0 if member.role is Role.SPEAKER else 0.0), reason

    put(Lifecycle, "silence_due", never_for_speakers)


@twin("silence-cut-short", "REQ-28.1")
def silence_cut_short() -> None:
    """Somebody silent is disconnected before half of the time is over."""
    misread(Lifecycle, "connection_idle_timeout_seconds", lambda seconds: 0.45 * seconds)


@twin("heartbeats-are-no-sign-of-life", "REQ-28.1")
def heartbeats_are_no_sign_of_life() -> None:
    """Somebody who sends nothing but heartbeats is disconnected as silent."""
    heard_of = Lifecycle.heard_of
    receive = BroadcastEndpoint.receive
    heartbeats: list[bool] = [False]

    async def note_heartbeat(self: BroadcastEndpoint, connection_id: str, frame: str | bytes) -> None:
        heartbeats[0] = isinstance(frame, str) and '"heartbeat"' in frame[:200]
        await receive(self, connection_id, frame)

    def hear_others(self: Lifecycle, connection_id: str) -> None:
        if not heartbeats[0]:
            heard_of(self, connection_id)

    put(BroadcastEndpoint, "receive", note_heartbeat)
    put(Lifecycle, "heard_of", hear_others)


@twin("audio-is-no-sign-of-life", "REQ-28.1", "BRO-1.4.8")
def audio_is_no_sign_of_life() -> None:
    """A speaker who sends nothing but audio is disconnected as silent."""
    silence_due = Lifecycle.silence_due
    heartbeat_at: dict[str, float] = {}
    heartbeat = Lifecycle.heartbeat

    def note_heartbeat(self: Lifecycle, connection_id: str) -> None:
        heartbeat_at[connection_id] = self._clock.monotonic_s()
        heartbeat(self, connection_id)

    def due_without_audio(self: Lifecycle, member: Member) -> tuple[float, SilenceReason]:
        due_s, reason = silence_due(self, member)
        if member.role is Role.LISTENER:
            return due_s, reason
        since_s = heartbeat_at.setdefault(member.connection_id, member.heard_at_s)
        return due_s - member.heard_at_s + since_s, reason

    put(Lifecycle, "heartbeat", note_heartbeat)
    put(Lifecycle, "silence_due", due_without_audio)


@twin("silent-speaker-leaves-the-session", "REQ-28.2")
def silent_speaker_leaves_the_session() -> None:
    """The session of a speaker who was disconnected for silence stays on record as active."""
    check_silence, end_session = Lifecycle.check_silence, BroadcastRepository.end_session
    silent: set[str] = set()

    def note_silence(self: Lifecycle, member: Member) -> None:
        check_silence(self, member)
        if self._clock.monotonic_s() >= self.silence_due(member)[0]:
            silent.add(member.session_id)

    async def leave_active(self: BroadcastRepository, session_id: str) -> None:
        if session_id not in silent:
            await end_session(self, session_id)

    put(Lifecycle, "check_silence", note_silence)
    put(BroadcastRepository, "end_session", leave_active)


@twin("silent-listener-stays-counted", "REQ-28.3")
def silent_listener_stays_counted() -> None:
    """A listener who was disconnected for silence is counted on."""
    check_silence, count_out = Lifecycle.check_silence, BroadcastRepository.count_listener_out
    silent: dict[str, int] = {}

    def note_silence(self: Lifecycle, member: Member) -> None:
        check_silence(self, member)
        if member.role is Role.LISTENER and self._clock.monotonic_s() >= self.silence_due(member)[0]:
            silent[member.session_id] = silent.get(member.session_id, 0) + 1

    async def count_others_out(self: BroadcastRepository, session_id: str) -> None:
        if silent.get(session_id):
            silent[session_id] -= 1
        else:
            await count_out(self, session_id)

    put(Lifecycle, "check_silence", note_silence)
    put(BroadcastRepository, "count_listener_out", count_others_out)


@twin("silence-goes-untold", "REQ-28.4")
def silence_goes_untold() -> None:
    """A listener is disconnected for silence without being told why."""
    tell = SocketAudience.tell

    def keep_quiet(self: SocketAudience, connection_id: str, notice: Notice) -> bool:
        return True if isinstance(notice, ConnectionTimeout) else tell(self, connection_id, notice)

    put(SocketAudience, "tell", keep_quiet)


@twin("silence-told-in-milliseconds", "BRO-3.4.19")
def silence_told_in_milliseconds() -> None:
    """A silent client is told the length of the silence in milliseconds, as if they were seconds."""
    tell = SocketAudience.tell

    def tell_ms(self: SocketAudience, connection_id: str, notice: Notice) -> bool:
        if isinstance(notice, ConnectionTimeout):
            notice = replace(notice, idle_s=notice.idle_s * 1000)
        return tell(self, connection_id, notice)

    put(SocketAudience, "tell", tell_ms)


@twin("silence-closes-for-good", "BRO-3.5.2")
def silence_closes_for_good() -> None:
    """A silent client is disconnected in the way that asks it not to come back."""
    close = SocketAudience.close

    def close_for_good(self: SocketAudience, connection_id: str, code: CloseCode, reason: str) -> None:
        close(self, connection_id, CloseCode.POLICY if "silent" in reason else code, reason)

    put(SocketAudience, "close", close_for_good)


@twin("silent-listener-ends-the-session", "REQ-28.3", "BRO-3.5.2")
def silent_listener_ends_the_session() -> None:
    """A listener who is disconnected for silence takes the whole session along, as a speaker does."""
    check_silence = Lifecycle.check_silence

    def end_with_anybody(self: Lifecycle, member: Member) -> None:
        check_silence(self, member)
        if self._clock.monotonic_s() >= self.silence_due(member)[0]:
            self._background.run(self.end(member.session_id, "nobody is there"), name="end-after-silence")

    put(Lifecycle, "check_silence", end_with_anybody)


@twin("missing-heartbeats-tolerated", "BRO-1.4.8")
def missing_heartbeats_tolerated() -> None:
    """Who stops the heartbeats is disconnected only for silence, although the other rule is on."""
    misread(Lifecycle, "heartbeat_timeout_seconds", lambda _seconds: 0.0)


@twin("missing-heartbeats-counted-against-all", "BRO-1.4.8")
def missing_heartbeats_counted_against_all() -> None:
    """Who never sent a heartbeat is disconnected for the lack of them."""
    watch = Lifecycle.watch

    def expect_heartbeats(self: Lifecycle, member: Member) -> None:
        member.heartbeat_seen = True
        watch(self, member)

    put(Lifecycle, "watch", expect_heartbeats)


# ---- going


@twin("end-invites-back", "BRO-3.5.1")
def end_invites_back() -> None:
    """When a session is over, listeners are disconnected in the way that asks them to come back."""
    close = SocketAudience.close

    def close_for_now(self: SocketAudience, connection_id: str, code: CloseCode, reason: str) -> None:
        close(self, connection_id, CloseCode.GOING_AWAY if code is CloseCode.NORMAL else code, reason)

    put(SocketAudience, "close", close_for_now)


@twin("shutdown-goes-untold", "BRO-3.5.1")
def shutdown_goes_untold() -> None:
    """When the service is shut down, listeners are disconnected without being told that the session has ended."""
    tell_all = SocketAudience.tell_all

    def tell_of_other_ends(self: SocketAudience, connection_ids: Iterable[str], notice: Notice) -> int:
        if isinstance(notice, SessionEnded) and notice.reason == lifecycle.SHUTDOWN_REASON:
            return 0
        return tell_all(self, connection_ids, notice)

    put(SocketAudience, "tell_all", tell_of_other_ends)


@twin("inner-break-ends-the-session", "BRO-3.5.5")
def inner_break_ends_the_session() -> None:
    """When one connection breaks inside the service, the session ends for everybody."""
    receive = BroadcastEndpoint.receive

    async def break_all(self: BroadcastEndpoint, connection_id: str, frame: str | bytes) -> None:
        session_id = self._session_id(connection_id)
        try:
            await receive(self, connection_id, frame)
        except Exception:
            if session_id is not None:
                end = self._service.lifecycle.end(session_id, "a connection broke", gone=connection_id)
                self._service.lifecycle._background.run(end, name="end-after-break")
            raise

    put(BroadcastEndpoint, "receive", break_all)


@twin("leaving-listener-stays-counted", "BRO-1.2.7")
def leaving_listener_stays_counted() -> None:
    """A listener whose connection breaks without a farewell is counted on."""
    leave, count_out = Lifecycle.leave, BroadcastRepository.count_listener_out
    broken: set[str] = set()

    async def note_break(self: Lifecycle, connection_id: str) -> None:
        outbox = self._audience._connections.find(connection_id)  # type: ignore[attr-defined]
        member = self._sessions.member(connection_id)
        if member is not None and (outbox is None or outbox._socket.close_code in (None, 1006)):
            broken.add(member.session_id)
        await leave(self, connection_id)

    async def count_others_out(self: BroadcastRepository, session_id: str) -> None:
        if session_id not in broken:
            await count_out(self, session_id)

    put(Lifecycle, "leave", note_break)
    put(BroadcastRepository, "count_listener_out", count_others_out)


@twin("end-goes-untold-to-one", "BRO-1.2.8", "BRO-3.3.14")
def end_goes_untold_to_one() -> None:
    """When a session ends, the listener who joined last is disconnected without being told."""
    tell_all = SocketAudience.tell_all

    def tell_others(self: SocketAudience, connection_ids: Iterable[str], notice: Notice) -> int:
        ids = list(connection_ids)
        return tell_all(self, ids[:-1] if isinstance(notice, SessionEnded) else ids, notice)

    put(SocketAudience, "tell_all", tell_others)


@twin("end-without-its-reason", "BRO-3.4.18")
def end_without_its_reason() -> None:
    """The notice that a session has ended gives its reason in one of its two fields only."""
    members = codec.members_of

    def without_message(notice: object) -> dict[str, object]:
        found = members(notice)
        return found | {"message": "the session has ended"} if found["type"] == "sessionEnded" else found

    put(codec, "members_of", without_message)


@twin("records-stay-after-the-end", "BRO-1.2.10", "REQ-28.2")
def records_stay_after_the_end() -> None:
    """When a session ends, the record of its speaker's connection stays."""
    remove = BroadcastRepository.remove_connections

    async def keep_first(self: BroadcastRepository, connection_ids: Iterable[str]) -> None:
        await remove(self, list(connection_ids)[1:])

    put(BroadcastRepository, "remove_connections", keep_first)


@twin("every-tenth-record-stays", "BRO-2.5.10", "BRO-1.2.7")
def every_tenth_record_stays() -> None:
    """Of every ten listeners who leave, the connection of one stays on record."""
    remove = BroadcastRepository.remove_connection
    removed: list[str] = []

    async def keep_tenth(self: BroadcastRepository, connection_id: str) -> None:
        removed.append(connection_id)
        if len(removed) % 10:
            await remove(self, connection_id)

    put(BroadcastRepository, "remove_connection", keep_tenth)
