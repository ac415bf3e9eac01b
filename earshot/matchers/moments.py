"""Whether something lasted as long as it should."""

from __future__ import annotations

from hamcrest.core.base_matcher import BaseMatcher
from hamcrest.core.description import Description
from hamcrest.core.matcher import Matcher


class _Between(BaseMatcher[float]):
    def __init__(self, least_s: float, most_s: float) -> None:
        self._least_s = least_s
        self._most_s = most_s

    def _matches(self, item: float) -> bool:
        return self._least_s <= item <= self._most_s

    def describe_to(self, description: Description) -> None:
        description.append_text(f"{self._least_s:g} to {self._most_s:g} seconds")

    def describe_mismatch(self, item: float, mismatch_description: Description) -> None:
        mismatch_description.append_text(f"it was {item:.3f} seconds")


def lasting(least_s: float, most_s: float) -> Matcher[float]:
    """Match a duration in seconds from `least_s` to `most_s`, both included."""
    return _Between(least_s, most_s)
