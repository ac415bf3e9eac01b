"""The audio of live sessions becomes text: put in order, recognised, and given to captions (REQ-1.5, 2, 5, 14, 16)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from reference.breaker import Breaker, Terms
from reference.broadcast.live import LiveSession
from reference.broadcast.model import NotForwarded
from reference.broadcast.notices import SystemRecovered, TranscriptionError
from reference.broadcast.ports import Audience
from reference.broadcast.recognition import Chunk, Continuity, Means, Recognition
from reference.broadcast.reorder import Disorder, Reorder
from reference.journal import Journal
from reference.speech.ports import SpeechFailure, StreamOptions, Transcript
from reference.storage.clock import Timer


class Hearing(Protocol):
    """Who makes sentences of a session's results."""

    def listen(self, pcm: bytes) -> None:
        """Take the audio of which results will come, just before the recogniser gets it."""

    def hear(self, transcript: Transcript) -> None:
        """Take one result: its utterance id is unique in the session, its times count the session's audio."""

    def close(self) -> None:
        """Learn that the session is over and no result will come any more."""


HearingOf = Callable[[LiveSession], Hearing]


@dataclass(frozen=True, slots=True)
class Received:
    """A chunk that has passed the gate, at the volume at which it is to be heard."""

    connection_id: str
    pcm: bytes
    sequence_number: int | None
    received_at_s: float


class Transcription:
    """Hands the audio of live sessions to the recogniser, and its results to whoever hears them."""

    def __init__(self, means: Means, hearing_of: HearingOf, audience: Audience) -> None:
        self._means = means
        self._hearing_of = hearing_of
        self._audience = audience
        self._sessions: dict[str, SessionAudio] = {}

    def feed(self, live: LiveSession, received: Received) -> NotForwarded | None:
        """Take one chunk; return why not, when the recogniser has failed and the speaker must resume first.

        Nothing here waits: a stream is opened if none is open, and more than the buffer holds drops the oldest.
        """
        session = self._sessions.get(live.session_id)
        if session is None:
            session = self._sessions[live.session_id] = SessionAudio(
                self._means, live, self._hearing_of(live), self._audience
            )
        return session.take(received)

    def skip(self, session_id: str, connection_id: str, sequence_number: int | None) -> None:
        """Note that a numbered chunk will not be fed, so that no later one waits for it."""
        session = self._sessions.get(session_id)
        if session is not None and sequence_number is not None:
            session.skip(connection_id, sequence_number)

    def resume(self, session_id: str) -> None:
        """Let a session whose recogniser failed try again with its next chunk (REQ-14.4)."""
        session = self._sessions.get(session_id)
        if session is not None:
            session.failed = False

    def close(self, session_id: str) -> None:
        """End a session's stream; it has five seconds to say what it still has (REQ-5.4)."""
        session = self._sessions.pop(session_id, None)
        if session is not None:
            session.close()


