"""Hand-overs of sentences are those that were expected, no more of them, and as they were expected."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest

from earshot.broadcast import handovers
from earshot.broadcast.handovers import HandOvers
from earshot.broadcast.speaker import Speaker
from earshot.patience import comes_to
from earshot.targets.control import Control, Record

Attempts = tuple[tuple[float, float | None], ...]
"""When each began, and when it was acknowledged, if it was."""
SESSION = "calm-river-200"


class Pipeline:
    """A control plane that tells of these hand-overs."""

    def __init__(self, *handed_over: Record) -> None:
        self.handed_over = list(handed_over)

    def observe(self, kind: str, *, session_id: str) -> list[Record]:
        assert kind == "handovers"
        return self.handed_over if session_id == SESSION else []


def one(text: str = "Good morning.", *, attempts: Attempts = ((1.0, 1.1),), **more: Any) -> Record:
    tries = [Record(at_s=at_s, acknowledged_at_s=told_s) for at_s, told_s in attempts]
    usual: dict[str, Any] = {
        "session_id": SESSION,
        "source_language": "en",
        "is_partial": False,
        "stability_score": 1.0,
    }
    return Record(transcript_text=text, attempts=tries, **{**usual, **more})


def told(*handed_over: Record) -> HandOvers:
    return HandOvers(cast(Control, Pipeline(*handed_over)), lambda: [SESSION])


def is_missed(ask: Callable[[], object], words: str) -> None:
    with pytest.raises(AssertionError, match=words):
        ask()


@pytest.fixture(autouse=True)
def _in_haste(monkeypatch: pytest.MonkeyPatch) -> None:
    def soon(*args: Any, **_: Any) -> object:
        return comes_to(*args, within_s=0.1)

    monkeypatch.setattr(handovers, "comes_to", soon)
    monkeypatch.setattr(handovers, "A_MOMENT_S", 0.01)


def test_just_those_are_no_fewer_and_no_more() -> None:
    told(one("One."), one("Two.")).are_just("One.", "Two.", for_s=0.01)
    is_missed(lambda: told(one("One.")).are_just("One.", "Two.", for_s=0.01), "handed over")
    is_missed(lambda: told(one("One."), one("Two.")).are_just("One.", for_s=0.01), "handed over")


def test_those_that_come_a_moment_later_are_waited_for() -> None:
    pipeline = Pipeline()
    looks = iter(range(10**6))
    pipeline.observe = lambda *_a, **_k: [one("One.")] * (next(looks) > 0)  # type: ignore[method-assign]
    HandOvers(cast(Control, pipeline), lambda: [SESSION]).are_just("One.", for_s=0.01)


def test_one_more_a_moment_later_is_one_too_many() -> None:
    pipeline = Pipeline(one("One."))
    late = HandOvers(cast(Control, pipeline), lambda: [SESSION])
    looks = iter(range(10**6))
    pipeline.observe = lambda *_a, **_k: [one("One.")] * (1 + (next(looks) > 1))  # type: ignore[method-assign]
    is_missed(lambda: late.are_just("One.", for_s=0.3), "handed over")
    looks = iter(range(10**6))
    is_missed(lambda: late.come_to_number(1), "handed over")


def test_none_is_none() -> None:
    told().are_none(for_s=0.01)
    is_missed(lambda: told(one()).are_none(for_s=0.01), "Good morning")


def test_only_those_of_the_sessions_of_the_scenario_count() -> None:
    foreign = HandOvers(cast(Control, Pipeline(one())), lambda: ["other"])
    assert foreign.all() == []


def test_a_sentence_is_handed_over_exactly_once() -> None:
    assert told(one(), one("Two.")).of("Good morning.").transcript_text == "Good morning."
    is_missed(lambda: told(one(), one()).of("Good morning."), 'how "Good morning." is handed over')
    is_missed(lambda: told().latest, "no sentence was handed over yet")


def test_it_names_session_and_language() -> None:
    ana = cast(Speaker, Record(session_id=SESSION))
    found = told(one())
    found.of("Good morning.")
    found.names(ana, "en")
    is_missed(lambda: found.names(ana, "es"), "what the hand-over names")
    is_missed(lambda: found.names(cast(Speaker, Record(session_id="other")), "en"), "what the hand-over names")


def test_an_acknowledgement_takes_no_longer_than_it_may() -> None:
    found = told(one(attempts=((1.0, 1.3),)))
    found.of("Good morning.")
    found.is_acknowledged_within(0.5)
    is_missed(lambda: found.is_acknowledged_within(0.2), "how long the acknowledgement")
    never = told(one(attempts=((1.0, None),)))
    never.of("Good morning.")
    is_missed(lambda: never.is_acknowledged_within(60), "how long the acknowledgement")


def test_attempts_keep_their_distance() -> None:
    found = told(one(attempts=((1.0, None), (1.2, None), (1.5, 1.6))))
    found.of("Good morning.")
    found.is_repeated_after(200)
    is_missed(lambda: found.is_repeated_after(250), "between two attempts")
    once = told(one())
    once.of("Good morning.")
    is_missed(lambda: once.is_repeated_after(1), "between two attempts")


def test_it_says_how_the_words_were_spoken() -> None:
    found = told(one(emotion_dynamics=Record(volume=0.4)))
    found.gives("Good morning.", {"volume": 0.4})
    is_missed(lambda: found.gives("Good morning.", {"volume": 0.9}), "how the words are said")
