"""Errors as this service tells them: one envelope for all, and what each code means."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple


class Meaning(NamedTuple):
    status: int
    category: str
    severity: str
    retry_after_s: int | None = None


MEANINGS = {
    "BAD_REQUEST": Meaning(400, "validation", "low"),
    "SECURITY_VIOLATION": Meaning(400, "validation", "medium"),
    "AUTHENTICATION_ERROR": Meaning(401, "authentication", "medium"),
    "AUTHORIZATION_ERROR": Meaning(403, "authorization", "medium"),
    "NOT_FOUND": Meaning(404, "validation", "low"),
    "METHOD_NOT_ALLOWED": Meaning(405, "validation", "low"),
    "CONFLICT": Meaning(409, "business_logic", "low"),
    "PAYLOAD_TOO_LARGE": Meaning(413, "validation", "low"),
    "UNSUPPORTED_MEDIA_TYPE": Meaning(415, "validation", "low"),
    "VALIDATION_ERROR": Meaning(422, "validation", "low"),
    "RATE_LIMIT_EXCEEDED": Meaning(429, "rate_limit", "medium"),
    "INTERNAL_ERROR": Meaning(500, "system", "critical"),
    "SYSTEM_ERROR": Meaning(500, "system", "critical"),
    "DATABASE_ERROR": Meaning(500, "database", "critical"),
    "PMS_NOT_IMPLEMENTED": Meaning(501, "pms_connector", "low"),
    "PMS_CONNECTOR_ERROR": Meaning(503, "pms_connector", "high", 30),
    "EXTERNAL_SERVICE_ERROR": Meaning(503, "external_service", "high", 30),
    "CONNECTION_ERROR": Meaning(503, "external_service", "high", 30),
    "TIMEOUT_ERROR": Meaning(503, "external_service", "high", 60),
    "CIRCUIT_BREAKER_OPEN": Meaning(503, "circuit_breaker", "high", 1),
    "BACKPRESSURE_REJECTED": Meaning(503, "system", "medium", 1),
    "SERVICE_UNAVAILABLE": Meaning(503, "database", "critical", 30),
}
"""Every code (ERR-1); a dependency's failure that reaches a client is always 503, and the code names the cause."""

SERVICE = "orchestrator"


class Problem(Exception):
    """A "no" to a client; `message` is for people and holds nothing internal, nor do `details`."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        details: dict[str, Any] | None = None,
        retry_after_s: int | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.meaning = MEANINGS[code]
        self.message = message
        self.details = details or {}
        self.retry_after_s = self.meaning.retry_after_s if retry_after_s is None else retry_after_s
        self.headers = headers or {}

    @property
    def status(self) -> int:
        return self.meaning.status

    def all_headers(self) -> dict[str, str]:
        waiting = {} if self.retry_after_s is None else {"Retry-After": str(self.retry_after_s)}
        return {**self.headers, **waiting}

    def envelope(self, correlation_id: str, method: str, path: str) -> dict[str, Any]:
        error = {
            "code": self.code,
            "message": self.message,
            "correlation_id": correlation_id,
            "timestamp": now(),
            "category": self.meaning.category,
            "severity": self.meaning.severity,
            "details": self.details,
            "retry_after": self.retry_after_s,
            "service": SERVICE,
        }
        return {
            "error": error,
            "request_id": correlation_id,
            "correlation_id": correlation_id,
            "path": path,
            "method": method,
        }


def fields(issues: Mapping[str, str]) -> dict[str, Any]:
    """Return the details of a problem that names fields, each by its path."""
    return {"fields": [{"field": name, "issue": issue} for name, issue in issues.items()]}


def invalid(issues: Mapping[str, str], message: str = "The request is not valid") -> Problem:
    """Return the problem of a request whose fields, each by its path, are not as they must be."""
    return Problem("VALIDATION_ERROR", message, details=fields(issues))


def unavailable(component: str) -> Problem:
    """Return the problem of a store that fails (ERR-15, ERR-16)."""
    return Problem("SERVICE_UNAVAILABLE", f"The {component} is unavailable", details={"component": component})


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
