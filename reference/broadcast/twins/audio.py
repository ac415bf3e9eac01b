"""Twins of audio coming in: whose it is, its size, its format, its rate, its order (REQ-1, 3.1, 13, 16, 26)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from weakref import WeakKeyDictionary

from reference.broadcast import audio
from reference.broadcast.audio import AudioChunk, AudioIntake, DeclaredFormat
from reference.broadcast.codec import Fields
from reference.broadcast.fanout import Fanout, _Sentence
from reference.broadcast.gateway import BroadcastEndpoint
from reference.broadcast.live import LiveSession, Member
from reference.broadcast.model import Connection, NotForwarded, Role, Session
from reference.broadcast.notices import AudioReceived, Notice, Speech
from reference.broadcast.rates import Excess, Rates, SlidingWindow
from reference.broadcast.recognition import Chunk, Recognition
from reference.broadcast.reorder import Arrival, Reorder, _Held
from reference.broadcast.repository import BroadcastRepository
from reference.broadcast.standing import Standing, Standings
from reference.broadcast.transcription import Received, SessionAudio, Transcription
from reference.gateway.server import GatewayServer
from reference.journal import Journal
from reference.refusal import Refusal
from reference.twins.twin import misread, put, twin

# ---- whose audio it is


@twin("audio-confirmed-every-other-time", "REQ-1.1")
def audio_confirmed_every_other_time() -> None:
    """Every second piece of audio is taken without a confirmation."""
    take_audio = BroadcastEndpoint.take_audio
    taken: dict[str, int] = {}

    async def confirm_some(
        self: BroadcastEndpoint, connection_id: str, message: Fields, read_chunk: Callable[[], AudioChunk]
    ) -> Notice | None:
        notice = await take_audio(self, connection_id, message, read_chunk)
        taken[connection_id] = taken.get(connection_id, 0) + 1
        return notice if taken[connection_id] % 2 else None

    put(BroadcastEndpoint, "take_audio", confirm_some)


@twin("audio-taken-without-a-record", "REQ-1.2")
def audio_taken_without_a_record() -> None:
    """A speaker whose connection is no longer on record may go on sending audio."""
    add_connection, standing = BroadcastRepository.add_connection, BroadcastRepository.standing
    speakers: dict[str, Connection] = {}

    async def remember(self: BroadcastRepository, connection: Connection) -> None:
        if connection.role is Role.SPEAKER:
            speakers[connection.connection_id] = connection
        await add_connection(self, connection)

    async def recall(
        self: BroadcastRepository, connection_id: str, session_id: str
    ) -> tuple[Connection | None, Session | None]:
        connection, session = await standing(self, connection_id, session_id)
        return connection or speakers.get(connection_id), session

    put(BroadcastRepository, "add_connection", remember)
    put(BroadcastRepository, "standing", recall)


@twin("audio-goes-where-it-says", "REQ-1.3")
def audio_goes_where_it_says() -> None:
    """Audio goes into the session that the message names, even if it is somebody else's."""
    receive = AudioIntake.receive
    take_audio = BroadcastEndpoint.take_audio
    named: dict[str, object] = {}

    async def note_name(
        self: BroadcastEndpoint, connection_id: str, message: Fields, read_chunk: Callable[[], AudioChunk]
    ) -> Notice:
        named[connection_id] = message.get("sessionId")
        return await take_audio(self, connection_id, message, read_chunk)

    def receive_there(self: AudioIntake, connection_id: str, session: Session, chunk: AudioChunk) -> AudioReceived:
        there = named.get(connection_id)
        if isinstance(there, str) and self._sessions.session(there) is not None:
            session = replace(session, session_id=there)
        return receive(self, connection_id, session, chunk)

    put(BroadcastEndpoint, "take_audio", note_name)
    put(AudioIntake, "receive", receive_there)


@twin("audio-heard-in-another-session", "REQ-1.3")
def audio_heard_in_another_session() -> None:
    """Whoever listens in the same language hears what is said in any session."""
    send = Fanout.send

    async def send_to_all(self: Fanout, sentence: _Sentence, speech: Speech) -> None:
        await send(self, sentence, speech)
        for live in self._sessions.all():
            if live.session_id != speech.session_id:
                self._audience.play(
                    live.listeners_in(speech.target_language), replace(speech, session_id=live.session_id)
                )

    put(Fanout, "send", send_to_all)


@twin("audio-taken-after-the-end", "REQ-1.4")
def audio_taken_after_the_end() -> None:
    """Audio for a session that is over is taken like any other."""
    recent = Standings.recent

    async def as_if_live(self: Standings, connection_id: str) -> Standing:
        standing = await recent(self, connection_id)
        session = standing.session
        return standing if session is None else replace(standing, session=replace(session, is_active=True))

    put(Standings, "recent", as_if_live)


