"""What an engineer sends, waits for and insists on, with a service that says what a test wants."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from earshot.asking import Refusal
from earshot.audio import signals
from earshot.ledger import Http, Kind, Observation
from earshot.measure.tuning import Tuning
from earshot.studio import engineer as module
from earshot.studio import heard, told
from earshot.studio.engineer import Engineer, Sending
from earshot.studio.following import LiveSession
from earshot.studio.matchers import StageChanged
from earshot.studio.messages import PING, raw
from earshot.studio.pipelines import Pipeline
from earshot.studio.planned import Plan
from earshot.studio.system import Studio
from earshot.studio.timed import TIMED, in_the_service, round_trips
from tests.earshot.cast_kit import FakeLeg, a_scene

Message = Mapping[str, Any]
TONE = signals.tone(440, 0.2, amplitude=0.5)


class Line(FakeLeg):
    """A connection to a service that gives back each sample times `gain`, in no time."""

    is_reading = True
    gain = 1.0
    count = 0

    def answer(self, message: Message) -> Iterator[Message]:
        match message["type"]:
            case "ping":
                yield {"type": "pong"}
            case "update_stage":
                yield {"type": "config_updated", "stage_id": message["stage_id"], "success": True}
            case "audio_chunk":
                samples = np.frombuffer(base64.b64decode(message["data"]), dtype="<i2")
                back = (samples * self.gain).astype(np.int16)
                self.count += 1
                yield {"type": "processed_audio", "audio": raw(back.tobytes())["data"]}
                quality = {"snr": 0.0, "rms": signals.rms_dbfs(back)}
                took = {"total_latency": 0.001, "average_latency": 0.001, "chunks_processed": self.count}
                yield {"type": "metrics", "metrics": {**took, "quality_metrics": quality}}

    def send_raw(self, frame: str | bytes, *, checked: bool = True) -> Observation:
        sent = self.keeps(Kind.SENT, payload=frame if isinstance(frame, bytes) else frame.encode())
        self.gets({"type": "error", "error": "That makes no sense."})
        return sent

    def ping(self, within_s: float) -> bool:
        return True


@pytest.fixture
def ana(monkeypatch: pytest.MonkeyPatch) -> tuple[Engineer, Line]:
    monkeypatch.setattr(module, "ANSWERED_WITHIN_S", 0.05)
    monkeypatch.setattr(module, "PATIENCE_S", 0.05)
    scene = a_scene()
    engineer = Engineer("Ana", scene)
    line = Line(scene.ledger, scene.new_label("Ana"))
    line.answers = line.answer
    engineer.legs.append(line)  # type: ignore[arg-type]
    engineer.sessions.append(LiveSession("a"))
    engineer._sessions_on[line.label] = engineer.started
    return engineer, line


def test_a_sound_goes_in_pieces_and_comes_back(ana: tuple[Engineer, Line]) -> None:
    engineer, line = ana
    sending = engineer.sends(TONE, "a tone")
    assert [len(piece.sound) for piece in sending.pieces] == [1600, 1600]
    heard.is_same(engineer)
    heard.is_as_long(engineer)
    told.counts(engineer, 1, 2)
    told.has_mean(engineer)
    told.is_honest(engineer)
    told.has_level(engineer, level=-9.03, tolerance=0.1)
    assert engineer.complaints() == [] and sending.rate()[0] == 2
    line.gain = 0.5
    engineer.sends(TONE, "a tone")
    heard.is_quieter(engineer, level=6, tolerance=0.1)
    heard.is_quieter_than_before(engineer, least=5.9)
    heard.is_below(engineer, most=-12)


@pytest.mark.parametrize(
    ("gain", "judge", "words"),
    [
        (0.5, heard.is_same, "the 3200 samples that were sent"),
        (0.5, lambda who: heard.is_louder(who, level=0, tolerance=0.5), "louder"),
        (0.9, lambda who: heard.is_quieter_than_before(who, least=1), "quieter than before"),
        (0.5, lambda who: heard.is_as_loud_as_first(who, tolerance=1), "louder than at first"),
        (1.0, lambda who: heard.is_below(who, most=-7), "the largest sample"),
        (1.0, heard.is_nothing, "whether Ana heard nothing"),
        (1.0, lambda who: told.counts(who, 1, 2), "the counts that Ana is told"),
        (1.0, lambda who: told.has_level(who, level=-8, tolerance=0.5), "the levels that Ana is told"),
        (1.0, lambda who: told.is_slow(who, least_ms=1), "the latencies in the service"),
        (1.0, lambda who: told.is_quick(who, most_ms=0.001), "the latencies in the service"),
    ],
)
def test_what_comes_back_otherwise_is_said(ana: tuple[Engineer, Line], gain: float, judge: Any, words: str) -> None:
    engineer, line = ana
    engineer.sends(TONE, "a tone")
    line.gain = gain
    engineer.sends(TONE, "a tone")
    with pytest.raises(AssertionError, match=words):
        judge(engineer)


def test_a_piece_that_is_refused_or_has_no_answer_is_a_broken_promise(ana: tuple[Engineer, Line]) -> None:
    engineer, line = ana
    line.answers = lambda _: [{"type": "error", "error": "Chunk processing failed: it is half."}]
    with pytest.raises(AssertionError, match="Ana sent a tone, and 2 of 2 were refused: Chunk processing failed"):
        engineer.sends(TONE, "a tone")
    line.answers = lambda _: ()
    with pytest.raises(AssertionError, match=r"1 of what Ana sent had no answer within 0\.05 s"):
        engineer.sends_messages([PING], "a heartbeat")
    line.answers = lambda _: filter(None, [line.is_closed() and None])
    with pytest.raises(AssertionError, match="had no answer before the connection was closed"):
        engineer.sends_messages([PING], "a heartbeat")


def test_what_was_sent_by_plan_is_known_whatever_became_of_it(ana: tuple[Engineer, Line]) -> None:
    engineer, line = ana
    for answers in (line.answer, lambda _: [{"type": "error", "error": "no"}], lambda _: ()):
        line.answers = answers
        engineer.sends_unanswered([raw(TONE.tobytes())])
    sending = engineer.has_streamed("a tone", since=0)
    assert (len(sending.pieces), sending.refused, sending.rate()[0]) == (3, 1, 1)
    assert engineer._scene.surprises.news() == []
    observed = list(engineer._scene.ledger)
    assert [delay.took_ms < 1000 for delay in round_trips(None, observed)] == [True, False, False]
    assert [delay.took_ms == 0.001 for delay in in_the_service(None, observed)] == [True, False, False]
    counts = TIMED["pieces come back"].counts(observed)
    assert (counts["sent"], counts["processed"], counts["errors"], counts["success rate, %"]) == (3, 1, 1, 33.33)


def test_a_change_is_confirmed_once_under_its_name(ana: tuple[Engineer, Line]) -> None:
    engineer, line = ana
    engineer.changes("limiter", {"threshold": -6})
    StageChanged().reaches(engineer, since=0)
    with pytest.raises(AssertionError, match="at least one stage"):
        StageChanged().reaches(engineer, since=len(engineer._scene.ledger))
    line.gets({"type": "config_updated", "stage_id": "limiter", "success": True})
    with pytest.raises(AssertionError, match="it was limiter, limiter"):
        StageChanged().reaches(engineer, since=0)
    line.answers = lambda _: [{"type": "error", "error": "Stage limiter not found"}]
    with pytest.raises(AssertionError, match="Ana changed limiter and was refused: Stage limiter not found"):
        engineer.changes("limiter", {})


def test_an_attempt_is_kept_until_somebody_asks(ana: tuple[Engineer, Line]) -> None:
    engineer, _ = ana
    engineer.tries(b"\0")
    assert engineer._scene.surprises.news() == []
    assert engineer.refusal() == Refusal(None, "That makes no sense.")
    engineer.tries(PING)
    with pytest.raises(AssertionError, match="Ana was not refused: the service answered with pong"):
        engineer.refusal()


def test_a_refusal_over_http_is_one_by_its_status(ana: tuple[Engineer, Line]) -> None:
    engineer, _ = ana
    for code, message in ((404, {"error": "Session not found"}), (422, {"error": {"code": "X", "message": "No."}})):
        engineer._outcome = Observation(
            0, "Ana", "Ana", Kind.RECEIVED, message=message, code=code, http=Http("DELETE /", "/")
        )
        assert engineer.refusal() == Refusal(code, "Session not found" if code == 404 else "No.")
    engineer._outcome = Observation(0, "Ana", "Ana", Kind.RECEIVED, code=HTTPStatus.OK, http=Http("DELETE /", "/"))
    with pytest.raises(AssertionError, match="was not refused"):
        engineer.refusal()


def test_heartbeats_are_asked_for_anew_when_they_were_answered(ana: tuple[Engineer, Line]) -> None:
    engineer, line = ana
    engineer.heartbeat_is_answered()
    engineer.heartbeat_is_answered()
    assert len(engineer.received("pong")) == 2
    line.answers = lambda _: ()
    with pytest.raises(AssertionError, match=r"waited 0\.05 s for pong"):
        engineer.heartbeat_is_answered()


def test_what_is_wrong_with_a_stream_is_a_complaint_of_its_engineer(ana: tuple[Engineer, Line]) -> None:
    engineer, line = ana
    line.count = 4
    engineer.sends(TONE, "a tone")
    assert engineer.complaints() == [
        "Ana received something the contract does not allow: a piece was counted as number 5, and 1 was expected"
    ]
    assert engineer.complaints() == []


def test_what_is_sent_and_heard_can_be_played(ana: tuple[Engineer, Line]) -> None:
    engineer, line = ana
    studio = Studio(SimpleNamespace(present=lambda _: [engineer]))  # type: ignore[arg-type]
    assert list(studio.exhibits()) == []
    line.gain = 0.5
    engineer.sends(TONE, "200 ms of a <tone>")
    [(_, page)] = studio.exhibits()
    assert page.count("<audio") == 2 and "200 ms of a &lt;tone&gt;" in page and "2 pieces, 0 refused" in page


def test_a_session_that_is_left_is_found_by_its_id_or_by_its_pipeline(ana: tuple[Engineer, Line]) -> None:
    engineer, _ = ana
    engineer.pipeline_ids.append("ana-1")
    others = [{"session_id": "x", "pipeline_id": "lena-1"}, {"session_id": "y", "pipeline_id": "marco-1"}]
    listed: list[dict[str, Any]] = list(others)
    engineer.lists = lambda: listed  # type: ignore[method-assign]
    studio = Studio(SimpleNamespace(present=lambda _: [engineer]))  # type: ignore[arg-type]
    studio.leaves_nothing_behind()
    for left in ({"session_id": "a", "pipeline_id": "p"}, {"session_id": "z", "pipeline_id": "ana-1"}):
        listed[:] = [*others, left]
        with pytest.raises(AssertionError, match="live sessions that are left"):
            studio.leaves_nothing_behind()


def test_everybody_ends_what_they_have_not_ended(ana: tuple[Engineer, Line]) -> None:
    engineer, _ = ana
    engineer.sessions.append(LiveSession("b", is_over=True))
    ended: list[str] = []
    engineer.ends = lambda session: ended.append(session.session_id)  # type: ignore[method-assign, assignment]
    Studio(SimpleNamespace(present=lambda _: [engineer])).has_left()  # type: ignore[arg-type]
    assert ended == ["a"]


def test_a_plan_is_as_long_as_the_run_says() -> None:
    plan = Plan("a tone", lambda length_s: signals.tone(440, length_s), 20)
    assert [len(piece) for piece in plan.pieces] == [1600] * 20
    assert plan.tuned(Tuning({"pieces": "7", "sustained_s": "9"})).count == 7
    sustained = Plan("a tone", plan.make, 600, is_sustained=True)
    assert sustained.tuned(Tuning({"pieces": "7", "sustained_s": "9"})).count == 90


def test_a_pipeline_says_what_is_said_of_it_and_no_more() -> None:
    pipeline = Pipeline.of("limiter", threshold=-6).having(gain_out=3).then(Pipeline.of("vad"))
    assert pipeline.config("p-1") == {
        "pipeline_id": "p-1",
        "name": "Earshot",
        "stages": {"limiter": {"gain_out": 3, "parameters": {"threshold": -6}}, "vad": {"parameters": {}}},
        "connections": [{"id": "1", "source_stage_id": "limiter", "target_stage_id": "vad"}],
    }


def test_nothing_that_came_back_has_no_rate() -> None:
    with pytest.raises(AssertionError, match="no piece came back"):
        Sending("a tone", []).rate()
