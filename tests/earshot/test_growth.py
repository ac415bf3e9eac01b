"""Whether something grew slower: sure, surely not, or not decided."""

from __future__ import annotations

import math

import pytest

from earshot.failures import Unusable
from earshot.measure.growth import Growth, growth
from earshot.measure.verdict import Outcome

NAMES = ("in the first 3 s", "in the last 3 s")
EVEN = [5.0 + k % 3 for k in range(30)]


def compared(
    after_ms: list[float],
    *,
    error_ms: float = 0.5,
    held_up_ms: tuple[list[float], list[float]] = ([], []),
    complaints: tuple[str, ...] = (),
) -> Growth:
    return growth(
        EVEN, after_ms, at_most=2.0, error_ms=error_ms, names=NAMES, held_up_ms=held_up_ms, complaints=complaints
    )


def test_as_quick_as_before_passes() -> None:
    found = compared(EVEN)
    assert found.outcome is Outcome.PASS
    assert found.words == (
        "6.0 ms (median) in the last 3 s, 6.0 ms (median) in the first 3 s; 2 times as long is allowed (95 % sure)"
    )


def test_what_is_slow_within_what_is_to_spare_passes() -> None:
    slow = [4 * time_ms for time_ms in EVEN]
    assert growth(EVEN, slow, at_most=2.0, spare_ms=20, error_ms=0.5, names=NAMES).outcome is Outcome.PASS
    found = growth(EVEN, slow, at_most=2.0, spare_ms=0.5, error_ms=0.5, names=NAMES)
    assert found.outcome is Outcome.FAIL
    assert "only 2 times as long, and 0.5 ms more, is allowed" in found.words


def test_three_times_as_slow_fails_and_says_so() -> None:
    found = compared([3 * time_ms for time_ms in EVEN])
    assert found.outcome is Outcome.FAIL
    assert found.words.startswith("slower and slower: 18 ms (median) in the last 3 s, 6.0 ms (median) in the first")


def test_just_about_twice_as_slow_is_not_decided() -> None:
    assert compared([2 * time_ms for time_ms in EVEN]).outcome is Outcome.INCONCLUSIVE


def test_what_the_stopwatch_could_have_added_is_held_against_nobody_and_shows_nothing() -> None:
    assert compared([3 * time_ms for time_ms in EVEN], error_ms=20).outcome is Outcome.INCONCLUSIVE
    assert compared(EVEN, error_ms=20).outcome is Outcome.PASS


def test_below_what_is_quick_nobody_grows_slow() -> None:
    slower_ms = [3 * time_ms for time_ms in EVEN]
    found = growth(EVEN, slower_ms, at_most=2.0, error_ms=0.5, names=NAMES, quick_ms=11)
    assert found.outcome is Outcome.PASS
    assert (
        "18 ms (median) in the last 3 s, 6.0 ms (median) in the first 3 s; 2 times as long is allowed above 11 ms ("
        in (found.words)
    )
    assert growth(EVEN, slower_ms, at_most=2.0, error_ms=0.5, names=NAMES, quick_ms=7).outcome is Outcome.FAIL


def test_what_others_held_up_at_the_end_is_no_growth() -> None:
    slower_ms, busy = [4 * time_ms for time_ms in EVEN], ("it had other work",)
    explained = compared(slower_ms, held_up_ms=([0.0] * 30, [8.0] * 30), complaints=busy)
    assert explained.outcome is Outcome.INCONCLUSIVE
    assert "it had other work" in explained.words
    assert compared(slower_ms, held_up_ms=([0.0] * 30, [1.0] * 30), complaints=busy).outcome is Outcome.FAIL


def test_what_others_held_up_at_the_beginning_hides_no_growth() -> None:
    assert compared([1.25 * time_ms for time_ms in EVEN]).outcome is Outcome.PASS
    slow_start = ([2.0] * 30, [0.0] * 30)
    assert compared([1.25 * time_ms for time_ms in EVEN], held_up_ms=slow_start).outcome is Outcome.INCONCLUSIVE


def test_what_never_came_at_the_end_is_slower() -> None:
    found = compared([math.inf] * 30)
    assert found.outcome is Outcome.FAIL
    assert "more than half lost in the last 3 s" in found.words


def test_too_few_are_refused() -> None:
    with pytest.raises(Unusable, match="takes at least 20 delays of each, but there are 30 and 19"):
        compared(EVEN[:19])
