"""What should have been said beside what was, with the differences marked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from earshot.evidence.page import text

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_TOKEN = re.compile(rf"[{_CJK}][^\s{_CJK}\w]*|[^\s{_CJK}]+")
"""A Chinese, Japanese or Korean character with its punctuation, or a run of anything else between spaces."""


@dataclass(frozen=True, slots=True)
class _Token:
    written: str
    plain: str
    spaced: bool
    """Whether a space stands before it."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two texts compared word by word, ignoring case and punctuation."""

    expected_html: str
    """The expected text; what is missing from the other stands in `<del>` with a minus sign."""
    heard_html: str
    """The heard text; what was not expected stands in `<ins>` with a plus sign."""
    missing: int
    """How many expected words (or CJK characters) were not heard."""
    extra: int
    """How many words (or CJK characters) were heard that were not expected."""

    @property
    def same(self) -> bool:
        """Whether both say the same."""
        return self.missing == 0 and self.extra == 0


def compare(expected: str, heard: str) -> Comparison:
    """Compare two texts word by word; Chinese, Japanese and Korean character by character."""
    wanted, got = _tokens(expected), _tokens(heard)
    steps = SequenceMatcher(
        None, [token.plain for token in wanted], [token.plain for token in got], autojunk=False
    ).get_opcodes()
    changes = [step for step in steps if step[0] != "equal"]
    return Comparison(
        _marked(wanted, ((step[0] == "equal", step[1], step[2]) for step in steps), "del", "\u2212"),
        _marked(got, ((step[0] == "equal", step[3], step[4]) for step in steps), "ins", "+"),
        sum(step[2] - step[1] for step in changes),
        sum(step[4] - step[3] for step in changes),
    )


def _tokens(words: str) -> list[_Token]:
    tokens: list[_Token] = []
    for match in _TOKEN.finditer(words):
        written = match.group()
        plain = "".join(
            letter
            for letter in unicodedata.normalize("NFKC", written).casefold()
            if unicodedata.category(letter)[0] in "LMN"
        )
        spaced = match.start() > 0 and words[match.start() - 1].isspace()
        if plain:
            tokens.append(_Token(written, plain, spaced))
        elif tokens:  # a lone dash or comma belongs to the word before it
            before = tokens[-1]
            tokens[-1] = _Token(before.written + " " * spaced + written, before.plain, before.spaced)
    return tokens


def _marked(tokens: Sequence[_Token], runs: Iterable[tuple[bool, int, int]], tag: str, sign: str) -> str:
    parts: list[str] = []
    for same, begin, end in runs:
        if begin == end:
            continue
        run = "".join(" " * token.spaced + text(token.written) for token in tokens[begin:end])
        if same:
            parts.append(run)
        else:
            space = " " if run.startswith(" ") else ""
            parts.append(f"{space}<{tag}><b>{sign}</b>{run.strip()}</{tag}>")
    return "".join(parts).strip()
