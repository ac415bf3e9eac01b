"""An answer belongs to the request that it names, and to the oldest one only where it names none."""

from __future__ import annotations

import pytest

from earshot.ledger import Kind, Observation
from earshot.measure.pairing import Pairing, pairs

NAMED = Pairing(lambda o: o.kind is Kind.SENT, lambda o: o.kind is Kind.RECEIVED, by="id")
Told = tuple[str, Kind, object]


def observed(*told: Told) -> list[Observation]:
    members = [(leg, kind, {} if name is None else {"id": name}) for leg, kind, name in told]
    return [Observation(at, leg, leg, kind, message=message) for at, (leg, kind, message) in enumerate(members, 1)]


def asks(name: object = None, leg: str = "Ana") -> Told:
    return leg, Kind.SENT, name


def is_told(name: object = None, leg: str = "Ana") -> Told:
    return leg, Kind.RECEIVED, name


@pytest.mark.parametrize(
    ("told", "answered_at"),
    [
        ([asks("a"), asks("b"), is_told("b"), is_told("a")], [4, 3]),
        ([asks("a"), asks("b"), is_told("a"), is_told("a")], [3, None]),
        ([asks("a"), is_told("b")], [None]),
        ([asks(), asks(), is_told(), is_told()], [3, 4]),
        ([asks("a"), asks("b"), is_told()], [3, None]),
        ([is_told("a"), asks("a")], [None]),
        ([asks("a"), is_told("a", leg="Lena")], [None]),
        ([asks("a"), asks("a", leg="Lena"), is_told("a", leg="Lena")], [None, 3]),
    ],
)
def test_answers_belong_to_their_requests(told: list[Told], answered_at: list[int | None]) -> None:
    found = pairs(observed(*told), NAMED)
    assert [pair.answer and pair.answer.at_ns for pair in found] == answered_at


def test_what_is_kept_a_moment_late_is_put_in_its_place() -> None:
    first, second = observed(asks("a"), is_told("a"))
    assert pairs([second, first], NAMED)[0].answer is second
