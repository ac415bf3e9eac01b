"""One session's audio on its way to the recogniser: buffered, opened, retried, reconnected, closed (REQ-2, 3, 5, 14).

A `Recognition` lives from a first chunk until the stream is closed: because no audio came for a minute, because the
session ended, or because the recogniser failed for good. Within it, a stream that breaks is opened again.
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from reference.background import Background
from reference.breaker import Breaker
from reference.broadcast.settings import BroadcastSettings
from reference.journal import Journal
from reference.metrics import Metrics
from reference.speech.ports import (
    BYTES_PER_SECOND,
    Recogniser,
    RecogniserStream,
    SpeechFailure,
    StreamOptions,
    Transcript,
)
from reference.storage.clock import Clock, Timer, sleep, time_limit

START_RETRIES = 3
RECONNECT_ATTEMPTS = 3
RECONNECT_WITHIN_S = 5.0
FIRST_DELAY_S = 0.1
LONGEST_DELAY_S = 2.0

CALL_LIMIT_S = 5.0
"""The recogniser takes at most so long to open a stream."""

CLOSE_WITHIN_S = 5.0
"""From asking for the end of a stream to having ended it (REQ-5.4)..."""
DRAIN_WITHIN_S = 3.0
"""...and so much of that for the audio that still waits."""

PROVEN_AFTER_BYTES = 5 * BYTES_PER_SECOND
"""A stream that has taken so much audio works, even if there was nothing to understand in it."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Audio as it is handed to the recogniser, and when it was received (monotonic)."""

    pcm: bytes
    received_at_s: float


@dataclass(frozen=True, slots=True)
class Means:
    """What every recognition works with."""

    settings: BroadcastSettings
    recogniser: Recogniser
    metrics: Metrics
    clock: Clock
    background: Background


@dataclass(slots=True)
class Continuity:
    """What runs on when a session's stream is opened again, so that its results can be told apart."""

    streams: int = 0
    taken_bytes: int = 0


class Host(Protocol):
    """The session, as its recognition sees it."""

    @property
    def session_id(self) -> str:
        """Which session it is."""

    @property
    def speaker_connection_id(self) -> str:
        """Who speaks at present."""

    def fed(self, pcm: bytes) -> None:
        """Learn which audio is handed to the recogniser: each chunk once, even if it must be handed over again."""

    def heard(self, transcript: Transcript) -> None:
        """Take a result; its utterance is unique in the session, and its times count the session's audio."""

    def interrupted(self, failure: SpeechFailure) -> None:
        """Learn that the stream broke and is being opened again."""

    def recovered(self, *, audio_lost: bool) -> None:
        """Learn that it works again, and whether what was said meanwhile may be missing."""

    def given_up(self, recognition: Recognition, failure: SpeechFailure) -> None:
        """Learn that the recogniser has failed for good; no audio is taken any more."""

    def closing(self, recognition: Recognition) -> None:
        """Learn that no audio came for too long: the next chunk is for another recognition."""

    def over(self, recognition: Recognition) -> None:
        """Learn that there will be no more results."""


@dataclass(slots=True)
class _Incident:
    """A stream broke, and it is not yet certain that another one works."""

    deadline_s: float
    delays_s: Iterator[float]
    audio_lost: bool


@dataclass(slots=True, eq=False)
class _Ear:
    """One stream of the recogniser."""

    number: int
    offset_ms: int
    on_result: Callable[[_Ear, Transcript], None]
    broken: asyncio.Future[SpeechFailure] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    stream: RecogniserStream | None = None
    taken_bytes: int = 0
    unheard_bytes: int = 0
    """How much of that no final result has come after."""

    def hear(self, transcript: Transcript) -> None:
        """Take a result of the engine, unless the stream is broken."""
        if not self.broken.done():
            self.on_result(self, transcript)

    def break_off(self, failure: SpeechFailure) -> None:
        """Note that the engine has given the stream up, or never took it."""
        if not self.broken.done():
            self.broken.set_result(failure)


