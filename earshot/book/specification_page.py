"""The specification as a book: chapters of rules and scenarios, with the requirements beside them.

On paper every chapter begins a page.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from earshot.book import tags
from earshot.book.layout import book_page, figures, id_link, prose
from earshot.book.requirements import Group, Requirement
from earshot.book.specification import Book, ExampleRow, Examples, Feature, Rule, Scenario, WrittenStep
from earshot.evidence.identity import OWNER
from earshot.evidence.results import ScenarioResult
from earshot.pages import counted, stylesheet, table, text, verdict
from earshot.side_by_side import LOCK_TAG
from earshot.systems import NAMES

NO_RESULT = ScenarioResult(status="no result")
COLOURS = {
    "failed": "bad",
    "broken": "note",
    "unknown": "note",
    NO_RESULT.status: "soft",
    "skipped": "soft",
    "passed": "good",
}
"""The colour of each status, the gravest first: the verdict on an outline is that on its gravest row."""

_QUOTED = re.compile(r"&quot;(.*?)&quot;")

_STYLE = stylesheet("specification")
LONG_TABLE = 20
"""With so many rows of examples, a scenario may be cut in two by the end of a printed page."""


def render_book(book: Book, *, made_at: datetime) -> str:
    """Return the whole HTML document; `id="REQ-6.3"` marks a requirement, and a scenario has its title as anchor."""
    return _Page(book).render(made_at)


class _Page:
    def __init__(self, book: Book) -> None:
        self._book = book
        self._requirements = book.requirements.by_id()
        self._anchors = _anchors(scenario for feature in book.features for scenario in feature.scenarios)
        self._shown_by: dict[str, list[Scenario]] = {}
        for feature in book.features:
            for scenario in feature.scenarios:
                for id_ in scenario.ids:
                    self._shown_by.setdefault(id_, []).append(scenario)

    def render(self, made_at: datetime) -> str:
        titles = list(self._book.requirements.systems.values())
        name = titles[0] if len(titles) == 1 else "Live speech"
        return book_page(
            f"{name}: the specification",
            [
                f'<header class="title"><h1>{text(name)}</h1>',
                '<p class="lead">What the service promises, rule by rule, each shown by examples.</p>',
                self._counts(),
                f'<p class="made">{self._made(made_at)}</p></header>',
                self._contents(),
                "<main>",
                *self._chapters(),
                self._all_requirements(),
                "</main>",
            ],
            style=_STYLE,
        )

    # -- before the first chapter

    def _counts(self) -> str:
        scenarios = [scenario for feature in self._book.features for scenario in feature.scenarios]
        counts = [
            ("Features", len(self._book.features), ""),
            ("Rules", sum(rule.title is not None for feature in self._book.features for rule in feature.rules), ""),
            ("Scenarios", len(scenarios), ""),
            ("Requirements shown", sum(id_ in self._requirements for id_ in self._shown_by), ""),
        ]
        if self._book.results:
            given = Counter(self._verdict(scenario.history_ids).status for scenario in scenarios)
            counts += [
                ("Scenarios kept", given["passed"], "good"),
                ("Scenarios not kept", given["failed"], "bad"),
                ("Left open", given["broken"] + given["unknown"], "note"),
                ("Not checked", given["skipped"] + given[NO_RESULT.status], ""),
            ]
        return figures(counts)

    def _made(self, made_at: datetime) -> str:
        said = f"Printed on {_day(made_at)}. "
        if not self._book.results:
            return f"{said}No results are shown: nothing has been run."
        last = max(result.ended for result in self._book.results.values())
        return (
            f"{said}Verdicts are those of the run of {_day(last)}, {last:%H:%M} UTC. <em>Kept</em> means that the "
            "service did as promised; any other verdict says why it cannot be called kept, in the words of the report."
        )

    def _contents(self) -> str:
        entries = "\n".join(self._contents_entry(number, feature) for number, feature in self._numbered())
        last = '<li><div class="chapter"><span></span><a href="#requirements">All requirements</a></div></li>'
        return f'<nav aria-label="Contents"><h2>Contents</h2><ol class="chapters">{entries}{last}</ol></nav>'

    def _contents_entry(self, number: int, feature: Feature) -> str:
        rules = "".join(
            f'<li><a href="#{number}.{place}">{text(rule.title)}</a></li>'
            for place, rule in enumerate(feature.rules, start=1)
            if rule.title
        )
        scenarios = list(feature.scenarios)
        return (
            f'<li><div class="chapter"><span class="number">{number}</span>'
            f'<a href="#{number}">{text(feature.title)}</a>'
            f'<span class="tally">{self._short_tally(scenarios)}</span></div>'
            f'<ol class="rules">{rules}</ol></li>'
        )

    # -- the chapters

    def _numbered(self) -> Iterator[tuple[int, Feature]]:
        """Yield the features with their chapter numbers, one system after the other."""
        known = list(NAMES)
        in_order = sorted(
            self._book.features, key=lambda feature: known.index(feature.system) if feature.system else len(known)
        )
        yield from enumerate(in_order, start=1)

    def _chapters(self) -> Iterator[str]:
        systems = {feature.system for feature in self._book.features}
        part: str | None = None
        for number, feature in self._numbered():
            if len(systems) > 1 and feature.system != part:
                part = feature.system
                title = self._book.requirements.systems.get(part, part.title()) if part else "Further features"
                yield f'<p class="part">{text(title)}</p>'
            yield self._chapter(number, feature)

    def _chapter(self, number: int, feature: Feature) -> str:
        scenarios = list(feature.scenarios)
        about = f'<p class="about">{prose(feature.description)}</p>' if feature.description else ""
        rules = (self._rule(f"{number}.{place}", rule) for place, rule in enumerate(feature.rules, start=1))
        return (
            f'<section class="feature" id="{number}">'
            f'<h2><span class="number">{number}</span>{text(feature.title)}</h2>{about}'
            f'<p class="tally">{self._long_tally(scenarios)} <span class="place">{text(feature.file)}</span></p>'
            f"{_background(feature.background, 'the whole chapter')}{''.join(rules)}</section>"
        )

    def _rule(self, number: str, rule: Rule) -> str:
        heading = f'<h3><span class="number">{number}</span>{text(rule.title)}</h3>' if rule.title is not None else ""
        about = f'<p class="about">{prose(rule.description)}</p>' if rule.description else ""
        explained: set[str] = set()
        scenarios = "\n".join(self._scenario(scenario, explained) for scenario in rule.scenarios)
        return (
            f'<section class="rule" id="{number}">{heading}{about}'
            f"{_background(rule.background, 'every scenario of this rule')}{scenarios}</section>"
        )

    def _scenario(self, scenario: Scenario, explained: set[str]) -> str:
        about = f"<p>{prose(scenario.description)}</p>" if scenario.description else ""
        tables = "".join(self._examples(examples) for examples in scenario.examples)
        columns = dict.fromkeys(heading for examples in scenario.examples for heading in examples.headings)
        is_long = sum(len(examples.rows) for examples in scenario.examples) >= LONG_TABLE
        return (
            f'<article class="scenario{" long" if is_long else ""}" id="{self._anchors[scenario]}">'
            f'<div class="head"><h4>{_sentence(scenario.title, columns)}</h4>{self._mark(scenario.history_ids)}</div>'
            f'<div class="body">{self._reasons(scenario)}{about}{_steps(scenario.sentences, columns)}{tables}</div>'
            f'<aside class="notes">{self._notes(scenario, explained)}</aside></article>'
        )

    def _examples(self, examples: Examples) -> str:
        headings = [*map(text, examples.headings), *(["Last result"] if self._book.results else [])]
        caption = f"<caption>{text(examples.title)}</caption>" if examples.title else ""
        return _examples_table(headings, (self._row(row) for row in examples.rows), caption)

    def _row(self, row: ExampleRow) -> str:
        return _cells([*map(prose, row.cells), *([self._mark([row.history_id])] if self._book.results else [])])

    def _notes(self, scenario: Scenario, explained: set[str]) -> str:
        """Return the requirements that a scenario shows, in words where the rule has not said them yet."""
        notes = []
        for id_ in scenario.ids:
            requirement = self._requirements.get(id_)
            if requirement is None:
                notes.append(
                    f'<p><span class="id">{text(id_)}</span> <span class="bad">No such requirement.</span></p>'
                )
            elif id_ in explained:
                notes.append(f"<p>{id_link(id_)} as above</p>")
            else:
                notes.append(f"<p>{id_link(id_)} {prose(requirement.text)} {self._standing(requirement)}</p>")
            explained.add(id_)
        meanings = "; ".join([*([scenario.severity] if scenario.severity else []), *map(_trait, scenario.traits)])
        notes.append(f"<p>{text(meanings[:1].upper() + meanings[1:])}</p>")
        return "".join(notes)

    # -- verdicts

    def _verdict(self, history_ids: Iterable[str]) -> ScenarioResult:
        found = [self._book.results.get(history_id, NO_RESULT) for history_id in history_ids]
        return min(found or [NO_RESULT], key=lambda result: list(COLOURS).index(result.status))

    def _mark(self, history_ids: Iterable[str]) -> str:
        if not self._book.results:
            return ""
        gravest = self._verdict(history_ids)
        return verdict(text(gravest.word), COLOURS[gravest.status])

    def _reasons(self, scenario: Scenario) -> str:
        found = (self._book.results.get(history_id, NO_RESULT) for history_id in scenario.history_ids)
        reasons = dict.fromkeys(" ".join(result.message.split()) for result in found)
        return "".join(f'<p class="reason">{text(reason)}</p>' for reason in reasons if reason)

    def _short_tally(self, scenarios: Sequence[Scenario]) -> str:
        if not self._book.results:
            return str(len(scenarios))
        given = Counter(self._verdict(scenario.history_ids).status for scenario in scenarios)
        if given[NO_RESULT.status] == len(scenarios):
            return NO_RESULT.word
        text = f"{given['passed']} of {len(scenarios)} kept"
        return f'<span class="bad">{text}</span>' if given["failed"] else text

    def _long_tally(self, scenarios: Sequence[Scenario]) -> str:
        said = counted(len(scenarios), "scenario")
        if not self._book.results:
            return f"{said}."
        results = [self._verdict(scenario.history_ids) for scenario in scenarios]
        given = Counter(
            (result.status != "passed", list(COLOURS).index(result.status), result.word) for result in results
        )
        return f"{said}: {', '.join(f'{given[key]} {text(key[-1])}' for key in sorted(given))}."

    # -- requirements

    def _standing(self, requirement: Requirement) -> str:
        """Return level, budget and review of a requirement."""
        budget = f", {prose(requirement.budget)}" if requirement.budget else ""
        return f"({requirement.level}{budget}; {self._review(requirement)})"

    def _review(self, requirement: Requirement) -> str:
        review = self._book.requirements.reviews.get(requirement.id)
        if review is None:
            return "not yet reviewed"
        who = f"{text(review.reviewer)} on {text(review.date)}"
        if review.fingerprint == requirement.fingerprint:
            return f"reviewed by {who}"
        return f'<span class="note">changed since the review by {who}</span>'

    def _all_requirements(self) -> str:
        groups = "\n".join(self._group(group) for group in self._book.requirements.groups)
        return (
            '<section class="reqs" id="requirements"><h2>All requirements</h2>'
            '<p class="key">Every requirement with its level, budget and review, and the scenarios that show it.</p>'
            f"{groups}</section>"
        )

    def _group(self, group: Group) -> str:
        entries = "\n".join(self._entry(requirement) for requirement in group.requirements)
        return f"<h3>{text(group.title)}</h3><dl>{entries}</dl>"

    def _entry(self, requirement: Requirement) -> str:
        scenarios = self._shown_by.get(requirement.id, [])
        if scenarios:
            links = "".join(f'<li><a href="#{self._anchors[s]}">{text(s.title)}</a></li>' for s in scenarios)
            shown = f'<ul class="shown">{links}</ul>'
        elif requirement.deploy_only:
            shown = f'<span class="about">Only seen in deployment: {prose(requirement.deploy_only)}.</span>'
        else:
            shown = '<span class="about note">No scenario yet.</span>'
        budget = f", {prose(requirement.budget)}" if requirement.budget else ""
        return (
            f'<dt id="{requirement.id}">{requirement.id}</dt><dd>{prose(requirement.text)}'
            f'<span class="about">{requirement.level.capitalize()}{budget}; {self._review(requirement)}.</span>'
            f"{shown}</dd>"
        )


def _background(sentences: Sequence[WrittenStep], scope: str) -> str:
    if not sentences:
        return ""
    return f'<div class="given"><span>Given in {scope}</span>{_steps(sentences)}</div>'


def _steps(sentences: Iterable[WrittenStep], columns: Iterable[str] = ()) -> str:
    items = []
    for sentence in sentences:
        block = f"<pre>{text(sentence.block)}</pre>" if sentence.block else ""
        items.append(
            f'<li><span class="keyword">{text(sentence.keyword)}</span>'
            f"<span>{_sentence(sentence.text, columns)}</span>{block}{_step_table(sentence.table)}</li>"
        )
    return f'<ol class="steps">{"".join(items)}</ol>'


def _step_table(table_: Sequence[Sequence[str]]) -> str:
    if not table_:
        return ""
    headings, *rows = table_
    return _examples_table(map(text, headings), (_cells(map(prose, row)) for row in rows))


def _examples_table(headings: Iterable[str], rows: Iterable[str], caption: str = "") -> str:
    return f'<div class="scroll">{table(headings, rows, look="examples", before=caption)}</div>'


def _cells(cells: Iterable[str]) -> str:
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _sentence(words: str, columns: Iterable[str] = ()) -> str:
    """Return a sentence for HTML: what is said aloud in italics, and what the examples fill in set apart."""
    marked = _QUOTED.sub(r'<span class="said">“\1”</span>', prose(words))
    for column in columns:
        marked = marked.replace(f"&lt;{text(column)}&gt;", f'<var class="stands-for">{text(column)}</var>')
    return marked


def _trait(tag: str) -> str:
    """Return in words what a tag says of a scenario."""
    if tag in tags.MEANINGS:
        return tags.MEANINGS[tag]
    prefix = next((prefix for prefix in tags.PREFIXES if tag.startswith(prefix)), "")
    return {OWNER: "answered for by ", LOCK_TAG: "alone in its use of "}.get(prefix, "@") + tag.removeprefix(prefix)


def _anchors(scenarios: Iterable[Scenario]) -> dict[Scenario, str]:
    """Return the title of each scenario as an anchor; those of equal title are numbered."""
    seen: Counter[str] = Counter()
    anchors = {}
    for scenario in scenarios:
        slug = re.sub(r"\W+", "-", scenario.title.lower()).strip("-") or "scenario"
        seen[slug] += 1
        anchors[scenario] = slug if seen[slug] == 1 else f"{slug}-{seen[slug]}"
    return anchors


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y}"
