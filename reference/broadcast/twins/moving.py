"""Twins of moving to a new connection (REQ-17, sheet 1.2 and 1.4)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from reference.broadcast import codec
from reference.broadcast.admission import Admission, Newcomer
from reference.broadcast.codec import Fields
from reference.broadcast.gateway import BroadcastEndpoint, SocketAudience
from reference.broadcast.lifecycle import Lifecycle
from reference.broadcast.live import LiveSession, LiveSessions, Member
from reference.broadcast.model import BroadcastState, Connection, Role, Session, StateChange
from reference.broadcast.notices import Notice, StateRestored
from reference.broadcast.parameters import Joining, Refreshing
from reference.broadcast.ports import CloseCode
from reference.broadcast.repository import BroadcastRepository
from reference.refusal import Refusal
from reference.twins.twin import put, twin

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


@twin("moved-speaker-told-changes-only", "REQ-17.2")
def moved_speaker_told_changes_only() -> None:
    """A speaker who moves is told the state of the broadcast only if it is not the usual one."""
    tell = SocketAudience.tell

    def tell_unusual(self: SocketAudience, connection_id: str, notice: Notice) -> bool:
        if isinstance(notice, StateRestored):
            usual = BroadcastState(notice.state.last_state_change_ms)
            return notice.state == usual or tell(self, connection_id, notice)
        return tell(self, connection_id, notice)

    put(SocketAudience, "tell", tell_unusual)


@twin("take-over-without-signing-in", "BRO-3.2.8", "BRO-3.2.7")
def take_over_without_signing_in() -> None:
    """Whoever names a session and does not sign in is taken for its speaker."""
    user = BroadcastEndpoint.user

    def user_or_speaker(self: BroadcastEndpoint, given: Fields) -> str:
        live = self._service.sessions.session(str(given.get("sessionId")))
        return user(self, given) if live is None or "token" in given else live.speaker_user_id

    put(BroadcastEndpoint, "user", user_or_speaker)


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


@twin("moved-listener-hears-nothing", "BRO-1.2.6")
def moved_listener_hears_nothing() -> None:
    """A listener who moves is let in and counted, but nothing is sent over the new connection."""
    enter, refresh = LiveSessions.enter, Admission.refresh_listener
    moving: set[str] = set()

    async def note_move(self: Admission, newcomer: Newcomer, refreshing: Refreshing) -> None:
        moving.add(newcomer.connection_id)
        await refresh(self, newcomer, refreshing)

    def enter_deaf(self: LiveSessions, live: LiveSession, connection: Connection, *, now_s: float) -> Member:
        member = enter(self, live, connection, now_s=now_s)
        if connection.connection_id in moving:
            member.target_language = None
        return member

    put(Admission, "refresh_listener", note_move)
    put(LiveSessions, "enter", enter_deaf)


@twin("moving-listener-counted-once", "BRO-1.2.15")
def moving_listener_counted_once() -> None:
    """A new connection of a listener who moves is not counted, and the old one is no longer when it closes."""
    count_in = BroadcastRepository.count_listener_in

    async def count_joining(self: BroadcastRepository, session_id: str, *, at_most: int | None) -> Session:
        session = await self.session(session_id) if at_most is None else None
        return session or await count_in(self, session_id, at_most=at_most)

    put(BroadcastRepository, "count_listener_in", count_joining)


@twin("moved-listener-stays-on-record-twice", "BRO-1.2.15")
def moved_listener_stays_on_record_twice() -> None:
    """When a listener who has moved closes the old connection, its record stays."""
    remove, refresh = BroadcastRepository.remove_connection, Admission.refresh_listener
    moved: Counter[str] = Counter()

    async def note_move(self: Admission, newcomer: Newcomer, refreshing: Refreshing) -> None:
        await refresh(self, newcomer, refreshing)
        moved[refreshing.session_id] += 1

    async def keep_old(self: BroadcastRepository, connection_id: str) -> None:
        connection, _ = await self.standing(connection_id, "")
        if connection is None or not moved[connection.session_id]:
            await remove(self, connection_id)
        else:
            moved[connection.session_id] -= 1

    put(Admission, "refresh_listener", note_move)
    put(BroadcastRepository, "remove_connection", keep_old)


# ---- whoever moves


@twin("move-confirmed-without-details", "BRO-3.4.16")
def move_confirmed_without_details() -> None:
    """The confirmation of a move says neither who has moved nor between which languages."""
    members = codec.members_of

    def without_details(notice: object) -> dict[str, object]:
        found = members(notice)
        if found["type"] == "connectionRefreshComplete":
            found = {name: value for name, value in found.items() if name in ("type", "sessionId")}
        return found

    put(codec, "members_of", without_details)


@twin("move-in-an-ended-session-called-a-fault", "BRO-1.2.12")
def move_in_an_ended_session_called_a_fault() -> None:
    """Who wants to move within a session that is over is refused as if the service had a fault."""
    speaker, listener = Admission.refresh_speaker, Admission.refresh_listener

    def misnamed(refusal: Refusal) -> Refusal:
        is_unknown = refusal.code == "SESSION_NOT_FOUND"
        return Refusal("INTERNAL_ERROR", refusal.message) if is_unknown else refusal

    async def refresh_speaker(self: Admission, newcomer: Newcomer, user_id: str, refreshing: Refreshing) -> None:
        try:
            await speaker(self, newcomer, user_id, refreshing)
        except Refusal as refusal:
            raise misnamed(refusal) from None

    async def refresh_listener(self: Admission, newcomer: Newcomer, refreshing: Refreshing) -> None:
        try:
            await listener(self, newcomer, refreshing)
        except Refusal as refusal:
            raise misnamed(refusal) from None

    put(Admission, "refresh_speaker", refresh_speaker)
    put(Admission, "refresh_listener", refresh_listener)


@twin("move-renews-no-connection", "BRO-1.4.4", "BRO-1.2.17")
def move_renews_no_connection() -> None:
    """Every connection ends two hours after the session was opened, also one to which somebody moved since."""
    watch = Lifecycle.watch

    def watch_since_opening(self: Lifecycle, member: Member) -> None:
        watch(self, member)
        live = self._sessions.session(member.session_id)
        assert live is not None, "who comes in has a session"
        self._duration_timers[member.connection_id].cancel()
        age_s = (self._clock.now_ms() - live.created_at_ms) / 1000
        self._duration_timers[member.connection_id] = self._clock.call_later(
            self._settings.connection_max_duration_hours * 3600 - age_s,
            lambda: self._audience.close(member.connection_id, CloseCode.GOING_AWAY, "maximum connection duration"),
        )

    put(Lifecycle, "watch", watch_since_opening)
