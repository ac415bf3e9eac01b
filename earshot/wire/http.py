"""HTTP as a person uses it, observed completely.

A request is stamped just before it is written, an answer when its head comes in, in the transport callback. Both go
into the ledger and are held against the contract.
"""

from __future__ import annotations

import asyncio
import functools
import ssl
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

import httpcore2
import httpx2

from earshot.failures import TargetUnreachable
from earshot.ledger import Http, Kind, Ledger, Observation
from earshot.wire.addresses import filled, with_query
from earshot.wire.bodies import Body
from earshot.wire.openapi import HttpContract
from earshot.wire.reading import as_json
from earshot.wire.stamping import StampedStream, StampingNetwork
from earshot.wire.statements import contradicted

KEPT_OPEN_S = 3.0
"""How long a connection rests before it is given up: shorter than most services wait, who would close it meanwhile."""
NOBODY = (httpx2.TransportError,)
"""What is raised when nobody answers, or not in HTTP."""
SILENT = (httpx2.ReadTimeout,)
"""Which of these says that somebody took the request and did not answer."""
NONE: Mapping[str, str] = MappingProxyType({})
AS_IT_IS: Mapping[str, str] = MappingProxyType({"Accept-Encoding": "identity"})
"""Asks for answers that are not compressed."""
NO_QUERY: Mapping[str, object] = MappingProxyType({})


class HttpClient:
    """What one person asks one service over HTTP: any number of requests at once, on connections that are kept open.

    It asks the service directly, whatever proxy the surroundings name, and follows no redirects.
    """

    def __init__(
        self, *, who: str, base_url: str, ledger: Ledger, contract: HttpContract, headers: Mapping[str, str] = NONE
    ) -> None:
        """Prepare to ask the service at `base_url`, with these headers in every request."""
        self._who = who
        self._leg = f"{who} (over HTTP)"
        self._base_url = base_url.rstrip("/")
        self._ledger = ledger
        self._contract = contract
        self._headers = headers
        self._connections = httpcore2.AsyncConnectionPool(
            ssl_context=_trusted() if urlsplit(base_url).scheme == "https" else None,
            max_connections=None,
            keepalive_expiry=KEPT_OPEN_S,
            network_backend=StampingNetwork(),
        )

    async def ask(
        self,
        method: str,
        path: str,
        parameters: Mapping[str, str] = NONE,
        *,
        asks: str = "",
        query: Mapping[str, object] = NO_QUERY,
        headers: Mapping[str, str] = NONE,
        body: Body | None = None,
        takes: Callable[[bytes], object] | None = None,
        checked: bool = True,
        within_s: float = 5.0,
    ) -> Observation:
        """Return the answer, whatever its status (`code`): its `message` if that is a JSON object, else its `payload`.

        `path` is one of the contract, whose {parameters} are filled in; `asks` says in words what the person wants.
        `takes` is handed the parts of the answer's body as they come, instead of keeping them. `checked=False` is for
        people who mean to break the contract. Raises TargetUnreachable when there is no connection, and
        AssertionError when a request that was sent is not answered in full within that time.
        """
        operation = f"{method} {path}"
        all_headers = {**AS_IT_IS, **self._headers, **headers}
        if checked:
            self._insist(operation, parameters, query, all_headers, body)
        target = with_query(filled(path, parameters), query)
        asked = Http(operation, target, {name.lower(): value for name, value in all_headers.items()})
        words = f"{asks or 'asks'} ({method} {target})"
        request = _request(method, self._base_url + target, all_headers, body)
        sent: list[Observation] = []

        async def trace(event: str, _: Mapping[str, Any]) -> None:
            if event == "http11.send_request_headers.started":
                shown, payload = (body.shown, b"") if body and body.shown else ({}, _content(request))
                size = int(request.headers.get("content-length", 0))
                sent.append(self._keep(Kind.SENT, asked, message=shown, payload=payload, size_bytes=size, words=words))

        try:
            async with asyncio.timeout(within_s):
                return await self._exchange(request, asked, sent, trace, takes)
        except httpcore2.ConnectError as failure:
            raise self._unreachable(target, failure) from failure
        except (httpcore2.NetworkError, httpcore2.RemoteProtocolError) as failure:
            how = f"the connection broke before the answer to {method} {target} was complete ({failure})"
            self._keep(Kind.CLOSED, asked, words=how)
            raise AssertionError(f"{self._who} {asks or 'asks'}, but {how}") from failure
        except TimeoutError:
            if not sent:
                raise self._unreachable(target, "no connection in time") from None
            raise AssertionError(f"{self._who} {words}, waited {within_s:g} s, and was not answered in full") from None

    async def close(self) -> None:
        await self._connections.aclose()

    async def _exchange(
        self,
        request: httpx2.Request,
        asked: Http,
        sent: list[Observation],
        trace: Callable[[str, Mapping[str, Any]], Any],
        takes: Callable[[bytes], object] | None,
    ) -> Observation:
        response = await self._connections.handle_async_request(
            httpcore2.Request(
                request.method,
                str(request.url),
                headers=request.headers.raw,
                content=request.stream,
                extensions={"trace": trace},
            )
        )
        stream: StampedStream = response.extensions["network_stream"]
        arrived_ns, parts, size = stream.began_ns, [], 0
        try:
            async for part in response.aiter_stream():
                size += len(part)
                if takes is not None:
                    takes(part)
                else:
                    parts.append(part)
        finally:
            await response.aclose()
        payload = b"".join(parts)
        answer = as_json(payload)
        headers = dict(httpx2.Headers(response.headers))
        got = Http(asked.operation, asked.target, headers, sent[0].number, stream.ended_ns)
        kept = self._keep(
            Kind.RECEIVED,
            got,
            at_ns=arrived_ns,
            message=answer if isinstance(answer, dict) else {},
            payload=b"" if isinstance(answer, dict) else payload,
            size_bytes=size,
            words=f"is answered: {response.status} {_meaning(response.status)}".rstrip(),
            code=response.status,
        )
        wrong = self._contract.check_answer(asked.operation, response.status, headers, payload, whole=not takes)
        if wrong := wrong or contradicted(response.status, headers, answer):
            details = {"message": kept.message, "words": wrong, "code": kept.code}
            self._keep(Kind.VIOLATION, got, at_ns=arrived_ns, **details)
        return kept

    def _insist(
        self,
        operation: str,
        parameters: Mapping[str, str],
        query: Mapping[str, object],
        headers: Mapping[str, str],
        body: Body | None,
    ) -> None:
        given: Mapping[str, Mapping[str, object]] = {"path": parameters, "query": query, "header": headers}
        content = (body.content_type, body.value) if body else (None,)
        if violation := self._contract.check_request(operation, given, *content):
            raise ValueError(f"the harness was about to break the contract itself: {violation}")

    def _unreachable(self, target: str, why: object) -> TargetUnreachable:
        return TargetUnreachable(
            f"nobody answers at {self._base_url}{target} ({why}); is the service running, and is its address right?"
        )

    def _keep(self, kind: Kind, http: Http, *, at_ns: int | None = None, **details: Any) -> Observation:
        return self._ledger.keep(
            Observation(at_ns or time.monotonic_ns(), self._who, self._leg, kind, http=http, **details)
        )


