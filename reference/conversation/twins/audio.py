"""Twins of how a caller's audio is taken: pieces, base64, forms, limits (CONV-3, 7 to 9, 20 to 25)."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Iterator
from typing import Any

from reference.conversation import audio_forms, codec, transcriber
from reference.conversation.audio_forms import OtherForm
from reference.conversation.conversation import Conversation
from reference.conversation.gateway import ConversationEndpoint
from reference.conversation.model import Heard, Refused, Utterance
from reference.conversation.notices import ChunkTaken, Notice
from reference.conversation.segments import KeptAudio, OpenSegment
from reference.conversation.transcriber import Transcriber
from reference.twins.twin import conversation_twin, put

# ---- pieces


@conversation_twin("piece-confirmed-twice", "CONV-3")
def piece_confirmed_twice() -> None:
    """A piece of audio is confirmed twice."""
    take = Conversation.take

    async def take_and_repeat(self: Conversation, chunk: bytes) -> None:
        await take(self, chunk)
        await self.tell(ChunkTaken(1, 1, len(chunk)))

    put(Conversation, "take", take_and_repeat)


@conversation_twin("pieces-confirmed-late-by-80-ms", "CONV-3", "CONV-70", "CONV-61")
def pieces_confirmed_late_by_80_ms() -> None:
    """A piece of audio is confirmed 80 ms late."""
    take = Conversation.take

    async def take_late(self: Conversation, chunk: bytes) -> None:
        await asyncio.sleep(0.08)
        await take(self, chunk)

    put(Conversation, "take", take_late)


@conversation_twin("every-third-piece-unconfirmed", "CONV-61", "CONV-3")
def every_third_piece_unconfirmed() -> None:
    """Of a turn's pieces of audio, every third is taken without a word."""
    tell = ConversationEndpoint.tell

    async def tell_of_some(self: ConversationEndpoint, connection_id: str, notice: Notice) -> None:
        if not isinstance(notice, ChunkTaken) or notice.chunk % 3:
            await tell(self, connection_id, notice)

    put(ConversationEndpoint, "tell", tell_of_some)


def _add(change: Any) -> None:
    """Add chunks otherwise: by segment and chunk, with the right way at hand."""
    add = OpenSegment.add
    put(OpenSegment, "add", lambda self, chunk: change(self, chunk, add))


@conversation_twin("pieces-beyond-40-dropped", "CONV-9")
def pieces_beyond_40_dropped() -> None:
    """Of a turn, only the first 40 pieces are used; the others are confirmed, too."""

    def add_some(segment: OpenSegment, chunk: bytes, add: Any) -> None:
        add(segment, chunk if segment.chunks < 40 else b"")

    _add(add_some)


@conversation_twin("words-in-lower-case", "CONV-7")
def words_in_lower_case() -> None:
    """What was understood is told in lower case."""
    text = Heard.text
    put(Heard, "text", property(lambda self: text.__get__(self).lower()))


@conversation_twin("last-sentence-lost", "CONV-7")
def last_sentence_lost() -> None:
    """Of several sentences, the last one is lost."""
    transcribe = Transcriber.transcribe

    async def transcribe_some(self: Transcriber, audio: KeptAudio, session_id: str | None) -> Heard:
        heard = await transcribe(self, audio, session_id)
        return Heard(heard.utterances[:-1] if len(heard.utterances) > 1 else heard.utterances)

    put(Transcriber, "transcribe", transcribe_some)


# ---- binary frames


def _binary(change: Any) -> None:
    """Read binary frames otherwise."""
    decode = codec.decode

    def decode_otherwise(frame: str | bytes, *, chunk_max_bytes: int) -> codec.Request:
        if isinstance(frame, bytes):
            return codec.AudioChunk(change(frame))
        return decode(frame, chunk_max_bytes=chunk_max_bytes)

    put(codec, "decode", decode_otherwise)


@conversation_twin("binary-frames-confirmed-and-dropped", "CONV-8")
def binary_frames_confirmed_and_dropped() -> None:
    """Audio in binary frames is confirmed and dropped."""
    _binary(lambda _frame: b"")


@conversation_twin("binary-frames-refused", "CONV-8")
def binary_frames_refused() -> None:
    """Audio in binary frames is refused."""

    def refuse(_frame: bytes) -> bytes:
        raise Refused("INVALID_MESSAGE", "A message is a JSON object.")

    _binary(refuse)


@conversation_twin("binary-frames-put-first", "CONV-8")
def binary_frames_put_first() -> None:
    """Audio in binary frames is put before all other audio of its turn."""
    receive = ConversationEndpoint.receive

    async def receive_and_swap(self: ConversationEndpoint, connection_id: str, frame: str | bytes) -> None:
        conversation = self._service.find(connection_id)
        before = bytearray() if conversation is None else conversation.open_segment.audio
        length = len(before)
        await receive(self, connection_id, frame)
        if isinstance(frame, bytes) and len(before) > length:
            before[:] = before[length:] + before[:length]

    put(ConversationEndpoint, "receive", receive_and_swap)