class Recognition:
    """Feeds the audio of one session to a stream of the recogniser."""

    def __init__(
        self, means: Means, host: Host, options: StreamOptions, continuity: Continuity, breaker: Breaker
    ) -> None:
        self._means = means
        self._host = host
        self._options = options
        self._continuity = continuity
        self._breaker = breaker
        self._waiting: deque[Chunk] = deque()
        self._waiting_bytes = 0
        self._feeding = False
        self._last_fed: Chunk | None = None
        self._overflowing = False
        self._incident: _Incident | None = None
        self._wake = asyncio.Event()
        self._closing_since_s: float | None = None
        self._overdue: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._idle: Timer | None = None
        self._overdue_alarm: Timer | None = None
        self._unanswered_bytes = 0
        self._finals_only = False
        self._journal = Journal("transcription")

    # ---- from the session

    def put(self, chunk: Chunk) -> None:
        """Queue audio; more than the buffer holds drops the oldest (REQ-3.3, 3.4)."""
        self._waiting.append(chunk)
        self._waiting_bytes += len(chunk.pcm)
        self.drop_excess()
        self.watch_results(len(chunk.pcm))
        self._wake.set()
        self.restart_idle_timer()

    def close(self) -> None:
        """End the stream within five seconds, after what is queued has been taken."""
        if self._closing_since_s is not None:
            return
        self._closing_since_s = self._means.clock.monotonic_s()
        self._cancel_idle_timer()
        self._wake.set()
        self._overdue_alarm = self._means.clock.call_later(DRAIN_WITHIN_S, self._stop_draining)

    async def run(self) -> None:
        """Open a stream, feed it until it is closed, finish it."""
        try:
            await self._work()
        except SpeechFailure as failure:
            if not self._closing:
                self._host.given_up(self, failure)
        finally:
            self._cancel_idle_timer()
            if self._overdue_alarm is not None:
                self._overdue_alarm.cancel()
            self._leave_rest()
            self._host.over(self)

    # ---- the life of a stream

    async def _work(self) -> None:
        ear = await self.start()
        while (failure := await self._use(ear)) is not None:
            if self._closing:
                break
            self._means.background.run(self._finish(ear), name="finish-broken-stream")
            ear = await self.reconnect(ear, failure)
        await self._finish(ear)

    async def start(self) -> _Ear:
        for delay_s in _delays(START_RETRIES):
            try:
                return await self._open(CALL_LIMIT_S)
            except SpeechFailure as failure:
                if not failure.transient or self._closing:
                    raise
            await sleep(self._means.clock, delay_s)
        return await self._open(CALL_LIMIT_S)

    async def reconnect(self, ear: _Ear, failure: SpeechFailure) -> _Ear:
        """Return another stream in place of the broken one, or raise why there is none."""
        if not failure.transient:
            raise failure
        now_s = self._means.clock.monotonic_s()
        if self._incident is None:
            delays_s = iter([0.0, *_delays(RECONNECT_ATTEMPTS - 1)])
            self._incident = _Incident(now_s + RECONNECT_WITHIN_S, delays_s, audio_lost=False)
            self._host.interrupted(failure)
        self._incident.audio_lost |= ear.unheard_bytes > 0
        for delay_s in self._incident.delays_s:
            if delay_s > 0:
                await sleep(self._means.clock, delay_s)
            left_s = self._incident.deadline_s - self._means.clock.monotonic_s()
            if left_s <= 0 or self._closing:
                break
            try:
                another = await self._open(left_s)
            except SpeechFailure as again:
                failure = again
                if not failure.transient:
                    raise
            else:
                if not self._waiting:
                    self._recovered()
                return another
        raise failure

    async def _open(self, limit_s: float) -> _Ear:
        means, session_id = self._means, self._host.session_id
        if (refused_for_s := self._breaker.refuses_for_s()) > 0:
            raise SpeechFailure(
                "SERVICE_UNAVAILABLE",
                f"too many failures in a row; the next call is made in {refused_for_s:.0f} s",
                transient=False,
            )
        ear = _Ear(
            self._continuity.streams + 1,
            self._continuity.taken_bytes * 1000 // BYTES_PER_SECOND,
            self.hear,
        )
        asked_at_s = means.clock.monotonic_s()
        try:
            with _as_speech_failure():
                async with time_limit(means.clock, limit_s):
                    ear.stream = await means.recogniser.open(self._options, ear.hear, ear.break_off)
        except SpeechFailure as failure:
            self._note(failure)
            raise
        self._continuity.streams += 1
        means.metrics.put(
            "TranscribeStreamInitLatency", (means.clock.monotonic_s() - asked_at_s) * 1000, SessionId=session_id
        )
        self._journal.info(
            "open-stream",
            "recogniser stream opened",
            session_id=session_id,
            language=self._options.recogniser_language,
            stream=ear.number,
        )
        return ear

    async def _use(self, ear: _Ear) -> SpeechFailure | None:
        """Feed a stream until it is to be closed, or until it breaks: then return why it did."""
        pump = asyncio.get_running_loop().create_task(self._pump(ear))
        ends: set[asyncio.Future[Any]] = {pump, ear.broken, self._overdue}
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        pump.cancel()
        await asyncio.wait({pump})
        if not pump.cancelled() and (failure := pump.exception()) is not None:
            if not isinstance(failure, SpeechFailure):
                raise failure
            ear.break_off(failure)
        if not ear.broken.done():
            return None
        self._note(ear.broken.result())
        return ear.broken.result()

    async def _pump(self, ear: _Ear) -> None:
        assert ear.stream is not None, "only a stream that was opened is fed"
        while True:
            while self._waiting:
                chunk = self._waiting[0]
                if chunk is not self._last_fed:
                    self._last_fed = chunk
                    self._host.fed(chunk.pcm)
                self._feeding = True
                try:
                    with _as_speech_failure():
                        await ear.stream.feed(chunk.pcm)
                finally:
                    self._feeding = False
                self._taken(ear)
            if self._closing:
                return
            self._wake.clear()
            await self._wake.wait()

    def _taken(self, ear: _Ear) -> None:
        chunk = self._waiting.popleft()
        size = len(chunk.pcm)
        self._waiting_bytes -= size
        self._overflowing = False
        self._continuity.taken_bytes += size
        ear.taken_bytes += size
        ear.unheard_bytes += size
        self._means.metrics.put(
            "AudioProcessingLatency",
            (self._means.clock.monotonic_s() - chunk.received_at_s) * 1000,
            SessionId=self._host.session_id,
        )
        if ear.taken_bytes >= PROVEN_AFTER_BYTES:
            self._breaker.succeeded()
        if self._incident is not None:
            self._recovered()

    async def _finish(self, ear: _Ear) -> None:
        """End a stream, also a broken one: that releases what the engine holds for it."""
        assert ear.stream is not None, "only a stream that was opened is finished"
        now_s = self._means.clock.monotonic_s()
        since_s = now_s if self._closing_since_s is None else self._closing_since_s
        try:
            with _as_speech_failure():
                async with time_limit(self._means.clock, since_s + CLOSE_WITHIN_S - now_s):
                    await ear.stream.finish()
        except SpeechFailure as failure:
            self._journal.warning(
                "close-stream",
                "the recogniser did not end its stream well",
                session_id=self._host.session_id,
                stream=ear.number,
                code=failure.code,
                cause=str(failure),
            )
        else:
            self._journal.info(
                "close-stream", "recogniser stream closed", session_id=self._host.session_id, stream=ear.number
            )

    # ---- results

    def hear(self, ear: _Ear, transcript: Transcript) -> None:
        self._breaker.succeeded()
        if transcript.final:
            ear.unheard_bytes = 0
        self._unanswered_bytes = 0
        withheld = self._finals_only and not transcript.final
        if self._finals_only:
            self._finals_only = False
            self._journal.info(
                "watch-results", "results are back, so are partial ones", session_id=self._host.session_id
            )
        if self._journal.debugging:
            self._journal.debug(
                "transcript",
                transcript.text,
                session_id=self._host.session_id,
                stream=ear.number,
                utterance=transcript.utterance_id,
                final=transcript.final,
                stability=transcript.stability,
                startMs=transcript.start_ms,
                endMs=transcript.end_ms,
            )
        if not withheld:
            self._host.heard(
                dataclasses.replace(
                    transcript,
                    utterance_id=f"{ear.number}/{transcript.utterance_id}",
                    start_ms=transcript.start_ms + ear.offset_ms,
                    end_ms=transcript.end_ms + ear.offset_ms,
                )
            )

    def watch_results(self, size: int) -> None:
        """Trust final results only, once a good deal of audio has brought no result at all (BRO-5.3.4).

        Audio is counted, not time: a pause of the speaker is no silence of the recogniser.
        """
        self._unanswered_bytes += size
        limit_s = self._means.settings.transcribe_no_result_seconds
        if (
            self._options.partial_results
            and not self._finals_only
            and self._unanswered_bytes >= limit_s * BYTES_PER_SECOND
        ):
            self._finals_only = True
            self._journal.warning(
                "watch-results",
                f"no result for {limit_s:g} s of audio, only final ones are used until there is one again",
                session_id=self._host.session_id,
            )

    # ---- what went wrong

    def _note(self, failure: SpeechFailure) -> None:
        """Log and count one failed call, or one broken stream (REQ-14.1, 14.5)."""
        if failure.transient:
            self._breaker.failed()
        self._means.metrics.put("TranscribeErrors", ErrorCode=failure.code)
        self._means.metrics.put("TranscribeStreamErrors", SessionId=self._host.session_id, ErrorType=failure.code)
        self._journal.error(
            "recognise",
            "the recogniser failed",
            failure=failure,
            session_id=self._host.session_id,
            connection_id=self._host.speaker_connection_id,
            code=failure.code,
            cause=str(failure),
            transient=failure.transient,
        )

    def _recovered(self) -> None:
        assert self._incident is not None, "only what was interrupted recovers"
        incident, self._incident = self._incident, None
        self._journal.info(
            "reconnect",
            "recogniser stream works again",
            session_id=self._host.session_id,
            audioLost=incident.audio_lost,
        )
        self._host.recovered(audio_lost=incident.audio_lost)

    def drop_excess(self) -> None:
        most_bytes = self._means.settings.audio_buffer_max_bytes
        # The chunk that the recogniser is just taking is not ours to drop, and the newest is kept in any case.
        oldest = 1 if self._feeding else 0
        while self._waiting_bytes > most_bytes and len(self._waiting) > oldest + 1:
            self._waiting_bytes -= len(self._waiting[oldest].pcm)
            del self._waiting[oldest]
            self._dropped("bufferOverflow")
            self._means.metrics.put("AudioBufferOverflows", SessionId=self._host.session_id)
            if self._incident is not None:
                self._incident.audio_lost = True
            if not self._overflowing:
                self._overflowing = True
                self._journal.warning(
                    "buffer",
                    "the recogniser is behind, the oldest audio is dropped",
                    session_id=self._host.session_id,
                    limitBytes=most_bytes,
                )

    def _leave_rest(self) -> None:
        """Give up what the recogniser has not taken."""
        if self._waiting:
            self._journal.warning(
                "close-stream",
                "audio was left that the recogniser did not take",
                session_id=self._host.session_id,
                bytes=self._waiting_bytes,
            )
        while self._waiting:
            self._waiting.popleft()
            self._dropped("streamUnavailable")
        self._waiting_bytes = 0

    def _dropped(self, reason: str) -> None:
        self._means.metrics.put("AudioChunksDropped", SessionId=self._host.session_id, Reason=reason)

    # ---- timers

    @property
    def _closing(self) -> bool:
        return self._closing_since_s is not None

    def _stop_draining(self) -> None:
        if not self._overdue.done():
            self._overdue.set_result(None)

    def restart_idle_timer(self) -> None:
        self._cancel_idle_timer()
        self._idle = self._means.clock.call_later(
            self._means.settings.transcribe_stream_idle_timeout_seconds, self.close_idle
        )

    def _cancel_idle_timer(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None

    def close_idle(self) -> None:
        self._host.closing(self)
        self.close()


def _delays(count: int) -> list[float]:
    """Return `count` waiting times, each twice the one before, up to the longest (REQ-2.5)."""
    return [min(FIRST_DELAY_S * 2**number, LONGEST_DELAY_S) for number in range(count)]


@contextmanager
def _as_speech_failure() -> Iterator[None]:
    """Make a failure of the engine whatever else it raises, so that it is logged, told and tried again (REQ-4.5)."""
    try:
        yield
    except SpeechFailure:
        raise
    except TimeoutError as error:
        raise SpeechFailure("TIMEOUT", "the recogniser did not answer in time", transient=True) from error
    except Exception as error:
        raise SpeechFailure("INTERNAL_ERROR", f"{type(error).__name__}: {error}", transient=True) from error
