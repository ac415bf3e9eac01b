"""What a run says about the promises, for the people who made them: kept, broken, open or not checked, and why.

Everything here is read from a folder of results, so it says what the report says.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from earshot.book.promises import Trace
from earshot.book.requirements import Requirement
from earshot.evidence.budgets import Measured
from earshot.evidence.record import BEGINNING, GOING_ON, what_is_missing
from earshot.evidence.results import PROPERTIES, SEEN, ScenarioResult
from earshot.evidence.surroundings import read_properties
from earshot.evidence.verdicts import Category
from earshot.measure import baselines
from earshot.measure.baselines import Past

OVERVIEW_PAGE = "overview.html"
SLOWEST = 10


class State(StrEnum):
    """What a run says of a promise; the worst that is said of it counts."""

    BROKEN = "broken"
    KNOWN = "known not to be kept"
    OPEN = "open"
    NOT_CHECKED = "not checked"
    PARTLY = "kept as far as checked"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class Shown:
    """One promise, and what the scenarios say of it."""

    requirement: Requirement
    state: State
    scenarios: tuple[ScenarioResult, ...]
    why: str = ""
    """Why it was not checked, or how far."""

    @property
    def telling(self) -> list[ScenarioResult]:
        """The scenarios because of which the promise is not called kept, those with the same reason once."""
        return list({(s.name, s.reason): s for s in self.scenarios if s.verdict != "passed"}.values())


@dataclass(frozen=True, slots=True)
class Messages:
    """How much of a contract was seen on the wire."""

    declared: tuple[str, ...]
    seen: Mapping[str, int]
    unknown: Mapping[str, int]

    @property
    def unseen(self) -> list[str]:
        """The messages that nobody sent or received in this run."""
        return [name for name in self.declared if not self.seen.get(name)]


@dataclass(frozen=True, slots=True)
class SystemOverview:
    name: str
    title: str
    promises: tuple[Shown, ...]
    covered: int
    """How many of its promises have a scenario, in this run or not."""
    messages: Messages | None
    scenarios: tuple[ScenarioResult, ...]

    def having(self, *states: State) -> list[Shown]:
        """Return the promises in one of these states."""
        return [shown for shown in self.promises if shown.state in states]

    @property
    def slowest(self) -> list[ScenarioResult]:
        """The scenarios that took longest, longest first."""
        return sorted(self.scenarios, key=lambda scenario: scenario.duration_s, reverse=True)[:SLOWEST]

    @property
    def budgets(self) -> list[tuple[ScenarioResult, Measured]]:
        """What was measured of promises about time, with least headroom first."""
        found = [(scenario, measured) for scenario in self.scenarios for measured in scenario.budgets]
        return sorted(found, key=lambda each: -1e9 if each[1].headroom is None else each[1].headroom)

    def by_group(self) -> dict[str, Counter[State]]:
        """Return how many promises of each group are in which state, in the order of the requirements."""
        groups: dict[str, Counter[State]] = {}
        for shown in self.promises:
            groups.setdefault(shown.requirement.group, Counter())[shown.state] += 1
        return groups


@dataclass(frozen=True, slots=True)
class Overview:
    """What a product owner wants to know of a run."""

    began: datetime | None
    duration_s: float
    surroundings: Mapping[str, str]
    systems: tuple[SystemOverview, ...]
    scenarios: tuple[ScenarioResult, ...] = field(repr=False)
    missing: str = ""
    """In what this is not a whole run."""

    @property
    def obstacles(self) -> list[ScenarioResult]:
        """Why the run could not begin, or go on."""
        return [result for result in self.scenarios if result.name in (BEGINNING, GOING_ON)]


def overview(
    folder: Path,
    results: Sequence[ScenarioResult],
    trace: Trace,
    past: Mapping[str, Sequence[Past]] = MappingProxyType({}),
) -> Overview:
    """Return what the `results` in `folder` say about all promises; `past` is what earlier runs measured."""
    scenarios = tuple(
        replace(result, budgets=tuple(_compared(each, result, past) for each in result.budgets)) for result in results
    )
    began = min((result.began for result in results), default=None)
    ended = max((result.ended for result in results), default=None)
    return Overview(
        began=began.astimezone() if began else None,
        duration_s=(ended - began).total_seconds() if began and ended else 0,
        surroundings=read_properties(folder / PROPERTIES),
        systems=tuple(
            SystemOverview(
                name,
                title,
                tuple(_shown(r, scenarios, trace) for r in trace.requirements if r.system == name),
                sum(requirement.system == name for requirement in trace.covered),
                read_messages(folder, name),
                tuple(scenario for scenario in scenarios if scenario.system == name),
            )
            for name, title in trace.requirements.systems.items()
        ),
        scenarios=scenarios,
        missing=what_is_missing(folder),
    )


def read_messages(folder: Path, system: str) -> Messages | None:
    """Return what all processes of a run have seen of a system's contract; None where nothing was written down."""
    declared: dict[str, None] = {}
    seen: Counter[str] = Counter()
    unknown: Counter[str] = Counter()
    for file in folder.glob(SEEN):
        one = json.loads(file.read_text("utf-8"))
        if one["system"] != system:
            continue
        declared |= dict.fromkeys(one["declared"])
        seen.update(one["seen"])
        unknown.update(one["unknown"])
    return Messages(tuple(declared), seen, unknown) if declared else None


