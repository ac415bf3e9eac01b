"""What the messages of a system mean to a person, as its wing words them for diagrams and lists."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Fields = Mapping[str, object]
Words = str | Callable[[Fields], str]
CHUNK = "audio chunk"
"""The sentence of a piece of microphone sound; such lines are counted and fold into one band."""


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one system, by the `action` or `type` of its messages."""

    sent: Mapping[str, Words] = field(default_factory=dict)
    """What a person does."""
    received: Mapping[str, Words] = field(default_factory=dict)
    """What a person is told."""
    acknowledgements: Mapping[str, Words] = field(default_factory=dict)
    """What the service says to a piece of sound; it is told beside the piece."""
    roles: Mapping[str, Words] = field(default_factory=dict)
    """What somebody is, from the message on that makes them so."""
    speaks: frozenset[str] = frozenset()
    """The messages that only somebody who speaks sends or gets."""
    sound: frozenset[str] = frozenset()
    """The messages that carry sound."""
    serious: frozenset[str] = frozenset()
    """Besides errors: the messages that nobody must miss."""

    def of(self, words: Mapping[str, Words], name: str, message: Fields) -> str | None:
        """Return what one of these mappings says of a message; None where it says nothing."""
        found = words.get(name)
        return found if found is None or isinstance(found, str) else found(message)


def split(name: str) -> str:
    """`audio_qualityWarning` becomes `audio quality warning`; words in capitals stay together."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|_+", " ", name).lower()
