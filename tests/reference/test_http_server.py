"""The port that is bound first, what is served on it beside everything else, and that nothing on it waits for Nagle."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI, WebSocket
from websockets.asyncio.client import connect

from reference.http.listening import http_url, listening_socket
from reference.http.server import HttpServer
from reference.http.sockets import SocketTerms

ROOT = Path(__file__).resolve().parents[2]


def build() -> Any:
    app = FastAPI()

    @app.get("/well")
    async def well() -> dict[str, str]:
        return {"status": "ok"}

    @app.websocket("/echo")
    async def echo(caller: WebSocket) -> None:
        await caller.accept()
        await caller.send_text(await caller.receive_text())
        await caller.close()

    return app


def get(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=5) as answer:
        return json.load(answer)


def on_plain_asyncio(work: Callable[[], Any]) -> Any:
    """Run a coroutine function on asyncio's own loop."""
    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
        return runner.run(work())


def has_nagle_off(transport: Any) -> bool:
    return bool(transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))


def test_who_calls_before_it_is_loaded_waits_and_is_answered() -> None:
    async def work() -> Any:
        server = HttpServer("127.0.0.1", 0)
        asking = asyncio.create_task(asyncio.to_thread(get, f"{server.url}/well"))
        await asyncio.sleep(0.05)
        server.start(build)
        try:
            return await asking
        finally:
            await server.stop()

    assert on_plain_asyncio(work) == {"status": "ok"}


def test_sockets_are_served_on_the_same_port_where_wanted() -> None:
    async def work() -> Any:
        server = HttpServer("127.0.0.1", 0, sockets=SocketTerms())
        server.start(build)
        try:
            async with connect(f"{server.url.replace('http', 'ws')}/echo") as caller:
                await caller.send("hello")
                return await caller.recv(), await asyncio.to_thread(get, f"{server.url}/well")
        finally:
            await server.stop()

    assert on_plain_asyncio(work) == ("hello", {"status": "ok"})


def test_a_taken_port_cannot_be_bound() -> None:
    with listening_socket("127.0.0.1", 0) as taken, pytest.raises(OSError, match="in use"):
        HttpServer("127.0.0.1", taken.getsockname()[1])


def test_an_address_of_version_6_is_written_in_brackets() -> None:
    try:
        listener = listening_socket("::1", 0)
    except OSError:
        pytest.skip("this machine has no IPv6")
    with listener:
        assert http_url(listener).startswith("http://[::1]:")


def test_nagle_is_off_on_what_the_server_accepts() -> None:
    async def work() -> bool:
        server = HttpServer("127.0.0.1", 0)
        server.start(build)
        try:
            host, port = server.url.removeprefix("http://").split(":")
            _, writer = await asyncio.open_connection(host, int(port))
            while not (server._server and server._server.server_state.connections):
                await asyncio.sleep(0.01)
            [connection] = server._server.server_state.connections
            writer.close()
            return has_nagle_off(connection.transport)
        finally:
            await server.stop()

    assert on_plain_asyncio(work)


WITHOUT_UVLOOP = """
import socket, sys
sys.modules["uvloop"] = None
from uvicorn.protocols.http import h11_impl, httptools_impl
for protocol in (h11_impl.H11Protocol, httptools_impl.HttpToolsProtocol):
    def connection_made(self, transport, made=protocol.connection_made):
        accepted = transport.get_extra_info("socket")
        print(accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY), flush=True)
        made(self, transport)
    protocol.connection_made = connection_made
from reference.storage.emulator import main
main(["--stop-with-stdin"])
"""


def test_nagle_is_off_on_what_the_emulator_accepts() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WITHOUT_UVLOOP], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as emulator:
        assert emulator.stdin is not None
        assert emulator.stdout is not None
        address = json.loads(emulator.stdout.readline())["endpoint"].removeprefix("http://").split(":")
        with socket.create_connection((address[0], int(address[1]))):
            assert emulator.stdout.readline().strip() not in ("", "0")
        emulator.stdin.close()
