"""Twins of audio coming in: whose it is, its size, its format, its rate, its order (REQ-1, 3.1, 13, 16, 26)."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from weakref import WeakKeyDictionary

from reference.broadcast import audio
from reference.broadcast.audio import AudioChunk, AudioIntake, DeclaredFormat
from reference.broadcast.fanout import Fanout
from reference.broadcast.gateway import BroadcastEndpoint
from reference.broadcast.model import Connection, Role
from reference.broadcast.rates import Rates, SlidingWindow
from reference.broadcast.recognition import Recognition
from reference.broadcast.reorder import Arrival, Reorder
from reference.broadcast.repository import BroadcastRepository
from reference.broadcast.standing import Standings
from reference.broadcast.transcription import Transcription
from reference.gateway.server import GatewayServer
from reference.journal import Journal
from reference.refusal import Refusal
from reference.twins.kinds import Declare, constant, kind, late, misread, refused_as, unlogged
from reference.twins.twin import result_of, twin_of

# ---- whose audio it is

_speakers: dict[str, Connection] = {}


@result_of(BroadcastRepository.standing, "REQ-1.2")
def audio_taken_without_a_record(standing, self, connection_id, session_id):
    """A speaker whose connection is no longer on record may go on sending audio."""
    connection, session = standing
    return connection or _speakers.get(connection_id), session


@audio_taken_without_a_record.also(BroadcastRepository.add_connection)
async def remember_speaker(add_connection, self, connection):
    if connection.role is Role.SPEAKER:
        _speakers[connection.connection_id] = connection
    await add_connection(self, connection)


_named: dict[str, object] = {}


@twin_of(AudioIntake.receive, "REQ-1.3")
def audio_goes_where_it_says(receive, self, connection_id, session, chunk):
    """Audio goes into the session that the message names, even if it is somebody else's."""
    there = _named.get(connection_id)
    if isinstance(there, str) and self._sessions.session(there) is not None:
        session = replace(session, session_id=there)
    return receive(self, connection_id, session, chunk)


@audio_goes_where_it_says.also(BroadcastEndpoint.take_audio)
def note_name(take_audio, self, connection_id, message, read_chunk):
    _named[connection_id] = message.get("sessionId")
    return take_audio(self, connection_id, message, read_chunk)


@twin_of(Fanout.send, "REQ-1.3")
async def audio_heard_in_another_session(send, self, sentence, speech):
    """Whoever listens in the same language hears what is said in any session."""
    await send(self, sentence, speech)
    for live in self._sessions.all():
        if live.session_id != speech.session_id:
            self._audience.play(live.listeners_in(speech.target_language), replace(speech, session_id=live.session_id))


@result_of(Standings.recent, "REQ-1.4")
def audio_taken_after_the_end(standing, self, connection_id):
    """Audio for a session that is over is taken like any other."""
    session = standing.session
    return standing if session is None else replace(standing, session=replace(session, is_active=True))


@late(Transcription.feed, 0.08, "REQ-1.5", "REQ-3.2", "REQ-21.1")
def audio_late_by_80_ms():
    """Audio waits 80 ms before it is passed on to recognition."""


_raw: set[str] = set()


@twin_of(Transcription.feed, "BRO-3.3.2")
def raw_sound_goes_nowhere(feed, self, live, received):
    """Raw sound is confirmed, but recognised only if it comes as text."""
    return None if received.connection_id in _raw else feed(self, live, received)


@raw_sound_goes_nowhere.also(BroadcastEndpoint.receive)
def note_raw(receive, self, connection_id, frame):
    (_raw.add if isinstance(frame, bytes) else _raw.discard)(connection_id)
    return receive(self, connection_id, frame)


@twin_of(audio.at_volume, "BRO-5.1.1")
def last_sample_of_every_piece_lost(at_volume, pcm, volume):
    """Of every piece of audio the last sample is lost."""
    return at_volume(pcm[:-2], volume)


# ---- sizes


