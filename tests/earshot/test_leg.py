"""One connection, against real sockets."""

from __future__ import annotations

import asyncio
import http
import json
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from earshot.failures import TargetUnreachable
from earshot.ledger import Kind, Ledger, Observation
from earshot.wire.contract import Contract
from earshot.wire.leg import Leg

CONTRACT = Contract.load(Path(__file__).parents[2] / "contract/broadcast.asyncapi.yaml")
ACK = json.dumps({"type": "heartbeatAck", "timestamp": 1_760_000_068_000})
Handler = Callable[[ServerConnection], Awaitable[None]]


def converse(
    handler: Handler, act: Callable[[Leg], Awaitable[None]], *, refuse: http.HTTPStatus | None = None
) -> list[Observation]:
    """Let Lena connect to a server with this handler, act, and leave; return what was observed."""

    def process_request(connection: ServerConnection, _: Request) -> Response | None:
        return connection.respond(refuse, json.dumps(ERROR)) if refuse else None

    async def scene() -> list[Observation]:
        ledger = Ledger()
        leg = Leg(who="Lena", label="Lena", role="listener", ledger=ledger, contract=CONTRACT)
        async with asyncio.timeout(10), serve(handler, "127.0.0.1", 0, process_request=process_request) as server:
            port = next(iter(server.sockets)).getsockname()[1]
            await leg.open(f"ws://127.0.0.1:{port}/", {"token": "abc"}, headers={}, within_s=5, checked=False)
            await act(leg)
            await leg.close()
        return list(ledger)

    return asyncio.run(scene())


ERROR = {
    "type": "error",
    "code": "SESSION_FULL",
    "statusCode": 503,
    "message": "full",
    "details": {"sessionId": "quiet-river-404", "maxListeners": 1},
    "timestamp": 1_760_000_000_000,
}


async def until(leg: Leg, kind: Kind, count: int = 1) -> None:
    while sum(o.kind is kind for o in leg._ledger) < count:
        await asyncio.sleep(0)


async def nothing(leg: Leg) -> None:
    """Act not at all."""


async def answers(connection: ServerConnection) -> None:
    async for _ in connection:
        await connection.send(ACK)


@pytest.mark.parametrize("written", ["1760000068000", "1760000068000.0", "1.760000068e12", "1760000068000E0"])
def test_a_whole_number_is_whole_however_it_is_written(written: str) -> None:
    async def answer(connection: ServerConnection) -> None:
        await connection.send(f'{{"type": "heartbeatAck", "timestamp": {written}, "load": 0.5}}')

    observed = converse(answer, lambda leg: until(leg, Kind.RECEIVED))
    [told] = [o for o in observed if o.kind is Kind.RECEIVED]
    assert repr(told.message["timestamp"]) == "1760000068000"
    assert told.message["load"] == 0.5


def test_a_service_may_send_in_fragments_and_compressed() -> None:
    async def answer(connection: ServerConnection) -> None:
        assert connection.protocol.extensions, "the client offers to compress"
        await connection.send([ACK[:20], ACK[20:]])

    observed = converse(answer, lambda leg: until(leg, Kind.RECEIVED))
    assert [o.type for o in observed if o.kind is Kind.RECEIVED] == ["heartbeatAck"]


def test_everything_is_kept_in_order() -> None:
    async def beat(leg: Leg) -> None:
        await leg.send({"action": "heartbeat"})
        await until(leg, Kind.RECEIVED)

    kinds = [o.kind for o in converse(answers, beat)]
    assert kinds == [Kind.SENT, Kind.OPENED, Kind.SENT, Kind.RECEIVED, Kind.CLOSED]


