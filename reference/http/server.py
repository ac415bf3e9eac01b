"""An ASGI application served beside everything else on the same event loop, on a port of its own.

FastAPI takes 0.7 s to load. The port is bound first and its address is known at once; whoever calls before
everything is loaded waits in the backlog.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterator
from typing import TYPE_CHECKING, Any

from reference.http.doors import impatient_protocol
from reference.http.listening import http_url, listening_socket
from reference.http.sockets import SocketTerms, resolute_protocol
from reference.journal import Journal

if TYPE_CHECKING:
    from uvicorn import Server

TRIED_AGAIN_AFTER_S = 0.5
KEPT_OPEN_S = 600
"""How long a client's connection stays open between two calls: longer than any scenario."""


class HttpServer:
    def __init__(self, host: str, port: int, *, sockets: SocketTerms | None = None) -> None:
        """Bind the port, 0 meaning any; raise PortUnusable when it cannot be used.

        With `sockets`, the application takes WebSockets, too.
        """
        self._listener = listening_socket(host, port)
        self._sockets = sockets
        self._stopping = False
        self._server: Server | None = None
        self._serving: asyncio.Task[None] | None = None
        self._let_sleep: Callable[[], object] = lambda: None

    @property
    def url(self) -> str:
        return http_url(self._listener)

    def start(self, build: Callable[[], Any]) -> None:
        """Begin to load and then to serve what `build` returns, which is called on a thread."""
        self._serving = asyncio.get_running_loop().create_task(self._serve(build), name=f"serving-{self.url}")

    def start_when_called(self, prepare: Callable[[], Awaitable[object]], build: Callable[[], Any]) -> None:
        """Do nothing until somebody connects; then `prepare`, load and serve, while they wait in the backlog."""
        loop = asyncio.get_running_loop()

        async def prepare_and_serve() -> None:
            while not self._stopping:
                try:
                    await prepare()
                    break
                except Exception as failure:  # whoever has connected waits until it can be done
                    Journal("http").error("prepare", "what serves could not be made yet", failure=failure)
                    await asyncio.sleep(TRIED_AGAIN_AFTER_S)
            await self._serve(build)

        def called() -> None:
            self._let_sleep()
            self._serving = loop.create_task(prepare_and_serve(), name=f"serving-{self.url}")

        loop.add_reader(self._listener, called)
        self._let_sleep = lambda: loop.remove_reader(self._listener)

    async def stop(self) -> None:
        """Answer what is being asked, then close the port."""
        self._stopping = True
        self._let_sleep()
        if self._server is not None:
            self._server.should_exit = True
        if self._serving is not None:
            await self._serving
        self._listener.close()

    async def _serve(self, build: Callable[[], Any]) -> None:
        self._server = await asyncio.to_thread(_load, build, self._sockets)
        if not self._stopping:
            await self._server.serve(sockets=[self._listener])


def _load(build: Callable[[], Any], sockets: SocketTerms | None) -> Server:
    from uvicorn import Config, Server

    class BesideTheService(Server):
        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            """Leave signals to the service, which stops this server when it gets one."""
            yield

    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    terms = sockets or SocketTerms()
    config = Config(
        build(),
        http=impatient_protocol(),
        lifespan="off",
        log_config=None,
        access_log=False,
        ws=resolute_protocol() if sockets else "none",
        ws_ping_interval=terms.ping_every_s,
        ws_ping_timeout=terms.ping_within_s,
        ws_max_size=terms.message_max_bytes,
        ws_per_message_deflate=False,
        timeout_keep_alive=KEPT_OPEN_S,
        timeout_graceful_shutdown=2,
    )
    config.load()
    return BesideTheService(config)
