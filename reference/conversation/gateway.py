"""The conversation's endpoint: from frames to what is done, from its results to the socket, and what is beside it."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from reference.conversation import codec
from reference.conversation.conversation import Conversation
from reference.conversation.disturbances import ConversationDisturbances
from reference.conversation.model import Refused, checked_session_id
from reference.conversation.notices import Complaint, Notice
from reference.conversation.service import ConversationService
from reference.gateway.connections import Connections
from reference.gateway.disturbances import Disturbances
from reference.gateway.server import Resource, Upgrade
from reference.journal import Journal
from reference.refusal import Refusal

CONVERSATION_PATH = "/ws/audio"
HEALTH_PATH = "/health"
LOG_PATH = "/api/conversations/"

DONE = 1000
CANNOT_SERVE = 1011

UNEXPECTED = Refused("INTERNAL_ERROR", "The message could not be handled.")


@dataclass(eq=False, repr=False)
class ConversationEndpoint:
    """Answers the frames of clients, one after the other for each of them."""

    audio_limit_bytes = 0
    """Clients are sent no audio."""

    _service: ConversationService
    _connections: Connections
    _disturbances: Disturbances
    _conversation_disturbances: ConversationDisturbances
    _chunk_max_bytes: int
    _journal = Journal("gateway")

    async def admit(self, connection_id: str, upgrade: Upgrade) -> None:
        """Let everybody in; whom nobody can listen to is told so and closed."""
        self._conversation_disturbances.before_connecting(upgrade.address)

        async def tell(notice: Notice) -> None:
            await self.tell(connection_id, notice)

        try:
            await self._service.open(connection_id, upgrade.address, tell)
        except Refused as refused:
            await tell(Complaint(refused))
            self.close(connection_id, CANNOT_SERVE, "the recogniser cannot start")

    async def receive(self, connection_id: str, frame: str | bytes) -> None:
        conversation = self._service.find(connection_id)
        if conversation is None:
            return  # about to be closed
        self._disturbances.before_receiving(connection_id, conversation.session_id)
        request: codec.Request | None = None
        try:
            request = codec.decode(frame, chunk_max_bytes=self._chunk_max_bytes)
            await self.perform(connection_id, conversation, request)
        except Refused as refused:
            await self.tell(connection_id, Complaint(refused))
        except Exception as failure:  # whatever it is, the client is told and the log has the rest
            self._journal.error(
                "receive", "a message could not be handled", failure=failure, connection_id=connection_id
            )
            if isinstance(request, codec.EndSegment):
                conversation.fail_segment()  # which has a result and an end as any other
            else:
                await self.tell(connection_id, Complaint(UNEXPECTED))

    async def ready(self, connection_id: str) -> None:
        """Wait while too many segments wait to be answered."""
        conversation = self._service.find(connection_id)
        if conversation is not None:
            await conversation.has_room()

    async def left(self, connection_id: str) -> None:
        await self._service.leave(connection_id)

    async def resource(self, path: str) -> Resource | None:
        """Return what is behind a path beside the socket; None for nothing."""
        if path == HEALTH_PATH:
            return Resource(HTTPStatus.OK, codec.health_body(self._service.health()))
        if not path.startswith(LOG_PATH):
            return None
        try:
            session_id = checked_session_id(path.removeprefix(LOG_PATH))
            return Resource(HTTPStatus.OK, codec.log_body(session_id, await self._service.log_of(session_id)))
        except Refused as refused:
            return Resource(HTTPStatus.BAD_REQUEST, {"detail": refused.message})
        except Refusal:
            return Resource(HTTPStatus.SERVICE_UNAVAILABLE, {"detail": "The log cannot be read at the moment."})

    async def perform(self, connection_id: str, conversation: Conversation, request: codec.Request) -> None:
        session_id = request.session_id if isinstance(request, codec.NameSession) else conversation.session_id
        await self._disturbances.before_handling(request.type, connection_id, session_id)
        match request:
            case codec.NameSession(named):
                await conversation.name(named)
            case codec.AudioPiece(audio):
                await conversation.take(audio)
            case codec.EndSegment():
                await conversation.end_segment()
            case codec.Close():
                self.close(connection_id, DONE, "as asked")

    async def tell(self, connection_id: str, notice: Notice) -> None:
        outbox = self._connections.find(connection_id)
        if outbox is not None and outbox.send(codec.encode(notice)):
            await outbox.caught_up()

    def close(self, connection_id: str, code: int, reason: str) -> None:
        outbox = self._connections.find(connection_id)
        if outbox is not None:
            outbox.close(code, reason)
