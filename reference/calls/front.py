"""Every request passes here: who asks, whether they may, how often, with what; and every answer leaves here.

Whoever is refused is refused before the body of the request is read, so that refusing costs less than serving; that
is why bodies are not read by a framework.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from pydantic import ValidationError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from reference.calls import correlation
from reference.calls.endpoints import AGENT, PUBLIC, Endpoint, Endpoints
from reference.calls.figures import Figures
from reference.calls.problem import Problem, invalid
from reference.calls.resilience.limiter import Limiter
from reference.calls.security import headers as security_headers
from reference.calls.security.filter import inspect, parsed
from reference.calls.security.identify import Identification, address_of
from reference.calls.security.principals import Principal, anonymous
from reference.http.endpoints import Asked, Reply
from reference.journal import Journal

INTERNAL = "X-Internal-Service"
LARGE_BYTES = 1 << 16
"""From this size on a body is understood on a thread, so that nobody else waits."""
LET_PASS_S = 0.4
BODY_WITHIN_S = 5.0
"""How long whoever sends a body may take."""


class OnProblem(Protocol):
    def __call__(self, problem: Problem, correlation_id: str, path: str, method: str) -> None:
        """Learn that a request was refused, or failed."""


class Front:
    """The ASGI application."""

    def __init__(
        self,
        endpoints: Endpoints,
        sockets: Mapping[str, Callable[..., Awaitable[None]]],
        identification: Identification,
        limiter: Limiter,
        figures: Figures,
        on_problem: OnProblem,
        before: Callable[[str], Awaitable[None]],
        look: Callable[[], Awaitable[None]],
        *,
        origins: tuple[str, ...],
        body_max_bytes: int,
    ) -> None:
        """`before` is called before each request is handled, with its path; whatever it raises is raised.

        `look` returns when it is known of now which stores are there.
        """
        self._endpoints = endpoints
        self._sockets = sockets
        self._identification = identification
        self._limiter = limiter
        self._figures = figures
        self._on_problem = on_problem
        self._before = before
        self._look = look
        self._origins = frozenset(origins)
        self._body_max_bytes = body_max_bytes
        self._journal = Journal("calls")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._connect(scope, receive, send)
            return
        request = Request(scope, receive)
        began_s = time.perf_counter()
        correlation_id = correlation.begin(request.headers.get(correlation.HEADER))
        origin = security_headers.for_origin(request.headers.get("origin"), self._origins)
        always = {**security_headers.ALWAYS, **origin, correlation.HEADER: correlation_id}
        template, limits = "unknown", dict[str, str]()
        try:
            if request.method == "OPTIONS" and "access-control-request-method" in request.headers:
                asked = request.headers.get("access-control-request-headers")
                reply = Reply(status=204, headers=security_headers.preflight(asked) if origin else {}, content=b"")
            else:
                endpoint, parameters = self._endpoints.find(request.method, scope["path"])
                template = endpoint.path
                reply = await self._answer(request, endpoint, parameters, correlation_id, limits)
        except ClientDisconnect:
            return
        except Problem as problem:
            reply = self._refused(problem, request, correlation_id)
        except Exception as failure:  # whatever it is, the client is told no more than that
            self._journal.error("request", "a request failed", failure=failure, session_id=correlation_id)
            reply = self._refused(Problem("INTERNAL_ERROR", "Something went wrong"), request, correlation_id)
        took_s = time.perf_counter() - began_s
        self._note(request.method, template, reply.status, took_s, correlation_id)
        body = None if reply.body is None else {"correlation_id": correlation_id, **reply.body}
        content = json.dumps(body, ensure_ascii=False).encode() if reply.content is None else reply.content
        response = Response(content, reply.status, {**always, **limits, **reply.headers}, reply.media_type)
        await response(scope, receive, send)

    async def _answer(
        self,
        request: Request,
        endpoint: Endpoint,
        parameters: Mapping[str, str],
        correlation_id: str,
        limits: dict[str, str],
    ) -> Reply:
        raw = request.scope["headers"]
        peer = request.client.host if request.client else ""
        address = address_of(raw, peer)
        principal, not_known = await self._identified(endpoint.who, raw, peer, address)
        if endpoint.is_limited and not (principal.is_internal and INTERNAL in request.headers):
            await self._look()
            try:
                limits.update(self._limiter.admit(principal, request.scope["path"], address))
            except Problem as refused:
                self._figures.count("rate_limit_rejections", rule=refused.details["rule"])
                raise
        if not_known is not None:
            raise not_known
        endpoint.insist(principal)
        content, body = await self._body(request, endpoint)
        await self._before(request.scope["path"])
        asked = Asked(
            principal,
            request.method,
            request.scope["path"],
            parameters,
            dict(request.query_params),
            request.headers,
            address,
            correlation_id,
            content,
            body,
        )
        answer = await endpoint.handler(asked)
        return answer if isinstance(answer, Reply) else Reply(answer)

    async def _identified(
        self, who: str | tuple[str, ...], raw: Any, peer: str, address: str
    ) -> tuple[Principal, Problem | None]:
        """Return who asks, or nobody and why what they showed is no good: limits count for them all the same."""
        try:
            if who == PUBLIC:
                return anonymous(address), None
            if who == AGENT:
                return self._identification.agent(raw, peer), None
            return await self._identification.of(raw, peer), None
        except Problem as not_known:
            if not_known.status != 401:
                raise
            return anonymous(address), not_known

    async def _body(self, request: Request, endpoint: Endpoint) -> tuple[bytes, Any]:
        if endpoint.body is None and endpoint.is_filtered:
            return b"", None
        content = await self._content(request)
        if endpoint.body is None or (endpoint.body_may_be_missing and not content):
            return content, None
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            raise Problem("UNSUPPORTED_MEDIA_TYPE", "The body should be JSON")
        if len(content) < LARGE_BYTES:
            return content, self._understood(content, endpoint)
        return content, await asyncio.to_thread(self._understood, content, endpoint)

    @staticmethod
    def _understood(content: bytes, endpoint: Endpoint) -> Any:
        assert endpoint.body is not None
        given = parsed(content)
        if endpoint.is_filtered:
            inspect(given, endpoint.spoken)
        try:
            return endpoint.body.model_validate(given)
        except ValidationError as wrong:
            issues = {_path(one["loc"]): str(one["msg"])[:200] for one in wrong.errors(include_input=False)}
            raise invalid(issues) from None

    async def _content(self, request: Request) -> bytes:
        promised = request.headers.get("content-length", "0")
        content = bytearray()
        if promised.isdigit() and len(promised) < 20 and int(promised) > self._body_max_bytes:
            await _let_pass(request, 2 * self._body_max_bytes)
            raise Problem("PAYLOAD_TOO_LARGE", "The body is too large", headers={"Connection": "close"})
        try:
            async with asyncio.timeout(BODY_WITHIN_S):
                async for piece in request.stream():
                    content += piece
                    if len(content) > self._body_max_bytes:
                        raise Problem("PAYLOAD_TOO_LARGE", "The body is too large", headers={"Connection": "close"})
        except TimeoutError:
            raise Problem("BAD_REQUEST", "The body does not end", headers={"Connection": "close"}) from None
        return bytes(content)

    def _refused(self, problem: Problem, request: Request, correlation_id: str) -> Reply:
        path, method = request.scope["path"], request.method
        self._figures.count("errors", code=problem.code)
        if problem.code == "AUTHENTICATION_ERROR":
            self._figures.count("auth_failures", reason=problem.details.get("reason", ""))
            self._figures.sign_in_refused()
        self._on_problem(problem, correlation_id, path, method)
        return Reply(problem.envelope(correlation_id, method, path), problem.status, problem.all_headers())

    def _note(self, method: str, template: str, status: int, took_s: float, correlation_id: str) -> None:
        self._figures.count("http_requests", method=method, endpoint=template, status_code=str(status))
        self._figures.time("http_request_duration_seconds", took_s)
        self._figures.answered(took_s, well=status < 500)
        self._journal.info(
            "request",
            "a request was answered",
            session_id=correlation_id,
            method=method,
            endpoint=template,
            status=status,
            took_ms=round(1000 * took_s, 1),
        )

    async def _connect(self, scope: Scope, receive: Receive, send: Send) -> None:
        from starlette.websockets import WebSocket

        socket = WebSocket(scope, receive, send)
        correlation.begin(socket.headers.get(correlation.HEADER))
        serve = self._sockets.get(scope["path"])
        try:
            if serve is None:
                raise Problem("NOT_FOUND", "There is nothing here")
            await serve(socket)
        except Problem as problem:
            self._figures.count("errors", code=problem.code)
            envelope = problem.envelope(correlation.current.get(), "GET", scope["path"])
            await socket.send_denial_response(Response(json.dumps(envelope), problem.status, problem.all_headers()))


async def _let_pass(request: Request, most_bytes: int) -> None:
    """Throw away what somebody still sends, within reason: whoever is cut off while sending reads no answer."""
    passed = 0
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(LET_PASS_S):
            async for piece in request.stream():
                passed += len(piece)
                if passed > most_bytes:
                    return


def _path(place: tuple[int | str, ...]) -> str:
    """Return which field it is; what speaks of credentials is called no more than that (AUTH-26)."""
    return re.sub("password|secret|key|token", "credential", ".".join(map(str, place))) or "body"
