"""Twins of recognition: started, fed, kept, closed, failing and recovering (REQ-2, 3, 4, 5, 14, 22)."""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from reference import breaker
from reference.breaker import Breaker
from reference.broadcast import recognition, transcription
from reference.broadcast.audio import AudioChunk
from reference.broadcast.codec import Fields
from reference.broadcast.controls import SpeakerControls
from reference.broadcast.gateway import BroadcastEndpoint, SocketAudience
from reference.broadcast.lifecycle import Lifecycle
from reference.broadcast.live import LiveSession, Member
from reference.broadcast.model import Role, Session
from reference.broadcast.notices import BroadcastPaused, Notice, SystemRecovered, TranscriptionError
from reference.broadcast.recognition import Chunk, Recognition, _Ear
from reference.broadcast.settings import BroadcastSettings
from reference.broadcast.transcription import Received, Transcription, _SessionAudio
from reference.monitoring.cloudwatch import CloudWatchMetrics
from reference.speech import ports
from reference.speech.ports import SpeechFailure, StreamOptions
from reference.twins.twin import put, twin


def _options(change: Callable[[StreamOptions], StreamOptions]) -> None:
    """Start recognition with other options."""

    def options(language: str, *, partial_results: bool, session_id: str) -> StreamOptions:
        return change(StreamOptions(language, partial_results=partial_results, session_id=session_id))

    put(transcription, "StreamOptions", options)


# ---- starting


@twin("recognition-always-in-english", "REQ-2.1")
def recognition_always_in_english() -> None:
    """Recognition listens for English, whatever the speaker speaks."""
    _options(lambda options: replace(options, language="en"))


@twin("recognition-without-a-region", "BRO-5.3.1")
def recognition_without_a_region() -> None:
    """English is recognised as British instead of American."""
    put(ports, "RECOGNISER_LANGUAGES", ports.RECOGNISER_LANGUAGES | {"en": "en-GB"})


@twin("no-provisional-results", "REQ-2.2")
def no_provisional_results() -> None:
    """Recognition is asked for final results only."""
    _options(lambda options: replace(options, partial_results=False))


@twin("recognition-told-8-khz", "REQ-2.3")
def recognition_told_8_khz() -> None:
    """Recognition is told to expect 8000 samples a second."""
    _options(lambda options: replace(options, sample_rate_hz=8000))


@twin("recognition-started-too-early", "REQ-5.1", "REQ-2.1")
def recognition_started_too_early() -> None:
    """Recognition is started as soon as the speaker connects."""
    watch = Lifecycle.watch

    def watch_and_start(self: Lifecycle, member: Member) -> None:
        watch(self, member)
        live = self._sessions.session(member.session_id)
        if live is not None and member.role is Role.SPEAKER:
            self._transcription.feed(live, Received(member.connection_id, bytes(3200), None, member.heard_at_s))

    put(Lifecycle, "watch", watch_and_start)


@twin("confirmation-waits-for-recognition", "REQ-2.4", "REQ-4.1")
def confirmation_waits_for_recognition() -> None:
    """Audio is confirmed when recognition has taken it."""
    take_audio = BroadcastEndpoint._take_audio

    async def confirm_when_taken(
        self: BroadcastEndpoint, connection_id: str, message: Fields, read_chunk: Callable[[], AudioChunk]
    ) -> Notice:
        notice = await take_audio(self, connection_id, message, read_chunk)
        member = self._service.sessions.member(connection_id)
        sessions = self._service.audio._transcription._sessions
        while member is not None and (session := sessions.get(member.session_id)) is not None:
            if session._recognition is None or not session._recognition._waiting:
                break
            await asyncio.sleep(0.01)
        return notice

    put(BroadcastEndpoint, "_take_audio", confirm_when_taken)


@twin("start-retried-twice", "REQ-2.5")
def start_retried_twice() -> None:
    """A start of recognition that fails is tried again twice, not three times."""
    put(recognition, "START_RETRIES", 2)


@twin("start-retried-four-times", "REQ-2.5")
def start_retried_four_times() -> None:
    """A start of recognition that fails is tried again four times, not three times."""
    put(recognition, "START_RETRIES", 4)


