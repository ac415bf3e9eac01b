"""People on real sockets, for services under control."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import urllib.error
import urllib.request
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from tests.reference.conftest import TestStore
from tests.reference.control_kit import Controlled, controlled

Message = dict[str, Any]

WORDS = {1: "Tell me a funny story.", 2: "Set a timer for ten minutes.", 3: "Hello, can you help me?"}
"""What the recogniser makes of a tenth of a second full of one byte value."""

ADDRESS = "10.1.2.3"


def speech(*values: int) -> bytes:
    """Return samples that are understood as the words of `values`."""
    return b"".join(bytes([value]) * 3200 for value in values)


def wav(pcm: bytes, *, rate_hz: int = 16_000) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(rate_hz)
        writer.writeframes(pcm)
    return file.getvalue()


class Person:
    """One socket; the connection is closed at the end of the block."""

    def __init__(self, url: str, address: str) -> None:
        self._connecting = connect(
            url.replace("http", "ws") + "/ws/audio",
            additional_headers={"X-Forwarded-For": address},
            compression=None,
            max_size=None,
        )
        self.socket: ClientConnection

    async def __aenter__(self) -> Person:
        self.socket = await self._connecting
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.socket.close()

    async def next(self) -> Message:
        async with asyncio.timeout(5):
            message: Message = json.loads(await self.socket.recv())
            return message

    async def send(self, kind: str, **members: object) -> None:
        await self.socket.send(json.dumps({"type": kind, **members}))

    async def ask(self, kind: str, **members: object) -> Message:
        await self.send(kind, **members)
        return await self.next()

    async def begin(self, session_id: str) -> None:
        assert await self.ask("session", session_id=session_id) == {"type": "session_ack", "session_id": session_id}

    async def says(self, *values: int) -> Message:
        """Say something in one chunk and end the segment; return its result."""
        await self.chunk(speech(*values))
        return await self.ends()

    async def chunk(self, audio: bytes) -> Message:
        return await self.ask("audio_chunk", data=base64.b64encode(audio).decode())

    async def ends(self) -> Message:
        """End the segment; return its result, after which it is finished."""
        result = await self.ask("segment_end")
        assert (await self.next())["type"] == "segment_processed"
        return result

    async def close_code(self) -> int | None:
        """Return the close code, once the other side has closed."""
        async with asyncio.timeout(5):
            await self.socket.wait_closed()
        return self.socket.close_code


class Line:
    """A service with a recogniser that knows WORDS."""

    def __init__(self, under: Controlled) -> None:
        self.under = under
        self.order = under.order
        self.recogniser = under.service.speech.recogniser
        self.recogniser.phrases.update(WORDS)

    def person(self, address: str = ADDRESS) -> Person:
        return Person(self.under.conversation_url, address)

    async def get(self, path: str) -> tuple[int, Message]:
        return await asyncio.to_thread(_page, self.under.conversation_url + path)

    async def log(self, session_id: str) -> list[Message]:
        status, page = await self.get(f"/api/conversations/{session_id}")
        assert (status, page["session_id"]) == (200, session_id)
        segments: list[Message] = page["segments"]
        return segments


@asynccontextmanager
async def conversing(store: TestStore, **settings: str) -> AsyncIterator[Line]:
    """Run a service for the length of a block; settings by field name."""
    async with controlled(store, **settings) as under:
        yield Line(under)


def _page(url: str) -> tuple[int, Message]:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refusal:
        return refusal.code, json.load(refusal)
