"""What the emulator gets wrong about metrics, put right in its own process.

moto 5.2 stores metrics as CloudWatch does, but

* fails when it is asked for a percentile;
* finds a metric with several dimensions only when they are asked for in the order in which they were written.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

_PERCENTILE = re.compile(r"p(\d{1,2}(?:\.\d+)?|100)")


def cure_moto() -> None:
    """Let moto's GetMetricData answer as CloudWatch does."""
    from moto.cloudwatch.models import Dimension, Statistics

    without_percentiles = Statistics.get_statistics_for_type

    def with_percentiles(self: Any, stat: str) -> Any:
        asked = _PERCENTILE.fullmatch(stat)
        if asked is None:
            return without_percentiles(self, stat)
        return percentile(self.metric_single_values_list, float(asked[1]))

    def comes_before(self: Any, other: Any) -> bool:
        return (self.name, self.value) < (other.name, other.value)

    Statistics.get_statistics_for_type = with_percentiles  # type: ignore[method-assign]
    Dimension.__lt__ = comes_before  # type: ignore[method-assign]


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the smallest of `values` that is not exceeded by `percent` % of them."""
    rank = math.ceil(percent / 100 * len(values))
    return sorted(values)[max(rank, 1) - 1]
