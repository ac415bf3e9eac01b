"""Reading single items by key, many at a time.

Every inbound message asks for two items. While one batch is being read, the requests that come in gather, and
the next batch takes all of them at once: the answer is always read after it was asked for, and the number of
calls depends on the time a call takes, not on the number of those who ask.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from reference.storage.aws import Store
from reference.storage.items import Item, from_item, to_item

LARGEST_BATCH = 100
"""Keys that DynamoDB takes in one BatchGetItem."""
BATCHES_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Key:
    """One item of one table, by its partition key."""

    table: str
    attribute: str
    value: str


class BatchReader:
    """Coalesces reads by key."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: dict[Key, asyncio.Future[Item | None]] = {}
        self._readers: set[asyncio.Task[None]] = set()
        """Those who will look once more whether anybody waits."""

    async def get(self, keys: Iterable[Key]) -> list[Item | None]:
        """Return the item of each key, strongly consistent, or None where there is none."""
        futures = [self._ask(key) for key in keys]
        if len(self._readers) < BATCHES_AT_ONCE:
            task = asyncio.get_running_loop().create_task(self._read())
            self._readers.add(task)
            task.add_done_callback(self._readers.discard)
        # Shielded, because a future may be shared with others who still want it when one asker gives up.
        return list(await asyncio.gather(*(asyncio.shield(future) for future in futures)))

    def _ask(self, key: Key) -> asyncio.Future[Item | None]:
        future = self._waiting.get(key)
        if future is None:
            future = self._waiting[key] = asyncio.get_running_loop().create_future()
        return future

    async def _read(self) -> None:
        try:
            # One turn of the loop, so that those who ask in the same turn share the batch.
            await asyncio.sleep(0)
            await self._read_while_asked()
        finally:
            # At once, and not when the loop gets to telling that the task is done: who asks until then would be left
            # to a reader that has looked for the last time.
            self._readers.discard(asyncio.current_task())

    async def _read_while_asked(self) -> None:
        while self._waiting:
            batch = dict(list(self._waiting.items())[:LARGEST_BATCH])
            for key in batch:
                del self._waiting[key]
            try:
                found = await self._fetch(batch)
            except Exception as failure:  # handed to those who asked
                for future in batch.values():
                    future.set_exception(failure)
                    # Retrieved here, so that a failure nobody waits for any more is not reported as lost.
                    future.exception()
                continue
            for key, future in batch.items():
                future.set_result(found.get(key))

    async def _fetch(self, keys: Iterable[Key]) -> dict[Key, Item]:
        by_table: dict[str, list[Key]] = {}
        for key in keys:
            by_table.setdefault(key.table, []).append(key)
        request: Mapping[str, Any] = {
            table: {"Keys": [to_item({key.attribute: key.value}) for key in of_table], "ConsistentRead": True}
            for table, of_table in by_table.items()
        }
        attributes = {table: of_table[0].attribute for table, of_table in by_table.items()}
        found: dict[Key, Item] = {}
        while request:
            answer = await self._store.call("batch_get_item", RequestItems=request)
            for table, items in answer["Responses"].items():
                for item in map(from_item, items):
                    found[Key(table, attributes[table], item[attributes[table]])] = item
            request = answer.get("UnprocessedKeys") or {}
        return found
