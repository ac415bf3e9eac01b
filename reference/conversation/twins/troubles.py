"""Twins of a conversation in trouble: messages, recogniser, storage, what is left and given away (CONV-50 to 57)."""

from __future__ import annotations

import asyncio
import traceback
from dataclasses import replace
from http import HTTPStatus

from reference.conversation import codec, gateway
from reference.conversation.conversation import Conversation
from reference.conversation.desk import SegmentDesk
from reference.conversation.gateway import ConversationEndpoint
from reference.conversation.health import Health
from reference.conversation.model import NOTHING_HEARD, Answer, Heard, Refused
from reference.conversation.notices import Complaint, Notice
from reference.conversation.segments import KeptAudio
from reference.conversation.service import ConversationService
from reference.conversation.transcriber import Transcriber
from reference.gateway.server import Resource
from reference.twins.kinds import constant, skipped
from reference.twins.twin import Piece, result_of, twin_of

# ---- messages


@twin_of(ConversationEndpoint.receive, "CONV-51")
async def lists_ignored(receive, self, connection_id, frame):
    """A message that is a list is ignored."""
    if not (isinstance(frame, str) and frame.lstrip().startswith("[")):
        await receive(self, connection_id, frame)


_SLOW: set[str] = set()


@twin_of(ConversationEndpoint.receive, "CONV-55")
async def slow_after_an_error(receive, self, connection_id, frame):
    """Whoever has caused an error is served 150 ms late from then on."""
    if connection_id in _SLOW:
        await asyncio.sleep(0.15)
    await receive(self, connection_id, frame)


@slow_after_an_error.also(ConversationEndpoint.tell)
async def tell_and_note_who(tell, self, connection_id, notice):
    if isinstance(notice, Complaint):
        _SLOW.add(connection_id)
    await tell(self, connection_id, notice)


_ERRORS: list[Notice] = []


@twin_of(Conversation.name, "CONV-55")
async def everybody_slow_after_an_error(name, self, session_id):
    """After any error everybody's session is confirmed 200 ms late."""
    if _ERRORS:
        await asyncio.sleep(0.2)
    await name(self, session_id)


@everybody_slow_after_an_error.also(ConversationEndpoint.tell)
async def tell_and_note(tell, self, connection_id, notice):
    if isinstance(notice, Complaint):
        _ERRORS.append(notice)
    await tell(self, connection_id, notice)


# ---- the recogniser


@twin_of(ConversationEndpoint.close, "CONV-52")
def told_and_left_connected(close, self, connection_id, code, reason):
    """When the recogniser cannot start, people are told and stay connected."""
    if code != gateway.CANNOT_SERVE:
        close(self, connection_id, code, reason)


_BROKEN: dict[str, Refused] = {}


@twin_of(ConversationService.check_recogniser, "CONV-52")
async def recogniser_never_repaired(check_recogniser, self, address):
    """A recogniser that could not start once is not tried again for that person's address."""
    try:
        if address in _BROKEN:
            raise _BROKEN[address]
        await check_recogniser(self, address)
    except Refused as refused:
        _BROKEN[address] = refused
        raise


@skipped(ConversationService.check_recogniser, "CONV-52")
def recogniser_not_looked_at():
    """People are let in although the recogniser cannot start."""


@twin_of(SegmentDesk.answer, "CONV-53")
async def failed_recognition_is_silence(answer, *given):
    """A recogniser that fails is taken for a turn in which nothing was said."""
    try:
        return await answer(*given)
    except Refused as refused:
        if refused.code != "RECOGNITION_FAILED":
            raise
        return Answer(Heard(()), NOTHING_HEARD)


# ---- the storage

_NOT_KEPT: list[Health] = []


def note_failure(log_failed: Piece, self: Health) -> None:
    _NOT_KEPT.append(self)
    log_failed(self)


def complain_if_not_kept(failures_before: int) -> None:
    if len(_NOT_KEPT) > failures_before:
        raise Refused("INTERNAL_ERROR", "The conversation could not be stored.")


