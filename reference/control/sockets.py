"""Faults of connections, handlers, deliveries and of the sign-in service, as somebody ordered them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from reference.control.orders import SECONDS, TEXT, TIMES, Done, Order, Place, number
from reference.control.traps import Traps
from reference.gateway.disturbances import Disturbances, Sending
from reference.refusal import Refusal

_UNEXPECTED_FAILURE = 1011
_CONNECTION = {"session_id": TEXT, "connection_id": TEXT}


class OrderedCrash(Exception):
    """What a handler or a connection meets that was to crash; nobody catches it by name."""


class SocketFaults(Disturbances):
    """Strikes where it was ordered to."""

    def __init__(
        self, connections_of: Callable[[str], Iterable[str]], close: Callable[[Iterable[str], int], int]
    ) -> None:
        """`close` closes the sockets of these connections with a code, and returns how many there were."""
        self._connections_of = connections_of
        self._close = close
        self._handlers, self._deliveries, self._sign_ins, self._connections = Traps(), Traps(), Traps(), Traps()
        handler = _CONNECTION | {"action": TEXT, "times": TIMES}
        closing = _CONNECTION | {"close_code": number(1000, 4999, whole=True)}
        self.places = (
            Place("handler", ("stall",), self._handlers.set, handler | {"seconds": SECONDS}),
            Place("handler", ("crash",), self._handlers.set, handler),
            Place("delivery", ("fail", "dead"), self._deliveries.set, {"connection_id": TEXT, "times": TIMES}),
            Place("sign-in", ("fail",), self._sign_ins.set, {"times": TIMES}),
            Place("connection", ("crash",), self._connections.set, _CONNECTION | {"times": TIMES}),
            Place("connection", ("close",), self._close_open_ones, closing),
        )

    def before_receiving(self, connection_id: str, session_id: str | None) -> None:
        """Raise OrderedCrash if an order fits the connection."""
        if self._connections.spring(connection_id=connection_id, session_id=session_id) is not None:
            raise OrderedCrash("the connection was ordered to break")

    async def before_handling(self, action: str, connection_id: str, session_id: str | None) -> None:
        """Wait, or raise OrderedCrash, if an order fits the message."""
        trap = self._handlers.spring(action=action, connection_id=connection_id, session_id=session_id)
        if trap is None:
            return
        if trap.order.effect == "crash":
            raise OrderedCrash(f"the handler of {action} was ordered to crash")
        await trap.stall()

    def sending(self, connection_id: str) -> Sending:
        trap = self._deliveries.spring(connection_id=connection_id)
        if trap is None:
            return Sending.GOES_OUT
        return Sending.FINDS_NOBODY if trap.order.effect == "dead" else Sending.FAILS_ONCE

    def before_sign_in(self) -> None:
        """Raise Refusal SERVICE_UNAVAILABLE if the sign-in service was ordered to be down."""
        if self._sign_ins.spring() is not None:
            raise Refusal("SERVICE_UNAVAILABLE", "The sign-in service cannot be reached")

    def _close_open_ones(self, order: Order) -> Done:
        return Done(self._close(self._named_by(order), order.scope.get("close_code", _UNEXPECTED_FAILURE)))

    def _named_by(self, order: Order) -> Iterator[str]:
        if "connection_id" in order.scope:
            yield order.scope["connection_id"]
        if "session_id" in order.scope:
            yield from list(self._connections_of(order.scope["session_id"]))
