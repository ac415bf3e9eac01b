"""A WebSocket server that knows sockets and frames, but no system: each path belongs to one endpoint."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import parse_qsl

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from reference.gateway.connections import Connections, Outbox
from reference.gateway.envelope import error_envelope
from reference.http.listening import PortUnusable
from reference.journal import Journal
from reference.refusal import Refusal
from reference.settings import MEBIBYTE
from reference.storage.clock import Clock
from reference.storage.ids import Ids

PING_EVERY_S = 20.0
PING_TIMEOUT_S = 30.0
"""Together less than the 60 s within which a lost speaker's slot must be free again (REQ-15.5)."""

SERVED_WITH: Mapping[str, Any] = {"compression": None, "server_header": None}
"""How sockets are served, as far as no client may mind: see websockets.asyncio.server.serve."""


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms a server deals with its clients."""

    longest_frame_bytes: int = MEBIBYTE
    """A longer one ends the connection with 1009."""
    frames_read_ahead: int = 64
    goodbye_code: int = 1000
    """With which sockets are closed when the service is shut down."""


@dataclass(frozen=True, slots=True)
class Resource:
    """What is behind a path that is no socket's."""

    status: HTTPStatus
    content: Mapping[str, object]


Resources = Callable[[str], Awaitable[Resource | None]]
"""From a path to what is there; None for nothing."""


async def no_resources(_path: str) -> Resource | None:
    return None


@dataclass(frozen=True, slots=True)
class Upgrade:
    query: Mapping[str, str]
    address: str
    """Of the client: the first of `X-Forwarded-For` where that is one."""


class Endpoint(Protocol):
    """One system behind one path. What happens to one connection happens one after the other: it is admitted, its
    frames are received, it leaves."""

    audio_limit_bytes: int

    async def admit(self, connection_id: str, upgrade: Upgrade) -> None:
        """Let the connection in, or raise Refusal; what it is told is sent once the socket is open."""

    async def receive(self, connection_id: str, frame: str | bytes) -> None:
        """Deal with one frame; every answer goes through the connection's outbox.

        What may take as long as the client's or somebody else's pleasure is not for here, because a client that is
        gone is cleaned up after only when this has returned.
        """

    async def ready(self, connection_id: str) -> None:
        """Return when the connection's next frame may be read, and at the latest when the connection has left."""

    async def left(self, connection_id: str) -> None:
        """Clean up after a connection that was admitted and whose socket is closed."""


@dataclass(eq=False, repr=False)
class Visit:
    """One connection at its endpoint.

    Leaving waits for what is under way, which could otherwise let somebody in who has already been taken out; and it
    is the last thing that happens, whatever is still to be read.
    """

    connection_id: str
    endpoint: Endpoint
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)
    _over: bool = field(default=False, init=False)

    async def admit(self, upgrade: Upgrade) -> None:
        async with self._turn:
            await self.endpoint.admit(self.connection_id, upgrade)

    async def receive(self, frame: str | bytes) -> None:
        async with self._turn:
            if not self._over:
                await self.endpoint.receive(self.connection_id, frame)
        if not self._over:
            await self.endpoint.ready(self.connection_id)

    async def leave(self) -> None:
        self._over = True
        async with self._turn:
            await self.endpoint.left(self.connection_id)


