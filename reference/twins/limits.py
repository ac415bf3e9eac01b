"""Twins of what is limited: sizes of messages, rates, sessions of one person, listeners (REQ-15, 26, 27, sheet 1.4)."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable
from typing import Any

from reference.broadcast import rates
from reference.broadcast.admission import Admission, Newcomer
from reference.broadcast.audio import AudioChunk, AudioIntake
from reference.broadcast.lifecycle import Lifecycle
from reference.broadcast.live import LiveSessions, Member
from reference.broadcast.notices import AudioReceived, Notice
from reference.broadcast.parameters import Creation
from reference.broadcast.ports import CloseCode
from reference.broadcast.quotas import Quota, QuotaRepository, Quotas
from reference.broadcast.rates import Excess, Rates, SlidingWindow
from reference.broadcast.repository import BroadcastRepository
from reference.broadcast.transcription import Received
from reference.gateway import broadcast_codec as codec
from reference.gateway.broadcast import BroadcastEndpoint, Pace, Route
from reference.gateway.broadcast_codec import Fields
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
    of_user, end = LiveSessions.of_user, Lifecycle.end
    ended: dict[str, int] = {}

    async def count_end(
        self: Lifecycle, session_id: str, reason: str, *, code: CloseCode = CloseCode.NORMAL, gone: str | None = None
    ) -> None:
        live = self._sessions.session(session_id)
        if live is not None and gone is None:
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


# ---- the rate of audio


def _audio_rate(read: Callable[[int], int]) -> None:
    misread(Rates, "rate_limit_audio_chunks_per_second", read)


@twin("one-piece-a-second-too-many", "REQ-26.1")
def one_piece_a_second_too_many() -> None:
    """One piece of audio more than allowed passes in a second."""
    _audio_rate(lambda limit: limit + 1)


@twin("one-piece-a-second-too-few", "REQ-26.1")
def one_piece_a_second_too_few() -> None:
    """One piece of audio less than allowed passes in a second."""
    _audio_rate(lambda limit: limit - 1)


@twin("rate-of-audio-cannot-be-set", "REQ-26.1")
def rate_of_audio_cannot_be_set() -> None:
    """50 pieces of audio a second are allowed, whatever is configured."""
    _audio_rate(lambda _limit: 50)


@twin("rate-of-audio-shared", "REQ-26.1")
def rate_of_audio_shared() -> None:
    """All speakers share one rate of audio."""
    of = Rates._of
    shared: list[SlidingWindow] = []

    def with_shared(self: Rates, member: Member) -> rates._Windows:
        windows = of(self, member)
        shared.append(windows.audio)
        windows.audio = shared[0]
        return windows

    put(Rates, "_of", with_shared)


@twin("dropped-audio-forwarded", "REQ-26.2")
def dropped_audio_forwarded() -> None:
    """Audio above the rate is confirmed as dropped, but recognised all the same."""
    take_audio, drop = BroadcastEndpoint._take_audio, AudioIntake.drop
    unread: dict[str, Callable[[], AudioChunk]] = {}

    async def keep(
        self: BroadcastEndpoint, connection_id: str, message: Fields, read_chunk: Callable[[], AudioChunk]
    ) -> Notice:
        unread[connection_id] = read_chunk
        return await take_audio(self, connection_id, message, read_chunk)

    def drop_and_forward(self: AudioIntake, connection_id: str, received: AudioReceived) -> None:
        member = self._sessions.member(connection_id)
        live = None if member is None else self._sessions.session(member.session_id)
        if live is not None and member is not None and received.reason == "rateLimited":
            chunk = unread[connection_id]()
            self._transcription.feed(live, Received(connection_id, chunk.pcm, chunk.sequence_number, member.heard_at_s))
        drop(self, connection_id, received)

    put(BroadcastEndpoint, "_take_audio", keep)
    put(AudioIntake, "drop", drop_and_forward)


@twin("violation-counted-once", "REQ-26.2")
def violation_counted_once() -> None:
    """Only the first of many pieces above the rate is counted as a violation."""
    audio = Rates.audio

    def count_first(self: Rates, member: Member) -> Excess | None:
        metrics, violation = self._metrics, self._of(member).violation
        if violation is not None:
            self._metrics = _Silence()
        try:
            return audio(self, member)
        finally:
            self._metrics = metrics

    put(Rates, "audio", count_first)


class _Silence:
    def put(self, name: str, value: float = 1.0, **dimensions: str) -> None:
        """Count nothing."""


@twin("too-much-audio-warned-of-at-once", "REQ-26.3")
def too_much_audio_warned_of_at_once() -> None:
    """The first piece of audio above the rate brings a warning."""
    misread(Rates, "rate_limit_warning_seconds", lambda _seconds: -1.0)


@twin("too-much-audio-warned-of-again", "REQ-26.3")
def too_much_audio_warned_of_again() -> None:
    """The warning about too much audio is repeated with every further piece."""
    audio = Rates.audio

    def warn_again(self: Rates, member: Member) -> Excess | None:
        excess = audio(self, member)
        violation = self._of(member).violation
        if violation is not None:
            violation.warned = False
        return excess

    put(Rates, "audio", warn_again)


@twin("too-much-audio-never-forgotten", "BRO-5.2.5")
def too_much_audio_never_forgotten() -> None:
    """A violation of the audio rate goes on although nothing was dropped for a second."""
    put(rates, "CALM_S", math.inf)


@twin("too-much-audio-without-end", "REQ-26.4")
def too_much_audio_without_end() -> None:
    """Whoever keeps sending too much audio is never disconnected."""
    misread(Rates, "rate_limit_close_seconds", lambda _seconds: math.inf)


@twin("too-much-audio-leaves-the-session", "REQ-26.4")
def too_much_audio_leaves_the_session() -> None:
    """Whoever keeps sending too much audio is disconnected, but the session stays on record as active."""
    end, end_session = Lifecycle.end, BroadcastRepository.end_session
    left: set[str] = set()

    async def end_quietly(
        self: Lifecycle, session_id: str, reason: str, *, code: CloseCode = CloseCode.NORMAL, gone: str | None = None
    ) -> None:
        if code is CloseCode.POLICY:
            left.add(session_id)
        await end(self, session_id, reason, code=code, gone=gone)

    async def leave_active(self: BroadcastRepository, session_id: str) -> None:
        if session_id not in left:
            await end_session(self, session_id)

    put(Lifecycle, "end", end_quietly)
    put(BroadcastRepository, "end_session", leave_active)


@twin("rate-counted-by-the-clock", "REQ-26.5")
def rate_counted_by_the_clock() -> None:
    """A new second of the clock brings a new allowance."""

    def take(self: SlidingWindow, now_s: float) -> bool:
        second_began_s = now_s - time.time() % 1
        while self._taken_at_s and self._taken_at_s[0] < second_began_s:
            self._taken_at_s.popleft()
        if len(self._taken_at_s) >= self._limit:
            return False
        self._taken_at_s.append(now_s)
        return True

    put(SlidingWindow, "take", take)


@twin("dropped-audio-uses-up-the-rate", "REQ-26.5")
def dropped_audio_uses_up_the_rate() -> None:
    """Audio that was dropped counts towards the rate of the next second."""

    def take(self: SlidingWindow, now_s: float) -> bool:
        while self._taken_at_s and self._taken_at_s[0] <= now_s - rates.WINDOW_S:
            self._taken_at_s.popleft()
        self._taken_at_s.append(now_s)
        return len(self._taken_at_s) <= self._limit

    put(SlidingWindow, "take", take)


# ---- other rates


@twin("eleven-controls-a-second", "BRO-1.4.17")
def eleven_controls_a_second() -> None:
    """One control more than allowed is obeyed in a second."""
    misread(Rates, "rate_limit_control_messages_per_second", lambda limit: limit + 1)


@twin("control-too-soon-obeyed", "BRO-1.4.17")
def control_too_soon_obeyed() -> None:
    """A control that comes too soon is refused, and yet takes effect."""
    _refuse_after("RATE_LIMIT_EXCEEDED")


def _refuse_after(code: str) -> None:
    """Let a control take effect before it is refused for one reason."""
    check_pace, follow = BroadcastEndpoint._check_pace, BroadcastEndpoint._follow
    refused: dict[str, Refusal] = {}

    async def put_off(self: BroadcastEndpoint, pace: Pace, member: Member) -> None:
        try:
            await check_pace(self, pace, member)
        except Refusal as refusal:
            if pace is not Pace.CONTROL or refusal.code != code:
                raise
            refused[member.connection_id] = refusal

    async def obey_and_refuse(
        self: BroadcastEndpoint, route: Route, connection_id: str, action: str, message: Fields
    ) -> Notice | None:
        reply = await follow(self, route, connection_id, action, message)
        if connection_id in refused:
            raise refused.pop(connection_id)
        return reply

    put(BroadcastEndpoint, "_check_pace", put_off)
    put(BroadcastEndpoint, "_follow", obey_and_refuse)


@twin("third-status-a-second-answered", "BRO-1.4.18")
def third_status_a_second_answered() -> None:
    """The status may be asked for once more a second than allowed."""
    misread(Rates, "rate_limit_status_queries_per_second", lambda limit: limit + 1)


@twin("fifty-first-session-opened", "BRO-1.4.19")
def fifty_first_session_opened() -> None:
    """One session more than allowed can be opened in an hour."""
    misread(Quotas, "rate_limit_sessions_per_hour", lambda limit: limit + 1)


@twin("eleventh-join-let-in", "BRO-1.4.20")
def eleventh_join_let_in() -> None:
    """One listener more than allowed may join from one address in a minute."""
    misread(Quotas, "rate_limit_listener_joins_per_min", lambda limit: limit + 1)


@twin("addresses-counted-together", "BRO-1.4.31")
def addresses_counted_together() -> None:
    """All network addresses behind a front end are counted as one."""
    take = QuotaRepository.take

    async def take_together(self: QuotaRepository, quota: Quota, value: str, *, limit: int, now_ms: int) -> int | None:
        return await take(self, quota, "front-end" if quota.name.endswith(":ip") else value, limit=limit, now_ms=now_ms)

    put(QuotaRepository, "take", take_together)


@twin("window-never-over", "BRO-2.3.2")
def window_never_over() -> None:
    """A count goes on in the next window instead of starting again."""
    take = QuotaRepository.take

    async def take_in_first(self: QuotaRepository, quota: Quota, value: str, *, limit: int, now_ms: int) -> int | None:
        return await take(self, Quota(quota.name, 10 * quota.window_s), value, limit=limit, now_ms=now_ms)

    put(QuotaRepository, "take", take_in_first)


@twin("waiting-time-in-milliseconds", "BRO-3.2.11")
def waiting_time_in_milliseconds() -> None:
    """Who comes too often is told in milliseconds how long to wait, as if they were seconds."""
    begin = Refusal.__init__

    def in_ms(self: Refusal, code: str, message: str, **details: Any) -> None:
        if "retryAfter" in details:
            details["retryAfter"] *= 1000
        begin(self, code, message, **details)

    put(Refusal, "__init__", in_ms)


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
    answer = BroadcastEndpoint._answer

    async def escape_long(self: BroadcastEndpoint, connection_id: str, frame: str | bytes) -> Notice | None:
        if isinstance(frame, str) and len(frame) <= self._settings.max_message_size_bytes < len(frame.encode()):
            frame = frame.encode("ascii", "ignore").decode()
        return await answer(self, connection_id, frame)

    put(BroadcastEndpoint, "_answer", escape_long)


@twin("large-message-ends-the-connection", "REQ-27.2")
def large_message_ends_the_connection() -> None:
    """A message above the limit is refused, and then the connection is closed."""
    answer = BroadcastEndpoint._answer

    async def refuse_and_close(self: BroadcastEndpoint, connection_id: str, frame: str | bytes) -> Notice | None:
        try:
            return await answer(self, connection_id, frame)
        except Refusal as refusal:
            if refusal.code == "MESSAGE_TOO_LARGE":
                asyncio.get_running_loop().call_soon(
                    self._audience.close, connection_id, CloseCode.POLICY, refusal.code
                )
            raise

    put(BroadcastEndpoint, "_answer", refuse_and_close)


@twin("large-audio-called-a-large-message", "REQ-27.3")
def large_audio_called_a_large_message() -> None:
    """A piece of audio that is too large is refused as a message that is too large."""
    check_size = AudioIntake._check_size

    def misname(self: AudioIntake, chunk: AudioChunk) -> None:
        try:
            check_size(self, chunk)
        except Refusal as refusal:
            if refusal.code == "AUDIO_CHUNK_TOO_LARGE":
                raise Refusal("MESSAGE_TOO_LARGE", refusal.message, **refusal.details) from None
            raise

    put(AudioIntake, "_check_size", misname)


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
    answer = BroadcastEndpoint._answer

    async def obey_and_refuse(self: BroadcastEndpoint, connection_id: str, frame: str | bytes) -> Notice | None:
        try:
            return await answer(self, connection_id, frame)
        except Refusal as refusal:
            message = codec.decode(frame) if isinstance(frame, str) else {}
            action = message.get("action")
            if refusal.code == "CONTROL_MESSAGE_TOO_LARGE" and isinstance(action, str) and action in self._routes:
                await self._follow(self._routes[action], connection_id, action, message)
            raise

    put(BroadcastEndpoint, "_answer", obey_and_refuse)


@twin("large-message-goes-unlogged", "REQ-27.5")
def large_message_goes_unlogged() -> None:
    """Nothing in the log tells of a message that was too large."""
    note = BroadcastEndpoint._note

    def note_others(self: BroadcastEndpoint, connection_id: str, refusal: Refusal) -> None:
        if refusal.status != 413:
            note(self, connection_id, refusal)

    put(BroadcastEndpoint, "_note", note_others)
