"""The running service: bound at once, and made when somebody asks for the first time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from reference.http.server import HttpServer
from reference.http.sockets import SocketTerms
from reference.storage.aws import Store
from reference.world import World

if TYPE_CHECKING:
    from reference.archive.wiring import Wiring

PEOPLE = {
    "user": {"user": "test_user", "password": "password"},
    "admin": {"user": "admin_user", "password": "admin_password"},
}
"""Who may sign in to a fresh archive, by role: on this machine alone, as is agreed (section 12)."""


class ArchiveApp:
    """See reference.system.RunningSystem."""

    def __init__(self, world: World, store: Store) -> None:
        self._world = world
        self._store = store
        self._wiring: Wiring | None = None

    async def start(self, host: str, port: int) -> Mapping[str, str]:
        self._server = HttpServer(host, port, sockets=SocketTerms())
        self._world.accounts["archive"] = PEOPLE
        self._server.start_when_called(self._prepare, self._built)
        return {"http": self._server.url, "ws": self._server.url.replace("http", "ws", 1) + "/ws/archive"}

    async def stop(self) -> None:
        if self._wiring is not None:
            await self._wiring.close_sockets()
        await self._server.stop()
        if self._wiring is not None:
            await self._wiring.stop()

    def counts(self) -> Mapping[str, int]:
        """Return how many sockets are open."""
        return {"archive_sockets": 0 if self._wiring is None else self._wiring.sockets}

    def connections_of(self, session_id: str) -> Iterable[str]:
        return ()

    def close_connections(self, connection_ids: Iterable[str], code: int) -> int:
        return 0

    async def _prepare(self) -> None:
        from reference.archive.wiring import Wiring

        wiring = Wiring(self._world, self._store)
        await wiring.prepare()
        self._wiring = wiring

    def _built(self) -> Any:
        assert self._wiring is not None
        return self._wiring.front
