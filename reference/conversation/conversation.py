"""One client's connection: its session, its open segment, and the segments on their way to an answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from reference.background import Background
from reference.conversation.desk import SegmentDesk
from reference.conversation.model import Refused
from reference.conversation.notices import ChunkTaken, Complaint, Notice, SegmentAnswered, SegmentDone, SessionKnown
from reference.conversation.segments import KeptAudio, OpenSegment
from reference.journal import Journal

Tell = Callable[[Notice], Awaitable[None]]
"""Tells the client something; waits while the client does not listen."""


NO_AUDIO = Refused("NO_AUDIO", "There is no audio data in this segment.")
FAILED = Refused("INTERNAL_ERROR", "The segment could not be processed.")


@dataclass(frozen=True, slots=True)
class EndedSegment:
    number: int
    session_id: str | None
    audio: KeptAudio | Refused
    """Or why there is none."""


class Conversation:
    """Answers one segment after the other; audio of the next is taken meanwhile (CONV-35).

    Whoever has ended more segments than may wait has no room for more until one is finished.
    """

    def __init__(
        self, desk: SegmentDesk, open_segment: OpenSegment, tell: Tell, background: Background, *, most_waiting: int
    ) -> None:
        self.session_id: str | None = None
        self._desk = desk
        self.open_segment = open_segment
        self.tell = tell
        self._ended = 0
        self._finished = 0
        self._waiting: asyncio.Queue[EndedSegment] = asyncio.Queue()
        self._most_waiting = most_waiting
        self._room = asyncio.Event()
        self._room.set()
        self._journal = Journal("conversation")
        self._answering = background.run(self.answer_all(), name="answer-segments")

    @property
    def buffered_bytes(self) -> int:
        """The audio of the open segment."""
        return self.open_segment.size_bytes

    @property
    def unfinished(self) -> int:
        """How many segments have ended and are not finished."""
        return self._ended - self._finished

    async def name(self, session_id: str) -> None:
        """Let the conversation belong to a session; what is open stays and belongs to it too (CONV-10)."""
        self.session_id = session_id
        await self.tell(SessionKnown(session_id))

    async def take(self, chunk: bytes) -> None:
        """Add audio to the open segment and confirm it, or raise Refused."""
        self.open_segment.add(chunk)
        await self.tell(ChunkTaken(self._ended + 1, self.open_segment.chunks, len(chunk)))

    async def end_segment(self) -> None:
        """Close the open segment and have it answered after those before it."""
        audio = self.open_segment.take()
        self._ended += 1
        try:
            self._put(await self._desk.keep(audio) if audio else NO_AUDIO)
        except OSError as failure:  # the disk is full, perhaps
            self._journal.error("keep", "a segment could not be kept", failure=failure, session_id=self.session_id)
            self._put(FAILED)

    def fail_segment(self) -> None:
        """Drop the open segment and have an error told after the segments before it."""
        self.open_segment.take()
        self._ended += 1
        self._put(FAILED)

    async def has_room(self) -> None:
        """Return when another segment may wait, or the conversation is closed."""
        await self._room.wait()

    async def close(self) -> None:
        """Drop whatever is open, waiting or being answered."""
        self._answering.cancel()
        await asyncio.wait([self._answering])
        while not self._waiting.empty():
            _remove(self._waiting.get_nowait())
        self._room.set()
        self.open_segment.take()

    def _put(self, audio: KeptAudio | Refused) -> None:
        """Let the segment that has just ended wait for its turn."""
        self._waiting.put_nowait(EndedSegment(self._ended, self.session_id, audio))
        if self._waiting.qsize() > self._most_waiting:
            self._room.clear()

    async def answer_all(self) -> None:
        while True:
            await self.answer(await self.next_ended())

    async def next_ended(self) -> EndedSegment:
        """Return the first segment that waits, which makes room for another."""
        segment = await self._waiting.get()
        if self._waiting.qsize() <= self._most_waiting:
            self._room.set()
        return segment

    async def answer(self, segment: EndedSegment) -> None:
        """Tell the result of one segment and then, whatever that was, that it is finished (CONV-5)."""
        try:
            if isinstance(segment.audio, Refused):
                await self.tell(Complaint(segment.audio, segment.number))
            else:
                answer = await self._desk.answer(segment.audio, segment.session_id)
                await self.tell(SegmentAnswered(segment.number, answer))
                await self._desk.log(segment.session_id, answer)
        except Refused as refused:
            await self.tell(Complaint(refused, segment.number))
        except Exception as failure:  # whatever it is, the client is told and the log has the rest
            self._journal.error("answer", "a segment failed", failure=failure, session_id=segment.session_id)
            await self.tell(Complaint(FAILED, segment.number))
        finally:
            _remove(segment)
            self._finished += 1
        await self.tell(SegmentDone(segment.number))


def _remove(segment: EndedSegment) -> None:
    if isinstance(segment.audio, KeptAudio):
        segment.audio.remove()
