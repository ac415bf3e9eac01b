"""Twins of how many and how large: sessions of one person, listeners of one session, messages (REQ-15, 27)."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable

from reference.broadcast import codec
from reference.broadcast.admission import Admission
from reference.broadcast.audio import AudioIntake
from reference.broadcast.gateway import BroadcastEndpoint
from reference.broadcast.lifecycle import Lifecycle
from reference.broadcast.live import LiveSessions
from reference.broadcast.ports import CloseCode
from reference.journal import Journal
from reference.twins.kinds import Declare, after_refusal, misread, refused_as
from reference.twins.twin import Piece, Twin, named_after, twin_of

# ---- sessions of one person


@misread(Admission, "max_concurrent_streams_per_speaker", lambda limit: limit + 1, "REQ-15.1")
def one_broadcast_too_many():
    """One person may run one broadcast more than is allowed."""


@misread(Admission, "max_concurrent_streams_per_speaker", lambda _limit: 1, "REQ-15.1")
def limit_of_broadcasts_cannot_be_set():
    """One person may run one broadcast, whatever is configured."""


@after_refusal(Admission.create, "REQ-15.2", of="MAX_SESSIONS_EXCEEDED")
async def second_broadcast_ends_the_first(self, newcomer, user_id, creation):
    """A second broadcast of the same person is refused, and yet the first one ends."""
    for live in self._sessions.all():
        if live.speaker_user_id == user_id:
            await self._lifecycle.end(live.session_id, "replaced")


@refused_as(Admission.create, "RATE_LIMIT_EXCEEDED", "REQ-15.2", instead_of="MAX_SESSIONS_EXCEEDED", retryAfter=60)
def second_broadcast_refused_as_too_often():
    """A second broadcast of the same person is refused as if it had come too soon."""


_ended: Counter[str] = Counter()


def places_kept(of: Callable[[str | None], bool], *breaks: str) -> Declare:
    """Broadcasts count as running after they have ended, by the connection that is gone."""

    async def count_end(end, self, session_id, reason, *, code=CloseCode.NORMAL, gone=None):
        live = self._sessions.session(session_id)
        if live is not None and of(gone):
            _ended[live.speaker_user_id] += 1
        await end(self, session_id, reason, code=code, gone=gone)

    def declare(explained: Piece) -> Twin:
        twin = named_after(explained, breaks)
        twin.also(Lifecycle.end)(count_end)
        twin.also(LiveSessions.of_user)(lambda of_user, self, user_id: of_user(self, user_id) + _ended[user_id])
        return twin

    return declare


@places_kept(lambda gone: gone is None, "REQ-15.3")
def ended_broadcast_keeps_its_place():
    """A person whose broadcast was ended on request cannot start another one."""


@places_kept(lambda gone: gone is not None, "REQ-15.3")
def left_broadcast_keeps_its_place():
    """A person who left the broadcast without ending it cannot start another one."""


@after_refusal(Admission.create, "REQ-15.3")
async def refused_start_takes_a_place(self, newcomer, user_id, creation):
    """A start that is refused for its language counts as a running broadcast."""
    self._being_created[user_id] = self._being_created.get(user_id, 0) + 1


@twin_of(Journal.warning, "REQ-15.4")
def limit_of_broadcasts_goes_unlogged(warning, self, operation, message, **context):
    """Nothing in the log tells that a person reached the limit of broadcasts."""
    if operation != "create-session":
        warning(self, operation, message, **context)


@limit_of_broadcasts_goes_unlogged.also(Journal.info)
def keep_code_quiet(info, self, operation, message, **context):
    if context.get("code") != "MAX_SESSIONS_EXCEEDED":
        info(self, operation, message, **context)


@twin_of(Lifecycle.leave, "REQ-15.5")
async def broken_connection_locks_the_speaker_out(leave, self, connection_id):
    """A speaker whose connection broke without a farewell has a running broadcast for ever."""
    outbox = self._audience._connections.find(connection_id)
    said_goodbye = outbox is not None and outbox._socket.close_code not in (None, 1006)
    if said_goodbye or all(live.speaker_connection_id != connection_id for live in self._sessions.all()):
        await leave(self, connection_id)


# ---- listeners of one session


@misread(Admission, "max_listeners_per_session", lambda limit: limit + 1, "BRO-3.2.12")
def one_listener_too_many():
    """A session takes one listener more than it has room for."""


@misread(Admission, "max_listeners_per_session", lambda limit: limit - 1, "BRO-3.2.12")
def last_place_never_taken():
    """A session is full when one place is left."""


# ---- sizes of messages


@misread(BroadcastEndpoint, "max_message_size_bytes", lambda size: size + 1, "REQ-27.1")
def message_of_131073_bytes_taken():
    """A message may be one byte larger than the limit."""


@misread(BroadcastEndpoint, "max_message_size_bytes", lambda size: size - 1, "REQ-27.1")
def message_of_131072_bytes_refused():
    """A message must be smaller than the limit."""


@misread(BroadcastEndpoint, "max_message_size_bytes", lambda _size: 131_072, "REQ-27.1")
def limit_of_messages_cannot_be_raised():
    """A message may have 131072 bytes, whatever is configured."""


@twin_of(BroadcastEndpoint.answer, "REQ-27.1", "REQ-27.2")
def message_measured_in_characters(answer, self, connection_id, frame):
    """A message in which characters take several bytes may be larger than the limit."""
    if isinstance(frame, str) and len(frame) <= self._settings.max_message_size_bytes < len(frame.encode()):
        frame = frame.encode("ascii", "ignore").decode()
    return answer(self, connection_id, frame)


@after_refusal(BroadcastEndpoint.answer, "REQ-27.2", of="MESSAGE_TOO_LARGE")
async def large_message_ends_the_connection(self, connection_id, frame):
    """A message above the limit is refused, and then the connection is closed."""
    loop = asyncio.get_running_loop()
    loop.call_soon(self._audience.close, connection_id, CloseCode.POLICY, "MESSAGE_TOO_LARGE")


@refused_as(AudioIntake.check_size, "MESSAGE_TOO_LARGE", "REQ-27.3", instead_of="AUDIO_CHUNK_TOO_LARGE")
def large_audio_called_a_large_message():
    """A piece of audio that is too large is refused as a message that is too large."""


@misread(BroadcastEndpoint, "control_message_max_bytes", lambda size: size + 1, "REQ-27.4")
def request_of_4097_bytes_granted():
    """A request may be one byte larger than the limit."""


@misread(BroadcastEndpoint, "control_message_max_bytes", lambda size: size - 1, "REQ-27.4")
def request_of_4096_bytes_refused():
    """A request must be smaller than the limit."""


@after_refusal(BroadcastEndpoint.answer, "REQ-27.4", of="CONTROL_MESSAGE_TOO_LARGE")
async def large_request_obeyed(self, connection_id, frame):
    """A request that is too large is refused, and yet takes effect."""
    message = codec.decode(frame)
    action = codec.action_of(message)
    if action in self._routes:
        await self.follow(self._routes[action], connection_id, action, message)


@twin_of(BroadcastEndpoint.note, "REQ-27.5")
def large_message_goes_unlogged(note, self, connection_id, refusal):
    """Nothing in the log tells of a message that was too large."""
    if refusal.status != 413:
        note(self, connection_id, refusal)
