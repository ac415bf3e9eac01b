"""`python -m earshot trace`: does every promise have a scenario, and every id a promise?

The command prints four lists (covered, uncovered, orphan tags, changed since review) and writes them as text,
JSON or a page where asked.
"""

from __future__ import annotations

import argparse
import json
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from earshot.book.folders import add_folders, write
from earshot.book.promises import Changed, ScenarioRef, Trace, trace
from earshot.book.requirements import Requirement, Requirements, load_requirements, mark_reviewed
from earshot.book.trace_page import render_page
from earshot.failures import Unusable

_WIDTH = 100
_ID_COLUMN = 14


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_folders(parser)
    parser.add_argument("--brief", action="store_true", help="print only what is not in order, and the summary")
    parser.add_argument("--text", type=Path, metavar="FILE", help="also write the lists as text")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the lists as JSON")
    parser.add_argument("--html", type=Path, metavar="FILE", help="also write a page with an anchor for each id")
    parser.add_argument(
        "--mark-reviewed",
        nargs="*",
        metavar="ID",
        help="record that the wording of these promises, or of all, has been reviewed; needs --reviewer",
    )
    parser.add_argument("--reviewer", metavar="NAME", help="who reviewed")


def run(arguments: argparse.Namespace) -> int:
    """Run the command and return its exit code.

    0: accepted. 1: an obligation without a scenario, an orphan tag or a text changed since its review.
    """
    requirements = load_requirements(arguments.contract)
    if arguments.mark_reviewed is not None:
        requirements = _mark(requirements, arguments)
    found = trace(requirements, arguments.features)
    text = render_text(found)
    if arguments.text:
        write(arguments.text, text)
    if arguments.json:
        write(arguments.json, json.dumps(to_json(found), indent=2, ensure_ascii=False) + "\n")
    if arguments.html:
        write(arguments.html, render_page(found))
    print(render_text(found, brief=True) if arguments.brief else text, end="")
    return 0 if found.accepted else 1


def to_json(found: Trace) -> dict[str, Any]:
    """Return the four lists and their sizes as plain JSON values."""
    return {
        "accepted": found.accepted,
        "summary": _summary(found),
        "covered": [_promise(r) | {"scenarios": _refs(found.shown_by[r.id])} for r in found.covered],
        "uncovered": {
            "must": [_promise(r) for r in found.uncovered_must],
            "should": [_promise(r) for r in found.uncovered_should],
            "deploy_only": [_promise(r) | {"reason": r.deploy_only} for r in found.deploy_only],
        },
        "orphans": [{"tag": tag, "scenarios": _refs(refs)} for tag, refs in found.orphans.items()],
        "changed": [
            {
                "id": change.id,
                "text": change.requirement.text if change.requirement else None,
                "reviewed": change.review.date,
                "reviewer": change.review.reviewer,
            }
            for change in found.changed
        ],
        "not_yet_reviewed": [r.id for r in found.not_reviewed],
    }


def render_text(found: Trace, *, brief: bool = False) -> str:
    """Return the four lists as text of at most 100 columns; the last line sums up.

    `brief` leaves out what is covered, what only a deployment can show, and what nobody has reviewed yet.
    """
    sections: list[tuple[str, Iterable[str]]] = [
        (f"Covered ({len(found.covered)})", _promise_lines(found.covered, found.shown_by)),
        (f"Uncovered, must ({len(found.uncovered_must)})", _promise_lines(found.uncovered_must)),
        (f"Uncovered, should ({len(found.uncovered_should)})", _promise_lines(found.uncovered_should)),
        (f"Uncovered, deploy-only ({len(found.deploy_only)})", _promise_lines(found.deploy_only)),
        (f"Orphan tags ({len(found.orphans)})", _orphan_lines(found.orphans)),
        (f"Changed since reviewed ({len(found.changed)})", _changed_lines(found.changed)),
        (f"Not yet reviewed ({len(found.not_reviewed)})", _not_reviewed_lines(found)),
    ]
    in_order = ("Covered", "Uncovered, deploy-only", "Not yet reviewed")
    lines: list[str] = []
    for heading, entries in sections:
        if not (brief and (heading.startswith(in_order) or heading.endswith("(0)"))):
            lines += [heading, *entries, ""]
    lines += [*_complaint(found), _summary(found)]
    return "\n".join(lines) + "\n"


