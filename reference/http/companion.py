"""A small service on a port of its own, which others of the reference ask over HTTP."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from reference.http.server import HttpServer
from reference.http.troubles import Troubles, Untroubled

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from reference.world import World


class Companion:
    """The running service; see reference.system.RunningSystem."""

    def __init__(self, name: str, world: World) -> None:
        self._troubles: Troubles = world.disturbances_of.get(name) or Untroubled()

    def application(self) -> Starlette:
        """Return what answers; called when somebody asks first."""
        raise NotImplementedError

    async def start(self, host: str, port: int) -> Mapping[str, str]:
        self._server = HttpServer(host, port)
        self._server.start_when_called(_nothing, lambda: self._troubles.around(self.application()))
        return {"http": self._server.url}

    async def stop(self) -> None:
        await self._server.stop()

    def counts(self) -> Mapping[str, int]:
        return {}

    def connections_of(self, session_id: str) -> Iterable[str]:
        return ()

    def close_connections(self, connection_ids: Iterable[str], code: int) -> int:
        return 0


async def _nothing() -> None:
    return
