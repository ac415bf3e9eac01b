"""Twins that tell people otherwise than they should, or do something more once they told of an error."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from reference.conversation import codec
from reference.conversation.gateway import ConversationEndpoint
from reference.conversation.notices import Complaint
from reference.twins.twin import Piece, Twin, around, made_by
from reference.twins.wire import Wire, having

WIRE = Wire(codec.members, ConversationEndpoint.tell)

# ---- a member is missing or wrong


@WIRE.missing("chatbot_response", "error", "CONV-4", "CONV-62", when=having(error=None))
def response_without_its_error_member():
    """A response that has no error does not say so."""


@WIRE.wrong("session_ack", "session_id", str.lower, "CONV-2")
def session_confirmed_in_lower_case():
    """A session is confirmed by its name in lower case."""


@WIRE.wrong("chatbot_response", "transcription", str.lower, "CONV-7")
def words_in_lower_case():
    """What was understood is told in lower case."""


@WIRE.wrong("chatbot_response", "transcription", lambda _: "", "CONV-44", when=having(backend_used="unknown"))
def words_lost_when_all_are_down():
    """When every backend is down, what was understood is not told."""


@WIRE.wrong("chatbot_response", "backend_used", lambda _: None, "CONV-40", "CONV-31", when=having(backend_used="none"))
def no_backend_named_for_silence():
    """Where nobody was asked, null stands in the place of a backend's name."""


# ---- a message is not sent, or twice


@WIRE.dropped("chunk_received", "CONV-61", "CONV-3", when=lambda message: message["chunk"] % 3 == 0)
def every_third_piece_unconfirmed():
    """Of a turn's pieces of audio, every third is taken without a word."""


@WIRE.dropped("chatbot_response", "CONV-6", "CONV-4")
def turn_finished_without_a_result():
    """A turn that was answered is finished without its answer."""


@WIRE.twice("segment_processed", "CONV-5")
def turn_finished_twice():
    """A turn is finished twice."""


@WIRE.dropped("error", "CONV-6", "CONV-30", when=lambda message: "segment" in message)
def failed_turn_finished_without_an_error():
    """A turn that failed is finished without an error."""


@WIRE.dropped("error", "CONV-51", when=having(message="A message needs a type, which is text."))
def missing_type_ignored():
    """A message without a type is ignored."""


@WIRE.dropped("error", "CONV-52", when=having(code="RECOGNISER_UNAVAILABLE"))
def closed_without_a_word():
    """When the recogniser cannot start, connections are closed without a word of why."""


@WIRE.dropped("error", "CONV-53", when=having(code="INTERNAL_ERROR"))
def mishap_passed_over_in_silence():
    """A mishap of the service is noted in its log, and nobody is told."""


# ---- an error has a consequence


def after_error(code: str, *breaks: str) -> Callable[[Piece], Twin]:
    """Declare a twin that does something more, by endpoint, connection and conversation, once an error was told."""

    def declare(act: Piece) -> Twin:
        async def tell_and_act(tell, self, connection_id, notice):
            await tell(self, connection_id, notice)
            conversation = self._service.find(connection_id)
            if conversation is not None and isinstance(notice, Complaint) and notice.refused.code == code:
                doing = act(self, connection_id, conversation)
                if doing is not None:
                    await doing

        return made_by(around(tell_and_act), ConversationEndpoint.tell, *breaks)(act)

    return declare


@after_error("UNKNOWN_TYPE", "CONV-50")
def unknown_type_ends_the_connection(endpoint, connection_id, conversation):
    """A message of an unknown type ends the connection."""
    endpoint.close(connection_id, 1008, "no")


@after_error("UNKNOWN_TYPE", "CONV-50")
def unknown_type_empties_the_turn(endpoint, connection_id, conversation):
    """A message of an unknown type empties the open turn."""
    conversation.open_segment.take()


@after_error("INVALID_MESSAGE", "CONV-51")
def bad_json_ends_the_connection(endpoint, connection_id, conversation):
    """A message that is no JSON object ends the connection."""
    endpoint.close(connection_id, 1008, "no")


@after_error("RECOGNITION_FAILED", "CONV-53")
def failed_recognition_ends_the_connection(endpoint, connection_id, conversation):
    """A recogniser that fails ends the connection."""
    endpoint.close(connection_id, 1008, "no")


@after_error("NO_AUDIO", "CONV-30")
def turn_without_audio_ends_the_connection(endpoint, connection_id, conversation):
    """Whoever ends a turn without any audio is disconnected."""
    asyncio.get_running_loop().call_later(0.05, endpoint.close, connection_id, 1011, "nothing to do")


@after_error("CHUNK_TOO_LARGE", "CONV-25")
def too_long_piece_ends_the_connection(endpoint, connection_id, conversation):
    """A piece that is too long ends the connection."""
    endpoint.close(connection_id, 1009, "too long")


@after_error("SEGMENT_TOO_LARGE", "CONV-25")
def full_turn_is_emptied(endpoint, connection_id, conversation):
    """A turn that gets too long is emptied."""
    conversation.open_segment.take()


@after_error("INVALID_AUDIO", "CONV-22")
def damaged_piece_empties_the_turn(endpoint, connection_id, conversation):
    """A piece that cannot be decoded takes the pieces before it along."""
    conversation.open_segment.take()


@after_error("INVALID_AUDIO", "CONV-22", "CONV-21")
def damaged_piece_confirmed_as_well(endpoint, connection_id, conversation):
    """A piece that cannot be decoded is refused and confirmed."""
    return conversation.take(b"")


@after_error("INVALID_SESSION_ID", "CONV-39")
def refused_name_forgets_the_session(endpoint, connection_id, conversation):
    """A name that is refused ends the session that there was."""
    conversation.session_id = None
