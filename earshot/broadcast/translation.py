"""What turns a recognised sentence into speech in other languages: the hand-over, the translator and the voices.

They are reached through the service's control plane, and asked what they got.
"""

from __future__ import annotations

import functools
import itertools
import math
import time
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from hamcrest import contains_exactly
from hamcrest.core.matcher import Matcher

from earshot.audio.clips import SampleLibrary
from earshot.ledger import Ledger
from earshot.patience import PATIENCE_S, comes_to, stays
from earshot.side_by_side import first_of
from earshot.targets.control import Control, Record

DASH = " –"

DIFFERENT_WORDINGS = 1 << 16


@functools.cache
def _wordings() -> Iterator[int]:
    """Count from where neither another worker nor a run of another time does."""
    return itertools.count(first_of(DIFFERENT_WORDINGS) + int(time.time() * 10))


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence in a spelling of its own."""

    text: str
    phrase: str
    """The phrase of the phrasebook that it is."""


class Translation:
    """The part of the service behind recognition."""

    def __init__(self, control: Control, ledger: Ledger, sessions: Callable[[], Sequence[str]]) -> None:
        self._control = control
        self._sessions = sessions
        self._began_s = ledger.began_ns / 1e9
        self.sentences: list[Sentence] = []
        """What was made up to be said, none of it alike."""
        self.sentence = ""
        """The latest sentence that had never been translated before."""
        self.first_took_s = math.inf
        """How long it took from when that sentence was understood until it was heard."""
        self.recorded: Mapping[str, Any] = {}
        """What was on record of the translation of that sentence when a step last looked."""
        self._handover: Record | None = None

    # ---- what they are given

    def invents(self, text: str) -> str:
        """Return this sentence in a spelling that was never translated before, and remember it."""
        self.sentence = never_translated_before(text)
        return self.sentence

    @property
    def phrases(self) -> list[str]:
        """What the sentences that were made up are in the phrasebook."""
        return [one.phrase for one in self.sentences]

    def new_sentences(self, count: int, samples: SampleLibrary) -> list[str]:
        """Return sentences that differ from each other and from all before, and that were never translated."""
        phrases = [clip.text for clip in samples.translated()]
        began = len(self.sentences)
        for number in range(began, began + count):
            phrase = phrases[number % len(phrases)]
            trail = DASH * (number // len(phrases))  # a phrase is recognised in spite of it, but not taken for the same
            self.sentences.append(Sentence(never_translated_before(phrase) + trail, phrase))
        return [one.text for one in self.sentences[began:]]

    # ---- what they got

    def handovers(self) -> Sequence[Record]:
        """Return what was handed over in this scenario, session by session, first handed over first."""
        sessions = self._sessions()
        return [one for session in sessions for one in self._control.observe("handovers", session_id=session)]

    def handover(self, text: str, expected: Matcher[Record]) -> Record:
        """Return how a sentence was handed over, once there is exactly one hand-over of it and it is as expected."""
        look_up = lambda: [one for one in self.handovers() if one.transcript_text == text]  # noqa: E731
        [self._handover] = comes_to(look_up, contains_exactly(expected), f'how "{text}" is handed over')
        return self._handover

    @property
    def the_handover(self) -> Record:
        """The hand-over that was looked at last."""
        if self._handover is None:
            raise AssertionError("no sentence was handed over yet in this scenario, as far as its steps know")
        return self._handover

    def acknowledged_after_s(self) -> float:
        """Return how long the acknowledgement of that hand-over took."""
        last = self.the_handover.attempts[-1]
        return math.inf if last.acknowledged_at_s is None else last.acknowledged_at_s - last.at_s

    def gaps_between_attempts_s(self) -> list[float]:
        """Return how far the attempts of that hand-over were apart."""
        attempts = self.the_handover.attempts
        return [after.at_s - before.at_s for before, after in pairwise(attempts)]

    def handovers_come_to(self, expected: Matcher[Any], *, within_s: float = PATIENCE_S) -> Sequence[Record]:
        """Return what was handed over once it is as expected."""
        return comes_to(self.handovers, expected, "what is handed over to translation", within_s=within_s)

    def handovers_stay(self, expected: Matcher[Any], *, for_s: float) -> None:
        """Return after this time if what was handed over was always as expected."""
        stays(self.handovers, expected, "what is handed over to translation", for_s=for_s)

    def handed_over_at_s(self) -> Mapping[Hashable, float]:
        """Return when each sentence was first handed over, in seconds of the monotonic clock, by its text."""
        return {one.transcript_text: one.attempts[0].at_s for one in self.handovers() if one.attempts}

    def translated_at_s(self) -> Mapping[Hashable, float]:
        """Return when the translator was asked for each sentence of this scenario, by its text."""
        return {one.text: one.asked_at_s for one in self.translations()}

    def translations(self) -> Sequence[Record]:
        """Return what the translator was asked for in this scenario."""
        return self._control.observe("translations", since_s=self._began_s)

    def languages_of(self, text: str) -> Sequence[str]:
        """Return into which languages the translator was asked to translate a sentence, in alphabetical order.

        Capitals, and blanks around the sentence, make no difference.
        """
        wanted = text.strip().lower()
        return sorted(one.target for one in self.translations() if one.text.strip().lower() == wanted)

    def syntheses_come_to(self, text: str, expected: Matcher[Any]) -> Sequence[Record]:
        """Return how speech was made of a text in this scenario, once that is as expected.

        The text is in the listeners' language.
        """
        look_up = lambda: self._control.observe("syntheses", text=text, since_s=self._began_s)  # noqa: E731
        return comes_to(look_up, expected, f'how "{text}" is spoken')


def never_translated_before(text: str) -> str:
    """Return the same sentence in a spelling that nobody has had translated yet.

    A service remembers translations by their spelling. Blanks between the words make no difference to anybody who reads
    or speaks the sentence.
    """
    words = text.split()
    number = next(_wordings())
    gaps = [" " * (1 + (number >> 4 * place & 15)) for place in range(len(words) - 1)]
    return "".join(itertools.chain.from_iterable(itertools.zip_longest(words, gaps, fillvalue="")))
