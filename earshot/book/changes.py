"""What differs between two states of the promises, in words that a reviewer understands.

Scenarios are matched by their title, wherever they stand, and then by what they say: one that was renamed or moved is
told as that, and not as one lost and another one won.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Generic, Literal, TypeVar, get_args

from earshot.book import tags
from earshot.book.requirements import Requirement, Requirements, natural_key
from earshot.book.specification import Feature, Rule, Scenario, WrittenStep

ALIKE = 0.6
"""From this likeness on (of 1), two sentences count as one that was reworded."""

BEHIND = (
    "These files decide what the sentences do and what a message must be like. Ask an engineer what changed in them."
)

T = TypeVar("T")
What = Literal["requirement", "feature", "rule", "scenario", "sentence", "file"]
Fate = Literal["new", "removed", "changed"]


@dataclass(frozen=True, slots=True)
class Promises:
    """Everything that is promised at one time."""

    requirements: Requirements
    features: tuple[Feature, ...]
    phrases: Mapping[str, frozenset[str]]
    """The sentences of the phrase book under Given, When and Then."""
    meanings: Mapping[str, bytes]
    """The files, by their path, that decide what the sentences do."""


@dataclass(frozen=True, slots=True)
class Fact:
    kind: Literal["said", "gone", "new", "reworded"]
    text: str
    was: str = ""
    """How it was worded before, if it was reworded."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is new, gone or different."""

    what: What
    how: Fate
    title: str
    """Its id, title or wording, as it is now unless it is gone."""
    lines: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    about: str
    """The file they are in, or what they mean; may be empty."""
    changes: tuple[Difference, ...]


def compare(old: Promises, new: Promises) -> tuple[Section, ...]:
    """Return what is different, in the order in which a reviewer should read it; nothing if nothing is."""
    sections = [
        Section("Requirements", "", tuple(_of_requirements(old, new))),
        *_of_features(old.features, new.features),
        Section("Phrase book", "", tuple(_of_phrases(old.phrases, new.phrases))),
        Section("Behind the sentences", BEHIND, tuple(_of_meanings(old.meanings, new.meanings))),
    ]
    return tuple(section for section in sections if section.changes)


def tally(sections: Iterable[Section]) -> str:
    """Return how much changed, in one sentence."""
    counts: Counter[tuple[str, str]] = Counter()
    for section in sections:
        counts.update((change.what, change.how) for change in section.changes)
    parts = []
    for what in get_args(What):
        found = [f"{counts[what, how]} {how}" for how in get_args(Fate) if counts[what, how]]
        parts += [f"{what}s: {', '.join(found)}"] if found else []
    return f"{'; '.join(parts).capitalize()}." if parts else "Nothing changed in the promises."


# -- requirements


def _of_requirements(old: Promises, new: Promises) -> Iterator[Difference]:
    before, after = old.requirements.by_id(), new.requirements.by_id()
    lost = _shown(old.features) - _shown(new.features)
    for id_ in sorted({*before, *after}, key=natural_key):
        if id_ not in after:
            yield Difference("requirement", "removed", id_, (Fact("gone", before[id_].text),))
        elif id_ not in before:
            yield Difference("requirement", "new", id_, (Fact("new", _in_full(after[id_])),))
        else:
            facts = [*_of_requirement(before[id_], after[id_], new.requirements)]
            if id_ in lost:
                facts.append(Fact("said", "No scenario shows it any more."))
            if facts:
                yield Difference("requirement", "changed", id_, tuple(facts))


def _of_requirement(before: Requirement, after: Requirement, requirements: Requirements) -> Iterator[Fact]:
    if before.text != after.text:
        yield Fact("reworded", after.text, before.text)
    if before.level != after.level:
        yield Fact("said", f"The level was {before.level} and is now {after.level}.")
    if before.budget != after.budget:
        yield Fact("said", _of_budget(before.budget, after.budget))
    if after.deploy_only and not before.deploy_only:
        yield Fact("said", f"No scenario has to show it any more, because {after.deploy_only}.")
    elif before.deploy_only and not after.deploy_only:
        yield Fact("said", "A scenario has to show it now; before, it was only seen in deployment.")
    review = requirements.reviews.get(after.id)
    if review and before.fingerprint == review.fingerprint != after.fingerprint:
        yield Fact("said", f"{review.reviewer} agreed on {review.date} to what it was; it needs a new review.")


