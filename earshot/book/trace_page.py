"""The trace as one page: every promise with the scenarios that show it, and an anchor per id.

A report links to it as trace.html#REQ-6.3.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from earshot.book.layout import book_page, figures, id_link, prose
from earshot.book.promises import Changed, ScenarioRef, Trace
from earshot.book.requirements import Group, Requirement
from earshot.pages import stylesheet, table, text

_STYLE = stylesheet("trace")


def render_page(trace: Trace) -> str:
    """Return the whole HTML document; `id="REQ-6.3"` marks the row of that promise."""
    titles = list(trace.requirements.systems.values())
    name = titles[0] if len(titles) == 1 else "All systems"
    body = [
        f'<header><h1>{text(name)}</h1><p class="lead">What is promised, and which scenario shows it.</p>',
        _figures(trace),
        "</header><main>",
        _open_list(
            "Obligations without a scenario",
            "These must be shown by a scenario before the service can be accepted.",
            map(_open_promise, trace.uncovered_must),
        ),
        _open_list(
            "Recommendations without a scenario",
            "These should be shown; the service can be accepted without them.",
            map(_open_promise, trace.uncovered_should),
        ),
        _open_list(
            "Tags without a promise",
            "Scenarios carry these ids, but no promise has them.",
            (_open_orphan(tag, refs) for tag, refs in trace.orphans.items()),
        ),
        _open_list(
            "Changed since reviewed",
            "Somebody agreed to another wording, level or budget; these need a new review.",
            map(_open_change, trace.changed),
        ),
        *(_system(trace, system, title) for system, title in trace.requirements.systems.items()),
        "</main>",
    ]
    return book_page(f"Promises and scenarios: {name}", body, style=_STYLE)


def _figures(trace: Trace) -> str:
    return figures(
        [
            ("Promises", sum(1 for _ in trace.requirements), ""),
            ("Shown by a scenario", len(trace.covered), ""),
            ("Must, not shown", len(trace.uncovered_must), "bad"),
            ("Should, not shown", len(trace.uncovered_should), "note"),
            ("Only seen in deployment", len(trace.deploy_only), ""),
            ("Tags without a promise", len(trace.orphans), "bad"),
            ("Changed since reviewed", len(trace.changed), "bad"),
            ("Not yet reviewed", len(trace.not_reviewed), ""),
        ]
    )


def _open_list(title: str, explanation: str, items: Iterable[str]) -> str:
    """Return a list of what is wrong, or nothing when nothing is."""
    rows = "\n".join(items)
    if not rows:
        return ""
    return f'<section><h2>{title}</h2><p>{explanation}</p><ul class="open">{rows}</ul></section>'


def _open_promise(requirement: Requirement) -> str:
    return f"<li>{id_link(requirement.id)}<span>{prose(requirement.text)}</span></li>"


def _open_orphan(tag: str, refs: Sequence[ScenarioRef]) -> str:
    return f'<li><span class="id">@{text(tag)}</span>{_scenario_list(refs)}</li>'


def _open_change(change: Changed) -> str:
    label = id_link(change.id) if change.requirement else f'<span class="id">{text(change.id)}</span>'
    now = prose(change.requirement.text) if change.requirement else "Withdrawn."
    review = f"Reviewed by {text(change.review.reviewer)} on {text(change.review.date)}"
    return f'<li>{label}<span>{now}<span class="remark">{review}</span></span></li>'


def _system(trace: Trace, system: str, title: str) -> str:
    groups = [group for group in trace.requirements.groups if group.system == system]
    entries = "\n".join(_contents_entry(trace, group) for group in groups)
    contents = f'<nav aria-label="{text(title)}"><ul>{entries}</ul></nav>'
    heading = f"<h2>{text(title)}</h2>" if len(trace.requirements.systems) > 1 else "<h2>Contents</h2>"
    tables = (_group(trace, group) for group in groups)
    return "\n".join([f"<section>{heading}", contents, *tables, "</section>"])


def _contents_entry(trace: Trace, group: Group) -> str:
    return f'<li>{id_link(group.id)}<span class="title">{text(group.title)}</span>{_tally(trace, group)}</li>'


def _tally(trace: Trace, group: Group) -> str:
    shown = sum(1 for requirement in group.requirements if requirement.id in trace.shown_by)
    missing = any(requirement in trace.uncovered_must for requirement in group.requirements)
    return f'<span class="tally{" bad" if missing else ""}">{shown} of {len(group.requirements)}</span>'


def _group(trace: Trace, group: Group) -> str:
    rows = (_row(trace, requirement) for requirement in group.requirements)
    widths = '<colgroup><col class="c-id"><col><col class="c-level"><col class="c-shown"></colgroup>'
    return (
        f'<h3 id="{group.id}"><span class="id">{group.id}</span>{text(group.title)}{_tally(trace, group)}</h3>\n'
        + table(("Id", "Promise", "Level", "Shown by"), rows, before=widths)
    )


def _row(trace: Trace, requirement: Requirement) -> str:
    refs = trace.shown_by.get(requirement.id, ())
    budget = f'<span class="budget">Budget: {prose(requirement.budget)}</span>' if requirement.budget else ""
    return (
        f'<tr id="{requirement.id}"><td>{id_link(requirement.id)}</td>'
        f'<td class="promise">{prose(requirement.text)}{budget}{_review_remark(trace, requirement)}</td>'
        f'<td class="level {requirement.level}">{requirement.level}</td>'
        f'<td class="by{"" if refs else " none"}">{_shown_by(requirement, refs)}</td></tr>'
    )


def _shown_by(requirement: Requirement, refs: Sequence[ScenarioRef]) -> str:
    if refs:
        return _scenario_list(refs)
    if requirement.deploy_only:
        return f'<span class="remark">Only seen in deployment: {text(requirement.deploy_only)}.</span>'
    kind = "bad" if requirement.level == "must" else "note"
    return f'<span class="{kind}">No scenario yet</span>'


def _review_remark(trace: Trace, requirement: Requirement) -> str:
    review = trace.requirements.reviews.get(requirement.id)
    if review is None or review.fingerprint == requirement.fingerprint:
        return ""
    return f'<span class="remark note">Changed since the review of {text(review.date)}</span>'


def _scenario_list(refs: Sequence[ScenarioRef]) -> str:
    items = "".join(f'<li>{text(ref.title)}<span class="place">{text(ref.place)}</span></li>' for ref in refs)
    return f'<ul class="shown">{items}</ul>'
