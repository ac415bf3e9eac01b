"""Twins of how often: pieces of audio, controls, questions, joins, connections and sessions (REQ-26, BRO-1.4)."""

from __future__ import annotations

import logging
import math
import time
from collections import Counter
from collections.abc import Callable

from reference.broadcast import rates
from reference.broadcast.audio import AudioChunk, AudioIntake
from reference.broadcast.gateway import BroadcastEndpoint, Pace
from reference.broadcast.lifecycle import Lifecycle
from reference.broadcast.live import Member
from reference.broadcast.ports import CloseCode
from reference.broadcast.quotas import LISTENER_JOINS, Quota, QuotaRepository, Quotas
from reference.broadcast.rates import Rates, SlidingWindow
from reference.broadcast.repository import BroadcastRepository
from reference.broadcast.transcription import Received
from reference.metrics import Unmeasured
from reference.refusal import Refusal
from reference.twins.kinds import Declare, constant, kind, misread, unlogged
from reference.twins.twin import result_of, twin_of

# ---- the rate of audio


@misread(Rates, "rate_limit_audio_chunks_per_second", lambda limit: limit + 1, "REQ-26.1")
def one_piece_a_second_too_many():
    """One piece of audio more than allowed passes in a second."""


@misread(Rates, "rate_limit_audio_chunks_per_second", lambda limit: limit - 1, "REQ-26.1")
def one_piece_a_second_too_few():
    """One piece of audio less than allowed passes in a second."""


@misread(Rates, "rate_limit_audio_chunks_per_second", lambda _limit: 50, "REQ-26.1")
def rate_of_audio_cannot_be_set():
    """50 pieces of audio a second are allowed, whatever is configured."""


def _shared(pace: str, group_of: Callable[[Member], str], *breaks: str) -> Declare:
    """All of a group share one rate of this kind."""
    shared: dict[str, SlidingWindow] = {}

    def windows_of(good, self, member):
        windows = good(self, member)
        setattr(windows, pace, shared.setdefault(group_of(member), getattr(windows, pace)))
        return windows

    return kind(Rates.windows_of, windows_of, *breaks)


@_shared("audio", lambda _member: "all", "REQ-26.1")
def rate_of_audio_shared():
    """All speakers share one rate of audio."""


_unread: dict[str, Callable[[], AudioChunk]] = {}


@twin_of(BroadcastEndpoint.take_audio, "REQ-26.2")
def dropped_audio_forwarded(take_audio, self, connection_id, message, read_chunk):
    """Audio above the rate is confirmed as dropped, but recognised all the same."""
    _unread[connection_id] = read_chunk
    return take_audio(self, connection_id, message, read_chunk)


@dropped_audio_forwarded.also(AudioIntake.drop)
def _drop_and_forward(drop, self, connection_id, received):
    member = self._sessions.member(connection_id)
    live = None if member is None else self._sessions.session(member.session_id)
    if live is not None and received.reason == "rateLimited":
        chunk = _unread[connection_id]()
        self._transcription.feed(live, Received(connection_id, chunk.pcm, chunk.sequence_number, member.heard_at_s))
    drop(self, connection_id, received)


@twin_of(Rates.audio, "REQ-26.2")
def violation_counted_once(audio, self, member):
    """Only the first of many pieces above the rate is counted as a violation."""
    metrics = self._metrics
    if self.windows_of(member).violation is not None:
        self._metrics = Unmeasured()
    try:
        return audio(self, member)
    finally:
        self._metrics = metrics


@misread(Rates, "rate_limit_warning_seconds", lambda _seconds: -1.0, "REQ-26.3")
def too_much_audio_warned_of_at_once():
    """The first piece of audio above the rate brings a warning."""


@result_of(Rates.audio, "REQ-26.3")
def too_much_audio_warned_of_again(excess, self, member):
    """The warning about too much audio is repeated with every further piece."""
    violation = self.windows_of(member).violation
    if violation is not None:
        violation.warned = False
    return excess


@constant(rates, "CALM_S", math.inf, "BRO-5.2.5")
def too_much_audio_never_forgotten():
    """A violation of the audio rate goes on although nothing was dropped for a second."""


@misread(Rates, "rate_limit_close_seconds", lambda _seconds: math.inf, "REQ-26.4")
def too_much_audio_without_end():
    """Whoever keeps sending too much audio is never disconnected."""


_left: set[str] = set()


@twin_of(Lifecycle.end, "REQ-26.4")
def too_much_audio_leaves_the_session(end, self, session_id, reason, *, code=CloseCode.NORMAL, gone=None):
    """Whoever keeps sending too much audio is disconnected, but the session stays on record as active."""
    if code is CloseCode.POLICY:
        _left.add(session_id)
    return end(self, session_id, reason, code=code, gone=gone)


@too_much_audio_leaves_the_session.also(BroadcastRepository.end_session)
async def _leave_active(end_session, self, session_id):
    if session_id not in _left:
        await end_session(self, session_id)


@twin_of(SlidingWindow.take, "REQ-26.5")
def rate_counted_by_the_clock(take, self, now_s):
    """A new second of the clock brings a new allowance."""
    second_began_s = now_s - time.time() % 1
    while self._taken_at_s and self._taken_at_s[0] < second_began_s:
        self._taken_at_s.popleft()
    if len(self._taken_at_s) >= self._limit:
        return False
    self._taken_at_s.append(now_s)
    return True


@twin_of(SlidingWindow.take, "REQ-26.5")
def dropped_audio_uses_up_the_rate(take, self, now_s):
    """Audio that was dropped counts towards the rate of the next second."""
    while self._taken_at_s and self._taken_at_s[0] <= now_s - rates.WINDOW_S:
        self._taken_at_s.popleft()
    self._taken_at_s.append(now_s)
    return len(self._taken_at_s) <= self._limit


