"""How recognised sentences were handed over to translation, as the service's control plane tells it."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from hamcrest import (
    assert_that,
    contains_exactly,
    greater_than_or_equal_to,
    has_length,
    has_properties,
    only_contains,
)
from hamcrest.core.matcher import Matcher

from earshot.broadcast.matchers import handing_over
from earshot.broadcast.speaker import Speaker
from earshot.matchers.moments import lasting
from earshot.matchers.numbers import between
from earshot.matchers.presence import nothing
from earshot.patience import PATIENCE_S, comes_to, stays
from earshot.targets.control import Control, Record

A_TIMER_MAY_BE_EARLY_MS = 5
"""Timers ring on the nearest millisecond, and both ends of a gap are taken a little after the fact."""
A_MOMENT_S = 0.3
"""How long it is watched that no more are handed over, after as many as were expected."""
THINNED_OUT_WITHIN_S = 6.0
"""How long it may take until enough of many provisional results have been handed over."""


class HandOvers:
    def __init__(self, control: Control, sessions: Callable[[], Sequence[str]]) -> None:
        self._control = control
        self._sessions = sessions
        self._looked_at: Record | None = None

    def all(self) -> Sequence[Record]:
        """Return what was handed over in this scenario, session by session, first handed over first."""
        sessions = self._sessions()
        return [one for session in sessions for one in self._control.observe("handovers", session_id=session)]

    def at_s(self) -> Mapping[Hashable, float]:
        """Return when each sentence was first handed over, in seconds of the monotonic clock, by its text."""
        return {one.transcript_text: one.attempts[0].at_s for one in self.all() if one.attempts}

    def come_to(self, expected: Matcher[Any], *, within_s: float = PATIENCE_S) -> Sequence[Record]:
        """Return what was handed over once it is as expected."""
        return comes_to(self.all, expected, "what is handed over to translation", within_s=within_s)

    # ---- which sentences

    def are_just(self, *texts: str, for_s: float, within_s: float = PATIENCE_S) -> None:
        """Return when these sentences were handed over, and for so long no others."""
        just_those = contains_exactly(*(has_properties(transcript_text=text) for text in texts))
        self.come_to(just_those, within_s=within_s)
        self._stay(just_those, for_s=for_s)

    def are_none(self, *, for_s: float) -> None:
        """Return after this time if nothing was handed over."""
        self._stay(nothing(handing_over.in_words), for_s=for_s)

    def come_to_number(self, count: int) -> None:
        """Return when so many sentences were handed over, and for a moment no more."""
        self.come_to(has_length(count))
        self._stay(has_length(count), for_s=A_MOMENT_S)

    def are_thinned_out(self, count: int, most: int) -> None:
        """Return when at least `count` were handed over; AssertionError if more than `most` were within a second."""
        enough = has_length(greater_than_or_equal_to(count))
        found = self.come_to(enough, within_s=THINNED_OUT_WITHIN_S)
        assert_that(found, handing_over.at_most_in_a_second(most), "provisional results that are handed over")

    # ---- one of them

    def of(self, text: str, expected: Matcher[Record] | None = None, *, within_s: float = PATIENCE_S) -> Record:
        """Return how a sentence was handed over, once there is exactly one hand-over of it and it is as expected."""
        look_up = lambda: [one for one in self.all() if one.transcript_text == text]  # noqa: E731
        expected = expected or handing_over.anyhow()
        what = f'how "{text}" is handed over'
        [self._looked_at] = comes_to(look_up, contains_exactly(expected), what, within_s=within_s)
        return self._looked_at

    @property
    def latest(self) -> Record:
        """The hand-over that was looked at last."""
        if self._looked_at is None:
            raise AssertionError("no sentence was handed over yet in this scenario, as far as its steps know")
        return self._looked_at

    def names(self, speaker: Speaker, language: str) -> None:
        """Assert that the latest is of this speaker's session and language."""
        expected = has_properties(session_id=speaker.session_id, source_language=language)
        assert_that(self.latest, expected, "what the hand-over names")

    def is_dated_by(self, speaker: Speaker) -> None:
        """Assert that the latest is dated after the speaker's latest sound, and before now."""
        before_ms = speaker.received("audioReceived")[-1].message["timestamp"]
        after_ms = speaker.beats().message["timestamp"]
        assert_that(
            self.latest.timestamp_ms, between(before_ms, after_ms), "the date of the hand-over, by the service's clock"
        )

    def is_acknowledged_within(self, limit_s: float) -> None:
        """Assert that translation took no longer to acknowledge the latest."""
        last = self.latest.attempts[-1]
        took_s = math.inf if last.acknowledged_at_s is None else last.acknowledged_at_s - last.at_s
        assert_that(took_s, lasting(0, limit_s), "how long the acknowledgement of the hand-over took")

    def is_repeated_after(self, least_ms: float) -> None:
        """Assert that the attempts of the latest, two or more, were at least so far apart."""
        gaps_ms = [(after.at_s - before.at_s) * 1000 for before, after in pairwise(self.latest.attempts)]
        far_enough = greater_than_or_equal_to(least_ms - A_TIMER_MAY_BE_EARLY_MS)
        assert_that(gaps_ms, only_contains(far_enough), "the milliseconds between two attempts")

    def gives(self, text: str, manner: Mapping[str, float]) -> None:
        """Assert that a sentence is handed over as said in this manner."""
        dynamics = self.of(text).emotion_dynamics
        assert_that(dynamics, has_properties(**manner), "how the words are said to be spoken")

    def _stay(self, expected: Matcher[Any], *, for_s: float) -> None:
        stays(self.all, expected, "what is handed over to translation", for_s=for_s)