@twin("start-retried-at-once", "REQ-2.5")
def start_retried_at_once() -> None:
    """A start of recognition that fails is tried again without a rest."""
    put(recognition, "FIRST_DELAY_S", 0.0)


@twin("start-never-retried", "REQ-2.5")
def start_never_retried() -> None:
    """A start of recognition that fails is not tried again."""
    put(recognition, "START_RETRIES", 0)


@twin("recognition-anew-every-second", "REQ-2.1")
def recognition_anew_every_second() -> None:
    """For every second of audio recognition is started anew."""
    take = Recognition.put
    taken_bytes: Counter[int] = Counter()

    def take_a_second(self: Recognition, chunk: Chunk) -> None:
        take(self, chunk)
        taken_bytes[id(self)] += len(chunk.pcm)
        if taken_bytes[id(self)] >= ports.BYTES_PER_SECOND:
            self._close_idle()

    put(Recognition, "put", take_a_second)


# ---- feeding


@twin("four-seconds-kept-waiting", "REQ-3.3")
def four_seconds_kept_waiting() -> None:
    """Only four seconds of audio wait for a recogniser that is behind."""
    _waiting_up_to(0.8)


@twin("six-seconds-kept-waiting", "REQ-3.3")
def six_seconds_kept_waiting() -> None:
    """Up to six seconds of audio wait for a recogniser that is behind."""
    _waiting_up_to(1.2)


def _waiting_up_to(share: float) -> None:
    """Let so much of what may wait for the recogniser wait."""
    put(
        BroadcastSettings,
        "audio_buffer_max_bytes",
        property(lambda settings: round(share * settings.audio_buffer_max_size_seconds * ports.BYTES_PER_SECOND)),
    )


@twin("overflow-drops-the-newest", "REQ-3.4")
def overflow_drops_the_newest() -> None:
    """When the waiting audio overflows, the newest part is dropped."""
    drop_excess = Recognition._drop_excess

    def drop_newest(self: Recognition) -> None:
        while self._waiting_bytes > self._means.settings.audio_buffer_max_bytes and len(self._waiting) > 1:
            self._waiting_bytes -= len(self._waiting.pop().pcm)
            self._means.metrics.put("AudioBufferOverflows", SessionId=self._host.session_id)
        drop_excess(self)

    put(Recognition, "_drop_excess", drop_newest)


@twin("overflow-goes-uncounted", "REQ-3.4")
def overflow_goes_uncounted() -> None:
    """Audio that overflows is dropped without being counted."""
    _without_figure("AudioBufferOverflows")


def _without_figure(unwanted: str) -> None:
    put_right = CloudWatchMetrics.put

    def put_others(self: CloudWatchMetrics, name: str, value: float = 1.0, **dimensions: str) -> None:
        if name != unwanted:
            put_right(self, name, value, **dimensions)

    put(CloudWatchMetrics, "put", put_others)


# ---- keeping and closing


@twin("pause-closes-recognition", "REQ-5.2", "REQ-6.5")
def pause_closes_recognition() -> None:
    """A pause closes recognition at once."""
    pause = SpeakerControls.pause

    async def pause_and_close(self: SpeakerControls, session: Session, *, estimated_ms: int | None) -> BroadcastPaused:
        paused = await pause(self, session, estimated_ms=estimated_ms)
        self._transcription.close(session.session_id)
        return paused

    put(SpeakerControls, "pause", pause_and_close)


@twin("resume-starts-recognition-anew", "REQ-5.3")
def resume_starts_recognition_anew() -> None:
    """After a pause recognition is started anew, although the one before it was still open."""
    put(Transcription, "resume", lambda self, session_id: self.close(session_id))


@twin("recognition-left-open", "REQ-5.4")
def recognition_left_open() -> None:
    """Recognition goes on waiting for audio after the speaker has left."""
    put(Transcription, "close", lambda _transcription, _session_id: None)


@twin("idle-recognition-kept", "REQ-5.5", "REQ-6.5")
def idle_recognition_kept() -> None:
    """Recognition without audio is never closed."""
    put(Recognition, "_close_idle", lambda _recognition: None)


