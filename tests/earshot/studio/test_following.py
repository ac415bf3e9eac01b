"""What every live session keeps: what is right, and each way in which it can be wrong."""

from __future__ import annotations

import base64
from collections.abc import Mapping

import numpy as np
import pytest

from earshot.ledger import Kind, Ledger, Observation
from earshot.studio.following import LiveSession

MS = 1_000_000
SOUND = np.full(160, 3277, dtype="<i2").tobytes()
"""10 ms at a level of -20 dB."""


class Story:
    """A live session, told what happens on its connections, 10 ms apart."""

    def __init__(self) -> None:
        self.session = LiveSession("a")
        self.complaints: list[str] = []
        self.count = 0
        self._ledger = Ledger()
        self._latencies: list[float] = []

    def happens(self, kind: Kind, message: Mapping[str, object] | None = None, *, leg: str = "Ana") -> Observation:
        number = len(self._ledger)
        kept = self._ledger.keep(Observation(number * 10 * MS, "Ana", leg, kind, message=message or {}))
        self.complaints += self.session.follow(kept)
        return kept

    def sends(self, data: object = None, *, leg: str = "Ana", **message: object) -> None:
        data = base64.b64encode(SOUND).decode() if data is None else data
        self.happens(Kind.SENT, message or {"type": "audio_chunk", "data": data}, leg=leg)

    def hears(self, sound: bytes = SOUND, *, leg: str = "Ana") -> None:
        audio = base64.b64encode(sound).decode()
        self.happens(Kind.RECEIVED, {"type": "processed_audio", "audio": audio}, leg=leg)

    def is_told(
        self,
        *,
        took: float = 2.0,
        count: int | None = None,
        average: float | None = None,
        rms: float = -20.0,
        leg: str = "Ana",
    ) -> None:
        self.count = self.count + 1 if count is None else count
        self._latencies.append(took)
        mean = sum(self._latencies) / len(self._latencies) if average is None else average
        metrics = {
            "total_latency": took,
            "chunks_processed": self.count,
            "average_latency": mean,
            "quality_metrics": {"snr": 0.0, "rms": rms},
        }
        self.happens(Kind.RECEIVED, {"type": "metrics", "metrics": metrics}, leg=leg)

    def hears_and_is_told(self, *, leg: str = "Ana") -> None:
        self.hears(leg=leg)
        self.is_told(leg=leg)

    def is_told_of(self, type_: str, **members: object) -> None:
        self.happens(Kind.RECEIVED, {"type": type_, **members})


@pytest.fixture
def story() -> Story:
    begun = Story()
    begun.happens(Kind.OPENED)
    return begun


def test_pieces_changes_and_heartbeats_in_order_are_right(story: Story) -> None:
    story.sends()
    story.sends(type="ping")
    story.sends(type="update_stage", stage_id="limiter", parameters={})
    story.sends("")
    story.sends("no base64!")
    story.sends()
    story.hears_and_is_told()
    story.is_told_of("pong")
    story.is_told_of("config_updated", stage_id="limiter", success=True)
    story.is_told(rms=-96.0)
    story.is_told_of("error", error="no")
    story.hears_and_is_told()
    assert story.complaints == []
    assert [piece.was_processed for piece in story.session.pieces] == [True, True, False, True]
    assert not story.session.unanswered("Ana")


def test_what_makes_no_sense_is_answered_by_an_error(story: Story) -> None:
    story.sends(type="audio_chunk")
    story.sends(type="update_stage", stage_id="limiter")
    story.sends(kind="chord")
    assert story.session.unanswered("Ana") == 3
    for _ in range(3):
        story.is_told_of("error", error="no")
    assert not story.session.unanswered("Ana") and story.complaints == []


def test_nothing_is_expected_of_a_message_of_an_unknown_kind(story: Story) -> None:
    story.sends(type="sing")
    story.sends()
    story.hears_and_is_told()
    assert story.complaints == [] and not story.session.unanswered("Ana")


def test_figures_before_the_audio_are_out_of_order(story: Story) -> None:
    story.sends()
    story.is_told(rms=-96.0)
    assert story.complaints == ["the metrics of a piece came before its audio, or without it"]


@pytest.mark.parametrize(
    ("came", "words"),
    [
        (lambda story: [story.hears(), story.hears()], "a piece came back twice"),
        (lambda story: story.hears(SOUND[:-2]), "320 bytes were sent, and 318 came back"),
        (lambda story: [story.hears(), story.is_told_of("error", error="no")], "by its audio, and then by an error"),
        (lambda story: story.is_told_of("pong"), "pong came before a piece was answered"),
        (
            lambda story: [story.hears(), story.is_told(rms=-23.0)],
            "told as -23 dB, but what came back has -20",
        ),
        (
            lambda story: [story.hears(), story.is_told(took=33.0)],
            "to have taken 33 ms, but came back after 30 ms",
        ),
        (lambda story: [story.hears(), story.is_told(count=2)], "counted as number 2, and 1 was expected"),
        (lambda story: [story.hears(), story.is_told(average=2.5)], "told as 2.5 ms after piece 1, but the mean"),
    ],
)
def test_each_way_of_answering_a_piece_wrongly(story: Story, came: object, words: str) -> None:
    story.sends()
    story.sends(type="ping")
    assert callable(came)
    came(story)
    assert [words in complaint for complaint in story.complaints] == [True], story.complaints


def test_audio_for_an_empty_piece_is_wrong(story: Story) -> None:
    story.sends("")
    story.hears()
    assert story.complaints == ["audio came back for an empty piece"]


def test_an_answer_that_belongs_to_a_later_message_is_out_of_order(story: Story) -> None:
    story.sends()
    story.sends(type="update_stage", stage_id="limiter", parameters={})
    story.is_told_of("config_updated", stage_id="limiter", success=True)
    story.hears_and_is_told()
    assert story.complaints == ["config_updated came before a piece was answered"]
    assert not story.session.unanswered("Ana")


def test_figures_are_as_exact_as_they_are_told(story: Story) -> None:
    story.sends()
    story.hears()
    story.is_told(took=2.0, average=2.009, rms=-20.09)
    assert story.complaints == []


def test_the_count_and_the_mean_go_on_when_somebody_comes_back(story: Story) -> None:
    story.sends()
    story.hears_and_is_told()
    story.happens(Kind.CLOSED)
    story.happens(Kind.OPENED, leg="Ana (2)")
    story.sends(leg="Ana (2)")
    story.hears(leg="Ana (2)")
    story.is_told(count=1, leg="Ana (2)")
    assert story.complaints == ["a piece was counted as number 1, and 2 was expected"]


def test_what_was_under_way_when_a_connection_went_may_have_been_counted(story: Story) -> None:
    for _ in range(2):
        story.sends()
    story.happens(Kind.CLOSED)
    story.happens(Kind.OPENED, leg="Ana (2)")
    story.sends(leg="Ana (2)")
    story.hears(leg="Ana (2)")
    story.is_told(count=3, average=7.0, leg="Ana (2)")
    story.sends(leg="Ana (2)")
    story.hears(leg="Ana (2)")
    story.is_told(count=5, average=7.0, leg="Ana (2)")
    assert story.complaints == ["a piece was counted as number 5, and 4 was expected"]


def test_nobody_can_tell_the_order_of_two_connections_at_once(story: Story) -> None:
    story.happens(Kind.OPENED, leg="Bruno")
    story.sends()
    story.sends(leg="Bruno")
    story.hears(leg="Ana")
    story.is_told(count=2)
    story.hears(leg="Bruno")
    story.is_told(count=1, leg="Bruno")
    assert story.complaints == []
