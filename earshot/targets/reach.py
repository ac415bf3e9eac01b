"""Whether anybody listens at an address."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from urllib.parse import urlsplit

from earshot.failures import TargetUnreachable

REACH_WITHIN_S = 5.0
_PORTS = {"wss": 443, "https": 443}


def insist_on_listener(whose: str, url: str) -> None:
    """Raise TargetUnreachable, in a sentence that begins with `whose`, if nobody accepts a connection at `url`."""
    address = urlsplit(url)
    port = address.port or _PORTS.get(address.scheme, 80)
    try:
        socket.create_connection((address.hostname or "", port), timeout=REACH_WITHIN_S).close()
    except OSError as failure:
        raise TargetUnreachable(
            f"{whose} cannot be reached: expected somebody listening at {url}, got {failure or 'no answer'}"
        ) from None


def nobody_at(whose: str, urls: Iterable[str]) -> TargetUnreachable | None:
    """Return at which of these addresses nobody listens, if there is one."""
    try:
        for url in urls:
            insist_on_listener(whose, url)
    except TargetUnreachable as gone:
        return gone
    return None
