"""A session's audio on its way to a recogniser that works, stalls, breaks, and refuses."""

from __future__ import annotations

import asyncio
import logging

import pytest

from reference.background import Background
from reference.broadcast.live import LiveSession, LiveSessions
from reference.broadcast.model import (
    BroadcastState,
    Connection,
    NotForwarded,
    PartialResults,
    Role,
    Session,
)
from reference.broadcast.notices import SystemRecovered, TranscriptionError
from reference.broadcast.recognition import Means
from reference.broadcast.settings import BroadcastSettings
from reference.broadcast.transcription import Received, Transcription
from reference.control.faulty import RecogniserWithFaults
from reference.speech.observed import ObservedRecogniser
from reference.speech.ports import SpeechFailure, Transcript
from reference.speech.scripted import ScriptedRecogniser
from tests.reference.broadcast.world_fakes import FakeAudience, FakeClock, FakeMetrics, on_loop, settled
from tests.reference.ordered import fail, stall

ID = "calm-river-200"
ANA, LENA = "ana=", "lena="
SESSION = Session(
    ID, ANA, "user", "en", "standard", 0, True, 1, 7200, PartialResults(), BroadcastState(last_state_change_ms=0)
)
THROTTLED = SpeechFailure("ThrottlingException", "too many", transient=True)
BAD_LANGUAGE = SpeechFailure("LANGUAGE_NOT_SUPPORTED", "no such language", transient=False)


