"""How recognition was started, and when it was closed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from hamcrest.core.base_matcher import BaseMatcher
from hamcrest.core.description import Description
from hamcrest.core.matcher import Matcher

from earshot.targets.control import Record


class _Attempts(BaseMatcher[Sequence[Record]]):
    def __init__(self, fits: Callable[[Sequence[Record]], bool], expected: str) -> None:
        self._fits = fits
        self._expected = expected

    def _matches(self, item: Sequence[Record]) -> bool:
        return self._fits(item)

    def describe_to(self, description: Description) -> None:
        description.append_text(self._expected)

    def describe_mismatch(self, item: Sequence[Record], mismatch_description: Description) -> None:
        mismatch_description.append_text(in_words(item))


def tried(times: int) -> Matcher[Sequence[Record]]:
    """Match so many attempts to start recognition, successful or not."""
    return _Attempts(lambda attempts: len(attempts) == times, f"{times} attempts to start it")


def started(times: int) -> Matcher[Sequence[Record]]:
    """Match attempts of which so many succeeded."""
    return _Attempts(
        lambda attempts: sum(one.opened_at_s is not None for one in attempts) == times,
        f"that it was started {times} times",
    )


def started_by_attempt(number: int) -> Matcher[Sequence[Record]]:
    """Match attempts of which the `number`-th succeeded, after all before it had failed."""
    return _Attempts(
        lambda attempts: [one.opened_at_s is not None for one in attempts] == [False] * (number - 1) + [True],
        f"{number - 1} failed attempts to start it and then a successful one",
    )


def growing_apart() -> Matcher[Sequence[Record]]:
    """Match three or more attempts, each further from the one before than that was from its predecessor."""
    return _Attempts(
        lambda attempts: len(_gaps_s(attempts)) > 1 and _gaps_s(attempts) == sorted(set(_gaps_s(attempts))),
        "attempts that are further and further apart",
    )


def in_words(attempts: Sequence[Record]) -> str:
    """Return what became of each attempt, and the time between them."""
    if not attempts:
        return "it was never tried"
    fates = [_fate(one) for one in attempts]
    gaps = "".join(f", {gap_s * 1000:.0f} ms later" for gap_s in _gaps_s(attempts))
    return f"attempts to start it: {', '.join(fates)}" + (f" (the first{gaps})" if gaps else "")


def _fate(attempt: Record) -> str:
    if attempt.opened_at_s is None:
        return "not started" if attempt.failure is None else f"failed ({attempt.failure.code})"
    return "started" if attempt.closed_at_s is None else "started and closed"


def _gaps_s(attempts: Sequence[Record]) -> list[float]:
    return [after.asked_at_s - before.asked_at_s for before, after in pairwise(attempts)]
