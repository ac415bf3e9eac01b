"""Which scenario shows which promise: the tags of the feature files against the requirements.

Nothing is executed: the files are read by behave's own parser, so tags mean here what they mean in a run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from behave.model import ScenarioOutline
from behave.parser import ParserError, parse_file

from earshot.book.requirements import Requirement, Requirements, Review, natural_key
from earshot.evidence.identity import REQUIREMENT_ID
from earshot.failures import Unusable


@dataclass(frozen=True, slots=True)
class ScenarioRef:
    """Where a scenario, or one example row of an outline, stands."""

    file: str
    """Path from the parent of the features folder, with forward slashes."""
    line: int
    title: str
    feature: str
    rows: int = 1
    """How many scenarios it stands for: an outline's rows."""

    @property
    def place(self) -> str:
        """The place as editors take it, such as features/x/pause.feature:12."""
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Changed:
    """A promise that no longer reads as it did when it was reviewed."""

    id: str
    review: Review
    requirement: Requirement | None
    """The promise as it reads now; None when it has been withdrawn."""


@dataclass(frozen=True)
class Trace:
    """What is shown, what is not, and which tags and reviews no longer fit."""

    requirements: Requirements
    shown_by: Mapping[str, tuple[ScenarioRef, ...]]
    """The scenarios of every covered promise, by id, in the order of the requirements."""
    orphans: Mapping[str, tuple[ScenarioRef, ...]]
    """Tags that look like an id but belong to no requirements file, with the scenarios that carry them."""

    @cached_property
    def covered(self) -> tuple[Requirement, ...]:
        """Promises that at least one scenario shows."""
        return tuple(r for r in self.requirements if r.id in self.shown_by)

    @cached_property
    def uncovered_must(self) -> tuple[Requirement, ...]:
        """Obligations that no scenario shows although one could."""
        return tuple(r for r in self._uncovered if r.level == "must" and not r.deploy_only)

    @cached_property
    def uncovered_should(self) -> tuple[Requirement, ...]:
        """Recommendations that no scenario shows although one could."""
        return tuple(r for r in self._uncovered if r.level == "should" and not r.deploy_only)

    @cached_property
    def deploy_only(self) -> tuple[Requirement, ...]:
        """Promises that no scenario shows because none can; each says why."""
        return tuple(r for r in self._uncovered if r.deploy_only)

    @cached_property
    def changed(self) -> tuple[Changed, ...]:
        """Promises whose wording, level or budget differs from what was reviewed, and withdrawn ones."""
        known = self.requirements.by_id()
        return tuple(
            Changed(id_, review, known.get(id_))
            for id_, review in self.requirements.reviews.items()
            if id_ not in known or known[id_].fingerprint != review.fingerprint
        )

    @cached_property
    def not_reviewed(self) -> tuple[Requirement, ...]:
        """Promises that nobody has reviewed yet."""
        return tuple(r for r in self.requirements if r.id not in self.requirements.reviews)

    @property
    def accepted(self) -> bool:
        """True when every obligation is shown, every id tag is known and every reviewed text still stands."""
        return not (self.uncovered_must or self.orphans or self.changed)

    @property
    def _uncovered(self) -> Iterator[Requirement]:
        return (r for r in self.requirements if r.id not in self.shown_by)


def trace(requirements: Requirements, features_dir: Path) -> Trace:
    """Return which scenarios below `features_dir` carry which ids.

    Tags are inherited from feature and rule. Example rows count one by one, with the tags of their table; a
    tag that all rows of an outline share stands for the outline once. A scenario without steps cannot fail,
    so it shows nothing.

    Raises Unusable when the folder holds no feature file, or one that cannot be parsed.
    """
    known = requirements.by_id()
    shown_by: dict[str, dict[ScenarioRef, None]] = {}
    orphans: dict[str, dict[ScenarioRef, None]] = {}
    for file, feature in parse_features(features_dir):
        for tags, ref, can_fail in _scenarios(file.relative_to(features_dir.parent).as_posix(), feature):
            for tag in filter(REQUIREMENT_ID.match, tags):
                if tag not in known:
                    orphans.setdefault(tag, {})[ref] = None
                elif can_fail:
                    shown_by.setdefault(tag, {})[ref] = None
    return Trace(
        requirements,
        {id_: tuple(shown_by[id_]) for id_ in known if id_ in shown_by},
        {tag: tuple(orphans[tag]) for tag in sorted(orphans, key=natural_key)},
    )


def parse_features(features_dir: Path) -> Iterator[tuple[Path, Any]]:
    """Yield each feature file below a folder, empty ones excepted, with behave's model of it, in order of their names.

    Raises Unusable when the folder holds no feature file, or one that cannot be parsed.
    """
    if not features_dir.is_dir():
        raise Unusable(f"there is no features folder {features_dir}; name one with --features")
    files = sorted(features_dir.rglob("*.feature"))
    if not files:
        raise Unusable(f"the features folder {features_dir} holds no *.feature file")
    for file in files:
        feature = _parse(file)
        if feature is not None:
            yield file, feature


def _scenarios(path: str, feature: Any) -> Iterator[tuple[set[str], ScenarioRef, bool]]:
    """Yield tags, place and whether it has steps, for each scenario, outline and example row of one feature."""
    for scenario in feature.walk_scenarios(with_outlines=True):
        if isinstance(scenario.parent, ScenarioOutline):
            continue
        has_steps = bool(scenario.steps)
        if not isinstance(scenario, ScenarioOutline):
            ref = ScenarioRef(path, scenario.line, scenario.name, feature.name)
            yield set(scenario.effective_tags), ref, has_steps
            continue
        rows = scenario.scenarios
        ref = ScenarioRef(path, scenario.line, scenario.name, feature.name, len(rows))
        row_tags = [set(row.effective_tags) for row in rows]
        common = set.intersection(*row_tags) if rows else set(scenario.effective_tags)
        yield common, ref, has_steps and bool(rows)
        for row, tags in zip(rows, row_tags, strict=True):
            yield tags - common, ScenarioRef(path, row.line, row.name, feature.name), has_steps


def _parse(file: Path) -> Any:
    """Return behave's model of the file, or None for an empty file."""
    try:
        return parse_file(str(file))
    except ParserError as error:
        reason = " ".join(str(error.args[0]).split())
        raise Unusable(f"{file} is not a feature file: {reason}") from error
    except (KeyError, UnicodeDecodeError) as error:
        # behave looks an unknown "# language:" up in a table without asking first.
        raise Unusable(f"{file} has an unknown language or encoding: {error}") from error
