"""What the control plane is made of: the book of orders, what was observed, and a view into the running service."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol

from reference.control.engines import ControlledEngines
from reference.control.observations import Kinds, Observations
from reference.control.orders import OrderBook, Place
from reference.control.sockets import SocketFaults
from reference.control.store import StoreFaults
from reference.engines import Engines
from reference.memory import resident_bytes
from reference.storage.aws import Clients
from reference.storage.tables import TableNames


class Inside(Protocol):
    """What may be looked at in the running service."""

    def connections_of(self, session_id: str) -> Iterable[str]:
        """Return the connections of a live session; may be called on any thread."""

    def close_connections(self, connection_ids: Iterable[str], code: int) -> int:
        """Close sockets; return how many were there."""

    def counts(self) -> Mapping[str, int]:
        """Return what every system of the service holds, by name."""


class Offer(Protocol):
    """What a system, or a part of what all of them stand on, has for the control plane."""

    @property
    def places(self) -> Iterable[Place]:
        """Where it takes orders."""

    @property
    def observations(self) -> Kinds:
        """What it shows."""


class ControlPlane:
    """Orders and observations of one service.

    The service is to be given `engines` and `disturbances`; `look_into` is called when it exists, and before anything
    is ordered.
    """

    def __init__(self, engines: Engines, aws_client: Any, clients: Clients, table_names: TableNames) -> None:
        self._inside: Inside | None = None
        self._engines = ControlledEngines(engines)
        self.engines = self._engines.engines
        self.disturbances = SocketFaults(self._connections_of, self._close_connections)
        self.book = OrderBook()
        self.observations = Observations()
        self.offer(self._engines)
        self.book.offer(self.disturbances.places)
        stores = StoreFaults(table_names, self._connections_of)
        stores.strike("dynamodb", aws_client)
        clients.when_made(stores.strike)
        self.book.offer(stores.places)

    def offer(self, offer: Offer) -> None:
        """Take orders and show observations of one more part of the service."""
        self.book.offer(offer.places)
        self.observations.offer(offer.observations)

    def look_into(self, inside: Inside) -> None:
        """Take what is needed to know of the running service."""
        self._inside = inside

    def census(self) -> Mapping[str, float | None]:
        """Return what the service and its process hold at this moment; to be called on the event loop."""
        return {
            "now_s": time.monotonic(),
            "memory_bytes": resident_bytes(),
            "tasks": len(asyncio.all_tasks()),
            "threads": threading.active_count(),
            "open_files": sum(1 for _ in Path("/dev/fd").iterdir()),
            "streams": self._engines.count_streams(),
            **({} if self._inside is None else self._inside.counts()),
        }

    def _connections_of(self, session_id: str) -> Iterable[str]:
        return () if self._inside is None else self._inside.connections_of(session_id)

    def _close_connections(self, connection_ids: Iterable[str], code: int) -> int:
        return 0 if self._inside is None else self._inside.close_connections(connection_ids, code)
