"""A studio on a real port, and engineers with real sockets."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
import numpy as np
from websockets.asyncio.client import ClientConnection, connect

from reference.control.orders import Order
from reference.settings import read
from reference.storage import aws
from reference.storage.aws import Store
from reference.storage.clock import SystemClock
from reference.storage.tables import create
from reference.studio.app import StudioApp
from reference.studio.faults import StudioFaults
from reference.studio.tables import SESSIONS
from reference.system import setting_kinds
from reference.world import World
from tests.reference.conftest import TestStore
from tests.reference.engine_fakes import FakeSpeech
from tests.reference.service_kit import SECRET, CountedIds

Message = dict[str, Any]
PASSING: Message = {"pipeline_id": "p", "name": "P", "stages": {"input": {}, "output": {}}, "connections": []}
LIMITING: Message = {**PASSING, "stages": {"limiter": {"parameters": {"threshold": -6}}}}
KEY = "dGhlIHNhbXBsZSBub25jZQ=="


def tone(seconds: float = 0.1, amplitude: float = 1.0) -> bytes:
    at = np.arange(round(16_000 * seconds)) / 16_000
    return (amplitude * 32_767 * np.sin(2 * np.pi * 440 * at)).astype("<i2").tobytes()


def text_of(pcm: bytes) -> str:
    return base64.b64encode(pcm).decode()


class Engineer:
    """Somebody with a socket."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def send(self, kind: str, **members: object) -> None:
        await self.socket.send(json.dumps({"type": kind, **members}))

    async def next(self) -> Message:
        async with asyncio.timeout(20):
            message: Message = json.loads(await self.socket.recv())
            return message

    async def ask(self, kind: str, **members: object) -> Message:
        await self.send(kind, **members)
        return await self.next()

    async def chunk(self, pcm: bytes) -> tuple[bytes, Message]:
        """Send audio; return what comes back, and what was measured."""
        audio = await self.ask("audio_chunk", data=text_of(pcm))
        assert audio["type"] == "processed_audio", audio
        return base64.b64decode(audio["audio"]), (await self.next())["metrics"]

    async def is_answered(self) -> bool:
        return await self.ask("ping") == {"type": "pong"}

    async def close_code(self) -> int | None:
        async with asyncio.timeout(10):
            await self.socket.wait_closed()
        return self.socket.close_code


@dataclass
class Studio:
    app: StudioApp
    faults: StudioFaults
    http: httpx2.AsyncClient
    address: str

    async def starts(self, pipeline: object = PASSING) -> str:
        answer = await self.http.post("/api/pipeline/realtime/start", json={"pipeline_config": pipeline})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["session_id"])

    async def listed(self) -> dict[str, Message]:
        answer = await self.http.get("/api/pipeline/realtime/sessions")
        return {one["session_id"]: one for one in answer.json()["active_sessions"]}

    @asynccontextmanager
    async def engineer(self, session_id: str, **options: Any) -> AsyncIterator[Engineer]:
        url = f"ws://{self.address}/api/pipeline/realtime/{session_id}"
        async with connect(url, max_size=None, compression=None, **options) as socket:
            yield Engineer(socket)

    async def upgrades(self, path: str, key: str = KEY) -> tuple[int, asyncio.StreamReader, asyncio.StreamWriter]:
        """Ask for a socket by hand; return the status of the answer, and the connection."""
        host, port = self.address.split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        head = f"GET {path} HTTP/1.1\r\nHost: {self.address}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        writer.write(f"{head}Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode())
        answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
        return int(answer.split()[1]), reader, writer

    def stall(self, seconds: float, **whose: object) -> Any:
        return self.faults.places[0].arm(Order("studio.stage", "stall", None, {"seconds": seconds, **whose}))


@asynccontextmanager
async def studio(store: TestStore, **settings: str) -> AsyncIterator[Studio]:
    """Run a studio for the length of a block; settings by field name."""
    faults = StudioFaults()
    world = World(
        read(setting_kinds(), settings, {}),
        FakeSpeech().engines(),
        aws.connect(store.endpoint_url),
        store.tables,
        SECRET,
        SystemClock(),
        CountedIds(),
        store.buckets(),
        disturbances_of={"studio": faults},
    )
    table_store = Store(world.aws_client)
    await create(table_store, [SESSIONS], store.tables)
    app = StudioApp(world, table_store)
    url = (await app.start("127.0.0.1", 0))["http"]
    async with httpx2.AsyncClient(base_url=url, timeout=30, trust_env=False) as http:
        try:
            async with asyncio.timeout(60):
                yield Studio(app, faults, http, url.removeprefix("http://"))
        finally:
            await app.stop()
            table_store.close()
