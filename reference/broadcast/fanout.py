"""From a sentence to sound in every listener's language (BRO-6.2)."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field

from reference.background import Background
from reference.broadcast.handover import Handover
from reference.broadcast.live import LiveSessions
from reference.broadcast.markup import delivery, expression_of
from reference.broadcast.notices import Speech
from reference.broadcast.ports import Audience
from reference.journal import Journal
from reference.metrics import Metrics
from reference.speech.ports import Delivery, SpeechFailure, Synthesiser, Translator
from reference.storage.clock import Clock, sleep, time_limit

TRANSLATION_LIMIT_S = 2.0
SYNTHESIS_LIMIT_S = 5.0
SEND_AGAIN_AFTER_S = (0.1, 0.2)
SENTENCES_UNDER_WAY = 50
"""Of one session in one language; the oldest is given up and logged when there are more."""

MARKUP_REJECTED = "InvalidSsmlException"


@dataclass(slots=True)
class _Sentence:
    """One sentence on its way into several languages."""

    handover: Handover
    since_s: float
    languages_left: int
    languages_spoken: int = 0
    languages_failed: int = 0
    listeners: set[str] = field(default_factory=set)
    """Connections of those to whom it was sent, in whichever language."""
    delivered: int = 0


@dataclass(eq=False, repr=False)
class Fanout:
    """Translates and synthesises once per language, and sends to everyone who listens in it.

    Languages do not wait for one another: one that is slow, or fails and is left out of the sentence, delays
    nobody else. Within a language sentences are prepared side by side and sent in their order. `leave` is called
    for a connection that is found dead when something is sent to it.
    """

    _sessions: LiveSessions
    _translator: Translator
    _synthesiser: Synthesiser
    _audience: Audience
    _metrics: Metrics
    _clock: Clock
    _background: Background
    _leave: Callable[[str], Coroutine[object, object, None]]
    _under_way: dict[str, dict[str, deque[asyncio.Task[None]]]] = field(default_factory=dict, init=False)
    _journal = Journal("fanout")

    async def accept(self, handover: Handover) -> None:
        """Take a sentence and begin to speak it in every language that someone listens in now.

        While nobody listens, nothing is translated and nothing synthesised.
        """
        live = self._sessions.session(handover.session_id)
        languages = set() if live is None else live.languages()
        if not languages:
            return
        sentence = _Sentence(handover, self._clock.monotonic_s(), languages_left=len(languages))
        under_way = self._under_way.setdefault(handover.session_id, {})
        for language in sorted(languages):
            line = under_way.setdefault(language, deque())
            while line and line[0].done():
                line.popleft()
            if len(line) == SENTENCES_UNDER_WAY:
                line.popleft().cancel()
                self._journal.warning(
                    "accept",
                    "too many sentences are under way, the oldest is given up",
                    session_id=handover.session_id,
                    language=language,
                )
            before = line[-1] if line else None
            line.append(self._background.run(self.speak(sentence, language, before), name="speak"))

    def close(self, session_id: str) -> None:
        """Forget a session: what is under way is given up, because nobody is left to hear it."""
        for line in self._under_way.pop(session_id, {}).values():
            for task in line:
                task.cancel()

    async def speak(self, sentence: _Sentence, language: str, before: asyncio.Task[None] | None) -> None:
        """Speak a sentence in one language, after the one before it in that language."""
        try:
            speech = await self.prepare(sentence.handover, language)
            if before is not None and not before.done():
                await asyncio.wait([before])
            await self.send(sentence, speech)
        except (SpeechFailure, TimeoutError) as failure:
            sentence.languages_failed += 1
            self._journal.error(
                "speak",
                "a language is left out of this sentence",
                failure=failure,
                session_id=sentence.handover.session_id,
                language=language,
            )
        else:
            sentence.languages_spoken += 1
        finally:
            sentence.languages_left -= 1
            if sentence.languages_left == 0:
                self.account(sentence)

    async def prepare(self, handover: Handover, language: str) -> Speech:
        """Return the sentence spoken in a language; raise SpeechFailure or TimeoutError."""
        text, source = handover.transcript_text, handover.source_language
        if language != source:
            async with time_limit(self._clock, TRANSLATION_LIMIT_S):
                text = await self._translator.translate(text, source=source, target=language)
        wanted = delivery(text, expression_of(handover.emotion_dynamics))
        async with time_limit(self._clock, SYNTHESIS_LIMIT_S):
            try:
                pcm = await self._synthesiser.speak(text, language=language, delivery=wanted)
            except SpeechFailure as failure:
                if failure.code != MARKUP_REJECTED:
                    raise
                self._journal.warning(
                    "speak",
                    "the synthesiser rejects the markup, the sentence is spoken without",
                    session_id=handover.session_id,
                    language=language,
                )
                pcm = await self._synthesiser.speak(text, language=language, delivery=Delivery())
        return Speech(handover.session_id, pcm, language, source, handover.is_partial, text)

    async def send(self, sentence: _Sentence, speech: Speech) -> None:
        """Send to everyone who listens in that language now, and again to those who could not take it.

        Whoever got the sentence in another language, and has changed since, hears the next one in the new (REQ-18.4).
        """
        live = self._sessions.session(speech.session_id)
        here = [] if live is None else live.listeners_in(speech.target_language)
        listeners = [connection_id for connection_id in here if connection_id not in sentence.listeners]
        sentence.listeners.update(listeners)
        reached = self._audience.play(listeners, speech)
        delivered, gone = reached.delivered, list(reached.gone)
        for delay_s in SEND_AGAIN_AFTER_S:
            if not reached.throttled:
                break
            await sleep(self._clock, delay_s)
            reached = self._audience.play(reached.throttled, speech)
            delivered += reached.delivered
            gone += reached.gone
        sentence.delivered += delivered
        if delivered < len(listeners):
            self._journal.warning(
                "send",
                "a sentence did not reach every listener",
                session_id=speech.session_id,
                language=speech.target_language,
                dead=len(gone),
                throttled=len(reached.throttled),
            )
        for connection_id in gone:
            self._background.run(self._leave(connection_id), name="leave-dead")

    def account(self, sentence: _Sentence) -> None:
        """Write down how a sentence fared, once every language is through with it."""
        if sentence.languages_spoken == 0 and sentence.languages_failed > 0:
            self._journal.error(
                "speak",
                "no language could be spoken, nobody hears this sentence",
                session_id=sentence.handover.session_id,
                languages=sentence.languages_failed,
            )
        self._metrics.put("ProcessingDuration", (self._clock.monotonic_s() - sentence.since_s) * 1000)
        self._metrics.put("LanguagesProcessed", sentence.languages_spoken)
        self._metrics.put("FailedLanguagesCount", sentence.languages_failed)
        self._metrics.put("ListenerCount", len(sentence.listeners))
        if sentence.listeners:
            self._metrics.put("BroadcastSuccessRate", 100 * sentence.delivered / len(sentence.listeners))
