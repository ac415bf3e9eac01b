"""What may still reach a listener and need not, so that whether it does says nothing about the service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class Leeway:
    """What was on its way when somebody came in: each notice and each sentence may come once, or never."""

    notices: list[str] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)
    """In English."""

    def beyond(self, came: Sequence[str], wanted: Sequence[str]) -> tuple[str, ...]:
        """Return the notices that came without those which came beyond the wanted ones and may; these are used up."""
        left = list(came)
        for notice in tuple(self.notices):
            if left.count(notice) > wanted.count(notice):
                left.remove(notice)
                self.notices.remove(notice)
        return tuple(left)

    def allows(self, sentence: str) -> bool:
        """Whether a sentence may be heard; it is then used up."""
        if sentence not in self.sentences:
            return False
        self.sentences.remove(sentence)
        return True
