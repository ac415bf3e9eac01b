"""Twins of the conversation's beginning and end, and of what belongs to a session (CONV-1, 2, 10 to 13, 38, 39)."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace

from reference.conversation import codec, gateway, model
from reference.conversation.conversation import Conversation
from reference.conversation.desk import SegmentDesk
from reference.conversation.gateway import ConversationEndpoint
from reference.conversation.log import ConversationLog
from reference.conversation.model import NOTHING_HEARD, Answer, Heard, LogEntry, Utterance
from reference.conversation.segments import OpenSegment
from reference.twins.kinds import constant, late, skipped
from reference.twins.twin import Seam, result_of, twin_of


@late(ConversationEndpoint.admit, 1.2, "CONV-1", "CONV-60")
def callers_connected_late_by_1200_ms():
    """Everybody is connected 1.2 s late."""


@late(Conversation.name, 0.15, "CONV-2", "CONV-70", "CONV-60")
def session_confirmed_late_by_150_ms():
    """A session is confirmed 150 ms late."""


@late(Conversation.name, 5.1, "CONV-2", every=70)
def every_seventieth_session_confirmed_late_by_5100_ms():
    """Every seventieth session is confirmed 5.1 s late."""


@twin_of(Conversation.name, "CONV-10")
async def session_never_confirmed_twice(name, self, session_id):
    """A second name of a session is taken without a word."""
    if self.session_id is None:
        await name(self, session_id)
    self.session_id = session_id


@twin_of(Conversation.name, "CONV-10")
async def new_name_drops_the_open_audio(name, self, session_id):
    """Audio that was sent before a session is named anew is dropped."""
    if self.session_id is not None:
        self.open_segment.take()
    await name(self, session_id)


@twin_of(Conversation.name, "CONV-10")
async def new_name_confirmed_and_ignored(name, self, session_id):
    """A session that was named anew goes on under its first name."""
    before = self.session_id
    await name(self, session_id)
    self.session_id = before or session_id


_NAMED_AT_FIRST: dict[Conversation, str | None] = {}


@twin_of(Conversation.take, "CONV-10")
async def first_name_kept_for_open_audio(take, self, chunk):
    """Audio belongs to the session that was named when it began, not to the one that is named when it ends."""
    _NAMED_AT_FIRST.setdefault(self, self.session_id)
    await take(self, chunk)


@first_name_kept_for_open_audio.also(Conversation.end_segment)
async def end_for_the_first(end_segment, self):
    named, self.session_id = self.session_id, _NAMED_AT_FIRST.pop(self, self.session_id)
    try:
        await end_segment(self)
    finally:
        self.session_id = named


@twin_of(Conversation.end_segment, "CONV-11")
async def unnamed_callers_not_heard(end_segment, self):
    """Audio of somebody who named no session is confirmed and dropped."""
    if self.session_id is None:
        self.open_segment.take()
    await end_segment(self)


_UNNAMED: list[Answer] = []


@twin_of(SegmentDesk.log, "CONV-11")
async def unnamed_segments_kept_later(log, self, session_id, answer):
    """What was said before a session was named is kept under its name."""
    if session_id is None:
        _UNNAMED.append(answer)
        return
    while _UNNAMED:
        await log(self, session_id, _UNNAMED.pop(0))
    await log(self, session_id, answer)


@constant(gateway, "DONE", 1001, "CONV-12")
def goodbye_with_1001():
    """Whoever says goodbye is closed with 1001."""


@twin_of(ConversationEndpoint.close, "CONV-12")
def goodbye_not_heard(close, self, connection_id, code, reason):
    """Whoever says goodbye stays connected."""
    if code != gateway.DONE:
        close(self, connection_id, code, reason)


@twin_of(Conversation.close, "CONV-12")
async def goodbye_ends_the_segment(close, self):
    """Audio that is open when somebody leaves is processed and kept."""
    if self.buffered_bytes:
        await self.end_segment()
        while self.unfinished:
            await asyncio.sleep(0.01)
    await close(self)


_ABANDONED: dict[str, bytes] = {}


@twin_of(Conversation.close, "CONV-13")
async def audio_waits_for_the_next_connection(close, self):
    """Audio of a lost connection is found again by the next one of the same session."""
    if self.session_id is not None:
        _ABANDONED[self.session_id] = self.open_segment.take()
    await close(self)


@audio_waits_for_the_next_connection.also(Conversation.name)
async def name_and_find(name, self, session_id):
    if audio := _ABANDONED.pop(session_id, b""):
        self.open_segment.add(audio)
    await name(self, session_id)


@skipped(ConversationEndpoint.left, "CONV-13")
def lost_callers_stay_in_memory():
    """Audio of a lost connection stays in memory."""


_OF_SESSIONS: dict[str, OpenSegment] = {}


@twin_of(Conversation.name, "CONV-13", "CONV-32", "CONV-72")
async def two_connections_share_audio(name, self, session_id):
    """Connections of one session fill one segment together."""
    self.open_segment = _OF_SESSIONS.setdefault(session_id, self.open_segment)
    await name(self, session_id)


_OF_EVERYBODY: list[OpenSegment] = []


@twin_of(Conversation.__init__, "CONV-72")
def all_callers_share_audio(begin, self, desk, open_segment, *others, **named):
    """What anybody says goes into the turn that anybody ends first."""
    _OF_EVERYBODY.append(open_segment)
    begin(self, desk, _OF_EVERYBODY[0], *others, **named)


# ---- ids


@constant(codec, "checked_session_id", str, "CONV-39")
def any_session_id_taken():
    """A session may have any name, even one that could be a path."""


@constant(model, "SESSION_ID", re.compile(r"[A-Za-z0-9_-]+", re.ASCII), "CONV-39")
def session_ids_of_129_characters_taken():
    """A session may have a name of any length."""


@constant(model, "SESSION_ID", re.compile(r"[A-Za-z0-9_.-]{1,128}", re.ASCII), "CONV-39")
def session_ids_with_dots_taken():
    """A session may have dots in its name."""


@twin_of(Seam(codec, "checked_session_id"), "CONV-39")
def session_ids_trimmed(checked_session_id, given):
    """Space around the name of a session is ignored."""
    return checked_session_id(given.strip() if isinstance(given, str) else given)


# ---- the log


@skipped(SegmentDesk.log, "CONV-38")
def nothing_kept():
    """What is said is not kept."""


@constant(Heard, "labelled", Heard.text, "CONV-38")
def log_without_speakers():
    """What is kept does not say who was speaking."""


@twin_of(ConversationLog.add, "CONV-38")
async def log_an_hour_ahead(add, self, session_id, entry):
    """What is kept has the time of another time zone, told as UTC."""
    await add(self, session_id, replace(entry, time_ms=entry.time_ms + 3_600_000))


@twin_of(ConversationLog.add, "CONV-38")
async def log_without_answers(add, self, session_id, entry):
    """Of a turn only the words are kept, not the answer."""
    await add(self, session_id, replace(entry, reply=replace(entry.reply, response=None)))


@twin_of(SegmentDesk.log, "CONV-38")
async def unanswered_segments_not_kept(log, self, session_id, answer):
    """A turn without an answer is not kept."""
    if answer.reply.response is not None:
        await log(self, session_id, answer)


@twin_of(codec.log_segment, "CONV-38")
def log_counts_from_zero(log_segment, index, entry):
    """The turns of a session are counted from 0."""
    return log_segment(index - 1, entry)


@result_of(ConversationLog.of_session, "CONV-38")
def log_last_said_first(entries, *_):
    """The turns of a session are told in reverse."""
    return entries[::-1]


@twin_of(Conversation.end_segment, "CONV-38")
async def turns_without_audio_kept(end_segment, self):
    """A turn that was ended without any audio is kept, too."""
    nothing_said = not self.buffered_bytes
    await end_segment(self)
    if nothing_said and self.session_id is not None:
        await self._desk.log(self.session_id, Answer(Heard((Utterance("(nothing)"),)), NOTHING_HEARD))


@twin_of(SegmentDesk.log, "CONV-38", "CONV-31")
async def silence_kept(log, self, session_id, answer):
    """A turn in which nothing was understood is kept, too."""
    if answer.heard.text:
        await log(self, session_id, answer)
    elif session_id is not None:
        await self._write(session_id, LogEntry(self._clock.now_ms(), "(silence)", answer.reply))
