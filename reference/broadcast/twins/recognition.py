"""Twins of recognition: started, fed, kept, closed, failing and recovering (REQ-2, 3, 4, 5, 14, 22)."""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from dataclasses import replace

from reference.breaker import Breaker
from reference.broadcast import recognition, transcription
from reference.broadcast.controls import SpeakerControls
from reference.broadcast.gateway import BroadcastEndpoint, SocketAudience
from reference.broadcast.lifecycle import Lifecycle
from reference.broadcast.model import Role
from reference.broadcast.notices import TranscriptionError
from reference.broadcast.recognition import Recognition
from reference.broadcast.settings import BroadcastSettings
from reference.broadcast.transcription import Received, SessionAudio, Transcription
from reference.broadcast.twins.figures import unrecorded
from reference.monitoring.cloudwatch import CloudWatchMetrics
from reference.speech import ports
from reference.twins.kinds import constant, skipped, unlogged
from reference.twins.twin import Seam, result_of, twin_of

_OPTIONS = Seam(transcription, "StreamOptions")

# ---- starting


@result_of(_OPTIONS, "REQ-2.1")
def recognition_always_in_english(options, *_given, **_named):
    """Recognition listens for English, whatever the speaker speaks."""
    return replace(options, language="en")


@constant(ports, "RECOGNISER_LANGUAGES", ports.RECOGNISER_LANGUAGES | {"en": "en-GB"}, "BRO-5.3.1")
def recognition_without_a_region():
    """English is recognised as British instead of American."""


@result_of(_OPTIONS, "REQ-2.2")
def no_provisional_results(options, *_given, **_named):
    """Recognition is asked for final results only."""
    return replace(options, partial_results=False)


@result_of(_OPTIONS, "REQ-2.3")
def recognition_told_8_khz(options, *_given, **_named):
    """Recognition is told to expect 8000 samples a second."""
    return replace(options, sample_rate_hz=8000)


@twin_of(Lifecycle.watch, "REQ-5.1", "REQ-2.1")
def recognition_started_too_early(watch, self, member):
    """Recognition is started as soon as the speaker connects."""
    watch(self, member)
    live = self._sessions.session(member.session_id)
    if live is not None and member.role is Role.SPEAKER:
        self._transcription.feed(live, Received(member.connection_id, bytes(3200), None, member.heard_at_s))


@twin_of(BroadcastEndpoint.take_audio, "REQ-2.4", "REQ-4.1")
async def confirmation_waits_for_recognition(take_audio, self, connection_id, message, read_chunk):
    """Audio is confirmed when recognition has taken it."""
    notice = await take_audio(self, connection_id, message, read_chunk)
    member = self._service.sessions.member(connection_id)
    sessions = self._service.audio._transcription._sessions
    while member is not None and (session := sessions.get(member.session_id)) is not None:
        if session._recognition is None or not session._recognition._waiting:
            break
        await asyncio.sleep(0.01)
    return notice


@constant(recognition, "START_RETRIES", 2, "REQ-2.5")
def start_retried_twice():
    """A start of recognition that fails is tried again twice, not three times."""


@constant(recognition, "START_RETRIES", 4, "REQ-2.5")
def start_retried_four_times():
    """A start of recognition that fails is tried again four times, not three times."""


@constant(recognition, "FIRST_DELAY_S", 0.0, "REQ-2.5")
def start_retried_at_once():
    """A start of recognition that fails is tried again without a rest."""


@constant(recognition, "START_RETRIES", 0, "REQ-2.5")
def start_never_retried():
    """A start of recognition that fails is not tried again."""


_taken_bytes: Counter[int] = Counter()


@twin_of(Recognition.put, "REQ-2.1")
def recognition_anew_every_second(put, self, chunk):
    """For every second of audio recognition is started anew."""
    put(self, chunk)
    _taken_bytes[id(self)] += len(chunk.pcm)
    if _taken_bytes[id(self)] >= ports.BYTES_PER_SECOND:
        self.close_idle()


# ---- feeding


def _share_of_the_buffer(share: float) -> property:
    return property(lambda settings: round(share * settings.audio_buffer_max_size_seconds * ports.BYTES_PER_SECOND))


@constant(BroadcastSettings, "audio_buffer_max_bytes", _share_of_the_buffer(0.8), "REQ-3.3")
def four_seconds_kept_waiting():
    """Only four seconds of audio wait for a recogniser that is behind."""


@constant(BroadcastSettings, "audio_buffer_max_bytes", _share_of_the_buffer(1.2), "REQ-3.3")
def six_seconds_kept_waiting():
    """Up to six seconds of audio wait for a recogniser that is behind."""


@twin_of(Recognition.drop_excess, "REQ-3.4")
def overflow_drops_the_newest(drop_excess, self):
    """When the waiting audio overflows, the newest part is dropped."""
    while self._waiting_bytes > self._means.settings.audio_buffer_max_bytes and len(self._waiting) > 1:
        self._waiting_bytes -= len(self._waiting.pop().pcm)
        self._means.metrics.put("AudioBufferOverflows", SessionId=self._host.session_id)
    drop_excess(self)


@unrecorded("AudioBufferOverflows", breaks="REQ-3.4")
def overflow_goes_uncounted():
    """Audio that overflows is dropped without being counted."""