class SessionAudio:
    """One session: the order of its chunks, and the recognition under way."""

    def __init__(self, means: Means, live: LiveSession, hearing: Hearing, audience: Audience) -> None:
        self.failed = False
        """Whether the recogniser has failed for good, until the speaker resumes."""
        self._means = means
        self._live = live
        self._options = StreamOptions(
            live.source_language, partial_results=live.partial_results.enabled, session_id=live.session_id
        )
        self._hearing = hearing
        self._audience = audience
        self._continuity = Continuity()
        self._breaker = Breaker(means.clock, Terms(open_s=means.settings.transcribe_circuit_open_seconds))
        self._reorder: Reorder[Chunk] = Reorder(means.settings.reorder_buffer_max_bytes)
        self._numbered_by = live.speaker_connection_id
        self._gap_timer: Timer | None = None
        self._recognition: Recognition | None = None
        self._unfinished: set[Recognition] = set()
        self._closed = False
        self._journal = Journal("transcription")

    @property
    def session_id(self) -> str:
        return self._live.session_id

    @property
    def speaker_connection_id(self) -> str:
        return self._live.speaker_connection_id

    # ---- audio

    def take(self, received: Received) -> NotForwarded | None:
        """Put one chunk in its place and pass on what is in order by then."""
        if self.failed:
            return NotForwarded.STREAM_UNAVAILABLE
        self._count_anew_for(received.connection_id)
        number, chunk = received.sequence_number, Chunk(received.pcm, received.received_at_s)
        arrival = self._reorder.take(number, chunk, len(chunk.pcm))
        self.arrived(arrival.ready, arrival.disorder, number)
        return None

    def skip(self, connection_id: str, number: int) -> None:
        """Leave the place of a number empty."""
        self._count_anew_for(connection_id)
        arrival = self._reorder.skip(number)
        self.arrived(arrival.ready, arrival.disorder, number)

    def close(self) -> None:
        """End the recognition under way, after the chunks that still wait for a missing one."""
        self._closed = True
        self._go_on_without_missing()
        if self._recognition is not None:
            self._recognition.close()
        if not self._unfinished:
            self._hearing.close()

    def _count_anew_for(self, connection_id: str) -> None:
        """Begin with the numbers of another connection, when the speaker has refreshed theirs."""
        if connection_id != self._numbered_by:
            self._go_on_without_missing()
            self._numbered_by = connection_id
            self._reorder = Reorder(self._means.settings.reorder_buffer_max_bytes)

    def arrived(self, ready: list[Chunk], disorder: Disorder | None, number: int | None) -> None:
        if disorder is not None:
            self._journal.warning(
                "order",
                disorder.value,
                session_id=self.session_id,
                connection_id=self._numbered_by,
                sequenceNumber=number,
            )
        for chunk in ready:
            self._recognise(chunk)
        self._stop_gap_timer()
        if self._reorder.waiting:
            # Counted from the last chunk: as long as audio comes, its amount decides how long is waited.
            self._gap_timer = self._means.clock.call_later(
                self._means.settings.reorder_buffer_seconds, self._go_on_without_missing
            )

    def _go_on_without_missing(self) -> None:
        self._stop_gap_timer()
        if self._reorder.waiting:
            self.arrived(self._reorder.flush(), Disorder.GIVEN_UP, None)

    def _stop_gap_timer(self) -> None:
        if self._gap_timer is not None:
            self._gap_timer.cancel()
            self._gap_timer = None

    def _recognise(self, chunk: Chunk) -> None:
        if self.failed:
            self._means.metrics.put(
                "AudioChunksDropped",
                SessionId=self.session_id,
                Reason=NotForwarded.STREAM_UNAVAILABLE.value,
            )
            return
        if self._recognition is None:
            self._recognition = Recognition(self._means, self, self._options, self._continuity, self._breaker)
            self._unfinished.add(self._recognition)
            self._means.background.run(self._recognition.run(), name="recognition")
        self._recognition.put(chunk)

    # ---- what the recognition says

    def fed(self, pcm: bytes) -> None:
        """Pass the audio on to whoever will make sentences of it."""
        self._hearing.listen(pcm)

    def heard(self, transcript: Transcript) -> None:
        self._hearing.hear(transcript)

    def interrupted(self, failure: SpeechFailure) -> None:
        """Tell the speaker that recognition is being restored (REQ-4.5)."""
        self._tell_error(failure, "Recognition was interrupted and is being restored", retryable=True)

    def recovered(self, *, audio_lost: bool) -> None:
        """Tell the speaker that recognition works, and the listeners if they may have missed something (REQ-22.5)."""
        notice = SystemRecovered(self.session_id, "transcribe", "Recognition works again")
        self._audience.tell(self.speaker_connection_id, notice)
        if audio_lost:
            self._audience.tell_all(self._live.listener_ids(), notice)

    def given_up(self, recognition: Recognition, failure: SpeechFailure) -> None:
        """Take no more audio, and tell the speaker so, once (REQ-14.3, 14.4)."""
        if recognition is not self._recognition:
            return
        self._recognition = None
        self.failed = True
        self._journal.error(
            "give-up",
            "recognition has stopped until the speaker resumes",
            session_id=self.session_id,
            connection_id=self.speaker_connection_id,
            code=failure.code,
            cause=str(failure),
        )
        self._tell_error(failure, "Recognition has stopped; resume the broadcast to try again", retryable=False)

    def closing(self, recognition: Recognition) -> None:
        """Open another stream for the next chunk."""
        if recognition is self._recognition:
            self._recognition = None

    def over(self, recognition: Recognition) -> None:
        self.closing(recognition)
        self._unfinished.discard(recognition)
        if self._closed and not self._unfinished:
            self._hearing.close()

    def _tell_error(self, failure: SpeechFailure, message: str, *, retryable: bool) -> None:
        self._audience.tell(
            self.speaker_connection_id,
            TranscriptionError(
                self.session_id,
                failure.code,
                message,
                retryable=retryable,
                details={"sourceLanguage": self._live.source_language},
            ),
        )
