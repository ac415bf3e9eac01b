"""Whether anybody listens at an address."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from urllib.parse import urlsplit

from earshot.failures import TargetUnreachable

REACH_WITHIN_S = 5.0
_PORTS = {"wss": 443, "https": 443}


def nobody_at(whose: str, urls: Iterable[str]) -> TargetUnreachable | None:
    """Return at which of these addresses nobody accepts a connection, if there is one; its text begins with `whose`."""
    for url in urls:
        address = urlsplit(url)
        port = address.port or _PORTS.get(address.scheme, 80)
        try:
            socket.create_connection((address.hostname or "", port), timeout=REACH_WITHIN_S).close()
        except OSError as failure:
            return TargetUnreachable(
                f"{whose} cannot be reached: expected somebody listening at {url}, got {failure or 'no answer'}"
            )
    return None
