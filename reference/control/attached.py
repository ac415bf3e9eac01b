"""The control plane attached to a service: wrapped around what it stands on, and served beside it."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from reference.control.plane import ControlPlane, Inside
from reference.http.doors import for_this_machine, with_token
from reference.http.server import HttpServer
from reference.system import parts

if TYPE_CHECKING:
    from reference.world import World


class Control:
    """The control plane of one service that is to stand on `world`."""

    def __init__(self, port: int, world: World) -> None:
        """Bind the port; raise OSError when it cannot be used."""
        self._server = HttpServer("127.0.0.1", port)
        self.token = secrets.token_urlsafe(32)
        """What whoever gives orders has to show."""
        self._plane = ControlPlane(world.engines, world.aws_client, world.clients, world.table_names)
        self._settings = world.settings
        offers = {system.name: system.faults()(world.settings) for system in parts() if system.faults is not None}
        for offer in offers.values():
            self._plane.offer(offer)
        self.world = replace(
            world, engines=self._plane.engines, disturbances=self._plane.disturbances, disturbances_of=offers
        )
        """What the service must stand on to be under control."""

    @property
    def url(self) -> str:
        return self._server.url

    def start(self, inside: Inside) -> None:
        """Begin to serve, with a view into the running service."""
        self._plane.look_into(inside)
        self._server.start(self._build)

    def release(self) -> None:
        """Call off every fault, so that whatever waits goes on: a service that is to end waits for all its work."""
        self._plane.book.call_off_all()

    async def stop(self) -> None:
        """Answer what is being asked, then close the port."""
        await self._server.stop()

    def _build(self) -> Any:
        # FastAPI takes long to load, so it is loaded here: on the server's thread, beside the service's own start.
        from reference.control import api

        return for_this_machine(with_token(api.build(self._plane, self._settings), self.token))
