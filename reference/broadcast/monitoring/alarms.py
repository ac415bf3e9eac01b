"""The alarms of sheet 8.2 as CloudWatch knows them (REQ-21.5)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from reference.broadcast.monitoring.catalogue import METRICS

MINUTE_S = 60


@dataclass(frozen=True, slots=True)
class Measure:
    """One statistic of one metric over the whole service."""

    metric: str
    statistic: str

    def query(self, query_id: str, period_s: int) -> dict[str, object]:
        """Return it as a part of a calculation, which refers to it as `query_id`."""
        return {
            "Id": query_id,
            "MetricStat": {
                "Metric": {"Namespace": METRICS[self.metric].namespace, "MetricName": self.metric},
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


ALARMS = (
    AlarmDefinition(
        "audio-latency",
        "critical",
        Measure("AudioProcessingLatency", "p95"),
        above=100,
        periods=5,
        says="95 % of audio chunks reach the recogniser in more than 100 ms, for 5 minutes",
    ),
    AlarmDefinition(
        "recogniser-errors",
        "critical",
        Share(
            Measure("TranscribeErrors", "Sum"),
            (Measure("TranscribeErrors", "Sum"), Measure("TranscribeStreamInitLatency", "SampleCount")),
        ),
        above=5,
        periods=5,
        says="more than 5 % of what was asked of the recogniser fails, for 5 minutes",
    ),
    AlarmDefinition(
        "handler-errors",
        "critical",
        Share(
            Measure("LambdaErrors", "Sum"),
            (
                Measure("AudioChunksReceived", "Sum"),
                Measure("ControlMessagesReceived", "Sum"),
                Measure("StatusQueriesReceived", "Sum"),
            ),
        ),
        above=1,
        periods=5,
        says="more than 1 % of all messages end in a handler error, for 5 minutes",
    ),
    AlarmDefinition(
        "store-throttling",
        "critical",
        Measure("DynamoDBErrors", "Sum"),
        above=10,
        says="the store throttles or fails more than 10 times a minute",
    ),
    AlarmDefinition(
        "audio-latency",
        "warning",
        Measure("AudioProcessingLatency", "p95"),
        above=75,
        periods=10,
        says="95 % of audio chunks reach the recogniser in more than 75 ms, for 10 minutes",
    ),
    AlarmDefinition(
        "control-latency",
        "warning",
        Measure("ControlMessageLatency", "p95"),
        above=150,
        periods=10,
        says="95 % of controls are acknowledged in more than 150 ms, for 10 minutes",
    ),
    AlarmDefinition(
        "rate-violations",
        "warning",
        Measure("RateLimitViolations", "Sum"),
        above=100,
        says="more than 100 messages a minute are over a rate limit",
    ),
    AlarmDefinition(
        "buffer-overflows",
        "warning",
        Measure("AudioBufferOverflows", "Sum"),
        above=10,
        says="audio buffers overflow more than 10 times a minute",
    ),
    AlarmDefinition(
        "stream-start",
        "other",
        Measure("TranscribeStreamInitLatency", "p95"),
        above=2000,
        says="recogniser streams take more than 2 s to open",
    ),
    AlarmDefinition(
        "notification-failures",
        "other",
        Measure("ListenerNotificationFailures", "Sum"),
        above=50,
        period_s=5 * MINUTE_S,
        says="more than 50 notices to listeners were not delivered in 5 minutes",
    ),
    AlarmDefinition(
        "rate-closures",
        "other",
        Measure("ConnectionsClosedForRateLimit", "Sum"),
        above=10,
        period_s=5 * MINUTE_S,
        says="more than 10 connections were closed for their rate in 5 minutes",
    ),
    AlarmDefinition(
        "session-creation",
        "other",
        Measure("SessionCreationLatency", "p95"),
        above=2000,
        says="sessions take more than 2 s to create",
    ),
    AlarmDefinition(
        "connection-errors",
        "other",
        Measure("ConnectionErrors", "Sum"),
        above=100,
        period_s=5 * MINUTE_S,
        says="more than 100 connections failed in 5 minutes",
    ),
    AlarmDefinition(
        "active-sessions",
        "other",
        Measure("ActiveSessions", "Maximum"),
        above=90,
        says="more than 90 sessions are live, of the 100 that the service is made for",
    ),
)


def alarm_name(alarm: AlarmDefinition, prefix: str) -> str:
    """Return what CloudWatch calls the alarm of the service whose tables begin with `prefix`."""
    return f"{prefix}{alarm.level}-{alarm.name}"


def requests(prefix: str) -> Iterator[dict[str, Any]]:
    """Yield the parameters of one PutMetricAlarm for every alarm."""
    for alarm in ALARMS:
        yield {
            "AlarmName": alarm_name(alarm, prefix),
            "AlarmDescription": f"{alarm.level}: {alarm.says}",
            "ComparisonOperator": "GreaterThanThreshold",
            "Threshold": float(alarm.above),
            "EvaluationPeriods": alarm.periods,
            "DatapointsToAlarm": alarm.periods,
            "TreatMissingData": "notBreaching",
            **_measured(alarm),
        }


async def create(connect: Callable[[], Any], prefix: str) -> None:
    """Create every alarm, or bring it up to date, off the event loop; `connect` makes the CloudWatch client."""
    await asyncio.to_thread(_create, connect, prefix)


def _create(connect: Callable[[], Any], prefix: str) -> None:
    client = connect()
    for request in requests(prefix):
        client.put_metric_alarm(**request)


def _measured(alarm: AlarmDefinition) -> dict[str, object]:
    measure = alarm.measure
    if isinstance(measure, Share):
        whole = [one.query(f"w{number}", alarm.period_s) for number, one in enumerate(measure.whole)]
        sum_of_whole = " + ".join(f"FILL({query['Id']}, 0)" for query in whole)
        share = {"Id": "share", "Expression": f"100 * FILL(part, 0) / ({sum_of_whole})", "ReturnData": True}
        return {"Metrics": [share, measure.part.query("part", alarm.period_s), *whole]}
    by_percentile = measure.statistic.startswith("p")
    return {
        "Namespace": METRICS[measure.metric].namespace,
        "MetricName": measure.metric,
        "ExtendedStatistic" if by_percentile else "Statistic": measure.statistic,
        "Period": alarm.period_s,
    }
