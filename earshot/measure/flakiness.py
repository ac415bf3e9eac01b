"""Whether scenarios end alike, run after run of unchanged code (ARC-203)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

ENOUGH_RUNS = 10
_RED = ("failed", "broken")


@dataclass(frozen=True, slots=True)
class Flakiness:
    runs: int
    scenarios: int
    flaky: tuple[str, ...]
    """The scenarios that passed in some runs, and failed in others."""

    @property
    def missing_runs(self) -> int:
        return max(0, ENOUGH_RUNS - self.runs)

    @property
    def rate(self) -> float | None:
        """The share of scenarios that are flaky; None as long as there were too few runs to tell."""
        return None if self.missing_runs or not self.scenarios else len(self.flaky) / self.scenarios

    @property
    def words(self) -> str:
        if self.missing_runs:
            return f"{self.missing_runs} more runs of unchanged code are needed to tell how many scenarios are flaky"
        named = "".join(f"; {title}" for title in self.flaky)
        return f"{len(self.flaky)} of {self.scenarios} scenarios were flaky in {self.runs} runs{named}"


def flakiness(runs: Sequence[Mapping[str, str]]) -> Flakiness:
    """Return what runs of unchanged code tell; each is the verdicts by the full names of scenarios."""
    given: dict[str, set[str]] = {}
    for run in runs:
        for title, verdict in run.items():
            given.setdefault(title, set()).add("failed" if verdict in _RED else verdict)
    flaky = tuple(sorted(title for title, verdicts in given.items() if {"passed", "failed"} <= verdicts))
    return Flakiness(len(runs), len(given), flaky)
