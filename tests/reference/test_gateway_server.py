"""What happens to one connection happens one after the other, however it ends."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping

import pytest
from websockets.asyncio.client import connect

from reference.gateway.connections import Connections
from reference.gateway.server import GatewayServer, Upgrade
from reference.storage.clock import SystemClock
from reference.storage.ids import RandomIds
from tests.reference.broadcast.world_fakes import on_loop

ASKS = b"GET /slow HTTP/1.1\r\nHost: here\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" + (
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
WELL_AFTER_THE_LOSS_S = 0.3


class SlowEndpoint:
    """Notes what it begins and ends; whatever it does waits for `may_go_on`."""

    audio_limit_bytes = 0

    def __init__(self) -> None:
        self.noted: list[str] = []
        self.begun = asyncio.Event()
        self.may_go_on = asyncio.Event()
        self.is_left = asyncio.Event()

    async def admit(self, connection_id: str, upgrade: Upgrade) -> None:
        await self._take_time("admission", upgrade.query)

    async def receive(self, connection_id: str, frame: str | bytes) -> None:
        await self._take_time(str(frame), {"slowly": "yes"})

    async def ready(self, connection_id: str) -> None:
        self.noted.append("ready")

    async def left(self, connection_id: str) -> None:
        self.noted.append("left")
        self.is_left.set()

    async def _take_time(self, name: str, asked: Mapping[str, str]) -> None:
        self.noted.append(f"{name} begins")
        if "slowly" in asked:
            self.begun.set()
            await self.may_go_on.wait()
        self.noted.append(f"{name} ends")


@pytest.mark.parametrize(
    ("by_message", "noted"),
    [
        (True, ["admission begins", "admission ends", "let me in begins", "let me in ends", "left"]),
        (False, ["admission begins", "admission ends", "left"]),
    ],
    ids=["by message", "with the handshake"],
)
@on_loop
async def test_leaving_waits_for_what_is_under_way_and_nothing_comes_after_it(
    by_message: bool, noted: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    endpoint = SlowEndpoint()
    server = GatewayServer({"/slow": endpoint}, Connections(), SystemClock(), RandomIds())
    address = await server.start("127.0.0.1", 0)
    async with asyncio.timeout(5):
        if by_message:
            socket = await connect(f"ws://{address}/slow", compression=None)
            await socket.send("let me in")
            await socket.send("never read")
            await endpoint.begun.wait()
            socket.transport.abort()
        else:
            _, writer = await asyncio.open_connection(*address.split(":"))
            writer.write(ASKS.replace(b"/slow", b"/slow?slowly=yes"))
            await endpoint.begun.wait()
            writer.close()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(endpoint.is_left.wait(), WELL_AFTER_THE_LOSS_S)
        endpoint.may_go_on.set()
        await endpoint.is_left.wait()
        await server.stop()
    assert endpoint.noted == noted
    assert [one.getMessage() for one in caplog.records if one.levelno >= logging.ERROR] == []
