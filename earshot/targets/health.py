"""Whether a service answers on its page /health, asked until it does."""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from earshot.failures import TargetUnreachable

PATIENCE_S = 30.0
"""How long a service may take to start (conversation sheet, CONV-74)."""
ASK_EVERY_S = 0.25
ANSWER_WITHIN_S = 5.0
STATES = ("ok", "warning")

_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""A service under test is asked directly, whatever proxy the surroundings name."""


def await_health(
    name: str,
    base_url: str,
    *,
    within_s: float = PATIENCE_S,
    now: Callable[[], float] = time.monotonic,
    rest: Callable[[float], None] = time.sleep,
) -> str:
    """Return the state of the service at `base_url` as soon as it tells one: ok or warning.

    Raises TargetUnreachable, with what came last, when it does not in time.
    """
    deadline = now() + within_s
    while True:
        state, words = _ask(f"{base_url.rstrip('/')}/health")
        if state in STATES:
            return state
        if now() + ASK_EVERY_S > deadline:
            raise TargetUnreachable(
                f"the target {name} should tell within {within_s:g} s at {base_url.rstrip('/')}/health that it is "
                f"{' or '.join(STATES)}, but {words}; start it, or correct the address (API_URL, -D api_url=… or "
                f"`endpoints.conversation` in the target file)"
            )
        rest(ASK_EVERY_S)


def keeps_conversations(base_url: str) -> bool:
    """Whether the service offers to read what was said in a session (conversation sheet, CONV-38)."""
    status, body = _get(f"{base_url.rstrip('/')}/api/conversations/{quote('earshot-asks')}")
    return status == http.HTTPStatus.OK and isinstance(body, dict) and "segments" in body


def _ask(address: str) -> tuple[str, str]:
    """Return the state that a page tells, or nothing, and in words what came instead."""
    try:
        status, body = _get(address)
    except (OSError, http.client.HTTPException) as failure:
        return "", f"nobody answers ({getattr(failure, 'reason', failure)})"
    if status != http.HTTPStatus.OK or not isinstance(body, dict):
        return "", f"it answers with status {status} and no state"
    return str(body.get("status")), f"it says that it is {body.get('status')!r}"


def _get(address: str) -> tuple[int, Any]:
    try:
        with _direct.open(address, timeout=ANSWER_WITHIN_S) as answer:
            return answer.status, _json(answer.read())
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, _json(refusal.read())


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
