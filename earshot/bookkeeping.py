"""What the service counts and times about itself (sheet 8.3), as sentences speak of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hamcrest import contains_exactly, equal_to, greater_than_or_equal_to
from hamcrest.core.matcher import Matcher

from earshot.matchers.numbers import between
from earshot.patience import comes_to
from earshot.readings import LOOK_EVERY_S, PATIENCE_S
from earshot.targets.metrics import Metrics

LONGEST_MS = 60_000.0
"""Nothing that is timed in a scenario takes longer."""
CLOCKS_APART = timedelta(seconds=5)
"""How much earlier than here a scenario may begin by the clock of the service."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One metric, or that part of it which has these dimensions besides the session's."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...] = ()
    counts: bool = False
    """Whether it counts events, so that its sum matters; else it measures, and each value matters."""
    words: str = field(default="", compare=False)
    """What people call it."""

    def called(self, words: str) -> Figure:
        """Return the same figure, as people call it."""
        return replace(self, words=words)


AUDIO_SIZE = Figure("AudioTranscription/WebSocket", "AudioChunkSize", words="the sizes of pieces of audio")
AUDIO_VIOLATIONS = Figure(
    "AudioTranscription/WebSocket",
    "RateLimitViolations",
    (("MessageType", "audio"),),
    counts=True,
    words="violations of the audio rate",
)
PAUSE_LENGTH = Figure("SessionManagement/WebSocket", "BroadcastPauseDuration", words="the length of a pause, in ms")


class Bookkeeping:
    """The figures of one service: those of a session, and those of the service as a whole.

    The latter are shared by everything that happens at the time, so that a scenario notes them first and then looks for
    an increase, which others may make larger but not smaller.
    """

    def __init__(self, metrics: Metrics, began_at: float) -> None:
        self._metrics = metrics
        self._since = datetime.fromtimestamp(began_at, UTC) - CLOCKS_APART
        self._noted: dict[Figure, float] = {}

    def count_comes_to(self, count: int, figure: Figure, session_id: str, *, within_s: float = PATIENCE_S) -> None:
        """Return when the counts of a session add up to this."""
        comes_to(
            lambda: self._metrics.total(
                figure.namespace, figure.name, _dimensions(figure, session_id), since=self._since
            ),
            equal_to(count),
            f"the figure for {_name(figure)} in session {session_id}",
            within_s=within_s,
            every_s=LOOK_EVERY_S,
        )

    def values_come_to(self, expected: Matcher[Any], figure: Figure, session_id: str) -> None:
        """Return when the values measured in a session are as expected."""
        comes_to(
            lambda: self._metrics.datapoints(
                figure.namespace, figure.name, _dimensions(figure, session_id), since=self._since
            ),
            expected,
            f"what was measured as {_name(figure)} in session {session_id}",
            within_s=PATIENCE_S,
            every_s=LOOK_EVERY_S,
        )

    def times_come_to(self, count: int, figure: Figure, session_id: str) -> None:
        """Return when so many times, each in ms, were measured in a session."""
        times: list[Any] = [between(0, LONGEST_MS)] * count
        self.values_come_to(contains_exactly(*times), figure, session_id)

    def sizes_come_to(self, sizes_bytes: Sequence[int], session_id: str) -> None:
        """Return when these sizes of pieces of audio were recorded in a session."""
        sizes: list[Any] = [equal_to(size) for size in sizes_bytes]
        self.values_come_to(contains_exactly(*sizes), AUDIO_SIZE, session_id)

    def percentile_is_there(self, percent: float, figure: Figure, session_id: str) -> None:
        """Return when a percentile of what was timed in a session can be read."""
        dimensions = _dimensions(figure, session_id)
        comes_to(
            lambda: self._metrics.percentile(
                figure.namespace, figure.name, dimensions, percent, since=self._since, unit="Milliseconds"
            ),
            between(0, LONGEST_MS),
            f"percentile {percent:g} of {_name(figure)} in session {session_id}",
            within_s=PATIENCE_S,
            every_s=LOOK_EVERY_S,
        )

    def note(self, figure: Figure) -> None:
        """Remember what the whole service has counted, or how often it has measured."""
        self._noted[figure] = self._overall(figure)

    def grows_by(self, count: int, figure: Figure) -> None:
        """Return when the whole service has counted, or measured, at least so much more than was noted."""
        comes_to(
            lambda: self._overall(figure) - self._noted[figure],
            greater_than_or_equal_to(count),
            f"by how much the figure for {_name(figure)} has grown",
            within_s=PATIENCE_S,
            every_s=LOOK_EVERY_S,
        )

    def _overall(self, figure: Figure) -> float:
        ask = self._metrics.total if figure.counts else self._metrics.count
        return ask(figure.namespace, figure.name, dict(figure.dimensions), since=self._since)


def _dimensions(figure: Figure, session_id: str) -> Mapping[str, str]:
    return {**dict(figure.dimensions), "SessionId": session_id}


def _name(figure: Figure) -> str:
    dimensions = ", ".join(f"{name} {value}" for name, value in figure.dimensions)
    name = f"{figure.name} with {dimensions}" if dimensions else figure.name
    return f"{figure.words} ({name})" if figure.words else name
