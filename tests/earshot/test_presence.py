"""Presence is told as people tell it."""

from __future__ import annotations

import pytest
from hamcrest import assert_that

from earshot.matchers.presence import nothing, something


@pytest.mark.parametrize("item", [[], None, "", {}, ()])
def test_nothing_is_nothing(item: object) -> None:
    assert_that(item, nothing())
    with pytest.raises(AssertionError, match="there was nothing"):
        assert_that(item, something())


@pytest.mark.parametrize("item", [["a"], 0, "words", {"a"}])
def test_something_is_something(item: object) -> None:
    assert_that(item, something())
    with pytest.raises(AssertionError, match="nothing"):
        assert_that(item, nothing())


def test_what_there_was_is_told_in_words() -> None:
    with pytest.raises(AssertionError, match="there was “a”; “b”; “c”; and 2 more"):
        assert_that(["a", "b", "c", "d", "e"], nothing(lambda one: f"“{one}”"))
