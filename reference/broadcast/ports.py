"""What the broadcast asks of the world around it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

from reference.broadcast.notices import Notice, Speech


class CloseCode(IntEnum):
    """Why the server closes a socket (BRO-3.5)."""

    NORMAL = 1000
    GOING_AWAY = 1001
    POLICY = 1008


@dataclass(frozen=True, slots=True)
class Reached:
    """What became of a sentence on its way to several connections."""

    delivered: int
    gone: tuple[str, ...] = ()
    """Connections that are dead."""
    throttled: tuple[str, ...] = ()
    """Connections that did not take it now; another attempt may succeed."""


class Audience(Protocol):
    """The sockets, as the rules see them. Nothing here waits: a slow connection delays nobody."""

    def tell(self, connection_id: str, notice: Notice) -> bool:
        """Send one notice; return whether the connection was there to take it."""

    def tell_all(self, connection_ids: Iterable[str], notice: Notice) -> int:
        """Send one notice to many; return how many were there to take it."""

    def play(self, connection_ids: Iterable[str], speech: Speech) -> Reached:
        """Send one sentence to many; return who took it and who did not."""

    def close(self, connection_id: str, code: CloseCode, reason: str) -> None:
        """Close the connection after everything that it was told."""
