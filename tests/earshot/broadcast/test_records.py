"""What is on record is looked at, and what a session leaves behind is told."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from hamcrest import empty, has_entries, has_entry

from earshot.broadcast.records import Records
from earshot.broadcast.system import Broadcast

SOON_S = 0.01
NOW_MS = 1_760_000_000_000


class FakeTables:
    """Tables whose items a test puts there: under the table's name and the key's value."""

    def __init__(self) -> None:
        self.items: dict[tuple[str, str], dict[str, Any]] = {}

    def item(self, table: str, **key: str) -> dict[str, Any] | None:
        [value] = key.values()
        return self.items.get((table, value))

    def indexed(self, table: str, index: str, attribute: str, value: str) -> list[dict[str, Any]]:
        return [item for (name, _), item in self.items.items() if name == table and item.get(attribute) == value]


@pytest.fixture
def tables() -> FakeTables:
    return FakeTables()


@pytest.fixture
def records(tables: FakeTables) -> Records:
    return Records(tables, patience_s=SOON_S)  # type: ignore[arg-type]


def test_a_session_comes_to_be_as_expected_or_is_told(tables: FakeTables, records: Records) -> None:
    tables.items["Sessions", "s"] = {"isActive": True}
    records.session_comes_to("s", has_entry("isActive", True))
    with pytest.raises(AssertionError, match="the record of session s, looked up for"):
        records.session_comes_to("s", has_entry("isActive", False))
    records.session_stays("s", has_entry("isActive", True), for_s=0)
    with pytest.raises(AssertionError, match="the record of session s, during"):
        records.session_stays("s", has_entry("isActive", False), for_s=0)


def test_listeners_are_those_on_record_in_that_role(tables: FakeTables, records: Records) -> None:
    tables.items["Connections", "1"] = {"sessionId": "s", "role": "speaker"}
    records.listeners_come_to("s", empty())
    tables.items["Connections", "2"] = {"sessionId": "s", "role": "listener"}
    with pytest.raises(AssertionError, match="the listeners of session s"):
        records.listeners_come_to("s", empty())


def test_a_connection_is_there_or_not(tables: FakeTables, records: Records) -> None:
    records.connection_disappears("1", "Lena")
    with pytest.raises(AssertionError, match="the record of Lena's connection"):
        records.connection("1", "Lena")
    with pytest.raises(AssertionError, match="the record of session s"):
        records.session("s")
    tables.items["Connections", "1"] = {"role": "listener"}
    with pytest.raises(AssertionError, match="the record of Lena's connection"):
        records.connection_disappears("1", "Lena")


def test_a_count_has_its_number_its_window_and_its_end(tables: FakeTables, records: Records) -> None:
    good = {"count": 2, "windowStart": NOW_MS, "expiresAt": NOW_MS // 1000 + 3660}
    tables.items["RateLimits", "r"] = good
    records.rate_is_counted("r", 2, window_s=60, now_ms=NOW_MS)
    for flaw in ({"count": 1}, {"windowStart": NOW_MS - 20_000}, {"expiresAt": NOW_MS // 1000 + 60}):
        tables.items["RateLimits", "r"] = good | flaw
        with pytest.raises(AssertionError):
            records.rate_is_counted("r", 2, window_s=60, now_ms=NOW_MS)


@pytest.mark.parametrize(
    ("session", "connection", "fits"),
    [
        ({"isActive": False}, {}, True),
        ({"isActive": True}, {}, False),
        ({"isActive": False}, {"sessionId": "s", "role": "listener"}, False),
        (None, {}, False),
    ],
)
def test_nothing_is_left_behind_of_a_session(
    tables: FakeTables, records: Records, session: dict[str, Any] | None, connection: dict[str, Any], fits: bool
) -> None:
    if session is not None:
        tables.items["Sessions", "s"] = session
    tables.items["Connections", "1"] = connection
    ana = SimpleNamespace(name="Ana", session_id="s")
    stage: Any = SimpleNamespace(service=SimpleNamespace(tables=tables), present=lambda _: [ana])

    class Impatient(Broadcast):
        recorded = records  # type: ignore[assignment]

    if fits:
        Impatient(stage).leaves_nothing_behind()
    else:
        with pytest.raises(AssertionError, match="session s"):
            Impatient(stage).leaves_nothing_behind()


def test_where_a_record_must_have_more_it_is_looked_at_whole(tables: FakeTables, records: Records) -> None:
    tables.items["Connections", "1"] = {"role": "listener", "targetLanguage": "es"}
    records.connection_comes_to("1", has_entries(role="listener", targetLanguage="es"))
    with pytest.raises(AssertionError):
        records.connection_comes_to("1", has_entries(role="listener", targetLanguage="fr"))