# ---- base64


@conversation_twin("empty-piece-ends-the-connection", "CONV-20", "CONV-64")
def empty_piece_ends_the_connection() -> None:
    """An empty piece of audio ends the connection."""
    receive = ConversationEndpoint.receive

    async def receive_something(self: ConversationEndpoint, connection_id: str, frame: str | bytes) -> None:
        if isinstance(frame, str) and '"data":""' in frame.replace(" ", ""):
            raise ValueError("nothing to append")
        await receive(self, connection_id, frame)

    put(ConversationEndpoint, "receive", receive_something)


@conversation_twin("empty-piece-forgets-the-others", "CONV-20")
def empty_piece_forgets_the_others() -> None:
    """An empty piece of audio empties the open turn."""

    def add_or_empty(segment: OpenSegment, chunk: bytes, add: Any) -> None:
        if not chunk:
            segment.take()
        add(segment, chunk)

    _add(add_or_empty)


def _audio(change: Any) -> None:
    """Read the data of pieces otherwise, with the right way at hand."""
    audio = codec.audio_of
    put(codec, "audio_of", lambda data: change(data, audio))


@conversation_twin("numbers-taken-for-empty-audio", "CONV-21")
def numbers_taken_for_empty_audio() -> None:
    """Data that is a number is taken for no data."""
    _audio(lambda data, audio: audio(data if isinstance(data, str) else ""))


@conversation_twin("piece-without-data-refused", "CONV-21")
def piece_without_data_refused() -> None:
    """A piece without data is confirmed twice over: once, and once with an error."""
    perform = ConversationEndpoint.perform

    async def perform_strictly(
        self: ConversationEndpoint, connection_id: str, conversation: Conversation, request: codec.Request
    ) -> None:
        await perform(self, connection_id, conversation, request)
        if request == codec.AudioChunk(b""):
            raise Refused("INVALID_AUDIO", "There is no data to decode.")

    put(ConversationEndpoint, "perform", perform_strictly)


@conversation_twin("foreign-characters-ignored", "CONV-22")
def foreign_characters_ignored() -> None:
    """Characters that are no base64 are ignored."""

    def lenient(data: object, audio: Any) -> object:
        try:
            return audio(data)
        except Refused:
            if not isinstance(data, str):
                raise
            kept = "".join(one for one in data if one.isascii() and (one.isalnum() or one in "+/"))
            kept = kept[: len(kept) - (len(kept) % 4 == 1)]
            return base64.b64decode(kept + "=" * (-len(kept) % 4))

    _audio(lenient)


@conversation_twin("damaged-piece-empties-the-turn", "CONV-22")
def damaged_piece_empties_the_turn() -> None:
    """A piece that cannot be decoded takes the pieces before it along."""
    receive = ConversationEndpoint.receive

    async def receive_or_forget(self: ConversationEndpoint, connection_id: str, frame: str | bytes) -> None:
        conversation = self._service.find(connection_id)
        if conversation is not None:
            try:
                codec.decode(frame, chunk_max_bytes=self._chunk_max_bytes)
            except Refused as refused:
                if refused.code == "INVALID_AUDIO":
                    conversation.open_segment.take()
        await receive(self, connection_id, frame)

    put(ConversationEndpoint, "receive", receive_or_forget)


@conversation_twin("damaged-piece-confirmed-as-well", "CONV-22", "CONV-21")
def damaged_piece_confirmed_as_well() -> None:
    """A piece that cannot be decoded is refused and confirmed."""
    receive = ConversationEndpoint.receive

    async def receive_and_confirm(self: ConversationEndpoint, connection_id: str, frame: str | bytes) -> None:
        await receive(self, connection_id, frame)
        conversation = self._service.find(connection_id)
        if conversation is not None:
            try:
                codec.decode(frame, chunk_max_bytes=self._chunk_max_bytes)
            except Refused as refused:
                if refused.code == "INVALID_AUDIO":
                    await conversation.take(b"")

    put(ConversationEndpoint, "receive", receive_and_confirm)


@conversation_twin("padding-insisted-on", "CONV-23")
def padding_insisted_on() -> None:
    """Base64 without its padding is refused."""

    def strictly(data: object, audio: Any) -> object:
        if isinstance(data, str) and len(data.strip()) % 4:
            raise codec._not_base64()
        return audio(data)

    _audio(strictly)


@conversation_twin("one-stray-character-ignored", "CONV-22")
def one_stray_character_ignored() -> None:
    """One character too many at the end of base64 is ignored."""

    def without_stray(data: object, audio: Any) -> object:
        if isinstance(data, str) and len(data.strip().rstrip("=")) % 4 == 1:
            data = data.strip().rstrip("=")[:-1]
        return audio(data)

    _audio(without_stray)


