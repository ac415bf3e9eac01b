"""`python -m earshot twins --sound`: proof that the features let pass what the sheets leave open.

A sound twin keeps every promise and does otherwise what may be done otherwise. All scenarios of its systems run against
it, but for those that judge time, as against a service that somebody else wrote: with what it declares as a target file
would. None of them may be red.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from earshot.evidence.record import RunRecord, read_results
from earshot.failures import Unusable
from earshot.running.caught import Twin
from earshot.running.launch import Launch
from earshot.running.plan import select
from earshot.scratch import named_for
from earshot.systems import NAMES

RED = frozenset({"failed", "broken", "not run"})


@dataclass(frozen=True, slots=True)
class Shown:
    """What came of a sound twin and the features of one system."""

    twin: str
    sentence: str
    system: str
    passed: int
    skipped: int
    red: Mapping[str, str]
    """The scenarios that were red, and why."""
    seconds: float


def run(twins: Sequence[Twin], arguments: argparse.Namespace) -> int:
    """Show every twin to the features of its systems, print what is red, and return 1 if anything is.

    A twin of no system differs in all of them.
    """
    if arguments.system not in (None, *NAMES):
        raise Unusable(f"there is no system {arguments.system}; there are {', '.join(NAMES)}")
    if arguments.system is not None:
        twins = [twin for twin in twins if twin.system == arguments.system or twin.system not in NAMES]
    outcomes = _read(arguments.json)
    if arguments.together:
        named = sorted(twins, key=lambda twin: arguments.names.index(twin.name)) if arguments.names else twins
        twins = [together(named)]
    for twin in twins:
        for system in [twin.system] if twin.system in NAMES else NAMES:
            if arguments.system in (None, system) and not _is_known(outcomes, twin, system):
                shown = show(twin, system, arguments.jobs)
                print(describe(shown), flush=True)
                outcomes[twin.name, system] = shown
                _write(arguments.json, outcomes)
    if arguments.table:
        arguments.table.write_text(as_markdown(list(outcomes.values())), "utf-8")
    red = [shown for shown in outcomes.values() if shown.red]
    print(f"{len(outcomes) - len(red)} of {len(outcomes)} rows without red")
    return 1 if red else 0


def together(twins: Sequence[Twin]) -> Twin:
    """Return the twin that is all of these at once, the first of them closest to the reference."""
    systems = {twin.system for twin in twins}
    in_one = {twin.system for twin in twins if twin.system in NAMES}
    if len(in_one) > 1:
        raise Unusable(f"twins of {' and '.join(sorted(in_one))} meet no features together; choose one with --system")
    declares: dict[str, Any] = {}
    for twin in twins:
        _add(declares, twin.declares)
    declares["exact_words"] = all(twin.declares.get("exact_words") for twin in twins)
    system = (in_one or systems).pop()
    return Twin(",".join(twin.name for twin in twins), system, (), " ".join(t.sentence for t in twins), declares)


def _add(declared: dict[str, Any], more: Mapping[str, Any]) -> None:
    for name, value in more.items():
        if isinstance(value, Mapping):
            _add(declared.setdefault(name, {}), value)
        else:
            declared[name] = value


def show(twin: Twin, system: str, jobs: int) -> Shown:
    """Run the features of a system against a sound twin."""
    began = time.monotonic()
    tags = [f"@{system} and not @alone and not @slow"]
    with tempfile.TemporaryDirectory(prefix=named_for("sound")) as name:
        declared = Path(name) / "declares.yaml"
        declared.write_text(json.dumps(twin.declares), "utf-8")
        options = [f"twin={twin.name}", f"declares={declared}"]
        results = Path(name) / "results"
        given = {"jobs": jobs, "options": options, "results": results, "tags": tags, "shuffle": False, "start": None}
        with RunRecord(results) as record:
            Launch(select(Path("features"), [], tags), argparse.Namespace(**given), record).run()
        came = read_results(results)
    return Shown(
        twin.name,
        twin.sentence,
        system,
        sum(each.verdict == "passed" for each in came),
        sum(each.verdict == "skipped" for each in came),
        {each.full_name: each.message for each in came if each.verdict in RED},
        time.monotonic() - began,
    )


def describe(shown: Shown) -> str:
    """Return the twin, and in a line each what was red."""
    head = f"{shown.twin}, {shown.system}: {shown.passed} passed, {shown.skipped} skipped, {len(shown.red)} red"
    return "\n".join([head, *(f"    {name}: {' '.join(why.split())[:300]}" for name, why in shown.red.items())])


def as_markdown(outcomes: Sequence[Shown]) -> str:
    """Return a page with a row for each twin and system."""
    rows = [
        f"| `{each.twin}` | {each.sentence} | {each.system} | {each.passed} | {each.skipped} | {len(each.red)} |"
        for each in sorted(outcomes, key=lambda each: (each.system, each.twin))
    ]
    red = [f"* `{each.twin}`, {name}: {' '.join(why.split())}" for each in outcomes for name, why in each.red.items()]
    return "\n".join(
        [
            "# What the suite lets pass",
            "",
            "Made by `python -m earshot twins --sound --table docs/what-the-suite-lets-pass.md`. A sound twin is the",
            "reference keeping every promise, and doing otherwise what the sheets leave open. Every scenario runs but",
            "those that judge time (`@alone`, `@slow`); skipped are those that need what the twin does not declare.",
            "",
            "| Sound twin | What is otherwise | Features of | Passed | Skipped | Red |",
            "|---|---|---|---|---|---|",
            *rows,
            "",
            *(["## Red", "", *red, ""] if red else []),
        ]
    )


def _is_known(outcomes: Mapping[tuple[str, str], Shown], twin: Twin, system: str) -> bool:
    known = outcomes.get((twin.name, system))
    return known is not None and not known.red


def _read(file: Path | None) -> dict[tuple[str, str], Shown]:
    """Return the outcomes that earlier runs left in a file; what was red is shown again."""
    entries = json.loads(file.read_text("utf-8")) if file is not None and file.is_file() else []
    return {(entry["twin"], entry["system"]): Shown(**entry) for entry in entries}


def _write(file: Path | None, outcomes: Mapping[tuple[str, str], Shown]) -> None:
    if file is not None:
        file.write_text(json.dumps([asdict(each) for each in outcomes.values()], indent=1), "utf-8")
