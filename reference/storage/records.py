"""One table, as plain values; what goes wrong with the store is told as its owner tells it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from reference.refusal import Refusal
from reference.storage.aws import Store
from reference.storage.items import Item, from_item, to_attribute, to_item
from reference.storage.tables import Table, TableNames

_WRITTEN_AT_ONCE = 25
_READ_AT_ONCE = 100
Answer = TypeVar("Answer")
Expected = Mapping[str, Any]
"""What must stand in an item before it is written, by attribute; None where the attribute must not be there."""
Write = dict[str, Any]
"""One write of several that are made together."""
Unavailable = Callable[[], Exception]
"""Makes what is raised when the store fails."""


class Records:
    def __init__(self, store: Store, names: TableNames, table: Table, unavailable: Unavailable) -> None:
        self._store = store
        self._table = table
        self._name = names[table.name]
        self._unavailable = unavailable

    async def get(self, *key: str) -> Item | None:
        found = await self._call("get_item", Key=self._key(key), ConsistentRead=True)
        return from_item(found["Item"]) if "Item" in found else None

    async def get_many(self, values: Sequence[str]) -> list[Item]:
        """Return the items with these keys, in this order; those that are not there are left out."""
        parts = (values[start : start + _READ_AT_ONCE] for start in range(0, len(values), _READ_AT_ONCE))
        found = [item for part in await asyncio.gather(*map(self._get_some, parts)) for item in part]
        by_key = {item[self._table.partition_key]: item for item in found}
        return [by_key[value] for value in values if value in by_key]

    async def put(self, item: Mapping[str, Any], *, only_if: Expected | None = None) -> None:
        """Write an item; ConditionFailed where another is expected in its place."""
        await self._call("put_item", Item=to_item(item), **_condition(only_if))

    async def put_all(self, items: Iterable[Mapping[str, Any]]) -> None:
        every = [{"PutRequest": {"Item": to_item(item)}} for item in items]
        batches = (every[start : start + _WRITTEN_AT_ONCE] for start in range(0, len(every), _WRITTEN_AT_ONCE))
        await asyncio.gather(
            *(self._guarded(self._store.call("batch_write_item", RequestItems={self._name: one})) for one in batches)
        )

    async def delete(self, *key: str, only_if: Expected | None = None) -> None:
        await self._call("delete_item", Key=self._key(key), **_condition(only_if))

    def putting(self, item: Mapping[str, Any], *, only_if: Expected | None = None) -> Write:
        return {"Put": {"TableName": self._name, "Item": to_item(item), **_condition(only_if)}}

    def deleting(self, *key: str, only_if: Expected | None = None) -> Write:
        return {"Delete": {"TableName": self._name, "Key": self._key(key), **_condition(only_if)}}

    async def write_together(self, *writes: Write) -> None:
        """Make all of these writes, to whichever tables, or none; ConditionFailed where one expects something else."""
        await self._guarded(self._store.call("transact_write_items", TransactItems=list(writes)))

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
        nobody = self._key(tuple("-" for _ in self._table.keys))
        try:
            await self._store.call("get_item", TableName=self._name, Key=nobody, ConsistentRead=True)
        except Refusal:
            return False
        return True

    async def _get_some(self, values: Sequence[str]) -> list[Item]:
        wanted: Any = [self._key((value,)) for value in dict.fromkeys(values)]
        found: list[Item] = []
        while wanted:
            asked = {self._name: {"Keys": wanted, "ConsistentRead": True}}
            answer = await self._guarded(self._store.call("batch_get_item", RequestItems=asked))
            found += map(from_item, answer["Responses"].get(self._name, ()))
            wanted = answer.get("UnprocessedKeys", {}).get(self._name, {}).get("Keys")
        return found

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
            raise self._unavailable() from None

    def _key(self, values: tuple[str, ...]) -> dict[str, Any]:
        return to_item(dict(zip(self._table.keys, values, strict=True)))


def _condition(expected: Expected | None) -> dict[str, Any]:
    if not expected:
        return {}
    names = {f"#c{number}": name for number, name in enumerate(expected)}
    values = {f":c{number}": to_attribute(value) for number, value in enumerate(expected.values()) if value is not None}
    terms = [
        f"attribute_not_exists(#c{number})" if value is None else f"#c{number} = :c{number}"
        for number, value in enumerate(expected.values())
    ]
    condition = {"ConditionExpression": " AND ".join(terms), "ExpressionAttributeNames": names}
    return condition | ({"ExpressionAttributeValues": values} if values else {})