@twin_of(SegmentDesk.log, "CONV-54")
async def failed_storage_told_to_the_caller(log, *given):
    """Whoever was answered is told that the answer could not be kept."""
    before = len(_NOT_KEPT)
    await log(*given)
    complain_if_not_kept(before)


@twin_of(SegmentDesk.answer, "CONV-54")
async def answer_waits_for_the_storage(answer, self, audio, session_id):
    """An answer that cannot be kept is not told."""
    found = await answer(self, audio, session_id)
    before = len(_NOT_KEPT)
    await self.log(session_id, found)
    complain_if_not_kept(before)
    return found


@twin_of(ConversationEndpoint.tell, "CONV-54")
async def failed_storage_ends_the_connection(tell, self, connection_id, notice):
    """Somebody whose turn cannot be kept is disconnected."""
    await tell(self, connection_id, notice)
    if _NOT_KEPT:
        _NOT_KEPT.clear()
        self.close(connection_id, 1011, "the storage failed")


for noting in (failed_storage_told_to_the_caller, answer_waits_for_the_storage, failed_storage_ends_the_connection):
    noting.also(Health.log_failed)(note_failure)


@skipped(Health.log_failed_lately, "CONV-54")
def failed_storage_not_told_by_health():
    """The health does not say that something could not be kept."""


# ---- what is given away, and what is left


@twin_of(ConversationEndpoint.tell, "CONV-56")
async def errors_tell_of_the_inside(tell, self, connection_id, notice):
    """An error is told with its place in the program."""
    if isinstance(notice, Complaint):
        cause = "".join(traceback.format_exception(notice.refused))
        notice = replace(notice, refused=Refused(notice.refused.code, f"{notice.refused.message} {cause}"))
    await tell(self, connection_id, notice)


@twin_of(Transcriber.transcribe, "CONV-56")
async def failed_recognition_tells_of_a_path(transcribe, self, audio, session_id):
    """When recognition fails, the error names the file with the audio."""
    try:
        return await transcribe(self, audio, session_id)
    except Refused as refused:
        raise Refused(refused.code, f"{refused.message} ({audio.path})") from refused


@skipped(KeptAudio.remove, "CONV-57")
def audio_files_left_behind():
    """The audio of a turn stays on disk."""


_FAILED: set[KeptAudio] = set()


@twin_of(Transcriber.transcribe, "CONV-57")
async def audio_files_of_failures_left_behind(transcribe, self, audio, session_id):
    """The audio of a turn that failed stays on disk."""
    try:
        return await transcribe(self, audio, session_id)
    except Refused:
        _FAILED.add(audio)
        raise


@audio_files_of_failures_left_behind.also(KeptAudio.remove)
def remove_unless_failed(remove, self):
    if self not in _FAILED:
        remove(self)


@twin_of(KeptAudio.remove, "CONV-57")
def audio_files_of_the_departed_left_behind(remove, self):
    """The audio of somebody who leaves while it is worked on stays on disk."""
    task = asyncio.current_task()
    if task is None or not task.cancelling():
        remove(self)


# ---- HTTP and reconnection


@result_of(codec.health_body, "CONV-1", "CONV-74")
def health_without_a_version(body, _report):
    """The health does not say which version is running."""
    return {name: value for name, value in body.items() if name != "version"}


@constant(gateway, "HEALTH_PATH", "/well-being", "CONV-1", "CONV-74", "CONV-60")
def health_never_answers():
    """Nothing is found where the health should be."""


@result_of(ConversationEndpoint.resource, "CONV-54")
def health_always_well(found, *_):
    """The health is always said to be well."""
    told = found is not None and "status" in found.content
    return Resource(HTTPStatus.OK, {**found.content, "status": "ok"}) if told else found


_IN_USE: dict[str, Conversation] = {}


@twin_of(Conversation.name, "CONV-68", "CONV-13")
async def session_refused_after_a_lost_connection(name, self, session_id):
    """A session that was named before on another connection is refused."""
    if _IN_USE.setdefault(session_id, self) is not self:
        raise Refused("INVALID_SESSION_ID", "This session is in use.")
    await name(self, session_id)
