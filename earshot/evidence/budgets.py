"""What was measured of promises about time, kept with the result so that the overview can tell of it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from earshot.evidence import data
from earshot.measure.fitness import percentile_of
from earshot.measure.stopwatch import Judged

NAME = "Latency budget (data)"


@dataclass(frozen=True, slots=True)
class Measured:
    """One budget and what was measured of it, in the words of its scenario."""

    what: str
    """Such as `95% of the answers to a heartbeat`."""
    limit_ms: float
    measured_ms: float | None
    """The same percentile of what was measured; None where an answer never came."""
    outcome: str
    """`pass`, `fail` or `inconclusive`."""
    words: str
    """The verdict as a sentence."""
    kind: str = ""
    """What sort of work took the time: transcription, chat, WebSocket, end to end or other."""
    figures: Mapping[str, float | None] = field(default_factory=dict)
    """What was measured, in ms: min, median, average, p95, p99, max and deviation; None where an answer never came."""
    counts: Mapping[str, float] = field(default_factory=dict)
    """What was counted meanwhile, by what to call it, with its unit."""
    samples_ms: Sequence[float | None] = ()
    """Every sample, in the order in which they were due; None for an answer that never came."""
    interval_ms: float = 0.0
    """How far apart they were due, on average."""
    fit: bool = True
    """Whether the machine was fit to tell."""
    since_last: str = ""
    """How this compares with the run before, in words; empty if it was not compared."""
    surely_slower: bool = False
    trend_ms: Sequence[float] = ()
    """The 95th percentile in earlier runs on the same kind of machine, earliest first, and in this one."""

    @property
    def headroom(self) -> float | None:
        """The share of the limit that was left; negative when it was exceeded, None when an answer never came."""
        return None if self.measured_ms is None else 1 - self.measured_ms / self.limit_ms


def of(judged: Judged) -> Measured:
    """Return what is kept of a verdict."""
    verdict = judged.verdict
    return Measured(
        what=judged.what,
        limit_ms=verdict.budget.limit_ms,
        measured_ms=None if verdict.at_ms == math.inf else verdict.at_ms,
        outcome=verdict.outcome.value,
        words=judged.words,
        kind=judged.kind,
        figures=figures(verdict.samples_ms),
        counts=judged.counts,
        samples_ms=[_finite(time_ms) for time_ms in verdict.samples_ms],
        interval_ms=judged.interval_ms,
        fit=not verdict.complaints,
    )


def in_a_line(measured: Measured) -> str:
    """Return what was measured: how many, the figures in ms, and what was counted meanwhile."""
    told = [f"{len(measured.samples_ms)} measured"]
    told += [f"{name} {'never' if at_ms is None else f'{at_ms:.1f}'}" for name, at_ms in measured.figures.items()]
    told += [f"{name} {count:g}" for name, count in measured.counts.items()]
    return f"{measured.what}: {', '.join(told)}"


def figures(samples_ms: Sequence[float]) -> dict[str, float | None]:
    """Return what describes a measurement, in ms; None where an answer that never came makes it infinite."""
    times = np.asarray(samples_ms, dtype=np.float64)
    whole = bool(np.isfinite(times).all())
    return {
        "min": _finite(float(times.min())),
        "median": _finite(percentile_of(samples_ms, 50)),
        "average": float(times.mean()) if whole else None,
        "p95": _finite(percentile_of(samples_ms, 95)),
        "p99": _finite(percentile_of(samples_ms, 99)),
        "max": _finite(float(times.max())),
        "deviation": float(times.std()) if whole else None,
    }


def _finite(time_ms: float) -> float | None:
    return None if time_ms == math.inf else time_ms


def attach(measured: Measured) -> None:
    """Keep a measurement with the open scenario."""
    data.attach(NAME, asdict(measured))


def read(folder: Path, result: Mapping[str, Any]) -> Iterator[Measured]:
    """Yield what was measured in the scenario of a result."""
    return (Measured(**each) for each in data.read(folder, result, NAME))
