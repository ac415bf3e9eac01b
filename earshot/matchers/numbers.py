"""Numbers within limits."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from hamcrest import all_of, greater_than_or_equal_to, less_than_or_equal_to
from hamcrest.core.matcher import Matcher

from earshot.matchers.expectation import expectation


def between(low: float, high: float) -> Matcher[float]:
    """Match a number from `low` to `high`, both included."""
    matcher: Matcher[float] = all_of(greater_than_or_equal_to(low), less_than_or_equal_to(high))
    return matcher


def rising() -> Matcher[Sequence[float | None]]:
    """Match one or more numbers above zero of which none is below the one before; None is no number."""

    def fits(given: Sequence[float | None]) -> bool:
        numbers = [number for number in given if number is not None and number > 0]
        return len(numbers) == len(given) > 0 and all(before <= after for before, after in pairwise(numbers))

    return expectation("numbers above zero, none below the one before", fits)
