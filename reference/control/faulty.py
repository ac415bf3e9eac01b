"""Engines that fail and stall as somebody ordered, and what they have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from reference.control.orders import FLAG, ORDERED, SECONDS, TEXT, TIMES, Order, Place
from reference.control.traps import Trap, Traps
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


def failure_of(order: Order) -> SpeechFailure:
    code, transient = order.scope.get("code", "ServiceUnavailable"), order.scope.get("transient", True)
    return SpeechFailure(code, ORDERED, transient=transient)


class Faults(Traps):
    """Orders to fail or to stall, for one kind of call."""

    def __init__(self, scope: str, failure: Callable[[Order], Exception] = failure_of) -> None:
        """`scope` is the member of an order that says for whom a call must be made: a session, a language."""
        super().__init__()
        self.scope = scope
        self.failure = failure

    def places(self, name: str, *, has_code: bool = True) -> Iterator[Place]:
        """Yield what can be ordered of these calls; `has_code` where an order says with which code they fail."""
        takes = {self.scope: TEXT, "times": TIMES}
        yield Place(name, ("fail",), self.set, takes | ({"code": TEXT, "transient": FLAG} if has_code else {}))
        yield Place(name, ("stall",), self.set, takes | {"seconds": SECONDS})

    async def strike(self, made_for: str) -> None:
        """Wait, and then raise, if that was ordered; called at the beginning of a call."""
        if (trap := self._spring("stall", made_for)) is not None:
            await trap.stall()
        if (trap := self._spring("fail", made_for)) is not None:
            raise self.failure(trap.order)

    def _spring(self, effect: str, made_for: str) -> Trap | None:
        return self.spring_if(lambda order: order.effect == effect and order.concerns(**{self.scope: made_for}))


class RecogniserWithFaults:
    """A recogniser whose `opens` and `feeds` can be made to fail or stall, and whose streams can be broken.

    As with any failure, a broken stream is still to be finished: that releases what the engine holds for it.
    """

    def __init__(self, recogniser: Recogniser) -> None:
        self.opens = Faults("session_id")
        self.feeds = Faults("session_id")
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


@dataclass(eq=False)
class _BreakableStream:
    _feeds: Faults
    session_id: str
    _on_transcript: Callable[[Transcript], None]
    _on_failure: Callable[[SpeechFailure], None]
    _forget: Callable[[_BreakableStream], None]
    inner: RecogniserStream = field(init=False)
    _failure: SpeechFailure | None = field(default=None, init=False)
    _finished: bool = field(default=False, init=False)

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
        self.calls = Faults("language")
        self._translator = translator

    async def translate(self, text: str, *, source: str, target: str) -> str:
        """Return the translator's answer, or raise the SpeechFailure that is due."""
        await self.calls.strike(target)
        return await self._translator.translate(text, source=source, target=target)


class SynthesiserWithFaults:
    """A synthesiser whose `calls` can be made to fail or stall, for all or for one language."""

    def __init__(self, synthesiser: Synthesiser) -> None:
        self.calls = Faults("language")
        self._synthesiser = synthesiser

    async def speak(self, text: str, *, language: str, delivery: Delivery) -> bytes:
        """Return the synthesiser's answer, or raise the SpeechFailure that is due."""
        await self.calls.strike(language)
        return await self._synthesiser.speak(text, language=language, delivery=delivery)
