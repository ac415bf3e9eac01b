"""Twins of a conversation in trouble: messages, recogniser, storage, what is left and given away (CONV-50 to 57)."""

from __future__ import annotations

import asyncio
import traceback
from http import HTTPStatus
from typing import Any

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
from reference.twins.twin import conversation_twin, put


def _close_after(code: str) -> None:
    """Close a connection after an error."""
    tell = ConversationEndpoint._tell

    async def tell_and_close(self: ConversationEndpoint, connection_id: str, notice: Notice) -> None:
        await tell(self, connection_id, notice)
        if isinstance(notice, Complaint) and notice.refused.code == code:
            self._close(connection_id, 1008, "no")

    put(ConversationEndpoint, "_tell", tell_and_close)


# ---- messages


@conversation_twin("unknown-type-ends-the-connection", "CONV-50")
def unknown_type_ends_the_connection() -> None:
    """A message of an unknown type ends the connection."""
    _close_after("UNKNOWN_TYPE")


@conversation_twin("unknown-type-empties-the-turn", "CONV-50")
def unknown_type_empties_the_turn() -> None:
    """A message of an unknown type empties the open turn."""
    receive = ConversationEndpoint.receive

    async def receive_or_empty(self: ConversationEndpoint, connection_id: str, frame: str | bytes) -> None:
        conversation = self._service.find(connection_id)
        if conversation is not None:
            try:
                codec.decode(frame, chunk_max_bytes=self._chunk_max_bytes)
            except Refused as refused:
                if refused.code == "UNKNOWN_TYPE":
                    conversation._open_segment.take()
        await receive(self, connection_id, frame)

    put(ConversationEndpoint, "receive", receive_or_empty)


@conversation_twin("bad-json-ends-the-connection", "CONV-51")
def bad_json_ends_the_connection() -> None:
    """A message that is no JSON object ends the connection."""
    _close_after("INVALID_MESSAGE")


@conversation_twin("lists-ignored", "CONV-51")
def lists_ignored() -> None:
    """A message that is a list is ignored."""
    receive = ConversationEndpoint.receive

    async def receive_objects(self: ConversationEndpoint, connection_id: str, frame: str | bytes) -> None:
        if not (isinstance(frame, str) and frame.lstrip().startswith("[")):
            await receive(self, connection_id, frame)

    put(ConversationEndpoint, "receive", receive_objects)


@conversation_twin("missing-type-ignored", "CONV-51")
def missing_type_ignored() -> None:
    """A message without a type is ignored."""
    tell = ConversationEndpoint._tell

    async def tell_others(self: ConversationEndpoint, connection_id: str, notice: Notice) -> None:
        if not (isinstance(notice, Complaint) and "needs a type" in notice.refused.message):
            await tell(self, connection_id, notice)

    put(ConversationEndpoint, "_tell", tell_others)


@conversation_twin("slow-after-an-error", "CONV-55")
def slow_after_an_error() -> None:
    """Whoever has caused an error is served 150 ms late from then on."""
    receive, tell = ConversationEndpoint.receive, ConversationEndpoint._tell
    slow: set[str] = set()

    async def receive_late(self: ConversationEndpoint, connection_id: str, frame: str | bytes) -> None:
        if connection_id in slow:
            await asyncio.sleep(0.15)
        await receive(self, connection_id, frame)

    async def tell_and_note(self: ConversationEndpoint, connection_id: str, notice: Notice) -> None:
        if isinstance(notice, Complaint):
            slow.add(connection_id)
        await tell(self, connection_id, notice)

    put(ConversationEndpoint, "receive", receive_late)
    put(ConversationEndpoint, "_tell", tell_and_note)


@conversation_twin("everybody-slow-after-an-error", "CONV-55")
def everybody_slow_after_an_error() -> None:
    """After any error everybody's session is confirmed 200 ms late."""
    name, tell = Conversation.name, ConversationEndpoint._tell
    errors: list[Notice] = []

    async def name_late(self: Conversation, session_id: str) -> None:
        if errors:
            await asyncio.sleep(0.2)
        await name(self, session_id)

    async def tell_and_note(self: ConversationEndpoint, connection_id: str, notice: Notice) -> None:
        if isinstance(notice, Complaint):
            errors.append(notice)
        await tell(self, connection_id, notice)

    put(Conversation, "name", name_late)
    put(ConversationEndpoint, "_tell", tell_and_note)


# ---- the recogniser


@conversation_twin("closed-without-a-word", "CONV-52")
def closed_without_a_word() -> None:
    """When the recogniser cannot start, callers are closed without being told why."""
    tell = ConversationEndpoint._tell

    async def tell_others(self: ConversationEndpoint, connection_id: str, notice: Notice) -> None:
        if not (isinstance(notice, Complaint) and notice.refused.code == "RECOGNISER_UNAVAILABLE"):
            await tell(self, connection_id, notice)

    put(ConversationEndpoint, "_tell", tell_others)


