"""Whether somebody heard what they were to hear."""

from __future__ import annotations

from collections.abc import Sequence

from hamcrest.core.base_matcher import BaseMatcher
from hamcrest.core.description import Description
from hamcrest.core.matcher import Matcher

from earshot.audio.clips import Clip
from earshot.audio.languages import language_name
from earshot.audio.likeness import closest, likeness
from earshot.broadcast.heard import Heard

ALIKE = 0.9
"""The right recording, at any volume, measures above 0.95; another phrase or language stays below 0.4."""


class _RecordingOf(BaseMatcher[Heard]):
    def __init__(self, expected: Clip, others: Sequence[Clip]) -> None:
        self._expected = expected
        self._others = others

    def _matches(self, item: Heard) -> bool:
        return likeness(item.samples, self._expected.samples) >= ALIKE

    def describe_to(self, description: Description) -> None:
        description.append_text(f'the recording of "{self._expected.text}"')

    def describe_mismatch(self, item: Heard, mismatch_description: Description) -> None:
        if len(item.samples) == 0:
            mismatch_description.append_text("the audio was empty")
            return
        nearest, score = closest(item.samples, [self._expected, *self._others])
        if score >= ALIKE:
            mismatch_description.append_text(
                f'it was the recording of "{nearest.text}" ({language_name(nearest.language)})'
            )
        else:
            alike = likeness(item.samples, self._expected.samples)
            mismatch_description.append_text(
                f"the sound of {len(item.samples) / 16000:.2f} s is no recording we know "
                f"(likeness to the right one {alike:.2f}, needed {ALIKE:g})"
            )


def is_the_recording_of(expected: Clip, *, among: Sequence[Clip]) -> Matcher[Heard]:
    """Match what was heard if its sound is `expected`; a mismatch names which one of `among` it was instead."""
    return _RecordingOf(expected, among)
