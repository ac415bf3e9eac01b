"""Twins of how messages are read, judged and refused, and in which order (sheet 3.3, 3.4, 3.6)."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import Any

from reference.broadcast import audio, codec, gateway
from reference.broadcast.audio import AudioChunk
from reference.broadcast.codec import Fields
from reference.broadcast.gateway import ENTRANCES, BroadcastEndpoint, Pace, Route, SocketAudience
from reference.broadcast.live import Member
from reference.broadcast.model import Role
from reference.broadcast.notices import Notice
from reference.broadcast.ports import CloseCode
from reference.broadcast.rates import Rates
from reference.broadcast.standing import Standing
from reference.refusal import Refusal
from reference.twins.twin import put, twin


def _refuse(otherwise: Callable[[SocketAudience, str, Refusal], Refusal]) -> None:
    """Refuse in another way: by audience, connection and refusal."""
    refuse = SocketAudience.refuse
    put(SocketAudience, "refuse", lambda self, id_, refusal: refuse(self, id_, otherwise(self, id_, refusal)))


def _judge_first(judge: Callable[[BroadcastEndpoint, str, str, Fields], Any]) -> None:
    """Judge something as soon as a message is read: by endpoint, connection, action and message."""
    answer = BroadcastEndpoint.answer

    async def judge_and_answer(self: BroadcastEndpoint, connection_id: str, frame: str | bytes) -> Notice | None:
        if isinstance(frame, str) and len(frame) <= self._settings.max_message_size_bytes:
            message = codec.decode(frame)
            action = codec.action_of(message)
            if action not in ENTRANCES:
                await judge(self, connection_id, action, message)
        return await answer(self, connection_id, frame)

    put(BroadcastEndpoint, "answer", judge_and_answer)


# ---- how a message is read


@twin("remarks-refused", "BRO-3.3.16")
def remarks_refused() -> None:
    """A message with a field that the service does not know is refused."""
    decode = codec.decode
    known = {*codec.LOGGED, "action", "audioData", "data", "duration", "volumeLevel", "reason", "sessionId"}

    def decode_strictly(frame: str) -> Fields:
        message = decode(frame)
        for name in message:
            if name not in known:
                raise codec.wrong(name, "is not known")
        return message

    put(codec, "decode", decode_strictly)


@twin("older-form-of-sound-unknown", "BRO-3.3.1")
def older_form_of_sound_unknown() -> None:
    """Sound in the form that older apps use counts as missing."""
    audio_chunk = codec.audio_chunk
    put(codec, "audio_chunk", lambda message: audio_chunk({n: value for n, value in message.items() if n != "data"}))


@twin("wrong-volume-taken-for-full", "REQ-9.1")
def wrong_volume_taken_for_full() -> None:
    """A volume that is missing or no number counts as full."""

    def volume_or_full(message: Fields) -> float:
        level = message.get("volumeLevel")
        return codec.level_of(level if isinstance(level, int | float) else 1.0, "volumeLevel")

    put(codec, "volume", volume_or_full)


@twin("wrong-language-taken-for-english", "BRO-7.3.6")
def wrong_language_taken_for_english() -> None:
    """A listener who changes to what is no language is given English."""
    target_language = codec.target_language

    def language_or_english(message: Fields) -> str:
        try:
            return target_language(message)
        except Refusal:
            return "en"

    put(codec, "target_language", language_or_english)


@twin("wrong-length-of-a-pause-ignored", "REQ-6.4")
def wrong_length_of_a_pause_ignored() -> None:
    """A pause of a length that cannot be is told as one of unknown length."""
    pause_ms = codec.estimated_pause_ms

    def length_or_none(message: Fields) -> int | None:
        try:
            return pause_ms(message)
        except Refusal:
            return None

    put(codec, "estimated_pause_ms", length_or_none)


# ---- how a message is refused


@twin("refusal-ends-the-connection", "BRO-3.6.3")
def refusal_ends_the_connection() -> None:
    """Whoever sends something that is wrong is refused and disconnected."""
    refuse = SocketAudience.refuse

    def refuse_and_close(self: SocketAudience, connection_id: str, refusal: Refusal) -> None:
        refuse(self, connection_id, refusal)
        self.close(connection_id, CloseCode.POLICY, refusal.code)

    put(SocketAudience, "refuse", refuse_and_close)


@twin("unreadable-message-called-a-fault", "BRO-3.3.21", "BRO-3.3.22")
def unreadable_message_called_a_fault() -> None:
    """A message that cannot be read or asks for nothing is answered as a fault of the service."""
    _refuse(
        lambda _self, _id, refusal: (
            Refusal("INTERNAL_ERROR", "The message could not be dealt with")
            if refusal.code in ("INVALID_MESSAGE", "MISSING_ACTION")
            else refusal
        )
    )


@twin("missing-detail-called-invalid", "BRO-3.3.19")
def missing_detail_called_invalid() -> None:
    """A detail that is missing is refused as one that is not valid."""
    put(codec, "missing", lambda name: codec.wrong(name, "is required"))


@twin("every-refusal-tells-of-the-inside", "BRO-3.6.2")
def every_refusal_tells_of_the_inside() -> None:
    """Every refusal says where in the program it arose."""
    _refuse(
        lambda _self, _id, refusal: Refusal(
            refusal.code, "".join(traceback.format_exception(refusal)), **refusal.details
        )
    )


@twin("dated-in-seconds", "BRO-3.4.25")
def dated_in_seconds() -> None:
    """What people are told is dated in seconds instead of milliseconds."""
    encode = codec.encode
    put(codec, "encode", lambda notice, now_ms: encode(notice, now_ms // 1000))


# ---- in which order things are judged


@twin("message-read-before-it-is-measured", "BRO-3.3.18")
def message_read_before_it_is_measured() -> None:
    """A message is read before its size is judged."""
    answer = BroadcastEndpoint.answer

    async def read_first(self: BroadcastEndpoint, connection_id: str, frame: str | bytes) -> Notice | None:
        if isinstance(frame, str):
            codec.decode(frame)
        return await answer(self, connection_id, frame)

    put(BroadcastEndpoint, "answer", read_first)


@twin("request-measured-before-it-is-read", "BRO-3.3.18")
def request_measured_before_it_is_read() -> None:
    """What does not look like audio is measured as a request before it is read."""
    answer = BroadcastEndpoint.answer

    async def measure_first(self: BroadcastEndpoint, connection_id: str, frame: str | bytes) -> Notice | None:
        if isinstance(frame, str) and "sendAudio" not in frame:
            size, limit = len(frame.encode()), self._settings.control_message_max_bytes
            if limit < size <= self._settings.max_message_size_bytes:
                raise gateway._too_large("CONTROL_MESSAGE_TOO_LARGE", size, limit)
        return await answer(self, connection_id, frame)

    put(BroadcastEndpoint, "answer", measure_first)


@twin("connection-judged-before-the-request", "BRO-3.3.18")
def connection_judged_before_the_request() -> None:
    """Whether the connection belongs to a session is judged before there is known to be such a request."""

    async def judge(self: BroadcastEndpoint, connection_id: str, _action: str, _message: Fields) -> None:
        await self._service.standings.recent(connection_id)

    _judge_first(judge)


@twin("details-judged-first", "BRO-3.3.18")
def details_judged_first() -> None:
    """The details of a request are judged before who asks, how often and in which session."""

    async def judge(self: BroadcastEndpoint, _connection_id: str, action: str, message: Fields) -> None:
        if action == "setVolume":
            codec.volume(message)
        elif action == "sendAudio":
            self._service.audio.check_size(codec.audio_chunk(message))

    _judge_first(judge)


@twin("rate-judged-before-the-role", "BRO-3.3.18")
def rate_judged_before_the_role() -> None:
    """How often somebody asks is judged before whether they may ask at all."""
    follow, control = BroadcastEndpoint.follow, Rates.control

    async def count_first(
        self: BroadcastEndpoint, route: Route, connection_id: str, action: str, message: Fields
    ) -> Notice | None:
        if route.pace is Pace.CONTROL:
            control(self._service.rates, self._member(connection_id))
        return await follow(self, route, connection_id, action, message)

    def count_no_more(self: Rates, member: Member) -> None:
        return

    put(BroadcastEndpoint, "follow", count_first)
    put(Rates, "control", count_no_more)


@twin("end-of-a-session-judged-first", "BRO-3.3.18")
def end_of_a_session_judged_first() -> None:
    """Whether the session is over is judged before who asks and how often."""
    check_role = gateway.check_role

    def check_session_first(standing: Standing, action: str, allowed: frozenset[Role]) -> None:
        if action not in ("heartbeat", "endSession"):
            standing.live_session()
        check_role(standing, action, allowed)

    put(gateway, "check_role", check_session_first)


@twin("sound-judged-the-other-way-round", "BRO-3.3.18")
def sound_judged_the_other_way_round() -> None:
    """Of a piece of audio the format is judged first, then the size, and its other details last."""
    take_audio = BroadcastEndpoint.take_audio

    async def judge_backwards(
        self: BroadcastEndpoint, connection_id: str, message: Fields, read_chunk: Callable[[], AudioChunk]
    ) -> Notice:
        def read_last() -> AudioChunk:
            chunk = codec.audio_chunk({name: value for name, value in message.items() if name != "sequenceNumber"})
            fault = audio.declaration_fault(chunk.declared)
            if fault is not None:
                raise Refusal("INVALID_AUDIO_FORMAT", fault)
            self._service.audio.check_size(chunk)
            return read_chunk()

        return await take_audio(self, connection_id, message, read_last if message else read_chunk)

    put(BroadcastEndpoint, "take_audio", judge_backwards)
