"""Whether a service is slower than last time: each run's delays against those of earlier runs on the same machine.

`make acceptance` keeps what it measured (`python -m earshot report` does, as it keeps the history). A later run is held
against the latest one, by a test for two samples. Runs differ although nothing was changed, by the machine's mood, so
a difference is only called sure if it is also larger than earlier runs differ among each other. Nothing here makes a
run red.
"""

from __future__ import annotations

import json
import math
import os
import platform
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from statistics import NormalDist, mean, stdev
from typing import Any

import numpy as np
from numpy.typing import NDArray

from earshot.measure.budget import percent
from earshot.measure.correlation import design_effect
from earshot.measure.sentences import duration

RUNS_KEPT = 30
"""Of each promise on each kind of machine."""
SAMPLES_KEPT = 600
RUNS_WITH_SAMPLES = 2
"""So many of the latest runs keep their samples, the one that a report is of and the one before; others, figures."""
SURE = 0.99
ENOUGH_RUNS = 3
"""With fewer earlier runs nobody knows how much runs differ."""
NOTABLE = 0.05
"""Less than this is as quick as before."""
NOTABLE_MS = 0.5
"""And so is less than this, about what the stopwatch may err."""


@dataclass(frozen=True, slots=True)
class Past:
    """One promise about time in an earlier run, on a machine that was fit to measure it."""

    at: str
    """When, as ISO 8601."""
    p95_ms: float
    median_ms: float
    samples_ms: tuple[float, ...] = ()
    """In the order in which they were due; empty where only the figures were kept."""


def key(history_id: str, what: str) -> str:
    """Return under which name the runs of a promise are kept: that of its scenario and its words."""
    return f"{history_id} {what}"


@lru_cache(maxsize=1)
def machine_class() -> str:
    """Return what machines have in common whose measurements can be compared."""
    model = platform.processor() or platform.machine()
    information = Path("/proc/cpuinfo")
    if information.exists() and (found := re.search(r"^model name\s*:\s*(.+)$", information.read_text(), re.MULTILINE)):
        model = found[1]
    return f"{os.cpu_count()} × {model}, {platform.system()}, Python {'.'.join(platform.python_version_tuple()[:2])}"


def read(file: Path) -> dict[str, list[Past]]:
    """Return the earlier runs of every promise on this kind of machine, earliest first; nothing if there are none."""
    if not file.is_file():
        return {}
    kept = json.loads(file.read_text("utf-8")).get(machine_class(), {})
    return {name: [_past(run) for run in runs] for name, runs in kept.items()}


def keep(news: Mapping[str, Past], file: Path) -> None:
    """Add a run to what is kept of each of these promises."""
    everything: dict[str, dict[str, list[dict[str, Any]]]] = (
        json.loads(file.read_text("utf-8")) if file.is_file() else {}
    )
    ours = everything.setdefault(machine_class(), {})
    for name, run in news.items():
        latest = {**asdict(run), "samples_ms": [round(time_ms, 3) for time_ms in run.samples_ms[:SAMPLES_KEPT]]}
        runs = [*ours.get(name, []), latest][-RUNS_KEPT:]
        for old in runs[:-RUNS_WITH_SAMPLES]:
            old["samples_ms"] = []
        ours[name] = runs
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(everything, indent=0, sort_keys=True), "utf-8")


@dataclass(frozen=True, slots=True)
class Change:
    """How a run compares with the one before."""

    ratio: float
    """How many times as long things take now, in the middle; above 1 is slower."""
    sure: bool
    words: str


def compare(samples_ms: Sequence[float], interval_ms: float, earlier: Sequence[Past]) -> Change | None:
    """Return how a run compares with the latest of the earlier ones; None if there is nothing to compare."""
    now = _finite(samples_ms)
    if not earlier or not earlier[-1].samples_ms or len(now) < 2:
        return None
    then = _finite(earlier[-1].samples_ms)
    if len(then) < 2:
        return None
    ratio = math.exp(float(np.median(np.log(now)[:, None] - np.log(then)[None, :])))
    before, after = float(np.median(then)), float(np.median(now))
    if abs(ratio - 1) < NOTABLE or abs(after - before) < NOTABLE_MS:
        return Change(ratio, False, f"as quick as last time (half within {duration(after)})")
    chance = _chance_of_accident(now, then, interval_ms)
    enough = len(earlier) >= ENOUGH_RUNS
    beyond = enough and _is_beyond_noise(after, [run.median_ms for run in earlier])
    sure = chance <= 1 - SURE and beyond
    how = f"{'slower' if ratio > 1 else 'quicker'} than last time by {percent(abs(ratio - 1))}"
    what = f"half within {duration(after)} instead of {duration(before)}"
    if sure:
        return Change(ratio, True, f"{how}, sure ({what})")
    if chance > 1 - SURE:
        why = "it may be an accident"
    elif not enough:
        why = f"{len(earlier)} earlier runs are too few to know how much they differ"
    else:
        why = "earlier runs differed as much"
    return Change(ratio, False, f"{how}, not sure: {why} ({what})")


def _past(run: Mapping[str, Any]) -> Past:
    return Past(run["at"], run["p95_ms"], run["median_ms"], tuple(run["samples_ms"]))


def _finite(samples_ms: Sequence[float]) -> NDArray[np.float64]:
    """Return those that came, at least a microsecond each."""
    times = np.asarray([time_ms for time_ms in samples_ms if time_ms < math.inf][:SAMPLES_KEPT], dtype=np.float64)
    return np.maximum(times, 0.001)


def _chance_of_accident(now: NDArray[np.float64], then: NDArray[np.float64], interval_ms: float) -> float:
    """Return how likely two samples of the same service are so far apart (Mann and Whitney, by normal approximation).

    Samples that come in clumps count for fewer.
    """
    wins = float(np.sum(now[:, None] > then[None, :])) + 0.5 * float(np.sum(now[:, None] == then[None, :]))
    count, other = len(now), len(then)
    spread = math.sqrt(count * other * (count + other + 1) / 12)
    effect = max(
        design_effect(times, times > float(np.median(times)), 0.5, interval_ms) if len(times) >= 20 else 1.0
        for times in (now, then)
    )
    far = abs(wins - count * other / 2) / spread / math.sqrt(effect)
    return 2 * (1 - NormalDist().cdf(far))


def _is_beyond_noise(after_ms: float, medians_ms: Sequence[float]) -> bool:
    """Whether a run is further away than one more of such runs would be (a prediction interval, by Student's t)."""
    from scipy.special import stdtrit  # takes 0.3 s, which only runs that judge time should pay

    logs, count = [math.log(max(value, 0.001)) for value in medians_ms], len(medians_ms)
    reach = float(stdtrit(count - 1, (1 + SURE) / 2)) * stdev(logs) * math.sqrt(1 + 1 / count)
    return abs(math.log(max(after_ms, 0.001)) - mean(logs)) > reach
