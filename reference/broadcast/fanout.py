"""From a sentence to sound in every listener's language (sheet 6.2)."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field

from reference.background import Background
from reference.broadcast.captions import Utterance
from reference.broadcast.live import LiveSessions
from reference.broadcast.notices import Speech
from reference.broadcast.ports import Audience
from reference.journal import Journal
from reference.speech.ports import Delivery, SpeechFailure, Synthesiser, Translator

TRANSLATION_LIMIT_S = 2.0
SYNTHESIS_LIMIT_S = 5.0
SENTENCES_WAITING = 50
"""Sentences of one session that may wait for their turn; the oldest is dropped and logged."""


@dataclass(slots=True)
class _Line:
    """The sentences of one session, which are spoken one after the other."""

    waiting: deque[Utterance] = field(default_factory=deque)
    speaker: asyncio.Task[None] | None = None


class Fanout:
    """Translates and synthesises once per language, and sends to everyone who listens in it.

    Sentences of a session keep their order. A language that fails is left out of that sentence, the others go
    on.
    """

    def __init__(
        self,
        sessions: LiveSessions,
        translator: Translator,
        synthesiser: Synthesiser,
        audience: Audience,
        background: Background,
    ) -> None:
        self._sessions = sessions
        self._translator = translator
        self._synthesiser = synthesiser
        self._audience = audience
        self._background = background
        self._lines: dict[str, _Line] = {}
        self._journal = Journal("fanout")

    def say(self, utterance: Utterance) -> None:
        """Accept a sentence; it is spoken when those before it have been."""
        line = self._lines.setdefault(utterance.session_id, _Line())
        line.waiting.append(utterance)
        if len(line.waiting) > SENTENCES_WAITING:
            line.waiting.popleft()
            self._journal.warning(
                "say", "too many sentences, the oldest is dropped", session_id=utterance.session_id
            )
        if line.speaker is None or line.speaker.done():
            line.speaker = self._background.run(self._speak(line), name="speak")

    def close(self, session_id: str) -> None:
        """Forget a session: what still waits is not spoken, because nobody is left to hear it."""
        line = self._lines.pop(session_id, None)
        if line is not None:
            line.waiting.clear()

    async def _speak(self, line: _Line) -> None:
        while line.waiting:
            await self._deliver(line.waiting.popleft())

    async def _deliver(self, utterance: Utterance) -> None:
        live = self._sessions.session(utterance.session_id)
        languages = set() if live is None else live.languages()
        if not languages:
            return
        spoken = await asyncio.gather(
            *(self._in_language(utterance, language) for language in sorted(languages))
        )
        if not any(spoken):
            self._journal.error(
                "deliver",
                "no language could be spoken",
                session_id=utterance.session_id,
                languages=len(languages),
            )

    async def _in_language(self, utterance: Utterance, language: str) -> bool:
        """Speak one sentence in one language; return whether that was possible."""
        try:
            text = utterance.text
            if language != utterance.source_language:
                async with asyncio.timeout(TRANSLATION_LIMIT_S):
                    text = await self._translator.translate(
                        text, source=utterance.source_language, target=language
                    )
            async with asyncio.timeout(SYNTHESIS_LIMIT_S):
                pcm = await self._synthesiser.speak(text, language=language, delivery=Delivery())
        except (SpeechFailure, TimeoutError) as failure:
            self._journal.error(
                "speak",
                "a language is left out of this sentence",
                failure=failure,
                session_id=utterance.session_id,
                language=language,
            )
            return False
        live = self._sessions.session(utterance.session_id)
        if live is not None:
            self._audience.play(
                live.listeners_in(language),
                Speech(
                    utterance.session_id, pcm, language, utterance.source_language, utterance.is_partial, text
                ),
            )
        return True
