"""Whether a service answers on its page /health, asked until it does."""

from __future__ import annotations

import time
from collections.abc import Callable
from http import HTTPStatus

from earshot.failures import TargetUnreachable
from earshot.wire.http import NOBODY, as_json, get, why

PATIENCE_S = 30.0
"""How long a service may take to start (conversation sheet, CONV-74)."""
ASK_EVERY_S = 0.25
ANSWER_WITHIN_S = 5.0
STATES = ("ok", "warning")


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
    status, body = get(f"{base_url.rstrip('/')}/api/conversations/earshot-asks", within_s=ANSWER_WITHIN_S)
    answer = as_json(body)
    return status == HTTPStatus.OK and isinstance(answer, dict) and "segments" in answer


def _ask(address: str) -> tuple[str, str]:
    """Return the state that a page tells, or nothing, and in words what came instead."""
    try:
        status, body = get(address, within_s=ANSWER_WITHIN_S)
    except NOBODY as failure:
        return "", f"nobody answers ({why(failure)})"
    answer = as_json(body)
    if status != HTTPStatus.OK or not isinstance(answer, dict):
        return "", f"it answers with status {status} and no state"
    return str(answer.get("status")), f"it says that it is {answer.get('status')!r}"
