"""The phrase book: every sentence that a feature can say, read from the step definitions."""

from __future__ import annotations

import importlib
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path, PurePath
from typing import Any

from behave.runner_util import load_step_modules
from behave.step_registry import registry

PLACEHOLDER = re.compile(r"\{(\w+):(\w+)\}")
BLANK = re.compile(r"\{(\w+)\}")
TITLES = {"given": "Given", "when": "When", "then": "Then"}
HEAD = """\
# Phrase book

Every sentence that a feature can say. It is made from the step definitions by `python -m earshot lint --write`;
`make test` fails when it differs, so that a new or changed sentence shows up in review. Words in ‹angle quotes› stand
for a choice, which `features/vocabulary/` lists; a choice of whole sentences is listed below.
"""


@dataclass(frozen=True, slots=True)
class Phrase:
    kind: str
    """given, when or then."""
    pattern: str
    """The sentence with its placeholders."""
    place: str
    """Where it is defined."""
    matcher: Any

    @property
    def sentence(self) -> str:
        return readable(self.pattern)

    @property
    def system(self) -> str:
        """Whose word it is, by the name of its file: `x` in steps/x_records.py."""
        return PurePath(self.place).stem.partition("_")[0]


Uses = Mapping[Phrase, set[str]]
"""The places at which each phrase is said."""


@dataclass(frozen=True, slots=True)
class PhraseBook:
    phrases: tuple[Phrase, ...]

    def uses(self, said: Iterable[tuple[str, str]]) -> Uses:
        """Return where each phrase is said, of all (place, sentence); a phrase that nobody says is at no place."""
        places: defaultdict[str, set[str]] = defaultdict(set)
        for place, sentence in said:
            places[sentence].add(place)
        return {
            phrase: set().union(*(at for sentence, at in places.items() if phrase.matcher.matches(sentence)))
            for phrase in self.phrases
        }

    def closest(self, phrase: Phrase) -> str | None:
        """Return the sentence of the same kind that is most like this one; None where none is near."""
        others = {other.sentence for other in self.phrases if other.kind == phrase.kind} - {phrase.sentence}
        return next(iter(get_close_matches(phrase.sentence, sorted(others), n=1)), None)

    def unused_choices(self, sentences: Iterable[str]) -> list[str]:
        """Return what a sentence could be, by the lists of the vocabulary, and none of these is."""
        said = set(sentences)
        listed = [one for choices in self.choices().values() for one in choices]
        return [one for one in listed if not any(_form(one).fullmatch(sentence) for sentence in said)]

    def choices(self) -> dict[str, tuple[str, ...]]:
        """Return what a placeholder may stand for, by its name in steps, where its vocabulary lists sentences."""
        found = {}
        for phrase in self.phrases:
            types = getattr(phrase.matcher, "custom_types", None) or type(phrase.matcher).TYPE_REGISTRY
            for name, kind in PLACEHOLDER.findall(phrase.pattern):
                if sentences := getattr(types.get(kind), "sentences", ()):
                    found[name.replace("_", " ")] = sentences
        return found


def read(features: Path) -> PhraseBook:
    """Load the step definitions beside these features and return their sentences; nothing is run."""
    root = str(features.resolve().parent)
    if root not in sys.path:
        sys.path.insert(0, root)
    if not any(registry.steps.values()):
        importlib.import_module(f"{features.resolve().name}.vocabulary")  # as environment.py does, which is not run
        load_step_modules([str(features / "steps")])
    return PhraseBook(
        tuple(
            Phrase(
                kind, matcher.pattern, f"{Path(matcher.location.filename).as_posix()}:{matcher.location.line}", matcher
            )
            for kind in TITLES
            for matcher in registry.steps[kind]
        )
    )


def render(book: PhraseBook) -> str:
    """Return the phrase book as Markdown, sentences in alphabetical order."""
    parts = [HEAD]
    for kind, title in TITLES.items():
        parts.append(f"\n## {title}\n")
        parts += sorted({f"- {p.sentence}" for p in book.phrases if p.kind == kind})
    for choice, sentences in sorted(book.choices().items()):
        parts.append(f"\n## What ‹{choice}› may be\n")
        parts += sorted(f"- {re.sub(BLANK, _quoted, sentence)}" for sentence in sentences)
    return "\n".join(parts) + "\n"


def readable(pattern: str) -> str:
    """Return a step's pattern as a sentence, with ‹angle quotes› around what stands for a choice."""
    return re.sub(PLACEHOLDER, _quoted, pattern)


def _quoted(placeholder: re.Match[str]) -> str:
    return f"‹{placeholder.group(1).replace('_', ' ')}›"


def _form(sentence: str) -> re.Pattern[str]:
    return re.compile(".+".join(map(re.escape, re.split(r"\{\w+\}", sentence))))
