"""Pass, fail, or not decided: a verdict on a budget that is wrong with a known, small chance.

The percentile of a sample is a poor judge: where the true one is on the limit, it says yes or no like a coin. Here the
number of samples over the limit is held against exact binomial bounds. Between them the answer is "not decided", and
more is measured, up to four times as much.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from earshot.measure.bounds import Bounds, bounds
from earshot.measure.budget import LOOKS, Budget, error_of_look, sureness
from earshot.measure.correlation import design_effect
from earshot.measure.fitness import Machine, percentile_of, unexamined
from earshot.measure.schedule import worst_gap_ms

QUICK = 0.1
"""Samples up to this share of the limit are all alike quick; with a fifth, slow ones in long clumps pass too often."""


class Outcome(StrEnum):
    """What can be said of a claim."""

    PASS = "pass"
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"


class Claim(StrEnum):
    TIME = "time"
    GAP = "gap"
    LOSS = "loss"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a measurement says about a budget, with everything that led to it. Times are in milliseconds."""

    outcome: Outcome
    claims: Mapping[Claim, Outcome]
    budget: Budget
    samples_ms: tuple[float, ...]
    """In the order in which they were due; infinite where no answer came."""
    late: int
    """How many exceeded the limit."""
    lost: int
    at_ms: float
    """The percentile of the sample."""
    above_ms: float
    """One is sure that the true percentile is not below this; 0 where the sample is too small to say."""
    below_ms: float
    """One is sure that the true percentile is not above this; infinite where the sample is too small to say."""
    gap_ms: float
    """The longest time during which something was due and nothing came."""
    sure: float
    """How sure, over all looks: 0.95 or 0.99."""
    design_effect: float
    """How many samples are worth one independent one."""
    looks: int
    """How often the growing measurement was looked at."""
    machine: Machine
    complaints: tuple[str, ...]
    """Why they may look slower than they are."""
    held_up_ms: float
    """The same percentile of how long they were held up by others on this machine, at most."""

    @property
    def count(self) -> int:
        return len(self.samples_ms)


def judge(
    samples_ms: Sequence[float],
    budget: Budget,
    *,
    interval_ms: float = 100.0,
    extend: Callable[[int], Sequence[float]] | None = None,
    machine: Callable[[], Machine] = unexamined,
    held_up_ms: Callable[[Machine], Sequence[float]] = lambda _machine: (),
) -> Verdict:
    """Return the verdict on latencies, given in the order in which they were due, `interval_ms` one after the other.

    A missing answer is infinite. `extend` is asked for so many more samples while nothing is decided: as many as there
    are, then twice as many. With it, the chance of being wrong is dealt to three looks. `machine` is asked at each look
    for the circumstances until then, and `held_up_ms` for how long, at most, others on that machine held up each
    sample; none are given where nobody knows. A claim is broken only by what neither they nor the stopwatch's error
    explain. Raises TooFewSamples when so few samples could never show the claim, and ValueError when something is not
    a latency.
    """
    first = len(samples_ms)
    budget.insist_on_enough(first)
    everything = list(samples_ms)
    gap_ms = worst_gap_ms(samples_ms, interval_ms)
    multiples = LOOKS if extend and budget.shares else LOOKS[:1]
    for look, multiple in enumerate(multiples):
        if look:
            assert extend is not None
            more = _exactly(first * multiple - len(everything), extend)
            gap_ms = max(gap_ms, worst_gap_ms(more, interval_ms))
            everything += more
        error = error_of_look(first, look, len(multiples)) / max(1, len(budget.shares))
        found = machine()
        held_up = held_up_ms(found) or [0.0] * len(everything)
        verdict = _look(everything, held_up, budget, interval_ms, gap_ms, error, sureness(first), look + 1, found)
        if verdict.outcome is not Outcome.INCONCLUSIVE or Outcome.FAIL in verdict.claims.values():
            break
    return verdict


