"""Whether there is anything at all, said as people say it."""

from __future__ import annotations

from collections.abc import Callable, Sized
from typing import Any

from hamcrest.core.matcher import Matcher

from earshot.matchers.expectation import expectation

MOST_TOLD = 3


def something() -> Matcher[Any]:
    """Match what is neither None nor empty."""
    return expectation("something", _is_there, lambda _: "there was nothing")


def nothing(in_words: Callable[[Any], str] = str) -> Matcher[Any]:
    """Match None and what is empty; `in_words` says what there was instead."""

    def instead(item: Any) -> str:
        several = list(item) if isinstance(item, list | tuple | set | frozenset) else [item]
        told = "; ".join(in_words(one) for one in several[:MOST_TOLD])
        return f"there was {told}" + (f"; and {len(several) - MOST_TOLD} more" if len(several) > MOST_TOLD else "")

    return expectation("nothing", lambda item: not _is_there(item), instead)


def _is_there(item: Any) -> bool:
    return item is not None and (not isinstance(item, Sized) or len(item) > 0)
