"""Twins of how messages are read, judged and refused, and in which order (BRO-3.3, BRO-3.4, BRO-3.6)."""

from __future__ import annotations

import traceback

from reference.broadcast import audio, codec, gateway
from reference.broadcast.gateway import ENTRANCES, BroadcastEndpoint, Pace, SocketAudience
from reference.broadcast.ports import CloseCode
from reference.refusal import Refusal
from reference.twins.twin import result_of, twin_of

# ---- how a message is read

_KNOWN = {*codec.LOGGED, "action", "audioData", "data", "duration", "volumeLevel", "reason", "sessionId"}


@result_of(codec.decode, "BRO-3.3.16")
def remarks_refused(message, frame):
    """A message with a field that the service does not know is refused."""
    for name in message:
        if name not in _KNOWN:
            raise codec.wrong(name, "is not known")
    return message


@twin_of(codec.audio_chunk, "BRO-3.3.1")
def older_form_of_sound_unknown(audio_chunk, message):
    """Sound in the form that older apps use counts as missing."""
    return audio_chunk({name: value for name, value in message.items() if name != "data"})


@twin_of(codec.volume, "REQ-9.1")
def wrong_volume_taken_for_full(volume, message):
    """A volume that is missing or no number counts as full."""
    level = message.get("volumeLevel")
    return volume({"volumeLevel": level if isinstance(level, int | float) else 1.0})


@twin_of(codec.target_language, "BRO-7.3.6")
def wrong_language_taken_for_english(target_language, message):
    """A listener who changes to what is no language is given English."""
    try:
        return target_language(message)
    except Refusal:
        return "en"


@twin_of(codec.estimated_pause_ms, "REQ-6.4")
def wrong_length_of_a_pause_ignored(estimated_pause_ms, message):
    """A pause of a length that cannot be is told as one of unknown length."""
    try:
        return estimated_pause_ms(message)
    except Refusal:
        return None


# ---- how a message is refused


@twin_of(SocketAudience.refuse, "BRO-3.6.3")
def refusal_ends_the_connection(refuse, self, connection_id, refusal):
    """Whoever sends something that is wrong is refused and disconnected."""
    refuse(self, connection_id, refusal)
    self.close(connection_id, CloseCode.POLICY, refusal.code)


@twin_of(SocketAudience.refuse, "BRO-3.3.21", "BRO-3.3.22")
def unreadable_message_called_a_fault(refuse, self, connection_id, refusal):
    """A message that cannot be read or asks for nothing is answered as a fault of the service."""
    if refusal.code in ("INVALID_MESSAGE", "MISSING_ACTION"):
        refusal = Refusal("INTERNAL_ERROR", "The message could not be dealt with")
    refuse(self, connection_id, refusal)


@twin_of(codec.missing, "BRO-3.3.19")
def missing_detail_called_invalid(missing, name):
    """A detail that is missing is refused as one that is not valid."""
    return codec.wrong(name, "is required")


@twin_of(SocketAudience.refuse, "BRO-3.6.2")
def every_refusal_tells_of_the_inside(refuse, self, connection_id, refusal):
    """Every refusal says where in the program it arose."""
    inside = "".join(traceback.format_exception(refusal))
    refuse(self, connection_id, Refusal(refusal.code, inside, **refusal.details))


@twin_of(codec.encode, "BRO-3.4.25")
def dated_in_seconds(encode, notice, now_ms):
    """What people are told is dated in seconds instead of milliseconds."""
    return encode(notice, now_ms // 1000)


# ---- in which order things are judged


@twin_of(BroadcastEndpoint.answer, "BRO-3.3.18")
async def message_read_before_it_is_measured(answer, self, connection_id, frame):
    """A message is read before its size is judged."""
    if isinstance(frame, str):
        codec.decode(frame)
    return await answer(self, connection_id, frame)


@twin_of(BroadcastEndpoint.answer, "BRO-3.3.18")
async def request_measured_before_it_is_read(answer, self, connection_id, frame):
    """What does not look like audio is measured as a request before it is read."""
    if isinstance(frame, str) and "sendAudio" not in frame:
        size, limit = len(frame.encode()), self._settings.control_message_max_bytes
        if limit < size <= self._settings.max_message_size_bytes:
            raise gateway._too_large("CONTROL_MESSAGE_TOO_LARGE", size, limit)
    return await answer(self, connection_id, frame)


def _request_in(self: BroadcastEndpoint, frame: str | bytes) -> tuple[str, codec.Fields] | None:
    """Return action and members of a frame, unless it is audio as such, too large, or about coming in."""
    if isinstance(frame, bytes) or len(frame) > self._settings.max_message_size_bytes:
        return None
    message = codec.decode(frame)
    action = codec.action_of(message)
    return None if action in ENTRANCES else (action, message)


@twin_of(BroadcastEndpoint.answer, "BRO-3.3.18")
async def connection_judged_before_the_request(answer, self, connection_id, frame):
    """Whether the connection belongs to a session is judged before there is known to be such a request."""
    if _request_in(self, frame):
        await self._service.standings.recent(connection_id)
    return await answer(self, connection_id, frame)


@twin_of(BroadcastEndpoint.answer, "BRO-3.3.18")
async def details_judged_first(answer, self, connection_id, frame):
    """The details of a request are judged before who asks, how often and in which session."""
    action, message = _request_in(self, frame) or ("", {})
    if action == "setVolume":
        codec.volume(message)
    elif action == "sendAudio":
        self._service.audio.check_size(codec.audio_chunk(message))
    return await answer(self, connection_id, frame)


@twin_of(BroadcastEndpoint.follow, "BRO-3.3.18")
async def rate_judged_before_the_role(follow, self, route, connection_id, action, message):
    """How often somebody asks is judged before whether they may ask at all."""
    if route.pace is Pace.CONTROL:
        self._service.rates.control(self._member(connection_id))
    return await follow(self, route, connection_id, action, message)


@rate_judged_before_the_role.also(BroadcastEndpoint.check_pace)
async def _count_controls_no_more(check_pace, self, pace, member):
    if pace is not Pace.CONTROL:
        await check_pace(self, pace, member)


@twin_of(gateway.check_role, "BRO-3.3.18")
def end_of_a_session_judged_first(check_role, standing, action, allowed):
    """Whether the session is over is judged before who asks and how often."""
    if action not in ("heartbeat", "endSession"):
        standing.live_session()
    check_role(standing, action, allowed)


@twin_of(BroadcastEndpoint.take_audio, "BRO-3.3.18")
def sound_judged_the_other_way_round(take_audio, self, connection_id, message, read_chunk):
    """Of a piece of audio the format is judged first, then the size, and its other details last."""

    def read_last():
        chunk = codec.audio_chunk({name: value for name, value in message.items() if name != "sequenceNumber"})
        fault = audio.declaration_fault(chunk.declared)
        if fault is not None:
            raise Refusal("INVALID_AUDIO_FORMAT", fault)
        self._service.audio.check_size(chunk)
        return read_chunk()

    return take_audio(self, connection_id, message, read_last if message else read_chunk)