@conversation_twin("told-and-left-connected", "CONV-52")
def told_and_left_connected() -> None:
    """When the recogniser cannot start, callers are told and stay connected."""
    close = ConversationEndpoint._close

    def close_others(self: ConversationEndpoint, connection_id: str, code: int, reason: str) -> None:
        if code != gateway.CANNOT_SERVE:
            close(self, connection_id, code, reason)

    put(ConversationEndpoint, "_close", close_others)


@conversation_twin("recogniser-never-repaired", "CONV-52")
def recogniser_never_repaired() -> None:
    """A recogniser that could not start once is not tried again for that caller's address."""
    check = ConversationService._check_recogniser
    broken: set[str] = set()

    async def check_once(self: ConversationService, address: str) -> None:
        if address in broken:
            raise Refused("RECOGNISER_UNAVAILABLE", "The speech recogniser cannot start.")
        try:
            await check(self, address)
        except Refused:
            broken.add(address)
            raise

    put(ConversationService, "_check_recogniser", check_once)


@conversation_twin("recogniser-not-looked-at", "CONV-52")
def recogniser_not_looked_at() -> None:
    """Callers are let in although the recogniser cannot start."""

    async def never_mind(_self: ConversationService, _address: str) -> None:
        return

    put(ConversationService, "_check_recogniser", never_mind)


@conversation_twin("failed-recognition-is-silence", "CONV-53")
def failed_recognition_is_silence() -> None:
    """A recogniser that fails is taken for a turn in which nothing was said."""
    answer = SegmentDesk.answer

    async def answer_all(self: SegmentDesk, audio: KeptAudio, session_id: str | None) -> Answer:
        try:
            return await answer(self, audio, session_id)
        except Refused as refused:
            if refused.code != "RECOGNITION_FAILED":
                raise
            return Answer(Heard(()), NOTHING_HEARD)

    put(SegmentDesk, "answer", answer_all)


@conversation_twin("failed-recognition-ends-the-connection", "CONV-53")
def failed_recognition_ends_the_connection() -> None:
    """A recogniser that fails ends the connection."""
    _close_after("RECOGNITION_FAILED")


@conversation_twin("mishap-passed-over-in-silence", "CONV-53")
def mishap_passed_over_in_silence() -> None:
    """A mishap of the service is noted in its log, and nobody is told."""
    tell = ConversationEndpoint._tell

    async def tell_the_rest(self: ConversationEndpoint, connection_id: str, notice: Notice) -> None:
        if not isinstance(notice, Complaint) or notice.refused.code != "INTERNAL_ERROR":
            await tell(self, connection_id, notice)

    put(ConversationEndpoint, "_tell", tell_the_rest)


# ---- the storage


@conversation_twin("failed-storage-told-to-the-caller", "CONV-54")
def failed_storage_told_to_the_caller() -> None:
    """Whoever was answered is told that the answer could not be kept."""
    log_failed = Health.log_failed
    failures: list[int] = []
    log = SegmentDesk.log

    def note(self: Health) -> None:
        failures.append(1)
        log_failed(self)

    async def log_or_fail(self: SegmentDesk, session_id: str | None, answer: Answer) -> None:
        before = len(failures)
        await log(self, session_id, answer)
        if len(failures) > before:
            raise Refused("INTERNAL_ERROR", "The conversation could not be stored.")

    put(Health, "log_failed", note)
    put(SegmentDesk, "log", log_or_fail)


@conversation_twin("answer-waits-for-the-storage", "CONV-54")
def answer_waits_for_the_storage() -> None:
    """An answer that cannot be kept is not told."""
    answer, log_failed = SegmentDesk.answer, Health.log_failed
    failures: list[int] = []

    def note(self: Health) -> None:
        failures.append(1)
        log_failed(self)

    async def log_first(self: SegmentDesk, audio: KeptAudio, session_id: str | None) -> Answer:
        found = await answer(self, audio, session_id)
        before = len(failures)
        await self.log(session_id, found)
        if len(failures) > before:
            raise Refused("INTERNAL_ERROR", "The conversation could not be stored.")
        return found

    put(Health, "log_failed", note)
    put(SegmentDesk, "answer", log_first)


@conversation_twin("failed-storage-not-told-by-health", "CONV-54")
def failed_storage_not_told_by_health() -> None:
    """The health does not say that something could not be kept."""
    put(Health, "_log_failed_lately", lambda _self: False)


