"""Twins of growing old, falling silent and going (REQ-28, BRO-1.2, BRO-1.4, BRO-3.5)."""

from __future__ import annotations

from collections import Counter

from reference.broadcast.gateway import BroadcastEndpoint, SocketAudience
from reference.broadcast.lifecycle import Lifecycle
from reference.broadcast.live import Member
from reference.broadcast.model import Role
from reference.broadcast.ports import CloseCode
from reference.broadcast.repository import BroadcastRepository
from reference.twins.kinds import misread, skipped
from reference.twins.twin import twin_of

# ---- connections that grow old


@misread(Lifecycle, "connection_refresh_minutes", lambda _minutes: 0.0, "BRO-1.4.5")
def asked_to_move_at_once():
    """The first heartbeat brings the request to move, however young the connection is."""


@misread(Lifecycle, "connection_refresh_minutes", lambda minutes: 2 * minutes, "BRO-1.4.5")
def asked_to_move_too_late():
    """The request to move comes when the connection is twice as old as it should be."""


@twin_of(Lifecycle.heartbeat, "BRO-1.4.5")
def asked_again_and_again_to_move(heartbeat, self, connection_id):
    """A client whose connection is old is asked at every heartbeat to move."""
    heartbeat(self, connection_id)
    self._sessions.member(connection_id).refresh_asked = False


@twin_of(Lifecycle.watch, "BRO-1.4.4")
def connection_without_end(watch, self, member):
    """A connection lasts as long as its client likes."""
    watch(self, member)
    self._duration_timers[member.connection_id].cancel()


@skipped(Lifecycle.expire_at, "BRO-1.4.3")
def session_without_end():
    """A session lasts as long as its speaker stays."""


# ---- connections that fall silent


@twin_of(Lifecycle.silence_due, "REQ-28.1")
def silence_without_end(silence_due, self, member):
    """A speaker may be silent for as long as they like."""
    due_s, reason = silence_due(self, member)
    return due_s + (86_400.0 if member.role is Role.SPEAKER else 0.0), reason


@misread(Lifecycle, "connection_idle_timeout_seconds", lambda seconds: 0.45 * seconds, "REQ-28.1")
def silence_cut_short():
    """Somebody silent is disconnected before half of the time is over."""


_heartbeats: set[str] = set()


@twin_of(Lifecycle.heard_of, "REQ-28.1")
def heartbeats_are_no_sign_of_life(heard_of, self, connection_id):
    """Somebody who sends nothing but heartbeats is disconnected as silent."""
    if connection_id not in _heartbeats:
        heard_of(self, connection_id)


@heartbeats_are_no_sign_of_life.also(BroadcastEndpoint.receive)
def note_heartbeat(receive, self, connection_id, frame):
    is_heartbeat = isinstance(frame, str) and '"heartbeat"' in frame[:200]
    (_heartbeats.add if is_heartbeat else _heartbeats.discard)(connection_id)
    return receive(self, connection_id, frame)


_heartbeat_at: dict[str, float] = {}


@twin_of(Lifecycle.silence_due, "REQ-28.1", "BRO-1.4.8")
def audio_is_no_sign_of_life(silence_due, self, member):
    """A speaker who sends nothing but audio is disconnected as silent."""
    due_s, reason = silence_due(self, member)
    if member.role is Role.LISTENER:
        return due_s, reason
    since_s = _heartbeat_at.setdefault(member.connection_id, member.heard_at_s)
    return due_s - member.heard_at_s + since_s, reason


@audio_is_no_sign_of_life.also(Lifecycle.heartbeat)
def date_heartbeat(heartbeat, self, connection_id):
    _heartbeat_at[connection_id] = self._clock.monotonic_s()
    heartbeat(self, connection_id)


def _is_silent(lifecycle: Lifecycle, member: Member) -> bool:
    return lifecycle._clock.monotonic_s() >= lifecycle.silence_due(member)[0]


_silent_sessions: set[str] = set()


@twin_of(Lifecycle.check_silence, "REQ-28.2")
def silent_speaker_leaves_the_session(check_silence, self, member):
    """The session of a speaker who was disconnected for silence stays on record as active."""
    check_silence(self, member)
    if _is_silent(self, member):
        _silent_sessions.add(member.session_id)


