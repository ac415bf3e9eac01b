"""The one place that wires the objects of the conversation together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reference.background import Background
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
from reference.conversation.settings import ConversationSettings
from reference.conversation.tables import CONVERSATIONS
from reference.conversation.transcriber import Transcriber
from reference.gateway.connections import Connections
from reference.gateway.server import GatewayServer, Terms
from reference.settings import MEBIBYTE, SharedSettings
from reference.storage.aws import Store
from reference.world import World

TERMS = Terms(longest_frame_bytes=16 * MEBIBYTE, frames_read_ahead=4, goodbye_code=1001)
"""Frames may be far longer than a chunk: one too many is refused, and the socket stays open (CONV-25)."""


def conversation_service(
    world: World, store: Store, background: Background, disturbances: ConversationDisturbances
) -> ConversationService:
    """Return the conversation's rules, each given what it needs."""
    settings, clock = world.settings.of(ConversationSettings), world.clock
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
        store,
        world.table_names[CONVERSATIONS.name],
        world.ids,
        kept_for_hours=world.settings.of(SharedSettings).data_retention_hours,
    )
    desk = SegmentDesk(spool, transcriber, assistant, log, health, clock, background)

    def begin(tell: Tell) -> Conversation:
        open_segment = OpenSegment(
            chunk_max_bytes=settings.conversation_chunk_max_bytes,
            segment_max_bytes=settings.conversation_segment_max_bytes,
        )
        return Conversation(desk, open_segment, tell, background, most_waiting=settings.conversation_waiting_segments)

    return ConversationService(begin, spool, log, health, world.engines, disturbances, background)


class ConversationApp:
    """The running conversation; see reference.system.RunningSystem."""

    def __init__(self, world: World, store: Store) -> None:
        disturbances = world.disturbances_of.get("conversation") or ConversationDisturbances()
        self._background = Background()
        self._connections = Connections()
        self._service = conversation_service(world, store, self._background, disturbances)
        endpoint = ConversationEndpoint(
            self._service,
            self._connections,
            world.disturbances,
            disturbances,
            world.settings.of(ConversationSettings).conversation_chunk_max_bytes,
        )
        self._server = GatewayServer(
            {CONVERSATION_PATH: endpoint},
            self._connections,
            world.clock,
            world.ids,
            TERMS,
            endpoint.resource,
        )

    def connections_of(self, session_id: str) -> Iterable[str]:
        return self._service.connections_of(session_id)

    def close_connections(self, connection_ids: Iterable[str], code: int) -> int:
        return self._connections.close(connection_ids, code)

    def counts(self) -> Mapping[str, int]:
        return self._service.counts()

    async def start(self, host: str, port: int) -> Mapping[str, str]:
        self._service.start()
        address = await self._server.start(host, port)
        return {"ws": f"ws://{address}{CONVERSATION_PATH}", "http": f"http://{address}"}

    async def stop(self) -> None:
        await self._server.stop()
        await self._background.drained()
        self._service.stop()
