"""What an engineer is told about the pieces that were sent last."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean
from typing import Any

from hamcrest import (
    all_of,
    assert_that,
    close_to,
    equal_to,
    greater_than,
    greater_than_or_equal_to,
    less_than,
    only_contains,
)

from earshot.matchers.numbers import between
from earshot.participant import ms_between
from earshot.studio.engineer import Engineer
from earshot.studio.following import LATENCY_OFF_BY_MS, MEAN_OFF_BY_MS, MEAN_OFF_BY_SHARE


def counts(engineer: Engineer, first: int, last: int) -> None:
    """Insist that the pieces were counted from `first` to `last`, one by one."""
    assert_that(_each(engineer, "chunks_processed"), equal_to([*range(first, last + 1)]), _of(engineer, "counts"))


def has_level(engineer: Engineer, *, level: float, tolerance: float) -> None:
    """Insist on this level in dBFS for each piece."""
    told = [quality.get("rms") for quality in _each(engineer, "quality_metrics")]
    near: Any = only_contains(between(level - tolerance, level + tolerance))
    assert_that(told, near, _of(engineer, "levels"))


def has_mean(engineer: Engineer) -> None:
    """Insist that the last average is the mean of the latencies of the whole session (STU-25)."""
    exact = fmean(piece.took_ms for piece in engineer.session.pieces if piece.was_processed)
    average = _each(engineer, "average_latency")[-1]
    within = max(MEAN_OFF_BY_MS, MEAN_OFF_BY_SHARE * exact)
    assert_that(average, close_to(exact, within), _of(engineer, "average latency"))


def is_quick(engineer: Engineer, *, most_ms: float) -> None:
    """Insist on less than so many milliseconds in the service for each piece."""
    quick: Any = only_contains(all_of(greater_than(0), less_than(most_ms)))
    assert_that(_each(engineer, "total_latency"), quick, _of(engineer, "latencies in the service"))


def is_slow(engineer: Engineer, *, least_ms: float) -> None:
    """Insist on at least so many milliseconds in the service for each piece."""
    slow: Any = only_contains(greater_than_or_equal_to(least_ms))
    assert_that(_each(engineer, "total_latency"), slow, _of(engineer, "latencies in the service"))


def is_honest(engineer: Engineer) -> None:
    """Insist that each latency is above zero, and no longer than it took to come back (STU-118)."""
    for piece in engineer.sending.pieces:
        assert piece.answer is not None
        took_ms = ms_between(piece.sent, piece.answer)
        possible = all_of(greater_than(0), less_than(took_ms + LATENCY_OFF_BY_MS))
        assert_that(piece.took_ms, possible, f"how many ms {engineer.name} is told that a piece took")


def _each(engineer: Engineer, member: str) -> Sequence[Any]:
    told = [piece.figures.get(member) for piece in engineer.sending.pieces]
    if not told:
        raise AssertionError(f"{engineer.name} sent no pieces last, so nothing was told of them")
    return told


def _of(engineer: Engineer, what: str) -> str:
    return f"the {what} that {engineer.name} is told"