def _of_budget(before: str | None, after: str | None) -> str:
    if before and after:
        return f"The budget was {before} and is now {after}."
    return f"There was no budget; it is now {after}." if after else f"The budget of {before} is gone."


def _in_full(requirement: Requirement) -> str:
    budget = f", {requirement.budget}" if requirement.budget else ""
    return f"{requirement.text} ({requirement.level}{budget})"


def _shown(features: Iterable[Feature]) -> set[str]:
    return {id_ for feature in features for scenario in feature.scenarios for id_ in scenario.ids}


# -- features, rules and scenarios


@dataclass(frozen=True, slots=True)
class _Placed:
    """A scenario, and where it stands."""

    feature: Feature
    rule: Rule
    scenario: Scenario


def _of_features(old: Sequence[Feature], new: Sequence[Feature]) -> Iterator[Section]:
    rules: list[_Pair[Rule]] = []
    chapters: dict[str, list[Difference]] = {}  # by the file that a feature is in, or was in before it went
    features = _matched(old, new, lambda feature: feature.file, _alike_features)
    for pair in features:
        of_feature = _matched(
            pair.was.rules if pair.was else (),
            pair.now.rules if pair.now else (),
            lambda rule: rule.title,
            _alike_rules,
        )
        chapters[pair.standing.file] = [
            *_of_feature(pair),
            *(change for rule in of_feature for change in _of_rule(rule)),
        ]
        rules += of_feature
    now_in = {pair.was.file: pair.standing.file for pair in features if pair.was}
    for scenario in _matched(_placed(old), _placed(new), lambda placed: placed.scenario.title, _alike_scenarios):
        file = scenario.standing.feature.file
        chapters[file if scenario.now else now_in[file]] += _of_scenario(scenario, rules)
    for pair in features:
        yield Section(pair.standing.title, pair.standing.file, tuple(chapters[pair.standing.file]))


def _of_feature(pair: _Pair[Feature]) -> Iterator[Difference]:
    was, now = pair.was, pair.now
    if was and now:
        facts = [
            *([Fact("said", f"It was called “{was.title}”.")] if was.title != now.title else []),
            *([Fact("said", f"It was in {was.file}.")] if was.file != now.file else []),
            *_reworded(was.description, now.description),
            *_of_background(was.background, now.background),
        ]
    else:
        facts = _said(pair.standing)
    yield from _different("feature", pair, pair.standing.title, facts)


def _of_rule(pair: _Pair[Rule]) -> Iterator[Difference]:
    was, now, title = pair.was, pair.now, pair.standing.title
    if title is None:
        return  # those scenarios of a feature stand outside of every rule
    if was and now:
        facts = [
            *_reworded(was.title or "", title),
            *_reworded(was.description, now.description),
            *_of_background(was.background, now.background),
        ]
    else:
        facts = _said(pair.standing)
    yield from _different("rule", pair, title, facts)


def _said(part: Feature | Rule) -> list[Fact]:
    """Return what a whole feature or rule says before its scenarios."""
    lines = [part.description] if part.description else []
    lines += [f"In every scenario: {_in_words(sentence)}" for sentence in part.background]
    return [Fact("said", words) for words in lines]


def _of_background(was: Sequence[WrittenStep], now: Sequence[WrittenStep]) -> Iterator[Fact]:
    lines = _of_lists(list(map(_in_words, was)), list(map(_in_words, now)))
    if lines:
        yield Fact("said", "What is given in every scenario has changed:")
        yield from lines


