"""From the records of engines and pipeline to what the control plane shows."""

from __future__ import annotations

import numpy as np

from reference.broadcast.observed_pipeline import HandoverRecord
from reference.control import messages
from reference.control.conversation import CallRecord, CheckRecord
from reference.speech.observed import StreamRecord, SynthesisRecord, TranslationRecord
from reference.speech.ports import SpeechFailure, Transcript


def stream(record: StreamRecord) -> messages.Stream:
    """Return a recogniser stream; its audio as statistics, chunk by chunk."""
    options = record.options
    return messages.Stream(
        options=messages.StreamOptions(
            language=options.language,
            recogniser_language=options.recogniser_language,
            partial_results=options.partial_results,
            stability=options.stability,
            sample_rate_hz=options.sample_rate_hz,
            encoding=options.encoding,
        ),
        asked_at_s=record.asked_at_s,
        opened_at_s=record.opened_at_s,
        closed_at_s=record.closed_at_s,
        chunks_fed=record.chunks_fed,
        chunks=[_chunk(at_s, pcm) for at_s, pcm in record.chunks],
        transcripts=[_transcript(at_s, transcript) for at_s, transcript in record.transcripts],
        failure=_failure(record.failure),
    )


def handover(record: HandoverRecord) -> messages.Handover:
    """Return a sentence that was handed over, with every attempt to do so."""
    given = record.handover
    return messages.Handover(
        session_id=given.session_id,
        source_language=given.source_language,
        transcript_text=given.transcript_text,
        is_partial=given.is_partial,
        stability_score=given.stability_score,
        timestamp_ms=given.timestamp_ms,
        emotion_dynamics=messages.EmotionDynamics(
            volume=given.emotion_dynamics.volume,
            rate=given.emotion_dynamics.rate,
            energy=given.emotion_dynamics.energy,
        ),
        attempts=[
            messages.HandoverAttempt(
                at_s=attempt.asked_at_s, acknowledged_at_s=attempt.acknowledged_at_s, failure=attempt.failure
            )
            for attempt in record.attempts
        ],
    )


def translation(record: TranslationRecord) -> messages.Translation:
    """Return a call of the translator."""
    return messages.Translation(
        asked_at_s=record.asked_at_s,
        answered_at_s=record.answered_at_s,
        text=record.text,
        source=record.source,
        target=record.target,
        translation=record.translation,
        failure=_failure(record.failure),
    )


def synthesis(record: SynthesisRecord) -> messages.Synthesis:
    """Return a call of the synthesiser."""
    return messages.Synthesis(
        asked_at_s=record.asked_at_s,
        answered_at_s=record.answered_at_s,
        text=record.text,
        language=record.language,
        rate=record.delivery.rate,
        volume=record.delivery.volume,
        audio_bytes=record.audio_bytes,
        failure=_failure(record.failure),
    )


def check(record: CheckRecord) -> messages.ContentCheck:
    """Return a check of the content rules."""
    return messages.ContentCheck(
        asked_at_s=record.asked_at_s, answered_at_s=record.answered_at_s, text=record.text, verdict=record.verdict
    )


def call(record: CallRecord) -> messages.AssistantCall:
    """Return a call of a backend."""
    return messages.AssistantCall(
        backend=record.backend,
        asked_at_s=record.asked_at_s,
        answered_at_s=record.answered_at_s,
        text=record.text,
        answer=record.answer,
        failure=record.failure,
    )


def _chunk(at_s: float, pcm: bytes) -> messages.Chunk:
    samples = np.frombuffer(pcm[: len(pcm) // 2 * 2], dtype="<i2").astype(np.float64)
    return messages.Chunk(
        at_s=at_s,
        bytes=len(pcm),
        peak=int(np.abs(samples).max(initial=0)),
        rms=float(np.sqrt(np.mean(samples**2))) if samples.size else 0.0,
    )


def _transcript(at_s: float, transcript: Transcript) -> messages.Transcript:
    return messages.Transcript(
        at_s=at_s,
        utterance_id=transcript.utterance_id,
        text=transcript.text,
        final=transcript.final,
        stability=transcript.stability,
        start_ms=transcript.start_ms,
        end_ms=transcript.end_ms,
    )


def _failure(failure: SpeechFailure | None) -> messages.Failure | None:
    if failure is None:
        return None
    return messages.Failure(code=failure.code, message=str(failure), transient=failure.transient)
