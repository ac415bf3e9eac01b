"""The conversations of a service, by connection."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from reference.background import Background
from reference.conversation.conversation import Conversation, Tell
from reference.conversation.disturbances import ConversationDisturbances
from reference.conversation.health import Health, Report
from reference.conversation.log import ConversationLog
from reference.conversation.model import LogEntry, Refused
from reference.conversation.segments import Spool
from reference.engines import Engines
from reference.journal import Journal
from reference.speech.ports import SpeechFailure

RECOGNISER_PATIENCE_S = 0.05
"""So long a client waits to learn that the recogniser cannot start; one that starts slowly is left to the segments."""


@dataclass(eq=False, repr=False)
class ConversationService:
    """Opens, finds and closes conversations, and answers for all of them."""

    _begin: Callable[[Tell], Conversation]
    """Makes a conversation that tells its client what happens."""
    _spool: Spool
    _log: ConversationLog
    _health: Health
    _engines: Engines
    _disturbances: ConversationDisturbances
    _background: Background
    _conversations: dict[str, Conversation] = field(default_factory=dict, init=False)
    _journal = Journal("conversation")

    def start(self) -> None:
        """Make ready to keep audio."""
        self._spool.open()

    def stop(self) -> None:
        self._spool.close()

    async def open(self, connection_id: str, address: str, tell: Tell) -> None:
        """Begin a conversation; raise Refused when the recogniser cannot start (CONV-52)."""
        await self.check_recogniser(address)
        self._conversations[connection_id] = self._begin(tell)

    def find(self, connection_id: str) -> Conversation | None:
        """Return the conversation of a connection; None where none was begun."""
        return self._conversations.get(connection_id)

    async def leave(self, connection_id: str) -> None:
        conversation = self._conversations.pop(connection_id, None)
        if conversation is not None:
            await conversation.close()

    def health(self) -> Report:
        return self._health.report()

    async def log_of(self, session_id: str) -> list[LogEntry]:
        """Return what was said in a session; raise reference.refusal.Refusal when the store fails."""
        return await self._log.of_session(session_id)

    def connections_of(self, session_id: str) -> list[str]:
        """Return the connections that belong to a session; may be called on any thread."""
        return [
            one for one, conversation in self._conversations.copy().items() if conversation.session_id == session_id
        ]

    def counts(self) -> dict[str, int]:
        """Return open conversations, segments that ended and are not finished, open audio, and segments on disk."""
        conversations = self._conversations.values()
        return {
            "conversations": len(conversations),
            "segments": sum(one.unfinished for one in conversations),
            "buffered_bytes": sum(one.buffered_bytes for one in conversations),
            "audio_files": self._spool.count(),
        }

    async def check_recogniser(self, address: str) -> None:
        failures: list[SpeechFailure] = []

        async def start() -> None:
            try:
                await self._disturbances.before_listening(address)
                await self._engines.warm_up()
            except SpeechFailure as failure:
                self._journal.error("connect", "the recogniser cannot start", failure=failure)
                failures.append(failure)

        starting = self._background.run(start(), name="start-recogniser")
        await asyncio.wait([starting], timeout=RECOGNISER_PATIENCE_S)
        if failures:
            raise Refused("RECOGNISER_UNAVAILABLE", "The speech recogniser cannot start.") from failures[0]
