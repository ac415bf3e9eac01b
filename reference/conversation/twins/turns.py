"""Twins of how a turn is answered: results, their order, and what may go on meanwhile (CONV-4 to 6, 30 to 37)."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import Any

from reference.conversation import codec
from reference.conversation.conversation import Conversation, EndedSegment
from reference.conversation.desk import SegmentDesk
from reference.conversation.gateway import ConversationEndpoint
from reference.conversation.model import NOTHING_HEARD, Answer, Heard, Refused, Reply
from reference.conversation.notices import ChunkTaken, Complaint, Notice, SegmentAnswered, SegmentDone, SessionKnown
from reference.conversation.segments import KeptAudio, OpenSegment
from reference.conversation.transcriber import Transcriber
from reference.twins.twin import conversation_twin, put


def _tell(change: Any) -> None:
    """Tell callers something else: by notice, the notices to tell instead."""
    tell = ConversationEndpoint.tell

    async def tell_otherwise(self: ConversationEndpoint, connection_id: str, notice: Notice) -> None:
        for one in change(notice):
            await tell(self, connection_id, one)

    put(ConversationEndpoint, "tell", tell_otherwise)


def _answer(change: Any) -> None:
    """Answer segments otherwise."""
    answer = SegmentDesk.answer

    async def answer_otherwise(self: SegmentDesk, audio: KeptAudio, session_id: str | None) -> Answer:
        changed: Answer = change(await answer(self, audio, session_id))
        return changed

    put(SegmentDesk, "answer", answer_otherwise)


# ---- results


@conversation_twin("answers-late-by-2500-ms", "CONV-4", "CONV-32")
def answers_late_by_2500_ms() -> None:
    """A turn is answered 2.5 s late."""
    answer = SegmentDesk.answer

    async def answer_late(self: SegmentDesk, audio: KeptAudio, session_id: str | None) -> Answer:
        await asyncio.sleep(2.5)
        return await answer(self, audio, session_id)

    put(SegmentDesk, "answer", answer_late)


@conversation_twin("answers-take-a-minute", "CONV-71", "CONV-73")
def answers_take_a_minute() -> None:
    """A turn is answered after a minute and a second."""
    answer = SegmentDesk.answer

    async def answer_very_late(self: SegmentDesk, audio: KeptAudio, session_id: str | None) -> Answer:
        await asyncio.sleep(61)
        return await answer(self, audio, session_id)

    put(SegmentDesk, "answer", answer_very_late)


@conversation_twin("turn-finished-without-a-result", "CONV-6", "CONV-4")
def turn_finished_without_a_result() -> None:
    """A turn that was answered is finished without its answer."""
    _tell(lambda notice: () if isinstance(notice, SegmentAnswered) else (notice,))


@conversation_twin("failed-turn-finished-without-an-error", "CONV-6", "CONV-30")
def failed_turn_finished_without_an_error() -> None:
    """A turn that failed is finished without an error."""

    def without_error(notice: Notice) -> tuple[Notice, ...]:
        return () if isinstance(notice, Complaint) and notice.segment is not None else (notice,)

    _tell(without_error)


@conversation_twin("failed-turn-never-finished", "CONV-5", "CONV-30")
def failed_turn_never_finished() -> None:
    """A turn that failed is never finished."""
    failed: set[int] = set()

    def unless_failed(notice: Notice) -> tuple[Notice, ...]:
        if isinstance(notice, Complaint) and notice.segment is not None:
            failed.add(notice.segment)
        elif isinstance(notice, SegmentDone) and notice.segment in failed:
            failed.discard(notice.segment)
            return ()
        return (notice,)

    _tell(unless_failed)


@conversation_twin("turn-finished-twice", "CONV-5")
def turn_finished_twice() -> None:
    """A turn is finished twice."""
    _tell(lambda notice: (notice, notice) if isinstance(notice, SegmentDone) else (notice,))


@conversation_twin("turn-finished-before-its-answer", "CONV-5", "CONV-6")
def turn_finished_before_its_answer() -> None:
    """A turn is told to be finished before it is answered."""

    def finished_first(notice: Notice) -> tuple[Notice, ...]:
        if isinstance(notice, SegmentAnswered):
            return (SegmentDone(notice.segment), notice)
        return () if isinstance(notice, SegmentDone) else (notice,)

    _tell(finished_first)


@conversation_twin("turn-finished-late-by-1200-ms", "CONV-5")
def turn_finished_late_by_1200_ms() -> None:
    """A turn is finished 1.2 s after its answer."""
    log = SegmentDesk.log

    async def log_late(self: SegmentDesk, session_id: str | None, answer: Answer) -> None:
        await log(self, session_id, answer)
        await asyncio.sleep(1.2)

    put(SegmentDesk, "log", log_late)


@conversation_twin("progress-told-unasked", "CONV-2", "CONV-5")
def progress_told_unasked() -> None:
    """A word that nobody asked for is sent before a session is confirmed."""

    def greeted(notice: Notice) -> tuple[Notice, ...]:
        return (SegmentDone(1), notice) if isinstance(notice, SessionKnown) else (notice,)

    _tell(greeted)


@conversation_twin("response-without-its-error-member", "CONV-4", "CONV-62")
def response_without_its_error_member() -> None:
    """A response that has no error does not say so."""
    members = codec.members

    def some_members(notice: Notice) -> dict[str, object]:
        return {name: value for name, value in members(notice).items() if name != "error" or value is not None}

    put(codec, "members", some_members)


# ---- turns without speech


@conversation_twin("turn-without-audio-is-silence", "CONV-30", "CONV-37")
def turn_without_audio_is_silence() -> None:
    """A turn without any audio is answered as if nothing had been said in it."""
    silence = Answer(Heard(()), NOTHING_HEARD)

    def silent(notice: Notice) -> tuple[Notice, ...]:
        if isinstance(notice, Complaint) and notice.segment is not None and notice.refused.code == "NO_AUDIO":
            return (SegmentAnswered(notice.segment, silence),)
        return (notice,)

    _tell(silent)


@conversation_twin("turn-without-audio-ends-the-connection", "CONV-30")
def turn_without_audio_ends_the_connection() -> None:
    """Whoever ends a turn without any audio is disconnected."""
    receive = ConversationEndpoint.receive

    async def receive_something(self: ConversationEndpoint, connection_id: str, frame: str | bytes) -> None:
        conversation = self._service.find(connection_id)
        empty = conversation is not None and conversation.buffered_bytes == 0
        await receive(self, connection_id, frame)
        if empty and isinstance(frame, str) and "segment_end" in frame:
            await asyncio.sleep(0.05)
            self.close(connection_id, 1011, "nothing to do")

    put(ConversationEndpoint, "receive", receive_something)


@conversation_twin("empty-pieces-count-as-audio", "CONV-20", "CONV-30")
def empty_pieces_count_as_audio() -> None:
    """A turn of nothing but empty pieces is processed."""
    add = OpenSegment.add

    def add_something(self: OpenSegment, chunk: bytes) -> None:
        add(self, chunk or b"\0\0")

    put(OpenSegment, "add", add_something)


@conversation_twin("silence-answered", "CONV-31")
def silence_answered() -> None:
    """A turn in which nothing was understood is answered by an assistant."""

    def answered(answer: Answer) -> Answer:
        return answer if answer.heard.text else replace(answer, reply=Reply("I did not hear you.", "llama", None))

    _answer(answered)


@conversation_twin("silence-is-a-failure", "CONV-31")
def silence_is_a_failure() -> None:
    """A turn in which nothing was understood is an error of the protocol instead of a response."""

    def failed(answer: Answer) -> Answer:
        if not answer.heard.text:
            raise Refused("RECOGNITION_FAILED", "No speech was recognised.")
        return answer

    _answer(failed)


# ---- from one turn to the next


@conversation_twin("audio-kept-for-the-next-turn", "CONV-32", "CONV-33")
def audio_kept_for_the_next_turn() -> None:
    """The audio of a turn is processed again with the next."""
    put(OpenSegment, "take", lambda self: bytes(self.audio))


@conversation_twin("failed-turn-said-again", "CONV-53", "CONV-5")
def failed_turn_said_again() -> None:
    """The audio of a turn that could not be recognised is put before the next."""
    answer = Conversation.answer

    async def answer_and_keep(self: Conversation, segment: EndedSegment) -> None:
        audio = await segment.audio.read() if isinstance(segment.audio, KeptAudio) else b""
        failed: list[Refused] = []
        tell = self.tell

        async def watch(notice: Notice) -> None:
            if isinstance(notice, Complaint):
                failed.append(notice.refused)
                self.open_segment.audio[:0] = audio
            await tell(notice)

        self.tell = watch
        try:
            await answer(self, segment)
        finally:
            self.tell = tell

    put(Conversation, "answer", answer_and_keep)


@conversation_twin("turns-answered-as-they-are-done", "CONV-33", "CONV-63")
def turns_answered_as_they_are_done() -> None:
    """Turns are worked on all at once, and the shortest is answered first."""

    async def answer_all(self: Conversation) -> None:
        async with asyncio.TaskGroup() as turns:
            while True:
                turns.create_task(self.answer(await self._waiting.get()))

    put(Conversation, "answer_all", answer_all)


@conversation_twin("late-audio-lost", "CONV-34", "CONV-69")
def late_audio_lost() -> None:
    """Audio that arrives while a turn is worked on is confirmed and lost."""
    answer = Conversation.answer

    async def answer_and_empty(self: Conversation, segment: EndedSegment) -> None:
        await answer(self, segment)
        self.open_segment.take()

    put(Conversation, "answer", answer_and_empty)


@conversation_twin("audio-after-an-empty-turn-lost", "CONV-34", "CONV-69")
def audio_after_an_empty_turn_lost() -> None:
    """Audio that follows the end of a turn without any is confirmed and lost."""
    end_segment, take = Conversation.end_segment, Conversation.take
    empty: set[Conversation] = set()

    async def end_and_note(self: Conversation) -> None:
        (empty.discard if self.buffered_bytes else empty.add)(self)
        await end_segment(self)

    async def take_or_lose(self: Conversation, chunk: bytes) -> None:
        if self in empty:
            await self.tell(ChunkTaken(self._ended + 1, 1, len(chunk)))
        else:
            await take(self, chunk)

    put(Conversation, "end_segment", end_and_note)
    put(Conversation, "take", take_or_lose)


@conversation_twin("audio-meanwhile-not-confirmed", "CONV-35", "CONV-34")
def audio_meanwhile_not_confirmed() -> None:
    """Audio that arrives while a turn is worked on is used, but never confirmed."""
    take = Conversation.take

    async def take_silently(self: Conversation, chunk: bytes) -> None:
        if self.unfinished:
            self.open_segment.add(chunk)
        else:
            await take(self, chunk)

    put(Conversation, "take", take_silently)


@conversation_twin("audio-meanwhile-dropped", "CONV-35", "CONV-34")
def audio_meanwhile_dropped() -> None:
    """Audio that arrives while a turn is worked on is confirmed and dropped."""
    take = Conversation.take

    async def take_some(self: Conversation, chunk: bytes) -> None:
        await take(self, b"" if self.unfinished else chunk)

    put(Conversation, "take", take_some)


@conversation_twin("end-meanwhile-ignored", "CONV-37", "CONV-33")
def end_meanwhile_ignored() -> None:
    """Whoever ends a turn while the one before is worked on is not heeded."""
    end_segment = Conversation.end_segment

    async def end_if_idle(self: Conversation) -> None:
        if not self.unfinished:
            await end_segment(self)

    put(Conversation, "end_segment", end_if_idle)


@conversation_twin("recognition-stops-everything", "CONV-36", "CONV-72")
def recognition_stops_everything() -> None:
    """While a turn is recognised, nobody else is served."""
    transcribe = Transcriber.transcribe

    async def transcribe_here(self: Transcriber, audio: KeptAudio, session_id: str | None) -> Heard:
        time.sleep(0.4)
        return await transcribe(self, audio, session_id)

    put(Transcriber, "transcribe", transcribe_here)


@conversation_twin("audio-waits-for-everybodys-turns", "CONV-36")
def audio_waits_for_everybodys_turns() -> None:
    """No audio is taken while the turn of anybody else is being worked on."""
    begin, take = Conversation.__init__, Conversation.take
    everybody: list[Conversation] = []

    def begin_and_note(self: Conversation, *given: Any, **named: Any) -> None:
        begin(self, *given, **named)
        everybody.append(self)

    async def take_between(self: Conversation, chunk: bytes) -> None:
        while any(each.unfinished and not each._answering.done() for each in everybody if each is not self):
            await asyncio.sleep(0.005)
        await take(self, chunk)

    put(Conversation, "__init__", begin_and_note)
    put(Conversation, "take", take_between)


@conversation_twin("one-turn-at-a-time-for-all", "CONV-36", "CONV-48")
def one_turn_at_a_time_for_all() -> None:
    """Turns of all callers wait for one another."""
    answer = SegmentDesk.answer
    turn = asyncio.Lock()

    async def answer_alone(self: SegmentDesk, audio: KeptAudio, session_id: str | None) -> Answer:
        async with turn:
            return await answer(self, audio, session_id)

    put(SegmentDesk, "answer", answer_alone)


@conversation_twin("answers-mixed-up-between-callers", "CONV-72", "CONV-32")
def answers_mixed_up_between_callers() -> None:
    """Of two callers who are answered at the same time, one gets the other's answer."""
    transcribe = Transcriber.transcribe
    under_way: dict[str, list[asyncio.Future[Heard]]] = {"": []}

    async def transcribe_any(self: Transcriber, audio: KeptAudio, session_id: str | None) -> Heard:
        others = [one for one in under_way[""] if not one.done()]
        mine: asyncio.Future[Heard] = asyncio.get_running_loop().create_future()
        under_way[""] = [*others, mine]
        heard = await transcribe(self, audio, session_id)
        mine.set_result(heard)
        return await others[0] if others else heard

    put(Transcriber, "transcribe", transcribe_any)


