"""Whether something grew slower: one part of a measurement against another, by the middle of each.

The median of a sample is as uncertain as any other percentile, so each has exact binomial bounds here too, and "at most
twice as long" is sure, or surely not, or not decided.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from earshot.failures import Unusable
from earshot.measure.budget import SURE, percent
from earshot.measure.sentences import AGAIN, duration
from earshot.measure.verdict import Outcome

FEWEST = 20
"""With fewer on either side a median says too little for any verdict."""


@dataclass(frozen=True, slots=True)
class Growth:
    """How the medians of two parts of a measurement compare. Times are in milliseconds."""

    outcome: Outcome
    before_ms: float
    after_ms: float
    at_most: float
    """How many times as long the later ones may take."""
    error_ms: float
    """By how much the stopwatch may err."""
    words: str
    """The verdict in one sentence."""


def growth(
    before_ms: Sequence[float],
    after_ms: Sequence[float],
    *,
    at_most: float,
    error_ms: float,
    names: tuple[str, str],
    quick_ms: float = 0.0,
    spare_ms: float = 0.0,
    held_up_ms: tuple[Sequence[float], Sequence[float]] = ((), ()),
    complaints: Sequence[str] = (),
) -> Growth:
    """Return the verdict on "the later ones take at most so many times as long, and `spare_ms` more, as the earlier".

    What never came is infinite. `names` say what the two parts are, `held_up_ms` for how long others may have held up
    each of either part, `complaints` why. Neither verdict rests on a difference that they or the stopwatch could have
    made, and everything up to `quick_ms` is alike quick. Raises Unusable when either part has fewer than 20.
    """
    if min(len(before_ms), len(after_ms)) < FEWEST:
        raise Unusable(
            f"to compare {names[0]} with {names[1]} takes at least {FEWEST} delays of each, but there are "
            f"{len(before_ms)} and {len(after_ms)}; measure for longer"
        )
    (least, most), (least_after, most_after) = (
        _between(times_ms, np.asarray(held_up or 0.0), quick_ms)
        for times_ms, held_up in zip((before_ms, after_ms), held_up_ms, strict=True)
    )
    middle = float(np.median(before_ms)), float(np.median(after_ms))
    if most_after <= at_most * least + spare_ms:
        outcome = Outcome.PASS
    elif least_after > at_most * most + spare_ms + error_ms:
        outcome = Outcome.FAIL
    else:
        outcome = Outcome.INCONCLUSIVE
    spare = f", and {duration(spare_ms)} more," if spare_ms else ""
    allowed = f"{at_most:g} times as long{spare} is allowed" + (f" above {duration(quick_ms)}" if quick_ms else "")
    return Growth(outcome, *middle, at_most, error_ms, _sentence(outcome, middle, allowed, names, complaints))


def _between(times_ms: Sequence[float], held_up_ms: NDArray[np.float64], quick_ms: float) -> tuple[float, float]:
    """Return between which times the true median of a part is, whatever held it up."""
    times = np.asarray(times_ms, dtype=np.float64)
    return _bounds(np.maximum(times - held_up_ms, quick_ms))[0], _bounds(np.maximum(times, quick_ms))[1]


def _bounds(times_ms: NDArray[np.float64]) -> tuple[float, float]:
    """Return between which of the times one is sure that the true median lies."""
    from scipy.special import bdtr  # takes 0.3 s, which only runs that judge time should pay

    ordered, count = sorted(times_ms), len(times_ms)
    chances = bdtr(np.arange(count), count, 0.5)
    below = max(0, int(np.searchsorted(chances, (1 - SURE) / 2)) - 1)
    return float(ordered[below]), float(ordered[count - 1 - below])


def _sentence(
    outcome: Outcome,
    middle: tuple[float, float],
    allowed: str,
    names: tuple[str, str],
    complaints: Sequence[str],
) -> str:
    took = f"{_middle(middle[1])} {names[1]}, {_middle(middle[0])} {names[0]}"
    match outcome:
        case Outcome.PASS:
            return f"{took}; {allowed} ({percent(SURE)} sure)"
        case Outcome.FAIL:
            return f"slower and slower: {took}, and only {allowed} ({percent(SURE)} sure)"
        case Outcome.INCONCLUSIVE:
            why = f"the machine was unfit to tell: {', '.join(complaints)}" if complaints else "too near to be sure"
            return f"not decided: {took}, and {allowed}; {why}; {AGAIN}"


def _middle(time_ms: float) -> str:
    return f"{duration(time_ms)} (median)" if time_ms < float("inf") else "more than half lost"
