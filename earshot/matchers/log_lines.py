"""Whether a log tells what it should, and keeps to itself what it must."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from hamcrest import equal_to, has_properties, is_in, matches_regexp, not_
from hamcrest.core.matcher import Matcher

from earshot.matchers.expectation import expectation
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


def names_the_place() -> Matcher[Sequence[Entry]]:
    """Match log lines of which one carries a stack trace."""
    return expectation(
        "an error with its place in the program",
        lambda entries: any(re.search(r"line \d+|:\d+", entry.stack) for entry in entries),
        lambda entries: (
            f"of {len(entries)} such errors none says where it happened" if entries else "there is no such error"
        ),
    )


def complete() -> Matcher[Any]:
    """Match a line that says when, how gravely, where and what happened."""
    return has_properties(**_SAID)


def says_often(word: str, count: int) -> Matcher[Sequence[Entry]]:
    """Match log lines of which so many, or more, contain this word as a whole word."""

    def lines(entries: Sequence[Entry]) -> int:
        return sum(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", entry.raw) is not None for entry in entries)

    return expectation(
        f"{count} lines or more about {word}",
        lambda entries: lines(entries) >= count,
        lambda entries: f"of {len(entries)} lines {lines(entries)} are about {word}",
    )


def tells_of(*words: str) -> Matcher[Sequence[Entry]]:
    """Match log lines of which one contains all these words, in whatever case."""

    def instead(entries: Sequence[Entry]) -> str:
        last = "; ".join(f"{entry.level} {entry.operation}: {entry.message}"[:SHOWN] for entry in entries[-3:])
        return f"none of {len(entries)} lines does; the last are: {last}" if entries else "there is no such line at all"

    return expectation(
        f"a line that says {' and '.join(map(repr, words))}",
        lambda entries: any(all(word.lower() in entry.raw.lower() for word in words) for entry in entries),
        instead,
    )


def gives_away_none_of(secrets: Mapping[str, str]) -> Matcher[Sequence[Entry]]:
    """Match log lines that contain none of the secrets, which are given with what each of them is.

    Without any line, or any secret, nothing is shown, and nothing matches.
    """

    def leaks(entries: Sequence[Entry]) -> list[tuple[str, Entry]]:
        return [(what, entry) for entry in entries for secret, what in secrets.items() if secret in entry.raw]

    def instead(entries: Sequence[Entry]) -> str:
        if not entries or not secrets:
            return f"there are {len(entries)} lines and {len(secrets)} secrets to look for"
        found = leaks(entries)
        where = "; ".join(
            f"{what} in {entry.level} {entry.component} {entry.operation}: {entry.message[:SHOWN]!r}"
            for what, entry in found[:3]
        )
        return f"{len(found)} of {len(entries)} lines give one away: {where}"

    return expectation(
        f"lines in which none of these is: {', '.join(sorted(set(secrets.values())))}",
        lambda entries: len(entries) > 0 and len(secrets) > 0 and not leaks(entries),
        instead,
    )
