"""How much samples that follow each other are worth.

Slow answers come in clumps: the one after a slow one tends to be slow too. 600 such samples say less than 600
independent ones, and a verdict that counts them all is wrong far too often. The design effect is how many of them say
as much as one. Two estimates are made, and the larger is believed:

* from the order of all samples, which is known even when none was late: how alike neighbours are, translated into how
  often the slowest ones are neighbours (a Gaussian first-order process);
* from the late ones themselves: how unevenly they fall on blocks of two seconds, and more when there are few clumps to
  go by.
"""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

BLOCK_MS = 2000.0
FEWEST_BLOCKS = 4
CHANCE = 2.0
"""Neighbours alike by less than so many standard errors are taken for independent."""
CHANCE_OF_LATE = 3.0
"""The same for late ones, which are few, so that two of them are neighbours by accident more often."""


def design_effect(
    samples_ms: NDArray[np.float64],
    late: NDArray[np.bool_],
    allowed: float,
    interval_ms: float,
    *,
    quick_ms: float = 0.0,
) -> float:
    """Return how many samples, in the order in which they were due, are worth one independent sample; at least 1.

    `late` says which of them exceeded the limit, `allowed` what share of them may. All samples up to `quick_ms` count
    as equal: a drift among those that are far from being late says nothing of how late ones come.
    """
    block = round(min(max(BLOCK_MS / interval_ms, 2), len(samples_ms) / FEWEST_BLOCKS))
    # Where few are above what is quick, a single clump of them looks like likeness of all: the smaller estimate holds.
    of_neighbours = min(_of_neighbours(each, allowed) for each in (samples_ms, np.maximum(samples_ms, quick_ms)))
    return max(1.0, of_neighbours, _of_clumps(late, block))


def _of_neighbours(samples_ms: NDArray[np.float64], allowed: float) -> float:
    alike = _alike(_ranks(samples_ms))
    if alike <= CHANCE / math.sqrt(len(samples_ms)):
        return 1.0
    together, lag = 0.0, 2 * math.sin(math.pi * alike / 6)  # from ranks to the normal scale
    lag = step = min(lag, 0.99)
    while lag > 0.01:
        together += _alike_in_tail(lag, allowed)
        lag *= step
    return 1 + 2 * together


def _of_clumps(late: NDArray[np.bool_], block: int) -> float:
    count, bad = len(late), int(np.count_nonzero(late))
    if block < 2 or bad < 2 or bad == count or _alike(late.astype(float)) <= CHANCE_OF_LATE / math.sqrt(count):
        return 1.0
    share = bad / count
    sums = np.convolve(late, np.ones(block), mode="valid")
    of_blocks = float(np.mean((sums / block - share) ** 2)) * block * count / (count - block)
    clumps = int(np.count_nonzero(np.diff(late.astype(int), prepend=0) == 1))
    return of_blocks / (share * (1 - share)) * (1 + 1 / math.sqrt(clumps))


def _alike(values: NDArray[np.float64]) -> float:
    """Return the correlation of each value with the next one."""
    off = values - values.mean()
    spread = float(off @ off)
    return float(off[1:] @ off[:-1]) / spread if spread else 0.0


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the position of each value in the order of size; equal ones share theirs."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return np.asarray((last - (counts - 1) / 2)[inverse], dtype=np.float64)


def _alike_in_tail(correlation: float, share: float) -> float:
    """Return the correlation between "is among the largest `share`" of two normal values with this correlation."""
    threshold = NormalDist().inv_cdf(1 - share)
    rho = np.linspace(0, correlation, 64)
    density = np.exp(-(threshold**2) / (1 + rho)) / (2 * np.pi * np.sqrt(1 - rho**2))
    return float(np.trapezoid(density, rho)) / (share * (1 - share))
