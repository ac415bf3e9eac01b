"""Numbers within limits."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from hamcrest import all_of, greater_than_or_equal_to, less_than_or_equal_to
from hamcrest.core.base_matcher import BaseMatcher
from hamcrest.core.description import Description
from hamcrest.core.matcher import Matcher


class _Rising(BaseMatcher[Sequence[float | None]]):
    def _matches(self, item: Sequence[float | None]) -> bool:
        numbers = [number for number in item if number is not None and number > 0]
        return len(numbers) == len(item) > 0 and all(before <= after for before, after in pairwise(numbers))

    def describe_to(self, description: Description) -> None:
        description.append_text("numbers above zero, none below the one before")


def between(low: float, high: float) -> Matcher[float]:
    """Match a number from `low` to `high`, both included."""
    matcher: Matcher[float] = all_of(greater_than_or_equal_to(low), less_than_or_equal_to(high))
    return matcher


def rising() -> Matcher[Sequence[float | None]]:
    """Match one or more numbers above zero of which none is below the one before; None is no number."""
    return _Rising()
