"""What many requests at once came to, batch after batch; how that compares with earlier runs; and where that is kept.

A comparison is told and judged by a gate of its own (gates.py); it makes no scenario red.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from earshot.measure.baselines import RUNS_KEPT, machine_class

LOST_S = 10.0
"""What a request counts for that was never answered."""
BETTER_BY = 0.1
"""A baseline is replaced by a run whose average or throughput is better by as much (PERF-11)."""
ERRORS_APART = 0.05
AVERAGE, THROUGHPUT, MEMORY, ERRORS = "average_s", "throughput", "memory_mb", "error_rate"
_ROUNDING = 1e-9
Measured = TypeVar("Measured")


@dataclass(frozen=True, slots=True)
class Workload:
    """One kind of request under load."""

    endpoint: str
    method: str
    average_s: float
    p95_s: float
    p99_s: float
    max_s: float
    throughput: float
    """Answers a second."""
    requests: int
    errors: int
    concurrency: int
    duration_s: float
    at: str
    """When, as ISO 8601."""
    memory_mb: float = 0.0
    """By how much the service grew meanwhile; 0 where nobody can tell."""
    cpu_percent: float = 0.0
    """How much of a processor the service used; 0 where nobody can tell."""

    @property
    def error_rate(self) -> float:
        return self.errors / self.requests

    @property
    def name(self) -> str:
        return f"{self.method} {self.endpoint}"


def workload(
    endpoint: str, method: str, answers: Sequence[tuple[float, bool]], *, concurrency: int, duration_s: float, at: str,
    memory_mb: float = 0.0, cpu_percent: float = 0.0,
) -> Workload:  # fmt: skip
    """Return what these answers come to: for each, how long it took in seconds (LOST_S if it never came), and if well.

    Raises ValueError where there are no answers.
    """
    times = sorted(took_s for took_s, _ in answers)
    if not times:
        raise ValueError(f"nothing was asked of {method} {endpoint}")
    p95_s, p99_s = (percentile(times, q) for q in (0.95, 0.99))
    return Workload(
        endpoint, method, sum(times) / len(times), p95_s, p99_s, times[-1], len(times) / duration_s, len(times),
        sum(not well for _, well in answers), concurrency, duration_s, at, memory_mb, cpu_percent,
    )  # fmt: skip


def percentile(ordered: Sequence[Measured], share: float) -> Measured:
    """Return the sample at index ⌊n·share⌋, or the last; the smallest is first."""
    return ordered[min(math.floor(len(ordered) * share), len(ordered) - 1)]


@dataclass(frozen=True, slots=True)
class Finding:
    """One figure that is clearly worse, or better, than in the baseline."""

    metric: str
    baseline: float
    current: float
    threshold: float
    ratio: float | None = None
    difference: float | None = None

    @property
    def words(self) -> str:
        how = f"{self.ratio:.2f} times" if self.ratio is not None else f"{self.difference or 0:+.3f}"
        return f"{self.metric} {self.current:.4g} instead of {self.baseline:.4g} ({how}, threshold {self.threshold:g})"


@dataclass(frozen=True, slots=True)
class Comparison:
    endpoint: str
    baseline_timestamp: str
    current_timestamp: str
    regressions: Sequence[Finding] = ()
    improvements: Sequence[Finding] = ()
    metrics_comparison: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    @property
    def gating(self) -> list[Finding]:
        """What fails the gate; memory and errors are told only."""
        return [each for each in self.regressions if each.metric in (AVERAGE, THROUGHPUT)]


_WORSE: Mapping[str, tuple[float, Callable[[float, float], bool]]] = {
    AVERAGE: (1.5, lambda ratio, limit: ratio > limit),
    THROUGHPUT: (0.8, lambda ratio, limit: ratio < limit),
    MEMORY: (2.0, lambda ratio, limit: ratio > limit),
}
_BETTER: Mapping[str, tuple[float, Callable[[float, float], bool]]] = {
    AVERAGE: (0.9, lambda ratio, limit: ratio < limit),
    THROUGHPUT: (1.1, lambda ratio, limit: ratio > limit),
}


def compare(baseline: Workload, current: Workload) -> Comparison:
    """Return what is clearly worse or better (PERF-8, PERF-9); a baseline that is not positive tells nothing."""
    figures = {metric: (_figure(baseline, metric), _figure(current, metric)) for metric in (*_WORSE, ERRORS)}
    found: dict[bool, list[Finding]] = {True: [], False: []}
    for worse, rules in ((True, _WORSE), (False, _BETTER)):
        for metric, (threshold, beyond) in rules.items():
            before, now = figures[metric]
            if before > 0 and beyond(now / before, threshold):
                found[worse].append(Finding(metric, before, now, threshold, ratio=now / before))
    before, now = figures[ERRORS]
    if now - before > ERRORS_APART + _ROUNDING:
        found[True].append(Finding(ERRORS, before, now, ERRORS_APART, difference=now - before))
    shown = {metric: {"baseline": before, "current": now} for metric, (before, now) in figures.items()}
    return Comparison(current.name, baseline.at, current.at, found[True], found[False], shown)


def is_better(baseline: Workload, current: Workload) -> bool:
    """Whether a run is to be the new baseline: clearly better, with no more errors."""
    quicker = current.average_s <= baseline.average_s * (1 - BETTER_BY) + _ROUNDING
    busier = current.throughput >= baseline.throughput * (1 + BETTER_BY) - _ROUNDING
    return (quicker or busier) and current.error_rate <= baseline.error_rate


def hold_against(folder: Path, runs: Iterable[Workload]) -> list[Comparison]:
    """Compare with the baselines kept in a folder for this kind of machine, and keep these runs there.

    What has no baseline becomes one and is compared with nothing. Earlier runs stay beside the baseline.
    """
    compared = []
    for run in runs:
        file = folder / slug(machine_class()) / f"{slug(run.name)}.json"
        kept: dict[str, Any] = json.loads(file.read_text("utf-8")) if file.exists() else {"runs": []}
        baseline = Workload(**kept["baseline"]) if "baseline" in kept else None
        if baseline is not None:
            compared.append(compare(baseline, run))
        if baseline is None or is_better(baseline, run):
            kept["baseline"] = asdict(run)
        kept["runs"] = [*kept["runs"], asdict(run)][-RUNS_KEPT:]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(kept, indent=1), "utf-8")
    return compared


def slug(words: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")


def _figure(run: Workload, metric: str) -> float:
    return float(getattr(run, metric))
