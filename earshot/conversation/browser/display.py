"""What the page shows of a conversation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

PLACEHOLDER = "…"
"""Stands for what somebody said until it has been understood."""
LISTENING = "You"
FAILED = "Error"
WORDS_PER_S = 6.0
"""How fast an answer is spoken: about twice as fast as people speak, so that scenarios are short."""
SPEAKS_AT_LEAST_S = 1.0
"""However short the answer: long enough for somebody to interrupt it."""


@dataclass(slots=True)
class Line:
    who: str
    """You, Error, or the assistant that answered."""
    words: str


class Display:
    """The messages of a conversation, in order; told what is sent and received."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._waiting: list[Line] = []

    def turn_ended(self) -> None:
        """Show a placeholder for what was said."""
        line = Line(LISTENING, PLACEHOLDER)
        self.lines.append(line)
        self._waiting.append(line)

    def told(self, message: Mapping[str, object]) -> str | None:
        """Take in a message of the service; return what is to be spoken aloud, if anything.

        What the page does not know, or need not show, is ignored.
        """
        match message.get("type"):
            case "chatbot_response":
                return self._answered(message)
            case "error":
                self._failed(str(message.get("message")))
        return None

    def _answered(self, message: Mapping[str, object]) -> str | None:
        words = str(message.get("transcription") or "")
        line = self._waiting.pop(0) if self._waiting else None
        if line is not None and words:
            line.words = words
        elif line is not None:
            self.lines.remove(line)
        if (error := message.get("error")) is not None:
            self._failed(str(error), of_turn=False)
            return None
        answer = str(message.get("response"))
        self.lines.append(Line(str(message.get("backend_used")), answer))
        return answer

    def _failed(self, words: str, *, of_turn: bool = True) -> None:
        """Show an error; one that comes instead of an answer takes the place of what was not understood."""
        if of_turn and self._waiting:
            self.lines.remove(self._waiting.pop(0))
        self.lines.append(Line(FAILED, words))


def speaking_s(words: str) -> float:
    """Return how long it takes to speak an answer."""
    return max(SPEAKS_AT_LEAST_S, len(words.split()) / WORDS_PER_S)
