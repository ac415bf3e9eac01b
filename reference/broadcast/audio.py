"""Audio coming in: sizes, format, gate and volume (REQ-1, 3.1, 9.4, 13)."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from reference.background import Background
from reference.broadcast.lifecycle import Lifecycle
from reference.broadcast.live import LiveSessions, Member
from reference.broadcast.model import NotForwarded, Session
from reference.broadcast.notices import AudioReceived, RateLimitWarning
from reference.broadcast.ports import Audience, CloseCode
from reference.broadcast.quality_watch import QualityWatch
from reference.broadcast.rates import Rates
from reference.broadcast.settings import BroadcastSettings
from reference.broadcast.transcription import Received, Transcription
from reference.journal import Journal
from reference.metrics import Metrics
from reference.refusal import Refusal
from reference.speech.ports import SAMPLE_RATE_HZ

CONTAINER_HEADERS = (b"RIFF", b"RIFX", b"FORM", b"OggS", b"fLaC", b"ID3", b"\x1aE\xdf\xa3")
"""How the usual audio containers begin; raw samples do not."""


@dataclass(frozen=True, slots=True)
class DeclaredFormat:
    """What a client says about its audio; None where it says nothing."""

    format: str | None = None
    sample_rate_hz: int | None = None
    channels: int | None = None
    encoding: str | None = None


@dataclass(frozen=True, slots=True)
class AudioChunk:
    pcm: bytes
    chunk_id: str | None = None
    sequence_number: int | None = None
    declared: DeclaredFormat = DeclaredFormat()


@dataclass(eq=False, repr=False)
class AudioIntake:
    """Takes chunks from speakers and hands them to transcription, if the broadcast is on."""

    _settings: BroadcastSettings
    _sessions: LiveSessions
    _transcription: Transcription
    _rates: Rates
    _audience: Audience
    _lifecycle: Lifecycle
    _quality: QualityWatch
    _metrics: Metrics
    _background: Background
    _journal = Journal("audio")

    def one_too_many(self, member: Member) -> bool:
        """Count a chunk that is about to be received; return whether it must be dropped for its rate
        (REQ-26).

        Whoever keeps sending too many is warned after 5 s and, after 30 s, closed with the session.
        """
        self._metrics.put("AudioChunksReceived", SessionId=member.session_id)
        excess = self._rates.audio(member)
        if excess is None:
            return False
        if excess.close:
            self._journal.warning(
                "limit-audio",
                "too many chunks for too long, the session is ended",
                session_id=member.session_id,
                connection_id=member.connection_id,
                seconds=excess.violation_seconds,
            )
            self._background.run(
                self._lifecycle.end(member.session_id, "rate limit", code=CloseCode.POLICY),
                name="end-over-rate",
            )
        elif excess.warn:
            self._audience.tell(
                member.connection_id,
                RateLimitWarning(
                    member.session_id,
                    self._settings.rate_limit_audio_chunks_per_second,
                    excess.violation_seconds,
                    excess.dropped_chunks,
                ),
            )
        return True

    def receive(self, connection_id: str, session: Session, chunk: AudioChunk) -> AudioReceived:
        """Return the acknowledgement of a chunk; raise Refusal when its size or its format is wrong.

        The chunk is handed over before this returns; recognising it is not waited for.
        """
        self._metrics.put("AudioChunkSize", len(chunk.pcm), SessionId=session.session_id)
        try:
            self.check_size(chunk)
            self.check_format(connection_id, session, chunk)
        except Refusal:
            self._transcription.skip(session.session_id, connection_id, chunk.sequence_number)
            raise
        received = AudioReceived(
            session.session_id,
            chunk.chunk_id,
            chunk.sequence_number,
            session.state.closed_by() or self.forward(connection_id, session, chunk),
        )
        if received.reason is not None:
            self.drop(connection_id, received)
        return received

    def drop(self, connection_id: str, received: AudioReceived) -> None:
        """Note that a chunk goes no further than its acknowledgement, and that none need wait for it."""
        if received.reason is not None:
            self._metrics.put("AudioChunksDropped", SessionId=received.session_id, Reason=received.reason.value)
        self._transcription.skip(received.session_id, connection_id, received.sequence_number)

    def forward(self, connection_id: str, session: Session, chunk: AudioChunk) -> NotForwarded | None:
        live, member = self._sessions.session(session.session_id), self._sessions.member(connection_id)
        if live is None or member is None:
            return None
        self._quality.show(member, chunk.pcm)
        pcm = at_volume(chunk.pcm, session.state.volume)
        return self._transcription.feed(live, Received(connection_id, pcm, chunk.sequence_number, member.heard_at_s))

    def check_size(self, chunk: AudioChunk) -> None:
        size, settings = len(chunk.pcm), self._settings
        if size == 0:
            raise Refusal("INVALID_MESSAGE", "The chunk holds no audio")
        if size < settings.audio_chunk_min_bytes:
            raise Refusal(
                "AUDIO_CHUNK_TOO_SMALL",
                f"A chunk has at least {settings.audio_chunk_min_bytes} bytes of audio",
                actualBytes=size,
                limitBytes=settings.audio_chunk_min_bytes,
            )
        if size > settings.audio_chunk_max_bytes:
            raise Refusal(
                "AUDIO_CHUNK_TOO_LARGE",
                f"A chunk has at most {settings.audio_chunk_max_bytes} bytes of audio",
                actualBytes=size,
                limitBytes=settings.audio_chunk_max_bytes,
            )

    def check_format(self, connection_id: str, session: Session, chunk: AudioChunk) -> None:
        """Refuse what is not 16-bit mono PCM at 16 kHz; headers are looked for until a chunk has passed."""
        member = self._sessions.member(connection_id)
        passed_before = member is not None and member.format_checked
        fault = declaration_fault(chunk.declared) or sample_fault(chunk.pcm, look_for_header=not passed_before)
        if fault is not None:
            self._journal.warning(
                "check-format",
                fault,
                session_id=session.session_id,
                connection_id=connection_id,
                bytes=len(chunk.pcm),
                sequenceNumber=chunk.sequence_number,
                **_legible(chunk.declared),
            )
            raise Refusal("INVALID_AUDIO_FORMAT", f"Audio must be 16-bit mono PCM at 16000 Hz: {fault}")
        if member is not None:
            member.format_checked = True


def at_volume(pcm: bytes, volume: float) -> bytes:
    """Return the samples multiplied by `volume`, rounded and clipped to 16 bits."""
    if volume == 1.0:
        return pcm
    samples = np.frombuffer(pcm, dtype="<i2").astype(np.float64) * volume
    return np.clip(np.rint(samples), -32768, 32767).astype("<i2").tobytes()


def _legible(declared: DeclaredFormat) -> dict[str, str]:
    """Return what was declared, for the log: a client may put a text of any length there."""
    return {
        f"declared_{name}": str(value)[:64] for name, value in dataclasses.asdict(declared).items() if value is not None
    }


def declaration_fault(declared: DeclaredFormat) -> str | None:
    expected = (
        ("format", declared.format, "pcm"),
        ("sampleRate", declared.sample_rate_hz, SAMPLE_RATE_HZ),
        ("channels", declared.channels, 1),
        ("encoding", declared.encoding, "s16le"),
    )
    for name, given, wanted in expected:
        if given is not None and given != wanted:
            return f"{name} is declared as {str(given)[:64]}"
    return None


def sample_fault(pcm: bytes, *, look_for_header: bool) -> str | None:
    if len(pcm) % 2:
        return "an odd number of bytes"
    if look_for_header and pcm.startswith(CONTAINER_HEADERS):
        return "a container header instead of samples"
    return None
