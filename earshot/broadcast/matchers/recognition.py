"""How recognition was started, and when it was closed."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from hamcrest.core.matcher import Matcher

from earshot.matchers.expectation import expectation
from earshot.targets.control import Record


def tried(times: int) -> Matcher[Sequence[Record]]:
    """Match so many attempts to start recognition, successful or not."""
    return expectation(f"{times} attempts to start it", lambda attempts: len(attempts) == times, in_words)


def started(times: int) -> Matcher[Sequence[Record]]:
    """Match attempts of which so many succeeded."""
    return expectation(
        f"that it was started {times} times",
        lambda attempts: sum(one.opened_at_s is not None for one in attempts) == times,
        in_words,
    )


def started_by_attempt(number: int) -> Matcher[Sequence[Record]]:
    """Match attempts of which the `number`-th succeeded, after all before it had failed."""
    return expectation(
        f"{number - 1} failed attempts to start it and then a successful one",
        lambda attempts: [one.opened_at_s is not None for one in attempts] == [False] * (number - 1) + [True],
        in_words,
    )


def growing_apart() -> Matcher[Sequence[Record]]:
    """Match three or more attempts, each further from the one before than that was from its predecessor."""
    return expectation(
        "attempts that are further and further apart",
        lambda attempts: len(_gaps_s(attempts)) > 1 and _gaps_s(attempts) == sorted(set(_gaps_s(attempts))),
        in_words,
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