@dataclass(eq=False, repr=False)
class GatewayServer:
    """Serves endpoints, and resources beside them, on one port.

    An upgrade that is refused gets the HTTP status and the error envelope. Cleaning up hangs on the end of
    the TCP connection: a client that vanishes during the handshake is admitted and taken out again.
    """

    _endpoints: Mapping[str, Endpoint]
    _connections: Connections
    _clock: Clock
    _ids: Ids
    _terms: Terms = Terms()
    _resources: Resources = no_resources
    _visits: dict[ServerConnection, Visit] = field(default_factory=dict, init=False)
    _lives: set[asyncio.Task[None]] = field(default_factory=set, init=False)
    _server: Server | None = field(default=None, init=False)
    _journal = Journal("gateway")

    async def start(self, host: str, port: int) -> str:
        """Listen, and return host and port as a URL has them; raise PortUnusable when that cannot be."""
        try:
            self._server = await self._listen(host, port)
        except OSError as failure:
            raise PortUnusable(port, failure) from failure
        [listener, *_] = self._server.sockets
        bound_port: int = listener.getsockname()[1]
        return f"[{host}]:{bound_port}" if ":" in host else f"{host}:{bound_port}"

    async def _listen(self, host: str, port: int) -> Server:
        return await serve(
            self._handle,
            host,
            port,
            process_request=self._upgrade,
            max_size=self._terms.longest_frame_bytes,
            max_queue=self._terms.frames_read_ahead,
            ping_interval=PING_EVERY_S,
            ping_timeout=PING_TIMEOUT_S,
            close_timeout=5,
            backlog=1024,
            # Not a part of our own log: at its debug level it writes down whole frames and queries.
            logger=logging.getLogger("websockets.server"),
            **SERVED_WITH,
        )

    async def stop(self) -> None:
        """Write what is queued, close every socket, and wait until all is cleaned up."""
        assert self._server is not None, "stop is for a server that was started"
        await self._connections.flushed()
        self._server.close(code=self._terms.goodbye_code, reason="the service is shutting down")
        await self._server.wait_closed()
        if self._lives:
            await asyncio.wait(self._lives)

    async def _upgrade(self, connection: ServerConnection, request: Request) -> Response | None:
        path, _, query = request.path.partition("?")
        endpoint = self._endpoints.get(path.rstrip("/") or "/")
        if endpoint is None:
            resource = await self._resources(path)
            if resource is not None:
                return json_response(resource.status, resource.content)
            return connection.respond(HTTPStatus.NOT_FOUND, f"Nothing is served at {path}\n")
        upgrade = Upgrade(dict(parse_qsl(query, keep_blank_values=True)), _client_address(connection, request.headers))
        visit = Visit(self._ids.connection_id(), endpoint)
        outbox = Outbox(connection, visit.connection_id, audio_limit_bytes=endpoint.audio_limit_bytes)
        self._connections.add(visit.connection_id, outbox)
        self._visits[connection] = visit
        # A task of its own, because the handshake may be given up while half of the admission is written.
        admission = asyncio.get_running_loop().create_task(visit.admit(upgrade))
        life = asyncio.get_running_loop().create_task(self._accompany(connection, visit, admission))
        self._lives.add(life)
        life.add_done_callback(self._lives.discard)
        try:
            await asyncio.shield(admission)
        except Refusal as refusal:
            self._journal.info("upgrade", "upgrade refused", connection_id=visit.connection_id, code=refusal.code)
            return self.refuse(visit.connection_id, refusal)
        except Exception as failure:  # whatever it is, the client gets an envelope
            self._journal.error("upgrade", "upgrade failed", failure=failure, connection_id=visit.connection_id)
            return self.refuse(visit.connection_id, Refusal("INTERNAL_ERROR", "The connection could not be opened"))
        return None

    async def _accompany(self, connection: ServerConnection, visit: Visit, admission: asyncio.Task[None]) -> None:
        """Stay with a connection until it is closed, then clean up after it."""
        await connection.wait_closed()
        await asyncio.wait([admission])
        try:
            if admission.exception() is None:
                await visit.leave()
        except Exception as failure:  # nobody is left to tell
            self._journal.error("leave", "clean-up failed", failure=failure, connection_id=visit.connection_id)
        finally:
            del self._visits[connection]
            self._connections.remove(visit.connection_id)

    async def _handle(self, connection: ServerConnection) -> None:
        visit = self._visits.get(connection)
        if visit is None:
            return  # gone, and cleaned up after, before anybody could listen
        outbox = self._connections.find(visit.connection_id)
        assert outbox is not None, "an admitted connection has an outbox until it is closed"
        outbox.open()
        try:
            async for frame in connection:
                await visit.receive(frame)
        except ConnectionClosed as closed:
            self._journal.debug(
                "receive",
                "connection lost",
                connection_id=visit.connection_id,
                code=closed.rcvd and closed.rcvd.code,
            )

    def refuse(self, connection_id: str, refusal: Refusal) -> Response | None:  # noqa: ARG002  a twin tells it otherwise
        """Return the answer to a request for a connection that is refused."""
        return json_response(HTTPStatus(refusal.status), error_envelope(refusal, self._clock.now_ms()))


def json_response(status: HTTPStatus, content: Mapping[str, object]) -> Response:
    """Return an answer over HTTP; the connection is closed after it."""
    body = json.dumps(content).encode()
    headers = Headers(
        {
            "Content-Type": "application/json; charset=utf-8",
            "Content-Length": str(len(body)),
            "Connection": "close",
        }
    )
    return Response(status.value, status.phrase, headers, body)


def _client_address(connection: ServerConnection, headers: Headers) -> str:
    forwarded = next(iter(headers.get_all("X-Forwarded-For")), "").split(",")[0].strip()
    if _is_address(forwarded):
        return forwarded
    peer = connection.remote_address
    return str(peer[0]) if peer else "unknown"


def _is_address(text: str) -> bool:
    """Whether this is the address of a machine, not whatever else somebody may write into a header."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return "%" not in text
