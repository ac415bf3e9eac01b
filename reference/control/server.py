"""Serving the control plane beside the service, on the same event loop and on a port of its own.

FastAPI takes 0.7 s to load. The port is bound first and its address is known at once; whoever calls before
everything is loaded waits in the backlog.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uvicorn import Server

BACKLOG = 64
KEPT_OPEN_S = 600
"""How long a client's connection stays open between two calls: longer than any scenario."""


class ControlServer:
    """One port on the loopback interface."""

    def __init__(self, port: int) -> None:
        """Bind the port, 0 meaning any; raise OSError when it cannot be used."""
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind(("127.0.0.1", port))
        self._listener.listen(BACKLOG)
        self._stopping = False
        self._server: Server | None = None
        self._serving: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """Where it answers."""
        host, port = self._listener.getsockname()
        return f"http://{host}:{port}"

    def start(self, build: Callable[[], Any]) -> None:
        """Begin to load and then to serve what `build` returns, which is called on a thread."""
        self._serving = asyncio.get_running_loop().create_task(self._serve(build), name="control-plane")

    async def stop(self) -> None:
        """Answer what is being asked, then close the port."""
        self._stopping = True
        if self._server is not None:
            self._server.should_exit = True
        if self._serving is not None:
            await self._serving
        self._listener.close()

    async def _serve(self, build: Callable[[], Any]) -> None:
        self._server = await asyncio.to_thread(_load, build)
        if not self._stopping:
            await self._server.serve(sockets=[self._listener])


def _load(build: Callable[[], Any]) -> Server:
    from uvicorn import Config, Server

    class BesideTheService(Server):
        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            """Leave signals to the service, which stops this server when it gets one."""
            yield

    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    return BesideTheService(
        Config(
            build(),
            lifespan="off",
            log_config=None,
            access_log=False,
            ws="none",
            timeout_keep_alive=KEPT_OPEN_S,
            timeout_graceful_shutdown=2,
        )
    )
