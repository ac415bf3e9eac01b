"""The content rules: what no backend of the assistant is asked (CONV-46, CONV-47)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from typing import Protocol

_WORD = re.compile(r"[\w']+")
SHORT_TEXT = 50
FEW_WORDS = 10
MOST_REPETITIONS = 10


class Verdict(StrEnum):
    """Why a text may not pass."""

    INAPPROPRIATE = "inappropriate"
    SPAM = "spam"


class Rules(Protocol):
    def check(self, text: str, session_id: str | None) -> Verdict | None:
        """Return why a text may not pass, or None when it may."""


class ContentRules:
    """Blocks texts with a listed word anywhere in them, even within another, and long ones that repeat a word."""

    def __init__(self, blocked_words: Iterable[str]) -> None:
        self._blocked = tuple(word.lower() for word in blocked_words)

    def check(self, text: str, session_id: str | None) -> Verdict | None:  # noqa: ARG002  the same for everybody
        """Return why a text may not pass, or None when it may."""
        text = text.lower()
        if any(word in text for word in self._blocked):
            return Verdict.INAPPROPRIATE
        words = _WORD.findall(text)
        if len(text) <= SHORT_TEXT or len(words) <= FEW_WORDS:
            return None
        return Verdict.SPAM if max(Counter(words).values()) > MOST_REPETITIONS else None