# ---- keeping and closing


@result_of(SpeakerControls.pause, "REQ-5.2", "REQ-6.5")
def pause_closes_recognition(paused, self, session, *, estimated_ms):
    """A pause closes recognition at once."""
    self._transcription.close(session.session_id)
    return paused


@twin_of(Transcription.resume, "REQ-5.3")
def resume_starts_recognition_anew(resume, self, session_id):
    """After a pause recognition is started anew, although the one before it was still open."""
    self.close(session_id)


@skipped(Transcription.close, "REQ-5.4")
def recognition_left_open():
    """Recognition goes on waiting for audio after the speaker has left."""


@skipped(Recognition.close_idle, "REQ-5.5", "REQ-6.5")
def idle_recognition_kept():
    """Recognition without audio is never closed."""


@twin_of(Recognition.restart_idle_timer, "REQ-5.5")
def idle_time_counts_from_the_first_audio(restart_idle_timer, self):
    """Recognition is closed a minute after the first audio, although more has come."""
    if self._idle is None:
        restart_idle_timer(self)


@twin_of(SessionAudio.closing, "REQ-5.5", "REQ-7.3")
def closed_recognition_stays_closed(closing, self, done):
    """Recognition that was closed for want of audio is not started again."""
    self.failed = self.failed or (done is self._recognition and not self._closed)
    closing(self, done)


@result_of(Recognition.start, "REQ-7.3", "REQ-5.5")
def sound_lost_while_recognition_opens_again(ear, self):
    """When recognition that was closed is opened again, the sound that waits for it is lost."""
    if ear.number > 1:
        self._leave_rest()
    return ear


# ---- failing and recovering


@twin_of(SocketAudience.tell, "REQ-14.3")
def lasting_fault_without_its_name(tell, self, connection_id, notice):
    """Every fault of recognition is told under the same name and without details."""
    is_fault = isinstance(notice, TranscriptionError)
    return tell(self, connection_id, replace(notice, code="INTERNAL_ERROR", details={}) if is_fault else notice)


@twin_of(SessionAudio.given_up, "REQ-14.4")
def audio_taken_after_a_lasting_fault(given_up, self, failed, failure):
    """After a lasting fault recognition is tried again with the next audio, without the speaker resuming."""
    given_up(self, failed, failure)
    self.failed = False


@skipped(Transcription.resume, "REQ-14.4")
def resume_leaves_recognition_stopped():
    """After a lasting fault resuming the broadcast does not bring recognition back."""


_FAULTS = {"TranscribeErrors": {"ErrorCode": "ERROR"}, "TranscribeStreamErrors": {"ErrorType": "ERROR"}}


@twin_of(CloudWatchMetrics.put, "REQ-14.5")
def faults_of_recognition_counted_as_one_kind(put, self, name, value=1.0, **dimensions):
    """Faults of recognition are counted, but not by kind."""
    put(self, name, value, **(dimensions | _FAULTS.get(name, {})))


@unlogged("recognise", "REQ-14.1")
def faults_of_recognition_go_unlogged():
    """A fault of recognition is counted, but not logged."""


@twin_of(Recognition.reconnect, "REQ-22.1", "REQ-4.5", "REQ-14.2")
async def broken_recognition_stays_broken(reconnect, self, ear, failure):
    """A passing fault of recognition is treated as a lasting one."""
    raise failure


@constant(recognition, "RECONNECT_ATTEMPTS", 2, "REQ-14.2")
def recognition_reconnected_twice_only():
    """A passing fault of recognition counts as lasting after two attempts."""


@constant(recognition, "RECONNECT_ATTEMPTS", 4, "REQ-14.2")
def recognition_reconnected_four_times():
    """A passing fault of recognition counts as lasting after four attempts only."""


@skipped(SessionAudio.recovered, "REQ-4.5", "REQ-22.5")
def recovery_goes_untold():
    """Nobody is told that recognition works again."""


@twin_of(SessionAudio.recovered, "REQ-22.5")
def recovery_told_to_the_speaker_only(recovered, self, *, audio_lost):
    """Listeners who missed something are not told that recognition works again."""
    recovered(self, audio_lost=False)


@skipped(Breaker.failed, "BRO-5.3.3")
def failing_recogniser_never_left_alone():
    """A recogniser that keeps failing is called again and again."""


@twin_of(Breaker.failed, "BRO-5.3.3")
def failing_recogniser_given_up(failed, self):
    """A recogniser that failed five times is never called again."""
    failed(self)
    self.terms = replace(self.terms, open_s=math.inf)


@twin_of(Recognition.watch_results, "BRO-5.3.4")
def provisional_results_doubted_too_early(watch_results, self, size):
    """Half of the audio that is to bring no result is enough to trust final results only."""
    watch_results(self, 2 * size)


@skipped(Recognition.watch_results, "BRO-5.3.4")
def provisional_results_trusted_for_ever():
    """Provisional results are used however long none has come."""


@twin_of(Recognition.hear, "BRO-5.3.5")
def provisional_results_never_trusted_again(hear, self, ear, transcript):
    """Once results were missing, only final ones are used, even when provisional ones come back."""
    finals_only = self._finals_only
    hear(self, ear, transcript)
    self._finals_only = finals_only
