"""How requests over HTTP are answered: headers, the two forms of a refusal, and what is too much."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from fastapi.responses import JSONResponse

from reference.http.doors import Application, Receive, Scope, Send
from reference.journal import Journal
from reference.studio.model import Refused

if TYPE_CHECKING:
    from starlette.requests import Request

TOO_LARGE = 413
CODES = {400: "BAD_REQUEST", 404: "NOT_FOUND", 405: "BAD_REQUEST", 413: "VALIDATION_ERROR", 422: "VALIDATION_ERROR"}
SECURITY = {
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"no-referrer",
    b"cache-control": b"no-store",
}


class Fault(Exception):
    """A request that reached no endpoint, or whose body lacks a field."""

    def __init__(self, status: int, message: str, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.fields = fields


def stamp() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def refusal(request: Request, refused: Refused) -> JSONResponse:
    """Return form A: an endpoint says no."""
    body = {
        "error": refused.message,
        "error_code": None,
        "status_code": refused.status,
        "path": request.url.path,
        "timestamp": stamp(),
        "details": None,
        "request_id": None,
    }
    return JSONResponse(body, refused.status)


def fault(status: int, message: str, fields: Mapping[str, str] | None = None) -> JSONResponse:
    """Return form B: no endpoint was reached, or it failed."""
    error: dict[str, Any] = {"code": CODES.get(status, "INTERNAL_ERROR"), "message": message, "timestamp": stamp()}
    if fields:
        error["details"] = {"fields": dict(fields), "count": len(fields)}
    return JSONResponse({"error": error}, status)


def signed(application: Application) -> Application:
    """Put on every answer which request it is for and how long that took, and log what failed."""
    journal = Journal("studio")

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        began_s, request_id = time.perf_counter(), uuid.uuid4().hex

        async def sign(message: Any) -> None:
            if message["type"] == "http.response.start":
                spent = f"{time.perf_counter() - began_s:.4f}".encode()
                told = {b"x-request-id": request_id.encode(), b"x-process-time": spent, **SECURITY}
                message = {**message, "headers": [*message.get("headers", ()), *told.items()]}
            await send(message)

        try:
            await application(scope, receive, sign)
        except Exception as failure:  # the last stop: whoever asked was told, and the log has the rest
            journal.error("answer", "a request failed", failure=failure, path=scope["path"], request=request_id)

    return answer


def limited(application: Application, most_bytes: int) -> Application:
    """Refuse bodies that are longer, before they have come whole (STU-47)."""
    too_large = Fault(TOO_LARGE, f"The body has more than {most_bytes} bytes.")

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        length = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
        if length.isdigit() and int(length) > most_bytes:
            await fault(too_large.status, too_large.message)(scope, receive, send)
            return
        left = most_bytes

        async def take() -> Any:
            nonlocal left
            message = await receive()
            left -= len(message.get("body", b""))
            if left < 0:
                raise too_large
            return message

        await application(scope, take, send)

    return answer
