"""The calls: in memory while they matter, in tables for as long as they are kept."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from typing import Any

from reference.calls.model import Call
from reference.journal import Journal
from reference.storage.records import Records

KEPT_S = 365 * 86_400
"""How long what is known of a call is kept (section 8)."""


class CallRecords:
    """Each event costs two writes: the call as it is now, and the event."""

    def __init__(self, calls: Records, events: Records) -> None:
        self._calls = calls
        self._events = events
        self._known: dict[str, Call] = {}
        self._journal = Journal("calls")

    def find(self, call_id: str) -> Call | None:
        return self._known.get(call_id)

    def every(self) -> Iterable[Call]:
        """Return all calls, the oldest first."""
        return self._known.values()

    def add(self, call: Call) -> None:
        self._known[call.call_id] = call

    async def happened(self, call: Call, event: str, at: str, **more: Any) -> None:
        """Keep an event and what the call is by now; `more` must not hold anything personal."""
        entry = {"event": event, "at": at, **more}
        call.events.append(entry)
        expires = int(time.time()) + KEPT_S
        numbered = {"call_id": call.call_id, "seq": f"{len(call.events):06d}", **entry, "expires_at": expires}
        await asyncio.gather(self._calls.put({**call.kept(), "expires_at": expires}), self._events.put(numbered))
