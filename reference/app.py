"""The running service: every system, side by side on what they all stand on."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping

from reference.storage import tables
from reference.storage.aws import Store
from reference.system import parts
from reference.world import World


class App:
    def __init__(self, world: World) -> None:
        self._world = world
        self._store = Store(world.aws_client, world.metrics)
        self._systems = {one.name: one.load()(world, self._store) for one in parts()}

    def connections_of(self, session_id: str) -> list[str]:
        """Return the connections of a live session; may be called on any thread."""
        return [connection for one in self._systems.values() for connection in one.connections_of(session_id)]

    def close_connections(self, connection_ids: Iterable[str], code: int) -> int:
        """Close sockets; return how many were there."""
        wanted = list(connection_ids)
        return sum(one.close_connections(wanted, code) for one in self._systems.values())

    def counts(self) -> dict[str, int]:
        """Return what the systems hold at this moment, by name."""
        return {name: count for one in self._systems.values() for name, count in one.counts().items()}

    async def start(self, host: str, ports: Mapping[str, int] | None = None) -> dict[str, Mapping[str, str]]:
        """Create the tables, listen, and return the addresses of each system and of what it stands on.

        `ports` are wishes, by name; without one, any port will do. Raise PortUnusable when one cannot be used.
        """
        wished, addresses = ports or {}, self._world.addresses
        at_once = tuple(table for one in parts() if not one.on_demand for table in one.tables)
        await tables.create(self._store, at_once, self._world.table_names)
        for name, one in self._systems.items():
            addresses[name] = await one.start(host, wished.get(name, 0))
        return addresses

    async def stop(self) -> None:
        """Stop every system, and let go of what they stand on."""
        await asyncio.gather(*(one.stop() for one in self._systems.values()))
        await self._world.engines.close()
        self._store.close()
