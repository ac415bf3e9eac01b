"""`python -m earshot lint`: whether the features can be read, and signed, by people who write no software.

Every finding says where, which rule, and what was found. Exit code 1 when there is any. Notes are no findings:
they name every sentence that a single scenario uses, so that somebody asks whether another wording would do.
"""

from __future__ import annotations

import argparse
import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from behave.model import Feature, Rule, Scenario, ScenarioOutline, Step

from earshot.book import phrase_book, tags
from earshot.book.promises import parse_features
from earshot.evidence.identity import REQUIREMENT_ID, SEVERITIES

MOST_STEPS = 8
MOST_BACKGROUND_STEPS = 3
LONGEST_TITLE = 90
MOST_OF_A_SYSTEM = 60
"""So many sentences of its own may a system have: it says most of its promises with those that every system has."""
NOT_FOR_PEOPLE = (
    (re.compile(r"[{}\[\]]|\":"), "JSON"),
    (re.compile(r"\b(?:https?|wss?)://|\blocalhost\b|\b127\.0\.0\.1\b", re.IGNORECASE), "an address"),
    (re.compile(r"\b(?:status|code|error) [1-5]\d{2,3}\b|\b\d{3} (?:error|status)\b", re.IGNORECASE), "a status code"),
    (re.compile(r"\bports?\b", re.IGNORECASE), "a port"),
    (re.compile(r"\b(?:sleep(?:s|ing)?|slept|wait(?:s|ed|ing)?|poll(?:s|ed|ing)?)\b", re.IGNORECASE), "waiting"),
    (re.compile(r"\b(?!dB\b|kHz\b)[a-z]+[A-Z][A-Za-z]*\b"), "a name from the program"),
    (re.compile(r"\b[A-Z]{2,}_[A-Z_]+\b"), "a name from the program"),
)
"""What a step must not talk of."""
SAID_ALOUD = re.compile(r"\"[^\"]*\"")
PLACEHOLDER = re.compile(r"<[^>]*>")
ONE_PERSON = re.compile(r"(?:[A-Z]\w+|<[^>]+>)(?=\s)(?! and\b)")
"""Who acts in a sentence, if it is one person: the name that it begins with."""


@dataclass(frozen=True, slots=True)
class Finding:
    place: str
    rule: str
    found: str

    def __str__(self) -> str:
        return f"{self.place}: {self.rule}: {self.found}"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--features", type=Path, default=Path("features"), help="default: %(default)s")
    parser.add_argument(
        "--phrase-book", type=Path, default=Path("docs/phrase-book.md"), help="the committed one; default: %(default)s"
    )
    parser.add_argument("--write", action="store_true", help="write the phrase book anew instead of comparing it")
    parser.add_argument("--notes", action="store_true", help="also name the sentences that a single scenario uses")


def run(arguments: argparse.Namespace) -> int:
    """Print every finding and return 1 if there is any."""
    book = phrase_book.read(arguments.features)
    if arguments.write:
        arguments.phrase_book.write_text(phrase_book.render(book), encoding="utf-8")
        print(f"{arguments.phrase_book}: {len(book.phrases)} sentences")
    said = list(_said(arguments.features))
    uses = book.uses(said)
    if arguments.notes:
        for note in single_uses(book, uses):
            print(note)
    findings = [*lint(arguments.features), *_of_phrase_book(book, arguments.phrase_book), *_of_uses(uses)]
    findings += _of_choices(book.unused_choices(sentence for _, sentence in said), arguments.phrase_book)
    findings += too_many(Counter(phrase.system for phrase in book.phrases), _most_sentences(arguments.features))
    for finding in findings:
        print(finding)
    print(f"{len(findings)} findings" if findings else "The features read well: no findings.")
    return 1 if findings else 0


def lint(folder: Path) -> list[Finding]:
    """Return every breach in the features below a folder, in the order of the files."""
    findings: list[Finding] = []
    titles: defaultdict[str, list[str]] = defaultdict(list)
    for _, feature in parse_features(folder):
        findings += [*_of_backgrounds(feature), *_of_headings(feature)]
        titles[feature.name].append(_place(feature))
        for scenario in feature.walk_scenarios(with_outlines=True):
            if isinstance(scenario.parent, ScenarioOutline):
                continue  # a row of examples: the outline stands for it
            if isinstance(scenario, ScenarioOutline):
                findings += _of_columns(scenario)
            findings += _of_scenario(scenario)
            titles[scenario.name].append(_place(scenario))
    findings += [
        Finding(place, "a title is used once in the project", f"“{title}” is also at {places[0]}")
        for title, places in titles.items()
        for place in places[1:]
    ]
    return findings


def _of_backgrounds(feature: Feature) -> Iterator[Finding]:
    for owner in (feature, *feature.rules):
        background = owner.background
        if background is None or background.steps is None:
            continue
        if len(background.steps) > MOST_BACKGROUND_STEPS:
            yield Finding(
                _place(background),
                f"a Background has at most {MOST_BACKGROUND_STEPS} steps",
                str(len(background.steps)),
            )
        if any(step.step_type != "given" for step in background.steps):
            yield Finding(_place(background), "a Background only says what is given", "it acts or judges")
        yield from _of_steps(background.steps)


def _of_headings(feature: Feature) -> Iterator[Finding]:
    places: dict[str, str] = {}
    for part in (feature, *feature.rules):
        yield from _of_title(part)
    for rule in feature.rules:
        if rule.name in places:
            yield Finding(
                _place(rule),
                "a rule has a title of its own in its feature",
                f"“{rule.name}” is also at {places[rule.name]}",
            )
        places.setdefault(rule.name, _place(rule))


