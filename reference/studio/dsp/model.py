"""What goes to and comes from those who process sound, and needs nothing of them to be known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum


class BadSound(Exception):
    """Audio that cannot be decoded, or settings of an analysis that there are not; the text is for the client."""


class DspFailed(Exception):
    """What processes sound broke down over it; nothing is wrong with what was asked."""


class Answer(IntEnum):
    """Kinds of what the process says to the one who asked."""

    DONE = 1
    """With what came of it."""
    BAD = 2
    """The text of a BadSound."""
    FAILED = 3
    """The text of a DspFailed."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A piece of a live stream, processed."""

    pcm: bytes
    """As many bytes as came."""
    stage_ms: Mapping[str, float]
    """How long each enabled stage took, by its id."""
    rms_db: float
    snr_db: float
