"""A service that others stand on, and what can go wrong with it: real on the wire, and noted request by request."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import deque
from collections.abc import Mapping
from typing import Any

from reference.control.observations import Kinds
from reference.control.orders import SECONDS, TEXT, TIMES, Order, Place, number
from reference.control.traps import Trap, Traps
from reference.http.doors import Application, Receive, Scope, Send

REMEMBERED = 1000
CORRUPTIONS: Mapping[str, bytes] = {
    "cut": b'{"id": "RES-',
    "types": b'{"id": 7, "status": [], "primaryGuest": "nobody", "arrival": false, "audio_data": 7}',
    "empty": b"",
}
"""What comes instead of an answer, by how it is spoiled."""


class Troubles:
    """Orders for one service, and its requests; see reference.control.plane.Offer."""

    def __init__(self, name: str) -> None:
        """`name` is the place of the orders, and what its observation begins with."""
        self._traps = Traps()
        self._requests: deque[dict[str, Any]] = deque(maxlen=REMEMBERED)
        takes = {"path": TEXT, "method": TEXT, "times": TIMES}
        status = {"status": number(400, 599, whole=True), "retry_after": number(0, 3600, whole=True)}
        self.places: tuple[Place, ...] = (
            Place(name, ("fail",), self._traps.set, {**takes, **status}),
            Place(name, ("delay",), self._traps.set, takes, {"seconds": SECONDS}),
            Place(name, ("hang", "refuse"), self._traps.set, takes),
            Place(name, ("corrupt",), self._traps.set, {**takes, "how": TEXT}),
        )
        self.observations: Kinds = {f"{name}.requests": lambda: tuple(self._requests)}

    def around(self, application: Application) -> Application:
        """Return the application with what was ordered, and with its requests noted."""
        from starlette.requests import ClientDisconnect

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await application(scope, receive, send)
                return
            headers = dict(scope["headers"])
            noted = {
                "method": scope["method"],
                "path": scope["path"],
                "query": scope["query_string"].decode("latin-1"),
                "correlation_id": headers.get(b"x-correlation-id", b"").decode("latin-1"),
                "connection": "{}:{}".format(*scope["client"]) if scope.get("client") else "",
                "asked_at_s": time.monotonic(),
            }
            self._requests.append(noted)
            trap = self._traps.spring_if(lambda order: _fits(order, scope))
            if trap is None or not await self._strike(trap, send):
                with contextlib.suppress(ClientDisconnect):  # nobody waits for what was delayed for too long
                    await application(scope, receive, send)

        return answer

    async def _strike(self, trap: Trap, send: Send) -> bool:
        """Do what was ordered; say whether that was the answer."""
        scope = trap.order.scope
        match trap.order.effect:
            case "delay":
                await trap.stall()
                return False
            case "hang":
                await trap.stall()
                await _break_off(send)
            case "refuse":
                await _break_off(send)
            case "corrupt":
                await _answer(send, 200, CORRUPTIONS[scope.get("how", "cut")])
            case _:
                waiting = {b"retry-after": str(scope["retry_after"]).encode()} if "retry_after" in scope else {}
                await _answer(send, scope.get("status", 500), b'{"error": "ordered"}', waiting)
        return True


class Untroubled(Troubles):
    """Of a service that nobody orders anything from."""

    def __init__(self) -> None:
        super().__init__("nothing")

    def around(self, application: Application) -> Application:
        return application


def _fits(order: Order, request: Scope) -> bool:
    return order.concerns(method=request["method"]) and str(order.scope.get("path", "")) in request["path"]


async def _answer(send: Send, status: int, body: bytes, headers: Mapping[bytes, bytes] | None = None) -> None:
    all_headers = {b"content-type": b"application/json", b"content-length": str(len(body)).encode(), **(headers or {})}
    await send({"type": "http.response.start", "status": status, "headers": list(all_headers.items())})
    await send({"type": "http.response.body", "body": body})


def _is_news(line: logging.LogRecord) -> bool:
    return line.msg != "ASGI callable returned without completing response."


async def _break_off(send: Send) -> None:
    """Leave the answer unfinished: the server then cuts the connection, and need not say so."""
    logging.getLogger("uvicorn.error").addFilter(_is_news)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1")]})
    await asyncio.sleep(0)