# ---- forms


@conversation_twin("first-file-alone-heard", "CONV-24")
def first_file_alone_heard() -> None:
    """Of several whole recordings in one turn, only the first is heard."""
    parts = audio_forms.parts

    def first_part(audio: memoryview) -> Iterator[bytes]:
        yield next(parts(audio))

    put(audio_forms, "parts", first_part)


@conversation_twin("headers-heard-as-sound", "CONV-24")
def headers_heard_as_sound() -> None:
    """Recordings are fed to the recogniser with their headers."""
    put(transcriber, "samples", lambda audio: audio)


@conversation_twin("samples-without-a-header-refused", "CONV-24")
def samples_without_a_header_refused() -> None:
    """Samples without a header are taken for a form that cannot be read."""
    samples = audio_forms.samples

    def files_alone(audio: bytes) -> bytes:
        if audio[:4] != b"RIFF":
            raise OtherForm("no header")
        return samples(audio)

    put(transcriber, "samples", files_alone)


@conversation_twin("half-of-the-audio-skipped", "CONV-7", "CONV-24", "CONV-4")
def half_of_the_audio_skipped() -> None:
    """The recogniser is given the first half of a turn alone."""
    put(transcriber, "samples", lambda audio: audio_forms.samples(audio)[: len(audio) // 4 * 2])


@conversation_twin("foreign-forms-heard-as-sound", "CONV-24", "CONV-56")
def foreign_forms_heard_as_sound() -> None:
    """A recording of a kind that cannot be read is fed to the recogniser as it is."""
    put(audio_forms, "OTHER_FORMS", (b"never this",))


# ---- limits


@conversation_twin("no-limit-for-a-piece", "CONV-25")
def no_limit_for_a_piece() -> None:
    """A piece of audio may be longer than 1 MiB."""
    begin = OpenSegment.__init__

    def begin_without(self: OpenSegment, *, chunk_max_bytes: int, segment_max_bytes: int) -> None:
        begin(self, chunk_max_bytes=16 * chunk_max_bytes, segment_max_bytes=segment_max_bytes)

    put(OpenSegment, "__init__", begin_without)


@conversation_twin("piece-of-exactly-1-mib-refused", "CONV-25")
def piece_of_exactly_1_mib_refused() -> None:
    """A piece of exactly 1 MiB is refused."""
    begin = OpenSegment.__init__

    def begin_with_less(self: OpenSegment, *, chunk_max_bytes: int, segment_max_bytes: int) -> None:
        begin(self, chunk_max_bytes=chunk_max_bytes - 1, segment_max_bytes=segment_max_bytes)

    put(OpenSegment, "__init__", begin_with_less)


@conversation_twin("no-limit-for-a-turn", "CONV-25")
def no_limit_for_a_turn() -> None:
    """A turn may have more than 10 MiB."""
    begin = OpenSegment.__init__

    def begin_without(self: OpenSegment, *, chunk_max_bytes: int, segment_max_bytes: int) -> None:
        begin(self, chunk_max_bytes=chunk_max_bytes, segment_max_bytes=2 * segment_max_bytes)

    put(OpenSegment, "__init__", begin_without)


@conversation_twin("too-long-piece-ends-the-connection", "CONV-25")
def too_long_piece_ends_the_connection() -> None:
    """A piece that is too long ends the connection."""
    receive = ConversationEndpoint.receive

    async def receive_and_close(self: ConversationEndpoint, connection_id: str, frame: str | bytes) -> None:
        await receive(self, connection_id, frame)
        if len(frame) > 1_398_200 or (isinstance(frame, bytes) and len(frame) > self._chunk_max_bytes):
            self.close(connection_id, 1009, "too long")

    put(ConversationEndpoint, "receive", receive_and_close)


@conversation_twin("full-turn-is-emptied", "CONV-25")
def full_turn_is_emptied() -> None:
    """A turn that gets too long is emptied."""

    def add_or_empty(segment: OpenSegment, chunk: bytes, add: Any) -> None:
        try:
            add(segment, chunk)
        except Refused as refused:
            if refused.code == "SEGMENT_TOO_LARGE":
                segment.take()
            raise

    _add(add_or_empty)


@conversation_twin("a-wrong-word-now-and-then", "CONV-7", "CONV-33")
def a_wrong_word_now_and_then() -> None:
    """Every third turn is understood as what was said in the turn before it."""
    transcribe = Transcriber.transcribe
    turns: list[tuple[Utterance, ...]] = []

    async def transcribe_some(self: Transcriber, audio: KeptAudio, session_id: str | None) -> Heard:
        heard = await transcribe(self, audio, session_id)
        turns.append(heard.utterances)
        return Heard(turns[-2]) if len(turns) % 3 == 0 else heard

    put(Transcriber, "transcribe", transcribe_some)
