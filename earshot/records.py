"""What the service has on record, looked up until it is as expected or patience ends.

Index reads are eventually consistent (sheet, section 10, rule 8), so a look-up is repeated, never slept for.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from hamcrest import assert_that, none
from hamcrest.core.matcher import Matcher

from earshot.targets.tables import Tables

PATIENCE_S = 3.0
LOOK_EVERY_S = 0.02


class Records:
    """Assertions about the state tables."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def session_comes_to(self, session_id: str, expected: Matcher[Any]) -> None:
        """Return when the session's record is as expected; AssertionError if it does not come to be in time."""
        self._come_to(lambda: self._tables.session(session_id), expected, f"the record of session {session_id}")

    def listeners_come_to(self, session_id: str, expected: Matcher[Any]) -> None:
        """The same for the listeners recorded for a session."""
        self._come_to(lambda: self._tables.listeners_of(session_id), expected, f"the listeners of session {session_id}")

    def connection_disappears(self, connection_id: str, whose: str) -> None:
        """Return when nothing is recorded for this connection any more."""
        self._come_to(lambda: self._tables.connection(connection_id), none(), f"the record of {whose}'s connection")

    def _come_to(self, look_up: Callable[[], Any], expected: Matcher[Any], what: str) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not expected.matches(found := look_up()):
            if time.monotonic() > deadline:
                assert_that(found, expected, f"{what}, looked up for {PATIENCE_S:g} s")
            time.sleep(LOOK_EVERY_S)
