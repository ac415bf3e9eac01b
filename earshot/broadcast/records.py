"""What the service has on record, in which table and under which key; looked up until it is as expected.

Reads by an index are eventually consistent.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from hamcrest import assert_that, close_to, has_entry, none, not_none
from hamcrest.core.matcher import Matcher

from earshot.matchers.numbers import between
from earshot.patience import PATIENCE_S, comes_to, stays
from earshot.system import Item
from earshot.targets.tables import Tables

BY_LANGUAGE = "sessionId-targetLanguage-index"


class Records:
    """Assertions about the state tables."""

    def __init__(self, tables: Tables, *, patience_s: float = PATIENCE_S) -> None:
        self._tables = tables
        self._patience_s = patience_s

    def looked_up_for(self, patience_s: float) -> Records:
        """Return the same records, for somebody with another patience."""
        return Records(self._tables, patience_s=patience_s)

    def find_session(self, session_id: str) -> Item | None:
        """Return the session's record as it is now, or None."""
        return self._tables.item("Sessions", sessionId=session_id)

    def session_comes_to(self, session_id: str, expected: Matcher[Any]) -> None:
        """Return when the session's record is as expected; AssertionError if it does not come to be in time."""
        self._come_to(lambda: self.find_session(session_id), expected, f"the record of session {session_id}")

    def session_stays(self, session_id: str, expected: Matcher[Any], *, for_s: float) -> None:
        """Return after `for_s` seconds if the session's record was as expected all the time."""
        stays(lambda: self.find_session(session_id), expected, f"the record of session {session_id}", for_s=for_s)

    def listeners_come_to(self, session_id: str, expected: Matcher[Any]) -> None:
        """The same for the listeners recorded for a session."""
        self._come_to(lambda: self._listeners(session_id), expected, f"the listeners of session {session_id}")

    def connection_comes_to(self, connection_id: str, expected: Matcher[Any]) -> None:
        """The same for the record of one connection."""
        self._come_to(lambda: self._connection(connection_id), expected, "the record of the connection")

    def session_gets(self, session_id: str, attribute: str, value: object) -> None:
        """Change the session's record behind the service's back; `attribute` may be a path such as `a.b`."""
        self._tables.set("Sessions", attribute, value, sessionId=session_id)

    def session_loses(self, session_id: str, attribute: str) -> None:
        """Take an attribute out of the session's record behind the service's back."""
        self._tables.remove("Sessions", attribute, sessionId=session_id)

    def session_is_deleted(self, session_id: str) -> None:
        """Delete the session's record behind the service's back."""
        self._tables.delete("Sessions", sessionId=session_id)

    def connection_is_deleted(self, connection_id: str) -> None:
        """Delete a connection's record behind the service's back."""
        self._tables.delete("Connections", connectionId=connection_id)

    def translation_comes_to(self, source: str, target: str, text: str, expected: Matcher[Any]) -> Mapping[str, Any]:
        """Return what is remembered as the translation of a sentence once it is as expected."""
        digest = hashlib.sha256(text.strip().lower().encode()).hexdigest()
        key = f"{source}:{target}:{digest[:16]}"
        look_up = lambda: self._tables.item("CachedTranslations", cacheKey=key)  # noqa: E731
        return comes_to(look_up, expected, f'the record of the translation of "{text}"') or {}

    def rate_comes_to(self, identifier: str, expected: Matcher[Any]) -> None:
        """Return when what is counted under this identifier is as expected."""
        look_up = lambda: self._tables.item("RateLimits", identifier=identifier)  # noqa: E731
        self._come_to(look_up, expected, "the count of how often that was asked for")

    def rate_is_counted(self, identifier: str, count: int, *, window_s: int, now_ms: int) -> None:
        """Return when so many are counted in a window that began about now, and that is kept an hour longer."""
        self.rate_comes_to(identifier, has_entry("count", count))
        found = self.rate(identifier)
        assert_that(found["windowStart"], between(now_ms - 10_000, now_ms + 10_000), "when the window began")
        kept_s = found["expiresAt"] - found["windowStart"] / 1000
        assert_that(kept_s, close_to(window_s + 3600, 1), "how long the count is kept, in seconds")

    def rate(self, identifier: str) -> dict[str, Any]:
        """Return what is counted under this identifier; AssertionError if nothing is."""
        found = self._tables.item("RateLimits", identifier=identifier)
        assert_that(found, not_none(), "the count of how often that was asked for")
        return found or {}

    def rate_gets(self, identifier: str, attribute: str, value: int) -> None:
        """Change a count behind the service's back."""
        self._tables.set("RateLimits", attribute, value, identifier=identifier)

    def indexed_come_to(self, session_id: str, expected: Matcher[Any]) -> None:
        """Return when the items that the lookup by session and language lists are as expected."""
        self._come_to(lambda: self._indexed(session_id), expected, f"the lookup of session {session_id}")

    def speaker_connection(self, session_id: str) -> Item:
        """Return the record of the session's current speaker connection."""
        found = self._connection(str(self.session(session_id).get("speakerConnectionId")))
        assert_that(found, not_none(), f"the record of the current speaker connection of session {session_id}")
        return found or {}

    def session(self, session_id: str) -> dict[str, Any]:
        """Return the session's record; AssertionError if there is none."""
        found = self.find_session(session_id)
        assert_that(found, not_none(), f"the record of session {session_id}")
        return found or {}

    def opened_ms(self, session_id: str, *, told_ms: int) -> int:
        """Return when the session was opened, which must be about when its speaker was told so, in ms since 1970."""
        opened_ms = int(self.session(session_id)["createdAt"])
        assert_that(opened_ms, close_to(told_ms, 1000), f"when session {session_id} was opened, in ms since 1970")
        return opened_ms

    def connection_lasts_s(self, connection_id: str, whose: str) -> float:
        """Return how long after the connection was opened its record expires."""
        record = self.connection(connection_id, whose)
        return float(record["ttl"]) - float(record["connectedAt"]) / 1000

    def connection(self, connection_id: str, whose: str) -> dict[str, Any]:
        """Return the record of a connection; AssertionError if there is none."""
        found = self._connection(connection_id)
        assert_that(found, not_none(), f"the record of {whose}'s connection")
        return found or {}

    def expiring_attributes(self, tables: Iterable[str]) -> dict[str, str | None]:
        """Return for each of these tables, by its usual name, the attribute by whose time items disappear, or None."""
        return {table: self._tables.expiring_attribute(table) for table in tables}

    def connection_disappears(self, connection_id: str, whose: str) -> None:
        """Return when nothing is recorded for this connection any more."""
        self._come_to(lambda: self._connection(connection_id), none(), f"the record of {whose}'s connection")

    def _connection(self, connection_id: str) -> Item | None:
        return self._tables.item("Connections", connectionId=connection_id)

    def _indexed(self, session_id: str) -> list[Item]:
        return self._tables.indexed("Connections", BY_LANGUAGE, "sessionId", session_id)

    def _listeners(self, session_id: str) -> list[Item]:
        return [item for item in self._indexed(session_id) if item.get("role") == "listener"]

    def _come_to(self, look_up: Callable[[], Any], expected: Matcher[Any], what: str) -> None:
        comes_to(look_up, expected, what, within_s=self._patience_s)
