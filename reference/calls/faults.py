"""Requests that fail within the service, as somebody ordered it (ERR-20)."""

from __future__ import annotations

from reference.calls.disturbances import Disturbances
from reference.control.observations import Kinds
from reference.control.orders import TEXT, TIMES, Place
from reference.control.traps import Traps


class CallFaults(Disturbances):
    def __init__(self) -> None:
        self._requests = Traps()
        self.places = (Place("calls.request", ("crash",), self._requests.set, {"path": TEXT, "times": TIMES}),)
        self.observations: Kinds = {}

    async def before(self, path: str) -> None:
        if self._requests.spring(path=path) is not None:
            raise RuntimeError("ordered through the control plane")