@twin("idle-time-counts-from-the-first-audio", "REQ-5.5")
def idle_time_counts_from_the_first_audio() -> None:
    """Recognition is closed a minute after the first audio, although more has come."""
    restart = Recognition._restart_idle_timer

    def start_once(self: Recognition) -> None:
        if self._idle is None:
            restart(self)

    put(Recognition, "_restart_idle_timer", start_once)


@twin("closed-recognition-stays-closed", "REQ-5.5", "REQ-7.3")
def closed_recognition_stays_closed() -> None:
    """Recognition that was closed for want of audio is not started again."""
    closing = _SessionAudio.closing

    def close_for_good(self: _SessionAudio, done: Recognition) -> None:
        self.failed = self.failed or (done is self._recognition and not self._closed)
        closing(self, done)

    put(_SessionAudio, "closing", close_for_good)


@twin("sound-lost-while-recognition-opens-again", "REQ-7.3", "REQ-5.5")
def sound_lost_while_recognition_opens_again() -> None:
    """When recognition that was closed is opened again, the sound that waits for it is lost."""
    start = Recognition._start

    async def start_empty(self: Recognition) -> _Ear:
        ear = await start(self)
        if ear.number > 1:
            self._leave_rest()
        return ear

    put(Recognition, "_start", start_empty)


# ---- failing and recovering


@twin("lasting-fault-goes-untold", "REQ-14.3", "REQ-2.5")
def lasting_fault_goes_untold() -> None:
    """The speaker does not learn that recognition has failed for good."""
    _errors(lambda notice: None if not notice.retryable else notice)


@twin("lasting-fault-called-passing", "REQ-14.3")
def lasting_fault_called_passing() -> None:
    """A lasting fault of recognition is told as one that passes by itself."""
    _errors(lambda notice: replace(notice, retryable=True))


@twin("lasting-fault-without-its-name", "REQ-14.3")
def lasting_fault_without_its_name() -> None:
    """Every fault of recognition is told under the same name and without details."""
    _errors(lambda notice: replace(notice, code="INTERNAL_ERROR", details={}))


@twin("interruption-goes-untold", "REQ-4.5")
def interruption_goes_untold() -> None:
    """The speaker does not learn that recognition is interrupted."""
    _errors(lambda notice: None if notice.retryable else notice)


def _errors(change: Callable[[TranscriptionError], TranscriptionError | None]) -> None:
    """Tell faults of recognition otherwise, or not at all."""
    tell = SocketAudience.tell

    def tell_otherwise(self: SocketAudience, connection_id: str, notice: Notice) -> bool:
        changed = change(notice) if isinstance(notice, TranscriptionError) else notice
        return changed is None or tell(self, connection_id, changed)

    put(SocketAudience, "tell", tell_otherwise)


@twin("audio-taken-after-a-lasting-fault", "REQ-14.4")
def audio_taken_after_a_lasting_fault() -> None:
    """After a lasting fault recognition is tried again with the next audio, without the speaker resuming."""
    given_up = _SessionAudio.given_up

    def go_on(self: _SessionAudio, failed: Recognition, failure: SpeechFailure) -> None:
        given_up(self, failed, failure)
        self.failed = False

    put(_SessionAudio, "given_up", go_on)


@twin("resume-leaves-recognition-stopped", "REQ-14.4")
def resume_leaves_recognition_stopped() -> None:
    """After a lasting fault resuming the broadcast does not bring recognition back."""
    put(Transcription, "resume", lambda _transcription, _session_id: None)


@twin("faults-of-recognition-counted-as-one-kind", "REQ-14.5")
def faults_of_recognition_counted_as_one_kind() -> None:
    """Faults of recognition are counted, but not by kind."""
    put_right = CloudWatchMetrics.put

    def as_one(self: CloudWatchMetrics, name: str, value: float = 1.0, **dimensions: str) -> None:
        if name == "TranscribeErrors":
            dimensions["ErrorCode"] = "ERROR"
        elif name == "TranscribeStreamErrors":
            dimensions["ErrorType"] = "ERROR"
        put_right(self, name, value, **dimensions)

    put(CloudWatchMetrics, "put", as_one)


