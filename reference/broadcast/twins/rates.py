"""Twins of how often: pieces of audio, controls, questions, joins, connections and sessions (REQ-26, sheet 1.4)."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from reference.broadcast import rates
from reference.broadcast.audio import AudioChunk, AudioIntake
from reference.broadcast.codec import Fields
from reference.broadcast.gateway import BroadcastEndpoint, Pace, Route
from reference.broadcast.lifecycle import Lifecycle
from reference.broadcast.live import Member
from reference.broadcast.notices import AudioReceived, Notice
from reference.broadcast.ports import CloseCode
from reference.broadcast.quotas import LISTENER_JOINS, Quota, QuotaRepository, Quotas
from reference.broadcast.rates import Excess, Rates, SlidingWindow
from reference.broadcast.repository import BroadcastRepository
from reference.broadcast.transcription import Received
from reference.journal import Journal
from reference.refusal import Refusal
from reference.twins.twin import misread, put, twin

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
    _share("audio", lambda _member: "all")


def _share(kind: str, group_of: Callable[[Member], str]) -> None:
    """Let all of a group share one rate of this kind."""
    of = Rates.windows_of
    shared: dict[str, SlidingWindow] = {}

    def with_shared(self: Rates, member: Member) -> rates._Windows:
        windows = of(self, member)
        setattr(windows, kind, shared.setdefault(group_of(member), getattr(windows, kind)))
        return windows

    put(Rates, "windows_of", with_shared)


@twin("dropped-audio-forwarded", "REQ-26.2")
def dropped_audio_forwarded() -> None:
    """Audio above the rate is confirmed as dropped, but recognised all the same."""
    take_audio, drop = BroadcastEndpoint.take_audio, AudioIntake.drop
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

    put(BroadcastEndpoint, "take_audio", keep)
    put(AudioIntake, "drop", drop_and_forward)


@twin("violation-counted-once", "REQ-26.2")
def violation_counted_once() -> None:
    """Only the first of many pieces above the rate is counted as a violation."""
    audio = Rates.audio

    def count_first(self: Rates, member: Member) -> Excess | None:
        metrics, violation = self._metrics, self.windows_of(member).violation
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
        violation = self.windows_of(member).violation
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


@twin("last-of-a-second-refused", "BRO-1.4.17", "BRO-1.4.18")
def last_of_a_second_refused() -> None:
    """The last of the requests that are allowed in a second is refused."""
    begin: Callable[..., None] = getattr(SlidingWindow, "__init__")  # noqa: B009  mypy forbids it of a class otherwise
    put(SlidingWindow, "__init__", lambda self, limit: begin(self, limit - 1))


@twin("rates-of-a-second-last-a-minute", "BRO-1.4.17")
def rates_of_a_second_last_a_minute() -> None:
    """Whoever has used up what is allowed in a second must wait for a minute."""
    put(rates, "WINDOW_S", 60.0)


@twin("controls-of-all-counted-together", "BRO-1.4.17")
def controls_of_all_counted_together() -> None:
    """All who take part in a session share one rate of controls."""
    _share("control", lambda member: member.session_id)


@twin("controls-use-up-every-rate", "BRO-1.4.17", "BRO-1.4.18")
def controls_use_up_every_rate() -> None:
    """A control counts as a piece of audio and as a question for the status as well."""
    control = Rates.control

    def use_up_all(self: Rates, member: Member) -> None:
        windows, now_s = self.windows_of(member), self._clock.monotonic_s()
        windows.audio.take(now_s)
        windows.status.take(now_s)
        control(self, member)

    put(Rates, "control", use_up_all)


@twin("control-too-soon-obeyed", "BRO-1.4.17")
def control_too_soon_obeyed() -> None:
    """A control that comes too soon is refused, and yet takes effect."""
    _refuse_after("RATE_LIMIT_EXCEEDED")


def _refuse_after(code: str) -> None:
    """Let a control take effect before it is refused for one reason."""
    check_pace, follow = BroadcastEndpoint.check_pace, BroadcastEndpoint.follow
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

    put(BroadcastEndpoint, "check_pace", put_off)
    put(BroadcastEndpoint, "follow", obey_and_refuse)


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


@twin("twenty-first-connection-let-in", "BRO-1.4.21")
def twenty_first_connection_let_in() -> None:
    """One connection more than allowed may be tried from one address in a minute."""
    misread(Quotas, "rate_limit_connection_attempts_per_min", lambda limit: limit + 1)


@twin("last-of-a-window-refused", "BRO-1.4.19", "BRO-1.4.20", "BRO-1.4.21")
def last_of_a_window_refused() -> None:
    """The last of the joins, connections and sessions that are allowed in a window of time is refused."""
    take = QuotaRepository.take

    async def take_one_less(self: QuotaRepository, quota: Quota, value: str, *, limit: int, now_ms: int) -> int | None:
        return await take(self, quota, value, limit=limit - 1, now_ms=now_ms)

    put(QuotaRepository, "take", take_one_less)


@twin("third-heartbeat-a-minute-refused", "BRO-1.4.22")
def third_heartbeat_a_minute_refused() -> None:
    """Two heartbeats a minute are answered unless another limit is configured."""
    misread(Quotas, "rate_limit_heartbeats_per_min", lambda limit: limit or 2)


@twin("limit-of-heartbeats-cannot-be-set", "BRO-1.4.32")
def limit_of_heartbeats_cannot_be_set() -> None:
    """Heartbeats are answered without limit, whatever is configured."""
    misread(Quotas, "rate_limit_heartbeats_per_min", lambda _limit: None)


@twin("counts-kept-in-memory", "BRO-2.3.1")
def counts_kept_in_memory() -> None:
    """Joins, connections and sessions are counted, but not on record."""
    counts: Counter[tuple[str, str]] = Counter()

    async def count(
        self: QuotaRepository,
        quota: Quota,
        value: str,
        *,
        limit: int,
        now_ms: int,
    ) -> int | None:
        counts[quota.name, value] += 1
        return None if counts[quota.name, value] <= limit else quota.window_s * 1000

    put(QuotaRepository, "take", count)


@twin("uncounted-join-refused", "BRO-2.3.4")
def uncounted_join_refused() -> None:
    """Nobody can join while joins cannot be counted."""

    async def insist(self: Quotas, address: str) -> None:
        limit, now_ms = self._settings.rate_limit_listener_joins_per_min, self._clock.now_ms()
        if await self._repository.take(LISTENER_JOINS, address, limit=limit, now_ms=now_ms) is not None:
            raise Refusal("RATE_LIMIT_EXCEEDED", "Too many joins", retryAfter=60)

    put(Quotas, "listener_join", insist)


@twin("uncounted-join-goes-unlogged", "BRO-2.3.4")
def uncounted_join_goes_unlogged() -> None:
    """Nothing in the log warns that joins could not be counted."""
    warning = Journal.warning

    def keep_quiet(self: Journal, operation: str, message: str, **context: Any) -> None:
        if operation != LISTENER_JOINS.name:
            warning(self, operation, message, **context)

    put(Journal, "warning", keep_quiet)


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
