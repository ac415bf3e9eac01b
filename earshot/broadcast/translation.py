"""Whoever turns a recognised sentence into speech in other languages: the translator and the voices.

They are reached through the service's control plane, and asked what they got.
"""

from __future__ import annotations

import functools
import itertools
import math
import time
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hamcrest import assert_that, contains_exactly, has_length, has_properties
from hamcrest.core.matcher import Matcher

from earshot.audio.clips import SampleLibrary
from earshot.ledger import Ledger
from earshot.matchers.presence import nothing
from earshot.patience import comes_to, stays
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

    def __init__(self, control: Control, ledger: Ledger, samples: SampleLibrary) -> None:
        self._control = control
        self._samples = samples
        self._began_s = ledger.began_ns / 1e9
        self.sentences: list[Sentence] = []
        """What was made up to be said, none of it alike."""
        self.sentence = self._phrase = ""
        """The latest sentence that had never been translated before, and how the phrasebook spells it."""
        self.first_took_s = math.inf
        """How long it took from when that sentence was understood until it was heard."""
        self.recorded: Mapping[str, Any] = {}
        """What was on record of the translation of that sentence when a step last looked."""

    # ---- what they are given

    def invents(self, text: str) -> str:
        """Return this sentence in a spelling that was never translated before, and remember it."""
        self.sentence, self._phrase = never_translated_before(text), text
        return self.sentence

    @property
    def phrases(self) -> list[str]:
        """What the sentences that were made up are in the phrasebook."""
        return [one.phrase for one in self.sentences]

    def new_sentences(self, count: int) -> list[str]:
        """Return sentences that differ from each other and from all before, and that were never translated."""
        phrases = [clip.text for clip in self._samples.translated()]
        began = len(self.sentences)
        for number in range(began, began + count):
            phrase = phrases[number % len(phrases)]
            trail = DASH * (number // len(phrases))  # a phrase is recognised in spite of it, but not taken for the same
            self.sentences.append(Sentence(never_translated_before(phrase) + trail, phrase))
        return [one.text for one in self.sentences[began:]]

    # ---- what they got

    def translated_at_s(self) -> Mapping[Hashable, float]:
        """Return when the translator was asked for each sentence of this scenario, by its text."""
        return {one.text: one.asked_at_s for one in self.translations()}

    def translations(self) -> Sequence[Record]:
        """Return what the translator was asked for in this scenario."""
        return self._control.observe("translations", since_s=self._began_s)

    def translate(self, languages: Sequence[str]) -> None:
        """Assert that the latest new sentence was translated into these languages, once each, and into no other."""
        once_each = contains_exactly(*sorted(languages))
        assert_that(self._languages(), once_each, "the languages the sentence was translated into")

    def do_not_translate(self, *, for_s: float) -> None:
        """Return after this time if the latest new sentence was not translated."""
        stays(self._languages, nothing(), "the languages the sentence is translated into", for_s=for_s)

    def speak_once(self, language: str) -> None:
        """Return when speech was made once of the latest new sentence, and in this language."""
        caption = self._samples.translation(self._phrase, language)
        self._syntheses_come_to(caption, contains_exactly(has_properties(language=language)))

    def speak(self, text: str, *, pace: str, loudness: str, times: int = 1) -> None:
        """Return when speech was made so often of a text in the listeners' language, the last time in this manner."""
        last = self._syntheses_come_to(text, has_length(times))[-1]
        assert_that(last, has_properties(rate=pace, volume=loudness), "how the voice is told to speak these words")

    def _languages(self) -> Sequence[str]:
        """Return into which languages the translator was asked to translate the latest new sentence, in their order.

        Capitals, and blanks around the sentence, make no difference.
        """
        wanted = self.sentence.strip().lower()
        return sorted(one.target for one in self.translations() if one.text.strip().lower() == wanted)

    def _syntheses_come_to(self, text: str, expected: Matcher[Any]) -> Sequence[Record]:
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
