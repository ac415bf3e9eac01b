"""Who is let in at the ports of control plane and emulator, and how long they may take to ask."""

from __future__ import annotations

import asyncio
import http.client
import json
import time
from collections.abc import Mapping
from urllib.parse import urlsplit

import pytest
from websockets.asyncio.client import connect

from reference.http import doors
from reference.http.server import HttpServer
from reference.http.sockets import SocketTerms
from tests.reference.broadcast.world_fakes import on_loop
from tests.reference.conftest import TestStore
from tests.reference.control_kit import controlled
from tests.reference.test_http_server import build

SOON_S = 0.5
OURS = ("127.0.0.1", "127.0.0.1:80", "localhost", "LOCALHOST:8081", "[::1]:9", "bucket.localhost")
FOREIGN = (
    "evil.example",
    "evil.example:80",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "10.0.0.1",
    "",
    "x localhost",
)
HALVES = {
    "nothing": b"",
    "half a head": b"GET /well HTTP/1.1\r\nHost: loc",
    "half a body": b"POST /well HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n12345",
    "half a second request": b"GET /well HTTP/1.1\r\nHost: localhost\r\n\r\nGET /we",
}


def ask(url: str, path: str, **headers: str) -> tuple[int, object]:
    address = urlsplit(url)
    assert address.hostname is not None
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=5)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, body


@pytest.mark.parametrize("host", OURS)
def test_this_machine_is_known_by_its_own_names(host: str) -> None:
    assert doors.is_this_machine(host.encode())


@pytest.mark.parametrize("host", FOREIGN)
def test_no_other_name_is_this_machine(host: str) -> None:
    assert not doors.is_this_machine(host.encode())


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Authorization": "Bearer TOKEN"}, 200),
        ({"Authorization": "Bearer TOKEN", "Host": "localhost"}, 200),
        ({"Authorization": "Bearer TOKEN", "Host": "evil.example"}, 421),
        ({}, 401),
        ({"Authorization": "Bearer TOKE"}, 401),
        ({"Authorization": "Basic TOKEN"}, 401),
    ],
)
@on_loop
async def test_the_control_plane_asks_for_its_token_and_its_own_name(
    headers: Mapping[str, str], status: int, store: TestStore
) -> None:
    async with controlled(store) as under:
        given = {name: value.replace("TOKEN", under.control_token) for name, value in headers.items()}
        seen, body = await asyncio.to_thread(ask, under.control_url, "/settings", **given)
        assert seen == status
        assert isinstance(body, bytes)
        assert status == 200 or list(json.loads(body)) == ["detail"]


def test_the_emulator_asks_for_its_own_name(emulator_url: str) -> None:
    assert ask(emulator_url, "/", Host="evil.example")[0] == 421
    assert ask(emulator_url, "/moto-api/data.json", Host="localhost")[0] == 200


@pytest.mark.parametrize("sent", HALVES.values(), ids=HALVES)
def test_whoever_does_not_finish_asking_is_disconnected(sent: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "ASKED_WITHIN_S", SOON_S)

    async def work() -> float:
        server = HttpServer("127.0.0.1", 0)
        server.start(build)
        try:
            host, port = server.url.removeprefix("http://").split(":")
            reader, writer = await asyncio.open_connection(host, int(port))
            await asyncio.to_thread(ask, server.url, "/well")  # is loaded by now
            began = time.monotonic()
            writer.write(sent)
            async with asyncio.timeout(5):
                while await _more(reader):
                    continue
            writer.close()
            return time.monotonic() - began
        finally:
            await server.stop()

    with asyncio.Runner() as runner:
        assert runner.run(work()) < 5


def test_whoever_has_asked_may_rest_or_talk_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "ASKED_WITHIN_S", SOON_S)

    async def work() -> tuple[bytes, bytes, str | bytes]:
        server = HttpServer("127.0.0.1", 0, sockets=SocketTerms())
        server.start(build)
        try:
            host, port = server.url.removeprefix("http://").split(":")
            await asyncio.to_thread(ask, server.url, "/well")
            async with connect(f"{server.url.replace('http', 'ws')}/echo") as caller:
                reader, writer = await asyncio.open_connection(host, int(port))
                answers = []
                for _ in range(2):
                    writer.write(b"GET /well HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    answers.append(await reader.readuntil(b"}"))
                    await asyncio.sleep(2 * SOON_S)
                writer.close()
                await caller.send("hello")
                return answers[0], answers[1], await caller.recv()
        finally:
            await server.stop()

    with asyncio.Runner() as runner:
        first, second, echo = runner.run(work())
    assert first.startswith(b"HTTP/1.1 200") and second.startswith(b"HTTP/1.1 200")
    assert echo == "hello"


async def _more(reader: asyncio.StreamReader) -> bool:
    try:
        return bool(await reader.read(1000))
    except ConnectionResetError:
        return False
