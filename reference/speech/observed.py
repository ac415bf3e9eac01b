"""Keeping what an engine was asked and what it answered, whichever it is: what the control plane shows."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

from reference.speech.ports import (
    BYTES_PER_SECOND,
    Delivery,
    Recogniser,
    RecogniserStream,
    SpeechFailure,
    StreamOptions,
    Synthesiser,
    Transcript,
    Translator,
)

Answer = TypeVar("Answer")

_RECORDS_KEPT = 1_000
_TRANSCRIPTS_KEPT = 1_000
_AUDIO_KEPT_BYTES = 2_000 * BYTES_PER_SECOND
"""Over all streams: 64 MB, half an hour of speech."""


@dataclass(slots=True)
class StreamRecord:
    """One attempt to open a stream, and what became of it. Times are monotonic seconds."""

    options: StreamOptions
    asked_at_s: float
    opened_at_s: float | None = None
    """None while it opens, and for good when that failed."""
    chunks: deque[tuple[float, bytes]] = field(default_factory=deque)
    """When each chunk was handed over, and the PCM; the oldest are dropped when memory asks for it."""
    chunks_fed: int = 0
    """How many there were altogether."""
    transcripts: deque[tuple[float, Transcript]] = field(default_factory=lambda: deque(maxlen=_TRANSCRIPTS_KEPT))
    failure: SpeechFailure | None = None
    """Why it did not open, or broke."""
    closed_at_s: float | None = None
    """When the end of the stream was asked for."""


class ObservedRecogniser:
    """A recogniser that remembers its last thousand streams, in the order in which they were asked for.

    Of all audio together the last half hour is kept; `chunks_fed` counts on.
    """

    def __init__(self, recogniser: Recogniser) -> None:
        self.streams: deque[StreamRecord] = deque(maxlen=_RECORDS_KEPT)
        self._recogniser = recogniser
        self._kept: deque[StreamRecord] = deque()  # the owner of every chunk that is kept, oldest first
        self._kept_bytes = 0

    async def open(
        self,
        options: StreamOptions,
        on_transcript: Callable[[Transcript], None],
        on_failure: Callable[[SpeechFailure], None],
    ) -> RecogniserStream:
        record = StreamRecord(options, time.monotonic())
        self.streams.append(record)

        def keep_transcript(transcript: Transcript) -> None:
            record.transcripts.append((time.monotonic(), transcript))
            on_transcript(transcript)

        def keep_failure(failure: SpeechFailure) -> None:
            record.failure = failure
            on_failure(failure)

        try:
            stream = await self._recogniser.open(options, keep_transcript, keep_failure)
        except SpeechFailure as failure:
            record.failure = failure
            raise
        record.opened_at_s = time.monotonic()
        return _ObservedStream(stream, record, self._keep)

    def _keep(self, record: StreamRecord, pcm: bytes) -> None:
        record.chunks.append((time.monotonic(), pcm))
        record.chunks_fed += 1
        self._kept.append(record)
        self._kept_bytes += len(pcm)
        while self._kept_bytes > _AUDIO_KEPT_BYTES:
            _, dropped = self._kept.popleft().chunks.popleft()
            self._kept_bytes -= len(dropped)


class _ObservedStream:
    def __init__(
        self, stream: RecogniserStream, record: StreamRecord, keep: Callable[[StreamRecord, bytes], None]
    ) -> None:
        self._keep = keep
        self._stream = stream
        self._record = record

    async def feed(self, pcm: bytes) -> None:
        self._keep(self._record, pcm)
        await self._stream.feed(pcm)

    async def finish(self) -> None:
        if self._record.closed_at_s is None:
            self._record.closed_at_s = time.monotonic()
        await self._stream.finish()


@dataclass(slots=True)
class TranslationRecord:
    asked_at_s: float
    text: str
    source: str
    target: str
    translation: str | None = None
    failure: SpeechFailure | None = None
    answered_at_s: float | None = None


class ObservedTranslator:
    """A translator that remembers its last thousand calls."""

    def __init__(self, translator: Translator) -> None:
        self.calls: deque[TranslationRecord] = deque(maxlen=_RECORDS_KEPT)
        self._translator = translator

    async def translate(self, text: str, *, source: str, target: str) -> str:
        record = TranslationRecord(time.monotonic(), text, source, target)
        self.calls.append(record)
        translation = await _answer(record, self._translator.translate(text, source=source, target=target))
        record.translation = translation
        return translation


@dataclass(slots=True)
class SynthesisRecord:
    """One call of a synthesiser; of the audio only its length is kept."""

    asked_at_s: float
    text: str
    language: str
    delivery: Delivery
    audio_bytes: int | None = None
    failure: SpeechFailure | None = None
    answered_at_s: float | None = None


class ObservedSynthesiser:
    """A synthesiser that remembers its last thousand calls."""

    def __init__(self, synthesiser: Synthesiser) -> None:
        self.calls: deque[SynthesisRecord] = deque(maxlen=_RECORDS_KEPT)
        self._synthesiser = synthesiser

    async def speak(self, text: str, *, language: str, delivery: Delivery) -> bytes:
        record = SynthesisRecord(time.monotonic(), text, language, delivery)
        self.calls.append(record)
        audio = await _answer(record, self._synthesiser.speak(text, language=language, delivery=delivery))
        record.audio_bytes = len(audio)
        return audio


async def _answer(record: TranslationRecord | SynthesisRecord, asked: Awaitable[Answer]) -> Answer:
    """Return an engine's answer; note when it came, or why there was none."""
    try:
        return await asked
    except SpeechFailure as failure:
        record.failure = failure
        raise
    finally:
        record.answered_at_s = time.monotonic()
