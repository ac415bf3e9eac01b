"""What the emulator gets wrong about metrics, put right in its own process.

moto 5.2 stores metrics as CloudWatch does, but

* fails when it is asked for a percentile;
* finds a metric with several dimensions only when they are asked for in the order in which they were written;
* goes through everything it ever stored for each second that a question spans, and, to list the metrics, compares each
  with each: after some hundred scenarios that takes seconds, in which nobody else is answered.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from copy import copy
from typing import Any

_PERCENTILE = re.compile(r"p(\d{1,2}(?:\.\d+)?|100)")


def cure_moto() -> None:
    """Let moto's GetMetricData and ListMetrics answer as CloudWatch does."""
    from moto.cloudwatch.models import CloudWatchBackend, Dimension, Statistics

    without_percentiles = Statistics.get_statistics_for_type
    from_everything = CloudWatchBackend.get_metric_data

    def with_percentiles(self: Any, stat: str) -> Any:
        asked = _PERCENTILE.fullmatch(stat)
        if asked is None:
            return without_percentiles(self, stat)
        return percentile(self.metric_single_values_list, float(asked[1]))

    def comes_before(self: Any, other: Any) -> bool:
        return (self.name, self.value) < (other.name, other.value)

    def from_what_is_asked_for(self: Any, queries: list[dict[str, Any]], *rest: Any, **named: Any) -> Any:
        asked = {query["MetricStat"]["Metric"]["MetricName"] for query in queries if "MetricStat" in query}
        some = copy(self)
        some.metric_data = [metric for metric in self.metric_data if metric.name in asked]
        return from_everything(some, queries, *rest, **named)

    def each_metric_once(self: Any, metric_name: str, namespace: str, dimensions: list[dict[str, str]]) -> Any:
        distinct = {
            (metric.namespace, metric.name, tuple(sorted((one.name, one.value) for one in metric.dimensions))): metric
            for metric in self.get_all_metrics()
        }
        return [metric for metric in distinct.values() if metric.filter(namespace, metric_name, dimensions)]

    Statistics.get_statistics_for_type = with_percentiles  # type: ignore[method-assign]
    Dimension.__lt__ = comes_before  # type: ignore[method-assign]
    CloudWatchBackend.get_metric_data = from_what_is_asked_for  # type: ignore[method-assign]
    CloudWatchBackend.get_filtered_metrics = each_metric_once  # type: ignore[method-assign]


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the smallest of `values` that is not exceeded by `percent` % of them."""
    rank = math.ceil(percent / 100 * len(values))
    return sorted(values)[max(rank, 1) - 1]
