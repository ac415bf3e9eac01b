"""Whether somebody heard what they were to hear."""

from __future__ import annotations

from collections.abc import Sequence

from hamcrest.core.matcher import Matcher

from earshot.audio.clips import Clip
from earshot.audio.languages import language_name
from earshot.audio.likeness import closest, likeness
from earshot.broadcast.heard import Heard
from earshot.matchers.expectation import expectation

ALIKE = 0.9
"""The right recording, at any volume, measures above 0.95; another phrase or language stays below 0.4."""


def is_the_recording_of(expected: Clip, *, among: Sequence[Clip]) -> Matcher[Heard]:
    """Match what was heard if its sound is `expected`; a mismatch names which one of `among` it was instead."""

    def instead(heard: Heard) -> str:
        if len(heard.samples) == 0:
            return "the audio was empty"
        nearest, score = closest(heard.samples, [expected, *among])
        if score >= ALIKE:
            return f'it was the recording of "{nearest.text}" ({language_name(nearest.language)})'
        return (
            f"the sound of {len(heard.samples) / 16000:.2f} s is no recording we know "
            f"(likeness to the right one {likeness(heard.samples, expected.samples):.2f}, needed {ALIKE:g})"
        )

    return expectation(
        f'the recording of "{expected.text}"',
        lambda heard: likeness(heard.samples, expected.samples) >= ALIKE,
        instead,
    )