@conversation_twin("failed-storage-ends-the-connection", "CONV-54")
def failed_storage_ends_the_connection() -> None:
    """A caller whose turn cannot be kept is disconnected."""
    log_failed, tell = Health.log_failed, ConversationEndpoint._tell
    failures: list[int] = []

    def note(self: Health) -> None:
        failures.append(1)
        log_failed(self)

    async def tell_and_close(self: ConversationEndpoint, connection_id: str, notice: Notice) -> None:
        await tell(self, connection_id, notice)
        if failures:
            failures.clear()
            self._close(connection_id, 1011, "the storage failed")

    put(Health, "log_failed", note)
    put(ConversationEndpoint, "_tell", tell_and_close)


# ---- what is given away, and what is left


@conversation_twin("errors-tell-of-the-inside", "CONV-56")
def errors_tell_of_the_inside() -> None:
    """An error is told with its place in the program."""
    tell = ConversationEndpoint._tell

    async def tell_all(self: ConversationEndpoint, connection_id: str, notice: Notice) -> None:
        if isinstance(notice, Complaint):
            cause = "".join(traceback.format_exception(notice.refused))
            notice = Complaint(Refused(notice.refused.code, f"{notice.refused.message} {cause}"), notice.segment)
        await tell(self, connection_id, notice)

    put(ConversationEndpoint, "_tell", tell_all)


@conversation_twin("failed-recognition-tells-of-a-path", "CONV-56")
def failed_recognition_tells_of_a_path() -> None:
    """When recognition fails, the error names the file with the audio."""
    transcribe = Transcriber.transcribe

    async def tell_path(self: Transcriber, audio: KeptAudio, session_id: str | None) -> Any:
        try:
            return await transcribe(self, audio, session_id)
        except Refused as refused:
            raise Refused(refused.code, f"{refused.message} ({audio.path})") from refused

    put(Transcriber, "transcribe", tell_path)


def _remove(change: Any) -> None:
    """Remove files otherwise: by audio, whether to remove it."""
    remove = KeptAudio.remove

    def remove_some(self: KeptAudio) -> None:
        if change(self):
            remove(self)

    put(KeptAudio, "remove", remove_some)


@conversation_twin("audio-files-left-behind", "CONV-57")
def audio_files_left_behind() -> None:
    """The audio of a turn stays on disk."""
    _remove(lambda _audio: False)


@conversation_twin("audio-files-of-failures-left-behind", "CONV-57")
def audio_files_of_failures_left_behind() -> None:
    """The audio of a turn that failed stays on disk."""
    transcribe = Transcriber.transcribe
    failed: set[KeptAudio] = set()

    async def transcribe_and_note(self: Transcriber, audio: KeptAudio, session_id: str | None) -> Any:
        try:
            return await transcribe(self, audio, session_id)
        except Refused:
            failed.add(audio)
            raise

    put(Transcriber, "transcribe", transcribe_and_note)
    _remove(lambda audio: audio not in failed)


@conversation_twin("audio-files-of-the-departed-left-behind", "CONV-57")
def audio_files_of_the_departed_left_behind() -> None:
    """The audio of somebody who leaves while it is worked on stays on disk."""
    remove = KeptAudio.remove

    def remove_unless_cancelled(self: KeptAudio) -> None:
        task = asyncio.current_task()
        if task is None or not task.cancelling():
            remove(self)

    put(KeptAudio, "remove", remove_unless_cancelled)


# ---- HTTP and reconnection


@conversation_twin("health-without-a-version", "CONV-1", "CONV-74")
def health_without_a_version() -> None:
    """The health does not say which version is running."""
    health_body = codec.health_body

    def without_version(report: Any) -> dict[str, object]:
        return {name: value for name, value in health_body(report).items() if name != "version"}

    put(codec, "health_body", without_version)


@conversation_twin("health-never-answers", "CONV-1", "CONV-74", "CONV-60")
def health_never_answers() -> None:
    """Nothing is found where the health should be."""
    put(gateway, "HEALTH_PATH", "/well-being")


@conversation_twin("health-always-well", "CONV-54")
def health_always_well() -> None:
    """The health is always said to be well."""
    resource = ConversationEndpoint.resource

    async def well(self: ConversationEndpoint, path: str) -> Resource | None:
        found = await resource(self, path)
        if found is not None and "status" in found.content:
            return Resource(HTTPStatus.OK, {**found.content, "status": "ok"})
        return found

    put(ConversationEndpoint, "resource", well)


@conversation_twin("session-refused-after-a-lost-connection", "CONV-68", "CONV-13")
def session_refused_after_a_lost_connection() -> None:
    """A session that was named before on another connection is refused."""
    name = Conversation.name
    named: dict[str, Conversation] = {}

    async def name_once(self: Conversation, session_id: str) -> None:
        if named.setdefault(session_id, self) is not self:
            raise Refused("INVALID_SESSION_ID", "This session is in use.")
        await name(self, session_id)

    put(Conversation, "name", name_once)
