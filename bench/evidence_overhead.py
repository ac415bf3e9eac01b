"""What evidence and formatter cost: the same scenarios with results and without, in turns.

    python bench/evidence_overhead.py [--rounds 5] [features…]

Every round runs the scenarios once without and once with the Allure formatter; without it no evidence is made. A
scenario's time runs from its start to the start of the next one, so hooks and clean-ups count. Printed are, over all
scenarios, the median and the 90th percentile of what is added, each scenario by the median of its rounds: once by the
clock on the wall, which needs a machine with nothing else to do, and once by the time that behave's thread was at work.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from behave.formatter.base import Formatter

ROOT = Path(__file__).resolve().parents[1]
ALLURE = "allure_behave.formatter:AllureFormatter"
BUDGET_MS = 15.0
EVERYDAY = ("features/broadcast/hearing_a_talk.feature", "features/broadcast/joining_and_leaving.feature")


class Stopwatch(Formatter):
    """Writes for each scenario how long it took, as a JSON line."""

    name = "stopwatch"
    description = "JSON lines for bench/evidence_overhead.py"

    def __init__(self, stream_opener: Any, config: Any) -> None:
        super().__init__(stream_opener, config)
        self.stream = self.open()
        self._running: tuple[str, float, float] | None = None

    def scenario(self, scenario: Any) -> None:
        """The one before has ended, and this one begins."""
        self.eof()
        self._running = scenario.name, time.perf_counter(), time.thread_time()

    def eof(self) -> None:
        """The one before has ended."""
        if self._running:
            name, *began_s = self._running
            now_s = time.perf_counter(), time.thread_time()
            took_ms = [(now - began) * 1000 for now, began in zip(now_s, began_s, strict=True)]
            self.stream.write(json.dumps([name, *took_ms]) + "\n")
            self._running = None


def main() -> int:
    """Measure and print; return 1 if the median is above the budget."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("features", nargs="*", default=EVERYDAY)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    times_ms: dict[bool, dict[str, list[tuple[float, float]]]] = {True: defaultdict(list), False: defaultdict(list)}
    for number in range(arguments.rounds):
        for with_evidence in (False, True) if number % 2 == 0 else (True, False):
            for name, *took_ms in run(arguments.features, with_evidence=with_evidence):
                times_ms[with_evidence][name].append(tuple(took_ms))
    print(f"{len(times_ms[False])} scenarios, {arguments.rounds} rounds each way; evidence and formatter add")
    added_ms = [tell(clock, number, times_ms) for number, clock in enumerate(("on the wall", "of behave's thread"))]
    print(f"  budget: {BUDGET_MS:g} ms")
    return 0 if added_ms[0] <= BUDGET_MS else 1


def tell(clock: str, number: int, times_ms: dict[bool, dict[str, list[tuple[float, float]]]]) -> float:
    """Print what is added by one of the two clocks, and return the median in milliseconds."""
    with_it, without = (
        {name: statistics.median(took[number] for took in times) for name, times in times_ms[way].items()}
        for way in (True, False)
    )
    added_ms = sorted(with_it[name] - took for name, took in without.items())
    median, p90 = statistics.median(added_ms), added_ms[int(0.9 * len(added_ms))]
    print(f"  {median:6.1f} ms in the median, {p90:6.1f} ms in the 90th percentile, by the clock {clock}")
    return median


def run(features: list[str], *, with_evidence: bool) -> list[list[Any]]:
    """Run the features once and return for each scenario its name and how long it took, by both clocks."""
    with tempfile.TemporaryDirectory() as folder:
        times = Path(folder) / "times"
        formats = ["-f", "evidence_overhead:Stopwatch", "-o", str(times)]
        if with_evidence:
            formats += ["-f", ALLURE, "-o", str(Path(folder) / "results")]
        # A folder of its own keeps behave.ini, and the formatter named there, out of it.
        subprocess.run(
            [sys.executable, "-m", "behave", *formats, *(str(ROOT / feature) for feature in features)],
            cwd=folder,
            env={"PYTHONPATH": f"{ROOT}:{ROOT / 'bench'}", "PATH": "/usr/bin:/bin", "HOME": folder},
            stdout=subprocess.DEVNULL,
            check=True,
        )
        return [json.loads(line) for line in times.read_text("utf-8").splitlines()]


if __name__ == "__main__":
    sys.exit(main())