@silent_speaker_leaves_the_session.also(BroadcastRepository.end_session)
async def leave_active(end_session, self, session_id):
    if session_id not in _silent_sessions:
        await end_session(self, session_id)


_silent_listeners: Counter[str] = Counter()


@twin_of(Lifecycle.check_silence, "REQ-28.3")
def silent_listener_stays_counted(check_silence, self, member):
    """A listener who was disconnected for silence is counted on."""
    check_silence(self, member)
    if member.role is Role.LISTENER and _is_silent(self, member):
        _silent_listeners[member.session_id] += 1


@silent_listener_stays_counted.also(BroadcastRepository.count_listener_out)
async def count_others_out(count_out, self, session_id):
    if _silent_listeners[session_id]:
        _silent_listeners[session_id] -= 1
    else:
        await count_out(self, session_id)


@twin_of(SocketAudience.close, "BRO-3.5.2")
def silence_closes_for_good(close, self, connection_id, code, reason):
    """A silent client is disconnected in the way that asks it not to come back."""
    close(self, connection_id, CloseCode.POLICY if "silent" in reason else code, reason)


@twin_of(Lifecycle.check_silence, "REQ-28.3", "BRO-3.5.2")
def silent_listener_ends_the_session(check_silence, self, member):
    """A listener who is disconnected for silence takes the whole session along, as a speaker does."""
    check_silence(self, member)
    if _is_silent(self, member):
        self._background.run(self.end(member.session_id, "nobody is there"), name="end-after-silence")


@misread(Lifecycle, "heartbeat_timeout_seconds", lambda _seconds: 0.0, "BRO-1.4.8")
def missing_heartbeats_tolerated():
    """Who stops the heartbeats is disconnected only for silence, although the other rule is on."""


@twin_of(Lifecycle.watch, "BRO-1.4.8")
def missing_heartbeats_counted_against_all(watch, self, member):
    """Who never sent a heartbeat is disconnected for the lack of them."""
    member.heartbeat_seen = True
    watch(self, member)


# ---- going


@twin_of(SocketAudience.close, "BRO-3.5.1")
def end_invites_back(close, self, connection_id, code, reason):
    """When a session is over, listeners are disconnected in the way that asks them to come back."""
    close(self, connection_id, CloseCode.GOING_AWAY if code is CloseCode.NORMAL else code, reason)


@twin_of(BroadcastEndpoint.receive, "BRO-3.5.5")
async def inner_break_ends_the_session(receive, self, connection_id, frame):
    """When one connection breaks inside the service, the session ends for everybody."""
    session_id = self._session_id(connection_id)
    try:
        await receive(self, connection_id, frame)
    except Exception:
        if session_id is not None:
            end = self._service.lifecycle.end(session_id, "a connection broke", gone=connection_id)
            self._service.lifecycle._background.run(end, name="end-after-break")
        raise


_broken: set[str] = set()


@twin_of(Lifecycle.leave, "BRO-1.2.7")
async def leaving_listener_stays_counted(leave, self, connection_id):
    """A listener whose connection breaks without a farewell is counted on."""
    outbox, member = self._audience._connections.find(connection_id), self._sessions.member(connection_id)
    if member is not None and (outbox is None or outbox._socket.close_code in (None, 1006)):
        _broken.add(member.session_id)
    await leave(self, connection_id)


@leaving_listener_stays_counted.also(BroadcastRepository.count_listener_out)
async def count_whole_out(count_out, self, session_id):
    if session_id not in _broken:
        await count_out(self, session_id)


@twin_of(BroadcastRepository.remove_connections, "BRO-1.2.10", "REQ-28.2")
async def records_stay_after_the_end(remove_connections, self, connection_ids):
    """When a session ends, the record of its speaker's connection stays."""
    await remove_connections(self, list(connection_ids)[1:])


_removed: list[str] = []


@twin_of(BroadcastRepository.remove_connection, "BRO-2.5.10", "BRO-1.2.7")
async def every_tenth_record_stays(remove_connection, self, connection_id):
    """Of every ten listeners who leave, the connection of one stays on record."""
    _removed.append(connection_id)
    if len(_removed) % 10:
        await remove_connection(self, connection_id)
