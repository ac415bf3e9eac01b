"""Reads what a service tells CloudWatch about itself (BRO-8.3)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from earshot.failures import Unusable
from earshot.targets.aws import Aws

LOOK_BACK = timedelta(minutes=15)
"""How far back is looked where no beginning is given: longer than any scenario."""
CLOCKS_APART = timedelta(seconds=2)
"""Room at the end of a query for a clock that is ahead of ours."""


@dataclass(frozen=True, slots=True)
class Alarm:
    name: str
    description: str
    metric: str | None
    """None where several metrics are calculated with."""
    metrics: Sequence[str]
    """The one that is watched, or all that are calculated with."""
    statistic: str | None
    threshold: float
    comparison: str
    period_s: int | None
    periods: int


class Metrics:
    """The metrics of a service; every query is for exactly the dimensions that are given.

    `since` is a time of the wall clock. CloudWatch keeps whole seconds, so a query begins with the second that `since`
    falls into.
    """

    def __init__(self, aws: Aws, *, alarm_prefix: str = "") -> None:
        self._alarm_prefix = alarm_prefix
        self._endpoint = aws.endpoint or f"CloudWatch in {aws.region}"
        self._client = aws.client("cloudwatch")

    def count(self, namespace: str, name: str, dimensions: Mapping[str, str], *, since: datetime | None = None) -> int:
        """Return how many datapoints there are."""
        [counts] = self._query(namespace, name, dimensions, ["SampleCount"], since)
        return round(sum(counts))

    def total(
        self, namespace: str, name: str, dimensions: Mapping[str, str], *, since: datetime | None = None
    ) -> float:
        """Return the sum of all datapoints; 0 when there are none."""
        [sums] = self._query(namespace, name, dimensions, ["Sum"], since)
        return sum(sums)

    def datapoints(
        self, namespace: str, name: str, dimensions: Mapping[str, str], *, since: datetime | None = None
    ) -> list[float]:
        """Return the value of every datapoint, oldest first.

        CloudWatch gives away no more than sums of a second: datapoints of one second come out as their average, as
        often as there are of them.
        """
        sums, counts = self._query(namespace, name, dimensions, ["Sum", "SampleCount"], since)
        return [total / count for total, count in zip(sums, counts, strict=True) for _ in range(round(count))]

    def percentile(
        self,
        namespace: str,
        name: str,
        dimensions: Mapping[str, str],
        percent: float,
        *,
        since: datetime | None = None,
        unit: str | None = None,
    ) -> float | None:
        """Return a percentile over all datapoints (of one unit, such as `Milliseconds`); None when there are none.

        One period covers the whole time; where CloudWatch cuts it in two, the larger value counts.
        """
        start, end = _span(since)
        period_s = 60 * math.ceil((end - start).total_seconds() / 60)
        answers = self._ask([_question("q0", namespace, name, dimensions, f"p{percent:g}", period_s, unit)], start, end)
        return max(answers["q0"], default=None)

    def labels(self) -> set[str]:
        """Return every name and value of a dimension that any metric has."""
        dimensions = [one for metric in self._all("list_metrics", "Metrics") for one in metric.get("Dimensions", [])]
        return {one["Name"] for one in dimensions} | {one["Value"] for one in dimensions}

    def alarms(self) -> list[Alarm]:
        """Return the alarms of the service: those whose names begin as its own do, where several share an account."""
        begins = {"AlarmNamePrefix": self._alarm_prefix} if self._alarm_prefix else {}
        return [_alarm(one) for one in self._all("describe_alarms", "MetricAlarms", **begins)]

    def _query(
        self,
        namespace: str,
        name: str,
        dimensions: Mapping[str, str],
        statistics: Sequence[str],
        since: datetime | None,
    ) -> list[list[float]]:
        questions = [
            _question(f"q{number}", namespace, name, dimensions, statistic, 1, None)
            for number, statistic in enumerate(statistics)
        ]
        answers = self._ask(questions, *_span(since))
        return [answers[question["Id"]] for question in questions]

    def _ask(self, questions: list[dict[str, Any]], start: datetime, end: datetime) -> dict[str, list[float]]:
        span = {"StartTime": start, "EndTime": end, "ScanBy": "TimestampAscending"}
        answers: dict[str, list[float]] = {question["Id"]: [] for question in questions}
        for result in self._all("get_metric_data", "MetricDataResults", MetricDataQueries=questions, **span):
            answers[result["Id"]] += result["Values"]
        return answers

    def _all(self, operation: str, what: str, **asked: object) -> list[dict[str, Any]]:
        """Return what CloudWatch gives away in parts."""
        try:
            parts = list(self._client.get_paginator(operation).paginate(**asked))
        except (BotoCoreError, ClientError) as failure:
            raise Unusable(
                f"the metrics at {self._endpoint} could not be read: expected CloudWatch's answer, got {failure}"
            ) from None
        return [one for part in parts for one in part[what]]


def _span(since: datetime | None) -> tuple[datetime, datetime]:
    now = datetime.now(UTC)
    start = (since or now - LOOK_BACK).astimezone(UTC).replace(microsecond=0)
    return start, (now + CLOCKS_APART).replace(microsecond=0)


def _question(
    question_id: str,
    namespace: str,
    name: str,
    dimensions: Mapping[str, str],
    statistic: str,
    period_s: int,
    unit: str | None,
) -> dict[str, Any]:
    metric = {
        "Namespace": namespace,
        "MetricName": name,
        "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions.items()],
    }
    asked: dict[str, Any] = {"Metric": metric, "Period": period_s, "Stat": statistic}
    if unit is not None:
        asked["Unit"] = unit
    return {"Id": question_id, "MetricStat": asked}


def _alarm(answer: Mapping[str, Any]) -> Alarm:
    parts = [query["MetricStat"] for query in answer.get("Metrics", []) if "MetricStat" in query]
    return Alarm(
        name=answer["AlarmName"],
        description=answer.get("AlarmDescription", ""),
        metric=answer.get("MetricName"),
        metrics=[answer["MetricName"]] if "MetricName" in answer else [part["Metric"]["MetricName"] for part in parts],
        statistic=answer.get("ExtendedStatistic") or answer.get("Statistic"),
        threshold=answer["Threshold"],
        comparison=answer["ComparisonOperator"],
        period_s=answer.get("Period") or next((part["Period"] for part in parts), None),
        periods=answer["EvaluationPeriods"],
    )
