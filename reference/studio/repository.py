"""What is kept of live sessions in DynamoDB, and of files in S3; neither is ever waited for."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from reference.background import Background
from reference.journal import Journal
from reference.refusal import Refusal
from reference.storage.aws import Store
from reference.storage.buckets import Buckets
from reference.storage.items import to_item
from reference.studio.sessions import Session
from reference.studio.tables import GIVEN, MADE

WRITTEN_EVERY_S = 0.2
"""What changes more often is written once in that time."""
_MS_PER_HOUR = 3_600_000


class SessionRecords:
    """The table of sessions: one item for each, which is gone when it is stopped.

    `sessionId` (partition key), `pipelineId`, `name`, `stages` (JSON, in the order in which they work, with the
    parameters in force), `status`, `connected`, `chunksProcessed`, `averageLatencyMs`, `startedAt` (epoch ms) and
    `expiresAt` (seconds), after which the store deletes what a crash has left.
    """

    def __init__(self, store: Store, table: str, background: Background, *, kept_for_hours: int) -> None:
        self._store = store
        self._table = table
        self._background = background
        self._kept_for_ms = kept_for_hours * _MS_PER_HOUR
        self._waiting: dict[str, Session | None] = {}
        self._is_writing = False
        self._journal = Journal("studio")
        self.failures = 0
        """Writes that have failed since the last one that did not."""

    def changed(self, session: Session) -> None:
        """Have a session written down as it is when that is done."""
        self._wait_for(session.id, session)

    def gone(self, session: Session) -> None:
        """Have the record of a session removed."""
        self._wait_for(session.id, None)

    def _wait_for(self, session_id: str, session: Session | None) -> None:
        self._waiting[session_id] = session
        if not self._is_writing:
            self._is_writing = True
            self._background.run(self._write(), name="write-sessions")

    async def _write(self) -> None:
        try:
            while self._waiting:
                waiting, self._waiting = self._waiting, {}
                await asyncio.gather(*(self._write_one(*one) for one in waiting.items()))
                await asyncio.sleep(WRITTEN_EVERY_S)
        finally:
            self._is_writing = False

    async def _write_one(self, session_id: str, session: Session | None) -> None:
        try:
            if session is None:
                await self._store.call("delete_item", TableName=self._table, Key=to_item({"sessionId": session_id}))
            else:
                await self._store.call("put_item", TableName=self._table, Item=to_item(self._item(session)))
            self.failures = 0
        except Refusal as failure:
            self.failures += 1
            self._journal.error("write", "a session could not be kept", failure=failure, session_id=session_id)

    def _item(self, session: Session) -> Mapping[str, Any]:
        return {
            "sessionId": session.id,
            "pipelineId": session.pipeline.id,
            "name": session.pipeline.name,
            "stages": json.dumps([asdict(stage) for stage in session.pipeline.stages]),
            "status": "running",
            "connected": session.is_connected,
            "chunksProcessed": session.chunks,
            "averageLatencyMs": session.average_ms,
            "startedAt": session.started_at_ms,
            "expiresAt": (session.started_at_ms + self._kept_for_ms) // 1000,
        }


class FileRecords:
    """The files of batch requests: what was given and what was made of it, both under the id of the request."""

    def __init__(self, buckets: Buckets, background: Background) -> None:
        self._buckets = buckets
        self._background = background

    def given(self, request_id: str, audio: bytes) -> None:
        self._background.run(self._buckets.put(GIVEN, request_id, audio), name="keep-given")

    def made(self, request_id: str, audio: bytes) -> None:
        self._background.run(self._buckets.put(MADE, request_id, audio), name="keep-made")