# ---- other rates


@misread(Rates, "rate_limit_control_messages_per_second", lambda limit: limit + 1, "BRO-1.4.17")
def eleven_controls_a_second():
    """One control more than allowed is obeyed in a second."""


@twin_of(SlidingWindow.__init__, "BRO-1.4.17", "BRO-1.4.18")
def last_of_a_second_refused(begin, self, limit):
    """The last of the requests that are allowed in a second is refused."""
    begin(self, limit - 1)


@constant(rates, "WINDOW_S", 60.0, "BRO-1.4.17")
def rates_of_a_second_last_a_minute():
    """Whoever has used up what is allowed in a second must wait for a minute."""


@_shared("control", lambda member: member.session_id, "BRO-1.4.17")
def controls_of_all_counted_together():
    """All who take part in a session share one rate of controls."""


@twin_of(Rates.control, "BRO-1.4.17", "BRO-1.4.18")
def controls_use_up_every_rate(control, self, member):
    """A control counts as a piece of audio and as a question for the status as well."""
    windows, now_s = self.windows_of(member), self._clock.monotonic_s()
    windows.audio.take(now_s)
    windows.status.take(now_s)
    control(self, member)


_too_soon: dict[str, Refusal] = {}


@twin_of(BroadcastEndpoint.check_pace, "BRO-1.4.17")
async def control_too_soon_obeyed(check_pace, self, pace, member):
    """A control that comes too soon is refused, and yet takes effect."""
    try:
        await check_pace(self, pace, member)
    except Refusal as refusal:
        if pace is not Pace.CONTROL or refusal.code != "RATE_LIMIT_EXCEEDED":
            raise
        _too_soon[member.connection_id] = refusal


@control_too_soon_obeyed.also(BroadcastEndpoint.follow)
async def _obey_and_refuse(follow, self, route, connection_id, action, message):
    reply = await follow(self, route, connection_id, action, message)
    if connection_id in _too_soon:
        raise _too_soon.pop(connection_id)
    return reply


@misread(Rates, "rate_limit_status_queries_per_second", lambda limit: limit + 1, "BRO-1.4.18")
def third_status_a_second_answered():
    """The status may be asked for once more a second than allowed."""


@misread(Quotas, "rate_limit_sessions_per_hour", lambda limit: limit + 1, "BRO-1.4.19")
def fifty_first_session_opened():
    """One session more than allowed can be opened in an hour."""


@misread(Quotas, "rate_limit_listener_joins_per_min", lambda limit: limit + 1, "BRO-1.4.20")
def eleventh_join_let_in():
    """One listener more than allowed may join from one address in a minute."""


@misread(Quotas, "rate_limit_connection_attempts_per_min", lambda limit: limit + 1, "BRO-1.4.21")
def twenty_first_connection_let_in():
    """One connection more than allowed may be tried from one address in a minute."""


@twin_of(QuotaRepository.take, "BRO-1.4.19", "BRO-1.4.20", "BRO-1.4.21")
def last_of_a_window_refused(take, self, quota, value, *, limit, now_ms):
    """The last of the joins, connections and sessions that are allowed in a window of time is refused."""
    return take(self, quota, value, limit=limit - 1, now_ms=now_ms)


@misread(Quotas, "rate_limit_heartbeats_per_min", lambda limit: limit or 2, "BRO-1.4.22")
def third_heartbeat_a_minute_refused():
    """Two heartbeats a minute are answered unless another limit is configured."""


@misread(Quotas, "rate_limit_heartbeats_per_min", lambda _limit: None, "BRO-1.4.32")
def limit_of_heartbeats_cannot_be_set():
    """Heartbeats are answered without limit, whatever is configured."""


_counts: Counter[tuple[str, str]] = Counter()


@twin_of(QuotaRepository.take, "BRO-2.3.1")
async def counts_kept_in_memory(take, self, quota, value, *, limit, now_ms):
    """Joins, connections and sessions are counted, but not on record."""
    _counts[quota.name, value] += 1
    return None if _counts[quota.name, value] <= limit else quota.window_s * 1000


@twin_of(Quotas.listener_join, "BRO-2.3.4")
async def uncounted_join_refused(listener_join, self, address):
    """Nobody can join while joins cannot be counted."""
    limit, now_ms = self._settings.rate_limit_listener_joins_per_min, self._clock.now_ms()
    if await self._repository.take(LISTENER_JOINS, address, limit=limit, now_ms=now_ms) is not None:
        raise Refusal("RATE_LIMIT_EXCEEDED", "Too many joins", retryAfter=60)


@unlogged(LISTENER_JOINS.name, "BRO-2.3.4", only=logging.WARNING)
def uncounted_join_goes_unlogged():
    """Nothing in the log warns that joins could not be counted."""


@twin_of(QuotaRepository.take, "BRO-1.4.31")
def addresses_counted_together(take, self, quota, value, **now):
    """All network addresses behind a front end are counted as one."""
    return take(self, quota, "front-end" if quota.name.endswith(":ip") else value, **now)


@twin_of(QuotaRepository.take, "BRO-2.3.2")
def window_never_over(take, self, quota, value, **now):
    """A count goes on in the next window instead of starting again."""
    return take(self, Quota(quota.name, 10 * quota.window_s), value, **now)


@twin_of(Refusal.__init__, "BRO-3.2.11")
def waiting_time_in_milliseconds(begin, self, code, message, **details):
    """Who comes too often is told in milliseconds how long to wait, as if they were seconds."""
    if "retryAfter" in details:
        details["retryAfter"] *= 1000
    begin(self, code, message, **details)