def pcm(number: int, size: int = 3_200) -> bytes:
    """Return a chunk that can be told from others."""
    return number.to_bytes(2, "little") * (size // 2)


def numbers(chunks: list[bytes]) -> list[int]:
    return [int.from_bytes(chunk[:2], "little") for chunk in chunks]


class Hears:
    """Takes what would go to captions."""

    def __init__(self) -> None:
        self.audio: list[bytes] = []
        self.transcripts: list[Transcript] = []
        self.closed = 0

    def listen(self, chunk: bytes) -> None:
        self.audio.append(chunk)

    def hear(self, transcript: Transcript) -> None:
        self.transcripts.append(transcript)

    def close(self) -> None:
        self.closed += 1


class Talk:
    """One session of Ana's, to whom Lena listens; the recogniser is the scripted one, with faults to order."""

    def __init__(self, settings: BroadcastSettings | None = None) -> None:
        self.clock, self.metrics, self.audience = FakeClock(), FakeMetrics(), FakeAudience()
        self.background, self.hears = Background(), Hears()
        self.script = ScriptedRecogniser()
        self.faulty = RecogniserWithFaults(self.script)
        self.observed = ObservedRecogniser(self.faulty)
        means = Means(settings or BroadcastSettings(), self.observed, self.metrics, self.clock, self.background)
        self.transcription = Transcription(means, lambda _live: self.hears, self.audience)
        self.live = LiveSession.of(SESSION)
        sessions = LiveSessions(self.clock)
        for connection_id, role in ((ANA, Role.SPEAKER), (LENA, Role.LISTENER)):
            sessions.enter(self.live, Connection(connection_id, ID, role, 0, 0, 0, "es"), now_s=0)

    def feed(self, number: int, *, numbered: int | None = None, by: str = ANA) -> NotForwarded | None:
        received = Received(by, pcm(number), numbered, self.clock.monotonic_s())
        return self.transcription.feed(self.live, received)

    async def send(self, *chunks: int, every_s: float = 0.0) -> list[NotForwarded | None]:
        answers = []
        for number in chunks:
            answers.append(self.feed(number))
            await settled()
            await self.clock.advance(every_s)
        return answers

    async def send_numbered(self, *chunks: int, by: str = ANA) -> None:
        for number in chunks:
            self.feed(number, numbered=number, by=by)
        await settled()

    async def end(self) -> None:
        self.transcription.close(ID)
        await settled()

    @property
    def streams(self) -> list[list[int]]:
        """What each stream that was asked for has been fed."""
        return [numbers([chunk for _, chunk in record.chunks]) for record in self.observed.streams]

    @property
    def fed(self) -> list[int]:
        return [number for stream in self.streams for number in stream]

    def errors(self) -> list[tuple[str, bool]]:
        """What Ana was told went wrong: code, and whether it is tried again."""
        return [
            (notice.code, notice.retryable)
            for told_id, notice in self.audience.told
            if told_id == ANA and isinstance(notice, TranscriptionError)
        ]

    def recoveries(self, connection_id: str) -> int:
        return sum(
            told_id == connection_id and isinstance(notice, SystemRecovered) for told_id, notice in self.audience.told
        )

    async def break_off(self, failure: SpeechFailure = THROTTLED) -> None:
        assert self.faulty.break_streams(failure) == 1
        await settled()

    def say(self, text: str, *, final: bool = True, stability: float = 1.0) -> None:
        self.script.emit(Transcript("u1", text, final, stability, 0, 0), ID)


# ---- opening and closing


@on_loop
async def test_the_first_chunk_opens_one_stream_in_the_language_of_the_session() -> None:
    talk = Talk()
    await talk.send(1, 2, 3)
    [record] = talk.observed.streams
    assert (record.options.recogniser_language, record.options.partial_results) == ("en-US", True)
    assert (record.options.sample_rate_hz, record.options.encoding) == (16_000, "pcm")
    assert talk.fed == numbers(talk.hears.audio) == [1, 2, 3]
    assert len(talk.metrics.values("TranscribeStreamInitLatency", SessionId=ID)) == 1
    assert len(talk.metrics.values("AudioProcessingLatency", SessionId=ID)) == 3


@on_loop
async def test_a_stream_is_kept_for_a_minute_without_audio_and_another_opened_after_that() -> None:
    talk = Talk()
    await talk.send(1)
    await talk.clock.advance(59.9)
    await talk.send(2)
    await talk.clock.advance(59.9)
    assert talk.observed.streams[0].closed_at_s is None
    await talk.clock.advance(0.1)
    assert talk.observed.streams[0].closed_at_s is not None
    await talk.send(3)
    assert talk.streams == [[1, 2], [3]]
    assert len(talk.metrics.values("TranscribeStreamInitLatency")) == 2
    assert talk.audience.told == []


@on_loop
async def test_a_chunk_that_comes_while_an_idle_stream_ends_goes_to_another() -> None:
    talk = Talk()
    await talk.send(1)
    [stream] = talk.script._open_streams
    end, ended = stream.finish, asyncio.Event()

    async def finish_later() -> None:
        await ended.wait()
        await end()

    stream.finish = finish_later
    await talk.clock.advance(60)
    await talk.send(2)
    assert talk.streams == [[1], [2]]
    ended.set()
    await talk.send(3)
    assert talk.streams == [[1], [2, 3]]


@on_loop
async def test_results_are_told_apart_over_streams_and_run_on_in_time() -> None:
    talk = Talk()
    await talk.send(1, 2)
    talk.say("one")
    await talk.clock.advance(60)
    await talk.send(3)
    talk.say("two")
    first, second = talk.hears.transcripts
    assert first.utterance_id != second.utterance_id
    assert (first.end_ms, second.start_ms, second.end_ms) == (200, 200, 300)


@on_loop
async def test_the_end_of_a_session_ends_the_stream_with_all_that_was_said() -> None:
    talk = Talk()
    talk.feed(1)
    talk.feed(2, numbered=8)
    talk.feed(3, numbered=10)  # waits for number 9
    await talk.end()
    assert talk.fed == [1, 2, 3]
    assert talk.observed.streams[0].closed_at_s is not None
    assert talk.hears.closed == 1


@on_loop
async def test_a_recogniser_that_stalls_is_left_within_five_seconds(caplog: pytest.LogCaptureFixture) -> None:
    talk = Talk()
    await talk.send(1)
    stall(talk.faulty.feeds)
    await talk.send(2, 3)
    await talk.end()
    assert talk.observed.streams[0].closed_at_s is None
    await talk.clock.advance(5)
    assert talk.observed.streams[0].closed_at_s is not None
    await asyncio.wait_for(talk.background.drained(), 5)
    assert "audio was left" in caplog.text
    assert talk.errors() == []


@on_loop
async def test_a_session_that_ends_while_its_recogniser_cannot_be_reached_tells_nobody() -> None:
    talk = Talk()
    fail(talk.faulty.opens, THROTTLED, times=None)
    await talk.send(1)
    await talk.end()
    await talk.clock.advance(5)
    await asyncio.wait_for(talk.background.drained(), 5)
    assert talk.audience.told == []
    assert talk.hears.closed == 1


# ---- a start that fails


@pytest.mark.parametrize("failures", [1, 2, 3])
@on_loop
async def test_a_start_may_fail_three_times_without_anybody_noticing(failures: int) -> None:
    talk = Talk()
    fail(talk.faulty.opens, THROTTLED, times=failures)
    await talk.send(1)
    waited_s = [0.1, 0.3, 0.7][failures - 1]
    await talk.clock.advance(waited_s - 0.01)
    assert talk.fed == []
    await talk.clock.advance(0.02)
    assert talk.fed == [1]
    assert len(talk.observed.streams) == failures + 1
    assert talk.audience.told == []
    assert len(talk.metrics.values("TranscribeErrors", ErrorCode="ThrottlingException")) == failures
    assert len(talk.metrics.values("TranscribeStreamErrors", SessionId=ID)) == failures


@on_loop
async def test_after_the_fourth_failure_the_speaker_is_told_once_and_must_resume(
    caplog: pytest.LogCaptureFixture,
) -> None:
    talk = Talk()
    fail(talk.faulty.opens, THROTTLED, times=4)
    await talk.send(1)
    await talk.clock.advance(10)
    assert len(talk.observed.streams) == 4
    assert talk.errors() == [("ThrottlingException", False)]
    assert await talk.send(2, 3) == [NotForwarded.STREAM_UNAVAILABLE] * 2
    talk.transcription.resume(ID)
    assert await talk.send(4) == [None]
    assert talk.fed == [4]
    assert talk.errors() == [("ThrottlingException", False)]
    failures = [one for one in caplog.records if one.operation == "recognise" and one.levelno == logging.ERROR]
    assert len(failures) == 4
    assert failures[0].correlation_id == ID
    assert failures[0].metadata["code"] == "ThrottlingException"
    assert "stack" in failures[0].metadata
    assert ANA not in str(vars(failures[0]))


@on_loop
async def test_a_language_that_is_not_supported_is_not_asked_for_twice() -> None:
    talk = Talk()
    fail(talk.faulty.opens, BAD_LANGUAGE)
    await talk.send(1)
    await talk.clock.advance(10)
    assert len(talk.observed.streams) == 1
    assert talk.errors() == [("LANGUAGE_NOT_SUPPORTED", False)]
    assert talk.audience.last(ANA, TranscriptionError).details["sourceLanguage"] == "en"


@on_loop
async def test_an_open_that_never_answers_is_a_failure_after_five_seconds() -> None:
    talk = Talk()
    stall(talk.faulty.opens, times=1)
    await talk.send(1)
    await talk.clock.advance(5.1)
    assert talk.fed == [1]
    assert talk.metrics.values("TranscribeErrors", ErrorCode="TIMEOUT") == [1.0]


# ---- a stream that breaks


@on_loop
async def test_a_broken_stream_is_replaced_and_what_waited_is_recognised() -> None:
    talk = Talk()
    await talk.send(1)
    fail(talk.faulty.opens, THROTTLED, times=2)
    await talk.break_off()
    await talk.send(2)
    assert talk.errors() == [("ThrottlingException", True)]
    assert talk.recoveries(ANA) == 0
    await talk.clock.advance(0.31)
    assert talk.recoveries(ANA) == 1
    assert talk.recoveries(LENA) == 1  # chunk 1 was never answered
    assert talk.errors() == [("ThrottlingException", True)]
    assert talk.streams == [[1], [], [], [2]]
    assert talk.observed.streams[0].closed_at_s is not None


@on_loop
async def test_listeners_are_not_told_of_a_break_in_which_nothing_was_lost() -> None:
    talk = Talk()
    await talk.send(1)
    talk.say("all of it")
    await talk.break_off()
    assert (talk.recoveries(ANA), talk.recoveries(LENA)) == (1, 0)


@on_loop
async def test_the_chunk_that_the_broken_stream_did_not_take_is_handed_over_again() -> None:
    talk = Talk()
    await talk.send(1)
    fail(talk.faulty.feeds, THROTTLED)
    await talk.send(2, 3)
    assert talk.streams == [[1, 2], [2, 3]]
    assert numbers(talk.hears.audio) == [1, 2, 3]
    assert talk.recoveries(ANA) == 1


@on_loop
async def test_after_three_attempts_there_is_one_last_error_and_no_audio_is_taken() -> None:
    talk = Talk()
    await talk.send(1)
    fail(talk.faulty.opens, THROTTLED, times=3)
    await talk.break_off()
    await talk.send(2)
    await talk.clock.advance(5)
    assert talk.errors() == [("ThrottlingException", True), ("ThrottlingException", False)]
    assert len(talk.observed.streams) == 4
    assert await talk.send(3) == [NotForwarded.STREAM_UNAVAILABLE]
    assert talk.metrics.values("AudioChunksDropped", Reason="streamUnavailable") == [1.0]
    assert talk.recoveries(ANA) == 0


@on_loop
async def test_streams_that_open_but_take_nothing_are_attempts_too() -> None:
    talk = Talk()
    await talk.send(1)
    fail(talk.faulty.feeds, THROTTLED, times=None)
    await talk.send(2)
    await talk.clock.advance(5)
    assert talk.streams == [[1, 2], [2], [2], [2]]
    assert talk.errors() == [("ThrottlingException", True), ("ThrottlingException", False)]
    assert talk.recoveries(ANA) == 0


@on_loop
async def test_reconnecting_is_given_up_after_five_seconds_however_few_attempts_were_made() -> None:
    talk = Talk()
    await talk.send(1)
    stall(talk.faulty.opens)
    await talk.break_off()
    await talk.clock.advance(4.9)
    assert talk.errors() == [("ThrottlingException", True)]
    await talk.clock.advance(0.2)
    assert talk.errors() == [("ThrottlingException", True), ("TIMEOUT", False)]


@on_loop
async def test_a_permanent_break_is_not_reconnected() -> None:
    talk = Talk()
    await talk.send(1)
    await talk.break_off(SpeechFailure("LimitExceededException", "quota", transient=False))
    await talk.clock.advance(5)
    assert talk.errors() == [("LimitExceededException", False)]
    assert len(talk.observed.streams) == 1


@on_loop
async def test_a_break_is_noticed_while_the_recogniser_stalls() -> None:
    talk = Talk()
    await talk.send(1)
    stalled = stall(talk.faulty.feeds)
    await talk.send(2)
    stalled.times_left = 0
    await talk.break_off()
    assert talk.streams == [[1, 2], [2]]
    assert talk.recoveries(ANA) == 1


@on_loop
async def test_a_defect_of_the_engine_is_dealt_with_like_any_break() -> None:
    talk = Talk()
    await talk.send(1)
    fail(talk.faulty.feeds, BrokenPipeError("gone"))
    await talk.send(2)
    assert talk.errors() == [("INTERNAL_ERROR", True)]
    assert talk.recoveries(ANA) == 1


@on_loop
async def test_five_failures_without_success_leave_the_recogniser_alone_for_a_minute() -> None:
    talk = Talk()
    fail(talk.faulty.opens, THROTTLED, times=6)
    await talk.send(1)
    await talk.clock.advance(1)
    talk.transcription.resume(ID)
    await talk.send(2)
    await talk.clock.advance(1)
    assert len(talk.observed.streams) == 5
    assert talk.errors() == [("ThrottlingException", False), ("SERVICE_UNAVAILABLE", False)]
    await talk.clock.advance(58)
    talk.transcription.resume(ID)
    await talk.send(3)
    assert len(talk.observed.streams) == 5
    await talk.clock.advance(1.2)
    talk.transcription.resume(ID)
    await talk.send(4)
    await talk.clock.advance(1)
    assert len(talk.observed.streams) == 6  # the trial, which fails
    assert talk.errors()[-1] == ("SERVICE_UNAVAILABLE", False)
    await talk.clock.advance(60)
    talk.transcription.resume(ID)
    await talk.send(5)
    assert talk.fed == [5]


@on_loop
async def test_breaks_far_apart_do_not_add_up() -> None:
    talk = Talk()
    for number in range(7):
        await talk.send(number)
        talk.say("something")
        await talk.break_off()
    assert talk.recoveries(ANA) == 7
    assert {retryable for _, retryable in talk.errors()} == {True}


# ---- what waits


@on_loop
async def test_of_eight_seconds_during_a_stall_the_newest_five_are_recognised() -> None:
    talk = Talk()
    stalled = stall(talk.faulty.opens)
    assert await talk.send(*range(80)) == [None] * 80
    stalled.call_off()
    await settled()
    assert talk.fed == list(range(30, 80))
    assert talk.metrics.values("AudioBufferOverflows", SessionId=ID) == [1.0] * 30
    assert len(talk.metrics.values("AudioChunksDropped", Reason="bufferOverflow")) == 30


@on_loop
async def test_what_the_recogniser_is_just_taking_counts_but_is_not_dropped(
    caplog: pytest.LogCaptureFixture,
) -> None:
    talk = Talk()
    await talk.send(0)
    stalled = stall(talk.faulty.feeds)
    await talk.send(1)
    await talk.clock.advance(0.5)
    await talk.send(*range(2, 81))
    stalled.call_off()
    await settled()
    assert talk.fed == [0, 1, *range(32, 81)]
    assert talk.metrics.values("AudioProcessingLatency") == [0, pytest.approx(500), *[0] * 49]
    assert caplog.text.count("the oldest audio is dropped") == 1


@on_loop
async def test_latency_counts_from_receipt_until_the_recogniser_has_the_chunk() -> None:
    talk = Talk()
    stalled = stall(talk.faulty.opens)
    await talk.send(1)
    await talk.clock.advance(0.25)
    stalled.call_off()
    await settled()
    assert talk.metrics.values("AudioProcessingLatency") == [pytest.approx(250)]
    assert talk.metrics.values("TranscribeStreamInitLatency") == [pytest.approx(250)]


# ---- order


@on_loop
async def test_numbered_chunks_reach_the_recogniser_in_their_order(caplog: pytest.LogCaptureFixture) -> None:
    talk = Talk()
    await talk.send_numbered(1, 3, 2, 4)
    assert talk.fed == [1, 2, 3, 4]
    [warning] = [one for one in caplog.records if one.operation == "order"]
    assert (warning.levelno, warning.correlation_id) == (logging.WARNING, ID)


@on_loop
async def test_what_waits_for_a_missing_chunk_goes_on_when_no_more_audio_comes() -> None:
    talk = Talk()
    await talk.send_numbered(1, 3)
    await talk.clock.advance(1.9)
    await talk.send_numbered(4)
    await talk.clock.advance(1.9)
    assert talk.fed == [1]
    await talk.clock.advance(0.1)
    assert talk.fed == [1, 3, 4]
    await talk.send_numbered(2)
    assert talk.fed == [1, 3, 4, 2]


@on_loop
async def test_a_refreshed_speaker_counts_anew() -> None:
    talk = Talk()
    await talk.send_numbered(10, 12)
    await talk.send_numbered(1, 2, by="ana-again=")
    assert talk.fed == [10, 12, 1, 2]


# ---- results


@on_loop
async def test_a_recogniser_that_says_nothing_for_ten_seconds_is_not_believed_its_next_partial(
    caplog: pytest.LogCaptureFixture,
) -> None:
    talk = Talk()
    await talk.send(*range(99))
    talk.say("this one counts", final=False, stability=0.9)
    await talk.send(*range(100))
    talk.say("this one does not", final=False, stability=0.9)
    talk.say("this one does again", final=False, stability=0.9)
    await talk.send(*range(100))
    talk.say("a final one always does")
    assert [one.text for one in talk.hears.transcripts] == [
        "this one counts",
        "this one does again",
        "a final one always does",
    ]
    assert caplog.text.count("only final ones are used") == 2


@on_loop
async def test_every_result_is_logged_with_its_text_but_only_when_debugging(caplog: pytest.LogCaptureFixture) -> None:
    talk = Talk()
    await talk.send(1)
    with caplog.at_level(logging.INFO, "reference"):
        talk.say("not for the log")
    with caplog.at_level(logging.DEBUG, "reference"):
        talk.say("for the log", final=False, stability=0.7)
    [line] = [one for one in caplog.records if one.operation == "transcript"]
    assert (line.getMessage(), line.correlation_id) == ("for the log", ID)
    assert line.metadata["stability"] == 0.7
    assert line.metadata["final"] is False


@on_loop
async def test_results_that_a_broken_stream_still_gives_are_not_believed() -> None:
    talk = Talk()
    await talk.send(1)
    [stream] = talk.script._open_streams
    fail(talk.faulty.feeds, THROTTLED)
    await talk.send(2)
    assert talk.recoveries(ANA) == 1
    stream.emit(Transcript("u1", "from beyond", True, 1.0, 0, 0))
    assert talk.hears.transcripts == []
