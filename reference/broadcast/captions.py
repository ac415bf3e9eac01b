"""What is said: which results of the recogniser become sentences that listeners hear (BRO-6.1).

Final results are passed on as they come. Partial results wait in `Partials` until they may be said; a recogniser
that gives none, and a session that wants none, simply leave that empty. A sentence whose words were said less
than ten seconds ago is not said again.
"""

from __future__ import annotations

from collections.abc import Callable

from reference.broadcast.dynamics import Voice
from reference.broadcast.handover import Handover
from reference.broadcast.live import LiveSession
from reference.broadcast.partials import CORRECTED_ABOVE, Partials, Said, difference, normalised
from reference.journal import Journal
from reference.speech.ports import Transcript
from reference.storage.clock import Clock, Timer


class Captions:
    """Decides for one session what is said, and hands it over through `say`."""

    def __init__(self, live: LiveSession, clock: Clock, say: Callable[[Handover], None]) -> None:
        self._live = live
        self._clock = clock
        self._say = say
        self._partials = Partials(live.partial_results)
        self._said = Said()
        self._voice = Voice()
        self._timer: Timer | None = None
        self._journal = Journal("captions")

    def listen(self, pcm: bytes) -> None:
        """Take the audio that results will be about, as the recogniser was given it."""
        self._voice.add(pcm)

    def hear(self, transcript: Transcript) -> None:
        """Take one result; its utterance id is unique in the session, its times count the session's audio."""
        now_s = self._clock.monotonic_s()
        if transcript.final:
            self.settle(transcript, now_s)
        elif self._live.partial_results.enabled:
            self._partials.take(transcript, now_s)
        self._pass_on_partials()

    def close(self) -> None:
        """Forget what waits: the session is over."""
        if self._timer is not None:
            self._timer.cancel()

    def settle(self, final: Transcript, now_s: float) -> None:
        said = self._partials.settle(final, now_s)
        if not final.text.strip():
            return
        if said is not None:
            if (change := difference(said, final.text)) > CORRECTED_ABOVE:
                self._journal.info(
                    "correct",
                    "a sentence that was said already has turned out differently",
                    session_id=self._live.session_id,
                    utterance=final.utterance_id,
                    difference=round(change, 2),
                )
            if normalised(said) == normalised(final.text):
                return
        self._pass_on(final, now_s)

    def _pass_on_partials(self) -> None:
        now_s = self._clock.monotonic_s()
        for result in self._partials.due(now_s):
            self._pass_on(result, now_s)
        if self._timer is not None:
            self._timer.cancel()
        due_s = self._partials.next_due_s(now_s)
        self._timer = None if due_s is None else self._clock.call_later(due_s - now_s, self._pass_on_partials)

    def _pass_on(self, result: Transcript, now_s: float) -> None:
        if self._said.again(result.text, now_s):
            self._journal.debug(
                "repeat",
                "the same words were said a moment ago",
                session_id=self._live.session_id,
                utterance=result.utterance_id,
            )
            return
        self._say(
            Handover(
                session_id=self._live.session_id,
                source_language=self._live.source_language,
                transcript_text=result.text,
                is_partial=not result.final,
                stability_score=1.0 if result.final else (result.stability or 0.0),
                timestamp_ms=self._clock.now_ms(),
                emotion_dynamics=self._voice.dynamics(result.text, result.start_ms, result.end_ms),
            )
        )
