"""Engines that do as they are told: what they hear is what the test feeds them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from reference.engines import Engines
from reference.speech.ports import Delivery, SpeechFailure, StreamOptions, Transcript

OnTranscript = Callable[[Transcript], None]
OnFailure = Callable[[SpeechFailure], None]


@dataclass
class FakeStream:
    """Keeps what it is fed; a chunk full of one byte value is understood as the phrase of that value."""

    options: StreamOptions
    on_transcript: OnTranscript
    on_failure: OnFailure
    phrases: dict[int, str]
    heard: list[bytes] = field(default_factory=list)
    finished: bool = False

    async def feed(self, pcm: bytes) -> None:
        self.heard.append(pcm)
        if pcm[0] in self.phrases:
            self.say(self.phrases[pcm[0]])

    async def finish(self) -> None:
        self.finished = True
        await asyncio.sleep(0)  # what was said before is reported before this returns

    def say(self, text: str, *, final: bool = True, stability: float | None = 1.0) -> None:
        result = Transcript(f"u{len(self.heard)}", text, final, stability, 0, 100)
        asyncio.get_running_loop().call_soon(self.on_transcript, result)


@dataclass
class FakeRecogniser:
    """Opens streams and remembers them; `failures` are raised by the next calls, one each."""

    phrases: dict[int, str] = field(default_factory=dict)
    failures: list[SpeechFailure] = field(default_factory=list)
    streams: list[FakeStream] = field(default_factory=list)

    async def open(self, options: StreamOptions, on_transcript: OnTranscript, on_failure: OnFailure) -> FakeStream:
        if self.failures:
            raise self.failures.pop(0)
        stream = FakeStream(options, on_transcript, on_failure, self.phrases)
        self.streams.append(stream)
        return stream


@dataclass
class FakeTranslator:
    """Writes the target language before the text; fails for the languages in `broken`."""

    broken: set[str] = field(default_factory=set)
    calls: list[tuple[str, str]] = field(default_factory=list)

    async def translate(self, text: str, *, source: str, target: str) -> str:
        self.calls.append((text, target))
        if target in self.broken:
            raise SpeechFailure("ServiceUnavailable", f"no {target} today", transient=True)
        return f"[{target}] {text}"


@dataclass
class FakeSynthesiser:
    """Speaks a text as its own bytes."""

    calls: list[tuple[str, str]] = field(default_factory=list)

    async def speak(self, text: str, *, language: str, delivery: Delivery) -> bytes:
        self.calls.append((text, language))
        return text.encode("utf-16-le")


@dataclass
class FakeSpeech:
    """All three."""

    recogniser: FakeRecogniser = field(default_factory=FakeRecogniser)
    translator: FakeTranslator = field(default_factory=FakeTranslator)
    synthesiser: FakeSynthesiser = field(default_factory=FakeSynthesiser)

    def engines(self) -> Engines:
        async def nothing() -> None:
            pass

        return Engines(self.recogniser, self.translator, self.synthesiser, nothing, nothing)
