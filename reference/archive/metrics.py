"""What the archive counts and measures, and which of it is too much (ARC-182, ARC-183)."""

from __future__ import annotations

import resource
import shutil
import threading
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from reference.memory import resident_bytes
from reference.storage.clock import Clock

THRESHOLDS: Mapping[str, Mapping[str, float]] = {
    "cpu_percent": {"warning": 80, "critical": 95},
    "memory_percent": {"warning": 85, "critical": 95},
    "disk_percent": {"warning": 90},
    "response_s": {"warning": 1.0, "critical": 3.0},
    "queue_size": {"warning": 20},
}
WINDOW_S = 5.0
"""So long a request counts for how quickly requests are answered."""
OWN = "/api/metrics"
"""Where figures are read, which changes none of them (ARC-183)."""
PROCESSORS, MEMORY = Path("/proc/stat"), Path("/proc/meminfo")
HEALTHY = "healthy"
Told = Callable[[], Mapping[str, Any]]


class Figures:
    def __init__(self, clock: Clock, queue: Told, ordered: Told = dict) -> None:
        """`queue` is what is told of the queue itself; `ordered` are figures that are to be so, by their names."""
        self._clock = clock
        self._queue = queue
        self._ordered = ordered
        self._began_s = clock.monotonic_s()
        self._answers = self._errors = 0
        self._recent: deque[tuple[float, float]] = deque(maxlen=10_000)
        self._processors = _processors()
        self._cpu_percent = 0.0

    def answered(self, path: str, status: int, took_s: float) -> None:
        if path != OWN:
            self._answers += 1
            self._errors += status >= 400
            self._recent.append((self._clock.monotonic_s(), took_s))

    def sample(self) -> None:
        """Measure how busy the processors were since the last time."""
        (worked, passed), (before, then) = _processors(), self._processors
        self._processors = worked, passed
        self._cpu_percent = round(100 * (worked - before) / (passed - then), 1) if passed > then else 0.0

    def response_s(self) -> float:
        """Return how long requests have taken of late, on average; 0 where there were none."""
        since_s = self._clock.monotonic_s() - WINDOW_S
        recent = [took for at, took in self._recent if at >= since_s]
        return float(self._ordered().get("response_s", sum(recent) / len(recent) if recent else 0.0))

    def system(self) -> dict[str, float]:
        disk, ordered = shutil.disk_usage("/"), self._ordered()
        measured = {
            "cpu_percent": self._cpu_percent,
            "memory_percent": _memory_percent(),
            "disk_percent": round(100 * disk.used / (disk.used + disk.free), 1),
        }
        return {name: ordered.get(name, value) for name, value in measured.items()}

    def report(self) -> dict[str, Any]:
        queue, system, response_s = self._queue(), self.system(), self.response_s()
        waiting = self._ordered().get("queue_size", queue["pending"])
        seen = {**system, "response_s": response_s, "queue_size": waiting}
        exceeded = {name: level for name, value in seen.items() if (level := level_of(name, value)) != HEALTHY}
        used = resource.getrusage(resource.RUSAGE_SELF)
        return {
            "system": system,
            "process": {
                "memory_bytes": resident_bytes() or used.ru_maxrss * 1024,
                "cpu_seconds": round(used.ru_utime + used.ru_stime, 3),
                "threads": threading.active_count(),
                "open_files": sum(1 for _ in Path("/dev/fd").iterdir()),
                "uptime_seconds": round(self._clock.monotonic_s() - self._began_s, 1),
            },
            "queue": dict(queue),
            "requests": {"total": self._answers, "errors": self._errors, "response_s": round(response_s, 4)},
            "thresholds": THRESHOLDS,
            "exceeded": exceeded,
            "overall": max(exceeded.values(), key=("warning", "critical").index, default=HEALTHY),
        }


def level_of(name: str, value: float) -> str:
    """Return the worst threshold that a figure has reached."""
    limits = THRESHOLDS[name]
    return next((level for level in ("critical", "warning") if value >= limits.get(level, float("inf"))), HEALTHY)


def _processors() -> tuple[float, float]:
    """Return how long this machine's processors have worked and been there, in ticks; no time where it does not say."""
    if not PROCESSORS.exists():
        return 0.0, 0.0
    ticks = [float(one) for one in PROCESSORS.read_text("ascii").split("\n", 1)[0].split()[1:9]]
    return sum(ticks) - ticks[3] - ticks[4], sum(ticks)  # but for those in which they had nothing to do


def _memory_percent() -> float:
    if not MEMORY.exists():
        return 0.0
    sizes = {line.split(":")[0]: int(line.split()[1]) for line in MEMORY.read_text("ascii").splitlines()}
    return round(100 * (1 - sizes["MemAvailable"] / sizes["MemTotal"]), 1)
