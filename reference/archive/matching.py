"""Which show a recording is of: by the name of its file, its day and its length (section 9)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from difflib import SequenceMatcher
from typing import Any, NamedTuple

LINKED_FROM, SUGGESTED_ABOVE = 0.70, 0.10
_DATES = (
    (re.compile(r"(?<!\d)(\d{4})[-_](\d{2})[-_](\d{2})(?!\d)"), (0, 1, 2)),
    (re.compile(r"(?<!\d)(\d{2})[-_](\d{2})[-_](\d{4})(?!\d)"), (2, 0, 1)),
    (re.compile(r"(?<!\d)(\d{4})(\d{2})(\d{2})(?!\d)"), (0, 1, 2)),
)
"""How a day is written, and where year, month and day stand in it; one that begins with the day is none."""
_DAYS = ((0, 0.40, "exact date"), (1, 0.30, "within a day"), (7, 0.10, "within a week"))
_LENGTHS = ((30, 0.15, "duration"), (120, 0.10, "duration"), (300, 0.05, "duration"))
_SIMILAR = ((0.8, "high title similarity"), (0.5, "moderate title similarity"))
_TITLE, _IN_DESCRIPTION = 0.35, 0.10


class Name(NamedTuple):
    title: str
    day: date | None


class Match(NamedTuple):
    show: Mapping[str, Any]
    score: float
    reasons: list[str]


def parsed(file_path: str) -> Name:
    """Return what the name of a file says: a title, and a day where there is one."""
    stem = re.sub(r"\.\w+$", "", file_path.replace("\\", "/").rpartition("/")[2])
    for pattern, order in _DATES:
        if (found := pattern.search(stem)) and (day := _day("-".join(found.groups()[at] for at in order))):
            return Name(_title(f"{stem[: found.start()]} {stem[found.end() :]}"), day)
    return Name(_title(stem), None)


def match(name: Name, duration_s: float | None, show: Mapping[str, Any]) -> Match:
    likeness = SequenceMatcher(None, show["title"].lower(), name.title.lower()).ratio()  # the show first: see section 9
    score, reasons = _TITLE * likeness, [words for least, words in _SIMILAR if likeness >= least][:1]
    day = _day(show.get("date"))
    days_apart = None if name.day is None or day is None else abs((name.day - day).days)
    seconds_apart = None if duration_s is None or show.get("length") is None else abs(duration_s - show["length"])
    for apart, steps in ((days_apart, _DAYS), (seconds_apart, _LENGTHS)):
        if reached := [(points, words) for most, points, words in steps if apart is not None and apart <= most]:
            score += reached[0][0]
            reasons.append(reached[0][1])
    if name.title and name.title.lower() in (show.get("description") or "").lower():
        score += _IN_DESCRIPTION
        reasons.append("title in the description")
    return Match(show, min(1.0, round(score, 6)), reasons)


def matches(file_path: str, duration_s: float | None, shows: Iterable[Mapping[str, Any]]) -> list[Match]:
    """Return the shows that a recording may be of, the likeliest first."""
    name = parsed(file_path)
    found = [match(name, duration_s, show) for show in shows]
    return sorted((one for one in found if one.score > SUGGESTED_ABOVE), key=lambda one: -one.score)


def _title(words: str) -> str:
    return " ".join(re.sub(r"[_-]+", " ", words).split())


def _day(given: object) -> date | None:
    try:
        return date.fromisoformat(str(given)[:10])
    except ValueError:
        return None
