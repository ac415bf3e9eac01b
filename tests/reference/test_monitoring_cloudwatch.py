"""Metrics on their way to CloudWatch."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from earshot.targets.aws import Aws
from earshot.targets.metrics import Metrics
from reference.broadcast.monitoring.alarms import ALARMS
from reference.broadcast.monitoring.catalogue import AUDIO, METRICS, SOCKETS
from reference.monitoring import alarms, cloudwatch
from reference.monitoring.cloudwatch import CloudWatchMetrics
from reference.storage import aws
from reference.storage.clock import SystemClock
from reference.storage.cures import percentile
from tests.reference.broadcast.world_fakes import FakeClock, on_loop


@dataclass
class FakeCloudWatch:
    """Keeps what it is given, in calls no larger than the real one takes."""

    calls: list[tuple[str, list[dict[str, Any]]]] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)
    called: Callable[[], object] = lambda: None

    def put_metric_data(self, *, Namespace: str, MetricData: list[dict[str, Any]]) -> None:  # noqa: N803
        if self.failures:
            raise self.failures.pop()
        assert len(MetricData) <= 1000
        assert all(len(datum.get("Values", ())) <= 150 for datum in MetricData)
        self.calls.append((Namespace, MetricData))
        self.called()

    def data(self, name: str, **dimensions: str) -> list[dict[str, Any]]:
        wanted = [{"Name": key, "Value": value} for key, value in sorted(dimensions.items())]
        return [
            datum
            for _, data in self.calls
            for datum in data
            if datum["MetricName"] == name and datum["Dimensions"] == wanted
        ]


def metrics_to(client: FakeCloudWatch) -> CloudWatchMetrics:
    return CloudWatchMetrics(METRICS, lambda: client, FakeClock())


@on_loop
async def test_events_of_a_second_are_added_up_and_measurements_kept_one_by_one() -> None:
    client = FakeCloudWatch()
    metrics = metrics_to(client)
    for latency_ms in (5.0, 7.0, 5.0):
        metrics.put("AudioChunksReceived", SessionId="s")
        metrics.put("AudioProcessingLatency", latency_ms, SessionId="s")
    await metrics.close()
    [chunks] = client.data("AudioChunksReceived", SessionId="s")
    [latency] = client.data("AudioProcessingLatency", SessionId="s")
    assert (chunks["Value"], chunks["Unit"]) == (3, "Count")
    assert (latency["Values"], latency["Counts"], latency["Unit"]) == ([5, 7], [2, 1], "Milliseconds")
    assert {namespace for namespace, _ in client.calls} == {AUDIO}


@on_loop
async def test_what_an_alarm_looks_at_is_kept_for_the_whole_service_too() -> None:
    client = FakeCloudWatch()
    metrics = metrics_to(client)
    metrics.put("LambdaErrors", Handler="audio", ErrorType="TIMEOUT")
    metrics.put("LambdaErrors", Handler="status", ErrorType="TIMEOUT")
    metrics.put("StateRestorations", SessionId="s")
    await metrics.close()
    assert [datum["Value"] for datum in client.data("LambdaErrors")] == [2]
    assert [datum["Value"] for datum in client.data("LambdaErrors", Handler="audio", ErrorType="TIMEOUT")] == [1]
    assert client.data("StateRestorations") == []


@pytest.mark.parametrize(("after_s", "every_s"), [(0.01, 60), (60, 0.01)], ids=["all is quiet", "it has waited long"])
@on_loop
async def test_a_datapoint_is_sent_without_anybody_asking_when(
    monkeypatch: pytest.MonkeyPatch, after_s: float, every_s: float
) -> None:
    monkeypatch.setattr(cloudwatch, "SEND_AFTER_S", after_s)
    monkeypatch.setattr(cloudwatch, "SEND_EVERY_S", every_s)
    loop, sent = asyncio.get_running_loop(), asyncio.Event()
    client = FakeCloudWatch(called=lambda: loop.call_soon_threadsafe(sent.set))
    metrics = metrics_to(client)
    for _ in range(2):  # the second comes when the first has been sent
        metrics.put("StateRestorations", SessionId="s")
        await asyncio.wait_for(sent.wait(), 5)
        sent.clear()
    await metrics.close()
    assert len(client.data("StateRestorations", SessionId="s")) == 2


@on_loop
async def test_a_call_that_fails_loses_its_datapoints_and_nothing_else() -> None:
    client = FakeCloudWatch(failures=[OSError("out of reach")])
    metrics = metrics_to(client)
    metrics.put("StateRestorations", SessionId="lost")
    await metrics._send()
    metrics.put("StateRestorations", SessionId="kept")
    await metrics.close()
    assert client.data("StateRestorations", SessionId="lost") == []
    assert len(client.data("StateRestorations", SessionId="kept")) == 1


@on_loop
async def test_more_than_can_wait_is_lost_rather_than_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cloudwatch, "MOST_WAITING", 400)
    client = FakeCloudWatch()
    metrics = metrics_to(client)
    for value in range(1000):
        metrics.put("AudioChunkSize", value, SessionId="s")
    await metrics.close()
    sizes = [size for datum in client.data("AudioChunkSize", SessionId="s") for size in datum["Values"]]
    assert sizes == list(range(400))


@pytest.mark.parametrize(
    ("name", "dimensions"),
    [
        ("AudioChunksHeard", {"SessionId": "s"}),
        ("StateRestorations", {}),
        ("PeriodicStatusUpdatesSent", {"SessionId": "s"}),
    ],
)
def test_a_metric_that_the_sheet_does_not_know_is_a_mistake(name: str, dimensions: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=name):
        metrics_to(FakeCloudWatch()).put(name, 1.0, **dimensions)


@pytest.mark.parametrize(("percent", "expected"), [(50, 50), (95, 95), (99.5, 100), (0, 1), (100, 100)])
def test_a_percentile_is_one_of_the_values(percent: float, expected: float) -> None:
    assert percentile([float(value) for value in range(100, 0, -1)], percent) == expected


@on_loop
async def test_what_was_put_is_read_back_through_the_emulator(emulator_url: str) -> None:
    began = datetime.now(UTC)
    metrics = CloudWatchMetrics(METRICS, lambda: aws.connect(emulator_url, "cloudwatch"), SystemClock())
    for latency_ms in range(1, 101):
        metrics.put("AudioProcessingLatency", float(latency_ms), SessionId="kind-lamp-100")
    metrics.put("LambdaErrors", Handler="audio", ErrorType="TIMEOUT")
    metrics.put("LambdaErrors", Handler="audio", ErrorType="INTERNAL_ERROR")
    await metrics.close()
    reader, session = Metrics(Aws(region=aws.REGION, endpoint=emulator_url)), {"SessionId": "kind-lamp-100"}
    assert reader.count(AUDIO, "AudioProcessingLatency", session, since=began) == 100
    assert reader.percentile(AUDIO, "AudioProcessingLatency", session, 95, since=began, unit="Milliseconds") == 95
    assert reader.percentile(AUDIO, "AudioProcessingLatency", session, 95, since=began, unit="Seconds") is None
    assert reader.total(SOCKETS, "LambdaErrors", {"Handler": "audio", "ErrorType": "TIMEOUT"}, since=began) == 1
    assert sum(reader.datapoints(AUDIO, "AudioProcessingLatency", session, since=began)) == pytest.approx(5050)


@on_loop
async def test_the_alarms_are_in_cloudwatch_under_the_prefix(emulator_url: str) -> None:
    await alarms.create(lambda: aws.connect(emulator_url, "cloudwatch"), ALARMS, METRICS, "mine-")
    found = {
        one.name: one for one in Metrics(Aws(region=aws.REGION, endpoint=emulator_url), alarm_prefix="mine-").alarms()
    }
    assert len(found) == len(ALARMS)
    audio = found["mine-critical-audio-latency"]
    assert (audio.metric, audio.statistic, audio.threshold, audio.period_s, audio.periods) == (
        "AudioProcessingLatency",
        "p95",
        100,
        60,
        5,
    )
    assert found["mine-critical-recogniser-errors"].threshold == 5
