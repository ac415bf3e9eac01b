"""Calls to AWS: tried again after a while, and coalesced where they only read."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from reference.refusal import Refusal
from reference.storage import aws
from reference.storage.aws import ConditionFailed, Store
from reference.storage.items import from_item, to_item
from reference.storage.reader import BATCHES_AT_ONCE, BatchReader, Key
from tests.reference.broadcast.world_fakes import on_loop


class FlakyClient:
    """Fails as told, then answers; remembers what it was asked."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.calls: list[dict[str, Any]] = []

    def get_item(self, **parameters: Any) -> dict[str, Any]:
        self.calls.append(parameters)
        if self.failures:
            raise self.failures.pop(0)
        return {"Item": {}}

    def batch_get_item(self, **parameters: Any) -> dict[str, Any]:
        self.calls.append(parameters)
        [(table, request)] = parameters["RequestItems"].items()
        if len(request["Keys"]) > 2 and len(self.calls) == 1:
            rest = {"Keys": request["Keys"][2:], "ConsistentRead": True}
            return {"Responses": {table: request["Keys"][:2]}, "UnprocessedKeys": {table: rest}}
        return {"Responses": {table: [key for key in request["Keys"] if key["k"]["S"] != "absent"]}}


def answer(code: str, status: int) -> ClientError:
    return ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, "GetItem")


def unreachable() -> EndpointConnectionError:
    return EndpointConnectionError(endpoint_url="http://127.0.0.1:1")


@pytest.fixture
def delays(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Let the waiting between attempts take no time, and write down how long it would have been."""
    waited: list[float] = []

    async def sleep(delay_s: float) -> None:
        waited.append(delay_s)

    monkeypatch.setattr(aws.asyncio, "sleep", sleep)
    return waited


@on_loop
async def test_two_failures_are_overcome_with_growing_delays(delays: list[float]) -> None:
    client = FlakyClient(answer("ThrottlingException", 400), answer("InternalServerError", 500))
    assert await Store(client).call("get_item", TableName="t") == {"Item": {}}
    assert (len(client.calls), delays) == (3, [0.1, 0.2])


@pytest.mark.parametrize(
    ("failure", "code"),
    [(answer("InternalServerError", 500), "INTERNAL_ERROR"), (unreachable(), "SERVICE_UNAVAILABLE")],
)
@on_loop
async def test_the_third_failure_is_the_last(delays: list[float], failure: Exception, code: str) -> None:
    client = FlakyClient(*[failure] * 5)
    with pytest.raises(Refusal) as raised:
        await Store(client).call("get_item")
    assert (raised.value.code, len(client.calls), delays) == (code, 3, [0.1, 0.2])


@on_loop
async def test_what_trying_again_cannot_mend_is_not_tried_again(delays: list[float]) -> None:
    client = FlakyClient(answer("ValidationException", 400))
    with pytest.raises(Refusal):
        await Store(client).call("get_item")
    client.failures = [answer("ConditionalCheckFailedException", 400)]
    with pytest.raises(ConditionFailed):
        await Store(client).call("get_item")
    assert delays == []


@on_loop
async def test_readers_at_one_time_share_a_call_and_each_gets_its_own() -> None:
    client = FlakyClient()
    reader = BatchReader(Store(client))
    keys = [Key("t", "k", name) for name in ("a", "b", "absent", "c")]
    got = await asyncio.gather(reader.get(keys[:3]), reader.get(keys[1:]), reader.get(keys[:1]))
    assert got == [[{"k": "a"}, {"k": "b"}, None], [{"k": "b"}, None, {"k": "c"}], [{"k": "a"}]]
    asked = [len(call["RequestItems"]["t"]["Keys"]) for call in client.calls]
    assert asked == [4, 2]  # four different keys, of which the store left two for a second call


def test_items_read_back_as_they_were_written() -> None:
    values = {"text": "é", "yes": True, "whole": 3, "part": 0.85, "map": {"inner": False}, "list": ["a", [None, 1]]}
    assert from_item(to_item(values | {"nothing": None})) == values
    assert isinstance(from_item({"n": {"N": "5.0"}})["n"], int)
    with pytest.raises(TypeError, match="set"):
        to_item({"set": {1}})


class GatedStore:
    """Finds nothing, and answers each call when the test opens its gate."""

    def __init__(self) -> None:
        self._gates: list[asyncio.Future[None]] = []

    async def call(self, _operation: str, **_parameters: Any) -> dict[str, Any]:
        gate = asyncio.get_running_loop().create_future()
        self._gates.append(gate)
        await gate
        return {"Responses": {}}

    async def is_called(self, times: int) -> None:
        """Return when that many calls wait."""
        while len(self._gates) < times:
            await asyncio.sleep(0)

    def answers_all(self) -> None:
        """Open the gate of each call that waits."""
        for gate in self._gates:
            gate.set_result(None)
        self._gates.clear()


@on_loop
async def test_who_asks_in_the_moment_in_which_all_others_are_answered_is_answered_too() -> None:
    store = GatedStore()
    reader = BatchReader(store)  # type: ignore[arg-type]
    others = []
    for number in range(1, BATCHES_AT_ONCE + 1):
        others.append(asyncio.create_task(reader.get([Key("t", "k", str(number))])))
        await store.is_called(number)
    store.answers_all()
    await asyncio.sleep(0)  # now all batches are done, in the same turn of the loop
    async with asyncio.timeout(5):
        answering = asyncio.create_task(_answers_one(store))
        assert await reader.get([Key("t", "k", "late")]) == [None]
        await asyncio.gather(answering, *others)


async def _answers_one(store: GatedStore) -> None:
    await store.is_called(1)
    store.answers_all()
