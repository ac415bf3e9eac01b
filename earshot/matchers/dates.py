"""Whether messages say when they were sent and what session they are about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hamcrest.core.base_matcher import BaseMatcher
from hamcrest.core.description import Description
from hamcrest.core.matcher import Matcher

OF_NO_SESSION = frozenset({"heartbeatAck", "connectionWarning", "connectionTimeout", "error"})
"""Messages about a connection or a request (BRO-3.4.25)."""
EARLIEST_MS = 1_500_000_000_000
LATEST_MS = 10_000_000_000_000
"""Milliseconds since 1970 lie between these from 2017 to 2286; seconds and microseconds do not."""


class _DatedAndNamed(BaseMatcher[Sequence[Mapping[str, object]]]):
    def __init__(self, session_id: str) -> None:
        self._session_id = session_id

    def _matches(self, item: Sequence[Mapping[str, object]]) -> bool:
        return len(item) > 0 and not self._faults(item)

    def describe_to(self, description: Description) -> None:
        description.append_text("every message dated in milliseconds and, unless it is about the connection alone, ")
        description.append_text(f"with the name of session {self._session_id}")

    def describe_mismatch(self, item: Sequence[Mapping[str, object]], mismatch_description: Description) -> None:
        mismatch_description.append_text("; ".join(self._faults(item)) or "there was no message")

    def _faults(self, messages: Sequence[Mapping[str, object]]) -> list[str]:
        faults = []
        for message in messages:
            kind, date, session_id = message.get("type"), message.get("timestamp"), message.get("sessionId")
            if type(date) is not int or not EARLIEST_MS < date < LATEST_MS:
                faults.append(f"{kind} was dated {date!r}")
            if session_id != self._session_id and kind not in OF_NO_SESSION:
                faults.append(f"{kind} named the session {session_id!r}")
        return faults


def all_dated_and_named(session_id: str) -> Matcher[Sequence[Mapping[str, object]]]:
    """Match messages, at least one, that are all dated and about this session."""
    return _DatedAndNamed(session_id)
