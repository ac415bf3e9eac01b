"""What was said is kept in order, for its session alone, and for a limited time."""

from __future__ import annotations

import asyncio
from typing import Any

from reference.conversation import system
from reference.conversation.log import ConversationLog
from reference.conversation.model import LogEntry, Reply
from reference.storage import aws, tables
from reference.storage.aws import Store
from reference.storage.ids import RandomIds
from reference.storage.items import to_item
from tests.reference.broadcast.world_fakes import on_loop
from tests.reference.conftest import TestStore

ANSWERED = LogEntry(1_765_000_000_120, "Hello.", Reply("Hello!", "llama", None))
BLOCKED = LogEntry(1_765_000_000_121, "[Speaker 1] A flumperdinck.", Reply(None, "guardrails", "Please rephrase it."))


@on_loop
async def test_entries_come_back_whole_and_in_order_of_time(store: TestStore) -> None:
    client = aws.connect(store.endpoint_url)
    opened = Store(client)
    await tables.create(opened, system.tables, store.tables)
    log = ConversationLog(opened, store.tables["Conversations"], RandomIds(), kept_for_hours=12)
    await log.add("s-1", BLOCKED)
    await log.add("s-1", ANSWERED)
    await log.add("s-1", ANSWERED)
    await log.add("s-12", BLOCKED)

    assert await log.of_session("s-1") == [ANSWERED, ANSWERED, BLOCKED]
    assert await log.of_session("s") == []
    items = (await asyncio.to_thread(client.scan, TableName=store.tables["Conversations"]))["Items"]
    assert {item["expiresAt"]["N"] for item in items} == {str(1_765_000_000 + 12 * 3600)}
    opened.close()


@on_loop
async def test_a_long_log_is_read_to_its_end() -> None:
    class Pages:
        """A store that gives one entry at a time."""

        entries = (ANSWERED, BLOCKED, ANSWERED)

        async def call(self, operation: str, **parameters: Any) -> dict[str, Any]:
            at = int(parameters.get("ExclusiveStartKey", "0"))
            entry = self.entries[at]
            item = {
                "time": entry.time_ms,
                "transcription": entry.transcription,
                "response": entry.reply.response,
                "backendUsed": entry.reply.backend_used,
                "error": entry.reply.error,
            }
            more = {"LastEvaluatedKey": str(at + 1)} if at + 1 < len(self.entries) else {}
            return {"Items": [to_item(item)], **more}

    log = ConversationLog(Pages(), "log", RandomIds(), kept_for_hours=1)  # type: ignore[arg-type]
    assert await log.of_session("s-1") == [ANSWERED, BLOCKED, ANSWERED]
