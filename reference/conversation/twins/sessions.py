"""Twins of the conversation's beginning and end, and of what belongs to a session (CONV-1, 2, 10 to 13, 38, 39)."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from typing import Any

from reference.conversation import codec, gateway, model
from reference.conversation.conversation import Conversation
from reference.conversation.desk import SegmentDesk
from reference.conversation.gateway import ConversationEndpoint
from reference.conversation.log import ConversationLog
from reference.conversation.model import NOTHING_HEARD, Answer, Heard, LogEntry, Utterance, checked_session_id
from reference.conversation.notices import Notice, SessionKnown
from reference.conversation.segments import OpenSegment
from reference.gateway.server import Upgrade
from reference.twins.twin import conversation_twin, put


@conversation_twin("callers-connected-late-by-1200-ms", "CONV-1", "CONV-60")
def callers_connected_late_by_1200_ms() -> None:
    """A caller is connected 1.2 s late."""
    admit = ConversationEndpoint.admit

    async def admit_late(self: ConversationEndpoint, connection_id: str, upgrade: Upgrade) -> None:
        await asyncio.sleep(1.2)
        await admit(self, connection_id, upgrade)

    put(ConversationEndpoint, "admit", admit_late)


def _members(change: Any) -> None:
    """Write notices otherwise: by notice and members."""
    members = codec.members

    def write_otherwise(notice: Notice) -> dict[str, object]:
        changed: dict[str, object] = change(notice, members(notice))
        return changed

    put(codec, "members", write_otherwise)


@conversation_twin("session-confirmed-in-lower-case", "CONV-2")
def session_confirmed_in_lower_case() -> None:
    """A session is confirmed by its name in lower case."""

    def lower(notice: Notice, members: dict[str, object]) -> dict[str, object]:
        if isinstance(notice, SessionKnown):
            members["session_id"] = notice.session_id.lower()
        return members

    _members(lower)


@conversation_twin("session-confirmed-late-by-150-ms", "CONV-2", "CONV-70", "CONV-60")
def session_confirmed_late_by_150_ms() -> None:
    """A session is confirmed 150 ms late."""
    name = Conversation.name

    async def name_late(self: Conversation, session_id: str) -> None:
        await asyncio.sleep(0.15)
        await name(self, session_id)

    put(Conversation, "name", name_late)


@conversation_twin("session-never-confirmed-twice", "CONV-10")
def session_never_confirmed_twice() -> None:
    """A second name of a session is taken without a word."""
    name = Conversation.name

    async def name_once(self: Conversation, session_id: str) -> None:
        if self.session_id is None:
            await name(self, session_id)
        else:
            self.session_id = session_id

    put(Conversation, "name", name_once)


@conversation_twin("new-name-drops-the-open-audio", "CONV-10")
def new_name_drops_the_open_audio() -> None:
    """Audio that was sent before a session is named anew is dropped."""
    name = Conversation.name

    async def name_and_forget(self: Conversation, session_id: str) -> None:
        if self.session_id is not None:
            self.open_segment.take()
        await name(self, session_id)

    put(Conversation, "name", name_and_forget)


@conversation_twin("new-name-confirmed-and-ignored", "CONV-10")
def new_name_confirmed_and_ignored() -> None:
    """A session that was named anew goes on under its first name."""
    name = Conversation.name

    async def name_as_before(self: Conversation, session_id: str) -> None:
        before = self.session_id
        await name(self, session_id)
        self.session_id = before or session_id

    put(Conversation, "name", name_as_before)


@conversation_twin("first-name-kept-for-open-audio", "CONV-10")
def first_name_kept_for_open_audio() -> None:
    """Audio belongs to the session that was named when it began, not to the one that is named when it ends."""
    take, end_segment = Conversation.take, Conversation.end_segment
    begun: dict[Conversation, str | None] = {}

    async def take_for(self: Conversation, chunk: bytes) -> None:
        begun.setdefault(self, self.session_id)
        await take(self, chunk)

    async def end_for(self: Conversation) -> None:
        named, self.session_id = self.session_id, begun.pop(self, self.session_id)
        try:
            await end_segment(self)
        finally:
            self.session_id = named

    put(Conversation, "take", take_for)
    put(Conversation, "end_segment", end_for)


@conversation_twin("unnamed-callers-not-heard", "CONV-11")
def unnamed_callers_not_heard() -> None:
    """Audio of somebody who named no session is confirmed and dropped."""
    end_segment = Conversation.end_segment

    async def end_without(self: Conversation) -> None:
        if self.session_id is None:
            self.open_segment.take()
        await end_segment(self)

    put(Conversation, "end_segment", end_without)


@conversation_twin("unnamed-segments-kept-later", "CONV-11")
def unnamed_segments_kept_later() -> None:
    """What was said before a session was named is kept under its name."""
    log = SegmentDesk.log
    unnamed: list[Answer] = []

    async def log_later(self: SegmentDesk, session_id: str | None, answer: Answer) -> None:
        if session_id is None:
            unnamed.append(answer)
            return
        while unnamed:
            await log(self, session_id, unnamed.pop(0))
        await log(self, session_id, answer)

    put(SegmentDesk, "log", log_later)


@conversation_twin("goodbye-with-1001", "CONV-12")
def goodbye_with_1001() -> None:
    """Whoever says goodbye is closed with 1001."""
    put(gateway, "DONE", 1001)


@conversation_twin("goodbye-not-heard", "CONV-12")
def goodbye_not_heard() -> None:
    """Whoever says goodbye stays connected."""
    close = ConversationEndpoint.close

    def close_others(self: ConversationEndpoint, connection_id: str, code: int, reason: str) -> None:
        if code != gateway.DONE:
            close(self, connection_id, code, reason)

    put(ConversationEndpoint, "close", close_others)


@conversation_twin("goodbye-ends-the-segment", "CONV-12")
def goodbye_ends_the_segment() -> None:
    """Audio that is open when somebody leaves is processed and kept."""
    close = Conversation.close

    async def end_and_close(self: Conversation) -> None:
        if self.buffered_bytes:
            await self.end_segment()
            while self.unfinished:
                await asyncio.sleep(0.01)
        await close(self)

    put(Conversation, "close", end_and_close)


_ABANDONED: dict[str, bytes] = {}


@conversation_twin("audio-waits-for-the-next-connection", "CONV-13")
def audio_waits_for_the_next_connection() -> None:
    """Audio of a lost connection is found again by the next one of the same session."""
    close, name = Conversation.close, Conversation.name

    async def close_and_keep(self: Conversation) -> None:
        if self.session_id is not None:
            _ABANDONED[self.session_id] = self.open_segment.take()
        await close(self)

    async def name_and_find(self: Conversation, session_id: str) -> None:
        if audio := _ABANDONED.pop(session_id, b""):
            self.open_segment.add(audio)
        await name(self, session_id)

    put(Conversation, "close", close_and_keep)
    put(Conversation, "name", name_and_find)


@conversation_twin("lost-callers-stay-in-memory", "CONV-13")
def lost_callers_stay_in_memory() -> None:
    """Audio of a lost connection stays in memory."""

    async def stay(_self: ConversationEndpoint, _connection_id: str) -> None:
        return

    put(ConversationEndpoint, "left", stay)


@conversation_twin("two-connections-share-audio", "CONV-13", "CONV-32", "CONV-72")
def two_connections_share_audio() -> None:
    """Connections of one session fill one segment together."""
    name = Conversation.name
    segments: dict[str, OpenSegment] = {}

    async def name_and_share(self: Conversation, session_id: str) -> None:
        self.open_segment = segments.setdefault(session_id, self.open_segment)
        await name(self, session_id)

    put(Conversation, "name", name_and_share)


@conversation_twin("all-callers-share-audio", "CONV-72")
def all_callers_share_audio() -> None:
    """What anybody says goes into the turn that anybody ends first."""
    begin = Conversation.__init__
    segments: list[OpenSegment] = []

    def begin_and_share(
        self: Conversation, desk: SegmentDesk, open_segment: OpenSegment, *others: Any, **named: Any
    ) -> None:
        segments.append(open_segment)
        begin(self, desk, segments[0], *others, **named)

    put(Conversation, "__init__", begin_and_share)


# ---- ids


@conversation_twin("any-session-id-taken", "CONV-39")
def any_session_id_taken() -> None:
    """A session may have any name, even one that could be a path."""
    put(codec, "checked_session_id", str)


@conversation_twin("session-ids-of-129-characters-taken", "CONV-39")
def session_ids_of_129_characters_taken() -> None:
    """A session may have a name of any length."""
    put(model, "SESSION_ID", re.compile(r"[A-Za-z0-9_-]+", re.ASCII))


@conversation_twin("session-ids-with-dots-taken", "CONV-39")
def session_ids_with_dots_taken() -> None:
    """A session may have dots in its name."""
    put(model, "SESSION_ID", re.compile(r"[A-Za-z0-9_.-]{1,128}", re.ASCII))


@conversation_twin("session-ids-trimmed", "CONV-39")
def session_ids_trimmed() -> None:
    """Space around the name of a session is ignored."""

    def trimmed(given: object) -> str:
        return checked_session_id(given.strip() if isinstance(given, str) else given)

    put(codec, "checked_session_id", trimmed)


@conversation_twin("refused-name-forgets-the-session", "CONV-39")
def refused_name_forgets_the_session() -> None:
    """A name that is refused ends the session that there was."""
    receive = ConversationEndpoint.receive

    async def receive_and_forget(self: ConversationEndpoint, connection_id: str, frame: str | bytes) -> None:
        await receive(self, connection_id, frame)
        conversation = self._service.find(connection_id)
        if conversation is not None and isinstance(frame, str) and '"session"' in frame:
            try:
                codec.decode(frame, chunk_max_bytes=self._chunk_max_bytes)
            except model.Refused:
                conversation.session_id = None

    put(ConversationEndpoint, "receive", receive_and_forget)


# ---- the log


@conversation_twin("nothing-kept", "CONV-38")
def nothing_kept() -> None:
    """What is said is not kept."""

    async def forget(_self: SegmentDesk, _session_id: str | None, _answer: Answer) -> None:
        return

    put(SegmentDesk, "log", forget)


@conversation_twin("log-without-speakers", "CONV-38")
def log_without_speakers() -> None:
    """What is kept does not say who was speaking."""
    put(Heard, "labelled", Heard.text)


def _add(change: Any) -> None:
    """Keep entries otherwise."""
    add = ConversationLog.add

    async def add_otherwise(self: ConversationLog, session_id: str, entry: LogEntry) -> None:
        await add(self, session_id, change(entry))

    put(ConversationLog, "add", add_otherwise)


@conversation_twin("log-an-hour-ahead", "CONV-38")
def log_an_hour_ahead() -> None:
    """What is kept has the time of another time zone, told as UTC."""
    _add(lambda entry: replace(entry, time_ms=entry.time_ms + 3_600_000))


@conversation_twin("log-without-answers", "CONV-38")
def log_without_answers() -> None:
    """Of a turn only the words are kept, not the answer."""
    _add(lambda entry: replace(entry, reply=replace(entry.reply, response=None)))


@conversation_twin("unanswered-segments-not-kept", "CONV-38")
def unanswered_segments_not_kept() -> None:
    """A turn without an answer is not kept."""
    log = SegmentDesk.log

    async def log_answers(self: SegmentDesk, session_id: str | None, answer: Answer) -> None:
        if answer.reply.response is not None:
            await log(self, session_id, answer)

    put(SegmentDesk, "log", log_answers)


@conversation_twin("log-counts-from-zero", "CONV-38")
def log_counts_from_zero() -> None:
    """The turns of a session are counted from 0."""
    segment = codec.log_segment
    put(codec, "log_segment", lambda index, entry: segment(index - 1, entry))


@conversation_twin("log-last-said-first", "CONV-38")
def log_last_said_first() -> None:
    """The turns of a session are told in reverse."""
    of_session = ConversationLog.of_session

    async def reversed_entries(self: ConversationLog, session_id: str) -> list[LogEntry]:
        return (await of_session(self, session_id))[::-1]

    put(ConversationLog, "of_session", reversed_entries)


@conversation_twin("turns-without-audio-kept", "CONV-38")
def turns_without_audio_kept() -> None:
    """A turn that was ended without any audio is kept, too."""
    end_segment = Conversation.end_segment

    async def end_and_log(self: Conversation) -> None:
        nothing_said = not self.buffered_bytes
        await end_segment(self)
        if nothing_said and self.session_id is not None:
            await self._desk.log(self.session_id, Answer(Heard((Utterance("(nothing)"),)), NOTHING_HEARD))

    put(Conversation, "end_segment", end_and_log)


@conversation_twin("silence-kept", "CONV-38", "CONV-31")
def silence_kept() -> None:
    """A turn in which nothing was understood is kept, too."""
    log = SegmentDesk.log

    async def log_silence(self: SegmentDesk, session_id: str | None, answer: Answer) -> None:
        if answer.heard.text:
            await log(self, session_id, answer)
        elif session_id is not None:
            await self._write(session_id, LogEntry(self._clock.now_ms(), "(silence)", answer.reply))

    put(SegmentDesk, "log", log_silence)
