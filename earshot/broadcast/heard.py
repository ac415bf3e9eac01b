"""What a listener heard."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from earshot.audio.clips import Clip
from earshot.ledger import Observation


@dataclass(frozen=True, slots=True)
class Heard:
    """A piece of audio that reached a listener, and what it was to be."""

    listener: str
    observation: Observation
    transcript: str
    language: str
    samples: NDArray[np.int16]
    expected: Clip | None
    """What was to be heard; None for audio that no step asked for."""
