"""The one place that wires the objects of the broadcast together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from reference.background import Background
from reference.broadcast.admission import Admission
from reference.broadcast.audio import AudioIntake
from reference.broadcast.captions import Captions
from reference.broadcast.controls import ListenerControls, SpeakerControls
from reference.broadcast.disturbances import BroadcastDisturbances
from reference.broadcast.fanout import Fanout
from reference.broadcast.gateway import BroadcastEndpoint, SocketAudience
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
from reference.broadcast.settings import BroadcastSettings
from reference.broadcast.standing import Standings
from reference.broadcast.status import StatusDesk
from reference.broadcast.tables import CACHED_TRANSLATIONS, RATE_LIMITS
from reference.broadcast.transcription import Transcription
from reference.broadcast.translation_cache import CachingTranslator, TranslationRepository
from reference.engines import Engines
from reference.gateway.connections import Connections
from reference.gateway.server import GatewayServer
from reference.metrics import Metrics
from reference.storage.aws import Store
from reference.storage.clock import Clock
from reference.storage.ids import Ids
from reference.tokens import TokenVerifier
from reference.world import World

PATH = "/broadcast"

TOKENS_FOR = "earshot-broadcast"
"""The audience that a speaker's token names."""


def broadcast_service(
    settings: BroadcastSettings,
    engines: Engines,
    repository: BroadcastRepository,
    quota_repository: QuotaRepository,
    audience: Audience,
    clock: Clock,
    ids: Ids,
    background: Background,
    metrics: Metrics,
    disturbances: BroadcastDisturbances,
) -> BroadcastService:
    """Return the broadcast's rules, each given what it needs."""
    sessions = LiveSessions(clock)
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
        lambda connection_id: lifecycle.leave(connection_id),
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


class BroadcastApp:
    """The running broadcast; see reference.system.RunningSystem."""

    def __init__(self, world: World, store: Store) -> None:
        settings, clock = world.settings.of(BroadcastSettings), world.clock
        self._background = Background()
        self._connections = Connections()
        audience = SocketAudience(self._connections, clock, world.disturbances)
        self._translations = CachingTranslator(
            world.engines.translator,
            TranslationRepository(store, world.table_names[CACHED_TRANSLATIONS.name]),
            world.metrics,
            clock,
            self._background,
            settings.translation_cache_max_entries,
        )
        self._service = broadcast_service(
            settings,
            replace(world.engines, translator=self._translations),
            BroadcastRepository(store, world.table_names),
            QuotaRepository(store, world.table_names[RATE_LIMITS.name]),
            audience,
            clock,
            world.ids,
            self._background,
            world.metrics,
            world.disturbances_of.get("broadcast") or BroadcastDisturbances(),
        )
        endpoint = BroadcastEndpoint(
            settings,
            self._service,
            audience,
            TokenVerifier(world.token_secret, TOKENS_FOR),
            clock,
            world.metrics,
            world.disturbances,
        )
        self._server = GatewayServer({PATH: endpoint}, self._connections, clock, world.ids)

    def connections_of(self, session_id: str) -> Iterable[str]:
        live = self._service.sessions.session(session_id)
        return [] if live is None else list(live.members)

    def close_connections(self, connection_ids: Iterable[str], code: int) -> int:
        return self._connections.close(connection_ids, code)

    def counts(self) -> Mapping[str, int]:
        sizes = [len(live.members) for live in self._service.sessions.all()]
        return {"sessions": len(sizes), "members": sum(sizes), "sockets": len(self._connections)}

    async def start(self, host: str, port: int) -> Mapping[str, str]:
        self._background.run(self._translations.remember(), name="remember-translations")
        return {"ws": f"ws://{await self._server.start(host, port)}{PATH}"}

    async def stop(self) -> None:
        self._service.lifecycle.shut_down()
        await self._server.stop()
        await self._background.drained()
