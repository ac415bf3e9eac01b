"""The one place that wires the objects of the service together."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from reference.background import Background
from reference.broadcast.admission import Admission
from reference.broadcast.audio import AudioIntake
from reference.broadcast.captions import Captions
from reference.broadcast.controls import ListenerControls, SpeakerControls
from reference.broadcast.fanout import Fanout
from reference.broadcast.handover import Forwarder
from reference.broadcast.lifecycle import Lifecycle
from reference.broadcast.live import LiveSessions
from reference.broadcast.ports import Audience
from reference.broadcast.quality_watch import QualityWatch, limits_of
from reference.broadcast.quotas import QuotaRepository, Quotas
from reference.broadcast.rates import Rates
from reference.broadcast.recognition import Means
from reference.broadcast.repository import BroadcastRepository
from reference.broadcast.service import BroadcastService
from reference.broadcast.standing import Standings
from reference.broadcast.status import StatusDesk
from reference.broadcast.transcription import Transcription
from reference.broadcast.translation_cache import CachingTranslator, TranslationRepository
from reference.disturbances import Disturbances
from reference.engines import Engines
from reference.gateway.broadcast import BroadcastEndpoint, SocketAudience
from reference.gateway.connections import Connections
from reference.gateway.server import GatewayServer
from reference.metrics import Metrics, Unmeasured
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
    metrics: Metrics = field(default_factory=Unmeasured)
    disturbances: Disturbances = field(default_factory=Disturbances)


def broadcast_service(
    settings: Settings,
    engines: Engines,
    repository: BroadcastRepository,
    quota_repository: QuotaRepository,
    audience: Audience,
    clock: Clock,
    ids: Ids,
    background: Background,
    metrics: Metrics,
    disturbances: Disturbances,
) -> BroadcastService:
    """Return the broadcast's rules, each given what it needs."""
    sessions = LiveSessions()
    rates = Rates(settings, clock, metrics)
    quotas = Quotas(settings, quota_repository, clock, metrics)
    standings = Standings(repository, sessions, clock, background)
    status = StatusDesk(settings, repository, audience, clock, background, metrics)
    fanout = Fanout(
        sessions,
        engines.translator,
        engines.synthesiser,
        audience,
        metrics,
        clock,
        background,
        # Not there yet, because it closes what is under way here.
        leave=lambda connection_id: lifecycle.leave(connection_id),
    )
    forwarder = Forwarder(disturbances.around_pipeline(fanout), metrics, clock, background)
    transcription = Transcription(
        Means(settings, engines.recogniser, metrics, clock, background),
        lambda live: Captions(live, clock, forwarder.pass_on),
        audience,
    )
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
        metrics,
    )
    return BroadcastService(
        sessions=sessions,
        standings=standings,
        admission=Admission(
            settings, repository, sessions, standings, audience, lifecycle, status, quotas, clock, ids, metrics
        ),
        audio=AudioIntake(
            settings,
            sessions,
            transcription,
            rates,
            audience,
            lifecycle,
            QualityWatch(limits_of(settings), audience, metrics, clock),
            metrics,
            background,
        ),
        speaker=SpeakerControls(repository, sessions, standings, transcription, audience, clock, metrics),
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
        self._store = Store(world.aws_client, world.metrics)
        self._connections = connections = Connections()
        audience = SocketAudience(connections, clock, world.disturbances)
        self._translations = CachingTranslator(
            world.engines.translator,
            TranslationRepository(self._store, world.table_names.cached_translations),
            world.metrics,
            clock,
            self._background,
            most_entries=settings.translation_cache_max_entries,
        )
        self._service = broadcast_service(
            settings,
            replace(world.engines, translator=self._translations),
            BroadcastRepository(self._store, world.table_names),
            QuotaRepository(self._store, world.table_names.rate_limits),
            audience,
            clock,
            world.ids,
            self._background,
            world.metrics,
            world.disturbances,
        )
        endpoint = BroadcastEndpoint(
            settings,
            self._service,
            audience,
            TokenVerifier(world.token_secret),
            clock,
            world.metrics,
            world.disturbances,
        )
        self._server = GatewayServer({BROADCAST_PATH: endpoint}, connections, clock, world.ids)

    def connections_of(self, session_id: str) -> list[str]:
        """Return the connections of a live session."""
        live = self._service.sessions.session(session_id)
        return [] if live is None else list(live.members)

    def count_sessions(self) -> int:
        """Return how many sessions are live."""
        return sum(1 for _ in self._service.sessions.all())

    def count_members(self) -> int:
        """Return how many connections belong to a session."""
        return sum(len(live.members) for live in self._service.sessions.all())

    def count_sockets(self) -> int:
        """Return how many sockets are open."""
        return len(self._connections)

    async def start(self, host: str, port: int) -> int:
        """Create the tables, listen, and return the port; raise OSError when it cannot be used."""
        await tables.create(self._store, self._world.table_names)
        self._background.run(self._translations.remember(), name="remember-translations")
        return await self._server.start(host, port)

    async def stop(self) -> None:
        """Tell every session, close every socket with 1000, and let the work under way come to its end."""
        self._service.lifecycle.shut_down()
        await self._server.stop()
        await self._background.drained()
        await self._world.engines.close()
        self._store.close()
