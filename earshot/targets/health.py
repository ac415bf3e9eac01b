"""Whether a service is up, asked until it says so."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from earshot.agreement import openapi
from earshot.failures import TargetUnreachable
from earshot.wire.http import NOBODY, SILENT, get
from earshot.wire.reading import as_json

PATIENCE_S = 30.0
"""How long a service may take to start (CONV-74, STU-106)."""
ANSWER_WITHIN_S = 5.0
ENOUGH_S = 0.1
"""The shortest time in which an answer is waited for."""


@dataclass(frozen=True, slots=True)
class Health:
    """Where the services of a system tell that they are up, and how patiently they are asked (`x-up`)."""

    path: str
    states: tuple[str, ...]
    """What they say then."""
    every_s: float
    tries: int | None = None
    """How often they are asked at most; None for as long as the patience lasts."""
    silent_s: float = PATIENCE_S
    """How long one may be silent who accepts connections (STU-108)."""


def health_of(system: str) -> Health | None:
    """Return how the services of a system tell that they are up; None if they need not."""
    paths = (openapi(system) or {"paths": {}})["paths"]
    found = ((path, item["x-up"]) for path, item in paths.items() if "x-up" in item)
    return next((Health(path, tuple(how.pop("states")), **how) for path, up in found if (how := dict(up))), None)


def await_health(
    name: str,
    base_url: str,
    health: Health,
    *,
    hint: str,
    now: Callable[[], float] = time.monotonic,
    rest: Callable[[float], None] = time.sleep,
) -> str:
    """Return the state of the service at `base_url` as soon as it tells one of those it has when it is up.

    Raises TargetUnreachable, with what came last and `hint` of how the address is given, when it does not in time.
    """
    address = f"{base_url.rstrip('/')}{health.path}"
    began_s = now()
    until_s, tries = began_s + PATIENCE_S, 0
    while True:
        asked_s = now()
        state, words, is_silent = _ask(address, max(ENOUGH_S, min(ANSWER_WITHIN_S, until_s - asked_s)))
        if state in health.states:
            return state
        tries += 1
        if is_silent:
            until_s = min(until_s, asked_s + health.silent_s)
        if tries == health.tries or now() + health.every_s > until_s:
            raise TargetUnreachable(
                f"the target {name} should tell at {address} that it is {' or '.join(health.states)}, but {words} "
                f"(asked {tries} times in {now() - began_s:.0f} s); start it, or correct the address ({hint})"
            )
        rest(health.every_s)


def _ask(address: str, within_s: float) -> tuple[str, str, bool]:
    """Return the state that is told there, or nothing; in words what came instead; and whether somebody is silent."""
    try:
        status, body = get(address, within_s=within_s)
    except SILENT:
        return "", "whoever accepts connections there says nothing", True
    except NOBODY as failure:
        return "", f"nobody answers ({failure})", False
    answer = as_json(body)
    if status != HTTPStatus.OK or not isinstance(answer, dict) or "status" not in answer:
        return "", f"it answers with status {status} and no state", False
    return str(answer["status"]), f"it says that it is {answer['status']!r}", False
