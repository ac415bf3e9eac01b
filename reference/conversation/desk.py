"""What happens to a segment once it has ended: understood, answered, logged."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from reference.background import Background
from reference.conversation.assistant import Assistant
from reference.conversation.health import Health
from reference.conversation.log import ConversationLog
from reference.conversation.model import NOTHING_HEARD, Answer, LogEntry
from reference.conversation.segments import KeptAudio, Spool
from reference.conversation.transcriber import Transcriber
from reference.journal import Journal
from reference.refusal import Refusal
from reference.storage.clock import Clock

LOG_PATIENCE_S = 0.5
"""So long the end of a segment waits for its log entry; a slower one is written beside the conversation."""
MOST_LATE_ENTRIES = 100


@dataclass(eq=False, repr=False)
class SegmentDesk:
    """Serves the segments of all conversations."""

    _spool: Spool
    _transcriber: Transcriber
    _assistant: Assistant
    _log: ConversationLog
    _health: Health
    _clock: Clock
    _background: Background
    _entries_under_way: int = field(default=0, init=False)
    _journal = Journal("conversation")

    async def keep(self, audio: bytes) -> KeptAudio:
        """Put the audio of a segment where it waits for its turn."""
        return await self._spool.keep(audio)

    async def answer(self, audio: KeptAudio, session_id: str | None) -> Answer:
        """Return what was understood and what the assistant says to it, or raise Refused."""
        heard = await self._transcriber.transcribe(audio, session_id)
        if not heard.text:
            return Answer(heard, NOTHING_HEARD)
        return Answer(heard, await self._assistant.reply(heard.text, session_id))

    async def log(self, session_id: str | None, answer: Answer) -> None:
        """Append an understood segment to its session's log; a failure is noted, but is nobody's trouble (CONV-54)."""
        if session_id is None or not answer.heard.text:
            return
        if self._entries_under_way >= MOST_LATE_ENTRIES:
            self._lost(session_id, "too many entries are under way")
            return
        entry = LogEntry(self._clock.now_ms(), answer.heard.labelled, answer.reply)
        writing = self._background.run(self._write(session_id, entry), name="log-segment")
        await asyncio.wait([writing], timeout=LOG_PATIENCE_S)

    async def _write(self, session_id: str, entry: LogEntry) -> None:
        self._entries_under_way += 1
        try:
            await self._log.add(session_id, entry)
        except Refusal as refusal:
            self._lost(session_id, refusal.code)
        else:
            self._health.logged()
        finally:
            self._entries_under_way -= 1

    def _lost(self, session_id: str, reason: str) -> None:
        self._health.log_failed()
        self._journal.warning("log", "a segment could not be logged", session_id=session_id, reason=reason)
