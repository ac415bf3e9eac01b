"""What is said: which results of the recogniser become sentences that listeners hear (sheet 6.1).

Final results are passed on, unless the same words were passed on less than ten seconds ago.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from reference.broadcast.live import LiveSession
from reference.journal import Journal
from reference.speech.ports import Transcript
from reference.storage.clock import Clock

REPEATED_WITHIN_S = 10.0
_IGNORED = str.maketrans("", "", ".,!?;:'\"")


@dataclass(frozen=True, slots=True)
class Utterance:
    """What is handed over to translation (sheet 3.9)."""

    session_id: str
    source_language: str
    text: str
    is_partial: bool
    stability: float
    timestamp_ms: int


class Captions:
    """Decides for one session what is said, and hands it over through `say`."""

    def __init__(self, live: LiveSession, clock: Clock, say: Callable[[Utterance], None]) -> None:
        self._live = live
        self._clock = clock
        self._say = say
        self._said_at_s: OrderedDict[str, float] = OrderedDict()
        self._journal = Journal("captions")

    def hear(self, transcript: Transcript) -> None:
        """Take one result of the session's recogniser."""
        if self._journal.debugging:
            self._journal.debug(
                "transcript",
                transcript.text,
                session_id=self._live.session_id,
                utterance=transcript.utterance_id,
                final=transcript.final,
                stability=transcript.stability,
            )
        if not transcript.final or not transcript.text.strip():
            return
        if self._said_already(transcript.text):
            self._journal.debug(
                "transcript", "the same words were said a moment ago", session_id=self._live.session_id
            )
            return
        self._say(
            Utterance(
                self._live.session_id,
                self._live.source_language,
                transcript.text,
                is_partial=False,
                stability=1.0,
                timestamp_ms=self._clock.now_ms(),
            )
        )

    def _said_already(self, text: str) -> bool:
        """Return whether these words were said within the last ten seconds; if not, note that they are
        now.
        """
        now_s = self._clock.monotonic_s()
        while self._said_at_s and next(iter(self._said_at_s.values())) <= now_s - REPEATED_WITHIN_S:
            self._said_at_s.popitem(last=False)
        words = " ".join(text.lower().translate(_IGNORED).split())
        key = hashlib.sha256(words.encode()).hexdigest()
        if key in self._said_at_s:
            return True
        self._said_at_s[key] = now_s
        return False
