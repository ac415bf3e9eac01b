"""Which show a recording is of, as far as its file's name, its day and its length say."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as any_

from reference.archive.matching import match, matches, parsed

DATED, LENGTH_S = "2024-01-15_City_Council_Meeting.mp4", 1790
COUNCIL = {"title": "City Council Meeting", "length": 1800}
TELLS = {"description": "In this City council meeting: the budget."}
SPORTS = {"title": "Sports Highlights", "date": "2024-01-15", "length": 2400}
WEATHER = {"title": "Weather Report", "date": "2024-03-01", "length": 600}


@pytest.mark.parametrize(
    ("file", "show", "score", "reasons"),
    [
        (DATED, {**COUNCIL, **TELLS, "date": "2024-01-15"}, 1.0, ["exact date"]),
        (DATED, {**COUNCIL, **TELLS, "date": "2024-01-16"}, 0.9, ["within a day"]),
        (DATED, {**COUNCIL, "date": "2024-01-15"}, 0.9, ["exact date"]),
        (DATED, {**COUNCIL, "date": "2024-01-20"}, 0.6, ["within a week"]),
        (DATED, {**COUNCIL, "date": "2024-01-23"}, 0.5, []),
        ("City_Council_Meeting.mp4", {**COUNCIL, **TELLS, "date": "2024-01-15"}, 0.6, []),
        (DATED, SPORTS, 0.476, ["exact date"]),
        (DATED, WEATHER, 0.041, []),
    ],
)
def test_the_scores_are_those_that_were_agreed(file: str, show: Any, score: float, reasons: list[str]) -> None:
    found = match(parsed(file), LENGTH_S, show)
    assert round(found.score, 3) == score
    assert [one for one in found.reasons if one[:5] in ("exact", "withi")] == reasons
    is_council = show["title"] == COUNCIL["title"]
    assert [one in found.reasons for one in ("high title similarity", "duration")] == [is_council, is_council]


@pytest.mark.parametrize(("apart_s", "points"), [(30, 0.15), (31, 0.1), (120, 0.1), (300, 0.05), (301, 0.0)])
def test_a_length_counts_less_the_further_it_is_off(apart_s: float, points: float) -> None:
    far, near = (match(parsed(DATED), length, COUNCIL).score for length in (None, 1800 - apart_s))
    assert near - far == pytest.approx(points)


@pytest.mark.parametrize(
    ("file", "title", "day"),
    [
        ("/media/01-15-2024_Board.mp4", "Board", date(2024, 1, 15)),
        ("20240115_Board_of-Health.mp4", "Board of Health", date(2024, 1, 15)),
        ("Board_2024_01_15.mov", "Board", date(2024, 1, 15)),
        ("Board 01_15_2024.mp4", "Board", date(2024, 1, 15)),
        ("15_01_2024_Interview.mp4", "15 01 2024 Interview", None),
        ("2024-02-30_Board.mp4", "2024 02 30 Board", None),
        ("20240115123_Board.mp4", "20240115123 Board", None),
    ],
)
def test_a_name_has_a_title_and_perhaps_a_day(file: str, title: str, day: date | None) -> None:
    assert parsed(file) == (title, day)


@given(
    any_.text(max_size=60), any_.none() | any_.floats(0, 1e6), any_.lists(any_.sampled_from([COUNCIL, SPORTS, WEATHER]))
)
def test_whatever_a_file_is_called_the_likeliest_comes_first(file: str, length_s: float | None, shows: Any) -> None:
    scores = [one.score for one in matches(file, length_s, shows)]
    assert scores == sorted(scores, reverse=True)
    assert all(0.1 < score <= 1 for score in scores)
