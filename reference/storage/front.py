"""A quick door to moto's store: its own DynamoDB handler behind an asyncio HTTP server.

moto's server takes some milliseconds of processor time for each call, and most of it goes into a thread for each
connection, a Flask application and walking through the answer's description. DynamoDB has none of that here. Every
other service goes the usual way, through moto's own application, on a thread.
"""

from __future__ import annotations

import asyncio
import functools
import io
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from moto.core import responses
from moto.core.request import Request
from moto.core.responses import ActionResult
from moto.dynamodb.responses import DynamoHandler, DynamoResult

THREADS = 64
"""Calls under way at once: of those that wait for a message of a queue, there may be many."""
TARGET = b"x-amz-target"
DYNAMODB = b"DynamoDB_20120810."
_FOUND = ("Items", "Count", "ScannedCount", "LastEvaluatedKey", "ConsumedCapacity")
_CHANGED = ("Attributes", "ConsumedCapacity", "ItemCollectionMetrics")
ITEM_OPERATIONS = {
    "GetItem": ("Item", "ConsumedCapacity"),
    "PutItem": _CHANGED,
    "UpdateItem": _CHANGED,
    "DeleteItem": _CHANGED,
    "Query": _FOUND,
    "Scan": _FOUND,
    "BatchGetItem": ("Responses", "UnprocessedKeys", "ConsumedCapacity"),
}
"""What the answer to each operation on items may hold."""

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


responses.method_names_from_class = functools.cache(  # type: ignore[attr-defined]
    responses.method_names_from_class  # type: ignore[attr-defined]
)
"""moto looks anew at every attribute of a handler for each call; a class has the same ones as long as it lives."""


class QuickDynamoHandler(DynamoHandler):
    """moto's handler, which writes items down as they are: they have the shape of the wire already."""

    def serialized(self, action_result: ActionResult) -> Any:
        members = ITEM_OPERATIONS.get(self._get_action())
        if members is None or type(action_result) is not DynamoResult:
            return super().serialized(action_result)
        result: Any = action_result.result
        try:
            body = json.dumps({name: result[name] for name in members if result.get(name) is not None})
        except TypeError:  # Bytes, which the long way encodes.
            return super().serialized(action_result)
        return 200, {"Content-Type": "application/x-amz-json-1.0", **self.response_headers}, body


class Front:
    """An ASGI application: DynamoDB at once, on the loop, since it never waits; the rest on threads."""

    def __init__(self, others: Wsgi) -> None:
        self._others = others
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="front")

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        body = b""
        while True:
            part = await receive()
            if part["type"] != "http.request":
                return
            body += part.get("body", b"")
            if not part.get("more_body"):
                break
        environ = _environ(scope, body)
        if dict(scope["headers"]).get(TARGET, b"").startswith(DYNAMODB):
            status, headers, answer = _answer_dynamodb(environ)
        else:
            answering = asyncio.get_running_loop().run_in_executor(self._threads, _answer_by, self._others, environ)
            status, headers, answer = await answering
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": answer})


def _answer_dynamodb(environ: dict[str, Any]) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    status, headers, body = QuickDynamoHandler.dispatch(Request(environ))
    answer = body.encode() if isinstance(body, str) else bytes(body)
    pairs = [(name.lower().encode(), str(value).encode()) for name, value in headers.items() if name != "status"]
    return int(status), [*pairs, (b"content-length", str(len(answer)).encode())], answer


def _answer_by(application: Wsgi, environ: dict[str, Any]) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    from werkzeug.test import run_wsgi_app

    parts, status, headers = run_wsgi_app(application, environ, buffered=True)
    pairs = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    return int(status.partition(" ")[0]), pairs, b"".join(parts)


def _environ(scope: Mapping[str, Any], body: bytes) -> dict[str, Any]:
    """Return what WSGI calls the environment of a request."""
    host, port = scope["server"]
    environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"],
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "RAW_URI": scope["raw_path"].decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": scope["client"][0],
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        key = name.decode("latin-1").upper().replace("-", "_")
        environ["CONTENT_TYPE" if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value.decode("latin-1")
    return environ