@misread(AudioIntake, "audio_chunk_min_bytes", lambda _size: 2, "REQ-3.1")
def smallest_pieces_taken():
    """No piece of audio is too small, as long as it holds a sample."""


@twin_of(GatewayServer.__init__, "BRO-3.5.4")
def messages_of_2_mb_read(begin, self, *arguments, **named):
    """A message may have twice the size beyond which the connection is to end."""
    begin(self, *arguments, **named)
    self._terms = replace(self._terms, longest_frame_bytes=2 * self._terms.longest_frame_bytes)


@misread(AudioIntake, "audio_chunk_min_bytes", lambda size: size - 2, "REQ-3.1")
def pieces_of_98_bytes_taken():
    """The least size of a piece of audio is one sample too low."""


@misread(AudioIntake, "audio_chunk_min_bytes", lambda size: size + 1, "REQ-3.1")
def pieces_of_100_bytes_refused():
    """A piece of audio must be larger than the least size."""


@misread(AudioIntake, "audio_chunk_max_bytes", lambda size: size - 1, "REQ-3.1")
def pieces_of_32768_bytes_refused():
    """A piece of audio must be smaller than the greatest size."""


@misread(AudioIntake, "audio_chunk_max_bytes", lambda size: size + 2, "REQ-3.1", "REQ-27.3")
def pieces_of_32770_bytes_taken():
    """A piece of audio may be one sample larger than the greatest size."""


# ---- format


def declared_as(other: Callable[[DeclaredFormat], DeclaredFormat], *breaks: str) -> Declare:
    """What is declared about audio is judged as if something else had been declared."""
    return kind(audio.declaration_fault, lambda fault, declared: fault(other(declared)), *breaks)


@declared_as(lambda declared: replace(declared, channels=None), "REQ-13.1")
def stereo_taken():
    """Audio that is declared as stereo is taken as if it were mono."""


@twin_of(audio.declaration_fault, "REQ-13.1", "REQ-13.5")
def declaration_required(declaration_fault, declared):
    """Every piece of audio has to say in which format it is."""
    return declaration_fault(replace(declared, format="none") if declared == DeclaredFormat() else declared)


@constant(audio, "SAMPLE_RATE_HZ", 16, "REQ-13.1", "REQ-13.2")
def sample_rate_expected_in_khz():
    """A sample rate has to be declared as 16, so that 16000 is refused."""