@twin("audio-late-by-80-ms", "REQ-1.5", "REQ-3.2", "REQ-21.1")
def audio_late_by_80_ms() -> None:
    """Audio waits 80 ms before it is passed on to recognition."""
    feed = Transcription.feed

    def feed_late(self: Transcription, live: LiveSession, received: Received) -> None:
        asyncio.get_running_loop().call_later(0.08, feed, self, live, received)

    put(Transcription, "feed", feed_late)


@twin("confirmation-forgets-the-number", "BRO-3.4.3")
def confirmation_forgets_the_number() -> None:
    """The confirmation of audio does not repeat the number that the speaker gave it."""
    receive = AudioIntake.receive

    def without_number(self: AudioIntake, connection_id: str, session: Session, chunk: AudioChunk) -> AudioReceived:
        return replace(receive(self, connection_id, session, chunk), sequence_number=None)

    put(AudioIntake, "receive", without_number)


@twin("raw-sound-goes-nowhere", "BRO-3.3.2")
def raw_sound_goes_nowhere() -> None:
    """Raw sound is confirmed, but recognised only if it comes as text."""
    receive = BroadcastEndpoint.receive
    feed = Transcription.feed
    raw: set[str] = set()

    async def note_raw(self: BroadcastEndpoint, connection_id: str, frame: str | bytes) -> None:
        (raw.add if isinstance(frame, bytes) else raw.discard)(connection_id)
        await receive(self, connection_id, frame)

    def feed_text(self: Transcription, live: LiveSession, received: Received) -> NotForwarded | None:
        return None if received.connection_id in raw else feed(self, live, received)

    put(BroadcastEndpoint, "receive", note_raw)
    put(Transcription, "feed", feed_text)


@twin("last-sample-of-every-piece-lost", "BRO-5.1.1")
def last_sample_of_every_piece_lost() -> None:
    """Of every piece of audio the last sample is lost."""
    at_volume = audio.at_volume
    put(audio, "at_volume", lambda pcm, volume: at_volume(pcm[:-2], volume))


# ---- sizes


@twin("smallest-pieces-taken", "REQ-3.1")
def smallest_pieces_taken() -> None:
    """No piece of audio is too small, as long as it holds a sample."""
    misread(AudioIntake, "audio_chunk_min_bytes", lambda _size: 2)


@twin("messages-of-2-mb-read", "BRO-3.5.4")
def messages_of_2_mb_read() -> None:
    """A message may have twice the size beyond which the connection is to end."""
    begin = GatewayServer.__init__

    def begin_patiently(self: GatewayServer, *arguments: Any, **named: Any) -> None:
        begin(self, *arguments, **named)
        self._terms = replace(self._terms, longest_frame_bytes=2 * self._terms.longest_frame_bytes)

    put(GatewayServer, "__init__", begin_patiently)


@twin("pieces-of-98-bytes-taken", "REQ-3.1")
def pieces_of_98_bytes_taken() -> None:
    """The least size of a piece of audio is one sample too low."""
    misread(AudioIntake, "audio_chunk_min_bytes", lambda size: size - 2)


@twin("pieces-of-100-bytes-refused", "REQ-3.1")
def pieces_of_100_bytes_refused() -> None:
    """A piece of audio must be larger than the least size."""
    misread(AudioIntake, "audio_chunk_min_bytes", lambda size: size + 1)


@twin("pieces-of-32768-bytes-refused", "REQ-3.1")
def pieces_of_32768_bytes_refused() -> None:
    """A piece of audio must be smaller than the greatest size."""
    misread(AudioIntake, "audio_chunk_max_bytes", lambda size: size - 1)


@twin("pieces-of-32770-bytes-taken", "REQ-3.1", "REQ-27.3")
def pieces_of_32770_bytes_taken() -> None:
    """A piece of audio may be one sample larger than the greatest size."""
    misread(AudioIntake, "audio_chunk_max_bytes", lambda size: size + 2)


# ---- format


def _without_fault(judge: Callable[[DeclaredFormat], DeclaredFormat]) -> None:
    """Judge what is declared about audio as if something else had been declared."""
    declaration_fault = audio.declaration_fault
    put(audio, "declaration_fault", lambda declared: declaration_fault(judge(declared)))


@twin("stereo-taken", "REQ-13.1")
def stereo_taken() -> None:
    """Audio that is declared as stereo is taken as if it were mono."""
    _without_fault(lambda declared: replace(declared, channels=None))


