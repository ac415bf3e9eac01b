"""Alarms as CloudWatch knows them; which there are is a system's business."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from reference.monitoring.catalogue import Catalogue

MINUTE_S = 60


@dataclass(frozen=True, slots=True)
class Measure:
    """One statistic of one metric over the whole service."""

    metric: str
    statistic: str

    def query(self, catalogue: Catalogue, query_id: str, period_s: int) -> dict[str, object]:
        """Return it as a part of a calculation, which refers to it as `query_id`."""
        return {
            "Id": query_id,
            "MetricStat": {
                "Metric": {"Namespace": catalogue[self.metric].namespace, "MetricName": self.metric},
                "Period": period_s,
                "Stat": self.statistic,
            },
            "ReturnData": False,
        }


@dataclass(frozen=True, slots=True)
class Share:
    """`part` as percentage of everything in `whole`."""

    part: Measure
    whole: tuple[Measure, ...]


@dataclass(frozen=True, slots=True)
class AlarmDefinition:
    """When somebody is to be told."""

    name: str
    level: str
    measure: Measure | Share
    above: float
    period_s: int = MINUTE_S
    periods: int = 1
    """How many periods in a row."""
    says: str = ""


def requests(alarms: Iterable[AlarmDefinition], catalogue: Catalogue, prefix: str) -> Iterator[dict[str, Any]]:
    """Yield the parameters of one PutMetricAlarm for every alarm of the service whose tables begin with `prefix`."""
    for alarm in alarms:
        yield {
            "AlarmName": f"{prefix}{alarm.level}-{alarm.name}",
            "AlarmDescription": f"{alarm.level}: {alarm.says}",
            "ComparisonOperator": "GreaterThanThreshold",
            "Threshold": float(alarm.above),
            "EvaluationPeriods": alarm.periods,
            "DatapointsToAlarm": alarm.periods,
            "TreatMissingData": "notBreaching",
            **_measured(alarm, catalogue),
        }


async def create(
    connect: Callable[[], Any], alarms: Iterable[AlarmDefinition], catalogue: Catalogue, prefix: str
) -> None:
    """Create every alarm, or bring it up to date, off the event loop; `connect` makes the CloudWatch client."""
    await asyncio.to_thread(_create, connect, requests(alarms, catalogue, prefix))


def _create(connect: Callable[[], Any], requests: Iterable[dict[str, Any]]) -> None:
    client = connect()
    for request in requests:
        client.put_metric_alarm(**request)


def _measured(alarm: AlarmDefinition, catalogue: Catalogue) -> dict[str, object]:
    measure = alarm.measure
    if isinstance(measure, Share):
        whole = [one.query(catalogue, f"w{number}", alarm.period_s) for number, one in enumerate(measure.whole)]
        sum_of_whole = " + ".join(f"FILL({query['Id']}, 0)" for query in whole)
        share = {"Id": "share", "Expression": f"100 * FILL(part, 0) / ({sum_of_whole})", "ReturnData": True}
        return {"Metrics": [share, measure.part.query(catalogue, "part", alarm.period_s), *whole]}
    by_percentile = measure.statistic.startswith("p")
    return {
        "Namespace": catalogue[measure.metric].namespace,
        "MetricName": measure.metric,
        "ExtendedStatistic" if by_percentile else "Statistic": measure.statistic,
        "Period": alarm.period_s,
    }