@twin("faults-of-recognition-go-unlogged", "REQ-14.1")
def faults_of_recognition_go_unlogged() -> None:
    """A fault of recognition is counted, but not logged."""

    def count_only(self: Recognition, failure: SpeechFailure) -> None:
        if failure.transient:
            self._breaker.failed()
        self._means.metrics.put("TranscribeErrors", ErrorCode=failure.code)
        self._means.metrics.put("TranscribeStreamErrors", SessionId=self._host.session_id, ErrorType=failure.code)

    put(Recognition, "_note", count_only)


@twin("broken-recognition-stays-broken", "REQ-22.1", "REQ-4.5", "REQ-14.2")
def broken_recognition_stays_broken() -> None:
    """A passing fault of recognition is treated as a lasting one."""

    async def give_up(_recognition: Recognition, _ear: _Ear, failure: SpeechFailure) -> _Ear:
        raise failure

    put(Recognition, "_reconnect", give_up)


@twin("recognition-reconnected-twice-only", "REQ-14.2")
def recognition_reconnected_twice_only() -> None:
    """A passing fault of recognition counts as lasting after two attempts."""
    put(recognition, "RECONNECT_ATTEMPTS", 2)


@twin("recognition-reconnected-four-times", "REQ-14.2")
def recognition_reconnected_four_times() -> None:
    """A passing fault of recognition counts as lasting after four attempts only."""
    put(recognition, "RECONNECT_ATTEMPTS", 4)


@twin("recovery-goes-untold", "REQ-4.5", "REQ-22.5")
def recovery_goes_untold() -> None:
    """Nobody is told that recognition works again."""
    _recovery_told(lambda _live, _ids: [])


@twin("recovery-told-to-the-speaker-only", "REQ-22.5")
def recovery_told_to_the_speaker_only() -> None:
    """Listeners who missed something are not told that recognition works again."""
    _recovery_told(lambda live, ids: [one for one in ids if one == live.speaker_connection_id])


def _recovery_told(whom: Callable[[LiveSession, list[str]], list[str]]) -> None:
    def recovered(self: _SessionAudio, *, audio_lost: bool) -> None:
        ids = [self.speaker_connection_id, *(self._live.listener_ids() if audio_lost else [])]
        notice = SystemRecovered(self.session_id, "transcribe", "Recognition works again")
        self._audience.tell_all(whom(self._live, ids), notice)

    put(_SessionAudio, "recovered", recovered)


@twin("failing-recogniser-never-left-alone", "BRO-5.3.3")
def failing_recogniser_never_left_alone() -> None:
    """A recogniser that keeps failing is called again and again."""
    put(breaker, "FAILURES_TO_OPEN", 1_000_000)


@twin("failing-recogniser-given-up", "BRO-5.3.3")
def failing_recogniser_given_up() -> None:
    """A recogniser that failed five times is never called again."""
    failed = Breaker.failed

    def fail_for_good(self: Breaker) -> None:
        failed(self)
        if self._failures >= breaker.FAILURES_TO_OPEN:
            self._open_until_s = math.inf

    put(Breaker, "failed", fail_for_good)


@twin("provisional-results-doubted-too-early", "BRO-5.3.4")
def provisional_results_doubted_too_early() -> None:
    """Half of the audio that is to bring no result is enough to trust final results only."""
    watch = Recognition._watch_results
    put(Recognition, "_watch_results", lambda recognition, size: watch(recognition, 2 * size))


@twin("provisional-results-trusted-for-ever", "BRO-5.3.4")
def provisional_results_trusted_for_ever() -> None:
    """Provisional results are used however long none has come."""
    put(Recognition, "_watch_results", lambda _recognition, _size: None)


@twin("provisional-results-never-trusted-again", "BRO-5.3.5")
def provisional_results_never_trusted_again() -> None:
    """Once results were missing, only final ones are used, even when provisional ones come back."""
    hear = Recognition._hear

    def hear_finals(self: Recognition, ear: _Ear, transcript: ports.Transcript) -> None:
        finals_only = self._finals_only
        hear(self, ear, transcript)
        self._finals_only = finals_only

    put(Recognition, "_hear", hear_finals)
