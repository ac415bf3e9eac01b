"""Twins of coming, moving, falling silent and going (REQ-17, 28, sheet 1.2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from reference.broadcast.admission import Admission, Newcomer
from reference.broadcast.lifecycle import Lifecycle
from reference.broadcast.live import LiveSession, LiveSessions, Member
from reference.broadcast.model import BroadcastState, Connection, Role, Session, StateChange
from reference.broadcast.notices import (
    ConnectionTimeout,
    ConnectionWarning,
    Notice,
    SessionEnded,
    SilenceReason,
    StateRestored,
)
from reference.broadcast.parameters import Joining, Refreshing
from reference.broadcast.ports import CloseCode
from reference.broadcast.repository import BroadcastRepository
from reference.gateway import broadcast_codec as codec
from reference.gateway.broadcast import BroadcastEndpoint, SocketAudience
from reference.twins.twin import misread, put, twin

# ---- a speaker who moves


@twin("moved-speaker-finds-the-state-remembered", "REQ-17.1")
def moved_speaker_finds_the_state_remembered() -> None:
    """A speaker who moves is told the state that this process wrote last, not the one on record."""
    change_state, hand_over = BroadcastRepository.change_state, BroadcastRepository.hand_over
    written: dict[str, BroadcastState] = {}

    async def remember(self: BroadcastRepository, session_id: str, change: StateChange, now_ms: int) -> Session:
        session = await change_state(self, session_id, change, now_ms)
        written[session_id] = session.state
        return session

    async def recall(self: BroadcastRepository, session_id: str, connection_id: str, expires_at_s: int) -> Session:
        session = await hand_over(self, session_id, connection_id, expires_at_s)
        return replace(session, state=written.get(session_id, BroadcastState(session.created_at_ms)))

    put(BroadcastRepository, "change_state", remember)
    put(BroadcastRepository, "hand_over", recall)


@twin("moved-speaker-told-a-fresh-state", "REQ-17.2")
def moved_speaker_told_a_fresh_state() -> None:
    """A speaker who moves is told that the broadcast is as at the beginning."""
    tell = SocketAudience.tell

    def tell_fresh(self: SocketAudience, connection_id: str, notice: Notice) -> bool:
        if isinstance(notice, StateRestored):
            notice = replace(notice, state=BroadcastState(notice.state.last_state_change_ms))
        return tell(self, connection_id, notice)

    put(SocketAudience, "tell", tell_fresh)


@twin("moved-speaker-at-full-volume", "REQ-17.3")
def moved_speaker_at_full_volume() -> None:
    """When the speaker moves, the volume is set to full without telling."""
    hand_over = BroadcastRepository.hand_over

    async def turn_up(self: BroadcastRepository, session_id: str, connection_id: str, expires_at_s: int) -> Session:
        before = await hand_over(self, session_id, connection_id, expires_at_s)
        if before.state.volume > 0:
            await self.change_state(session_id, StateChange(volume=1.0), before.state.last_state_change_ms)
        return before

    put(BroadcastRepository, "hand_over", turn_up)


@twin("old-connection-ends-the-session", "REQ-17.3", "BRO-1.2.14")
def old_connection_ends_the_session() -> None:
    """When a speaker who has moved closes the old connection, the session ends."""
    leave = Lifecycle.leave

    async def end_with_any_speaker(self: Lifecycle, connection_id: str) -> None:
        member = self._sessions.member(connection_id)
        if member is not None and member.role is Role.SPEAKER:
            await self.end(member.session_id, "speaker disconnected", gone=connection_id)
        else:
            await leave(self, connection_id)

    put(Lifecycle, "leave", end_with_any_speaker)


@twin("moved-speaker-resumes", "REQ-17.4")
def moved_speaker_resumes() -> None:
    """A pause ends when the speaker moves."""
    hand_over = BroadcastRepository.hand_over

    async def resume(self: BroadcastRepository, session_id: str, connection_id: str, expires_at_s: int) -> Session:
        session = await hand_over(self, session_id, connection_id, expires_at_s)
        if not session.state.is_paused:
            return session
        return await self.change_state(session_id, StateChange(is_paused=False), session.state.last_state_change_ms)

    put(BroadcastRepository, "hand_over", resume)


@twin("move-counted-twice", "REQ-17.5")
def move_counted_twice() -> None:
    """Every move of a speaker is counted as two."""
    refresh = Admission.refresh_speaker

    async def count_again(self: Admission, newcomer: Newcomer, user_id: str, refreshing: Refreshing) -> None:
        await refresh(self, newcomer, user_id, refreshing)
        self._metrics.put("StateRestorations", SessionId=refreshing.session_id)

    put(Admission, "refresh_speaker", count_again)


@twin("move-leaves-the-session-its-end", "BRO-1.2.17")
def move_leaves_the_session_its_end() -> None:
    """A session ends at the time told at its opening, although the speaker has moved."""
    expire_at = Lifecycle.expire_at

    def expire_once(self: Lifecycle, live: LiveSession, expires_at_s: int) -> None:
        if live.session_id not in self._expiry_timers:
            expire_at(self, live, expires_at_s)

    put(Lifecycle, "expire_at", expire_once)


@twin("moved-speaker-goes-unrecorded", "BRO-1.2.13")
def moved_speaker_goes_unrecorded() -> None:
    """The new connection of a speaker has no record of its own."""
    add_connection = BroadcastRepository.add_connection
    speaking: set[str] = set()

    async def record_first(self: BroadcastRepository, connection: Connection) -> None:
        if connection.role is Role.SPEAKER:
            if connection.session_id in speaking:
                return
            speaking.add(connection.session_id)
        await add_connection(self, connection)

    put(BroadcastRepository, "add_connection", record_first)


@twin("anybody-takes-a-session-over", "BRO-3.2.8")
def anybody_takes_a_session_over() -> None:
    """Any signed-in person may take over the session of another."""
    refresh = Admission.refresh_speaker

    async def as_owner(self: Admission, newcomer: Newcomer, user_id: str, refreshing: Refreshing) -> None:
        session = await self._repository.session(refreshing.session_id)
        await refresh(self, newcomer, user_id if session is None else session.speaker_user_id, refreshing)

    put(Admission, "refresh_speaker", as_owner)


# ---- a listener who moves


@twin("moved-listener-hears-the-first-language", "BRO-1.2.6")
def moved_listener_hears_the_first_language() -> None:
    """A listener who has changed language hears the one chosen at joining again after moving."""
    join, enter, refresh = Admission.join, LiveSessions.enter, Admission.refresh_listener
    joined_in: dict[str, str] = {}
    moving: set[str] = set()

    async def note_language(self: Admission, newcomer: Newcomer, joining: Joining) -> None:
        joined_in[newcomer.address] = joining.target_language
        await join(self, newcomer, joining)

    async def note_move(self: Admission, newcomer: Newcomer, refreshing: Refreshing) -> None:
        moving.add(newcomer.connection_id)
        await refresh(self, newcomer, refreshing)

    def enter_as_before(self: LiveSessions, live: LiveSession, connection: Connection, *, now_s: float) -> Member:
        member = enter(self, live, connection, now_s=now_s)
        if connection.connection_id in moving and connection.ip_address in joined_in:
            member.target_language = joined_in[connection.ip_address]
        return member

    put(Admission, "join", note_language)
    put(Admission, "refresh_listener", note_move)
    put(LiveSessions, "enter", enter_as_before)


@twin("moved-listener-counts-twice", "BRO-1.2.15")
def moved_listener_counts_twice() -> None:
    """A listener who has moved and closed the old connection is counted twice for ever."""
    count_out, refresh = BroadcastRepository.count_listener_out, Admission.refresh_listener
    moved: dict[str, int] = {}

    async def note_move(self: Admission, newcomer: Newcomer, refreshing: Refreshing) -> None:
        await refresh(self, newcomer, refreshing)
        moved[refreshing.session_id] = moved.get(refreshing.session_id, 0) + 1

    async def count_some_out(self: BroadcastRepository, session_id: str) -> None:
        if moved.get(session_id):
            moved[session_id] -= 1
        else:
            await count_out(self, session_id)

    put(Admission, "refresh_listener", note_move)
    put(BroadcastRepository, "count_listener_out", count_some_out)


@twin("listener-needs-room-to-move", "BRO-1.2.16")
def listener_needs_room_to_move() -> None:
    """A listener cannot move while the session is full."""
    count_in = BroadcastRepository.count_listener_in
    limits: list[int] = [500]

    async def count_with_limit(self: BroadcastRepository, session_id: str, *, at_most: int | None) -> Session:
        if at_most is not None:
            limits[0] = at_most
        return await count_in(self, session_id, at_most=limits[0])

    put(BroadcastRepository, "count_listener_in", count_with_limit)


# ---- connections that grow old


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
    silence_due = Lifecycle._silence_due

    def never_for_speakers(self: Lifecycle, member: Member) -> tuple[float, SilenceReason]:
        due_s, reason = silence_due(self, member)
        return due_s + (86_400.0 if member.role is Role.SPEAKER else 0.0), reason

    put(Lifecycle, "_silence_due", never_for_speakers)


@twin("silence-cut-short", "REQ-28.1")
def silence_cut_short() -> None:
    """Somebody silent is disconnected after three quarters of the time."""
    misread(Lifecycle, "connection_idle_timeout_seconds", lambda seconds: 0.75 * seconds)


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


@twin("audio-is-no-sign-of-life", "REQ-28.1")
def audio_is_no_sign_of_life() -> None:
    """A speaker who sends nothing but audio is disconnected as silent."""
    silence_due = Lifecycle._silence_due
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
    put(Lifecycle, "_silence_due", due_without_audio)


@twin("silent-speaker-leaves-the-session", "REQ-28.2")
def silent_speaker_leaves_the_session() -> None:
    """The session of a speaker who was disconnected for silence stays on record as active."""
    check_silence, end_session = Lifecycle._check_silence, BroadcastRepository.end_session
    silent: set[str] = set()

    def note_silence(self: Lifecycle, member: Member) -> None:
        if self._clock.monotonic_s() >= self._silence_due(member)[0]:
            silent.add(member.session_id)
        check_silence(self, member)

    async def leave_active(self: BroadcastRepository, session_id: str) -> None:
        if session_id not in silent:
            await end_session(self, session_id)

    put(Lifecycle, "_check_silence", note_silence)
    put(BroadcastRepository, "end_session", leave_active)


@twin("silent-listener-stays-counted", "REQ-28.3")
def silent_listener_stays_counted() -> None:
    """A listener who was disconnected for silence is counted on."""
    check_silence, count_out = Lifecycle._check_silence, BroadcastRepository.count_listener_out
    silent: dict[str, int] = {}

    def note_silence(self: Lifecycle, member: Member) -> None:
        if member.role is Role.LISTENER and self._clock.monotonic_s() >= self._silence_due(member)[0]:
            silent[member.session_id] = silent.get(member.session_id, 0) + 1
        check_silence(self, member)

    async def count_others_out(self: BroadcastRepository, session_id: str) -> None:
        if silent.get(session_id):
            silent[session_id] -= 1
        else:
            await count_out(self, session_id)

    put(Lifecycle, "_check_silence", note_silence)
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
    members = codec._members

    def without_message(notice: object) -> dict[str, object]:
        found = members(notice)
        return found | {"message": "the session has ended"} if found["type"] == "sessionEnded" else found

    put(codec, "_members", without_message)


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
