"""The sockets of engineers: messages are handled one at a time, in the order in which they come (STU-28, STU-29)."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

from reference.journal import Journal
from reference.studio.model import Refused, SessionNotFound
from reference.studio.notices import Complaint, ConfigUpdated, Metrics, Notice, Pong, ProcessedAudio, encode
from reference.studio.reading import beside, read_json, said
from reference.studio.service import StudioService
from reference.studio.sessions import Session

if TYPE_CHECKING:
    from fastapi import WebSocket

DONE, NOT_UNDERSTOOD, CUT_OFF = 1000, 1003, 1006
UNEXPECTED = "The message could not be handled."
_NEEDED = {"audio_chunk": ("data",), "update_stage": ("stage_id", "parameters")}


class NotUnderstood(Exception):
    """What came is no message; the text says why, for the client."""


class EngineerSocket:
    """One socket; see reference.studio.sessions.Connection."""

    def __init__(self, connection_id: str, socket: WebSocket, service: StudioService) -> None:
        self.id = connection_id
        self._socket = socket
        self._service = service
        self._closing: asyncio.Task[None] | None = None
        self._journal = Journal("studio")

    async def serve(self, session_id: str) -> None:
        """Answer what comes until the socket is closed, from either side."""
        with contextlib.suppress(_disconnected()):
            await self._socket.accept()
            await self._serve(session_id)
        if self._closing is not None:
            await self._closing

    def close(self, code: int, reason: str = "") -> None:
        if code == CUT_OFF:
            self._socket.scope["extensions"]["cut_off"]()
        elif self._closing is None:
            self._closing = asyncio.create_task(self._close(code, reason))

    async def tell(self, notice: Notice) -> None:
        """Send a message, when the network has taken most of what was sent before; nothing once it is being closed."""
        size = len(notice.audio) if isinstance(notice, ProcessedAudio) else 0
        text = await beside(size, encode, notice)
        if self._closing is None:
            await self._socket.send_text(text)

    async def handle(self, session: Session, message: dict[str, Any]) -> None:
        """Answer one message; Refused where it cannot be granted."""
        match message["type"]:
            case "ping":
                await self.tell(Pong())
            case "audio_chunk":
                outcome = await self._service.process(session, message["data"])
                if outcome.audio:
                    await self.tell(ProcessedAudio(outcome.audio))
                await self.tell(Metrics(outcome))
            case "update_stage":
                await self._service.update(session, message["stage_id"], message["parameters"])
                await self.tell(ConfigUpdated(message["stage_id"]))

    async def _serve(self, session_id: str) -> None:
        try:
            session = self._service.connect(session_id, self)
        except SessionNotFound as refused:
            await self.tell(Complaint(refused.message))
            self.close(DONE)
            return
        try:
            await self._service.prepare(session)
            await self._answer(session)
        except NotUnderstood as fault:
            await self.tell(Complaint(f"Message not understood: {fault}."))
            self.close(NOT_UNDERSTOOD, "not understood")
        finally:
            self._service.leave(session, self)

    async def _answer(self, session: Session) -> None:
        while self._closing is None:
            event = await self._socket.receive()
            if event["type"] == "websocket.disconnect":
                return
            message = await understood(event.get("text"))
            try:
                await self.handle(session, message)
            except Refused as refused:
                await self.tell(Complaint(refused.message))
            except _disconnected():
                raise
            except Exception as failure:  # whatever it is, the client is told and the log has the rest
                self._journal.error("receive", "a message could not be handled", failure=failure, session_id=session.id)
                await self.tell(Complaint(UNEXPECTED))

    async def _close(self, code: int, reason: str) -> None:
        with contextlib.suppress(_disconnected(), RuntimeError):  # the other side was first
            await self._socket.close(code, reason)


async def understood(text: str | None) -> dict[str, Any]:
    """Return the message that a frame holds; None stands for one that is not text. NotUnderstood if it has none."""
    if text is None:
        raise NotUnderstood("messages are text, but this one is binary")
    try:
        message = await beside(len(text), read_json, text)
    except ValueError as problem:
        raise NotUnderstood(str(problem)) from None
    if not isinstance(message, dict):
        raise NotUnderstood(f"it should be an object, but is {said(message)}")
    kind = message.get("type")
    if not isinstance(kind, str):
        raise NotUnderstood("type is missing" if kind is None else f"type should be text, but is {said(kind)}")
    for name in _NEEDED.get(kind, ()):
        if name not in message:
            raise NotUnderstood(f"{name} is missing")
    return message


def _disconnected() -> type[Exception]:
    # Not loaded before a socket is served.
    from starlette.websockets import WebSocketDisconnect

    return WebSocketDisconnect
