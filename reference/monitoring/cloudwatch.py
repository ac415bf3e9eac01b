"""Metrics in CloudWatch: gathered on the event loop, sent from a thread, fresh within a second (BRO-8.3.7)."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from reference.journal import Journal
from reference.monitoring.catalogue import Catalogue, Kind, MetricDefinition, definition_of
from reference.storage.clock import Clock

SEND_AFTER_S = 0.05
"""What happens together is sent together, as soon as nothing more has happened for so long..."""
SEND_EVERY_S = 0.4
"""...but a datapoint waits at most so long before it is sent; with the time a call takes that stays below a second."""

MOST_WAITING = 20_000
"""Different datapoints that may wait; those that come when so many do are lost and counted in the log."""

DATA_PER_CALL = 1_000
VALUES_PER_DATUM = 150
"""What CloudWatch takes in one PutMetricData."""

Dimensions = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where datapoints belong together: one metric, one second, one set of dimensions."""

    name: str
    second: int
    dimensions: Dimensions


@dataclass(slots=True)
class _Gathered:
    definition: MetricDefinition
    total: float = 0.0
    """Of a counter."""
    times: Counter[float] = field(default_factory=Counter)
    """How often each value was measured."""


class CloudWatchMetrics:
    """Implements reference.metrics.Metrics; to be used on one event loop only.

    `connect` makes the CloudWatch client. It is called on the sending thread when there is something to send, so that
    starting the service does not wait for it.
    """

    def __init__(self, catalogue: Catalogue, connect: Callable[[], Any], clock: Clock) -> None:
        self._catalogue = catalogue
        self._connect = connect
        self._clock = clock
        self._client: Any = None
        self._sender = ThreadPoolExecutor(1, thread_name_prefix="metrics")
        self._gathered: dict[_Place, _Gathered] = {}
        self._waiting = 0
        self._lost = 0
        self._oldest_s = 0.0
        self._newest_s = 0.0
        """When the oldest and the newest of the datapoints that wait came, by the event loop."""
        self._timer: asyncio.TimerHandle | None = None
        self._sending: asyncio.Task[None] | None = None
        self._journal = Journal("metrics")

    def put(self, name: str, value: float = 1.0, **dimensions: str) -> None:
        definition = definition_of(self._catalogue, name, dimensions)
        second = self._clock.now_ms() // 1000
        self._gather(_Place(name, second, tuple(sorted(dimensions.items()))), definition, value)
        if definition.total and dimensions:
            self._gather(_Place(name, second, ()), definition, value)
        self._newest_s = asyncio.get_running_loop().time()
        if self._timer is None and self._sending is None:
            self._oldest_s = self._newest_s
            self._wait()

    async def close(self) -> None:
        """Send what has been gathered, and let go of the thread."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._sending is not None:
            await self._sending
        while self._gathered:
            await self._send()
        self._sender.shutdown(wait=True)

    def _gather(self, place: _Place, definition: MetricDefinition, value: float) -> None:
        gathered = self._gathered.get(place)
        is_another = gathered is None or (definition.kind is Kind.VALUE and value not in gathered.times)
        if is_another:
            if self._waiting >= MOST_WAITING:
                self._lost += 1
                return
            self._waiting += 1
        if gathered is None:
            gathered = self._gathered[place] = _Gathered(definition)
        if definition.kind is Kind.COUNTER:
            gathered.total += value
        else:
            gathered.times[value] += 1

    def _wait(self) -> None:
        """Send when the newest datapoint has waited a while, or the oldest too long."""
        loop = asyncio.get_running_loop()
        due_s = min(self._newest_s + SEND_AFTER_S, self._oldest_s + SEND_EVERY_S)
        if due_s > loop.time():
            self._timer = loop.call_at(due_s, self._wait)
        else:
            self._begin()

    def _begin(self) -> None:
        self._timer = None
        self._sending = asyncio.get_running_loop().create_task(self._send_and_look_again(), name="send-metrics")

    async def _send_and_look_again(self) -> None:
        await self._send()
        self._sending = None
        if self._gathered:
            self._oldest_s = asyncio.get_running_loop().time()
            self._wait()

    async def _send(self) -> None:
        gathered, self._gathered, self._waiting = self._gathered, {}, 0
        if self._lost:
            self._journal.warning("send", "too many datapoints at once, some are lost", lost=self._lost)
            self._lost = 0
        try:
            await asyncio.get_running_loop().run_in_executor(self._sender, self._put_all, gathered)
        except Exception as failure:  # metrics must never disturb what they measure
            self._journal.warning("send", f"datapoints are lost: {failure}", places=len(gathered))

    def _put_all(self, gathered: dict[_Place, _Gathered]) -> None:
        if self._client is None:
            self._client = self._connect()
        by_namespace: dict[str, list[dict[str, object]]] = {}
        for place, points in gathered.items():
            by_namespace.setdefault(points.definition.namespace, []).extend(_data(place, points))
        for namespace, data in by_namespace.items():
            for start in range(0, len(data), DATA_PER_CALL):
                self._client.put_metric_data(Namespace=namespace, MetricData=data[start : start + DATA_PER_CALL])


def _data(place: _Place, points: _Gathered) -> Iterator[dict[str, object]]:
    datum = {
        "MetricName": place.name,
        "Dimensions": [{"Name": name, "Value": value} for name, value in place.dimensions],
        "Timestamp": datetime.fromtimestamp(place.second, UTC),
        "Unit": points.definition.unit,
        "StorageResolution": 1,
    }
    if points.definition.kind is Kind.COUNTER:
        yield {**datum, "Value": points.total}
        return
    values = iter(points.times.items())
    while some := list(islice(values, VALUES_PER_DATUM)):
        yield {
            **datum,
            "Values": [value for value, _ in some],
            "Counts": [float(times) for _, times in some],
        }
