"""Whether there is anything at all, said as people say it."""

from __future__ import annotations

from collections.abc import Callable, Sized
from typing import Any

from hamcrest.core.base_matcher import BaseMatcher
from hamcrest.core.description import Description
from hamcrest.core.matcher import Matcher

MOST_TOLD = 3


class _Presence(BaseMatcher[Any]):
    def __init__(self, wanted: bool, in_words: Callable[[Any], str]) -> None:
        self._wanted = wanted
        self._in_words = in_words

    def _matches(self, item: Any) -> bool:
        return _is_there(item) is self._wanted

    def describe_to(self, description: Description) -> None:
        description.append_text("something" if self._wanted else "nothing")

    def describe_mismatch(self, item: Any, mismatch_description: Description) -> None:
        if not _is_there(item):
            mismatch_description.append_text("there was nothing")
            return
        several = list(item) if isinstance(item, list | tuple | set | frozenset) else [item]
        told = "; ".join(self._in_words(one) for one in several[:MOST_TOLD])
        more = f"; and {len(several) - MOST_TOLD} more" if len(several) > MOST_TOLD else ""
        mismatch_description.append_text(f"there was {told}{more}")


def something() -> Matcher[Any]:
    """Match what is neither None nor empty."""
    return _Presence(True, str)


def nothing(in_words: Callable[[Any], str] = str) -> Matcher[Any]:
    """Match None and what is empty; `in_words` says what there was instead."""
    return _Presence(False, in_words)


def _is_there(item: Any) -> bool:
    return item is not None and (not isinstance(item, Sized) or len(item) > 0)