def _exactly(count: int, extend: Callable[[int], Sequence[float]]) -> Sequence[float]:
    more = extend(count)
    if len(more) != count:
        raise ValueError(
            f"{count} more samples were asked for, but {len(more)} were measured; what got no answer must be given as "
            f"infinite, not left out"
        )
    return more


def _look(
    samples_ms: Sequence[float],
    held_up_ms: Sequence[float],
    budget: Budget,
    interval_ms: float,
    gap_ms: float,
    error: float,
    sure: float,
    looks: int,
    machine: Machine,
) -> Verdict:
    times = np.asarray(samples_ms, dtype=np.float64)
    if bool(np.isnan(times).any()) or bool((times < 0).any()):
        raise ValueError(f"latencies are 0 or more, but the smallest given is {np.min(times)} ms")
    lost, late = np.isinf(times), times > budget.limit_ms
    error_ms, whole_error_ms = machine.error_ms(budget.percentile) or 0.0, machine.error_ms(100) or 0.0
    surely_late = times - np.asarray(held_up_ms) > budget.limit_ms + error_ms
    quick_ms = budget.limit_ms * QUICK
    effect = _effect(times, late, budget.late_at_most, interval_ms, quick_ms)
    allowed = bounds(len(times), budget.late_at_most, error, effect)
    claims = {Claim.TIME: _weigh(late, surely_late, allowed)}
    if budget.worst_gap_ms is not None:
        claims[Claim.GAP] = _weigh_gap(gap_ms, budget.worst_gap_ms, max(held_up_ms) + whole_error_ms)
    if budget.lost_at_most is not None:
        effect_of_lost = _effect(times, lost, budget.lost_at_most, interval_ms, quick_ms)
        claims[Claim.LOSS] = _weigh(lost, lost, bounds(len(times), budget.lost_at_most, error, effect_of_lost))
    in_order = np.sort(times)
    return Verdict(
        outcome=_overall(claims),
        claims=claims,
        budget=budget,
        samples_ms=tuple(samples_ms),
        late=int(late.sum()),
        lost=int(lost.sum()),
        at_ms=percentile_of(samples_ms, budget.percentile),
        above_ms=float(in_order[-allowed.fail_from]) if allowed.fail_from <= len(times) else 0.0,
        below_ms=float(in_order[-1 - allowed.pass_up_to]) if allowed.pass_up_to >= 0 else math.inf,
        gap_ms=gap_ms,
        sure=sure,
        design_effect=effect,
        looks=looks,
        machine=machine,
        complaints=machine.complaints(budget),
        held_up_ms=percentile_of(held_up_ms, budget.percentile),
    )


def _effect(
    times: NDArray[np.float64], bad: NDArray[np.bool_], allowed: float, interval_ms: float, quick_ms: float
) -> float:
    return round(design_effect(times, bad, allowed, interval_ms, quick_ms=quick_ms), 2) if allowed else 1.0


def _weigh(bad: NDArray[np.bool_], surely_bad: NDArray[np.bool_], allowed: Bounds) -> Outcome:
    if bad.sum() <= allowed.pass_up_to:
        return Outcome.PASS
    return Outcome.FAIL if surely_bad.sum() >= allowed.fail_from else Outcome.INCONCLUSIVE


def _weigh_gap(gap_ms: float, limit_ms: float, error_ms: float) -> Outcome:
    if gap_ms <= limit_ms:
        return Outcome.PASS
    return Outcome.FAIL if gap_ms > limit_ms + error_ms else Outcome.INCONCLUSIVE


def _overall(claims: Mapping[Claim, Outcome]) -> Outcome:
    """Return what all claims together come to."""
    outcomes = set(claims.values())
    if Outcome.FAIL in outcomes:
        return Outcome.FAIL
    return Outcome.PASS if outcomes == {Outcome.PASS} else Outcome.INCONCLUSIVE
