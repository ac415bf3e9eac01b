"""The overview as one page for product owners.

It lies beside the report (index.html) and the page of all promises (trace.html) and links to both.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from earshot.book.layout import book_page, prose
from earshot.book.overview import Messages, Overview, Shown, State, SystemOverview, reasons
from earshot.evidence.budgets import Measured
from earshot.evidence.identity import TRACE_PAGE
from earshot.evidence.record import BEGINNING
from earshot.evidence.results import ScenarioResult, in_words
from earshot.evidence.timings import TIMINGS, by_kind
from earshot.pages import capitalised, counted, stylesheet, table, text

REPORT_PAGE = "index.html"
MOST_LISTED = 40
TREND_WIDTH, TREND_HEIGHT = 120, 18

_LOOKS = {
    State.BROKEN: ("bad", "broken"),
    State.KNOWN: ("bad soft", "known not to be kept"),
    State.OPEN: ("note", "open"),
    State.NOT_CHECKED: ("none", "not checked"),
    State.PARTLY: ("part", "kept as far as checked"),
    State.KEPT: ("good", "kept"),
}
_ORDER = (State.KEPT, State.PARTLY, State.OPEN, State.KNOWN, State.BROKEN, State.NOT_CHECKED)
_STYLE = stylesheet("overview")


def render_overview(overview: Overview) -> str:
    body = [
        "<header><h1>What this run says about the promises</h1>",
        '<p class="lead">For everybody who wants to know what the service keeps, without reading a test.</p>',
        _verdict(overview),
        _facts(overview),
        f'<ul class="pages"><li><a href="{REPORT_PAGE}">The report: every scenario, with sound and pictures</a></li>'
        f'<li><a href="{TRACE_PAGE}">All promises and the scenarios that show them</a></li></ul></header><main>',
        *(part for system in overview.systems for part in _system(system)),
        *_elsewhere(overview),
        "</main>",
    ]
    return book_page("What this run says about the promises", body, style=_STYLE)


def _verdict(overview: Overview) -> str:
    states = Counter(shown.state for system in overview.systems for shown in system.promises)
    wrong = sum(result.verdict in ("failed", "broken") for result in overview.scenarios)
    if states[State.BROKEN]:
        kind, words = "bad", f"{counted(states[State.BROKEN], 'promise is', 'promises are')} broken"
    elif wrong:
        kind, words = "bad", f"No promise is broken, but {counted(wrong, 'scenario')} went wrong"
    elif states[State.OPEN]:
        kind = "note"
        words = f"No promise is broken, and of {counted(states[State.OPEN], 'promise')} nothing can be said"
    elif states[State.PARTLY]:
        kind = "good"
        words = (
            f"No promise is broken; {counted(states[State.KEPT], 'is', 'are')} kept, and "
            f"{states[State.PARTLY]} as far as they were checked"
        )
    elif states[State.KEPT]:
        kind, words = "good", "Every promise that was checked is kept"
    else:
        kind, words = "note", "No promise was checked"
    sentences = [*(_obstacle(result) for result in overview.obstacles), overview.missing, words]
    if overview.missing:
        kind = "bad"
    said = "<br>".join(f"{prose(capitalised(each).rstrip('.'))}." for each in sentences if each)
    return f'<p class="verdict {kind}">{said}</p>'


def _obstacle(result: ScenarioResult) -> str:
    reason = f"{result.reason[:1].lower()}{result.reason[1:]}"
    return f"The run could not {'begin' if result.name == BEGINNING else 'go on'}: {reason}"


def _facts(overview: Overview) -> str:
    about = overview.surroundings
    minutes, seconds = divmod(round(overview.duration_s), 60)
    facts = {
        "When": f"{overview.began:%d %B %Y, %H:%M}, for {minutes} min {seconds} s" if overview.began else "",
        "What was tested": about.get("Target", ""),
        "It does not grant": about.get("Target does not grant", ""),
        "Agreement": about.get("Contract", ""),
        "Scenarios": f"{len(overview.scenarios)}: {in_words(overview.scenarios)}",
    }
    rows = "".join(f"<dt>{name}</dt><dd>{text(value)}</dd>" for name, value in facts.items() if value)
    return f'<dl class="facts">{rows}</dl>'


def _system(system: SystemOverview) -> Iterator[str]:
    counts = Counter(shown.state for shown in system.promises)
    yield f'<section><h2 id="{text(system.name)}">{text(system.title)}</h2>'
    yield _bar(counts, large=True)
    yield _legend(counts)
    yield from _cards(
        "Broken promises", "bad", system.having(State.BROKEN), "The service did something else than was agreed."
    )
    yield from _cards(
        "Known not to be kept",
        "bad",
        system.having(State.KNOWN),
        "The service fails here, and the people who run it say so beforehand.",
    )
    yield from _cards(
        "Open",
        "note",
        system.having(State.OPEN),
        "Nothing can be said: the scenario did not come to what it was to show, a measurement did not decide, or the "
        "test itself did not work.",
    )
    yield from _not_checked(system)
    yield from _groups(system)
    yield from _budgets(system.budgets)
    yield from _messages(system.messages)
    yield from _slowest(system.slowest)
    yield from _kept(system)
    yield "</section>"


def _bar(counts: Counter[State], *, large: bool = False) -> str:
    parts = "".join(
        f'<i class="{_LOOKS[state][0]}" style="flex:{counts[state]}"></i>' for state in _ORDER if counts[state]
    )
    words = ", ".join(f"{counts[state]} {_LOOKS[state][1]}" for state in _ORDER if counts[state])
    return f'<div class="bar{" large" if large else ""}" role="img" aria-label="{words}">{parts}</div>'


def _legend(counts: Counter[State]) -> str:
    rows = "".join(
        f'<li class="{_LOOKS[state][0]}"><i></i><b>{counts[state]}</b> {_LOOKS[state][1]}</li>'
        for state in _ORDER
        if counts[state] or state in (State.KEPT, State.BROKEN)
    )
    return f'<ul class="legend">{rows}<li>of <b>{counts.total()}</b> promises</li></ul>'


def _cards(title: str, kind: str, promises: list[Shown], explanation: str) -> Iterator[str]:
    if not promises:
        return
    yield f"<h3>{title}</h3><p>{explanation}</p>"
    yield f'<ul class="cards">{"".join(_card(shown, kind) for shown in promises)}</ul>'


def _card(shown: Shown, kind: str) -> str:
    reasons_given = "".join(f"<li>{_why(scenario)}</li>" for scenario in shown.telling)
    return (
        f'<li class="{kind}"><p>{_promise_link(shown)}{prose(shown.requirement.text)}</p><ul>{reasons_given}</ul></li>'
    )


def _why(scenario: ScenarioResult) -> str:
    in_vain = scenario.verdict == "failed" and not scenario.reached_then
    reason = f"could not be shown, because: {scenario.reason}" if in_vain else scenario.reason
    return (
        f'<span class="why">{prose(capitalised(reason))}</span>'
        f'<span class="by">{_scenario_link(scenario)}, {scenario.verdict}</span>'
    )


def _not_checked(system: SystemOverview) -> Iterator[str]:
    unchecked = system.having(State.NOT_CHECKED)
    if not unchecked:
        return
    yield f"<h3>Not checked, and why</h3><p>{counted(len(unchecked), 'promise was', 'promises were')} not checked.</p>"
    for reason, promises in reasons(unchecked):
        yield _folded(f"<b>{len(promises)}</b>, because {prose(reason.removeprefix('not checked: '))}", promises)


def _kept(system: SystemOverview) -> Iterator[str]:
    if partly := system.having(State.PARTLY):
        yield (
            "<h3>Kept as far as checked</h3><p>Of the scenarios that show such a promise some passed, and the others "
            f"were not run.</p>{_folded(f'All <b>{len(partly)}</b> of them', partly)}"
        )
    if kept := system.having(State.KEPT):
        yield f"<h3>Kept promises</h3>{_folded(f'All <b>{len(kept)}</b> of them', kept)}"


def _groups(system: SystemOverview) -> Iterator[str]:
    in_this_run = sum(bool(shown.scenarios) for shown in system.promises)
    yield (
        f"<h3>Where the promises stand</h3><p>Of {len(system.promises)} promises, {system.covered} have a scenario, "
        f"and {in_this_run} had one in this run.</p>"
    )
    rows = (
        f'<tr><td>{text(group)}</td><td class="wide">{_bar(counts)}</td>'
        f'<td class="num">{counts[State.KEPT]} of {counts.total()}</td></tr>'
        for group, counts in system.by_group().items()
    )
    yield table(("Promises about", "", "#Kept"), rows)


def _budgets(measured: list[tuple[ScenarioResult, Measured]]) -> Iterator[str]:
    yield "<h3>Promises about time</h3>"
    if not measured:
        yield "<p>No delay was measured against a budget in this run.</p>"
        return
    yield (
        "<p>How much of the time that is allowed was left. The tightest come first. "
        f'For programs, with every sample: <a href="{TIMINGS}">{TIMINGS}</a>.</p>'
    )
    kinds = by_kind(each for _, each in measured)
    for kind, of_kind in kinds.items():
        if of_kind and len(of_kind) < len(measured):
            yield f"<h4>{prose(capitalised(kind))}</h4>"
        if of_kind:
            yield table(
                ("What", "#Allowed", "#Took", "Left"),
                (_budget(scenario, each) for scenario, each in measured if each in of_kind),
            )


def _budget(scenario: ScenarioResult, measured: Measured) -> str:
    took = "never came" if measured.measured_ms is None else f"{measured.measured_ms:,.0f}&nbsp;ms"
    return (
        f'<tr><td>{prose(measured.what)}<span class="by">{_scenario_link(scenario)}</span>{_since_last(measured)}</td>'
        f'<td class="num">{measured.limit_ms:,.0f}&nbsp;ms</td><td class="num">{took}</td>'
        f'<td class="wide">{_headroom(measured)}</td></tr>'
    )


def _since_last(measured: Measured) -> str:
    """Say how it compares with the run before, with a line through the runs on the same kind of machine."""
    if len(measured.trend_ms) < 2:
        return ""
    top, step = max(measured.trend_ms), TREND_WIDTH / (len(measured.trend_ms) - 1)
    line = " ".join(
        f"{k * step:.1f},{TREND_HEIGHT - (TREND_HEIGHT - 2) * time_ms / top:.1f}"
        for k, time_ms in enumerate(measured.trend_ms)
    )
    runs = f"95 % within {', '.join(f'{time_ms:.0f}' for time_ms in measured.trend_ms)} ms, in the order of the runs"
    return (
        f'<span class="by">{prose(capitalised(measured.since_last))} <svg class="trend" role="img" '
        f'aria-label="{runs}" width="{TREND_WIDTH}" height="{TREND_HEIGHT}"><title>{runs}</title>'
        f'<polyline points="{line}"/></svg></span>'
    )


def _headroom(measured: Measured) -> str:
    if measured.outcome == "inconclusive":
        return '<span class="note">not decided</span>'
    if measured.headroom is None or measured.headroom < 0 or measured.outcome == "fail":
        return '<span class="bad">too slow</span>'
    used = 1 - measured.headroom
    return (
        f'<div class="bar"><i class="{"note" if used > 0.8 else "good"}" style="flex:{used:.3f}"></i>'
        f'<i style="flex:{measured.headroom:.3f}"></i></div><span class="by">{measured.headroom:.0%} left</span>'
    )


def _messages(messages: Messages | None) -> Iterator[str]:
    if messages is None:
        return
    seen = len(messages.declared) - len(messages.unseen)
    yield (
        f"<h3>Messages of the agreement</h3><p>{seen} of {len(messages.declared)} kinds of message were seen on the "
        "wire and had the form that was agreed.</p>"
    )
    if messages.unseen:
        yield f'<p class="names">Not seen in this run: {_names(messages.unseen)}</p>'
    if messages.unknown:
        yield f'<p class="names">Seen, but not part of the agreement: {_names(messages.unknown)}</p>'


def _slowest(scenarios: list[ScenarioResult]) -> Iterator[str]:
    if not scenarios:
        return
    yield "<h3>Slowest scenarios</h3><p>How long the check took, which is not how long the service took.</p>"
    rows = (
        f'<tr><td>{_scenario_link(scenario)}<span class="by">{text(scenario.feature)}</span></td>'
        f'<td class="num">{scenario.duration_s:.1f}&nbsp;s</td></tr>'
        for scenario in scenarios
    )
    yield table(("Scenario", "#Took"), rows)


def _elsewhere(overview: Overview) -> Iterator[str]:
    """Yield what went wrong without belonging to a system or to a promise."""
    known = {id_ for system in overview.systems for id_ in (shown.requirement.id for shown in system.promises)}
    told = overview.obstacles
    loose = [s for s in overview.scenarios if s.verdict in ("failed", "broken") and not s.promises & known]
    loose = [scenario for scenario in loose if scenario not in told]
    if loose:
        yield "<section><h2>Beyond the promises</h2><p>These went wrong and belong to no promise.</p><ul class='cards'>"
        yield from (f'<li class="bad">{_why(scenario)}</li>' for scenario in loose)
        yield "</ul></section>"


def _folded(summary: str, promises: Iterable[Shown]) -> str:
    rows = "".join(
        f"<li>{_promise_link(shown)}<span>{prose(shown.requirement.text)}{_how_far(shown)}</span></li>"
        for shown in promises
    )
    return f'<details><summary>{summary}</summary><ul class="list">{rows}</ul></details>'


def _how_far(shown: Shown) -> str:
    return f" ({shown.why} scenarios)" if shown.state is State.PARTLY else ""


def _promise_link(shown: Shown) -> str:
    return f'<a class="id" href="{TRACE_PAGE}#{shown.requirement.id}">{shown.requirement.id}</a>'


def _scenario_link(scenario: ScenarioResult) -> str:
    return f'<a href="{REPORT_PAGE}#{scenario.anchor}">{text(scenario.name)}</a>'


def _names(names: Iterable[str]) -> str:
    kept = list(names)
    more = f" and {len(kept) - MOST_LISTED} more" if len(kept) > MOST_LISTED else ""
    return " ".join(f"<span>{text(name)}</span>" for name in kept[:MOST_LISTED]) + more
