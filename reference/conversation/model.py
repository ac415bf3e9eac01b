"""What a conversation is made of."""

from __future__ import annotations

import re
from dataclasses import dataclass

SESSION_ID = re.compile(r"[A-Za-z0-9_-]{1,128}", re.ASCII)


class Refused(Exception):
    """Something that the service will not or cannot do.

    `code` is one of `x-error-codes` in the contract; `message` is for the client and holds nothing internal.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def checked_session_id(given: object) -> str:
    """Return a session's id as it was given, or raise Refused: it becomes a key of the log (CONV-39)."""
    if isinstance(given, str) and SESSION_ID.fullmatch(given):
        return given
    raise Refused("INVALID_SESSION_ID", "A session id has 1 to 128 letters, digits, hyphens and underscores.")


@dataclass(frozen=True, slots=True)
class Utterance:
    """What one voice said."""

    text: str
    speaker: str | None = None
    """Whose voice it was, where the recogniser tells them apart."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What was understood of a segment."""

    utterances: tuple[Utterance, ...]

    @property
    def text(self) -> str:
        """All words; empty when nothing was understood."""
        return " ".join(utterance.text for utterance in self.utterances)

    @property
    def labelled(self) -> str:
        """All words, each speaker's after a label in brackets."""
        return " ".join(
            f"[{utterance.speaker}] {utterance.text}" if utterance.speaker else utterance.text
            for utterance in self.utterances
        )


@dataclass(frozen=True, slots=True)
class Reply:
    """What the assistant made of a text: `response` or `error` is None, the other is text."""

    response: str | None
    backend_used: str
    error: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    heard: Heard
    reply: Reply


NOTHING_HEARD = Reply(None, "none", "No speech was detected.")


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One understood segment, as it is kept."""

    time_ms: int
    transcription: str
    """With the speakers' labels."""
    reply: Reply
