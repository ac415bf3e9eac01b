"""Whether a service is up, asked until it says so."""

from __future__ import annotations

import time
from collections.abc import Callable
from http import HTTPStatus

from earshot.agreement import openapi
from earshot.failures import TargetUnreachable
from earshot.wire.http import NOBODY, get
from earshot.wire.reading import as_json

HEALTH = "/health"
PATIENCE_S = 30.0
"""How long a service may take to start (CONV-74)."""
ASK_EVERY_S = 0.25
ANSWER_WITHIN_S = 5.0
STATES = ("ok", "warning")


def await_health(
    name: str,
    base_url: str,
    *,
    hint: str,
    within_s: float = PATIENCE_S,
    now: Callable[[], float] = time.monotonic,
    rest: Callable[[float], None] = time.sleep,
) -> str:
    """Return the state of the service at `base_url` as soon as it tells one: ok or warning.

    Raises TargetUnreachable, with what came last and `hint` of how the address is given, when it does not in time.
    """
    deadline = now() + within_s
    while True:
        state, words = _ask(f"{base_url.rstrip('/')}{HEALTH}")
        if state in STATES:
            return state
        if now() + ASK_EVERY_S > deadline:
            raise TargetUnreachable(
                f"the target {name} should tell within {within_s:g} s at {base_url.rstrip('/')}{HEALTH} that it is "
                f"{' or '.join(STATES)}, but {words}; start it, or correct the address ({hint})"
            )
        rest(ASK_EVERY_S)


def has_health(system: str) -> bool:
    """Whether services of a system have to tell how they are."""
    document = openapi(system)
    return document is not None and HEALTH in document["paths"]


def _ask(address: str) -> tuple[str, str]:
    """Return the state that is told there, or nothing, and in words what came instead."""
    try:
        status, body = get(address, within_s=ANSWER_WITHIN_S)
    except NOBODY as failure:
        return "", f"nobody answers ({failure})"
    answer = as_json(body)
    if status != HTTPStatus.OK or not isinstance(answer, dict):
        return "", f"it answers with status {status} and no state"
    return str(answer.get("status")), f"it says that it is {answer.get('status')!r}"
