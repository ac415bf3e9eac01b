"""Twins of moving to a new connection (REQ-17, BRO-1.2, BRO-1.4)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from reference.broadcast import codec
from reference.broadcast.admission import Admission
from reference.broadcast.gateway import BroadcastEndpoint, SocketAudience
from reference.broadcast.lifecycle import Lifecycle
from reference.broadcast.live import LiveSessions
from reference.broadcast.model import BroadcastState, Role, StateChange
from reference.broadcast.notices import StateRestored
from reference.broadcast.ports import CloseCode
from reference.broadcast.repository import BroadcastRepository
from reference.refusal import Refusal
from reference.twins.twin import Piece, result_of, twin_of

# ---- a speaker who moves


_written: dict[str, BroadcastState] = {}


@result_of(BroadcastRepository.hand_over, "REQ-17.1")
def moved_speaker_finds_the_state_remembered(session, self, session_id, connection_id, expires_at_s):
    """A speaker who moves is told the state that this process wrote last, not the one on record."""
    return replace(session, state=_written.get(session_id, BroadcastState(session.created_at_ms)))


@moved_speaker_finds_the_state_remembered.also(BroadcastRepository.change_state)
async def _remember_state(change_state, self, session_id, change, now_ms):
    session = await change_state(self, session_id, change, now_ms)
    _written[session_id] = session.state
    return session


def _usual(notice: StateRestored) -> BroadcastState:
    return BroadcastState(notice.state.last_state_change_ms)


@twin_of(SocketAudience.tell, "REQ-17.2")
def moved_speaker_told_a_fresh_state(tell, self, connection_id, notice):
    """A speaker who moves is told that the broadcast is as at the beginning."""
    is_state = isinstance(notice, StateRestored)
    return tell(self, connection_id, replace(notice, state=_usual(notice)) if is_state else notice)


@twin_of(BroadcastRepository.hand_over, "REQ-17.3")
async def moved_speaker_at_full_volume(hand_over, self, session_id, connection_id, expires_at_s):
    """When the speaker moves, the volume is set to full without telling."""
    before = await hand_over(self, session_id, connection_id, expires_at_s)
    if before.state.volume > 0:
        await self.change_state(session_id, StateChange(volume=1.0), before.state.last_state_change_ms)
    return before


@twin_of(Lifecycle.leave, "REQ-17.3", "BRO-1.2.14")
async def old_connection_ends_the_session(leave, self, connection_id):
    """When a speaker who has moved closes the old connection, the session ends."""
    member = self._sessions.member(connection_id)
    if member is not None and member.role is Role.SPEAKER:
        await self.end(member.session_id, "speaker disconnected", gone=connection_id)
    else:
        await leave(self, connection_id)


@twin_of(BroadcastRepository.hand_over, "REQ-17.4")
async def moved_speaker_resumes(hand_over, self, session_id, connection_id, expires_at_s):
    """A pause ends when the speaker moves."""
    session = await hand_over(self, session_id, connection_id, expires_at_s)
    if not session.state.is_paused:
        return session
    return await self.change_state(session_id, StateChange(is_paused=False), session.state.last_state_change_ms)


@twin_of(Admission.refresh_speaker, "REQ-17.5")
async def move_counted_twice(refresh_speaker, self, newcomer, user_id, refreshing):
    """Every move of a speaker is counted as two."""
    await refresh_speaker(self, newcomer, user_id, refreshing)
    self._metrics.put("StateRestorations", SessionId=refreshing.session_id)


@twin_of(Lifecycle.expire_at, "BRO-1.2.17")
def move_leaves_the_session_its_end(expire_at, self, live, expires_at_s):
    """A session ends at the time told at its opening, although the speaker has moved."""
    if live.session_id not in self._expiry_timers:
        expire_at(self, live, expires_at_s)


_speaking: set[str] = set()


@twin_of(BroadcastRepository.add_connection, "BRO-1.2.13")
async def moved_speaker_goes_unrecorded(add_connection, self, connection):
    """The new connection of a speaker has no record of its own."""
    if connection.session_id not in _speaking or connection.role is not Role.SPEAKER:
        await add_connection(self, connection)
    if connection.role is Role.SPEAKER:
        _speaking.add(connection.session_id)


@twin_of(Admission.refresh_speaker, "BRO-3.2.8")
async def anybody_takes_a_session_over(refresh_speaker, self, newcomer, user_id, refreshing):
    """Any signed-in person may take over the session of another."""
    session = await self._repository.session(refreshing.session_id)
    await refresh_speaker(self, newcomer, user_id if session is None else session.speaker_user_id, refreshing)


@twin_of(SocketAudience.tell, "REQ-17.2")
def moved_speaker_told_changes_only(tell, self, connection_id, notice):
    """A speaker who moves is told the state of the broadcast only if it is not the usual one."""
    is_usual = isinstance(notice, StateRestored) and notice.state == _usual(notice)
    return is_usual or tell(self, connection_id, notice)


@twin_of(BroadcastEndpoint.user, "BRO-3.2.8", "BRO-3.2.7")
def take_over_without_signing_in(user, self, given):
    """Whoever names a session and does not sign in is taken for its speaker."""
    live = self._service.sessions.session(str(given.get("sessionId")))
    return user(self, given) if live is None or "token" in given else live.speaker_user_id


# ---- a listener who moves


_joined_in: dict[str, str] = {}
_moving: set[str] = set()


@twin_of(Admission.join, "BRO-1.2.6")
async def moved_listener_hears_the_first_language(join, self, newcomer, joining):
    """A listener who has changed language hears the one chosen at joining again after moving."""
    _joined_in[newcomer.address] = joining.target_language
    await join(self, newcomer, joining)


@moved_listener_hears_the_first_language.also(Admission.refresh_listener)
async def _note_who_moves(refresh_listener, self, newcomer, refreshing):
    _moving.add(newcomer.connection_id)
    await refresh_listener(self, newcomer, refreshing)


@moved_listener_hears_the_first_language.also(LiveSessions.enter)
def _enter_as_before(enter, self, live, connection, *, now_s):
    member = enter(self, live, connection, now_s=now_s)
    if connection.connection_id in _moving and connection.ip_address in _joined_in:
        member.target_language = _joined_in[connection.ip_address]
    return member


_moved: Counter[str] = Counter()


@twin_of(BroadcastRepository.count_listener_out, "BRO-1.2.15")
async def moved_listener_counts_twice(count_listener_out, self, session_id):
    """A listener who has moved and closed the old connection is counted twice for ever."""
    if _moved[session_id]:
        _moved[session_id] -= 1
    else:
        await count_listener_out(self, session_id)


@moved_listener_counts_twice.also(Admission.refresh_listener)
async def _count_moves(refresh_listener, self, newcomer, refreshing):
    await refresh_listener(self, newcomer, refreshing)
    _moved[refreshing.session_id] += 1


@twin_of(Admission.count_in, "BRO-1.2.16")
def listener_needs_room_to_move(count_in, self, connection, *, at_most):
    """A listener cannot move while the session is full."""
    return count_in(self, connection, at_most=self._settings.max_listeners_per_session)


@twin_of(Admission.refresh_listener, "BRO-1.2.6")
async def moved_listener_hears_nothing(refresh_listener, self, newcomer, refreshing):
    """A listener who moves is let in and counted, but nothing is sent over the new connection."""
    await refresh_listener(self, newcomer, refreshing)
    self._sessions.member(newcomer.connection_id).target_language = None


@twin_of(BroadcastRepository.count_listener_in, "BRO-1.2.15")
async def moving_listener_counted_once(count_listener_in, self, session_id, *, at_most):
    """A new connection of a listener who moves is not counted, and the old one is no longer when it closes."""
    session = await self.session(session_id) if at_most is None else None
    return session or await count_listener_in(self, session_id, at_most=at_most)


@twin_of(BroadcastRepository.remove_connection, "BRO-1.2.15")
async def moved_listener_stays_on_record_twice(remove_connection, self, connection_id):
    """When a listener who has moved closes the old connection, its record stays."""
    connection, _ = await self.standing(connection_id, "")
    if connection is None or not _moved[connection.session_id]:
        await remove_connection(self, connection_id)
    else:
        _moved[connection.session_id] -= 1


moved_listener_stays_on_record_twice.also(Admission.refresh_listener)(_count_moves)


# ---- whoever moves


@result_of(codec.members_of, "BRO-3.4.16")
def move_confirmed_without_details(members, notice):
    """The confirmation of a move says neither who has moved nor between which languages."""
    if members["type"] == "connectionRefreshComplete":
        return {name: members[name] for name in ("type", "sessionId")}
    return members


async def _called_a_fault(refresh: Piece, *arguments: object) -> None:
    try:
        await refresh(*arguments)
    except Refusal as refusal:
        raise Refusal("INTERNAL_ERROR", refusal.message) if refusal.code == "SESSION_NOT_FOUND" else refusal from None


@twin_of(Admission.refresh_speaker, "BRO-1.2.12")
def move_in_an_ended_session_called_a_fault(refresh_speaker, *arguments):
    """Who wants to move within a session that is over is refused as if the service had a fault."""
    return _called_a_fault(refresh_speaker, *arguments)


move_in_an_ended_session_called_a_fault.also(Admission.refresh_listener)(_called_a_fault)


@twin_of(Lifecycle.watch, "BRO-1.4.4", "BRO-1.2.17")
def move_renews_no_connection(watch, self, member):
    """Every connection ends two hours after the session was opened, also one to which somebody moved since."""
    watch(self, member)
    self._duration_timers[member.connection_id].cancel()
    age_s = (self._clock.now_ms() - self._sessions.session(member.session_id).created_at_ms) / 1000
    self._duration_timers[member.connection_id] = self._clock.call_later(
        self._settings.connection_max_duration_hours * 3600 - age_s,
        lambda: self._audience.close(member.connection_id, CloseCode.GOING_AWAY, "maximum connection duration"),
    )
