"""The running doorbell: socket and HTTP on one port."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

from reference.http.server import HttpServer
from reference.http.sockets import SocketTerms
from reference.storage.aws import Store
from reference.world import World


class Bell:
    """Counts how often it was rung."""

    def __init__(self) -> None:
        self.rings = 0

    def ring(self) -> int:
        """Ring, and return how often that was."""
        self.rings += 1
        return self.rings


class DoorbellApp:
    """See reference.system.RunningSystem."""

    def __init__(self, world: World, store: Store) -> None:
        self._bell = Bell()

    async def start(self, host: str, port: int) -> Mapping[str, str]:
        """Listen."""
        self._server = HttpServer(host, port, sockets=SocketTerms())
        self._server.start(self._build)
        return {"ws": f"{self._server.url.replace('http', 'ws', 1)}/door", "http": self._server.url}

    async def stop(self) -> None:
        """Stop listening."""
        await self._server.stop()

    def counts(self) -> Mapping[str, int]:
        return {"rings": self._bell.rings}

    def connections_of(self, session_id: str) -> Iterable[str]:
        return ()

    def close_connections(self, connection_ids: Iterable[str], code: int) -> int:
        return 0

    def _build(self) -> FastAPI:
        app = FastAPI()

        @app.websocket("/door")
        async def door(socket: WebSocket) -> None:
            await socket.accept()
            try:
                while True:
                    await socket.receive_json()
                    await socket.send_json({"type": "rung", "times": self._bell.ring()})
            except WebSocketDisconnect:
                return

        @app.get("/rings")
        async def rings() -> dict[str, int]:
            return {"rings": self._bell.rings}

        return app
