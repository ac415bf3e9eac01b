"""Records, files, queues and topics over the emulated store: written on conditions, together, and struck by orders."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from reference.control.orders import OrderBook
from reference.control.store import StoreFaults
from reference.refusal import Refusal
from reference.storage import aws, tables
from reference.storage.aws import ConditionFailed, Store, Unavailable
from reference.storage.buckets import Buckets
from reference.storage.queues import Queues
from reference.storage.records import Records
from reference.storage.tables import Index, Table
from reference.storage.topics import Topics
from tests.reference.conftest import TestStore

BELLS = Table("Bells", "bell_id", "expires_at", index=Index("by_tower", "tower", "bell_id"))
TOWERS = Table("Towers", "tower", "expires_at")


class Away(Exception):
    pass


class Stores:
    """Everything that is kept anywhere, and what may be ordered of it."""

    def __init__(self, where: TestStore) -> None:
        self.names = tables.names((BELLS, TOWERS), where.prefix)
        self.client = aws.connect(where.endpoint_url)
        self.store = Store(self.client)
        self.bells, self.towers = (Records(self.store, self.names, each, Away) for each in (BELLS, TOWERS))
        clients = aws.Clients(where.endpoint_url)
        faults = StoreFaults(self.names, lambda _: ())
        faults.strike("dynamodb", self.client)
        clients.when_made(faults.strike)
        self.book = OrderBook()
        self.book.offer(faults.places)
        self.files = Buckets(lambda: clients.of("s3"), {"ropes": f"{where.prefix}ropes"}, aws.REGION)
        self.queues = Queues(lambda: clients.of("sqs"), where.prefix)
        self.topics = Topics(lambda: clients.of("sns"), where.prefix, self.queues)

    async def order(self, place: str, effect: str, **members: object) -> None:
        await self.book.order({"place": place, "effect": effect, **members})


def in_stores(where: TestStore, test: Callable[[Stores], Awaitable[None]]) -> None:
    async def within() -> None:
        stores = Stores(where)
        await tables.create(stores.store, (BELLS, TOWERS), stores.names)
        await test(stores)
        stores.store.close()

    asyncio.run(within())


async def fails(work: Awaitable[Any]) -> str:
    try:
        await work
    except Unavailable as failure:
        return failure.code
    return ""


def test_an_item_is_written_only_where_what_is_expected_stands(store: TestStore) -> None:
    async def test(stores: Stores) -> None:
        await stores.bells.put({"bell_id": "b", "version": 1}, only_if={"bell_id": None})
        with pytest.raises(ConditionFailed):
            await stores.bells.put({"bell_id": "b", "version": 2}, only_if={"bell_id": None})
        await stores.bells.put({"bell_id": "b", "version": 2}, only_if={"version": 1})
        with pytest.raises(ConditionFailed):
            await stores.bells.delete("b", only_if={"version": 1})
        assert await stores.bells.get("b") == {"bell_id": "b", "version": 2}

    in_stores(store, test)


def test_writes_are_made_together_or_not_at_all(store: TestStore) -> None:
    async def test(stores: Stores) -> None:
        await stores.towers.put({"tower": "t", "bells": 1})
        with pytest.raises(ConditionFailed):
            await stores.bells.write_together(
                stores.bells.putting({"bell_id": "a"}), stores.towers.putting({"tower": "t"}, only_if={"bells": 2})
            )
        assert await stores.bells.get("a") is None
        await stores.bells.write_together(
            stores.bells.putting({"bell_id": "a"}, only_if={"bell_id": None}), stores.towers.deleting("t")
        )
        assert await stores.bells.get("a") == {"bell_id": "a"} and await stores.towers.get("t") is None

    in_stores(store, test)


def test_many_are_read_in_the_order_asked(store: TestStore) -> None:
    async def test(stores: Stores) -> None:
        ids = [f"{number:03}" for number in range(120)]
        await stores.bells.put_all({"bell_id": each, "tower": "t"} for each in ids)
        wanted = [*reversed(ids), "nobody"]
        assert [each["bell_id"] for each in await stores.bells.get_many(wanted)] == wanted[:-1]
        await stores.order("store", "fail", operations=["BatchGetItem"], code="Unreachable")
        with pytest.raises(Away):
            await stores.bells.get_many(ids)

    in_stores(store, test)


def test_files_are_kept_listed_and_deleted(store: TestStore) -> None:
    async def test(stores: Stores) -> None:
        assert await stores.files.get("ropes", "a/1") is None and await stores.files.listed("ropes") == []
        await asyncio.gather(*(stores.files.put("ropes", key, b"hemp") for key in ("a/1", "a/2", "b/1")))
        assert [each.key for each in await stores.files.listed("ropes", "a/")] == ["a/1", "a/2"]
        await stores.files.delete("ropes", "a/1")
        assert await stores.files.get("ropes", "a/1") is None
        assert await stores.files.get("ropes", "a/2") == b"hemp"
        for code in ("AccessDenied", "InsufficientStorage", "Unreachable"):
            await stores.order("files", "fail", operations=["PutObject"], code=code, times=1)
            assert await fails(stores.files.put("ropes", "c", b"")) == code
        assert await stores.files.get("ropes", "c") is None

    in_stores(store, test)


def test_what_is_received_too_often_goes_to_the_dead_letters(store: TestStore) -> None:
    async def test(stores: Stores) -> None:
        await stores.queues.declare("pulls", dead_letters="dead", deliveries=2, hidden_s=30)
        await stores.queues.send("pulls", "ring")
        for delivery in (1, 2):
            [message] = await stores.queues.receive("pulls")
            assert (message.body, message.deliveries) == ("ring", delivery)
            await stores.queues.show_again("pulls", message.receipt)
        assert await stores.queues.receive("pulls") == []
        assert (await stores.queues.waiting("pulls"), await stores.queues.waiting("dead")) == (0, 1)
        await stores.order("queue", "fail", code="Unreachable", times=1)
        assert await fails(stores.queues.send("pulls", "ring")) == "Unreachable"
        await stores.order("queue", "fail", code="AccessDenied", every=2, times=1)
        assert [await fails(stores.queues.send("pulls", "ring")) for _ in range(3)] == ["", "AccessDenied", ""]

    in_stores(store, test)


def test_a_topic_is_told_to_a_queue_as_it_is(store: TestStore) -> None:
    async def test(stores: Stores) -> None:
        await stores.topics.told_to("news", "inbox")
        await stores.topics.publish("news", "Bells", json.dumps({"bell": 1}))
        [message] = await stores.queues.receive("inbox")
        assert json.loads(message.body) == {"bell": 1}
        await stores.topics.look("news")
        await stores.order("notifications", "fail", code="InternalError")
        assert await fails(stores.topics.look("news")) == "InternalError"

    in_stores(store, test)


def test_a_store_that_takes_longer_goes_on_when_that_is_called_off(store: TestStore) -> None:
    async def test(stores: Stores) -> None:
        await stores.order("files", "delay", seconds=60)
        waits = asyncio.create_task(stores.files.look("ropes"))
        await asyncio.wait([waits], timeout=0.1)
        assert not waits.done()
        stores.book.call_off_all()
        await waits
        await stores.order("store", "delay", seconds=0.01, table="Bells", times=1)
        assert await stores.bells.is_there()
        await stores.order("store", "fail", table="Bells")
        assert not await stores.bells.is_there() and await stores.towers.is_there()
        with pytest.raises((Away, Refusal)):
            await stores.bells.get("b")

    in_stores(store, test)
