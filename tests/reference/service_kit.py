"""A service on real sockets and emulated tables, with engines that do as they are told."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode

import jwt
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus

from reference.app import App
from reference.settings import read
from reference.storage import aws
from reference.storage.clock import SystemClock
from reference.storage.ids import RandomIds
from reference.system import setting_kinds
from reference.world import World
from tests.reference.conftest import TestStore
from tests.reference.engine_fakes import FakeSpeech

SECRET = "a secret that only these tests know"
Message = dict[str, Any]


def token(user: str, *, secret: str = SECRET, **claims: object) -> str:
    """Return a token as the sign-in service would issue it."""
    now = int(time.time())
    issued = {"sub": user, "iat": now, "exp": now + 600, "iss": "earshot", "aud": "earshot-broadcast"}
    return jwt.encode({**issued, "token_use": "id", **claims}, secret, "HS256")


class Client:
    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def next(self, kind: str | None = None, *, patience_s: float = 5.0) -> Message:
        """Return the next message, or the next of a type; the others on the way are dropped."""
        async with asyncio.timeout(patience_s):
            while True:
                message: Message = json.loads(await self.socket.recv())
                if kind in (None, message["type"]):
                    return message

    async def send(self, action: str, **fields: object) -> None:
        await self.socket.send(json.dumps({"action": action, **fields}))

    async def ask(self, action: str, **fields: object) -> Message:
        await self.send(action, **fields)
        return await self.next()

    async def code(self) -> int | None:
        """Return the close code, once the other side has closed."""
        async with asyncio.timeout(5):
            await self.socket.wait_closed()
        return self.socket.close_code


class CountedIds(RandomIds):
    """Counts how many connections there have been."""

    connections = 0

    def connection_id(self) -> str:
        self.connections += 1
        return super().connection_id()


class Service:
    def __init__(self, app: App, ids: CountedIds, base_url: str, speech: FakeSpeech, store: TestStore) -> None:
        self.app = app
        self.ids = ids
        self.base_url = base_url
        self.speech = speech
        self.store = store
        self.dynamo = aws.connect(store.endpoint_url)
        self._sockets: list[ClientConnection] = []

    async def open(self, *, headers: Mapping[str, str] | None = None, **query: str) -> Client:
        url = f"{self.base_url}?{urlencode(query)}" if query else self.base_url
        socket = await connect(url, additional_headers=headers, compression=None, max_size=None, max_queue=None)
        self._sockets.append(socket)
        return Client(socket)

    async def refused(self, *, headers: Mapping[str, str] | None = None, **query: str) -> tuple[int, Message]:
        """Return status and envelope of an upgrade that must be refused."""
        try:
            await self.open(headers=headers, **query)
        except InvalidStatus as refusal:
            return refusal.response.status_code, json.loads(refusal.response.body)
        raise AssertionError(f"{query} was let in")

    async def speaker(self, user: str = "ana", **query: str) -> tuple[Client, str]:
        """Open a session; return the speaker and the session id."""
        client = await self.open(**{"action": "createSession", "token": token(user), "sourceLanguage": "en"} | query)
        created = await client.next()
        assert created["type"] == "sessionCreated", created
        return client, created["sessionId"]

    async def listener(self, session_id: str, language: str = "es", **headers: str) -> Client:
        client = await self.open(headers=headers, action="joinSession", sessionId=session_id, targetLanguage=language)
        joined = await client.next()
        assert joined["type"] == "sessionJoined", joined
        return client

    async def item(self, table: str, key: str, value: str) -> Message | None:
        """Return an item in DynamoDB's own notation."""
        found = await asyncio.to_thread(
            self.dynamo.get_item, TableName=table, Key={key: {"S": value}}, ConsistentRead=True
        )
        item: Message | None = found.get("Item")
        return item

    async def items(self, table: str) -> list[Message]:
        """Return all items of a table, known by its plain name, in DynamoDB's own notation."""
        found: list[Message] = (await asyncio.to_thread(self.dynamo.scan, TableName=self.store.tables[table]))["Items"]
        return found

    async def only_so_many_are_left(self, count: int, *, of: int) -> None:
        """Return when so many have come altogether, and all but so many are gone and were cleaned up after."""
        async with asyncio.timeout(10):
            while self.ids.connections < of or self.app.counts()["sockets"] > count:
                await asyncio.sleep(0.01)

    async def close(self) -> None:
        await asyncio.gather(*(socket.close() for socket in self._sockets))


@asynccontextmanager
async def running(store: TestStore, **settings: str) -> AsyncIterator[Service]:
    """Run a service for the length of a block; settings by field name, limits per address out of the way."""
    out_of_the_way = {
        "rate_limit_connection_attempts_per_min": "100000",
        "rate_limit_listener_joins_per_min": "100000",
    }
    speech, ids = FakeSpeech(), CountedIds()
    app = App(
        World(
            read(setting_kinds(), out_of_the_way | settings, {}),
            speech.engines(),
            aws.connect(store.endpoint_url),
            store.tables,
            SECRET,
            SystemClock(),
            ids,
            store.buckets(),
        )
    )
    endpoints = await app.start("127.0.0.1")
    service = Service(app, ids, endpoints["broadcast"]["ws"], speech, store)
    try:
        yield service
    finally:
        await service.close()
        await app.stop()