@twin("declaration-required", "REQ-13.1", "REQ-13.5")
def declaration_required() -> None:
    """Every piece of audio has to say in which format it is."""
    _without_fault(lambda declared: replace(declared, format="none") if declared == DeclaredFormat() else declared)


@twin("sample-rate-expected-in-khz", "REQ-13.1", "REQ-13.2")
def sample_rate_expected_in_khz() -> None:
    """A sample rate has to be declared as 16, so that 16000 is refused."""
    put(audio, "SAMPLE_RATE_HZ", 16)


@twin("half-samples-taken", "REQ-13.1")
def half_samples_taken() -> None:
    """Audio that ends in the middle of a sample is taken, without its last byte."""
    check_format, receive = AudioIntake.check_format, AudioIntake.receive

    def even(chunk: AudioChunk) -> AudioChunk:
        return replace(chunk, pcm=chunk.pcm[: len(chunk.pcm) // 2 * 2])

    def check_even(self: AudioIntake, connection_id: str, session: Session, chunk: AudioChunk) -> None:
        check_format(self, connection_id, session, even(chunk))

    def receive_even(self: AudioIntake, connection_id: str, session: Session, chunk: AudioChunk) -> AudioReceived:
        return receive(self, connection_id, session, even(chunk))

    put(AudioIntake, "check_format", check_even)
    put(AudioIntake, "receive", receive_even)


@twin("files-taken-for-samples", "REQ-13.1")
def files_taken_for_samples() -> None:
    """Of the files that are no bare samples only WAV files are recognised."""
    put(audio, "CONTAINER_HEADERS", (b"RIFF",))


@twin("faster-samples-taken", "REQ-13.2")
def faster_samples_taken() -> None:
    """Only a sample rate below 16000 Hz is refused, not one above."""
    _without_fault(lambda declared: replace(declared, sample_rate_hz=min(declared.sample_rate_hz or 16_000, 16_000)))


@twin("wrong-format-called-unreadable", "REQ-13.3")
def wrong_format_called_unreadable() -> None:
    """Audio in a wrong format is refused as if the message could not be read."""
    check_format = AudioIntake.check_format

    def misname(self: AudioIntake, connection_id: str, session: Session, chunk: AudioChunk) -> None:
        try:
            check_format(self, connection_id, session, chunk)
        except Refusal as refusal:
            raise Refusal("INVALID_MESSAGE", refusal.message) from None

    put(AudioIntake, "check_format", misname)


@twin("wrong-format-logged-without-its-size", "REQ-13.4")
def wrong_format_logged_without_its_size() -> None:
    """The log of a wrong format does not tell how large the audio was."""
    warning = Journal.warning

    def without_size(self: Journal, operation: str, message: str, **context: Any) -> None:
        if operation == "check-format":
            context.pop("bytes")
        warning(self, operation, message, **context)

    put(Journal, "warning", without_size)


@twin("wrong-format-counts-as-checked", "REQ-13.5")
def wrong_format_counts_as_checked() -> None:
    """A connection whose first audio was a file is not checked again."""
    check_format = AudioIntake.check_format

    def remember_any(self: AudioIntake, connection_id: str, session: Session, chunk: AudioChunk) -> None:
        try:
            check_format(self, connection_id, session, chunk)
        finally:
            member = self._sessions.member(connection_id)
            if member is not None:
                member.format_checked = True

    put(AudioIntake, "check_format", remember_any)


@twin("format-checked-again-and-again", "REQ-13.5")
def format_checked_again_and_again() -> None:
    """Samples that happen to look like the beginning of a file are refused in the middle of a talk."""
    sample_fault = audio.sample_fault

    def always_look(pcm: bytes, *, look_for_header: bool) -> str | None:
        return sample_fault(pcm, look_for_header=True)

    put(audio, "sample_fault", always_look)


@twin("wrong-format-is-never-forgiven", "REQ-13.5")
def wrong_format_is_never_forgiven() -> None:
    """Whoever sent a wrong format once is refused from then on."""
    check_format = AudioIntake.check_format
    refused: dict[str, Refusal] = {}

    def remember_refusal(self: AudioIntake, connection_id: str, session: Session, chunk: AudioChunk) -> None:
        if connection_id in refused:
            raise refused[connection_id]
        try:
            check_format(self, connection_id, session, chunk)
        except Refusal as refusal:
            refused[connection_id] = refusal
            raise

    put(AudioIntake, "check_format", remember_refusal)


# ---- rate


@twin("excess-ends-the-session", "REQ-26.2")
def excess_ends_the_session() -> None:
    """Who sends twice as much audio as allowed is disconnected at once, without any warning."""
    count = Rates.audio

    def count_strictly(self: Rates, member: Member) -> Excess | None:
        excess = count(self, member)
        most = self._settings.rate_limit_audio_chunks_per_second
        return excess and replace(excess, close=excess.close or excess.dropped_chunks > most)

    put(Rates, "audio", count_strictly)


@twin("excess-is-punished", "REQ-26.1")
def excess_is_punished() -> None:
    """Who sent too much audio once is held back for ten seconds."""
    take = SlidingWindow.take
    turned_away_at_s: WeakKeyDictionary[SlidingWindow, float] = WeakKeyDictionary()

    def take_later(self: SlidingWindow, now_s: float) -> bool:
        taken = now_s - turned_away_at_s.get(self, -10.0) >= 10.0 and take(self, now_s)
        if not taken:
            turned_away_at_s.setdefault(self, now_s)
        return taken

    put(SlidingWindow, "take", take_later)


# ---- order


def _take_by(take: Callable[[Reorder[Any], int | None, Any, int], Arrival[Any]]) -> None:
    put(Reorder, "take", take)


@twin("sentences-overtake-each-other", "REQ-16.1")
def sentences_overtake_each_other() -> None:
    """A sentence that takes long to prepare is heard after the one that was said next."""
    speak = Fanout.speak
    spoken: dict[tuple[str, str], int] = {}

    async def speak_at_once(
        self: Fanout,
        sentence: _Sentence,
        language: str,
        before: asyncio.Task[None] | None,
    ) -> None:
        key = sentence.handover.session_id, language
        spoken[key] = spoken.get(key, 0) + 1
        if spoken[key] % 2:
            await asyncio.sleep(1.5)
        await speak(self, sentence, language, None)

    put(Fanout, "speak", speak_at_once)


@twin("numbers-of-audio-ignored", "REQ-16.2")
def numbers_of_audio_ignored() -> None:
    """Numbered audio is recognised as it comes, whatever its numbers."""
    take = Reorder.take
    _take_by(lambda reorder, _number, item, size_bytes: take(reorder, None, item, size_bytes))


@twin("latest-audio-first", "REQ-16.1", "REQ-16.2")
def latest_audio_first() -> None:
    """When audio waits for the recogniser, it gets the latest piece first."""
    take = Recognition.put

    def take_first(self: Recognition, chunk: Chunk) -> None:
        take(self, chunk)
        self._waiting.insert(1 if self._feeding else 0, self._waiting.pop())

    put(Recognition, "put", take_first)


@twin("audio-without-numbers-comes-in-pairs", "REQ-16.3")
def audio_without_numbers_comes_in_pairs() -> None:
    """Audio without numbers is recognised in pairs, the second piece of each before the first."""
    take = Reorder.take
    held: dict[int, Any] = {}

    def in_pairs(self: Reorder[Any], number: int | None, item: Any, size_bytes: int) -> Arrival[Any]:
        if number is not None:
            return take(self, number, item, size_bytes)
        if id(self) not in held:
            held[id(self)] = item
            return Arrival([])
        return Arrival([item, held.pop(id(self))])

    _take_by(in_pairs)


@twin("disorder-goes-unlogged", "REQ-16.4")
def disorder_goes_unlogged() -> None:
    """Nothing in the log tells that audio came out of order."""
    arrived = SessionAudio.arrived
    put(
        SessionAudio,
        "arrived",
        lambda session, ready, _disorder, number: arrived(session, ready, None, number),
    )


@twin("missing-audio-waited-for-without-end", "REQ-16.5")
def missing_audio_waited_for_without_end() -> None:
    """While a piece of audio is missing, those after it wait, however much they are."""
    put(Reorder, "flush", lambda _reorder: [])


@twin("missing-audio-hardly-waited-for", "REQ-16.5")
def missing_audio_hardly_waited_for() -> None:
    """Only one second of audio may wait for a missing piece."""
    begin = Reorder.__init__

    def with_half(self: Reorder[Any], limit_bytes: int) -> None:
        begin(self, limit_bytes // 2)

    put(Reorder, "__init__", with_half)


@twin("late-audio-dropped", "REQ-16.5")
def late_audio_dropped() -> None:
    """A piece of audio that comes after the others have gone ahead is lost."""
    place = Reorder.place

    def drop_late(self: Reorder[Any], arrived: _Held[Any]) -> Arrival[Any]:
        is_late = self._next is not None and arrived.number < self._next
        return Arrival([]) if is_late else place(self, arrived)

    put(Reorder, "place", drop_late)
