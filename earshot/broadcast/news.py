"""What people may be told, what they may be refused with, and what the log may tell of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hamcrest import anything, assert_that
from hamcrest.core.matcher import Matcher

from earshot.broadcast.person import Person
from earshot.ledger import Observation
from earshot.targets.logs import Entry

Message = Mapping[str, Any]


def _whole(message: Message) -> object:
    return message


@dataclass(frozen=True, slots=True)
class News:
    """What somebody is told by a message: which part of it matters, and what that must say."""

    find: str | Callable[[Any], Observation]
    """The type of a message that comes unasked, or how to find an answer among what somebody has seen."""
    says: Matcher[Any] | None = None
    part: Callable[[Message], object] = _whole

    def reaches(self, person: Person, *, since: int) -> Observation:
        """Return the message by which somebody is told this, waiting for it if need be; AssertionError if none does."""
        came = person.learns(self.find, since=since) if isinstance(self.find, str) else self.find(person)
        assert_that(self.part(came.message), self.says or anything(), f"what {person.name} is told in {came.type}")
        return came


@dataclass(frozen=True, slots=True)
class LogLine:
    """What the log must say, in which lines: those about somebody's connection, somebody's session, or all."""

    says: Matcher[Sequence[Entry]]
    connection_of: str = ""
    session_of: str = ""
    anew: bool = False
    """Whether the log must say it at just this level, and since the latest act."""
