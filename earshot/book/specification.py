"""What the features say, as data: features, rules, scenarios, sentences and examples, and their last verdicts.

The specification is printed from it, and two revisions are compared by it. Nothing is executed: the files are read by
behave's own parser, and a scenario finds its result by the history that it has in the report.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from behave.model import ScenarioOutline

from earshot.book.promises import parse_features
from earshot.book.requirements import Requirements
from earshot.evidence.identity import REQUIREMENT_ID, SEVERITIES, identify
from earshot.evidence.results import ScenarioResult
from earshot.systems import NAMES


@dataclass(frozen=True, slots=True)
class WrittenStep:
    """One step of a scenario or Background, as it is written."""

    keyword: str
    """Given, When, Then, And, But or *."""
    kind: str
    """given, when or then; an And is what the sentence before it is."""
    text: str
    block: str
    """The text block beneath it; empty where there is none."""
    table: tuple[tuple[str, ...], ...]
    """The table beneath it, headings first; empty where there is none."""


@dataclass(frozen=True, slots=True)
class ExampleRow:
    cells: tuple[str, ...]
    history_id: str


@dataclass(frozen=True, slots=True)
class Examples:
    title: str
    tags: tuple[str, ...]
    headings: tuple[str, ...]
    rows: tuple[ExampleRow, ...]


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario, or an outline with all its examples."""

    title: str
    file: str
    """Path from the parent of the features folder, with forward slashes."""
    line: int
    description: str
    tags: tuple[str, ...]
    """Those of feature, rule, scenario and examples, in this order."""
    severity: str | None
    """The one written nearest to the scenario."""
    sentences: tuple[WrittenStep, ...]
    examples: tuple[Examples, ...]
    history_ids: tuple[str, ...]
    """Under which its results are found: one, or one for each row of the examples."""

    @property
    def ids(self) -> tuple[str, ...]:
        """The requirements it shows."""
        return tuple(tag for tag in self.tags if REQUIREMENT_ID.match(tag))

    @property
    def traits(self) -> tuple[str, ...]:
        """The tags that are neither a requirement, nor a severity, nor a system."""
        return tuple(tag for tag in self.tags if tag not in (*SEVERITIES, *NAMES) and not REQUIREMENT_ID.match(tag))


@dataclass(frozen=True, slots=True)
class Rule:
    title: str | None
    """None for the scenarios of a feature that stand outside of every rule."""
    description: str
    background: tuple[WrittenStep, ...]
    scenarios: tuple[Scenario, ...]


@dataclass(frozen=True, slots=True)
class Feature:
    title: str
    file: str
    description: str
    system: str | None
    """Its name, if the feature says which."""
    background: tuple[WrittenStep, ...]
    rules: tuple[Rule, ...]

    @property
    def scenarios(self) -> Iterator[Scenario]:
        for rule in self.rules:
            yield from rule.scenarios


@dataclass(frozen=True, slots=True)
class Book:
    requirements: Requirements
    features: tuple[Feature, ...]
    results: Mapping[str, ScenarioResult]
    """Of the last run, by history id; empty if nothing has been run."""


def read_features(features_dir: Path) -> tuple[Feature, ...]:
    """Return every feature below a folder, in the order of the files.

    Raises Unusable when the folder holds no feature file, or one that cannot be parsed.
    """
    return tuple(
        _feature(file.relative_to(features_dir.parent).as_posix(), feature)
        for file, feature in parse_features(features_dir)
    )


def _feature(path: str, feature: Any) -> Feature:
    feature.location.filename = path  # a scenario's history is that of its path inside the project
    history_ids = {scenario: identity.history_id for scenario, identity in identify(feature.walk_scenarios()).items()}
    rules = [
        Rule(
            title=rule.name,
            description=_lines(rule.description),
            background=_background(rule),
            scenarios=tuple(_scenario(path, (feature, rule), scenario, history_ids) for scenario in rule.scenarios),
        )
        for rule in feature.rules
    ]
    if feature.scenarios:
        alone = tuple(_scenario(path, (feature,), scenario, history_ids) for scenario in feature.scenarios)
        rules.insert(0, Rule(title=None, description="", background=(), scenarios=alone))
    return Feature(
        title=feature.name,
        file=path,
        description=_lines(feature.description),
        system=next((str(tag) for tag in feature.tags if tag in NAMES), None),
        background=_background(feature),
        rules=tuple(rules),
    )


def _scenario(path: str, parents: tuple[Any, ...], scenario: Any, history_ids: Mapping[Any, str]) -> Scenario:
    is_outline = isinstance(scenario, ScenarioOutline)
    rows = list(scenario.scenarios) if is_outline else [scenario]
    written = [tag for part in (*parents, scenario) for tag in part.tags if "<" not in tag]
    return Scenario(
        title=scenario.name,
        file=path,
        line=scenario.line,
        description=_lines(scenario.description),
        tags=tuple(dict.fromkeys(map(str, [*written, *(tag for row in rows for tag in row.tags)]))),
        severity=next(
            (str(tag) for part in (scenario, *reversed(parents), *rows) for tag in part.tags if tag in SEVERITIES), None
        ),
        sentences=_sentences(scenario.steps),
        examples=tuple(_examples(scenario, history_ids)) if is_outline else (),
        history_ids=tuple(history_ids[row] for row in rows),
    )


def _examples(outline: Any, history_ids: Mapping[Any, str]) -> Iterator[Examples]:
    rows = iter(outline.scenarios)
    for examples in outline.examples:
        table = examples.table
        yield Examples(
            title=examples.name,
            tags=tuple(map(str, examples.tags)),
            headings=tuple(table.headings) if table else (),
            rows=tuple(ExampleRow(tuple(row.cells), history_ids[next(rows)]) for row in (table.rows if table else ())),
        )


def _background(container: Any) -> tuple[WrittenStep, ...]:
    return _sentences(container.background.steps) if container.background else ()


def _sentences(steps: Iterable[Any]) -> tuple[WrittenStep, ...]:
    return tuple(
        WrittenStep(
            keyword=step.keyword,
            kind=step.step_type,
            text=step.name,
            block=str(step.text) if step.text else "",
            table=tuple(map(tuple, [step.table.headings, *(row.cells for row in step.table.rows)]))
            if step.table
            else (),
        )
        for step in steps
    )


def _lines(description: Iterable[str]) -> str:
    return "\n".join(description)
