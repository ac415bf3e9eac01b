"""Percentiles for the emulator: moto stores metrics as CloudWatch does, but fails when asked for a percentile."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

_PERCENTILE = re.compile(r"p(\d{1,2}(?:\.\d+)?|100)")


def teach_moto() -> None:
    """Let moto's GetMetricData answer statistics such as `p95`; to be called in the emulator's process."""
    from moto.cloudwatch.models import Statistics

    without = Statistics.get_statistics_for_type

    def with_percentiles(self: Any, stat: str) -> Any:
        asked = _PERCENTILE.fullmatch(stat)
        if asked is None:
            return without(self, stat)
        return percentile(self.metric_single_values_list, float(asked[1]))

    Statistics.get_statistics_for_type = with_percentiles


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the smallest of `values` that is not exceeded by `percent` % of them."""
    rank = math.ceil(percent / 100 * len(values))
    return sorted(values)[max(rank, 1) - 1]
