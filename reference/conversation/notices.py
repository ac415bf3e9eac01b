"""What a client is told."""

from __future__ import annotations

from dataclasses import dataclass

from reference.conversation.model import Answer, Refused


@dataclass(frozen=True, slots=True)
class SessionKnown:
    """The session goes by this name."""

    session_id: str


@dataclass(frozen=True, slots=True)
class ChunkTaken:
    """One piece of audio was added to the open segment."""

    segment: int
    chunk: int
    bytes: int


@dataclass(frozen=True, slots=True)
class SegmentAnswered:
    segment: int
    answer: Answer


@dataclass(frozen=True, slots=True)
class SegmentDone:
    segment: int


@dataclass(frozen=True, slots=True)
class Complaint:
    """Something was refused; `segment` only where it is the result of one."""

    refused: Refused
    segment: int | None = None


Notice = SessionKnown | ChunkTaken | SegmentAnswered | SegmentDone | Complaint
