"""Twins of how audio is taken: pieces, base64, forms, limits (CONV-3, 7 to 9, 20 to 25)."""

from __future__ import annotations

import base64

from reference.conversation import audio_forms, codec, transcriber
from reference.conversation.audio_forms import OtherForm
from reference.conversation.conversation import Conversation
from reference.conversation.gateway import ConversationEndpoint
from reference.conversation.model import Heard, Refused, Utterance
from reference.conversation.notices import ChunkTaken
from reference.conversation.segments import OpenSegment
from reference.conversation.transcriber import Transcriber
from reference.twins.kinds import constant, late, late_for_each
from reference.twins.twin import Seam, result_of, twin_of

# ---- pieces


@twin_of(Conversation.take, "CONV-3")
async def piece_confirmed_twice(take, self, chunk):
    """A piece of audio is confirmed twice."""
    await take(self, chunk)
    await self.tell(ChunkTaken(1, 1, len(chunk)))


@late_for_each(Conversation.take, 0.08, lambda self, _chunk: self, lambda number: number == 1, "CONV-3", "CONV-70")
def first_piece_of_a_connection_confirmed_late_by_80_ms():
    """The first piece of audio of a connection is confirmed 80 ms late."""


@late_for_each(Conversation.take, 0.2, lambda self, _chunk: self, lambda number: number % 15 == 0, "CONV-3", "CONV-70")
def every_fifteenth_piece_of_a_connection_confirmed_late_by_200_ms():
    """Every fifteenth piece of audio of a connection is confirmed 200 ms late."""


@late(Conversation.take, 2.1, "CONV-61", every=70)
def every_seventieth_piece_confirmed_late_by_2100_ms():
    """Every seventieth piece of audio is confirmed 2.1 s late."""


@late(Conversation.take, 0.08, "CONV-3", "CONV-70", "CONV-61")
def pieces_confirmed_late_by_80_ms():
    """A piece of audio is confirmed 80 ms late."""


@twin_of(OpenSegment.add, "CONV-9")
def pieces_beyond_40_dropped(add, self, chunk):
    """Of a turn, only the first 40 pieces are used; the others are confirmed, too."""
    add(self, chunk if self.chunks < 40 else b"")


@result_of(Transcriber.transcribe, "CONV-7")
def last_sentence_lost(heard, *_):
    """Of several sentences, the last one is lost."""
    return Heard(heard.utterances[:-1] or heard.utterances)


# ---- binary frames


@result_of(codec.decode, "CONV-8")
def binary_frames_confirmed_and_dropped(request, frame, **_):
    """Audio in binary frames is confirmed and dropped."""
    return codec.AudioPiece(b"") if isinstance(frame, bytes) else request


@result_of(codec.decode, "CONV-8")
def binary_frames_refused(request, frame, **_):
    """Audio in binary frames is refused."""
    if isinstance(frame, bytes):
        raise Refused("INVALID_MESSAGE", "A message is a JSON object.")
    return request


@twin_of(ConversationEndpoint.receive, "CONV-8")
async def binary_frames_put_first(receive, self, connection_id, frame):
    """Audio in binary frames is put before all other audio of its turn."""
    conversation = self._service.find(connection_id)
    before = bytearray() if conversation is None else conversation.open_segment.audio
    length = len(before)
    await receive(self, connection_id, frame)
    if isinstance(frame, bytes) and len(before) > length:
        before[:] = before[length:] + before[:length]


# ---- base64


@twin_of(ConversationEndpoint.receive, "CONV-20", "CONV-64")
async def empty_piece_ends_the_connection(receive, self, connection_id, frame):
    """An empty piece of audio ends the connection."""
    if isinstance(frame, str) and '"data":""' in frame.replace(" ", ""):
        raise ValueError("nothing to append")
    await receive(self, connection_id, frame)


@twin_of(OpenSegment.add, "CONV-20")
def empty_piece_forgets_the_others(add, self, chunk):
    """An empty piece of audio empties the open turn."""
    if not chunk:
        self.take()
    add(self, chunk)


