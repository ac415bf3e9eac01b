"""What every answer says to browsers (AUTH-27 to AUTH-29)."""

from __future__ import annotations

from collections.abc import Collection

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-XSS-Protection": "1; mode=block",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "Content-Security-Policy": "default-src 'self'; object-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "strict-origin-when-cross-origin",
}
_METHODS = "GET, POST, PUT, PATCH, DELETE, OPTIONS"


def for_origin(origin: str | None, allowed: Collection[str]) -> dict[str, str]:
    """Return what lets a page of this origin read the answer; nothing for an origin that is not allowed."""
    if origin is None or origin not in allowed:
        return {}
    return {"Access-Control-Allow-Origin": origin, "Access-Control-Allow-Credentials": "true", "Vary": "Origin"}


def preflight(asked_headers: str | None) -> dict[str, str]:
    return {
        "Access-Control-Allow-Methods": _METHODS,
        "Access-Control-Allow-Headers": asked_headers or "Authorization, Content-Type",
        "Access-Control-Max-Age": "600",
    }
