"""Answers that may be a little old: the list of shows and the state of synchronisation, and nothing else (ARC-176)."""

from __future__ import annotations

import asyncio
import json
import math
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from reference.archive.problem import Problem
from reference.archive.tables import CACHE
from reference.http.endpoints import Reply
from reference.journal import Journal
from reference.storage.records import Records

WITHIN_S = 1.0
"""A cache that takes longer is no help."""
Make = Callable[[], Awaitable[Mapping[str, Any]]]


class Cache:
    """Kept in a table; what was made before this process, or before it was last forgotten, does not count."""

    def __init__(self, records: Records, *, lasts_s: float) -> None:
        self._records = records
        self._lasts_s = lasts_s
        self._generation = str(uuid.uuid4())
        self._journal = Journal("cache")

    async def reply(self, name: str, make: Make) -> Reply:
        """Return what is kept by a name, or what is made now; the header X-Cache says which."""
        kept = await self._tried(self._records.get(name))
        if kept is not None and kept["generation"] == self._generation and time.time() < kept["until"]:
            return Reply(json.loads(kept["body"]), headers={"X-Cache": "hit"})
        generation = self._generation
        made = await make()
        until = time.time() + self._lasts_s
        entry = {"body": json.dumps(made), "generation": generation, "until": until, "expires_at": math.ceil(until)}
        await self._tried(self._records.put({CACHE.partition_key: name, **entry}))
        return Reply(made, headers={"X-Cache": "miss"})

    def forget(self) -> None:
        """Let everything be made anew, even what is being made at this moment."""
        self._generation = str(uuid.uuid4())

    async def _tried(self, call: Awaitable[Any]) -> Any:
        """Return what the table answers; None where it does not, for it is only a help."""
        try:
            async with asyncio.timeout(WITHIN_S):
                return await call
        except (Problem, TimeoutError) as failure:
            self._journal.warning("cache", "the cache does not answer", reason=type(failure).__name__)
            return None
