"""Fixed windows in the RateLimits table."""

from __future__ import annotations

import asyncio

from reference.broadcast import system
from reference.broadcast.quotas import LISTENER_JOINS, QuotaRepository
from reference.storage import aws, tables
from tests.reference.broadcast.world_fakes import on_loop
from tests.reference.conftest import TestStore

NOON_MS = 1_760_000_000_000


@on_loop
async def test_a_window_counts_to_its_limit_and_the_next_begins_at_one(store: TestStore) -> None:
    real = aws.Store(aws.connect(store.endpoint_url))
    await tables.create(real, system.tables, store.tables)
    quotas = QuotaRepository(real, store.tables["RateLimits"])

    async def take(after_ms: int) -> int | None:
        return await quotas.take(LISTENER_JOINS, "192.0.2.1", limit=3, now_ms=NOON_MS + after_ms)

    assert await asyncio.gather(*(take(0) for _ in range(3))) == [None] * 3
    assert await take(20_000) == 40_000
    assert await take(59_999) == 1
    assert await take(60_000) is None
    found = await real.call(
        "get_item", TableName=store.tables["RateLimits"], Key={"identifier": {"S": "listener_join:ip:192.0.2.1"}}
    )
    assert found["Item"] == {
        "identifier": {"S": "listener_join:ip:192.0.2.1"},
        "count": {"N": "1"},
        "windowStart": {"N": str(NOON_MS + 60_000)},
        "expiresAt": {"N": str(NOON_MS // 1000 + 60 + 60 + 3600)},
    }
    assert await quotas.take(LISTENER_JOINS, "192.0.2.9", limit=3, now_ms=NOON_MS) is None
    real.close()


@on_loop
async def test_a_clock_that_is_set_back_keeps_nobody_waiting_for_longer_than_two_windows(store: TestStore) -> None:
    real = aws.Store(aws.connect(store.endpoint_url))
    await tables.create(real, system.tables, store.tables)
    quotas = QuotaRepository(real, store.tables["RateLimits"])

    async def take(after_ms: int) -> int | None:
        return await quotas.take(LISTENER_JOINS, "192.0.2.1", limit=1, now_ms=NOON_MS + after_ms)

    assert await take(0) is None
    assert await take(-10_000) == 70_000
    assert await take(-60_001) is None
    assert await take(-60_000) == 59_999
    real.close()
