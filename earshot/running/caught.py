"""What twins tell of the suite, as Markdown: which scenarios failed which of them, and which scenarios failed none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from earshot.failures import Unusable
from earshot.yaml_files import read_yaml

Titles = Mapping[str, Sequence[str]]
"""The titles of scenarios, by feature."""


@dataclass(frozen=True, slots=True)
class Twin:
    """A variant of the reference, as it lists itself; one that breaks nothing is sound."""

    name: str
    system: str
    breaks: tuple[str, ...]
    sentence: str
    declares: Mapping[str, Any] = field(default_factory=dict)
    """What a target file would say of it."""


@dataclass(frozen=True, slots=True)
class Catch:
    """A scenario that failed because of a twin."""

    scenario: str
    message: str


@dataclass(frozen=True, slots=True)
class TriedTwin:
    twin: Twin
    caught_by: tuple[Catch, ...]
    """Failed scenarios with an id that the twin breaks."""
    also_red: tuple[str, ...]
    """Other scenarios that were not green."""
    checked: int
    seconds: float
    times: int = 1
    """How often it was shown to those that caught it first."""
    times_caught: int = 1

    @property
    def survived(self) -> bool:
        """Whether nothing that promised to notice did, at least once."""
        return not self.caught_by or self.times_caught < self.times


@dataclass(frozen=True, slots=True)
class Reason:
    """Why no twin of the service can be expected to fail some scenarios."""

    why: str
    scenarios: Titles


def read_reasons(file: Path, known: Titles) -> list[Reason]:
    """Read the reasons; raise Unusable where the file is no such list, or tells of a scenario that is not `known`.

    Features of another system than those that are known are left out.
    """
    try:
        reasons = [_reason(entry, known) for entry in read_yaml(file)]
    except (OSError, UnicodeDecodeError, yaml.YAMLError, TypeError, KeyError, AttributeError) as failure:
        raise Unusable(f"{file} should list reasons, each with `why` and `scenarios` by feature: {failure}") from None
    unknown = [
        each for one in reasons for name, some in one.scenarios.items() for each in some if each not in known[name]
    ]
    if unknown:
        raise Unusable(f"{file} tells of a scenario that does not exist: {unknown[0]}")
    return reasons


def as_markdown(
    outcomes: Sequence[TriedTwin], titles: Titles, reasons: Sequence[Reason], left_out: Sequence[str]
) -> str:
    """Return each twin with its catches, and then the scenarios, with and without twins that fail them.

    `titles` are those of all scenarios; `left_out` are the twins that were not tried.
    """
    caught = sum(not outcome.survived for outcome in outcomes)
    rows = [
        f"| `{o.twin.name}` | {o.twin.sentence} | {', '.join(o.twin.breaks)} | {_cell(o.caught_by)} |" for o in outcomes
    ]
    fails: defaultdict[str, list[str]] = defaultdict(list)
    for outcome in outcomes:
        for catch in outcome.caught_by:
            fails[catch.scenario].append(f"`{outcome.twin.name}`")
    scenarios = [f"| {scenario} | {', '.join(sorted(set(names)))} |" for scenario, names in sorted(fails.items())]
    unfailed = {feature: [one for one in known if one not in fails] for feature, known in titles.items()}
    excused = {one for reason in reasons for some in reason.scenarios.values() for one in some}
    open_ones = {feature: [one for one in some if one not in excused] for feature, some in unfailed.items()}
    return "\n".join(
        [
            "# What the suite catches",
            "",
            "Made by `python -m earshot twins --table docs/what-the-suite-catches.md`. A twin is the reference with",
            "one promise broken on purpose; it is caught by a failed scenario that carries the promise's id.",
            "",
            f"{caught} of {len(outcomes)} twins are caught."
            + (f" Not tried in this run: {', '.join(left_out)}." if left_out else ""),
            f"Of {_count(titles)} scenarios, {_count(titles) - _count(unfailed)} are failed "
            f"by a twin, {_count(unfailed) - _count(open_ones)} have a reason why no twin fails them, and "
            f"{_count(open_ones)} have neither.",
            "",
            "| Twin | What is wrong | Promises | Caught by |",
            "|---|---|---|---|",
            *rows,
            "",
            "## Scenarios, and the twins that fail them",
            "",
            "| Scenario | Twins |",
            "|---|---|",
            *scenarios,
            "",
            "## Scenarios that no twin fails, and why",
            "",
            *(
                line
                for reason in reasons
                if (some := _both(reason.scenarios, unfailed))
                for line in (reason.why, "", *_listed(some), "")
            ),
            "## Scenarios that no twin fails, without a reason",
            "",
            *(_listed(open_ones) or ["None."]),
            "",
        ]
    )


def _reason(entry: Mapping[str, Any], known: Titles) -> Reason:
    return Reason(
        " ".join(entry["why"].split()), {name: each for name, each in entry["scenarios"].items() if name in known}
    )


def _count(titles: Titles) -> int:
    return sum(map(len, titles.values()))


def _both(some: Titles, others: Titles) -> Titles:
    return {
        feature: both for feature, each in some.items() if (both := [one for one in each if one in others[feature]])
    }


def _listed(titles: Titles) -> list[str]:
    return [f"* **{feature}**: {'; '.join(some)}" for feature, some in sorted(titles.items()) if some]


def _cell(catches: Sequence[Catch]) -> str:
    return "<br>".join(sorted({catch.scenario.replace("|", "\\|") for catch in catches})) or "**nobody**"
