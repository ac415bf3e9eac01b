"""What goes wrong in a sentence, and the order for the control plane that it stands for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from features.vocabulary.parameters import parameter


class Blank(NamedTuple):
    """What may stand in a blank of such a sentence, and which member of the order it is."""

    member: str
    pattern: str
    convert: Callable[[str], object]


AMOUNTS = {
    "count": Blank("times", r"\d+", int),
    "times": Blank("times", r"\d+ times?", lambda text: int(text.split()[0])),
    "span": Blank("seconds", r"\d+(?:\.\d+)? seconds?", lambda text: float(text.split()[0])),
    "milliseconds": Blank("seconds", r"\d+ ms", lambda text: int(text.split()[0]) / 1000),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens at a place of the service; `whom` is by what that place knows the person of the sentence."""

    place: str
    effect: str
    whom: str
    members: Mapping[str, object]
    person: str = ""

    def scope(self, person: object) -> dict[str, object]:
        """Return what the order says beside place and effect, when it is to strike this person."""
        return {**self.members, self.whom: getattr(person, self.whom)} if self.whom else dict(self.members)


def fault(place: str, effect: str = "fail", *, whom: str = "", **members: object) -> Fault:
    """Return a fault; what stands in the blanks of its sentence is yet to come."""
    return Fault(place, effect, whom, members)


def faults(name: str, sentences: Mapping[str, Fault], blanks: Mapping[str, Blank]) -> None:
    """Let `{anything:name}` in a step stand for these sentences; `{person}` and other blanks are filled in."""
    patterns = {_pattern(sentence, blanks): meant for sentence, meant in sentences.items()}

    def convert(text: str) -> Fault:
        [(found, meant)] = [
            (found, meant) for pattern, meant in patterns.items() if (found := re.fullmatch(pattern, text))
        ]
        filled = {blank: blanks[blank].convert(word) for blank, word in found.groupdict().items()}
        person = str(filled.pop("person", ""))
        members = {blanks[blank].member: value for blank, value in filled.items()}
        return replace(meant, members={**meant.members, **members}, person=person)

    unnamed = "|".join(re.sub(r"\?P<\w+>", "?:", pattern) for pattern in patterns)
    parameter(name, unnamed, convert, sentences)


def _pattern(sentence: str, blanks: Mapping[str, Blank]) -> str:
    parts = re.split(r"\{(\w+)\}", sentence)
    return "".join(
        f"(?P<{part}>{blanks[part].pattern})" if number % 2 else re.escape(part) for number, part in enumerate(parts)
    )
