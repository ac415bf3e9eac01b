"""What became of requests and of pieces of audio that came fast."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from hamcrest import has_entries
from hamcrest.core.base_matcher import BaseMatcher
from hamcrest.core.description import Description
from hamcrest.core.matcher import Matcher

from earshot.broadcast.attempts import Refusal
from earshot.broadcast.microphone import Piece
from earshot.matchers.numbers import between

Outcomes = Sequence[Refusal | None]


class _GrantedUpTo(BaseMatcher[Outcomes]):
    def __init__(self, granted: int, refused_with: Matcher[Refusal]) -> None:
        self._granted = granted
        self._refused_with = refused_with

    def _matches(self, item: Outcomes) -> bool:
        return (
            len(item) > self._granted
            and all(refusal is None for refusal in item[: self._granted])
            and all(refusal is not None and self._refused_with.matches(refusal) for refusal in item[self._granted :])
        )

    def describe_to(self, description: Description) -> None:
        description.append_text(f"{self._granted} granted and then only ").append_description_of(self._refused_with)

    def describe_mismatch(self, item: Outcomes, mismatch_description: Description) -> None:
        mismatch_description.append_text(_runs(_said(item)))


class _RefusedUpTo(BaseMatcher[Outcomes]):
    def __init__(self, count: int, first: Matcher[Refusal], rest: Matcher[Refusal]) -> None:
        self._count = count
        self._first = first
        self._rest = rest

    def _matches(self, item: Outcomes) -> bool:
        return (
            len(item) > self._count
            and all(refusal is not None and self._first.matches(refusal) for refusal in item[: self._count])
            and all(refusal is not None and self._rest.matches(refusal) for refusal in item[self._count :])
        )

    def describe_to(self, description: Description) -> None:
        description.append_text(f"{self._count} times ").append_description_of(self._first)
        description.append_text(" and then only ").append_description_of(self._rest)

    def describe_mismatch(self, item: Outcomes, mismatch_description: Description) -> None:
        mismatch_description.append_text(_runs(_said(item)))


class _AllGranted(BaseMatcher[Outcomes]):
    def _matches(self, item: Outcomes) -> bool:
        return len(item) > 0 and all(refusal is None for refusal in item)

    def describe_to(self, description: Description) -> None:
        description.append_text("all granted")

    def describe_mismatch(self, item: Outcomes, mismatch_description: Description) -> None:
        mismatch_description.append_text(_runs(_said(item)))


class _Fates(BaseMatcher[Sequence[Piece]]):
    def __init__(self, passed_on: int, dropped: int) -> None:
        self._passed_on = passed_on
        self._dropped = dropped

    def _matches(self, item: Sequence[Piece]) -> bool:
        first, rest = item[: self._passed_on], item[self._passed_on :]
        return (
            len(item) == self._passed_on + self._dropped
            and all(piece.passed_on for piece in first)
            and all(piece.dropped_for_rate for piece in rest)
        )

    def describe_to(self, description: Description) -> None:
        description.append_text(f"{self._passed_on} pieces passed on and then {self._dropped} dropped for their rate")

    def describe_mismatch(self, item: Sequence[Piece], mismatch_description: Description) -> None:
        mismatch_description.append_text(_runs([_fate(piece) for piece in item]))


def all_granted() -> Matcher[Outcomes]:
    """Match outcomes, at least one, of which none is a refusal."""
    return _AllGranted()


def granted_up_to(count: int, refused_with: Matcher[Refusal]) -> Matcher[Outcomes]:
    """Match outcomes of which the first `count` were granted and all others, at least one, refused like that."""
    return _GrantedUpTo(count, refused_with)


def refused_up_to(count: int, first: Matcher[Refusal], rest: Matcher[Refusal]) -> Matcher[Outcomes]:
    """Match outcomes of which `count` were refused like `first`, and then all others, at least one, like `rest`."""
    return _RefusedUpTo(count, first, rest)


def passed_on_then_dropped(passed_on: int, dropped: int) -> Matcher[Sequence[Piece]]:
    """Match pieces of which the first were passed on, and the rest dropped because there were too many."""
    return _Fates(passed_on, dropped)


def warns_of(limit: int, dropped: int) -> Matcher[Mapping[str, object]]:
    """Match a warning about too much audio that gives the limit and how many pieces were dropped by then."""
    return has_entries(
        limit=limit, windowSeconds=1, violationSeconds=between(1, 2), droppedChunks=between(dropped, dropped + 1)
    )


def _said(outcomes: Outcomes) -> list[str]:
    return ["granted" if refusal is None else f"refused with {refusal.code}" for refusal in outcomes]


def _fate(piece: Piece) -> str:
    if piece.said is None:
        return "not acknowledged"
    if piece.passed_on:
        return "passed on"
    return f"held back ({piece.said.get('reason', 'no reason given')})"


def _runs(said: Sequence[str]) -> str:
    """Say the same in fewer words: how many of each, in order."""
    if not said:
        return "there were none"
    runs: list[Counter[str]] = []
    for one in said:
        if runs and one in runs[-1]:
            runs[-1][one] += 1
        else:
            runs.append(Counter([one]))
    return ", then ".join(f"{count} {one}" for run in runs for one, count in run.items())