@twin_of(codec.audio_of, "CONV-21")
def numbers_taken_for_empty_audio(audio_of, data):
    """Data that is a number is taken for no data."""
    return audio_of(data if isinstance(data, str) else "")


@twin_of(ConversationEndpoint.perform, "CONV-21")
async def piece_without_data_refused(perform, self, connection_id, conversation, request):
    """A piece without data is confirmed twice over: once, and once with an error."""
    await perform(self, connection_id, conversation, request)
    if request == codec.AudioPiece(b""):
        raise Refused("INVALID_AUDIO", "There is no data to decode.")


@twin_of(codec.audio_of, "CONV-22")
def foreign_characters_ignored(audio_of, data):
    """Characters that are no base64 are ignored."""
    try:
        return audio_of(data)
    except Refused:
        if not isinstance(data, str):
            raise
        kept = "".join(one for one in data if one.isascii() and (one.isalnum() or one in "+/"))
        kept = kept[: len(kept) - (len(kept) % 4 == 1)]
        return base64.b64decode(kept + "=" * (-len(kept) % 4))


@twin_of(codec.audio_of, "CONV-23")
def padding_insisted_on(audio_of, data):
    """Base64 without its padding is refused."""
    return audio_of("?" if isinstance(data, str) and len(data.strip()) % 4 else data)


@twin_of(codec.audio_of, "CONV-22")
def one_stray_character_ignored(audio_of, data):
    """One character too many at the end of base64 is ignored."""
    if isinstance(data, str) and len(data.strip().rstrip("=")) % 4 == 1:
        data = data.strip().rstrip("=")[:-1]
    return audio_of(data)


# ---- forms


@twin_of(audio_forms.parts, "CONV-24")
def first_file_alone_heard(parts, audio):
    """Of several whole recordings in one turn, only the first is heard."""
    yield next(parts(audio))


@twin_of(Seam(transcriber, "samples"), "CONV-24")
def headers_heard_as_sound(_samples, audio):
    """Recordings are fed to the recogniser with their headers."""
    return audio


@twin_of(Seam(transcriber, "samples"), "CONV-24")
def samples_without_a_header_refused(samples, audio):
    """Samples without a header are taken for a form that cannot be read."""
    if audio[:4] != b"RIFF":
        raise OtherForm("no header")
    return samples(audio)


@result_of(Seam(transcriber, "samples"), "CONV-7", "CONV-24", "CONV-4")
def half_of_the_audio_skipped(samples, audio):
    """The recogniser is given the first half of a turn alone."""
    return samples[: len(audio) // 4 * 2]


@constant(audio_forms, "OTHER_FORMS", (b"never this",), "CONV-24", "CONV-56")
def foreign_forms_heard_as_sound():
    """A recording of a kind that cannot be read is fed to the recogniser as it is."""


# ---- limits


@twin_of(OpenSegment.__init__, "CONV-25")
def no_limit_for_a_piece(begin, self, *, chunk_max_bytes, segment_max_bytes):
    """A piece of audio may be longer than 1 MiB."""
    begin(self, chunk_max_bytes=16 * chunk_max_bytes, segment_max_bytes=segment_max_bytes)


@twin_of(OpenSegment.__init__, "CONV-25")
def piece_of_exactly_1_mib_refused(begin, self, *, chunk_max_bytes, segment_max_bytes):
    """A piece of exactly 1 MiB is refused."""
    begin(self, chunk_max_bytes=chunk_max_bytes - 1, segment_max_bytes=segment_max_bytes)


@twin_of(OpenSegment.__init__, "CONV-25")
def no_limit_for_a_turn(begin, self, *, chunk_max_bytes, segment_max_bytes):
    """A turn may have more than 10 MiB."""
    begin(self, chunk_max_bytes=chunk_max_bytes, segment_max_bytes=2 * segment_max_bytes)


_TURNS: list[tuple[Utterance, ...]] = []


@result_of(Transcriber.transcribe, "CONV-7", "CONV-33")
def a_wrong_word_now_and_then(heard, *_):
    """Every third turn is understood as what was said in the turn before it."""
    _TURNS.append(heard.utterances)
    return Heard(_TURNS[-2]) if len(_TURNS) % 3 == 0 else heard