def test_what_is_said_when_connecting_stands_in_the_path_or_in_the_query() -> None:
    asked: list[str] = []

    async def note(connection: ServerConnection) -> None:
        asked.append(connection.request.path if connection.request else "")

    async def scene() -> None:
        leg = Leg(who="Lena", label="Lena", role="listener", ledger=Ledger(), contract=CONTRACT)
        async with asyncio.timeout(10), serve(note, "127.0.0.1", 0) as server:
            port = next(iter(server.sockets)).getsockname()[1]
            said = {"session_id": "../a b", "token": "abc"}
            await leg.open(f"ws://127.0.0.1:{port}/of/{{session_id}}", said, headers={}, within_s=5, checked=False)
            await leg.close()

    asyncio.run(scene())
    assert asked == ["/of/..%2Fa%20b?token=abc"]


def test_the_token_is_not_kept() -> None:
    assert "abc" not in repr(converse(answers, nothing))


def test_arrivals_are_stamped_when_they_come_and_not_when_they_are_read() -> None:
    came_ns = 0

    async def busy(leg: Leg) -> None:
        nonlocal came_ns
        await leg.send({"action": "heartbeat"})
        while not leg._connection.arrivals_ns:  # type: ignore[union-attr]  # the transport has it
            await asyncio.sleep(0)
        came_ns = time.monotonic_ns()
        time.sleep(0.1)  # the loop is held up before anybody reads

    (received,) = [o for o in converse(answers, busy) if o.kind is Kind.RECEIVED]
    assert received.at_ns <= came_ns


def test_a_refused_upgrade_is_observed_with_its_envelope() -> None:
    observed = converse(answers, nothing, refuse=http.HTTPStatus.SERVICE_UNAVAILABLE)
    (refused,) = [o for o in observed if o.kind is Kind.REFUSED]
    assert refused.code == 503
    assert refused.message["code"] == "SESSION_FULL"


def test_a_breach_of_the_contract_is_observed_beside_the_message() -> None:
    async def breaks(connection: ServerConnection) -> None:
        await connection.send(json.dumps({"type": "heartbeatAck"}))
        await connection.send("certainly, not JSON")
        await connection.send("[" * 100_000)
        await connection.wait_closed()

    async def wait(leg: Leg) -> None:
        await until(leg, Kind.VIOLATION, 3)

    violations = [o.words for o in converse(breaks, wait) if o.kind is Kind.VIOLATION]
    assert len(violations) == 3
    assert "timestamp" in violations[0]
    assert "no JSON" in violations[1]


def test_the_harness_refuses_to_break_the_contract_by_accident() -> None:
    async def wrong(leg: Leg) -> None:
        with pytest.raises(ValueError, match="muteBroadcast"):
            await leg.send({"action": "muteBroadcast"})
        await leg.send({"action": "muteBroadcast"}, checked=False)

    assert converse(answers, wrong)


def test_how_the_service_closed_is_observed_and_sending_then_says_so() -> None:
    async def goes(connection: ServerConnection) -> None:
        await connection.close(1001, "too quiet")

    async def send_late(leg: Leg) -> None:
        await until(leg, Kind.CLOSED)
        with pytest.raises(AssertionError, match=r"closed \(1001 too quiet\)"):
            await leg.send({"action": "heartbeat"})

    (closed,) = [o for o in converse(goes, send_late) if o.kind is Kind.CLOSED]
    assert (closed.code, closed.words) == (1001, "too quiet")


def test_nobody_there_is_said_in_one_sentence() -> None:
    async def knock() -> None:
        leg = Leg(who="Lena", label="Lena", role="listener", ledger=Ledger(), contract=CONTRACT)
        await leg.open("ws://127.0.0.1:9/", {}, headers={}, within_s=1, checked=False)

    with pytest.raises(TargetUnreachable, match=r"Lena could not connect to ws://127\.0\.0\.1:9/"):
        asyncio.run(knock())


def test_a_refusal_that_breaks_the_contract_is_a_breach(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(ERROR, "message")
    observed = converse(answers, nothing, refuse=http.HTTPStatus.SERVICE_UNAVAILABLE)
    assert ["message" in o.words for o in observed if o.kind is Kind.VIOLATION] == [True]
