"""The one place that wires the objects of the service together."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

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
from reference.broadcast.standing import Standings
from reference.broadcast.status import StatusDesk
from reference.broadcast.transcription import Transcription
from reference.broadcast.translation_cache import CachingTranslator, TranslationRepository
from reference.conversation.assistant import Assistant
from reference.conversation.backends import RuleBasedBackend
from reference.conversation.content import ContentRules
from reference.conversation.conversation import Conversation, Tell
from reference.conversation.decoder import Decoder
from reference.conversation.desk import SegmentDesk
from reference.conversation.disturbances import ConversationDisturbances
from reference.conversation.gateway import CONVERSATION_PATH, ConversationEndpoint
from reference.conversation.health import Health
from reference.conversation.log import ConversationLog
from reference.conversation.order import HUGGINGFACE, LLAMA, OPENAI, AssistantConfiguration
from reference.conversation.segments import OpenSegment, Spool
from reference.conversation.service import ConversationService
from reference.conversation.transcriber import Transcriber
from reference.engines import Engines
from reference.gateway.connections import Connections
from reference.gateway.disturbances import Disturbances
from reference.gateway.server import GatewayServer, Terms
from reference.metrics import Metrics, Unmeasured
from reference.settings import MEBIBYTE, Settings
from reference.storage import tables
from reference.storage.aws import Store
from reference.storage.clock import Clock
from reference.storage.ids import Ids
from reference.storage.tables import TableNames
from reference.tokens import TokenVerifier

BROADCAST_PATH = "/broadcast"

CONVERSATION_TERMS = Terms(longest_frame_bytes=16 * MEBIBYTE, frames_read_ahead=4, goodbye_code=1001)
"""Frames may be far longer than a chunk: one too many is refused, and the socket stays open (CONV-25)."""

CUT_OFF = 1006
"""The close code of a connection that ends without one."""


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
    broadcast_disturbances: BroadcastDisturbances = field(default_factory=BroadcastDisturbances)
    conversation_disturbances: ConversationDisturbances = field(default_factory=ConversationDisturbances)


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
    disturbances: BroadcastDisturbances,
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


def conversation_service(world: World, store: Store, background: Background) -> ConversationService:
    """Return the conversation's rules, each given what it needs."""
    settings, clock, disturbances = world.settings, world.clock, world.conversation_disturbances
    configured = AssistantConfiguration(
        settings.assistant_backend,
        settings.assistant_openai_key,
        bool(settings.assistant_huggingface_model),
        settings.assistant_timeout_seconds,
    )
    assistant = Assistant(
        disturbances.around_backends({name: RuleBasedBackend() for name in (LLAMA, OPENAI, HUGGINGFACE)}),
        disturbances.around_rules(ContentRules(settings.conversation_blocked_words)),
        lambda session_id: disturbances.configuration_of(session_id, configured),
    )
    decoder = Decoder(settings.conversation_decoder)
    transcriber = Transcriber(
        world.engines.recogniser, decoder, background, limit_s=settings.conversation_recognition_timeout_seconds
    )
    spool = Spool()
    health = Health(clock, decoder_present=decoder.present)
    log = ConversationLog(
        store, world.table_names.conversations, world.ids, kept_for_hours=settings.data_retention_hours
    )
    desk = SegmentDesk(spool, transcriber, assistant, log, health, clock, background)

    def begin(tell: Tell) -> Conversation:
        open_segment = OpenSegment(
            chunk_max_bytes=settings.conversation_chunk_max_bytes,
            segment_max_bytes=settings.conversation_segment_max_bytes,
        )
        return Conversation(desk, open_segment, tell, background, most_waiting=settings.conversation_waiting_segments)

    return ConversationService(begin, spool, log, health, world.engines, disturbances, background)


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the systems listen."""

    broadcast: int
    conversation: int


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
            world.broadcast_disturbances,
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
        self._callers = Connections()
        self._conversations = conversation_service(world, self._store, self._background)
        conversation_endpoint = ConversationEndpoint(
            self._conversations,
            self._callers,
            world.disturbances,
            world.conversation_disturbances,
            chunk_max_bytes=settings.conversation_chunk_max_bytes,
        )
        self._conversation_server = GatewayServer(
            {CONVERSATION_PATH: conversation_endpoint},
            self._callers,
            clock,
            world.ids,
            terms=CONVERSATION_TERMS,
            pages=conversation_endpoint.page,
        )

    def connections_of(self, session_id: str) -> list[str]:
        """Return the connections of a live session."""
        live = self._service.sessions.session(session_id)
        members = [] if live is None else list(live.members)
        return members + self._conversations.connections_of(session_id)

    def close_connections(self, connection_ids: Iterable[str], code: int) -> int:
        """Close sockets, or cut them off for CUT_OFF; return how many were there."""
        outboxes = [
            outbox
            for connection_id in connection_ids
            if (outbox := self._connections.find(connection_id) or self._callers.find(connection_id)) is not None
        ]
        for outbox in outboxes:
            if code == CUT_OFF:
                outbox.cut_off()
            else:
                outbox.close(code, "")
        return len(outboxes)

    def counts(self) -> dict[str, int]:
        """Return what the systems hold at this moment, by name."""
        lives = list(self._service.sessions.all())
        return {
            "sessions": len(lives),
            "members": sum(len(live.members) for live in lives),
            "sockets": len(self._connections),
            "callers": self._conversations.count_callers(),
            "segments": self._conversations.count_segments(),
            "buffered_bytes": self._conversations.count_buffered_bytes(),
            "audio_files": self._conversations.count_audio_files(),
        }

    async def start(self, host: str, port: int, conversation_port: int = 0) -> Ports:
        """Create the tables, listen, and return the ports; raise PortUnusable when one cannot be used."""
        await tables.create(self._store, self._world.table_names)
        self._background.run(self._translations.remember(), name="remember-translations")
        self._conversations.start()
        return Ports(
            await self._server.start(host, port), await self._conversation_server.start(host, conversation_port)
        )

    async def stop(self) -> None:
        """Tell every session, close every socket, and let the work under way come to its end."""
        self._service.lifecycle.shut_down()
        await asyncio.gather(self._server.stop(), self._conversation_server.stop())
        await self._background.drained()
        self._conversations.stop()
        await self._world.engines.close()
        self._store.close()