def _even(chunk: AudioChunk) -> AudioChunk:
    return replace(chunk, pcm=chunk.pcm[: len(chunk.pcm) // 2 * 2])


@twin_of(AudioIntake.check_format, "REQ-13.1")
def half_samples_taken(check_format, self, connection_id, session, chunk):
    """Audio that ends in the middle of a sample is taken, without its last byte."""
    check_format(self, connection_id, session, _even(chunk))


@half_samples_taken.also(AudioIntake.receive)
def receive_even(receive, self, connection_id, session, chunk):
    return receive(self, connection_id, session, _even(chunk))


@constant(audio, "CONTAINER_HEADERS", (b"RIFF",), "REQ-13.1")
def files_taken_for_samples():
    """Of the files that are no bare samples only WAV files are recognised."""


@declared_as(lambda given: replace(given, sample_rate_hz=min(given.sample_rate_hz or 16_000, 16_000)), "REQ-13.2")
def faster_samples_taken():
    """Only a sample rate below 16000 Hz is refused, not one above."""


@refused_as(AudioIntake.check_format, "INVALID_MESSAGE", "REQ-13.3")
def wrong_format_called_unreadable():
    """Audio in a wrong format is refused as if the message could not be read."""


@twin_of(Journal.warning, "REQ-13.4")
def wrong_format_logged_without_its_size(warning, self, operation, message, **context):
    """The log of a wrong format does not tell how large the audio was."""
    if operation == "check-format":
        context.pop("bytes")
    warning(self, operation, message, **context)


@twin_of(AudioIntake.check_format, "REQ-13.5")
def wrong_format_counts_as_checked(check_format, self, connection_id, session, chunk):
    """A connection whose first audio was a file is not checked again."""
    try:
        check_format(self, connection_id, session, chunk)
    finally:
        self._sessions.member(connection_id).format_checked = True


@twin_of(audio.sample_fault, "REQ-13.5")
def format_checked_again_and_again(sample_fault, pcm, *, look_for_header):
    """Samples that happen to look like the beginning of a file are refused in the middle of a talk."""
    return sample_fault(pcm, look_for_header=True)


_refused: dict[str, Refusal] = {}


@twin_of(AudioIntake.check_format, "REQ-13.5")
def wrong_format_is_never_forgiven(check_format, self, connection_id, session, chunk):
    """Whoever sent a wrong format once is refused from then on."""
    if connection_id in _refused:
        raise _refused[connection_id]
    try:
        check_format(self, connection_id, session, chunk)
    except Refusal as refusal:
        _refused[connection_id] = refusal
        raise


# ---- rate


@result_of(Rates.audio, "REQ-26.2")
def excess_ends_the_session(excess, self, member):
    """Who sends twice as much audio as allowed is disconnected at once, without any warning."""
    most = self._settings.rate_limit_audio_chunks_per_second
    return excess and replace(excess, close=excess.close or excess.dropped_chunks > most)


_turned_away_at_s: WeakKeyDictionary[SlidingWindow, float] = WeakKeyDictionary()


@twin_of(SlidingWindow.take, "REQ-26.1")
def excess_is_punished(take, self, now_s):
    """Who sent too much audio once is held back for ten seconds."""
    taken = now_s - _turned_away_at_s.get(self, -10.0) >= 10.0 and take(self, now_s)
    if not taken:
        _turned_away_at_s.setdefault(self, now_s)
    return taken


# ---- order

_spoken: Counter[tuple[str, str]] = Counter()


@twin_of(Fanout.speak, "REQ-16.1")
async def sentences_overtake_each_other(speak, self, sentence, language, before):
    """A sentence that takes long to prepare is heard after the one that was said next."""
    key = sentence.handover.session_id, language
    _spoken[key] += 1
    if _spoken[key] % 2:
        await asyncio.sleep(1.5)
    await speak(self, sentence, language, None)


@twin_of(Reorder.take, "REQ-16.2")
def numbers_of_audio_ignored(take, self, number, item, size_bytes):
    """Numbered audio is recognised as it comes, whatever its numbers."""
    return take(self, None, item, size_bytes)


@twin_of(Recognition.put, "REQ-16.1", "REQ-16.2")
def latest_audio_first(put, self, chunk):
    """When audio waits for the recogniser, it gets the latest piece first."""
    put(self, chunk)
    self._waiting.insert(1 if self._feeding else 0, self._waiting.pop())


_held: dict[int, Any] = {}


@twin_of(Reorder.take, "REQ-16.3")
def audio_without_numbers_comes_in_pairs(take, self, number, item, size_bytes):
    """Audio without numbers is recognised in pairs, the second piece of each before the first."""
    if number is not None:
        return take(self, number, item, size_bytes)
    if id(self) not in _held:
        _held[id(self)] = item
        return Arrival([])
    return Arrival([item, _held.pop(id(self))])


@unlogged("order", "REQ-16.4")
def disorder_goes_unlogged():
    """Nothing in the log tells that audio came out of order."""


@twin_of(Reorder.flush, "REQ-16.5")
def missing_audio_waited_for_without_end(flush, self):
    """While a piece of audio is missing, those after it wait, however much they are."""
    return []


@twin_of(Reorder.__init__, "REQ-16.5")
def missing_audio_hardly_waited_for(begin, self, limit_bytes):
    """Only one second of audio may wait for a missing piece."""
    begin(self, limit_bytes // 2)


@twin_of(Reorder.place, "REQ-16.5")
def late_audio_dropped(place, self, arrived):
    """A piece of audio that comes after the others have gone ahead is lost."""
    is_late = self._next is not None and arrived.number < self._next
    return Arrival([]) if is_late else place(self, arrived)
