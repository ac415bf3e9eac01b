"""Matchers of every system say no where they should."""

from __future__ import annotations

import pytest

from earshot.matchers.dates import all_dated_and_named
from earshot.matchers.expectation import expectation
from earshot.matchers.log_lines import complete, names_the_place
from earshot.matchers.numbers import between, rising
from earshot.targets.logs import Entry

NOW_MS = 1_760_000_000_000


def test_every_message_is_dated_in_milliseconds_and_names_its_session() -> None:
    good = {"type": "audio", "timestamp": NOW_MS, "sessionId": "s"}
    expected = all_dated_and_named("s")
    assert expected.matches([good, {"type": "heartbeatAck", "timestamp": NOW_MS}])
    assert not expected.matches([])
    for flaw in ({"timestamp": NOW_MS / 1}, {"timestamp": NOW_MS // 1000}, {"timestamp": NOW_MS * 1000}):
        assert not expected.matches([good, good | flaw]), flaw
    for flaw in ({"timestamp": None}, {"timestamp": True}, {"sessionId": "t"}, {"sessionId": None}):
        assert not expected.matches([good | flaw]), flaw


def test_what_is_expected_is_what_fits() -> None:
    assert expectation("even", lambda number: number % 2 == 0).matches(2)
    assert not expectation("even", lambda number: number % 2 == 0).matches(3)


@pytest.mark.parametrize(("number", "fits"), [(0.9, False), (1, True), (2, True), (2.1, False)])
def test_a_range_has_two_ends(number: float, fits: bool) -> None:
    assert between(1, 2).matches(number) is fits


@pytest.mark.parametrize(("given", "fits"), [([1, 1, 2], True), ([], False), ([2, 1], False), ([0, 1], False)])
def test_numbers_rise_from_above_zero(given: list[float], fits: bool) -> None:
    assert rising().matches(given) is fits


def entry(**parts: object) -> Entry:
    whole = {"raw": "{}", "time": "2026-01-01T10:00:00Z", "level": "INFO", "component": "gateway"}
    more = {"operation": "join", "message": "joined", "session_id": None, "metadata": {}}
    return Entry(**{**whole, **more, **parts})  # type: ignore[arg-type]


@pytest.mark.parametrize("flaw", [{"time": "10:00"}, {"level": "LOUD"}, {"component": ""}, {"operation": ""}])
def test_a_line_says_when_how_gravely_where_and_what(flaw: dict[str, object]) -> None:
    assert complete().matches(entry())
    assert not complete().matches(entry(**flaw))


def test_an_error_says_where_it_happened() -> None:
    assert names_the_place().matches([entry(), entry(metadata={"stack": 'File "join.py", line 12'})])
    assert not names_the_place().matches([entry(metadata={"stack": "somewhere"})])
