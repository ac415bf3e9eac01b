"""The tables: their names and keys (sheet 2), and their creation."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from reference.storage.aws import AlreadyThere, Store

LISTENERS_INDEX = "sessionId-targetLanguage-index"


@dataclass(frozen=True, slots=True)
class TableNames:
    """What the tables are called in this run."""

    sessions: str
    connections: str
    rate_limits: str
    cached_translations: str
    conversations: str

    @classmethod
    def with_prefix(cls, prefix: str) -> TableNames:
        """Return the sheet's names, each after `prefix`, so that many runs can share one store."""
        return cls(
            f"{prefix}Sessions",
            f"{prefix}Connections",
            f"{prefix}RateLimits",
            f"{prefix}CachedTranslations",
            f"{prefix}Conversations",
        )

    def by_sheet_name(self) -> dict[str, str]:
        """Return the names under those of the sheet."""
        return {
            "Sessions": self.sessions,
            "Connections": self.connections,
            "RateLimits": self.rate_limits,
            "CachedTranslations": self.cached_translations,
            "Conversations": self.conversations,
        }


async def create(store: Store, names: TableNames) -> None:
    """Create the tables that are not there yet."""
    await asyncio.gather(
        _create(store, names.sessions, "sessionId", "expiresAt"),
        _create(store, names.connections, "connectionId", "ttl", index=True),
        _create(store, names.rate_limits, "identifier", "expiresAt"),
        _create(store, names.cached_translations, "cacheKey", "ttl"),
        _create(store, names.conversations, "sessionId", "expiresAt", sort_key="position"),
    )


async def _create(
    store: Store, name: str, key: str, ttl: str, *, sort_key: str | None = None, index: bool = False
) -> None:
    keys = [(key, "HASH")] if sort_key is None else [(key, "HASH"), (sort_key, "RANGE")]
    attributes = [one for one, _ in keys] + (["sessionId", "targetLanguage"] if index else [])
    definition: dict[str, Any] = {
        "TableName": name,
        "KeySchema": [{"AttributeName": one, "KeyType": kind} for one, kind in keys],
        "AttributeDefinitions": [{"AttributeName": one, "AttributeType": "S"} for one in attributes],
        "BillingMode": "PAY_PER_REQUEST",
    }
    if index:
        definition["GlobalSecondaryIndexes"] = [
            {
                "IndexName": LISTENERS_INDEX,
                "KeySchema": [
                    {"AttributeName": "sessionId", "KeyType": "HASH"},
                    {"AttributeName": "targetLanguage", "KeyType": "RANGE"},
                ],
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
        TimeToLiveSpecification={"Enabled": True, "AttributeName": ttl},
    )
