"""Asking for a page over HTTP."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request

NOBODY = (OSError, http.client.HTTPException)
"""What is raised when nobody answers, or not in HTTP."""

_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""A service under test is asked directly, whatever proxy the surroundings name."""


def get(address: str, *, within_s: float) -> tuple[int, bytes]:
    """Return status and body of a page, whatever the status; raises one of NOBODY when nobody answers."""
    request = urllib.request.Request(address, headers={"Accept": "application/json"})
    try:
        with _direct.open(request, timeout=within_s) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.read()


def as_json(body: bytes) -> object:
    """Return what a body says as JSON; None where it is no JSON."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def why(failure: BaseException) -> object:
    """Return why nobody answered, without the name of what found out."""
    return getattr(failure, "reason", failure)
