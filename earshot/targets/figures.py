"""What the service counts and times about itself, as sentences speak of it.

It can be read a moment late, so it is looked up until it is as expected.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from hamcrest import all_of, contains_exactly, equal_to, greater_than_or_equal_to, only_contains
from hamcrest.core.helpers.wrap_matcher import wrap_matcher
from hamcrest.core.matcher import Matcher

from earshot.matchers.numbers import between, rising
from earshot.patience import comes_to
from earshot.targets.metrics import Metrics

PATIENCE_S = 10.0
"""How soon a figure can be read is a promise of its own (BRO-8.3.7); here it only has to be there."""
LOOK_EVERY_S = 0.1
"""Every look goes through many figures, and services send them a few times a second."""
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
    session_under: str = "SessionId"
    """The dimension that names the session."""

    def called(self, words: str) -> Figure:
        """Return the same figure, as people call it."""
        return replace(self, words=words)


_comes_to = partial(comes_to, within_s=PATIENCE_S, every_s=LOOK_EVERY_S)


class Figures:
    """The figures of one service: those of a session, and those of the service as a whole.

    The latter are shared by everything that happens at the time, so that a scenario notes them first and then looks for
    an increase, which others may make larger but not smaller.
    """

    def __init__(self, metrics: Metrics, began_at: float) -> None:
        self._metrics = metrics
        self._began = datetime.fromtimestamp(began_at, UTC)
        self._since = self._began - CLOCKS_APART
        self._noted: dict[Figure, float] = {}

    def count_comes_to(
        self, expected: int | Matcher[Any], figure: Figure, session_id: str, *, within_s: float = PATIENCE_S
    ) -> None:
        """Return when so much was counted in a session, or it was measured so often."""
        _comes_to(
            lambda: self._how_much(figure, _dimensions(figure, session_id), self._since),
            wrap_matcher(expected),
            f"the figure for {_name(figure)} in session {session_id}",
            within_s=within_s,
        )

    def values_come_to(self, expected: Matcher[Any], figure: Figure, session_id: str) -> None:
        """Return when the values measured in a session are as expected."""
        _comes_to(
            lambda: self._metrics.datapoints(
                figure.namespace, figure.name, _dimensions(figure, session_id), since=self._since
            ),
            expected,
            f"what was measured as {_name(figure)} in session {session_id}",
        )

    def times_come_to(self, count: int, figure: Figure, session_id: str) -> None:
        """Return when so many times, each in ms, were measured in a session."""
        times: list[Any] = [between(0, LONGEST_MS)] * count
        self.values_come_to(contains_exactly(*times), figure, session_id)

    def sizes_come_to(self, sizes_bytes: Sequence[int], figure: Figure, session_id: str) -> None:
        """Return when these sizes were recorded in a session."""
        sizes: list[Any] = [equal_to(size) for size in sizes_bytes]
        self.values_come_to(contains_exactly(*sizes), figure, session_id)

    def percentiles_are_there(self, percents: Sequence[float], figure: Figure, session_id: str) -> None:
        """Return when these percentiles of what was timed in a session can be read, none below the one before."""
        _comes_to(
            lambda: [self._percentile(percent, figure, session_id) for percent in percents],
            all_of(rising(), only_contains(between(0, LONGEST_MS))),
            f"percentiles {', '.join(map(str, percents))} of {_name(figure)} in session {session_id}",
        )

    def is_there(self, figure: Figure) -> None:
        """Return when the whole service has counted, or measured, at least once since the scenario began.

        Unlike elsewhere nothing tells it from what was before, so there is no room for clocks that are apart.
        """
        _comes_to(
            lambda: self._overall(figure, self._began),
            greater_than_or_equal_to(1),
            f"the figure for {_name(figure)}",
        )

    def note(self, figure: Figure) -> None:
        """Remember what the whole service has counted, or how often it has measured."""
        self._noted[figure] = self._overall(figure, self._since)

    def grows_by(self, count: int, figure: Figure) -> None:
        """Return when the whole service has counted, or measured, at least so much more than was noted."""
        _comes_to(
            lambda: self._overall(figure, self._since) - self._noted[figure],
            greater_than_or_equal_to(count),
            f"by how much the figure for {_name(figure)} has grown",
        )

    def _percentile(self, percent: float, figure: Figure, session_id: str) -> float | None:
        """Return a percentile, in ms, of what was timed in a session; None where nothing was."""
        dimensions = _dimensions(figure, session_id)
        return self._metrics.percentile(
            figure.namespace, figure.name, dimensions, percent, since=self._since, unit="Milliseconds"
        )

    def _overall(self, figure: Figure, since: datetime) -> float:
        return self._how_much(figure, dict(figure.dimensions), since)

    def _how_much(self, figure: Figure, dimensions: Mapping[str, str], since: datetime) -> float:
        ask = self._metrics.total if figure.counts else self._metrics.count
        return ask(figure.namespace, figure.name, dimensions, since=since)


def _dimensions(figure: Figure, session_id: str) -> Mapping[str, str]:
    return {**dict(figure.dimensions), figure.session_under: session_id}


def _name(figure: Figure) -> str:
    dimensions = ", ".join(f"{name} {value}" for name, value in figure.dimensions)
    name = f"{figure.name} with {dimensions}" if dimensions else figure.name
    return f"{figure.words} ({name})" if figure.words else name
