"""Twins of how many and how large: sessions of one person, listeners of one session, messages (REQ-15, 27)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from reference.broadcast import codec
from reference.broadcast.admission import Admission, Newcomer
from reference.broadcast.audio import AudioChunk, AudioIntake
from reference.broadcast.gateway import BroadcastEndpoint
from reference.broadcast.lifecycle import Lifecycle
from reference.broadcast.live import LiveSessions
from reference.broadcast.notices import Notice
from reference.broadcast.parameters import Creation
from reference.broadcast.ports import CloseCode
from reference.journal import Journal
from reference.refusal import Refusal
from reference.twins.twin import misread, put, twin

# ---- sessions of one person


@twin("one-broadcast-too-many", "REQ-15.1")
def one_broadcast_too_many() -> None:
    """One person may run one broadcast more than is allowed."""
    misread(Admission, "max_concurrent_streams_per_speaker", lambda limit: limit + 1)


@twin("limit-of-broadcasts-cannot-be-set", "REQ-15.1")
def limit_of_broadcasts_cannot_be_set() -> None:
    """One person may run one broadcast, whatever is configured."""
    misread(Admission, "max_concurrent_streams_per_speaker", lambda _limit: 1)


def _create(create: Callable[[Admission, Newcomer, str, Creation], Any]) -> None:
    put(Admission, "create", create)


@twin("second-broadcast-ends-the-first", "REQ-15.2")
def second_broadcast_ends_the_first() -> None:
    """A second broadcast of the same person is refused, and yet the first one ends."""
    create = Admission.create

    async def refuse_and_end(self: Admission, newcomer: Newcomer, user_id: str, creation: Creation) -> None:
        try:
            await create(self, newcomer, user_id, creation)
        except Refusal as refusal:
            if refusal.code == "MAX_SESSIONS_EXCEEDED":
                for live in self._sessions.all():
                    if live.speaker_user_id == user_id:
                        await self._lifecycle.end(live.session_id, "replaced")
            raise

    _create(refuse_and_end)


@twin("second-broadcast-refused-as-too-often", "REQ-15.2")
def second_broadcast_refused_as_too_often() -> None:
    """A second broadcast of the same person is refused as if it had come too soon."""
    create = Admission.create

    async def misname(self: Admission, newcomer: Newcomer, user_id: str, creation: Creation) -> None:
        try:
            await create(self, newcomer, user_id, creation)
        except Refusal as refusal:
            if refusal.code == "MAX_SESSIONS_EXCEEDED":
                raise Refusal("RATE_LIMIT_EXCEEDED", refusal.message, retryAfter=60) from None
            raise

    _create(misname)


@twin("ended-broadcast-keeps-its-place", "REQ-15.3")
def ended_broadcast_keeps_its_place() -> None:
    """A person whose broadcast was ended on request cannot start another one."""
    _keep_places(lambda gone: gone is None)


@twin("left-broadcast-keeps-its-place", "REQ-15.3")
def left_broadcast_keeps_its_place() -> None:
    """A person who left the broadcast without ending it cannot start another one."""
    _keep_places(lambda gone: gone is not None)


def _keep_places(of: Callable[[str | None], bool]) -> None:
    """Count broadcasts as running after they have ended, by the connection that is gone."""
    of_user, end = LiveSessions.of_user, Lifecycle.end
    ended: dict[str, int] = {}

    async def count_end(
        self: Lifecycle, session_id: str, reason: str, *, code: CloseCode = CloseCode.NORMAL, gone: str | None = None
    ) -> None:
        live = self._sessions.session(session_id)
        if live is not None and of(gone):
            ended[live.speaker_user_id] = ended.get(live.speaker_user_id, 0) + 1
        await end(self, session_id, reason, code=code, gone=gone)

    put(Lifecycle, "end", count_end)
    put(LiveSessions, "of_user", lambda sessions, user_id: of_user(sessions, user_id) + ended.get(user_id, 0))


@twin("refused-start-takes-a-place", "REQ-15.3")
def refused_start_takes_a_place() -> None:
    """A start that is refused for its language counts as a running broadcast."""
    create = Admission.create

    async def count_refused(self: Admission, newcomer: Newcomer, user_id: str, creation: Creation) -> None:
        try:
            await create(self, newcomer, user_id, creation)
        except Refusal:
            self._being_created[user_id] = self._being_created.get(user_id, 0) + 1
            raise

    _create(count_refused)


@twin("limit-of-broadcasts-goes-unlogged", "REQ-15.4")
def limit_of_broadcasts_goes_unlogged() -> None:
    """Nothing in the log tells that a person reached the limit of broadcasts."""
    warning, info = Journal.warning, Journal.info

    def keep_quiet(self: Journal, operation: str, message: str, **context: Any) -> None:
        if operation != "create-session":
            warning(self, operation, message, **context)

    def keep_code_quiet(self: Journal, operation: str, message: str, **context: Any) -> None:
        if context.get("code") != "MAX_SESSIONS_EXCEEDED":
            info(self, operation, message, **context)

    put(Journal, "warning", keep_quiet)
    put(Journal, "info", keep_code_quiet)


@twin("broken-connection-locks-the-speaker-out", "REQ-15.5")
def broken_connection_locks_the_speaker_out() -> None:
    """A speaker whose connection broke without a farewell has a running broadcast for ever."""
    leave = Lifecycle.leave

    async def leave_listeners_only(self: Lifecycle, connection_id: str) -> None:
        outbox = self._audience._connections.find(connection_id)  # type: ignore[attr-defined]
        live = next((one for one in self._sessions.all() if one.speaker_connection_id == connection_id), None)
        said_goodbye = outbox is not None and outbox._socket.close_code not in (None, 1006)
        if live is None or said_goodbye:
            await leave(self, connection_id)

    put(Lifecycle, "leave", leave_listeners_only)


# ---- listeners of one session


@twin("one-listener-too-many", "BRO-3.2.12")
def one_listener_too_many() -> None:
    """A session takes one listener more than it has room for."""
    misread(Admission, "max_listeners_per_session", lambda limit: limit + 1)


@twin("last-place-never-taken", "BRO-3.2.12")
def last_place_never_taken() -> None:
    """A session is full when one place is left."""
    misread(Admission, "max_listeners_per_session", lambda limit: limit - 1)


# ---- sizes of messages


@twin("message-of-131073-bytes-taken", "REQ-27.1")
def message_of_131073_bytes_taken() -> None:
    """A message may be one byte larger than the limit."""
    misread(BroadcastEndpoint, "max_message_size_bytes", lambda size: size + 1)


@twin("message-of-131072-bytes-refused", "REQ-27.1")
def message_of_131072_bytes_refused() -> None:
    """A message must be smaller than the limit."""
    misread(BroadcastEndpoint, "max_message_size_bytes", lambda size: size - 1)


@twin("limit-of-messages-cannot-be-raised", "REQ-27.1")
def limit_of_messages_cannot_be_raised() -> None:
    """A message may have 131072 bytes, whatever is configured."""
    misread(BroadcastEndpoint, "max_message_size_bytes", lambda _size: 131_072)


@twin("message-measured-in-characters", "REQ-27.1", "REQ-27.2")
def message_measured_in_characters() -> None:
    """A message in which characters take several bytes may be larger than the limit."""
    answer = BroadcastEndpoint.answer

    async def escape_long(self: BroadcastEndpoint, connection_id: str, frame: str | bytes) -> Notice | None:
        if isinstance(frame, str) and len(frame) <= self._settings.max_message_size_bytes < len(frame.encode()):
            frame = frame.encode("ascii", "ignore").decode()
        return await answer(self, connection_id, frame)

    put(BroadcastEndpoint, "answer", escape_long)


@twin("large-message-ends-the-connection", "REQ-27.2")
def large_message_ends_the_connection() -> None:
    """A message above the limit is refused, and then the connection is closed."""
    answer = BroadcastEndpoint.answer

    async def refuse_and_close(self: BroadcastEndpoint, connection_id: str, frame: str | bytes) -> Notice | None:
        try:
            return await answer(self, connection_id, frame)
        except Refusal as refusal:
            if refusal.code == "MESSAGE_TOO_LARGE":
                asyncio.get_running_loop().call_soon(
                    self._audience.close, connection_id, CloseCode.POLICY, refusal.code
                )
            raise

    put(BroadcastEndpoint, "answer", refuse_and_close)


@twin("large-audio-called-a-large-message", "REQ-27.3")
def large_audio_called_a_large_message() -> None:
    """A piece of audio that is too large is refused as a message that is too large."""
    check_size = AudioIntake.check_size

    def misname(self: AudioIntake, chunk: AudioChunk) -> None:
        try:
            check_size(self, chunk)
        except Refusal as refusal:
            if refusal.code == "AUDIO_CHUNK_TOO_LARGE":
                raise Refusal("MESSAGE_TOO_LARGE", refusal.message, **refusal.details) from None
            raise

    put(AudioIntake, "check_size", misname)


@twin("request-of-4097-bytes-granted", "REQ-27.4")
def request_of_4097_bytes_granted() -> None:
    """A request may be one byte larger than the limit."""
    misread(BroadcastEndpoint, "control_message_max_bytes", lambda size: size + 1)


@twin("request-of-4096-bytes-refused", "REQ-27.4")
def request_of_4096_bytes_refused() -> None:
    """A request must be smaller than the limit."""
    misread(BroadcastEndpoint, "control_message_max_bytes", lambda size: size - 1)


@twin("large-request-obeyed", "REQ-27.4")
def large_request_obeyed() -> None:
    """A request that is too large is refused, and yet takes effect."""
    answer = BroadcastEndpoint.answer

    async def obey_and_refuse(self: BroadcastEndpoint, connection_id: str, frame: str | bytes) -> Notice | None:
        try:
            return await answer(self, connection_id, frame)
        except Refusal as refusal:
            message = codec.decode(frame) if isinstance(frame, str) else {}
            action = message.get("action")
            if refusal.code == "CONTROL_MESSAGE_TOO_LARGE" and isinstance(action, str) and action in self._routes:
                await self.follow(self._routes[action], connection_id, action, message)
            raise

    put(BroadcastEndpoint, "answer", obey_and_refuse)


@twin("large-message-goes-unlogged", "REQ-27.5")
def large_message_goes_unlogged() -> None:
    """Nothing in the log tells of a message that was too large."""
    note = BroadcastEndpoint.note

    def note_others(self: BroadcastEndpoint, connection_id: str, refusal: Refusal) -> None:
        if refusal.status != 413:
            note(self, connection_id, refusal)

    put(BroadcastEndpoint, "note", note_others)
