"""Whether a sound is another one at a certain volume."""

from __future__ import annotations

import numpy as np
from hamcrest.core.base_matcher import BaseMatcher
from hamcrest.core.description import Description
from hamcrest.core.matcher import Matcher

from earshot.audio.clips import Samples


class _EndsAtVolume(BaseMatcher[bytes]):
    def __init__(self, level: float, original: Samples) -> None:
        self._level = level
        self._original = original.astype(np.float64)

    def _matches(self, item: bytes) -> bool:
        end = self._end(item)
        if len(self._original) == 0 or len(end) != len(self._original):
            return False
        return bool(np.max(np.abs(end - np.round(self._original * self._level))) <= 1)

    def describe_to(self, description: Description) -> None:
        description.append_text(f"the {len(self._original)} samples that were sent, each at {self._level:.0%}")

    def describe_mismatch(self, item: bytes, mismatch_description: Description) -> None:
        end = self._end(item)
        loudest, original = (np.abs(samples).max(initial=0) for samples in (end, self._original))
        share = f"{loudest / original:.0%} as loud as what was sent" if original else "of nothing that was sent"
        mismatch_description.append_text(f"the last {len(end)} samples are, at their loudest, {share}")

    def _end(self, heard: bytes) -> Samples:
        samples = np.frombuffer(heard[: len(heard) // 2 * 2], dtype="<i2")
        return samples[max(0, len(samples) - len(self._original)) :]


def ends_with_sound_at(level: float, original: Samples) -> Matcher[bytes]:
    """Match PCM that ends with `original`, every sample multiplied by `level`, give or take one step (REQ-9.4)."""
    return _EndsAtVolume(level, original)
