"""What a run needs is looked up before its first suite, so that one sentence says what a hundred failures would.

Looked up are what the surroundings name by variables, the control plane of the target, and whether what somebody signs
in with is also accepted.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Mapping
from urllib.parse import urlsplit

from earshot.failures import TargetUnreachable, Unusable
from earshot.running.suites import Configuration
from earshot.targets.accounts import accounts_of
from earshot.targets.definition import Definition
from earshot.wire.http import NOBODY, get, post

WITHIN_S = 2.0
"""For each of what is looked up (RUN-14)."""
_PORTS = {"redis": 6379, "rediss": 6379, "https": 443}
UNAUTHORISED, REFUSED, BROKEN = 401, 400, 500


def check(configured: Configuration, target: Definition | None, environment: Mapping[str, str] = os.environ) -> None:
    """Raise Unusable with one sentence about the first thing that is not as it should be."""
    for need in configured.needs:
        if address := environment.get(need["variable"]):
            named = f"{need['what']} at {_place(address)} ({need['variable']})"
            if need.get("answers"):
                _answers(address, named)
            else:
                _listens(address, named)
    if target is None:
        return
    if target.control:
        _answers(target.control, f"the control plane at {_place(target.control)}")
    for how in configured.sign_ins:
        endpoint = target.endpoints.get(how["system"])
        if endpoint is not None and endpoint.http and how["role"] in target.accounts.get(how["system"], {}):
            account = accounts_of(target.accounts)[how["system"]][how["role"]]
            _signs_in(endpoint.http.rstrip("/"), how, account.user, account.password)


def _listens(address: str, named: str) -> None:
    parts = urlsplit(address)
    try:
        socket.create_connection(
            (parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 80)), WITHIN_S
        ).close()  # fmt: skip
    except (OSError, ValueError):
        raise TargetUnreachable(f"{named} cannot be reached; start it, or unset the variable") from None


def _answers(address: str, named: str) -> None:
    try:
        status, _ = get(address, within_s=WITHIN_S)
    except NOBODY:
        raise TargetUnreachable(f"{named} does not answer; start it, or correct the address") from None
    if status >= BROKEN:
        raise Unusable(f"{named} is misconfigured: it answers with status {status}")


def _signs_in(base_url: str, how: Mapping[str, str], user: str, password: str) -> None:
    """Insist that a token that the service has just signed is one that it accepts."""
    try:
        status, body = post(base_url + how["at"], {"email": user, "password": password}, within_s=WITHIN_S)
        if status >= REFUSED:
            raise Unusable(f"the service lets nobody sign in as {how['role']}: status {status}")
        headers = {"Authorization": f"Bearer {json.loads(body)['access_token']}"}
        status, _ = get(base_url + how["then"], within_s=WITHIN_S, headers=headers)
    except NOBODY:
        raise TargetUnreachable(f"the service at {_place(base_url)} does not answer who signs in") from None
    except (ValueError, KeyError, TypeError):
        raise Unusable(f"the service answers who signs in as {how['role']} without a token") from None
    if status == UNAUTHORISED:
        raise Unusable("the service refuses the token that it has just signed: its signing keys do not match")


def _place(address: str) -> str:
    """Return where that is, without what may be secret in an address."""
    parts = urlsplit(address)
    return f"{parts.hostname}:{parts.port or _PORTS.get(parts.scheme, 80)}"
