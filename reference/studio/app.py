"""The one place that wires the objects of the studio together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from reference.background import Background
from reference.http.server import HttpServer
from reference.http.sockets import SocketTerms
from reference.settings import SharedSettings
from reference.storage.aws import Store
from reference.studio.delays import StageDelays
from reference.studio.dsp.worker import Dsp
from reference.studio.files import FileDesk
from reference.studio.health import Health
from reference.studio.repository import FileRecords, SessionRecords
from reference.studio.service import StudioService
from reference.studio.sessions import Connection
from reference.studio.settings import StudioSettings
from reference.studio.sockets import EngineerSocket
from reference.studio.tables import SESSIONS
from reference.world import World

if TYPE_CHECKING:
    from fastapi import WebSocket

GOING_AWAY = 1001


class StudioApp:
    """The running studio; see reference.system.RunningSystem."""

    def __init__(self, world: World, store: Store) -> None:
        delays: StageDelays = world.disturbances_of.get("studio") or StageDelays()
        self._settings = world.settings.of(StudioSettings)
        self._ids = world.ids
        self._background = Background()
        self._dsp = Dsp()
        records = SessionRecords(
            store,
            world.table_names[SESSIONS.name],
            self._background,
            kept_for_hours=world.settings.of(SharedSettings).data_retention_hours,
        )
        self._health = Health(records)
        self._service = StudioService(records, self._dsp, delays, world.clock, self._background)
        self._desk = FileDesk(self._dsp, delays, FileRecords(world.buckets, self._background))

    async def start(self, host: str, port: int) -> Mapping[str, str]:
        terms = SocketTerms(
            self._settings.studio_ping_interval_seconds,
            self._settings.studio_ping_timeout_seconds,
            self._settings.studio_message_max_bytes,
        )
        self._server = HttpServer(host, port, sockets=terms)
        self._server.start(self._build)
        return {"ws": self._server.url.replace("http", "ws", 1), "http": self._server.url}

    async def stop(self) -> None:
        for session in self._service.sessions:
            for connection in tuple(session.connections):
                connection.close(GOING_AWAY, "the service is going away")
        await self._server.stop()
        await self._background.drained()
        await self._dsp.stop()

    def counts(self) -> Mapping[str, int]:
        """Return how many live sessions there are, and how many are connected to them."""
        return {"live_sessions": len(self._service.sessions), "engineers": len(self._connections())}

    def connections_of(self, session_id: str) -> Iterable[str]:
        return [one.id for one in self._connections(session_id)]

    def close_connections(self, connection_ids: Iterable[str], code: int) -> int:
        hit = [one for one in self._connections() if one.id in set(connection_ids)]
        for connection in hit:
            connection.close(code)
        return len(hit)

    def _connections(self, session_id: str | None = None) -> list[Connection]:
        return [
            one for session in self._service.sessions if session_id in (None, session.id) for one in session.connections
        ]

    def _build(self) -> Any:
        from reference.studio import api

        async def serve(socket: WebSocket, session_id: str) -> None:
            await EngineerSocket(self._ids.connection_id(), socket, self._service).serve(session_id)

        return api.build(
            self._service,
            self._desk,
            self._health,
            serve,
            url=self._server.url,
            body_max_bytes=self._settings.studio_body_max_bytes,
        )
