"""The one place that wires the objects of the service together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from reference.background import Background
from reference.broadcast.admission import Admission
from reference.broadcast.audio import AudioIntake
from reference.broadcast.controls import ListenerControls, SpeakerControls
from reference.broadcast.fanout import Fanout
from reference.broadcast.lifecycle import Lifecycle
from reference.broadcast.live import LiveSessions
from reference.broadcast.ports import Audience
from reference.broadcast.quotas import QuotaRepository, Quotas
from reference.broadcast.rates import Rates
from reference.broadcast.repository import BroadcastRepository
from reference.broadcast.service import BroadcastService
from reference.broadcast.standing import Standings
from reference.broadcast.status import StatusDesk
from reference.broadcast.transcription import Transcription
from reference.engines import Engines
from reference.gateway.broadcast import BroadcastEndpoint, SocketAudience
from reference.gateway.connections import Connections
from reference.gateway.server import GatewayServer
from reference.settings import Settings
from reference.storage import tables
from reference.storage.aws import Store
from reference.storage.clock import Clock
from reference.storage.ids import Ids
from reference.storage.tables import TableNames
from reference.tokens import TokenVerifier

BROADCAST_PATH = "/broadcast"


@dataclass(frozen=True, slots=True)
class World:
    """What the service stands on; a test may bring its own."""

    settings: Settings
    engines: Engines
    aws_client: Any
    table_names: TableNames
    token_secret: str
    clock: Clock
    ids: Ids


def broadcast_service(
    settings: Settings,
    engines: Engines,
    repository: BroadcastRepository,
    quota_repository: QuotaRepository,
    audience: Audience,
    clock: Clock,
    ids: Ids,
    background: Background,
) -> BroadcastService:
    """Return the broadcast's rules, each given what it needs."""
    sessions = LiveSessions()
    rates = Rates(settings, clock)
    quotas = Quotas(settings, quota_repository, clock)
    standings = Standings(repository, sessions, clock, background)
    status = StatusDesk(settings, repository, audience, clock, background)
    fanout = Fanout(sessions, engines.translator, engines.synthesiser, audience, background)
    transcription = Transcription(settings, engines.recogniser, fanout, audience, clock, background)
    lifecycle = Lifecycle(
        settings,
        repository,
        sessions,
        standings,
        audience,
        status,
        transcription,
        fanout,
        clock,
        background,
    )
    return BroadcastService(
        sessions=sessions,
        standings=standings,
        admission=Admission(
            settings, repository, sessions, standings, audience, lifecycle, status, quotas, clock, ids
        ),
        audio=AudioIntake(settings, sessions, transcription, rates, audience, lifecycle, background),
        speaker=SpeakerControls(repository, sessions, standings, transcription, audience, clock),
        listener=ListenerControls(settings, repository, sessions, status),
        status=status,
        lifecycle=lifecycle,
        rates=rates,
        quotas=quotas,
    )


class App:
    """The running service."""

    def __init__(self, world: World) -> None:
        settings, clock = world.settings, world.clock
        self._world = world
        self._background = Background()
        self._store = Store(world.aws_client)
        connections = Connections()
        audience = SocketAudience(connections, clock)
        self._service = broadcast_service(
            settings,
            world.engines,
            BroadcastRepository(self._store, world.table_names),
            QuotaRepository(self._store, world.table_names.rate_limits),
            audience,
            clock,
            world.ids,
            self._background,
        )
        endpoint = BroadcastEndpoint(
            settings, self._service, audience, TokenVerifier(world.token_secret), clock
        )
        self._server = GatewayServer({BROADCAST_PATH: endpoint}, connections, clock, world.ids)

    async def start(self, host: str, port: int) -> int:
        """Create the tables, listen, and return the port; raise OSError when it cannot be used."""
        await tables.create(self._store, self._world.table_names)
        return await self._server.start(host, port)

    async def stop(self) -> None:
        """Tell every session, close every socket with 1001, and let the work under way come to its end."""
        self._service.lifecycle.shut_down()
        await self._server.stop()
        await self._background.drained()
        await self._world.engines.close()
        self._store.close()
