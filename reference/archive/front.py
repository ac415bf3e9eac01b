"""Every request passes here: who asks, whether they may, with what; and every answer leaves here (section 2)."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from pydantic import ValidationError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from reference.archive.problem import Problem, invalid, not_found
from reference.http import endpoints
from reference.http.endpoints import Asked, Reply
from reference.journal import Journal

PUBLIC, OPEN, SIGNED_IN, ADMIN = "public", "open", "signed in", "admin"
"""Anybody; anybody, unless the service is for users only; users; administrators."""
PAGE = "page"
"""As `open`, but then for administrators alone."""
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
}
BODY_MAX_BYTES = 1 << 20
LARGE_BYTES = 1 << 16
"""From this size on a body is understood on a thread, so that nobody else waits."""
LET_PASS_S = 0.4


@dataclass(frozen=True, slots=True)
class Endpoint(endpoints.Endpoint):
    is_upload: bool = False
    """Whether its body is not JSON, and may be as large as a recording."""
    body_may_be_missing: bool = False


class Identification(Protocol):
    async def of(self, headers: Mapping[str, str]) -> Any:
        """Return the user who asks, None for nobody; a problem for credentials that are no good."""


class Limits(Protocol):
    def admit(self, client: str) -> Mapping[str, str]:
        """Return the headers that tell of the limit; RateLimitError where it is reached."""


class Front:
    """The ASGI application."""

    def __init__(
        self,
        every: Iterable[endpoints.Endpoint],
        sockets: Mapping[str, Callable[..., Awaitable[None]]],
        identification: Identification,
        limits: Limits,
        answered: Callable[[str, int, float], None],
        *,
        requires_auth: bool,
        upload_max_bytes: int,
    ) -> None:
        """`answered` is told of every answer: the path of its endpoint, its status, and how many seconds it took."""
        self._endpoints = endpoints.Endpoints(every, lambda: not_found("page"), _wrong_method)
        self._sockets = sockets
        self._identification = identification
        self._limits = limits
        self._answered = answered
        self._requires_auth = requires_auth
        self._upload_max_bytes = upload_max_bytes
        self._journal = Journal("archive")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._connect(scope, receive, send)
            return
        request, began_s, template = Request(scope, receive), time.perf_counter(), "unknown"
        limits: Mapping[str, str] = {}
        try:
            endpoint, parameters = self._endpoints.find(request.method, scope["path"])
            template = endpoint.path
            if template.startswith("/api/") and not template.startswith("/api/health"):
                limits = self._limits.admit(request.client.host if request.client else "")
            reply = await self._answer(request, endpoint, parameters)
        except ClientDisconnect:
            return
        except Problem as problem:
            reply = Reply(problem.envelope(), problem.status, problem.headers)
        except Exception as failure:  # whatever it is, the client is told no more than that
            self._journal.error("request", "a request failed", failure=failure, path=template)
            broken = Problem("InternalError", "Something went wrong")
            reply = Reply(broken.envelope(), broken.status)
        self._answered(template, reply.status, time.perf_counter() - began_s)
        content = json.dumps(reply.body, ensure_ascii=False).encode() if reply.content is None else reply.content
        await Response(content, reply.status, {**ALWAYS, **limits, **reply.headers}, reply.media_type)(
            scope, receive, send
        )

    async def _answer(self, request: Request, endpoint: endpoints.Endpoint, parameters: Mapping[str, str]) -> Reply:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in request.scope["headers"]}
        user = await self._allowed(endpoint, headers)
        content, body = await self._body(request, endpoint)
        address = request.client.host if request.client else ""
        query = dict(request.query_params)
        asked = Asked(
            user, request.method, request.scope["path"], parameters, query, headers, address, "", content, body
        )
        answer = await endpoint.handler(asked)
        return answer if isinstance(answer, Reply) else Reply(answer)

    async def _allowed(self, endpoint: endpoints.Endpoint, headers: Mapping[str, str]) -> Any:
        who = endpoint.who
        if who == PUBLIC or (who in (OPEN, PAGE) and not self._requires_auth):
            return None
        user = await self._identification.of(headers)
        if user is None:
            problem = Problem("AuthenticationError", "This is for those who are signed in")
            problem.headers["WWW-Authenticate"] = "Bearer"
            raise problem
        if who in (ADMIN, PAGE) and user.role != ADMIN:
            raise Problem("AuthorizationError", "This is for administrators")
        return user

    async def _body(self, request: Request, endpoint: endpoints.Endpoint) -> tuple[bytes, Any]:
        if getattr(endpoint, "is_upload", False):
            return await self._content(request, self._upload_max_bytes), None
        if endpoint.body is None:
            return b"", None
        content = await self._content(request, BODY_MAX_BYTES)
        if not content and getattr(endpoint, "body_may_be_missing", False):
            return content, None
        if len(content) < LARGE_BYTES:
            return content, _understood(content, endpoint)
        return content, await asyncio.to_thread(_understood, content, endpoint)

    @staticmethod
    async def _content(request: Request, most_bytes: int) -> bytes:
        promised = request.headers.get("content-length", "0")
        content = bytearray()
        too_large = Problem("FileSizeError", "The body is too large", headers={"Connection": "close"})
        if promised.isdigit() and len(promised) < 20 and int(promised) > most_bytes:
            await _let_pass(request)
            raise too_large
        async for piece in request.stream():
            content += piece
            if len(content) > most_bytes:
                await _let_pass(request)
                raise too_large
        return bytes(content)

    async def _connect(self, scope: Scope, receive: Receive, send: Send) -> None:
        from starlette.websockets import WebSocket

        socket = WebSocket(scope, receive, send)
        serve = self._sockets.get(scope["path"])
        try:
            if serve is None:
                raise not_found("socket")
            headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
            if self._requires_auth and await self._identification.of(headers) is None:
                raise Problem("AuthenticationError", "This is for those who are signed in")
        except Problem as problem:
            content = json.dumps(problem.envelope())
            await socket.send_denial_response(Response(content, problem.status, {**ALWAYS, **problem.headers}))
            return
        await serve(socket)


def _understood(content: bytes, endpoint: endpoints.Endpoint) -> Any:
    assert endpoint.body is not None
    try:
        given = json.loads(content.decode("utf-8"), parse_constant=_no_number)
        json.dumps(given, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise Problem("ValidationError", "The body should be JSON", details={"field": "body"}) from None
    if not isinstance(given, dict):
        raise Problem("ValidationError", "The body should be a JSON object", details={"field": "body"})
    try:
        return endpoint.body.model_validate(given)
    except ValidationError as wrong:
        first = wrong.errors(include_input=False, include_url=False)[0]
        field = str(first["loc"][0]) if first["loc"] else "body"
        raise invalid(field, f"is not right: {first['msg'].removeprefix('Value error, ')}"[:200]) from None


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number")


def _wrong_method(allowed: Collection[str]) -> Problem:
    headers = {"Allow": ", ".join(allowed)}
    return Problem("MethodNotAllowedError", "This method is not allowed here", headers=headers)


async def _let_pass(request: Request) -> None:
    """Throw away what somebody still sends, for a moment: whoever is cut off while sending reads no answer."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(LET_PASS_S):
            async for _ in request.stream():
                pass
