"""Who runs what: the scenarios of a run dealt out to workers, so that all end at about the same time."""

from __future__ import annotations

import heapq
import json
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from behave.model import ScenarioOutline
from behave.tag_expression import make_tag_expression

from earshot.evidence.identity import Identity, identify, title
from earshot.failures import Unusable
from earshot.promises import parse_features
from earshot.selection import insist_on_known_tags

UNKNOWN_DURATION_S = 1.0
DEFAULT_TAGS = "not @slow"


@dataclass(frozen=True, slots=True)
class Planned:
    """One scenario, or one row of examples."""

    place: str
    """file:line, as behave takes it."""
    title: str
    history_id: str
    """The same in every run, as in the Allure results."""
    tags: frozenset[str]
    group: str
    """Scenarios of one group stay with one worker: those of a feature that need services with other settings."""

    @property
    def alone(self) -> bool:
        """Whether nothing else may run beside it."""
        return "alone" in self.tags


def select(features: Path, paths: Sequence[str], tags: Sequence[str]) -> list[Planned]:
    """Return the scenarios below `features` that lie in `paths` (files or folders; none means all) and fit `tags`.

    Raises Unusable when a path is not there, nobody registered a tag, or nothing is selected.
    """
    for path in paths:
        if not Path(path).exists():
            raise Unusable(f"{path}: expected a feature file or a folder of them, but there is nothing")
    wanted = [Path(path).resolve() for path in paths]
    expression = make_tag_expression(list(tags) or [DEFAULT_TAGS])
    planned = []
    carried: set[str] = set()
    for file, feature in parse_features(features):
        carried.update(str(tag) for scenario in feature.walk_scenarios() for tag in scenario.effective_tags)
        if wanted and not any(file.resolve().is_relative_to(path) for path in wanted):
            continue
        scenarios = [scenario for scenario in feature.walk_scenarios() if not isinstance(scenario, ScenarioOutline)]
        for scenario, identity in identify(scenarios).items():
            if expression.check([str(tag) for tag in scenario.effective_tags]):
                planned.append(_planned(file, scenario, identity))
    insist_on_known_tags(expression, carried)
    if not planned:
        raise Unusable(
            f"no scenario in {', '.join(paths) or features} has the tags {' and '.join(tags) or DEFAULT_TAGS}"
        )
    return planned


def deal(scenarios: Iterable[Planned], workers: int, durations_s: Mapping[str, float]) -> list[list[Planned]]:
    """Deal scenarios out to at most `workers` workers, longest first, always to the one with least to do."""
    groups: dict[str, list[Planned]] = {}
    for scenario in scenarios:
        groups.setdefault(scenario.group, []).append(scenario)

    def duration_s(group: list[Planned]) -> float:
        return sum(durations_s.get(scenario.history_id, UNKNOWN_DURATION_S) for scenario in group)

    loads = [(0.0, worker) for worker in range(workers)]
    dealt: list[list[Planned]] = [[] for _ in range(workers)]
    for group in sorted(groups.values(), key=duration_s, reverse=True):
        load_s, worker = heapq.heappop(loads)
        dealt[worker] += group
        heapq.heappush(loads, (load_s + duration_s(group), worker))
    return [scenarios for scenarios in dealt if scenarios]


def shuffled(scenarios: Iterable[Planned], seed: int) -> list[Planned]:
    """Return the scenarios in an order of chance that the seed repeats."""
    order = list(scenarios)
    random.Random(seed).shuffle(order)
    return order


def read_durations(file: Path) -> dict[str, float]:
    """Return how long each scenario took last time, in seconds, by history id; nothing if that is not known."""
    return json.loads(file.read_text("utf-8")) if file.is_file() else {}


def keep_durations(file: Path, results: Iterable[Mapping[str, Any]]) -> None:
    """Remember how long each of these Allure results took, beside what is known of others."""
    known = read_durations(file)
    known |= {
        result["historyId"]: round((result["stop"] - result["start"]) / 1000, 3)
        for result in results
        if "stop" in result
    }
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(known, indent=0, sort_keys=True), "utf-8")


def _planned(file: Path, scenario: Any, identity: Identity) -> Planned:
    tags = frozenset(str(tag) for tag in scenario.effective_tags)
    place = f"{file.as_posix()}:{scenario.line}"
    return Planned(
        place=place,
        title=title(scenario),
        history_id=identity.history_id,
        tags=tags,
        group=file.as_posix() if "needs-settings" in tags else place,
    )
