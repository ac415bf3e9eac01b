"""Looking again until something is as it should be, for what does not announce itself.

What comes over a connection is awaited in the ledger. Records, metrics and the doubles' observations can only be looked
up, so a look-up is repeated, never slept for.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

from hamcrest import assert_that
from hamcrest.core.matcher import Matcher

PATIENCE_S = 10.0
LOOK_EVERY_S = 0.02
FIRST_LOOK_AGAIN_S = 0.004
"""Most of what is looked up is there within milliseconds, so the second look comes sooner than later ones."""

Found = TypeVar("Found")


def comes_to(
    look_up: Callable[[], Found],
    expected: Matcher[Any],
    what: str,
    *,
    within_s: float = PATIENCE_S,
    every_s: float = LOOK_EVERY_S,
) -> Found:
    """Return what was found as soon as it is as expected; AssertionError if it does not come to be in time."""
    deadline, rest_s = time.monotonic() + within_s, min(FIRST_LOOK_AGAIN_S, every_s)
    while not expected.matches(found := look_up()):
        if time.monotonic() > deadline:
            assert_that(found, expected, f"{what}, looked up for {within_s:g} s")
        time.sleep(rest_s)
        rest_s = min(2 * rest_s, every_s)
    return found


def stays(look_up: Callable[[], Found], expected: Matcher[Any], what: str, *, for_s: float) -> None:
    """Return after `for_s` seconds if it was as expected whenever it was looked up; AssertionError otherwise."""
    deadline = time.monotonic() + for_s
    while True:
        assert_that(look_up(), expected, f"{what}, during {for_s:g} s")
        if time.monotonic() > deadline:
            return
        time.sleep(LOOK_EVERY_S)
