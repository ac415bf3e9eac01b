"""What an HTTP port of a service on one machine asks of whoever calls: to finish asking, and to mean this machine.

Wrapped around any ASGI application; a refusal is a JSON object with `detail`.
"""

from __future__ import annotations

import asyncio
import json
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

ASKED_WITHIN_S = 10.0
"""So long may a request take to arrive, from its first byte, and the first one from when the connection was made."""
_THIS_MACHINE = re.compile(rb"(127\.0\.0\.1|\[::1\]|([a-z0-9-]+\.)*localhost)(:[0-9]+)?")

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


def for_this_machine(application: Application) -> Application:
    """Answer 421 to requests whose Host is not this machine.

    A page of somebody else's reaches a port of this machine by letting its own name point here; the name stays.
    """

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not is_this_machine(_header(scope, b"host")):
            await _refuse(
                send, HTTPStatus.MISDIRECTED_REQUEST, "this port is for callers of this machine by its own name"
            )
        else:
            await application(scope, receive, send)

    return answer


def with_token(application: Application, token: str) -> Application:
    """Answer 401 to requests without `Authorization: Bearer` and this token."""
    wanted = f"Bearer {token}".encode()

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not secrets.compare_digest(_header(scope, b"authorization"), wanted):
            detail = "the token of the ready line is needed: Authorization: Bearer TOKEN"
            await _refuse(send, HTTPStatus.UNAUTHORIZED, detail, {b"www-authenticate": b"Bearer"})
        else:
            await application(scope, receive, send)

    return answer


def is_this_machine(host: bytes) -> bool:
    """Whether a Host header, with a port or without, names the loopback interface."""
    return _THIS_MACHINE.fullmatch(host.lower()) is not None


def impatient_protocol() -> type[HttpToolsProtocol]:
    """Return uvicorn's protocol, but one that ends a connection whose request does not arrive in time."""
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

    class Impatient(HttpToolsProtocol):
        _alarm: asyncio.TimerHandle | None = None

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self._await_request()

        def on_message_begin(self) -> None:
            super().on_message_begin()
            self._await_request()

        def on_message_complete(self) -> None:
            super().on_message_complete()
            self._rest()

        def connection_lost(self, exc: Exception | None) -> None:
            self._rest()
            super().connection_lost(exc)

        def _await_request(self) -> None:
            if self._alarm is None:
                self._alarm = self.loop.call_later(ASKED_WITHIN_S, self.transport.abort)

        def _rest(self) -> None:
            if self._alarm is not None:
                self._alarm.cancel()
                self._alarm = None

    return Impatient


def _header(scope: Scope, name: bytes) -> bytes:
    """Return the header that was given once; nothing where there is none, or more than one."""
    found = [value for key, value in scope["headers"] if key == name]
    return bytes(found[0]) if len(found) == 1 else b""


async def _refuse(send: Send, status: HTTPStatus, detail: str, more: Mapping[bytes, bytes] | None = None) -> None:
    body = json.dumps({"detail": detail}).encode()
    headers = {b"content-type": b"application/json", b"content-length": str(len(body)).encode(), **(more or {})}
    await send({"type": "http.response.start", "status": int(status), "headers": list(headers.items())})
    await send({"type": "http.response.body", "body": body})
