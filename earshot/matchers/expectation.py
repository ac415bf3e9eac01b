"""A matcher of one sentence, one question and one answer: most need no more."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from hamcrest.core.base_matcher import BaseMatcher
from hamcrest.core.description import Description
from hamcrest.core.matcher import Matcher

Judged = TypeVar("Judged")


class _Expectation(BaseMatcher[Judged]):
    def __init__(self, words: str, fits: Callable[[Judged], bool], instead: Callable[[Judged], str] | None) -> None:
        self._words = words
        self._fits = fits
        self._instead = instead

    def _matches(self, item: Judged) -> bool:
        return self._fits(item)

    def describe_to(self, description: Description) -> None:
        description.append_text(self._words)

    def describe_mismatch(self, item: Judged, mismatch_description: Description) -> None:
        if self._instead is None:
            super().describe_mismatch(item, mismatch_description)
        else:
            mismatch_description.append_text(self._instead(item))


def expectation(
    words: str, fits: Callable[[Judged], bool], instead: Callable[[Judged], str] | None = None
) -> Matcher[Judged]:
    """Match what fits; `words` say what is expected, and `instead` what there was when something else came."""
    return _Expectation(words, fits, instead)
