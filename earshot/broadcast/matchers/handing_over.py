"""How a sentence was handed over to translation."""

from __future__ import annotations

from collections.abc import Sequence

from hamcrest.core.matcher import Matcher

from earshot.matchers.expectation import expectation
from earshot.targets.control import Record

SURELY_A_SECOND_S = 0.95
"""Two hand-overs that are a second apart may be noted a little closer: each takes its time from decision to note."""


def anyhow() -> Matcher[Record]:
    """Match any hand-over."""
    return expectation("one hand-over", lambda _: True, in_words)


def handed_over_as(kind: str, stability: float) -> Matcher[Record]:
    """Match the hand-over of a sentence that is `final` or `provisional`, with this stability."""
    return expectation(
        f"{kind}, with a stability of {stability:g}",
        lambda one: one.is_partial == (kind == "provisional") and one.stability_score == stability,
        in_words,
    )


def acknowledged_by_attempt(number: int) -> Matcher[Record]:
    """Match a hand-over whose `number`-th attempt was acknowledged, and no earlier one."""
    fates = [False] * (number - 1) + [True]
    return expectation(
        f"{number - 1} attempts in vain and then one that is acknowledged",
        lambda one: [attempt.acknowledged_at_s is not None for attempt in one.attempts] == fates,
        in_words,
    )


def given_up_after(attempts: int) -> Matcher[Record]:
    """Match a hand-over of which so many attempts were made, none of them acknowledged."""
    return expectation(
        f"{attempts} attempts in vain",
        lambda one: [attempt.acknowledged_at_s for attempt in one.attempts] == [None] * attempts,
        in_words,
    )


def at_most_in_a_second(count: int) -> Matcher[Sequence[Record]]:
    """Match hand-overs of which no more than so many were made within any second; none at all do not match."""
    return expectation(
        f"at most {count} hand-overs within any second, and at least one",
        lambda handovers: 0 < _most_in_a_second(handovers) <= count,
        lambda handovers: f"there were up to {_most_in_a_second(handovers)} within a second",
    )


def _most_in_a_second(handovers: Sequence[Record]) -> int:
    at_s = sorted(one.attempts[0].at_s for one in handovers if one.attempts)
    return max((sum(begin <= other < begin + SURELY_A_SECOND_S for other in at_s) for begin in at_s), default=0)


def in_words(handover: Record) -> str:
    """Return what was handed over and what came of each attempt."""
    kind = "provisional" if handover.is_partial else "final"
    fates = ["acknowledged" if one.acknowledged_at_s is not None else f"{one.failure}" for one in handover.attempts]
    return (
        f'"{handover.transcript_text}" was handed over as {kind}, with a stability of {handover.stability_score:g}; '
        f"attempts: {', '.join(fates) or 'none'}"
    )
