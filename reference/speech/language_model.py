"""What a recogniser must know of the phrasebook's English: which words follow which, and how they sound."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

_ORDER = 3
_DISCOUNT = 0.05
"""Share of the probability left for words that never followed here: other speech must stay possible."""

Ngram = tuple[str, ...]


def arpa(sentences: Iterable[Sequence[str]]) -> str:
    """Return a trigram model of `sentences` in ARPA format: Katz back-off with a constant discount.

    Sparing on purpose: what was never said costs much, yet is possible. A grammar of whole sentences
    would bend any noise into one of them; with this model noise comes out as loose words, which are then
    no phrase.
    """
    counts: Counter[Ngram] = Counter()
    for sentence in sentences:
        marked = ("<s>", *sentence, "</s>")
        for size in range(1, _ORDER + 1):
            counts.update(marked[at : at + size] for at in range(len(marked) - size + 1))
    followers: defaultdict[Ngram, list[str]] = defaultdict(list)
    totals: Counter[Ngram] = Counter()
    for ngram, count in counts.items():
        if ngram != ("<s>",):
            followers[ngram[:-1]].append(ngram[-1])
            totals[ngram[:-1]] += count

    def probability(ngram: Ngram) -> float:
        share = counts[ngram] / totals[ngram[:-1]]
        return share if len(ngram) == 1 else share * (1 - _DISCOUNT)

    @cache
    def backoff(history: Ngram) -> float:
        """What the probability of an unseen follower, given a shorter history, is multiplied with."""
        if history not in followers:
            return 1.0
        seen = sum(probability((*history[1:], word)) for word in followers[history])
        return _DISCOUNT / (1 - seen) if seen < 1 - 1e-9 else 1.0

    def lines() -> Iterator[str]:
        yield "\\data\\"
        by_size = {size: sorted(n for n in counts if len(n) == size) for size in range(1, _ORDER + 1)}
        for size, ngrams in by_size.items():
            yield f"ngram {size}={len(ngrams)}"
        for size, ngrams in by_size.items():
            yield f"\n\\{size}-grams:"
            for ngram in ngrams:
                log10 = -99.0 if ngram == ("<s>",) else math.log10(probability(ngram))
                weight = f" {math.log10(backoff(ngram)):.4f}" if size < _ORDER else ""
                yield f"{log10:.4f} {' '.join(ngram)}{weight}"
        yield "\n\\end\\\n"

    return "\n".join(lines())


def pronunciations(dictionary: Path, words: Iterable[str]) -> list[tuple[str, str]]:
    """Return (entry, phones) for `words` from a CMU dictionary; other ways to say one are `the(2)` and so on.

    ValueError when the dictionary lacks a word.
    """
    wanted = set(words)
    found: list[tuple[str, str]] = []
    with dictionary.open(encoding="utf-8") as lines:
        for line in lines:
            entry, _, phones = line.partition(" ")
            if entry.partition("(")[0] in wanted:
                found.append((entry, phones.strip()))
    if missing := wanted - {entry for entry, _ in found}:
        raise ValueError(
            f"the recogniser's dictionary {dictionary.name} does not know {', '.join(sorted(missing))}; "
            "reword the phrase (the dictionary has American spellings)"
        )
    return found
