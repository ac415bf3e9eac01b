"""Suites: which scenarios belong together, how long they may take, and whether a run can do without them.

They are data: `contract/*.suites.yaml`, or the file that --config names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from behave.tag_expression import make_tag_expression

from earshot.agreement import CONTRACT
from earshot.failures import Unusable
from earshot.measure.success import Metric
from earshot.running.plan import Planned
from earshot.yaml_files import read_yaml

PERFORMANCE = "performance"
_FILES = "*.suites.yaml"


@dataclass(frozen=True, slots=True)
class Suite:
    name: str
    limit_s: float
    required: bool
    tags: str
    """As behave takes them."""
    phase: int | None = None
    """In which phase of the work it is run, where there are phases."""
    run_limit_s: float = 0.0
    """How long a run of it and those beside it in its file may take."""


@dataclass(frozen=True, slots=True)
class Configuration:
    suites: Sequence[Suite]
    run_limit_s: float
    security: frozenset[str] = frozenset()
    """The promises whose scenarios look for weaknesses."""
    needs: Sequence[Mapping[str, Any]] = ()
    sign_ins: Sequence[Mapping[str, str]] = field(default=())
    metrics: Sequence[Metric] = ()


def configuration(file: Path | None = None) -> Configuration:
    """Return what one file says of suites, or all that come with the agreements; raises Unusable where one is wrong."""
    found = []
    for each in [file] if file else sorted(CONTRACT.glob(_FILES)):
        try:
            document = read_yaml(each)
            limit_s = float(document["run_limit_s"])
            suites = [Suite(**suite, run_limit_s=limit_s) for suite in document["suites"]]
            found.append((document, suites, limit_s))
        except (OSError, KeyError, TypeError, ValueError) as wrong:
            raise Unusable(f"{each} should say what the suites are, as contract/{_FILES} does: {wrong}") from None
    return Configuration(
        [suite for _, suites, _ in found for suite in suites],
        max((limit_s for _, _, limit_s in found), default=0.0),
        frozenset(promise for document, _, _ in found for promise in document.get("security", ())),
        [need for document, _, _ in found for need in document.get("needs", ())],
        [document["sign_in"] for document, _, _ in found if "sign_in" in document],
        [
            Metric(name, each["target"], frozenset(each["promises"]))
            for document, _, _ in found
            for name, each in document.get("metrics", {}).items()
        ],
    )


def insist_on_known(names: Iterable[str], suites: Sequence[Suite]) -> None:
    """Raise Unusable, with the list of all suites, where there is none of a name (RUN-1)."""
    known = [suite.name for suite in suites]
    if unknown := [name for name in names if name not in known]:
        raise Unusable(f"--suites {' '.join(unknown)}: there is no such suite; there are {', '.join(known)}")


def of_phases(phases: Iterable[int], suites: Sequence[Suite]) -> list[str]:
    """Return the names of the suites of these phases; Unusable where there is no such phase (ARC-200)."""
    known = sorted({suite.phase for suite in suites if suite.phase is not None})
    if unknown := sorted(set(phases) - set(known)):
        there = f"there are {', '.join(map(str, known))}" if known else "there are none"
        raise Unusable(f"--phase {' '.join(map(str, unknown))}: there is no such phase; {there}")
    return [suite.name for suite in suites if suite.phase in set(phases)]


def parted(
    scenarios: Iterable[Planned], suites: Sequence[Suite], names: Sequence[str], systems: Sequence[str], rest_s: float
) -> list[tuple[Suite, list[Planned]]]:
    """Return the suites with their scenarios, in order: those of these names, or, for none, all.

    A scenario belongs to the first suite whose tags it has. What belongs to none is run last, where no names are given,
    as the suite of its system.
    """
    expressions = [(suite, make_tag_expression([suite.tags])) for suite in suites]
    parts: dict[str, tuple[Suite, list[Planned]]] = {suite.name: (suite, []) for suite in suites}
    for scenario in scenarios:
        tags = sorted(scenario.tags)
        suite = next((suite for suite, expression in expressions if expression.check(tags)), None)
        if suite is None:
            name = next((system for system in systems if system in scenario.tags), "others")
            suite = Suite(name, rest_s, True, "")
        parts.setdefault(suite.name, (suite, []))[1].append(scenario)
    return [part for name, part in parts.items() if part[1] and (not names or name in names)]
