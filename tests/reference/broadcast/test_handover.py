"""Sentences on their way to translation, when it takes them and when it does not."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest

from reference.background import Background
from reference.broadcast.handover import EmotionDynamics, Forwarder, Handover, PipelineUnavailable
from reference.broadcast.observed_pipeline import ObservedPipeline, PipelineWithFaults
from reference.control.faulty import Faults
from tests.reference.broadcast.world_fakes import FakeClock, FakeMetrics, on_loop, settled
from tests.reference.ordered import fail, stall

ONE = Handover("calm-river-200", "en", "Good morning.", False, 1.0, 1_760_000_000_000)


def sentence(text: str, session_id: str = "calm-river-200") -> Handover:
    return replace(ONE, transcript_text=text, session_id=session_id)


class Taker:
    def __init__(self) -> None:
        self.texts: list[str] = []

    async def accept(self, handover: Handover) -> None:
        self.texts.append(handover.transcript_text)


class Line:
    """A forwarder with a pipeline behind it that can fail."""

    def __init__(self) -> None:
        self.clock, self.metrics, self.background = FakeClock(), FakeMetrics(), Background()
        self.taker = Taker()
        self.faulty = PipelineWithFaults(self.taker, Faults("session_id"))
        self.observed = ObservedPipeline(self.faulty)
        self.forwarder = Forwarder(self.observed, self.metrics, self.clock, self.background)

    async def say(self, *texts: str, session_id: str = "calm-river-200") -> None:
        for text in texts:
            self.forwarder.pass_on(sentence(text, session_id))
        await settled()

    def fail(self, times: int | None, session_id: str | None = None) -> None:
        fail(self.faulty.calls, PipelineUnavailable("ordered"), times=times, scope=session_id)


def test_the_dynamics_are_neutral_unless_known_better() -> None:
    assert ONE.emotion_dynamics == EmotionDynamics(volume=0.5, rate=1.0, energy=0.5)


@on_loop
async def test_a_sentence_is_handed_over_at_once_and_in_order() -> None:
    line = Line()
    await line.say("one", "two", "three")
    assert line.taker.texts == ["one", "two", "three"]
    assert [len(record.attempts) for record in line.observed.handovers] == [1, 1, 1]
    assert all(record.acknowledged for record in line.observed.handovers)
    assert len(line.metrics.values("TranscriptionForwardingLatency", SessionId="calm-river-200")) == 3


@on_loop
async def test_two_failures_cost_two_waits_of_100_ms_and_nothing_else() -> None:
    line = Line()
    line.fail(2)
    await line.say("one", "two")
    assert line.taker.texts == []
    await line.clock.advance(0.19)
    assert line.taker.texts == []
    await line.clock.advance(0.01)
    assert line.taker.texts == ["one", "two"]
    assert [attempt.failure for attempt in line.observed.handovers[0].attempts] == [
        "PipelineUnavailable: ordered",
        "PipelineUnavailable: ordered",
        None,
    ]
    assert line.metrics.values("TranscriptionForwardingLatency")[0] == pytest.approx(200)


@on_loop
async def test_after_three_failures_the_sentence_is_dropped_with_a_line_and_the_next_goes_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    line = Line()
    line.fail(3)
    await line.say("lost words", "heard words")
    await line.clock.advance(0.2)
    assert line.taker.texts == ["heard words"]
    [dropped] = [one for one in caplog.records if one.levelno == logging.ERROR]
    assert dropped.correlation_id == "calm-river-200"
    assert "lost words" not in str(vars(dropped))


@on_loop
async def test_what_is_not_acknowledged_within_200_ms_has_failed() -> None:
    line = Line()
    stall(line.faulty.calls, times=1)
    await line.say("one")
    await line.clock.advance(0.29)
    assert line.taker.texts == []
    await line.clock.advance(0.02)
    assert line.taker.texts == ["one"]
    assert [attempt.failure for attempt in line.observed.handovers[0].attempts] == ["CancelledError", None]


@on_loop
async def test_one_session_does_not_wait_for_another() -> None:
    line = Line()
    line.fail(None, "calm-river-200")
    await line.say("stuck")
    await line.say("free", session_id="gentle-harbor-100")
    assert line.taker.texts == ["free"]
    ours = [record.handover for record in line.observed.handovers if record.handover.session_id == "calm-river-200"]
    assert [handover.transcript_text for handover in ours] == ["stuck"]


@on_loop
async def test_while_translation_hangs_the_oldest_of_too_many_sentences_are_dropped() -> None:
    line = Line()
    stalled = stall(line.faulty.calls)
    await line.say("s0")
    await line.say(*(f"s{number}" for number in range(1, 60)))
    stalled.call_off()
    await settled()
    assert line.taker.texts == ["s0", *(f"s{number}" for number in range(10, 60))]


@on_loop
async def test_even_a_defect_of_the_pipeline_does_not_stop_later_sentences() -> None:
    line = Line()
    fail(line.faulty.calls, KeyError("a defect"), times=3)
    await line.say("one", "two")
    await line.clock.advance(0.2)
    assert line.taker.texts == ["two"]
