"""Where faults may strike on the way from and to a socket; the engines and the store are wrapped from outside."""

from __future__ import annotations

from enum import Enum


class Sending(Enum):
    """What becomes of one message on its way to one connection."""

    GOES_OUT = "goes out"
    FAILS_ONCE = "fails, but another attempt may not"
    FINDS_NOBODY = "the connection is dead"


class Disturbances:
    """What goes wrong on purpose: nothing, unless a control plane has its own."""

    def before_receiving(self, connection_id: str, session_id: str | None) -> None:
        """Return when a connection may take its next message, or raise what it is to break with."""

    async def before_handling(self, action: str, connection_id: str, session_id: str | None) -> None:
        """Return when a message may be handled, or raise what its handler is to fail with."""

    def sending(self, connection_id: str) -> Sending:  # noqa: ARG002  nothing happens to anybody
        """Return what is to become of one message that is about to be sent."""
        return Sending.GOES_OUT

    def before_sign_in(self) -> None:
        """Return when tokens can be checked, or raise Refusal SERVICE_UNAVAILABLE."""
