"""The error envelope (BRO-3.6.1)."""

from __future__ import annotations

from reference.refusal import Refusal


def error_envelope(refusal: Refusal, now_ms: int) -> dict[str, object]:
    """Return a refusal as clients see it, on a socket or as the body of a refused upgrade."""
    envelope: dict[str, object] = {
        "type": "error",
        "code": refusal.code,
        "message": refusal.message,
        "statusCode": refusal.status,
        "timestamp": now_ms,
    }
    if refusal.details:
        envelope["details"] = refusal.details
    return envelope
