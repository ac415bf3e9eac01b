"""Whether a log tells what it should, and keeps to itself what it must."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from hamcrest import equal_to, has_properties, is_in, matches_regexp, not_
from hamcrest.core.base_matcher import BaseMatcher
from hamcrest.core.description import Description
from hamcrest.core.matcher import Matcher

from earshot.targets.logs import Entry

SHOWN = 160
"""How many characters of a line a person is shown."""
_SAID: Mapping[str, Matcher[Any]] = {
    "time": matches_regexp(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"),
    "level": is_in(("DEBUG", "INFO", "WARNING", "ERROR")),
    "component": not_(equal_to("")),
    "operation": not_(equal_to("")),
    "message": not_(equal_to("")),
}
"""What every line says."""


class _TellsOf(BaseMatcher[Sequence[Entry]]):
    def __init__(self, words: Sequence[str]) -> None:
        self._words = words

    def _matches(self, item: Sequence[Entry]) -> bool:
        return any(all(word.lower() in entry.raw.lower() for word in self._words) for entry in item)

    def describe_to(self, description: Description) -> None:
        description.append_text(f"a line that says {' and '.join(map(repr, self._words))}")

    def describe_mismatch(self, item: Sequence[Entry], mismatch_description: Description) -> None:
        last = "; ".join(f"{entry.level} {entry.operation}: {entry.message}"[:SHOWN] for entry in item[-3:])
        mismatch_description.append_text(
            f"none of {len(item)} lines does; the last are: {last}" if item else "there is no such line at all"
        )


class _SaysOften(BaseMatcher[Sequence[Entry]]):
    def __init__(self, word: str, count: int) -> None:
        self._word = word
        self._count = count

    def _matches(self, item: Sequence[Entry]) -> bool:
        return self._lines(item) >= self._count

    def describe_to(self, description: Description) -> None:
        description.append_text(f"{self._count} lines or more about {self._word}")

    def describe_mismatch(self, item: Sequence[Entry], mismatch_description: Description) -> None:
        mismatch_description.append_text(f"of {len(item)} lines {self._lines(item)} are about {self._word}")

    def _lines(self, item: Sequence[Entry]) -> int:
        return sum(re.search(rf"(?<!\w){re.escape(self._word)}(?!\w)", entry.raw) is not None for entry in item)


class _KeepsToItself(BaseMatcher[Sequence[Entry]]):
    def __init__(self, secrets: Mapping[str, str]) -> None:
        self._secrets = secrets

    def _matches(self, item: Sequence[Entry]) -> bool:
        return len(item) > 0 and len(self._secrets) > 0 and not self._leaks(item)

    def describe_to(self, description: Description) -> None:
        description.append_text(f"lines in which none of these is: {', '.join(sorted(set(self._secrets.values())))}")

    def describe_mismatch(self, item: Sequence[Entry], mismatch_description: Description) -> None:
        if not item or not self._secrets:
            mismatch_description.append_text(
                f"there are {len(item)} lines and {len(self._secrets)} secrets to look for"
            )
            return
        leaks = self._leaks(item)
        where = "; ".join(
            f"{what} in {entry.level} {entry.component} {entry.operation}: {entry.message[:SHOWN]!r}"
            for what, entry in leaks[:3]
        )
        mismatch_description.append_text(f"{len(leaks)} of {len(item)} lines give one away: {where}")

    def _leaks(self, item: Sequence[Entry]) -> list[tuple[str, Entry]]:
        return [(what, entry) for entry in item for secret, what in self._secrets.items() if secret in entry.raw]


class _NamesThePlace(BaseMatcher[Sequence[Entry]]):
    def _matches(self, item: Sequence[Entry]) -> bool:
        return any(re.search(r"line \d+|:\d+", entry.stack) for entry in item)

    def describe_to(self, description: Description) -> None:
        description.append_text("an error with its place in the program")

    def describe_mismatch(self, item: Sequence[Entry], mismatch_description: Description) -> None:
        mismatch_description.append_text(
            f"of {len(item)} such errors none says where it happened" if item else "there is no such error"
        )


def names_the_place() -> Matcher[Sequence[Entry]]:
    """Match log lines of which one carries a stack trace."""
    return _NamesThePlace()


def complete() -> Matcher[Any]:
    """Match a line that says when, how gravely, where and what happened."""
    return has_properties(**_SAID)


def says_often(word: str, count: int) -> Matcher[Sequence[Entry]]:
    """Match log lines of which so many, or more, contain this word as a whole word."""
    return _SaysOften(word, count)


def tells_of(*words: str) -> Matcher[Sequence[Entry]]:
    """Match log lines of which one contains all these words, in whatever case."""
    return _TellsOf(words)


def gives_away_none_of(secrets: Mapping[str, str]) -> Matcher[Sequence[Entry]]:
    """Match log lines that contain none of the secrets, which are given with what each of them is.

    Without any line, or any secret, nothing is shown, and nothing matches.
    """
    return _KeepsToItself(secrets)
