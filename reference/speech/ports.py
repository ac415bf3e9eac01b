"""What the systems ask of speech: three ports, and the ways in which they may fail.

Audio is always PCM, signed 16-bit little-endian, mono, 16 000 Hz (REQ-13.1, REQ-13.2).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

SAMPLE_RATE_HZ = 16_000
BYTES_PER_SECOND = 2 * SAMPLE_RATE_HZ

RECOGNISER_LANGUAGES = {
    "en": "en-US",
    "es": "es-ES",
    "fr": "fr-FR",
    "de": "de-DE",
    "it": "it-IT",
    "pt": "pt-BR",
    "ja": "ja-JP",
    "ko": "ko-KR",
    "zh": "zh-CN",
    "ar": "ar-SA",
    "hi": "hi-IN",
    "ru": "ru-RU",
}
"""A session's language to the recogniser's (BRO-5.3.1)."""


@dataclass(frozen=True, slots=True)
class StreamOptions:
    """How a recogniser stream is opened (REQ-2.1, REQ-2.2, REQ-2.3)."""

    language: str
    """Language as the session knows it, two letters; an engine maps it to its own code."""
    partial_results: bool = True
    stability: str = "high"
    """How firm partial results are to be, for engines that have a choice: low, medium or high (BRO-5.3.2)."""
    sample_rate_hz: int = SAMPLE_RATE_HZ
    encoding: str = "pcm"
    session_id: str = ""
    """Whose stream it is: no engine needs it, but observations and faults are told apart by it."""

    @property
    def recogniser_language(self) -> str | None:
        """The language as recognisers know it, such as `en-US`; None when they do not."""
        return RECOGNISER_LANGUAGES.get(self.language)


@dataclass(frozen=True, slots=True)
class Transcript:
    """One result of a stream: what was understood so far of one utterance."""

    utterance_id: str
    """The same for every partial result and the final one of an utterance; unique within a stream."""
    text: str
    final: bool
    stability: float | None
    """0.0–1.0, how sure the engine is that the words stay; 1.0 for finals, None when it cannot tell."""
    start_ms: int
    """Where the utterance begins in the audio of the stream."""
    end_ms: int
    """How far into the audio of the stream this result has listened."""
    speaker: str | None = None
    """Whose voice it is, from engines that tell voices apart."""


class RecogniserStream(Protocol):
    """One open stream; results arrive through the callback given when it was opened."""

    async def feed(self, pcm: bytes) -> None:
        """Hand over audio; returns when the engine has taken it, not when it has understood it."""

    async def finish(self) -> None:
        """End the stream: what is still buffered is recognised and reported before this returns."""


class Recogniser(Protocol):
    """Opens streams. Callbacks run on the event loop that opened the stream."""

    async def open(
        self,
        options: StreamOptions,
        on_transcript: Callable[[Transcript], None],
        on_failure: Callable[[SpeechFailure], None],
    ) -> RecogniserStream:
        """Open a stream, or raise SpeechFailure."""


class Translator(Protocol):
    """Turns a sentence of one language into another."""

    async def translate(self, text: str, *, source: str, target: str) -> str:
        """Return `text` in the target language, or raise SpeechFailure."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a sentence is to be spoken (BRO-6.3)."""

    rate: str = "medium"
    """slow, medium, fast or x-fast."""
    volume: str = "medium"
    """x-soft, soft, medium or loud."""
    markup: str = field(default="", compare=False)
    """The same as a speak element around the sentence, for an engine that reads markup; empty for plain text."""


class Synthesiser(Protocol):
    """Turns a sentence into audio."""

    async def speak(self, text: str, *, language: str, delivery: Delivery) -> bytes:
        """Return the sentence as PCM, or raise SpeechFailure."""


class SpeechFailure(Exception):
    """An engine could not do what it was asked.

    `code` is the engine's name for the reason, such as `ServiceUnavailable` or `LANGUAGE_NOT_SUPPORTED`;
    `transient` says whether trying again may help (REQ-14.2 against REQ-14.3).
    """

    def __init__(self, code: str, message: str, *, transient: bool) -> None:
        super().__init__(message)
        self.code = code
        self.transient = transient
