"""Which results are said, and when (BRO-6.1), on a clock that stands still until the test moves it."""

from __future__ import annotations

import itertools
import logging

import pytest

from reference.broadcast.captions import Captions
from reference.broadcast.handover import EmotionDynamics, Handover
from reference.broadcast.live import LiveSession
from reference.broadcast.model import PartialResults
from reference.broadcast.partials import difference
from reference.speech.ports import Transcript
from tests.reference.broadcast.world_fakes import FakeClock, on_loop

GROWN = "good morning and welcome to lisbon"


class Session:
    """Captions of one session; results follow one another in the audio unless told otherwise."""

    def __init__(self, **options: float) -> None:
        self.clock = FakeClock()
        self.said: list[Handover] = []
        live = LiveSession("calm-river-200", "en", "ana", "ana=", 0, PartialResults(**options))  # type: ignore[arg-type]
        self.captions = Captions(live, self.clock, self.said.append)
        self._positions = itertools.count(100, 100)

    @property
    def texts(self) -> list[str]:
        return [handover.transcript_text for handover in self.said]

    def partial(self, text: str, stability: float | None = 0.9, utterance: str = "1", at_ms: int | None = None) -> None:
        end_ms = next(self._positions) if at_ms is None else at_ms
        self.captions.hear(Transcript(utterance, text, False, stability, 0, end_ms))

    def final(self, text: str, utterance: str = "1", at_ms: int | None = None) -> None:
        end_ms = next(self._positions) if at_ms is None else at_ms
        self.captions.hear(Transcript(utterance, text, True, 1.0, 0, end_ms))

    async def texts_after(self, seconds: float) -> list[str]:
        await self.clock.advance(seconds)
        return self.texts


@on_loop
async def test_a_stable_complete_partial_is_said_and_its_final_is_not_said_again() -> None:
    session = Session()
    session.partial("hello everyone.", 0.85)
    assert await session.texts_after(0.2) == ["hello everyone."]
    session.final("Hello, everyone!")
    await session.clock.advance(60)
    [said] = session.said
    assert (said.is_partial, said.stability_score, said.source_language) == (True, 0.85, "en")
    assert said.timestamp_ms == 1_760_000_000_200


@on_loop
async def test_a_final_is_said_at_once_and_whatever_comes_of_it_later_is_not() -> None:
    session = Session()
    session.partial("Hello everyone.")
    session.final("Hello everyone.")
    session.partial("Hello every one, again.")
    assert session.texts == ["Hello everyone."]
    assert await session.texts_after(60) == ["Hello everyone."]
    assert (session.said[0].is_partial, session.said[0].stability_score) == (False, 1.0)


@on_loop
async def test_a_final_that_was_said_as_partial_long_ago_is_not_said_again() -> None:
    session = Session()
    session.partial("Hello everyone.")
    await session.clock.advance(12)
    session.final("Hello everyone.")
    assert session.texts == ["Hello everyone."]


@pytest.mark.parametrize("threshold", [0.7, 0.85, 0.95])
@on_loop
async def test_an_unstable_partial_waits_for_its_final(threshold: float) -> None:
    session = Session(min_stability=threshold)
    session.partial("Hello everyone.", threshold - 0.01)
    assert await session.texts_after(10) == []
    session.partial("Hello everyone.", threshold)
    assert await session.texts_after(0.2) == ["Hello everyone."]


@on_loop
async def test_without_its_end_a_sentence_is_complete_after_a_pause_of_two_seconds() -> None:
    session = Session()
    session.partial("good morning and")
    await session.clock.advance(1.5)
    session.partial(GROWN)
    assert await session.texts_after(1) == []
    session.partial(GROWN, 0.95)  # the same words again are no speech
    assert await session.texts_after(0.9) == []
    assert await session.texts_after(0.1) == [GROWN]


@on_loop
async def test_a_sentence_without_pause_is_complete_after_the_longest_buffering() -> None:
    session = Session(max_buffer_timeout_s=4.0)
    words = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
    for count in range(1, 9):
        session.partial(" ".join(words[:count]))
        await session.clock.advance(0.49)
    assert session.texts == []
    assert await session.texts_after(0.08) == ["one two three four five six seven eight"]


@on_loop
async def test_a_partial_of_unknown_stability_is_said_after_three_seconds() -> None:
    session = Session()
    session.partial("hello everyone", None)
    assert await session.texts_after(2.99) == []
    assert await session.texts_after(0.01) == ["hello everyone"]
    assert session.said[0].stability_score == 0.0


@on_loop
async def test_a_final_settles_other_partials_of_the_five_seconds_before_it() -> None:
    session = Session()
    session.partial("an old thing", 0.5, "a", at_ms=1000)
    await session.clock.advance(5.5)
    session.partial("a thing", 0.5, "b", at_ms=6000)
    session.partial("the next thing", 0.6, "d", at_ms=8000)
    await session.clock.advance(0.2)
    session.partial("a thing", 0.5, "b", at_ms=6100)
    await session.clock.advance(0.2)
    session.final("A thing said otherwise.", "c", at_ms=7000)
    assert await session.texts_after(60) == ["A thing said otherwise.", "an old thing", "the next thing"]


@on_loop
async def test_the_same_words_are_said_again_after_ten_seconds_only() -> None:
    session = Session()
    for number, wait_s in enumerate((9.9, 0.1, 0)):
        session.final("Hello; 'everyone'!" if number else "hello  everyone", str(number))
        await session.clock.advance(wait_s)
    assert session.texts == ["hello  everyone", "Hello; 'everyone'!"]


