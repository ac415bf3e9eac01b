"""Refusals: how many, in which order, for which reason, and how they are explained."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hamcrest.core.matcher import Matcher

from earshot.broadcast.attempts import Refusal, is_refusal
from earshot.broadcast.matchers.explanations import names_the_field, reveals_nothing_inside
from earshot.broadcast.matchers.rates import (
    all_granted,
    granted_up_to,
    passed_on_then_dropped,
    refused_up_to,
    warns_of,
)
from earshot.broadcast.matchers.refusals import refused_with
from earshot.broadcast.microphone import Piece
from earshot.ledger import Kind, Observation

Outcomes = Sequence[Refusal | None]
Make = Callable[[], Matcher[Any]]


def refusal(code: str = "RATE", message: str = "Too often.", **details: object) -> Refusal:
    return Refusal(code, 429, message, details)


NO, OTHER = refusal(), refusal("FORBIDDEN")


def two_granted() -> Matcher[Outcomes]:
    return granted_up_to(2, refused_with("RATE"))


def one_forbidden() -> Matcher[Outcomes]:
    return refused_up_to(1, refused_with("FORBIDDEN"), refused_with("RATE"))


@pytest.mark.parametrize(
    ("make", "outcomes", "fits"),
    [
        (all_granted, [None, None], True),
        (all_granted, [], False),
        (all_granted, [None, NO], False),
        (two_granted, [None, None, NO, NO], True),
        (two_granted, [None, None], False),
        (two_granted, [None, NO, NO], False),
        (two_granted, [None, None, NO, None], False),
        (two_granted, [None, None, None, NO], False),
        (two_granted, [None, None, OTHER], False),
        (one_forbidden, [OTHER, NO], True),
        (one_forbidden, [OTHER], False),
        (one_forbidden, [NO, NO], False),
        (one_forbidden, [None, NO], False),
        (one_forbidden, [OTHER, OTHER], False),
    ],
)
def test_outcomes_are_judged_by_order_number_and_reason(make: Make, outcomes: Outcomes, fits: bool) -> None:
    assert make().matches(outcomes) is fits


PASSED, DROPPED = Piece("1", {"forwarded": True}), Piece("2", {"forwarded": False, "reason": "rateLimited"})
HELD, LOST = Piece("3", {"forwarded": False, "reason": "muted"}), Piece("4", None)


@pytest.mark.parametrize(
    ("pieces", "fits"),
    [
        ([PASSED, PASSED, DROPPED], True),
        ([PASSED, PASSED], False),
        ([PASSED, DROPPED, DROPPED], False),
        ([PASSED, PASSED, HELD], False),
        ([PASSED, PASSED, LOST], False),
        ([PASSED, PASSED, PASSED], False),
        ([PASSED, PASSED, DROPPED, DROPPED], False),
    ],
)
def test_pieces_are_passed_on_and_then_dropped_for_their_rate(pieces: list[Piece], fits: bool) -> None:
    assert passed_on_then_dropped(2, 1).matches(pieces) is fits


def test_a_warning_of_the_rate_gives_limit_window_and_number() -> None:
    warning = {"limit": 50, "windowSeconds": 1, "violationSeconds": 2, "droppedChunks": 7}
    assert warns_of(50, 7).matches(warning)
    for flaw in ({"limit": 51}, {"windowSeconds": 2}, {"violationSeconds": 3}, {"droppedChunks": 6}):
        assert not warns_of(50, 7).matches(warning | flaw), flaw


def test_a_field_is_named_in_the_details_or_in_the_message() -> None:
    expected = names_the_field("volume")
    assert expected.matches(refusal(field="volume"))
    assert expected.matches(refusal(invalidFields=["volume"]))
    assert expected.matches(refusal(message="The volume is too high."))
    assert not expected.matches(refusal(field="pace"))


@pytest.mark.parametrize(
    "inside", ["KeyError: 'x'", "at gateway.py", "line 12", "botocore", "/srv/app", "0x7f3a2b", "None", ""]
)
def test_an_explanation_shows_nothing_of_the_inside(inside: str) -> None:
    assert reveals_nothing_inside().matches(refusal(message="The volume is too high."))
    assert not reveals_nothing_inside().matches(refusal(message=inside))


def test_a_no_is_one_at_the_door_or_in_a_message() -> None:
    assert is_refusal(Observation(0, "Ana", "Ana", Kind.REFUSED, code=403))
    assert is_refusal(Observation(0, "Ana", "Ana", Kind.RECEIVED, {"type": "error"}))
    assert not is_refusal(Observation(0, "Ana", "Ana", Kind.RECEIVED, {"type": "sessionJoined"}))