def _of_scenario(pair: _Pair[_Placed], rules: Sequence[_Pair[Rule]]) -> Iterator[Difference]:
    scenario = pair.standing.scenario
    if pair.was and pair.now:
        before = pair.was.scenario
        facts = [*_of_place(pair.was, pair.now, rules), *_of_tags(before, scenario), *_of_words(before, scenario)]
    else:
        facts = [*_whole(scenario, "new" if pair.now else "gone")]
    yield from _different("scenario", pair, scenario.title, facts)


def _different(what: What, pair: _Pair[Any], title: str, facts: list[Fact]) -> Iterator[Difference]:
    if facts or pair.fate != "changed":
        yield Difference(what, pair.fate, title, tuple(facts))


def _whole(scenario: Scenario, kind: Literal["new", "gone"]) -> Iterator[Fact]:
    showed, was = ("showed", "was") if kind == "gone" else ("shows", "is")
    said = [
        f"It {showed} {', '.join(scenario.ids) or 'no requirement'}.",
        *([f"Its severity {was} {scenario.severity}."] if scenario.severity else []),
        *(f"It {was} {_trait(trait)}" for trait in scenario.traits),
    ]
    yield Fact("said", " ".join(said))
    for words in (*map(_in_words, scenario.sentences), *_examples(scenario)):
        yield Fact(kind, words)


def _of_place(was: _Placed, now: _Placed, rules: Sequence[_Pair[Rule]]) -> Iterator[Fact]:
    if was.scenario.title != now.scenario.title:
        yield Fact("said", f"It was called “{was.scenario.title}”.")
    if not any(pair.was is was.rule and pair.now is now.rule for pair in rules):
        yield Fact("said", f"It moved here from {_place(was)}.")


def _place(placed: _Placed) -> str:
    rule = f", rule “{placed.rule.title}”" if placed.rule.title else ""
    return f"“{placed.feature.title}”{rule}"


def _of_tags(was: Scenario, now: Scenario) -> Iterator[Fact]:
    if was.severity != now.severity:
        yield Fact("said", f"The severity was {was.severity or 'not given'} and is now {now.severity or 'not given'}.")
    for since, some, others in (("no longer", was, now), ("now", now, was)):
        if ids := [id_ for id_ in some.ids if id_ not in others.ids]:
            yield Fact("said", f"It {since} shows {', '.join(ids)}.")
        yield from (
            Fact("said", f"It is {since} {_trait(trait)}") for trait in some.traits if trait not in others.traits
        )


def _trait(tag: str) -> str:
    meaning = tags.MEANINGS.get(tag)
    return f"tagged @{tag} ({meaning})." if meaning else f"tagged @{tag}."


def _of_words(was: Scenario, now: Scenario) -> Iterator[Fact]:
    yield from _reworded(was.description, now.description)
    yield from _of_lists(list(map(_in_words, was.sentences)), list(map(_in_words, now.sentences)))
    yield from _of_lists(_examples(was), _examples(now))


def _in_words(sentence: WrittenStep) -> str:
    """Return a sentence with the word that says what it is, also where an And is written."""
    words = f"{sentence.kind.title()} {sentence.text}"
    words += f" “{sentence.block}”" if sentence.block else ""
    return words + "".join(f" | {' | '.join(row)} |" for row in sentence.table)


def _examples(scenario: Scenario) -> list[str]:
    return [
        f"Example{f' ({table.title})' if table.title else ''}: "
        + "; ".join(f"{heading} = {cell}" for heading, cell in zip(table.headings, row.cells, strict=True))
        for table in scenario.examples
        for row in table.rows
    ]


def _placed(features: Iterable[Feature]) -> list[_Placed]:
    return [
        _Placed(feature, rule, scenario)
        for feature in features
        for rule in feature.rules
        for scenario in rule.scenarios
    ]


# -- sentences and what is behind them


def _of_phrases(old: Mapping[str, frozenset[str]], new: Mapping[str, frozenset[str]]) -> Iterator[Difference]:
    for kind in ("Given", "When", "Then"):
        before = sorted(old.get(kind, frozenset()) - new.get(kind, frozenset()))
        after = sorted(new.get(kind, frozenset()) - old.get(kind, frozenset()))
        for pair in _matched(before, after, str, _likeness):
            lines = (Fact("reworded", pair.now, pair.was),) if pair.was and pair.now else ()
            yield Difference("sentence", pair.fate, f"{kind} {pair.standing}", lines)


