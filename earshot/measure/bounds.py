"""How many of a sample may be bad: exact binomial bounds (Clopper and Pearson) for a share."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a number of bad ones among n means for the share of bad ones that is allowed."""

    pass_up_to: int
    """With so many or fewer, one is sure that the true share is not above the allowed one; -1: not even with none."""
    fail_from: int
    """With so many or more, one is sure that it is above; n + 1: not even if all are bad."""


@lru_cache(maxsize=4096)
def bounds(count: int, allowed: float, error: float, design_effect: float = 1.0) -> Bounds:
    """Return the bounds for `count` samples, each of them wrong with a chance of at most `error`.

    Samples with a design effect of d count as count / d independent ones. Where nothing bad is allowed, none is a pass
    and one is a fail, whatever the chance.
    """
    if allowed == 0:
        return Bounds(0, 1)
    from scipy.special import betainc  # takes 0.3 s, which only runs that judge time should pay

    bad = np.arange(count + 1)
    worth_bad, worth_good = bad / design_effect, (count - bad) / design_effect
    chance_of_fewer = 1 - betainc(worth_bad + 1, np.maximum(worth_good, 1e-12), allowed)
    chance_of_more = betainc(np.maximum(worth_bad, 1e-12), worth_good + 1, allowed)
    passing = np.flatnonzero((chance_of_fewer <= error) & (worth_good > 0))
    failing = np.flatnonzero((chance_of_more <= error) & (worth_bad > 0))
    return Bounds(int(passing[-1]) if passing.size else -1, int(failing[0]) if failing.size else count + 1)
