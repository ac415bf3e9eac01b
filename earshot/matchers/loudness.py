"""Whether a sound is another one at a certain volume."""

from __future__ import annotations

import numpy as np
from hamcrest.core.matcher import Matcher

from earshot.audio.clips import Samples
from earshot.matchers.expectation import expectation


def ends_with_sound_at(level: float, original: Samples) -> Matcher[bytes]:
    """Match PCM that ends with `original`, every sample multiplied by `level`, give or take one step (REQ-9.4)."""

    def end_of(heard: bytes) -> Samples:
        samples = np.frombuffer(heard[: len(heard) // 2 * 2], dtype="<i2")
        return samples[max(0, len(samples) - len(original)) :]

    def fits(heard: bytes) -> bool:
        end = end_of(heard)
        if len(original) == 0 or len(end) != len(original):
            return False
        return bool(np.max(np.abs(end - np.round(original.astype(np.float64) * level))) <= 1)

    def instead(heard: bytes) -> str:
        end = end_of(heard)
        loudest, sent = (np.abs(samples.astype(np.float64)).max(initial=0) for samples in (end, original))
        share = f"{loudest / sent:.0%} as loud as what was sent" if sent else "of nothing that was sent"
        return f"the last {len(end)} samples are, at their loudest, {share}"

    return expectation(f"the {len(original)} samples that were sent, each at {level:.0%}", fits, instead)