def _of_meanings(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> Iterator[Difference]:
    for path in sorted({*old, *new}):
        if old.get(path) != new.get(path):
            fate: Fate = "removed" if path not in new else "changed" if path in old else "new"
            yield Difference("file", fate, path)


# -- comparing


@dataclass(frozen=True, slots=True)
class _Pair(Generic[T]):
    """The same thing before and after; one of them is missing when it is new or gone."""

    was: T | None
    now: T | None

    @property
    def standing(self) -> T:
        """The thing as it is now, or as it was before it went."""
        thing = self.was if self.now is None else self.now
        assert thing is not None
        return thing

    @property
    def fate(self) -> Fate:
        return "new" if self.was is None else "removed" if self.now is None else "changed"


def _matched(
    old: Sequence[T], new: Sequence[T], name: Callable[[T], str | None], likeness: Callable[[T, T], float]
) -> list[_Pair[T]]:
    """Pair old and new: first by name, then the likest, if they are alike; what is left over stands alone.

    In the order of the new, and then what is gone. Things of equal name are told apart by their order.
    """
    waiting: defaultdict[str | None, list[int]] = defaultdict(list)
    for number, thing in enumerate(old):
        waiting[name(thing)].append(number)
    partner = {number: waiting[name(thing)].pop(0) for number, thing in enumerate(new) if waiting[name(thing)]}
    left = sorted(number for numbers in waiting.values() for number in numbers)
    scores = [(likeness(old[was], new[now]), was, now) for was in left for now in range(len(new)) if now not in partner]
    for score, was, now in sorted(scores, key=lambda scored: -scored[0]):
        if score >= ALIKE and was in left and now not in partner:
            partner[now] = was
            left.remove(was)
    return [
        *(_Pair(old[partner[now]] if now in partner else None, thing) for now, thing in enumerate(new)),
        *(_Pair(old[was], None) for was in left),
    ]


def _alike_features(was: Feature, now: Feature) -> float:
    titles = {scenario.title for scenario in was.scenarios}, {scenario.title for scenario in now.scenarios}
    return 1.0 if was.title == now.title else _overlap(*titles)


def _alike_rules(was: Rule, now: Rule) -> float:
    if was.title is None or now.title is None:
        return 0.0
    titles = {scenario.title for scenario in was.scenarios}, {scenario.title for scenario in now.scenarios}
    return max(_overlap(*titles), _likeness(was.title, now.title))


def _alike_scenarios(was: _Placed, now: _Placed) -> float:
    says, said = ([_in_words(sentence) for sentence in placed.scenario.sentences] for placed in (now, was))
    return (_likeness(was.scenario.title, now.scenario.title) + SequenceMatcher(None, said, says).ratio()) / 2


def _overlap(some: set[str], others: set[str]) -> float:
    return len(some & others) / max(len(some), len(others), 1)


def _likeness(was: str, now: str) -> float:
    """Return how much of two sentences is the same, word by word."""
    return SequenceMatcher(None, was.split(), now.split()).ratio()


def _of_lists(was: Sequence[str], now: Sequence[str]) -> list[Fact]:
    """Return what was added, removed and reworded, in the order of the text."""
    lines: list[Fact] = []
    for operation, was_from, was_to, now_from, now_to in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if operation != "equal":
            lines += _paired(was[was_from:was_to], now[now_from:now_to])
    return lines


def _paired(was: Sequence[str], now: Sequence[str]) -> Iterator[Fact]:
    for pair in _matched(was, now, str, _likeness):
        if pair.was and pair.now:
            yield Fact("reworded", pair.now, pair.was)
        else:
            yield Fact("new" if pair.now else "gone", pair.standing)


def _reworded(was: str, now: str) -> list[Fact]:
    if was == now:
        return []
    if was and now:
        return [Fact("reworded", now, was)]
    return [Fact("new", now) if now else Fact("gone", was)]
