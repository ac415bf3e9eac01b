"""What the service counts and times, as Prometheus reads it; each instance has its own registry (CALL-28, PERF-13)."""

from __future__ import annotations

import os
import resource
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import prometheus_client
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

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
        self.requests = self.failures = 0
        """Answers, and those of them that were the service's own failure."""

    def count(self, name: str, /, **labels: str) -> None:
        counter = self.counters[name]
        (counter.labels(**labels) if labels else counter).inc()

    def time(self, name: str, seconds: float) -> None:
        self.histograms[name].observe(seconds)

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
        yield GaugeMetricFamily("process_resident_memory_bytes", "memory in use", value=_memory_bytes())
        used = resource.getrusage(resource.RUSAGE_SELF)
        yield CounterMetricFamily("process_cpu_seconds", "processor time", value=used.ru_utime + used.ru_stime)


def _memory_bytes() -> int:
    pages_in_use = Path("/proc/self/statm")
    if pages_in_use.exists():
        return int(pages_in_use.read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
