"""Errors as this service tells them: one envelope for all (section 2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

STATUSES = {
    "ValidationError": (400, "VALIDATION_ERROR"),
    "AuthenticationError": (401, "AUTH_REQUIRED"),
    "AuthorizationError": (403, "PERMISSION_DENIED"),
    "NotFoundError": (404, "NOT_FOUND"),
    "MethodNotAllowedError": (405, "METHOD_NOT_ALLOWED"),
    "ConflictError": (409, "CONFLICT"),
    "FileSizeError": (413, "FILE_ERROR"),
    "SummaryError": (422, "SUMMARY_EMPTY"),
    "RateLimitError": (429, "RATE_LIMITED"),
    "InternalError": (500, "INTERNAL_ERROR"),
    "CablecastAuthenticationError": (502, "CABLECAST_ERROR"),
    "CablecastError": (502, "CABLECAST_ERROR"),
    "DatabaseError": (503, "DATABASE_ERROR"),
    "StorageError": (503, "STORAGE_ERROR"),
    "QueueError": (503, "QUEUE_ERROR"),
    "CablecastConnectionError": (503, "CABLECAST_ERROR"),
    "CircuitOpenError": (503, "CABLECAST_ERROR"),
    "CablecastTimeoutError": (504, "CABLECAST_ERROR"),
}
"""By type: the status, and the code where there is one for all of its kind."""
UNAVAILABLE = 503
TRY_AGAIN_AFTER_S = 2


class Problem(Exception):
    """A "no" to a client; `message` is for people and holds nothing of the host."""

    def __init__(
        self,
        kind: str,
        message: str,
        *,
        code: str = "",
        details: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.status, usual = STATUSES[kind]
        self.code = code or usual
        self.message = message
        self.details = dict(details or {})
        waiting = {"Retry-After": str(TRY_AGAIN_AFTER_S)} if self.status == UNAVAILABLE else {}
        self.headers = {**waiting, **(headers or {})}

    def envelope(self) -> dict[str, Any]:
        error = {"type": self.kind, "code": self.code, "message": self.message, "details": self.details}
        return {"success": False, "error": error, "timestamp": now()}


def invalid(field: str, issue: str) -> Problem:
    """Return the problem of a request with this field, which "should be …"."""
    return Problem("ValidationError", f"{field} {issue}", details={"field": field})


def not_found(what: str) -> Problem:
    return Problem("NotFoundError", f"There is no such {what}")


def conflict(message: str) -> Problem:
    return Problem("ConflictError", message)


def database_down() -> Problem:
    return Problem("DatabaseError", "The database is unavailable")


def now() -> str:
    return moment(datetime.now(UTC).timestamp())


def moment(at_s: float) -> str:
    """Return a time by the wall clock as it is told."""
    return datetime.fromtimestamp(at_s, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
