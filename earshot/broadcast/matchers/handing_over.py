"""How a sentence was handed over to translation."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hamcrest.core.base_matcher import BaseMatcher
from hamcrest.core.description import Description
from hamcrest.core.matcher import Matcher

from earshot.targets.control import Record

SURELY_A_SECOND_S = 0.95
"""Two hand-overs that are a second apart may be noted a little closer: each takes its time from decision to note."""


class _Handover(BaseMatcher[Record]):
    def __init__(self, fits: Callable[[Record], bool], expected: str) -> None:
        self._fits = fits
        self._expected = expected

    def _matches(self, item: Record) -> bool:
        return self._fits(item)

    def describe_to(self, description: Description) -> None:
        description.append_text(self._expected)

    def describe_mismatch(self, item: Record, mismatch_description: Description) -> None:
        mismatch_description.append_text(in_words(item))


class _AtMostInASecond(BaseMatcher[Sequence[Record]]):
    def __init__(self, count: int) -> None:
        self._count = count

    def _matches(self, item: Sequence[Record]) -> bool:
        return 0 < self._most(item) <= self._count

    def describe_to(self, description: Description) -> None:
        description.append_text(f"at most {self._count} hand-overs within any second, and at least one")

    def describe_mismatch(self, item: Sequence[Record], mismatch_description: Description) -> None:
        mismatch_description.append_text(f"there were up to {self._most(item)} within a second")

    def _most(self, handovers: Sequence[Record]) -> int:
        at_s = sorted(one.attempts[0].at_s for one in handovers if one.attempts)
        return max((sum(begin <= other < begin + SURELY_A_SECOND_S for other in at_s) for begin in at_s), default=0)


def anyhow() -> Matcher[Record]:
    """Match any hand-over."""
    return _Handover(lambda _: True, "one hand-over")


def handed_over_as(kind: str, stability: float) -> Matcher[Record]:
    """Match the hand-over of a sentence that is `final` or `provisional`, with this stability."""
    return _Handover(
        lambda one: one.is_partial == (kind == "provisional") and one.stability_score == stability,
        f"{kind}, with a stability of {stability:g}",
    )


def acknowledged_by_attempt(number: int) -> Matcher[Record]:
    """Match a hand-over whose `number`-th attempt was acknowledged, and no earlier one."""
    return _Handover(
        lambda one: (
            [attempt.acknowledged_at_s is not None for attempt in one.attempts] == [False] * (number - 1) + [True]
        ),
        f"{number - 1} attempts in vain and then one that is acknowledged",
    )


def given_up_after(attempts: int) -> Matcher[Record]:
    """Match a hand-over of which so many attempts were made, none of them acknowledged."""
    return _Handover(
        lambda one: [attempt.acknowledged_at_s for attempt in one.attempts] == [None] * attempts,
        f"{attempts} attempts in vain",
    )


def at_most_in_a_second(count: int) -> Matcher[Sequence[Record]]:
    """Match hand-overs of which no more than so many were made within any second; none at all do not match."""
    return _AtMostInASecond(count)


def in_words(handover: Record) -> str:
    """Return what was handed over and what came of each attempt."""
    kind = "provisional" if handover.is_partial else "final"
    fates = ["acknowledged" if one.acknowledged_at_s is not None else f"{one.failure}" for one in handover.attempts]
    return (
        f'"{handover.transcript_text}" was handed over as {kind}, with a stability of {handover.stability_score:g}; '
        f"attempts: {', '.join(fates) or 'none'}"
    )