@on_loop
async def test_a_partial_whose_final_never_comes_is_said_after_fifteen_seconds() -> None:
    session = Session()
    session.partial("hello every", 0.3)
    assert await session.texts_after(14.9) == []
    assert await session.texts_after(0.1) == ["hello every"]
    assert await session.texts_after(60) == ["hello every"]


@on_loop
async def test_of_the_partials_within_200_ms_the_most_stable_is_used_and_of_equals_the_newest() -> None:
    session = Session()
    for text, stability in (("One.", 0.86), ("Two.", 0.95), ("Three.", 0.95), ("Four.", 0.9), ("Five.", None)):
        session.partial(text, stability)
        await session.clock.advance(0.03)
    assert await session.texts_after(10) == ["Three."]


@on_loop
async def test_five_partials_a_second_are_said_and_finals_beyond_number() -> None:
    session = Session()
    for number in range(9):
        session.partial(f"sentence number {number}", 0.9, str(number))
        await session.clock.advance(0.2)
    session.clock._now_s += 3  # the loop was busy: all of them are overdue
    assert len(await session.texts_after(0)) == 5
    assert len(await session.texts_after(0.99)) == 5
    assert len(await session.texts_after(0.01)) == 9
    for number in range(20):
        session.final(f"final {number}", f"f{number}")
    assert len(session.said) == 29


@on_loop
async def test_more_than_ten_seconds_of_text_is_flushed_the_oldest_stable_first() -> None:
    session = Session()
    hundred = " ".join(["word"] * 98)
    for number, stability in enumerate((0.5, 0.9, 0.9, 0.5)):
        session.partial(f"{number} {hundred} {number}", stability, str(number))
        await session.clock.advance(0.2)
    assert [text[0] for text in session.texts] == ["1"]


@on_loop
async def test_a_partial_that_differs_by_less_than_a_third_from_what_was_said_is_left_to_the_final() -> None:
    session = Session()
    session.partial("We meet at seven.")
    await session.clock.advance(1)
    session.partial("We meet at eleven.")
    assert await session.texts_after(10) == ["We meet at seven."]
    session.partial("We need a driver, please.")
    assert await session.texts_after(1) == ["We meet at seven.", "We need a driver, please."]


@on_loop
async def test_an_older_result_does_not_replace_a_newer_one() -> None:
    session = Session()
    session.partial("good morning and welcome", 0.9, at_ms=900)
    await session.clock.advance(0.3)
    session.partial("good", 0.95, at_ms=300)
    assert await session.texts_after(5) == ["good morning and welcome"]


@on_loop
async def test_what_falls_due_together_is_said_in_the_order_of_the_audio() -> None:
    session = Session(max_buffer_timeout_s=2.0)
    session.partial("the second", 0.9, "b", at_ms=2000)
    await session.clock.advance(0.2)
    session.partial("the first", 0.9, "a", at_ms=1000)
    clock = session.clock
    clock._now_s += 5  # the loop was busy: both are overdue
    assert await session.texts_after(0) == ["the first", "the second"]


@pytest.mark.parametrize(("final", "logged"), [("We meet at noon.", True), ("We meet at eleven.", False)])
@on_loop
async def test_a_correction_of_more_than_a_fifth_is_logged(
    caplog: pytest.LogCaptureFixture, final: str, logged: bool
) -> None:
    caplog.set_level(logging.INFO, "reference.captions")
    session = Session()
    session.partial("We meet at seven.")
    await session.clock.advance(1)
    session.final(final)
    assert session.texts == ["We meet at seven.", final]
    assert any(record.operation == "correct" for record in caplog.records) == logged  # type: ignore[attr-defined]


@on_loop
async def test_empty_results_and_unwanted_partials_are_ignored() -> None:
    session = Session()
    session.partial("  ")
    session.final("")
    finals_only = Session(enabled=False)
    finals_only.partial("Hello everyone.")
    await finals_only.clock.advance(1)
    finals_only.final("Bye.", "2")
    await finals_only.clock.advance(60)
    assert await session.texts_after(60) == []
    assert finals_only.texts == ["Bye."]


@on_loop
async def test_nothing_buffered_is_said_after_the_end() -> None:
    session = Session()
    session.partial("Hello everyone.")
    session.captions.close()
    assert await session.texts_after(60) == []


@on_loop
async def test_the_dynamics_of_the_audio_go_with_the_words() -> None:
    session = Session()
    session.final("Hello.", "1", at_ms=500)
    session.captions.listen(b"\x00\x50\x00\xb0" * 8000)  # a loud tone of a second
    session.final("Hello everyone.", "2", at_ms=1000)
    assert [said.emotion_dynamics for said in session.said] == [
        EmotionDynamics(),
        EmotionDynamics(volume=1.0, rate=1.0, energy=1.0),
    ]


@pytest.mark.parametrize(
    ("one", "other", "share"),
    [("", "", 0.0), ("abcd", "", 1.0), ("Abcd.", "abcd", 0.0), ("kitten", "sitting", 3 / 7), ("ab", "abcd", 0.5)],
)
def test_the_difference_is_the_edit_distance_as_a_share_of_the_longer_text(one: str, other: str, share: float) -> None:
    assert difference(one, other) == difference(other, one) == pytest.approx(share)
