"""From recognised words to sentences of the phrasebook."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

Words = tuple[str, ...]


def words_of(text: str) -> Words:
    """Return the words of an English text as a recogniser writes them: lower case, inner apostrophes kept."""
    return tuple(re.findall(r"[a-z]+(?:'[a-z]+)*", text.lower().replace("\u2019", "'")))


@dataclass(frozen=True, slots=True)
class Piece:
    """Some consecutive words that belong together."""

    first: int
    """Index of its first word."""
    words: Words
    whole: bool
    """Whether the words are a phrase of the book, or only a part of one."""
    unfinished: bool
    """Whether a longer phrase begins with these words."""
    text: str
    """As the book spells it, when it is a phrase or the beginning of one."""


class PhraseMatcher:
    """Explains words as phrases, given id to text."""

    def __init__(self, phrases: Mapping[str, str]) -> None:
        self._spelling: dict[Words, str] = {}
        self._parts: set[Words] = set()
        self._beginnings: dict[Words, str] = {}
        for phrase_id, text in phrases.items():
            words, tokens = words_of(text), text.split()
            if len(words) != len(tokens):
                raise ValueError(f"phrase {phrase_id!r}: expected English words between blanks, got {text!r}")
            self._spelling[words] = text
            for count in range(1, len(words)):
                self._beginnings[words[:count]] = " ".join(tokens[:count]).rstrip(",;:")
            for first in range(len(words)):
                self._parts |= {words[first:end] for end in range(first + 1, len(words) + 1)}

    @property
    def sentences(self) -> list[Words]:
        return list(self._spelling)

    def pieces(self, words: Sequence[str]) -> list[Piece]:
        """Cut `words` into the fewest pieces of phrases, and so that most words are in whole phrases.

        So half a sentence is one piece that is not whole, even when a shorter phrase hides in it, and a
        sentence that follows a broken-off one is still found.
        """
        ways: list[tuple[int, int, list[tuple[int, int]]]] = [(0, 0, [])]
        for end in range(1, len(words) + 1):
            ways.append(min(self._ways_to(tuple(words[:end]), ways)))
        return [self._piece(first, tuple(words[first:end])) for first, end in ways[-1][2]]

    def _ways_to(
        self, words: Words, ways: list[tuple[int, int, list[tuple[int, int]]]]
    ) -> Iterator[tuple[int, int, list[tuple[int, int]]]]:
        """Every way to end a piece at the end of `words`: number of pieces, minus the whole words, cuts."""
        for first, (count, minus_whole, cuts) in enumerate(ways):
            piece = words[first:]
            if piece in self._parts or len(piece) == 1:
                gain = len(piece) if piece in self._spelling else 0
                yield count + 1, minus_whole - gain, [*cuts, (first, len(words))]

    def _piece(self, first: int, words: Words) -> Piece:
        text = self._spelling.get(words) or self._beginnings.get(words) or " ".join(words)
        return Piece(first, words, words in self._spelling, words in self._beginnings, text)
