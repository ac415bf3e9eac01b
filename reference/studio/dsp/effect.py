"""What all effects of a pipeline have in common, and the second-order sections that many of them are made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.signal import sosfilt

from reference.studio.dsp.levels import Sound

Sections = npt.NDArray[np.float64]
"""Second-order sections, (sections, 6)."""

Parameters = Mapping[str, Any]
"""All of a kind's, by canonical name."""


class Effect:
    """One stage's work on one stream, which comes in pieces of any length; the state goes on from one to the next."""

    def __init__(self, parameters: Parameters, rate_hz: int, channels: int) -> None:
        self.rate_hz = rate_hz
        self.channels = channels
        self.begin()
        self.tune(parameters)

    def begin(self) -> None:
        """Make the state that a stream begins with."""

    def tune(self, parameters: Parameters) -> None:
        """Go by these parameters from now on; the state is kept."""
        raise NotImplementedError

    def foresee(self, sound: Sound) -> None:
        """Know the whole sound before the first piece comes, as it is with files."""

    def process(self, sound: Sound) -> Sound:
        """Return as many frames as come."""
        raise NotImplementedError


class Filter:
    """Second-order sections with a memory; new coefficients go on with it, as far as there are as many."""

    def __init__(self, channels: int) -> None:
        self._channels = channels
        self._sections: Sections = np.zeros((0, 6))
        self._memory: npt.NDArray[np.float64] = np.zeros((0, channels, 2))

    def set(self, sections: Sections) -> None:
        self._sections = sections
        if len(sections) != len(self._memory):
            self._memory = np.zeros((len(sections), self._channels, 2))

    def __call__(self, sound: Sound) -> Sound:
        if not len(self._sections) or not sound.size:
            return sound
        filtered, self._memory = sosfilt(self._sections, sound, axis=-1, zi=self._memory)
        return np.asarray(filtered)
