"""What the service counts and times, as Prometheus reads it; each instance has its own registry (CALL-28, PERF-13)."""

from __future__ import annotations

import resource
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping

import prometheus_client
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

from reference.memory import resident_bytes

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_COUNTERS = {
    "http_requests": ("method", "endpoint", "status_code"),
    "call": ("hotel_id", "language", "status"),
    "call_events": ("event_type",),
    "call_failures": ("reason",),
    "pms_operations": ("hotel_id", "pms_type", "operation", "status"),
    "tts_synthesis": ("language", "engine", "status"),
    "tts_cache_hits": (),
    "tts_cache_misses": (),
    "auth_requests": (),
    "auth_failures": ("reason",),
    "rate_limit_rejections": ("rule",),
    "backpressure_rejections": ("handler",),
    "retry_attempts": ("service",),
    "alerts": ("severity", "channel"),
    "pii_redactions": ("category",),
    "errors": ("code",),
    "performance_regression_detected": ("endpoint",),
}
_HISTOGRAMS = {
    "http_request_duration_seconds": (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    "call_duration_seconds": (0.1, 1, 5, 10, 30, 60, 120, 300),
    "pms_response_seconds": (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
    "tts_synthesis_duration_seconds": (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
    "e2e_latency_seconds": (0.1, 0.25, 0.5, 1, 2.5, 5, 10),
}
Gauges = Mapping[str, Callable[[], Mapping[str, float]]]
"""What is so at the moment: by name and label, the values by what the label says."""
_LABELS = {
    "active_calls": "hotel_id",
    "circuit_breaker_state": "name",
    "backpressure_queue_size": "handler",
    "pms_availability": "",
}

prometheus_client.disable_created_metrics()  # type: ignore[no-untyped-call]


FEWEST = 20
"""A share of fewer than that says nothing."""


class Ratio:
    """How many of the last ones went well."""

    def __init__(self) -> None:
        self._every: deque[tuple[float, bool]] = deque(maxlen=100_000)

    def add(self, *, well: bool) -> None:
        self._every.append((time.monotonic(), well))

    def failed(self, window_s: float) -> float | None:
        """Return the share that failed, 0 to 1; None where there are too few."""
        since = time.monotonic() - window_s
        recent = [well for at, well in self._every if at >= since]
        return None if len(recent) < FEWEST else recent.count(False) / len(recent)

    def percent(self, window_s: float) -> float:
        since = time.monotonic() - window_s
        recent = [well for at, well in self._every if at >= since]
        return 100.0 * recent.count(True) / len(recent) if recent else 100.0


class Figures:
    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.counters = {
            name: Counter(name, name.replace("_", " "), labels, registry=self._registry)
            for name, labels in _COUNTERS.items()
        }
        self.histograms = {
            name: Histogram(name, name.replace("_", " "), buckets=buckets, registry=self._registry)
            for name, buckets in _HISTOGRAMS.items()
        }
        self.calls, self.answers, self.pms = Ratio(), Ratio(), Ratio()
        self._pms_s: deque[tuple[float, float]] = deque(maxlen=1000)
        self._refused_s: deque[float] = deque(maxlen=1000)
        self._answers = self._busy_s = 0.0

    def count(self, name: str, /, **labels: str) -> None:
        counter = self.counters[name]
        (counter.labels(**labels) if labels else counter).inc()

    def time(self, name: str, seconds: float) -> None:
        self.histograms[name].observe(seconds)

    def answered(self, took_s: float, *, well: bool) -> None:
        self.answers.add(well=well)
        self._answers += 1
        self._busy_s += took_s

    def call_ended(self, *, failed: bool) -> None:
        self.calls.add(well=not failed)

    def pms_asked(self, took_s: float, *, well: bool) -> None:
        self.pms.add(well=well)
        self._pms_s.append((time.monotonic(), took_s))

    def sign_in_refused(self) -> None:
        self._refused_s.append(time.monotonic())

    def slowest_pms(self, window_s: float) -> float:
        """Return the longest time of the property system in the last seconds; 0 where it was not asked."""
        return max((took for at, took in self._pms_s if time.monotonic() - at <= window_s), default=0.0)

    def refused_sign_ins(self, window_s: float) -> int:
        return sum(time.monotonic() - at <= window_s for at in self._refused_s)

    def summary(self) -> dict[str, float]:
        return {
            "requests": self._answers,
            "average_seconds": round(self._busy_s / self._answers, 4) if self._answers else 0.0,
            "error_rate": round(1 - self.answers.percent(3600) / 100, 4),
        }

    def show(self, gauges: Gauges) -> None:
        """Show these at every reading, beside what this process takes."""
        self._registry.register(_Momentary(gauges))

    def text(self) -> bytes:
        return generate_latest(self._registry)


class _Momentary:
    def __init__(self, gauges: Gauges) -> None:
        self._gauges = gauges

    def collect(self) -> Iterator[GaugeMetricFamily | CounterMetricFamily]:
        for name, read in self._gauges.items():
            label = _LABELS[name]
            family = GaugeMetricFamily(name, name.replace("_", " "), labels=[label] if label else [])
            for value, number in read().items():
                family.add_metric([value] if label else [], number)
            yield family
        used = resource.getrusage(resource.RUSAGE_SELF)
        memory_bytes = resident_bytes() or used.ru_maxrss * 1024
        yield GaugeMetricFamily("process_resident_memory_bytes", "memory in use", value=memory_bytes)
        yield CounterMetricFamily("process_cpu_seconds", "processor time", value=used.ru_utime + used.ru_stime)