def _of_scenario(scenario: Scenario) -> Iterator[Finding]:
    place = _place(scenario)
    steps = scenario.steps
    carried = {str(tag) for tag in scenario.effective_tags}
    if isinstance(scenario, ScenarioOutline):
        carried |= {str(tag) for examples in scenario.examples for tag in examples.tags}
    acts = [step for step in steps if step.step_type == "when"]
    whens = [step for step in acts if step.keyword == "When"]
    if len(whens) != 1 or (len(acts) > 1 and not _one_person(acts)):
        yield Finding(place, "a scenario has one When", f"{len(acts)} steps act")
    if len(steps) > MOST_STEPS:
        yield Finding(place, f"a scenario has at most {MOST_STEPS} steps", str(len(steps)))
    if not any(step.step_type == "then" for step in steps):
        yield Finding(place, "a scenario says what comes of it", "there is no Then")
    yield from _of_title(scenario)
    if len(carried & set(SEVERITIES)) != 1:
        found = ", ".join(sorted(carried & set(SEVERITIES))) or "none"
        yield Finding(place, "a scenario has one severity", found)
    if not any(REQUIREMENT_ID.match(tag) for tag in carried):
        yield Finding(place, "a scenario names the requirement it shows", "no id")
    for tag in sorted(carried):
        if not tags.is_known(tag) and "<" not in tag:
            yield Finding(place, "a tag is registered in earshot/book/tags.py", f"@{tag}")
    yield from _of_steps(steps)


def _one_person(acts: list[Step]) -> bool:
    """Whether one person goes on with what the first step began, so that an And may follow a When."""
    names = {person.group() if (person := ONE_PERSON.match(act.name)) else "" for act in acts}
    return len(names) == 1 and names != {""}


def _of_title(part: Feature | Rule | Scenario) -> Iterator[Finding]:
    if len(part.name) > LONGEST_TITLE:
        found = f"{len(part.name)}: “{part.name}”"
        yield Finding(_place(part), f"a title has at most {LONGEST_TITLE} characters", found)


def _of_columns(outline: ScenarioOutline) -> Iterator[Finding]:
    used = " ".join([outline.name, *map(str, outline.tags), *(step.name for step in outline.steps)])
    bare = SAID_ALOUD.sub("", used)
    for examples in outline.examples:
        for column in examples.table.headings if examples.table else ():
            if f"<{column}>" not in used:
                yield Finding(_place(examples), "a column of examples is used", column)
            if f"<{column}>" in bare:
                for row in examples.table:
                    yield from _of_words(f"{examples.filename}:{row.line}", row[column])


def _of_steps(steps: list[Step]) -> Iterator[Finding]:
    for step in steps:
        table = [step.table.headings, *step.table.rows] if step.table else ()
        for text in (step.name, step.text or "", *(cell for row in table for cell in row)):
            yield from _of_words(_place(step), text)


def _of_words(place: str, text: str) -> Iterator[Finding]:
    """Find what is not for people; what is said aloud, or stands for the cell of a row, is data."""
    words = PLACEHOLDER.sub("", SAID_ALOUD.sub("", text))
    for pattern, what in NOT_FOR_PEOPLE:
        if hit := pattern.search(words):
            yield Finding(place, f"a step does not talk of {what}", f"“{hit.group()}” in “{text}”")


def _of_phrase_book(book: phrase_book.PhraseBook, committed: Path) -> Iterator[Finding]:
    text = committed.read_text(encoding="utf-8") if committed.is_file() else ""
    if text != phrase_book.render(book):
        yield Finding(
            str(committed),
            "the phrase book lists every sentence",
            "it differs from the steps; look at the change with `python -m earshot lint --write` and git diff",
        )


def _of_uses(uses: phrase_book.Uses) -> Iterator[Finding]:
    for phrase, places in uses.items():
        if not places:
            yield Finding(phrase.place, "a sentence of the phrase book is used", phrase.pattern)


def _of_choices(unused: Iterable[str], committed: Path) -> Iterator[Finding]:
    for choice in unused:
        yield Finding(str(committed), "a sentence of the phrase book is used", choice)


def too_many(sentences: Mapping[str, int], most: Mapping[str, int]) -> Iterator[Finding]:
    """Find systems that have more sentences of their own than they may; `most` names those that may have other than 60.

    What every system says counts as a system's, too: `shared`.
    """
    for system, count in sentences.items():
        if count > (limit := most.get(system, MOST_OF_A_SYSTEM)):
            rule = f"of its own, {system} has at most {limit} sentences"
            yield Finding(f"features/steps/{system}*.py", rule, str(count))


def _most_sentences(features: Path) -> Mapping[str, int]:
    """Return how many sentences some systems may have, as pyproject.toml beside the features says."""
    project = features.resolve().parent / "pyproject.toml"
    tools = tomllib.loads(project.read_text("utf-8")).get("tool", {}) if project.exists() else {}
    found: Mapping[str, int] = tools.get("earshot", {}).get("most-sentences", {})
    return found


def single_uses(book: phrase_book.PhraseBook, uses: phrase_book.Uses) -> Iterator[str]:
    """Yield a note for each sentence that a single scenario uses, with the closest wording that there is."""
    for phrase, places in uses.items():
        if len(places) == 1:
            close = book.closest(phrase)
            hint = f"; close to it is “{close}”" if close else ""
            yield f"{phrase.place}: note: only {next(iter(places))} says “{phrase.sentence}”{hint}"


def _said(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield each sentence with the scenario that says it; the rows of an outline are one scenario."""
    for _, feature in parse_features(folder):
        for scenario in feature.walk_scenarios():
            outline = scenario.parent if isinstance(scenario.parent, ScenarioOutline) else scenario
            for step in scenario.all_steps:
                yield _place(outline), step.name


def _place(part: Feature | Rule | Scenario | Step) -> str:
    return f"{part.filename}:{part.line}"
