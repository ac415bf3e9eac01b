"""How long things took, as a page: the verdict, a picture of every single delay with the limit, and the figures."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from earshot.evidence.budgets import figures
from earshot.evidence.page import page, text
from earshot.measure.sentences import duration
from earshot.measure.stopwatch import Compared, Judged
from earshot.measure.verdict import Outcome, Verdict
from earshot.pages import capitalised, stylesheet, terms, verdict

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 860, 240, 62, 26, 14
MOST_DOTS = 4000
"""With more, every so many is drawn; the late ones all are."""
WORDS = {
    "min": "quickest",
    "median": "half within",
    "average": "on average",
    "p95": "95% within",
    "p99": "99% within",
    "max": "slowest",
    "deviation": "deviation",
}
"""What the figures are called."""
VERDICTS = {
    Outcome.PASS: verdict("in time", "good"),
    Outcome.FAIL: verdict("too slow", "bad"),
    Outcome.INCONCLUSIVE: verdict("not decided", "no"),
}
STYLE = stylesheet("latency")


def latency_page(judged: Sequence[Judged], compared: Sequence[Compared]) -> str:
    """Return the page with every claim about time that a scenario made."""
    return page("How long it took", "".join([*map(_claim, judged), *map(_comparison, compared)]), style=STYLE)


def _claim(judged: Judged) -> str:
    measured = judged.verdict
    return (
        f"<section class='card claim'>{_head(judged.what, measured.outcome)}<p>{text(capitalised(judged.words))}.</p>"
        f"{_chart(judged)}{terms(_figures(measured, judged.counts), 'figures')}"
        f"<p class='machine'>The machine meanwhile: {text(measured.machine.in_words())}.</p></section>"
    )


def _comparison(compared: Compared) -> str:
    words = f"<p>{text(capitalised(compared.words))}.</p>"
    return f"<section class='card claim'>{_head(compared.what, compared.outcome)}{words}</section>"


def _head(what: str, outcome: Outcome) -> str:
    return f"<header><b>{text(capitalised(what))}</b>{VERDICTS[outcome]}</header>"


def _figures(measured: Verdict, counts: Mapping[str, float]) -> Iterator[tuple[str, str]]:
    found = figures(measured.samples_ms)
    for name, words in WORDS.items():
        at_ms = found[name]
        missing = "not known" if name in ("average", "deviation") else "never came"
        yield words, missing if at_ms is None else duration(at_ms)
    yield "measured", text(f"{measured.count:,} {measured.budget.things}")
    yield "over the limit", f"{measured.late:,}"
    yield "lost", f"{measured.lost:,}"
    yield "longest silence", duration(measured.gap_ms)
    yield "looked at", f"{measured.looks} × ({measured.sure:.0%} sure)"
    yield from ((text(name), f"{count:g}") for name, count in counts.items())
    if measured.design_effect > 1.1:
        yield "worth", f"{measured.count / measured.design_effect:.0f} independent ones"


def _chart(judged: Judged) -> str:
    """Draw each delay at the time at which it was due, on a scale on which ten times as long is one step."""
    measured, times = judged.verdict, judged.verdict.samples_ms
    finite = [time_ms for time_ms in times if time_ms < math.inf]
    low = 10 ** math.floor(math.log10(max(0.1, min([*finite, measured.budget.limit_ms]))))
    high = 10 ** math.ceil(math.log10(max([*finite, measured.budget.limit_ms]) * 1.05))
    floor, steps = HEIGHT - BOTTOM, math.log10(high / low)

    def y(time_ms: float) -> float:
        return floor - (floor - TOP) * math.log10(max(time_ms, low) / low) / steps

    def x(position: int) -> float:
        return LEFT + (WIDTH - LEFT - 8) * (position + 0.5) / len(times)

    parts = []
    for exponent in range(round(math.log10(low)), round(math.log10(high)) + 1):
        at = y(10.0**exponent)
        parts.append(f"<line class='grid' x1='{LEFT}' x2='{WIDTH}' y1='{at:.1f}' y2='{at:.1f}'/>")
        parts.append(f"<text x='{LEFT - 6}' y='{at + 4:.1f}' text-anchor='end'>{_tick(10.0**exponent)}</text>")
    if measured.above_ms > 0 and measured.below_ms < math.inf:
        top, foot = y(measured.below_ms), y(measured.above_ms)
        height = max(1.0, foot - top)
        parts.append(f"<rect class='sure' x='{LEFT}' width='{WIDTH - LEFT}' y='{top:.1f}' height='{height:.1f}'/>")
    limit = y(measured.budget.limit_ms)
    every = max(1, len(times) // MOST_DOTS)
    for position, time_ms in enumerate(times):
        late = time_ms > measured.budget.limit_ms
        if time_ms == math.inf:
            at = x(position)
            parts.append(f"<path class='lost' d='M{at - 3:.1f} {TOP - 8}l6 6m0 -6l-6 6'/>")
        elif late or position % every == 0:
            kind = "late" if late else "dot"
            parts.append(f"<circle class='{kind}' cx='{x(position):.1f}' cy='{y(time_ms):.1f}' r='2'/>")
    parts.append(f"<line class='limit' x1='{LEFT}' x2='{WIDTH}' y1='{limit:.1f}' y2='{limit:.1f}'/>")
    name = f"allowed: {duration(measured.budget.limit_ms)}"
    parts.append(f"<text class='limit-name' x='{WIDTH - 4}' y='{limit - 4:.1f}' text-anchor='end'>{name}</text>")
    span = duration(len(times) * judged.interval_ms)
    parts.append(f"<text x='{LEFT}' y='{HEIGHT - 8}'>first due</text>")
    parts.append(f"<text x='{WIDTH - 4}' y='{HEIGHT - 8}' text-anchor='end'>last due, {span} later</text>")
    named = text(f"{judged.what}: {judged.words}")
    return f"<svg viewBox='0 0 {WIDTH} {HEIGHT}' role='img' aria-label='{named}'>{''.join(parts)}</svg>"


def _tick(time_ms: float) -> str:
    return f"{time_ms / 1000:g} s" if time_ms >= 1000 else f"{time_ms:g} ms"
