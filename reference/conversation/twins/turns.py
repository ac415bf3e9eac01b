"""Twins of how a turn is answered: results, their order, and what may go on meanwhile (CONV-4 to 6, 30 to 37)."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from dataclasses import replace

from reference.conversation.conversation import Conversation
from reference.conversation.desk import SegmentDesk
from reference.conversation.gateway import ConversationEndpoint
from reference.conversation.model import NOTHING_HEARD, Answer, Heard, Refused, Reply
from reference.conversation.notices import ChunkTaken, Complaint, SegmentAnswered, SegmentDone, SessionKnown
from reference.conversation.segments import KeptAudio, OpenSegment
from reference.conversation.transcriber import Transcriber
from reference.twins.kinds import late
from reference.twins.twin import result_of, twin_of

# ---- results


@late(SegmentDesk.answer, 2.5, "CONV-4", "CONV-32")
def answers_late_by_2500_ms():
    """A turn is answered 2.5 s late."""


@late(SegmentDesk.answer, 61, "CONV-71", "CONV-73")
def answers_take_a_minute():
    """A turn is answered after a minute and a second."""


_UNFINISHED: set[int] = set()


@twin_of(ConversationEndpoint.tell, "CONV-5", "CONV-30")
async def failed_turn_never_finished(tell, self, connection_id, notice):
    """A turn that failed is never finished."""
    if isinstance(notice, Complaint) and notice.segment is not None:
        _UNFINISHED.add(notice.segment)
    elif isinstance(notice, SegmentDone) and notice.segment in _UNFINISHED:
        _UNFINISHED.discard(notice.segment)
        return
    await tell(self, connection_id, notice)


@twin_of(ConversationEndpoint.tell, "CONV-5", "CONV-6")
async def turn_finished_before_its_answer(tell, self, connection_id, notice):
    """A turn is told to be finished before it is answered."""
    if isinstance(notice, SegmentAnswered):
        await tell(self, connection_id, SegmentDone(notice.segment))
    if not isinstance(notice, SegmentDone):
        await tell(self, connection_id, notice)


@twin_of(SegmentDesk.log, "CONV-5")
async def turn_finished_late_by_1200_ms(log, *given):
    """A turn is finished 1.2 s after its answer."""
    await log(*given)
    await asyncio.sleep(1.2)


@twin_of(ConversationEndpoint.tell, "CONV-2", "CONV-5")
async def progress_told_unasked(tell, self, connection_id, notice):
    """A word that nobody asked for is sent before a session is confirmed."""
    if isinstance(notice, SessionKnown):
        await tell(self, connection_id, SegmentDone(1))
    await tell(self, connection_id, notice)


# ---- turns without speech


@twin_of(ConversationEndpoint.tell, "CONV-30", "CONV-37")
async def turn_without_audio_is_silence(tell, self, connection_id, notice):
    """A turn without any audio is answered as if nothing had been said in it."""
    if isinstance(notice, Complaint) and notice.segment is not None and notice.refused.code == "NO_AUDIO":
        notice = SegmentAnswered(notice.segment, Answer(Heard(()), NOTHING_HEARD))
    await tell(self, connection_id, notice)


@twin_of(OpenSegment.add, "CONV-20", "CONV-30")
def empty_pieces_count_as_audio(add, self, chunk):
    """A turn of nothing but empty pieces is processed."""
    add(self, chunk or b"\0\0")


@result_of(SegmentDesk.answer, "CONV-31")
def silence_answered(answer, *_):
    """A turn in which nothing was understood is answered by an assistant."""
    return answer if answer.heard.text else replace(answer, reply=Reply("I did not hear you.", "llama", None))


@result_of(SegmentDesk.answer, "CONV-31")
def silence_is_a_failure(answer, *_):
    """A turn in which nothing was understood is an error of the protocol instead of a response."""
    if not answer.heard.text:
        raise Refused("RECOGNITION_FAILED", "No speech was recognised.")
    return answer


# ---- from one turn to the next


@twin_of(OpenSegment.take, "CONV-32", "CONV-33")
def audio_kept_for_the_next_turn(take, self):
    """The audio of a turn is processed again with the next."""
    return bytes(self.audio)


@twin_of(Conversation.answer, "CONV-53", "CONV-5")
async def failed_turn_said_again(answer, self, segment):
    """The audio of a turn that could not be recognised is put before the next."""
    audio = await segment.audio.read() if isinstance(segment.audio, KeptAudio) else b""
    tell = self.tell

    async def watch(notice):
        if isinstance(notice, Complaint):
            self.open_segment.audio[:0] = audio
        await tell(notice)

    self.tell = watch
    try:
        await answer(self, segment)
    finally:
        self.tell = tell


@twin_of(Conversation.answer_all, "CONV-33", "CONV-63")
async def turns_answered_as_they_are_done(answer_all, self):
    """Turns are worked on all at once, and the shortest is answered first."""
    async with asyncio.TaskGroup() as turns:
        while True:
            turns.create_task(self.answer(await self.next_ended()))


@twin_of(Conversation.answer, "CONV-34", "CONV-69")
async def late_audio_lost(answer, self, segment):
    """Audio that arrives while a turn is worked on is confirmed and lost."""
    await answer(self, segment)
    self.open_segment.take()


_ENDED_EMPTY: set[Conversation] = set()


@twin_of(Conversation.end_segment, "CONV-34", "CONV-69")
async def audio_after_an_empty_turn_lost(end_segment, self):
    """Audio that follows the end of a turn without any is confirmed and lost."""
    (_ENDED_EMPTY.discard if self.buffered_bytes else _ENDED_EMPTY.add)(self)
    await end_segment(self)


@audio_after_an_empty_turn_lost.also(Conversation.take)
async def take_or_lose(take, self, chunk):
    if self in _ENDED_EMPTY:
        await self.tell(ChunkTaken(self._ended + 1, 1, len(chunk)))
    else:
        await take(self, chunk)


@twin_of(Conversation.take, "CONV-35", "CONV-34")
async def audio_meanwhile_not_confirmed(take, self, chunk):
    """Audio that arrives while a turn is worked on is used, but never confirmed."""
    if self.unfinished:
        self.open_segment.add(chunk)
    else:
        await take(self, chunk)


@twin_of(Conversation.take, "CONV-35", "CONV-34")
async def audio_meanwhile_dropped(take, self, chunk):
    """Audio that arrives while a turn is worked on is confirmed and dropped."""
    await take(self, b"" if self.unfinished else chunk)


@twin_of(Conversation.end_segment, "CONV-37", "CONV-33")
async def end_meanwhile_ignored(end_segment, self):
    """Whoever ends a turn while the one before is worked on is not heeded."""
    if not self.unfinished:
        await end_segment(self)


@twin_of(Transcriber.transcribe, "CONV-36", "CONV-72")
async def recognition_stops_everything(transcribe, *given):
    """While a turn is recognised, nobody else is served."""
    time.sleep(0.4)
    return await transcribe(*given)


_EVERYBODY: list[Conversation] = []


@twin_of(Conversation.take, "CONV-36")
async def audio_waits_for_everybodys_turns(take, self, chunk):
    """No audio is taken while the turn of anybody else is being worked on."""
    while any(each.unfinished and not each._answering.done() for each in _EVERYBODY if each is not self):
        await asyncio.sleep(0.005)
    await take(self, chunk)


@audio_waits_for_everybodys_turns.also(Conversation.__init__)
def begin_and_note(begin, self, *given, **named):
    begin(self, *given, **named)
    _EVERYBODY.append(self)


_TURN = asyncio.Lock()


@twin_of(SegmentDesk.answer, "CONV-36", "CONV-48")
async def one_turn_at_a_time_for_all(answer, *given):
    """The turns of all people wait for one another."""
    async with _TURN:
        return await answer(*given)


_UNDER_WAY: list[asyncio.Future[Heard]] = []


@twin_of(Transcriber.transcribe, "CONV-72", "CONV-32")
async def answers_mixed_up_between_callers(transcribe, *given):
    """Of two people who are answered at the same time, one gets the other's answer."""
    others = [one for one in _UNDER_WAY if not one.done()]
    mine = asyncio.get_running_loop().create_future()
    _UNDER_WAY[:] = [*others, mine]
    heard = await transcribe(*given)
    mine.set_result(heard)
    return await others[0] if others else heard


_FIRST: dict[str, Reply] = {}


@result_of(SegmentDesk.answer, "CONV-63", "CONV-32")
def second_question_gets_the_first_answer(answer, _self, _audio, session_id):
    """Within a session every question gets the answer of the first."""
    if session_id is None or answer.reply.response is None:
        return answer
    return replace(answer, reply=_FIRST.setdefault(session_id, answer.reply))


_HELD: defaultdict[Conversation, list[ChunkTaken]] = defaultdict(list)


@twin_of(Conversation.take, "CONV-35", "CONV-3", "CONV-9")
async def confirmations_held_until_the_end(take, self, chunk):
    """The pieces of a turn are confirmed once it has ended, all at once."""
    self.open_segment.add(chunk)
    _HELD[self].append(ChunkTaken(self._ended + 1, self.open_segment.chunks, len(chunk)))


@confirmations_held_until_the_end.also(Conversation.end_segment)
async def confirm_and_end(end_segment, self):
    for notice in _HELD.pop(self, []):
        await self.tell(notice)
    await end_segment(self)
