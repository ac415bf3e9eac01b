"""Whether something came in time, judged by enough samples."""

from __future__ import annotations

import math

import numpy as np
from hamcrest.core.base_matcher import BaseMatcher
from hamcrest.core.description import Description
from hamcrest.core.matcher import Matcher

from earshot.measure.delays import Delays


class _P95Within(BaseMatcher[Delays]):
    def __init__(self, budget_ms: float, at_least: int) -> None:
        self._budget_ms = budget_ms
        self._at_least = at_least

    def _matches(self, item: Delays) -> bool:
        return len(item) >= self._at_least and _percentile(item, 95) <= self._budget_ms

    def describe_to(self, description: Description) -> None:
        description.append_text(f"95% of at least {self._at_least} within {self._budget_ms:g} ms")

    def describe_mismatch(self, item: Delays, mismatch_description: Description) -> None:
        mismatch_description.append_text(in_words(item))


def p95_within(budget_ms: float, *, at_least: int) -> Matcher[Delays]:
    """Match delays of which there are enough, and of which 95 % are within the budget; what never came counts."""
    return _P95Within(budget_ms, at_least)


def in_words(delays_ms: Delays) -> str:
    """Return median, 95th and 99th percentile, the worst, and how many there are."""
    if not delays_ms:
        return "nothing was measured"
    came = [delay_ms for delay_ms in delays_ms if math.isfinite(delay_ms)]
    missing = f", {len(delays_ms) - len(came)} of them never came" if len(came) < len(delays_ms) else ""
    figures = ", ".join(
        f"{name} {_percentile(delays_ms, percent):.1f} ms"
        for name, percent in (("p50", 50), ("p95", 95), ("p99", 99), ("max", 100))
    )
    return f"{figures} (n = {len(delays_ms)}{missing})"


def _percentile(delays_ms: Delays, percent: float) -> float:
    """Return the smallest delay that so many percent do not exceed: one that was measured, and not one in between."""
    return float(np.percentile(np.asarray(delays_ms, dtype=np.float64), percent, method="inverted_cdf"))
