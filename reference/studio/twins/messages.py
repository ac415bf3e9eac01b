"""Twins of what is refused over sockets (STU-40 to 44, 107, 125)."""

from __future__ import annotations

import base64
import contextlib

from reference.http import server
from reference.studio import service, sockets
from reference.studio.model import Refused
from reference.studio.service import StudioService
from reference.studio.sockets import EngineerSocket, NotUnderstood
from reference.studio.twins.streaming import WIRE
from reference.twins.kinds import constant
from reference.twins.twin import Seam, result_of, twin_of

KEY = "dGhlIHNhbXBsZSBub25jZQ=="


@twin_of(Seam(service, "read_audio"), "STU-42")
def stray_signs_dropped(_read, text):
    """Signs that are no base64 are dropped, as lenient decoders do."""
    try:
        return base64.b64decode(text.encode("ascii"), validate=False)
    except ValueError:
        raise ValueError("the data is not base64") from None


@twin_of(EngineerSocket.handle, "STU-40", "STU-41", "STU-42", "STU-97", "STU-125")
async def bad_piece_ends_the_connection(handle, self, session, message):
    """A piece that cannot be decoded ends the connection."""
    try:
        await handle(self, session, message)
    except Refused as refused:
        if message["type"] == "audio_chunk":
            raise NotUnderstood(refused.message) from None
        raise


@WIRE.dropped("error", "STU-40", "STU-41", when=lambda message: message["error"].startswith("Chunk"))
def bad_piece_passed_over_in_silence():
    """A piece that cannot be decoded is passed over without a word."""


@twin_of(StudioService.decoded, "STU-41")
async def half_a_sample_filled_up(decoded, data):
    """Half a sample at the end of a piece is filled up."""
    with contextlib.suppress(ValueError, TypeError, AttributeError):
        if len(pcm := base64.b64decode(data, validate=True)) % 2:
            return pcm + b"\0"
    return await decoded(data)


@twin_of(StudioService.decoded, "STU-41")
async def no_text_means_no_sound(decoded, data):
    """A piece whose audio is no text is taken for an empty one."""
    return await decoded(data if isinstance(data, str) else "")


@WIRE.dropped("error", "STU-43", when=lambda message: message["error"].startswith("Message not"))
def closed_without_saying_why():
    """A message that cannot be understood ends the connection without a word."""


@twin_of(Seam(sockets, "understood"), "STU-43")
async def what_makes_no_sense_ignored(understood, text):
    """A message that cannot be understood is ignored."""
    try:
        return await understood(text)
    except NotUnderstood:
        return {"type": "nothing"}


@twin_of(Seam(sockets, "understood"), "STU-43")
async def raw_bytes_taken_for_a_ping(understood, text):
    """A binary message is answered as if it were a ping."""
    return {"type": "ping"} if text is None else await understood(text)


@twin_of(Seam(sockets, "understood"), "STU-43")
async def missing_audio_taken_for_none(understood, text):
    """A piece that forgets its audio is taken for an empty one."""
    try:
        return await understood(text)
    except NotUnderstood as fault:
        if str(fault) != "data is missing":
            raise
        return {"type": "audio_chunk", "data": ""}


_NOT_UNDERSTOOD: set[str] = set()


@twin_of(EngineerSocket.close, "STU-43")
def session_lost_with_what_makes_no_sense(close, self, code, reason=""):
    """A message that cannot be understood ends the session as well."""
    if code == sockets.NOT_UNDERSTOOD:
        _NOT_UNDERSTOOD.add(self.id)
    close(self, code, reason)


@session_lost_with_what_makes_no_sense.also(StudioService.leave)
def _forget_the_session(leave, self, session, connection):
    leave(self, session, connection)
    if connection.id in _NOT_UNDERSTOOD:
        self.sessions.remove(session.id)


@constant(service, "CONTAINERS", {}, "STU-125")
def containers_taken_for_samples():
    """Audio in a container is taken for bare samples."""


@constant(service, "CONTAINERS", {b"\x1aE\xdf\xa3": "This form of audio"}, "STU-125")
def container_not_named():
    """Audio in a container is refused without its name."""


@result_of(Seam(server, "resolute_protocol"), "STU-107")
def any_key_opens_a_connection(protocol):
    """A request for a connection is granted whatever its key."""

    class Credulous(protocol):  # type: ignore[valid-type, misc]
        def handle_connect(self, event):
            if event.headers["Sec-WebSocket-Key"] != KEY:
                del event.headers["Sec-WebSocket-Key"]
                event.headers["Sec-WebSocket-Key"] = KEY
            super().handle_connect(event)

    return Credulous
