"""Whether messages say when they were sent and what session they are about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hamcrest.core.matcher import Matcher

from earshot.matchers.expectation import expectation

OF_NO_SESSION = frozenset({"heartbeatAck", "connectionWarning", "connectionTimeout", "error"})
"""Messages about a connection or a request (BRO-3.4.25)."""
EARLIEST_MS = 1_500_000_000_000
LATEST_MS = 10_000_000_000_000
"""Milliseconds since 1970 lie between these from 2017 to 2286; seconds and microseconds do not."""


def all_dated_and_named(session_id: str) -> Matcher[Sequence[Mapping[str, object]]]:
    """Match messages, at least one, that are all dated and about this session."""
    return expectation(
        "every message dated in milliseconds and, unless it is about the connection alone, "
        f"with the name of session {session_id}",
        lambda messages: len(messages) > 0 and not _faults(messages, session_id),
        lambda messages: "; ".join(_faults(messages, session_id)) or "there was no message",
    )


def _faults(messages: Sequence[Mapping[str, object]], expected_id: str) -> list[str]:
    faults = []
    for message in messages:
        kind, date, session_id = message.get("type"), message.get("timestamp"), message.get("sessionId")
        if type(date) is not int or not EARLIEST_MS < date < LATEST_MS:
            faults.append(f"{kind} was dated {date!r}")
        if session_id != expected_id and kind not in OF_NO_SESSION:
            faults.append(f"{kind} named the session {session_id!r}")
    return faults
