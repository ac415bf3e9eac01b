"""What a table is, what it is called in this run, and how it is created."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from reference.storage.aws import AlreadyThere, Store


@dataclass(frozen=True, slots=True)
class Index:
    """A second way to find items, by two more attributes."""

    name: str
    partition_key: str
    sort_key: str

    @property
    def keys(self) -> tuple[str, str]:
        """Its attributes, the partition key first."""
        return self.partition_key, self.sort_key


@dataclass(frozen=True, slots=True)
class Table:
    """A table that a system keeps; every key is a text."""

    name: str
    partition_key: str
    expiry: str
    """The attribute that says when the store deletes an item, in seconds."""
    sort_key: str | None = None
    index: Index | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """The attributes of its primary key, the partition key first."""
        return (self.partition_key,) if self.sort_key is None else (self.partition_key, self.sort_key)


TableNames = Mapping[str, str]
"""From the name of a table to what it is called in this run."""


def names(tables: Iterable[Table], prefix: str) -> TableNames:
    """Return each name after `prefix`, so that many runs can share one store."""
    return {table.name: f"{prefix}{table.name}" for table in tables}


async def create(store: Store, tables: Iterable[Table], names: TableNames) -> None:
    await asyncio.gather(*(_create(store, table, names[table.name]) for table in tables))


async def _create(store: Store, table: Table, name: str) -> None:
    index = table.index
    attributes = table.keys + (() if index is None else index.keys)
    definition: dict[str, Any] = {
        "TableName": name,
        "KeySchema": _key_schema(table.keys),
        "AttributeDefinitions": [{"AttributeName": one, "AttributeType": "S"} for one in dict.fromkeys(attributes)],
        "BillingMode": "PAY_PER_REQUEST",
    }
    if index is not None:
        definition["GlobalSecondaryIndexes"] = [
            {
                "IndexName": index.name,
                "KeySchema": _key_schema(index.keys),
                "Projection": {"ProjectionType": "ALL"},
            }
        ]
    try:
        await store.call("create_table", **definition)
    except AlreadyThere:
        return
    await store.call(
        "update_time_to_live",
        TableName=name,
        TimeToLiveSpecification={"Enabled": True, "AttributeName": table.expiry},
    )


def _key_schema(keys: tuple[str, ...]) -> list[dict[str, str]]:
    return [{"AttributeName": one, "KeyType": kind} for one, kind in zip(keys, ("HASH", "RANGE"), strict=False)]
