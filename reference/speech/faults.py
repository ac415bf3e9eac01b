"""Making an engine fail on demand, whichever engine it is.

Faults are ordered from the control plane. A fault may be confined to a scope: a session for recognisers,
a target language for translators and synthesisers. Without a scope it strikes whoever comes next.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from reference.speech.ports import (
    Delivery,
    Recogniser,
    RecogniserStream,
    SpeechFailure,
    StreamOptions,
    Synthesiser,
    Transcript,
    Translator,
)


@dataclass(slots=True, eq=False)
class Fault:
    """One fault: what happens, to whom, how often."""

    forget: Callable[[Fault], None]
    scope: str | None
    failure: Exception | None = None
    """What calls fail with; None for a stall."""
    stalled_for_s: float | None = None
    """How long each call waits; None means until the fault is called off."""
    times_left: int | None = None
    """How often yet; None means until it is called off."""
    times_struck: int = 0
    off: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when it was called off, which lets those go on that it stalls."""

    def call_off(self) -> None:
        """Happen no more; calls that it stalls go on."""
        self.off.set()
        self.forget(self)


class Faults:
    """Faults waiting to happen at one kind of call."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def fail_next(self, failure: Exception, *, times: int | None = 1, scope: str | None = None) -> Fault:
        """Let the next `times` calls fail; None means all of them, until it is called off."""
        return self._add(Fault(self._forget, scope, failure, times_left=times))

    def stall(self, scope: str | None = None, *, seconds: float | None = None, times: int | None = None) -> Fault:
        """Let the next `times` calls wait for `seconds`, or until it is called off."""
        return self._add(Fault(self._forget, scope, stalled_for_s=seconds, times_left=times))

    def clear(self) -> None:
        """Call off every fault; stalled calls go on."""
        for fault in list(self._faults):
            fault.call_off()

    async def strike(self, scope: str) -> None:
        """Wait or raise if a fault is due; called at the beginning of a call."""
        for stall in [fault for fault in self._due(scope) if fault.failure is None]:
            self._take(stall)
            with suppress(TimeoutError):
                async with asyncio.timeout(stall.stalled_for_s):
                    await stall.off.wait()
        for fault in self._due(scope):
            if fault.failure is not None:
                self._take(fault)
                raise fault.failure

    def _add(self, fault: Fault) -> Fault:
        self._faults.append(fault)
        return fault

    def _forget(self, fault: Fault) -> None:
        if fault in self._faults:
            self._faults.remove(fault)

    def _due(self, scope: str) -> list[Fault]:
        return [fault for fault in self._faults if fault.scope in (None, scope) and fault.times_left != 0]

    def _take(self, fault: Fault) -> None:
        fault.times_struck += 1
        if fault.times_left is not None:
            fault.times_left -= 1
            if fault.times_left == 0 and fault.failure is not None:
                self._faults.remove(fault)


class RecogniserWithFaults:
    """A recogniser whose `opens` and `feeds` can be made to fail or stall, and whose streams can be broken.

    As with any failure, a broken stream is still to be finished: that releases what the engine holds for it.
    """

    def __init__(self, recogniser: Recogniser) -> None:
        self.opens = Faults()
        self.feeds = Faults()
        self._recogniser = recogniser
        self._open_streams: set[_BreakableStream] = set()

    async def open(
        self,
        options: StreamOptions,
        on_transcript: Callable[[Transcript], None],
        on_failure: Callable[[SpeechFailure], None],
    ) -> RecogniserStream:
        await self.opens.strike(options.session_id)
        stream = _BreakableStream(self.feeds, options.session_id, on_transcript, on_failure, self._open_streams.discard)
        self._open_streams.add(stream)
        try:
            stream.inner = await self._recogniser.open(options, stream.pass_on, stream.break_off)
        except BaseException:
            self._open_streams.discard(stream)
            raise
        return stream

    def break_streams(self, failure: SpeechFailure, session_id: str | None = None) -> int:
        """Break the open streams (of that session) as the engine would; return how many that were."""
        hit = [stream for stream in self._open_streams if session_id in (None, stream.session_id)]
        for stream in hit:
            stream.break_off(failure)
        return len(hit)


class _BreakableStream:
    def __init__(
        self,
        feeds: Faults,
        session_id: str,
        on_transcript: Callable[[Transcript], None],
        on_failure: Callable[[SpeechFailure], None],
        forget: Callable[[_BreakableStream], None],
    ) -> None:
        self.session_id = session_id
        self.inner: RecogniserStream
        self._feeds = feeds
        self._on_transcript = on_transcript
        self._on_failure = on_failure
        self._forget = forget
        self._failure: SpeechFailure | None = None
        self._finished = False

    async def feed(self, pcm: bytes) -> None:
        await self._feeds.strike(self.session_id)
        if self._failure:
            raise self._failure
        await self.inner.feed(pcm)

    async def finish(self) -> None:
        if not self._finished:
            self._finished = True
            self._forget(self)
            await self.inner.finish()

    def pass_on(self, transcript: Transcript) -> None:
        """Hand a transcript over, unless the stream is broken: from then on the engine below is not heard."""
        if not self._failure:
            self._on_transcript(transcript)

    def break_off(self, failure: SpeechFailure) -> None:
        if not self._failure and not self._finished:
            self._failure = failure
            self._forget(self)
            self._on_failure(failure)


class TranslatorWithFaults:
    """A translator whose `calls` can be made to fail or stall, for all or for one target language."""

    def __init__(self, translator: Translator) -> None:
        self.calls = Faults()
        self._translator = translator

    async def translate(self, text: str, *, source: str, target: str) -> str:
        """Return the translator's answer, or raise the SpeechFailure that is due."""
        await self.calls.strike(target)
        return await self._translator.translate(text, source=source, target=target)


class SynthesiserWithFaults:
    """A synthesiser whose `calls` can be made to fail or stall, for all or for one language."""

    def __init__(self, synthesiser: Synthesiser) -> None:
        self.calls = Faults()
        self._synthesiser = synthesiser

    async def speak(self, text: str, *, language: str, delivery: Delivery) -> bytes:
        """Return the synthesiser's answer, or raise the SpeechFailure that is due."""
        await self.calls.strike(language)
        return await self._synthesiser.speak(text, language=language, delivery=delivery)