@conversation_twin("second-question-gets-the-first-answer", "CONV-63", "CONV-32")
def second_question_gets_the_first_answer() -> None:
    """Within a session every question gets the answer of the first."""
    answer = SegmentDesk.answer
    first: dict[str, Reply] = {}

    async def answer_as_before(self: SegmentDesk, audio: KeptAudio, session_id: str | None) -> Answer:
        found = await answer(self, audio, session_id)
        if session_id is None or found.reply.response is None:
            return found
        return replace(found, reply=first.setdefault(session_id, found.reply))

    put(SegmentDesk, "answer", answer_as_before)


@conversation_twin("confirmations-held-until-the-end", "CONV-35", "CONV-3", "CONV-9")
def confirmations_held_until_the_end() -> None:
    """The pieces of a turn are confirmed once it has ended, all at once."""
    take, end_segment = Conversation.take, Conversation.end_segment
    held: dict[Conversation, list[ChunkTaken]] = {}

    async def take_and_hold(self: Conversation, chunk: bytes) -> None:
        tell = self.tell

        async def hold(notice: Notice) -> None:
            assert isinstance(notice, ChunkTaken)
            held.setdefault(self, []).append(notice)

        self.tell = hold
        try:
            await take(self, chunk)
        finally:
            self.tell = tell

    async def end_and_confirm(self: Conversation) -> None:
        for notice in held.pop(self, []):
            await self.tell(notice)
        await end_segment(self)

    put(Conversation, "take", take_and_hold)
    put(Conversation, "end_segment", end_and_confirm)
