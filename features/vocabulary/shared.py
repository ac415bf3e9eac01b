"""How words in any sentence become values: people, numbers, times, and what a service is set to."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from behave.model import Table

from earshot.stage import Stage
from earshot.systems import wings
from features.vocabulary.parameters import closed_list, one_of, parameter


class News(Protocol):
    """What somebody is told, in the words that stand for it in a sentence."""

    def reaches(self, person: Any, *, since: int) -> object:
        """Return when it has reached this person, from ledger position `since` on; AssertionError if it does not."""


Reason = Mapping[str, Any]
"""Why somebody is refused something, as each system that refuses for it knows it, by the name of the system."""


class World(Protocol):
    """What a step knows; steps of a system know its people, too."""

    stage: Stage
    table: Table
    text: str


Attempt = Callable[[Any, str], object]
"""What somebody may try to do: it is given the steps' world, and a name."""

CAST = ("Ana", "Bruno", "Carla", "Lena", "Amina", "Marco", "Yuki", "Tomas", "Mira", "Mallory")

DISCONNECTIONS = {
    "and need not come back": 1000,
    "and may come back": 1001,
    "because of too much audio": 1008,
    "because the message is beyond all limits": 1009,
    "because the service failed": 1011,
}
"""How a service may close a connection, and the code by which a client knows whether to come back (BRO-3.5)."""

ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4}

_TIMED = {words: timed for wing in wings().values() for words, timed in wing.timed.items()}
"""What takes time in any system, by its words."""


_REASONS: dict[str, dict[str, Any]] = {}


def refusals(system: str, reasons: Mapping[str, object]) -> None:
    """Let "… is refused because …" be said with these words, for what System.is_refused is to make of each."""
    for words, meaning in reasons.items():
        _REASONS.setdefault(words, {})[system] = meaning
    closed_list("Reason", {words: _REASONS[words] for words in reasons})


def settings(words: Mapping[str, Mapping[str, str]]) -> None:
    """Let "a service that …" be said with these words, each for the settings of an instance."""
    closed_list("Settings", words)


def _span_ms(text: str) -> int:
    number, unit = text.split()
    return int(number) * {"second": 1000, "minute": 60_000, "hour": 3_600_000}[unit.rstrip("s")]


parameter("Name", one_of(CAST), str)
parameter(
    "Names",
    rf"(?:{one_of(CAST)})(?:(?:, | and )(?:{one_of(CAST)}))*",
    lambda text: re.split(", | and ", text),
)
parameter("Quoted", r'[^"]*', str)
parameter("Number", r"\d+", int)
parameter("Ordinal", one_of(ORDINALS), ORDINALS.__getitem__)
parameter("Decimal", r"\d+(?:\.\d+)?", float)
parameter("Seconds", r"\d+(?:\.\d+)? seconds?", lambda text: float(text.split()[0]))
parameter("Milliseconds", r"\d+ ms", lambda text: float(text.split()[0]))
parameter(
    "Duration",
    r"\d+(?:\.\d+)? (?:ms|seconds?)",
    lambda text: float(text.split()[0]) * (1 if text.endswith("ms") else 1000),
)
parameter("Span", r"-?\d+ (?:second|minute|hour)s?", lambda text: _span_ms(text))
parameter("Times", r"\d+ times?", lambda text: int(text.split()[0]))
parameter("Often", r"once|twice|\d+ times", lambda text: {"once": 1, "twice": 2}.get(text) or int(text.split()[0]))
for name, verbs in {
    "Are": "is|are",
    "Were": "was|were",
    "Has": "has|have",
    "Send": "sends|send",
    "Join": "joins|join",
    "Streams": "streams|stream",
    "Listen": "listens|listen",
}.items():
    parameter(name, verbs, str)
for name, things in {
    "People": "person|people",
    "More": "more person|more people",
    "Listeners": "listeners?",
    "Broadcasts": "broadcasts?",
    "Minutes": "minutes?",
}.items():
    parameter(name, rf"\d+ (?:{things})", lambda text: int(text.split()[0]))
parameter("Disconnection", one_of(DISCONNECTIONS), DISCONNECTIONS.__getitem__)
parameter("Nothing", "nothing(?: else)?", str)
parameter("Decibels", r"-?\d+(?:\.\d+)? dB", lambda text: float(text.split()[0]))
parameter("Percent", r"-?\d+(?:\.\d+)?%", lambda text: round(float(text[:-1]) / 100, 6))
parameter("Timed", one_of(_TIMED), _TIMED.__getitem__)
