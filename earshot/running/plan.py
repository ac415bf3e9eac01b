"""What is to run, in bundles that are dealt out to workers one after another."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from behave.model import ScenarioOutline
from behave.tag_expression import make_tag_expression

from earshot.book.promises import parse_features
from earshot.evidence.blank import Blank, of_scenario
from earshot.evidence.identity import Identity, identify, title
from earshot.evidence.results import ScenarioResult
from earshot.failures import Unusable
from earshot.running.selection import insist_on_known_tags

UNKNOWN_DURATION_S = 0.4
"""Of a scenario that never ran; most are short."""
ASKS_FOR_SETTINGS = "a service that "
DEFAULT_TAGS = "not @slow"


@dataclass(frozen=True, slots=True)
class Planned:
    place: str
    """file:line, as behave takes it."""
    title: str
    history_id: str
    """The same in every run, as in the Allure results."""
    tags: frozenset[str]
    group: str
    """The services with other settings that it asks for, in the words of its steps; empty where it asks for none."""
    blank: Blank = field(repr=False, compare=False)
    """Its result as long as it is not run."""

    @property
    def file(self) -> str:
        return self.place.rpartition(":")[0]

    @property
    def alone(self) -> bool:
        return "alone" in self.tags

    @property
    def needs_own_service(self) -> bool:
        return "needs-own-service" in self.tags


def select(features: Path, paths: Sequence[str], tags: Sequence[str], names: Sequence[str] = ()) -> list[Planned]:
    """Return the scenarios below `features` that lie in `paths` (none means all), fit `tags` and are called `names`.

    A path is a file, a folder, or file:line for the scenario at that line; a name is a pattern for a part of the title,
    and one of them is enough. Raises Unusable when a path is not there, nobody registered a tag, a name is no pattern,
    or nothing is selected.
    """
    called = _pattern(names)
    wanted = [_place(path) for path in paths]
    expression = make_tag_expression(list(tags) or [DEFAULT_TAGS])
    planned = []
    carried: set[str] = set()
    for file, feature in parse_features(features):
        carried.update(str(tag) for scenario in feature.walk_scenarios() for tag in scenario.effective_tags)
        lines = [line for path, line in wanted if file.resolve().is_relative_to(path)]
        if wanted and not lines:
            continue
        scenarios = [scenario for scenario in feature.walk_scenarios() if not isinstance(scenario, ScenarioOutline)]
        named = None if not wanted else {at for line in lines for at in _at(line, feature)}
        for scenario, identity in identify(scenarios).items():
            is_named = named is None or scenario.line in named
            fits = expression.check([str(tag) for tag in scenario.effective_tags])
            if is_named and fits and called.search(title(scenario)):
                planned.append(_planned(file, scenario, identity))
    insist_on_known_tags(expression, carried)
    if not planned:
        asked = [f"the tags {' and '.join(tags) or DEFAULT_TAGS}", *(f"the name {name}" for name in names)]
        raise Unusable(f"no scenario in {', '.join(paths) or features} has {' and '.join(asked)}")
    return planned


def bundles(scenarios: Iterable[Planned], durations_s: Mapping[str, float], longest_s: float) -> list[list[Planned]]:
    """Return the scenarios in bundles of about `longest_s` seconds at most, the longest first.

    Scenarios of a bundle are of one file and, where they ask for settings, of one group, so that as few instances as
    possible are started.
    """
    groups: dict[tuple[str, str], list[Planned]] = {}
    for scenario in scenarios:
        groups.setdefault((scenario.file, scenario.group), []).append(scenario)
    made: list[tuple[float, list[Planned]]] = []
    for group in groups.values():
        bundle_s, bundle = 0.0, list[Planned]()
        for scenario in group:
            takes_s = durations_s.get(scenario.history_id, UNKNOWN_DURATION_S)
            if bundle and bundle_s + takes_s > longest_s:
                made.append((bundle_s, bundle))
                bundle_s, bundle = 0.0, []
            bundle.append(scenario)
            bundle_s += takes_s
        made.append((bundle_s, bundle))
    return [bundle for _, bundle in sorted(made, key=lambda one: one[0], reverse=True)]


def shuffled(scenarios: Iterable[Planned], seed: int) -> list[Planned]:
    """Return the scenarios in an order of chance that the seed repeats."""
    order = list(scenarios)
    random.Random(seed).shuffle(order)
    return order


def read_durations(file: Path) -> dict[str, float]:
    """Return how long each scenario took last time, in seconds, by history id; nothing if that is not known."""
    return json.loads(file.read_text("utf-8")) if file.is_file() else {}


def keep_durations(file: Path, results: Iterable[ScenarioResult]) -> None:
    """Remember how long the scenario of each of these results took, beside what is known of others."""
    known = read_durations(file)
    known |= {result.history_id: round(result.duration_s, 3) for result in results if result.ended_ms is not None}
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(known, indent=0, sort_keys=True), "utf-8")


def _pattern(names: Sequence[str]) -> re.Pattern[str]:
    """Return what finds any of the names in a title."""
    try:
        return re.compile("|".join(f"(?:{name})" for name in names))
    except re.error as wrong:
        raise Unusable(f"--name {' '.join(names)}: expected a regular expression, but {wrong}") from None


def _place(path: str) -> tuple[Path, int | None]:
    """Return file or folder, and the line that was named, if one was."""
    name, colon, line = path.rpartition(":")
    place = (Path(name), int(line)) if colon and line.isdigit() else (Path(path), None)
    if not place[0].exists():
        raise Unusable(f"{path}: expected a feature file or a folder of them, but there is nothing")
    return place[0].resolve(), place[1]


def _at(line: int | None, feature: Any) -> list[int]:
    """Return the lines of the scenarios that a line belongs to: one, the rows of an outline, or, for None, all."""
    chosen = list(feature.walk_scenarios(with_outlines=True))
    if line is not None:
        chosen = [one for one in chosen if one.line <= line][-1:] or chosen[:1]
    return [row.line for one in chosen for row in (one.scenarios if isinstance(one, ScenarioOutline) else [one])]


def _planned(file: Path, scenario: Any, identity: Identity) -> Planned:
    tags = frozenset(str(tag) for tag in scenario.effective_tags)
    place = f"{file.as_posix()}:{scenario.line}"
    return Planned(
        place=place,
        title=title(scenario),
        history_id=identity.history_id,
        tags=tags,
        group="; ".join(step.name for step in scenario.all_steps if step.name.startswith(ASKS_FOR_SETTINGS)),
        blank=of_scenario(scenario, identity),
    )