def get(address: str, *, within_s: float, headers: Mapping[str, str] = NONE) -> tuple[int, bytes]:
    """Return status and body of what is at an address, whatever the status; raises one of NOBODY if nobody answers."""
    return _asked("GET", address, within_s, {"Accept": "application/json", **headers})


def post(address: str, body: Mapping[str, Any], *, within_s: float) -> tuple[int, bytes]:
    """Send an object as JSON; return and raise as `get` does."""
    return _asked("POST", address, within_s, NONE, body)


def _asked(
    method: str, address: str, within_s: float, headers: Mapping[str, str], body: Mapping[str, Any] | None = None
) -> tuple[int, bytes]:
    trust = _trusted() if address.startswith("https") else False
    answer = httpx2.request(
        method, address, headers=dict(headers), json=body, timeout=within_s, trust_env=False, verify=trust
    )
    return answer.status_code, answer.content


@functools.cache
def _trusted() -> ssl.SSLContext:
    """Return whom to trust: read once, since it takes a while."""
    return ssl.create_default_context()


def _request(method: str, url: str, headers: Mapping[str, str], body: Body | None) -> httpx2.Request:
    """Return a request, with the type of its body unless somebody chose another."""
    request = httpx2.Request(method, url, headers=dict(headers), **(body.encoded_as if body else {}))
    if body is not None and "content-type" not in request.headers:
        request.headers["content-type"] = body.content_type
    return request


def _content(request: httpx2.Request) -> bytes:
    """Return the body of a request, as far as it exists beforehand."""
    return request.content if isinstance(request.stream, httpx2.ByteStream) else b""


def _meaning(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