def measured_now(results: Iterable[ScenarioResult]) -> dict[str, Past]:
    """Return what a run adds to the baselines: every promise about time that a fit machine measured."""
    return {
        baselines.key(result.history_id, each.what): Past(result.began.isoformat(), p95_ms, median_ms, _whole(each))
        for result in results
        for each in result.budgets
        if each.fit and (p95_ms := each.figures.get("p95")) and (median_ms := each.figures.get("median"))
    }


def _compared(measured: Measured, result: ScenarioResult, past: Mapping[str, Sequence[Past]]) -> Measured:
    """Return the same with how it compares with earlier runs."""
    known = past.get(baselines.key(result.history_id, measured.what), ())
    earlier = [run for run in known if run.at < result.began.isoformat()]
    p95_ms = measured.figures.get("p95")
    if not earlier or p95_ms is None:
        return measured
    trend_ms = (*(run.p95_ms for run in earlier), p95_ms)
    if not measured.fit:
        return replace(measured, since_last="not compared with last time: the machine was unfit", trend_ms=trend_ms)
    change = baselines.compare(_whole(measured), measured.interval_ms, earlier)
    slower = change is not None and change.sure and change.ratio > 1
    words = change.words if change else ""
    return replace(measured, since_last=words, surely_slower=slower, trend_ms=trend_ms)


def _whole(measured: Measured) -> tuple[float, ...]:
    return tuple(math.inf if time_ms is None else time_ms for time_ms in measured.samples_ms)


def _shown(requirement: Requirement, scenarios: Iterable[ScenarioResult], trace: Trace) -> Shown:
    showing = tuple(scenario for scenario in scenarios if requirement.id in scenario.promises)
    if not showing:
        return Shown(requirement, State.NOT_CHECKED, (), _why_nobody_showed(requirement, trace))
    passed = sum(scenario.verdict == "passed" for scenario in showing)
    of = max(len(showing), sum(place.rows for place in trace.shown_by.get(requirement.id, ())))
    verdicts = {scenario.verdict for scenario in showing}
    if any(scenario.verdict == "failed" and scenario.reached_then for scenario in showing):
        return Shown(requirement, State.BROKEN, showing)
    if Category.KNOWN_ISSUE in {scenario.category for scenario in showing}:
        return Shown(requirement, State.KNOWN, showing)
    if verdicts & {"failed", "broken", "inconclusive"}:
        return Shown(requirement, State.OPEN, showing)
    if not passed:
        return Shown(requirement, State.NOT_CHECKED, showing, showing[0].reason)
    if passed < of:
        return Shown(requirement, State.PARTLY, showing, f"{passed} of {of}")
    return Shown(requirement, State.KEPT, showing)


def _why_nobody_showed(requirement: Requirement, trace: Trace) -> str:
    if requirement.deploy_only:
        return "they can only be seen in a deployment"
    return (
        "their scenarios were left out of this run"
        if requirement.id in trace.shown_by
        else "nobody wrote a scenario yet"
    )


def reasons(shown: Iterable[Shown]) -> Iterator[tuple[str, list[Shown]]]:
    """Yield each reason why promises were not checked, the most frequent first, with those promises."""
    groups: dict[str, list[Shown]] = {}
    for each in shown:
        groups.setdefault(each.why, []).append(each)
    yield from sorted(groups.items(), key=lambda group: -len(group[1]))