def _mark(requirements: Requirements, arguments: argparse.Namespace) -> Requirements:
    if not arguments.reviewer:
        raise Unusable("--mark-reviewed needs --reviewer NAME: a review is somebody's word")
    return mark_reviewed(
        requirements,
        arguments.mark_reviewed,
        reviewer=arguments.reviewer,
        on=datetime.now(UTC).date(),
        contract_dir=arguments.contract,
    )


def _summary(found: Trace) -> str:
    total = sum(1 for _ in found.requirements)
    covered, deploy_only = len(found.covered), len(found.deploy_only)
    must, should = len(found.uncovered_must), len(found.uncovered_should)
    summary = f"{covered + deploy_only} of {total} requirements accounted for: {covered} covered"
    summary += f", {deploy_only} deploy-only" if deploy_only else ""
    return summary + (f"; uncovered {must} must, {should} should" if must or should else "")


def _complaint(found: Trace) -> Iterator[str]:
    """Yield one line that names what makes the trace fail, if anything does."""
    counts = {
        "must without a scenario": len(found.uncovered_must),
        "orphan tags": len(found.orphans),
        "changed since reviewed": len(found.changed),
    }
    if not found.accepted:
        yield "Not accepted: " + "; ".join(f"{name}: {count}" for name, count in counts.items() if count)


def _promise_lines(
    requirements: Iterable[Requirement], shown_by: Mapping[str, Sequence[ScenarioRef]] | None = None
) -> Iterator[str]:
    for requirement in requirements:
        yield from _entry(requirement.id, requirement.text)
        if requirement.deploy_only and shown_by is None:
            yield from _entry("", f"because {requirement.deploy_only}")
        for ref in (shown_by or {}).get(requirement.id, ()):
            yield from _entry("", f"- {ref.title}  {ref.place}")


def _orphan_lines(orphans: Mapping[str, Sequence[ScenarioRef]]) -> Iterator[str]:
    for tag, refs in orphans.items():
        for index, ref in enumerate(refs):
            yield from _entry("" if index else f"@{tag}", f"- {ref.title}  {ref.place}")


def _changed_lines(changes: Iterable[Changed]) -> Iterator[str]:
    for change in changes:
        review = f"reviewed by {change.review.reviewer} on {change.review.date}"
        now = f"now: {change.requirement.text}" if change.requirement else "withdrawn since"
        yield from _entry(change.id, f"{review}; {now}")


def _not_reviewed_lines(found: Trace) -> Iterator[str]:
    """Yield one entry per group that lacks reviews; a group without any is named as a whole."""
    for group in found.requirements.groups:
        missing = [r.id for r in group.requirements if r.id not in found.requirements.reviews]
        whole = len(missing) == len(group.requirements)
        if missing:
            yield from _entry(group.id, "all" if whole else " ".join(missing))


def _entry(label: str, text: str) -> list[str]:
    """Return `text` wrapped beside `label`, with nothing beyond column 100."""
    first = f"  {label:<{_ID_COLUMN}}"
    later = " " * (len(first) + (2 if text.startswith("- ") else 0))
    return textwrap.wrap(text, _WIDTH, initial_indent=first, subsequent_indent=later, break_on_hyphens=False)


def _promise(requirement: Requirement) -> dict[str, Any]:
    return {name: value for name, value in asdict(requirement).items() if name != "deploy_only"}


def _refs(refs: Iterable[ScenarioRef]) -> list[dict[str, Any]]:
    return list(map(asdict, refs))
