"""One table, as plain values; what goes wrong is the unavailability of what is kept there (ERR-15, ERR-16)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable, Mapping
from typing import Any, TypeVar

from reference.calls.problem import Problem
from reference.refusal import Refusal
from reference.storage.aws import Store
from reference.storage.items import Item, from_item, to_attribute, to_item
from reference.storage.tables import Table, TableNames

_BATCH = 25
Answer = TypeVar("Answer")


class Records:
    """Raises Problem SERVICE_UNAVAILABLE, naming the component, when the store fails."""

    def __init__(self, store: Store, names: TableNames, table: Table, component: str) -> None:
        self._store = store
        self._table = table
        self._name = names[table.name]
        self.component = component
        """What it is called where the service says what is unavailable."""

    async def get(self, *key: str) -> Item | None:
        found = await self._call("get_item", Key=self._key(key), ConsistentRead=True)
        return from_item(found["Item"]) if "Item" in found else None

    async def put(self, item: Mapping[str, Any]) -> None:
        await self._call("put_item", Item=to_item(item))

    async def put_all(self, items: Iterable[Mapping[str, Any]]) -> None:
        every = [{"PutRequest": {"Item": to_item(item)}} for item in items]
        batches = (every[start : start + _BATCH] for start in range(0, len(every), _BATCH))
        await asyncio.gather(
            *(self._guarded(self._store.call("batch_write_item", RequestItems={self._name: one})) for one in batches)
        )

    async def delete(self, *key: str) -> None:
        await self._call("delete_item", Key=self._key(key))

    async def found_by(self, value: str) -> list[Item]:
        """Return what has this value of the index's first key."""
        assert self._table.index is not None
        return await self._all(
            "query",
            IndexName=self._table.index.name,
            KeyConditionExpression="#k = :v",
            ExpressionAttributeNames={"#k": self._table.index.partition_key},
            ExpressionAttributeValues={":v": to_attribute(value)},
        )

    async def everything(self) -> list[Item]:
        return await self._all("scan")

    async def is_there(self) -> bool:
        """Whether the table answers at this moment."""
        try:
            await self.get(*("-" for _ in self._table.keys))
        except Problem:
            return False
        return True

    async def _all(self, operation: str, **parameters: Any) -> list[Item]:
        found: list[Item] = []
        more: dict[str, Any] = {}
        while True:
            page = await self._call(operation, **parameters, **more)
            found += map(from_item, page["Items"])
            if "LastEvaluatedKey" not in page:
                return found
            more = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    async def _call(self, operation: str, **parameters: Any) -> Mapping[str, Any]:
        return await self._guarded(self._store.call(operation, TableName=self._name, **parameters))

    async def _guarded(self, call: Awaitable[Answer]) -> Answer:
        try:
            return await call
        except Refusal:
            details = {"component": self.component}
            raise Problem("SERVICE_UNAVAILABLE", f"The {self.component} is unavailable", details=details) from None

    def _key(self, values: tuple[str, ...]) -> dict[str, Any]:
        return to_item(dict(zip(self._table.keys, values, strict=True)))
