"""The repository of what was said."""

from __future__ import annotations

from typing import Any

from reference.conversation.model import LogEntry, Reply
from reference.storage.aws import Store
from reference.storage.ids import Ids
from reference.storage.items import from_item, to_item

_MS_PER_HOUR = 3_600_000


class ConversationLog:
    """The understood segments of each session.

    One item for each segment: `sessionId` (partition key), `position` (sort key: the time in milliseconds, 13 digits,
    and a part that makes it unique, because several connections may belong to one session), `time`, `transcription`,
    `backendUsed`, `response` or `error`, and `expiresAt` (seconds), after which the store deletes it.
    """

    def __init__(self, store: Store, table: str, ids: Ids, *, kept_for_hours: int) -> None:
        self._store = store
        self._table = table
        self._ids = ids
        self._kept_for_ms = kept_for_hours * _MS_PER_HOUR

    async def add(self, session_id: str, entry: LogEntry) -> None:
        """Keep an entry; raise reference.refusal.Refusal when the store fails."""
        item = {
            "sessionId": session_id,
            "position": f"{entry.time_ms:013}-{self._ids.connection_id()}",
            "time": entry.time_ms,
            "transcription": entry.transcription,
            "response": entry.reply.response,
            "backendUsed": entry.reply.backend_used,
            "error": entry.reply.error,
            "expiresAt": (entry.time_ms + self._kept_for_ms) // 1000,
        }
        await self._store.call("put_item", TableName=self._table, Item=to_item(item))

    async def of_session(self, session_id: str) -> list[LogEntry]:
        """Return the entries of a session, first said first; raise reference.refusal.Refusal when the store fails."""
        entries: list[LogEntry] = []
        start: dict[str, Any] = {}
        while True:
            answer = await self._store.call(
                "query",
                TableName=self._table,
                KeyConditionExpression="sessionId = :session",
                ExpressionAttributeValues=to_item({":session": session_id}),
                ConsistentRead=True,
                **start,
            )
            entries += [_entry(from_item(item)) for item in answer["Items"]]
            if "LastEvaluatedKey" not in answer:
                return entries
            start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}


def _entry(item: dict[str, Any]) -> LogEntry:
    reply = Reply(item.get("response"), item["backendUsed"], item.get("error"))
    return LogEntry(item["time"], item["transcription"], reply)
