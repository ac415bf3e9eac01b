"""What a service counts is looked up until it is as expected, and missed when it never is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

import pytest

from earshot.patience import comes_to
from earshot.targets import figures
from earshot.targets.figures import Figure, Figures
from earshot.targets.metrics import Metrics

CALLS = Figure("Stage", "Calls", counts=True)
TIMES = Figure("Stage", "TimeTaken")
SESSION = "calm-river-200"


class Known:
    """Metrics that are what a test says, of one session and of the service as a whole."""

    def __init__(self) -> None:
        self.values: list[float] = []
        self.overall = 0.0

    def total(self, _namespace: str, _name: str, dimensions: Mapping[str, str], **_: Any) -> float:
        return sum(self.values) if dimensions.get("SessionId") == SESSION else self.overall

    def count(self, _namespace: str, _name: str, dimensions: Mapping[str, str], **_: Any) -> float:
        return len(self.values) if dimensions.get("SessionId") == SESSION else self.overall

    def datapoints(self, *_: Any, **__: Any) -> list[float]:
        return self.values

    def percentile(self, _namespace: str, _name: str, _dimensions: object, percent: float, **_: Any) -> float:
        return dict(zip((50, 95), self.values, strict=True))[round(percent)]


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> Known:
    monkeypatch.setattr(
        figures, "_comes_to", lambda *args, within_s=0.0, **_: comes_to(*args, within_s=0, every_s=0.01)
    )
    return Known()


def read(known: Known) -> Figures:
    return Figures(cast(Metrics, known), 1_700_000_000.0)


def is_missed(ask: Callable[[], object], words: str) -> None:
    with pytest.raises(AssertionError, match=words):
        ask()


def test_a_count_is_that_of_its_session(known: Known) -> None:
    known.values, known.overall = [1, 1], 9
    read(known).count_comes_to(2, CALLS, SESSION)
    is_missed(lambda: read(known).count_comes_to(3, CALLS, SESSION), "Calls in session calm-river-200")
    is_missed(lambda: read(known).count_comes_to(2, CALLS, "other"), "Calls in session other")


def test_times_are_as_many_as_expected_and_none_is_absurd(known: Known) -> None:
    known.values = [12.0, 40.0]
    read(known).times_come_to(2, TIMES, SESSION)
    is_missed(lambda: read(known).times_come_to(3, TIMES, SESSION), "TimeTaken")
    known.values = [12.0, -1.0]
    is_missed(lambda: read(known).times_come_to(2, TIMES, SESSION), "TimeTaken")
    known.values = [12.0, figures.LONGEST_MS + 1]
    is_missed(lambda: read(known).times_come_to(2, TIMES, SESSION), "TimeTaken")


def test_sizes_are_those_that_were_sent(known: Known) -> None:
    known.values = [320, 640]
    read(known).sizes_come_to([320, 640], TIMES, SESSION)
    is_missed(lambda: read(known).sizes_come_to([320, 641], TIMES, SESSION), "TimeTaken")


def test_no_percentile_is_below_the_one_before(known: Known) -> None:
    known.values = [10.0, 20.0]
    read(known).percentiles_are_there([50, 95], TIMES, SESSION)
    known.values = [20.0, 10.0]
    is_missed(lambda: read(known).percentiles_are_there([50, 95], TIMES, SESSION), "percentiles 50, 95")


def test_the_whole_service_has_counted_something(known: Known) -> None:
    is_missed(lambda: read(known).is_there(CALLS), "the figure for Calls")
    known.overall = 1
    read(known).is_there(CALLS)


def test_growth_counts_from_what_was_noted(known: Known) -> None:
    known.overall = 5
    found = read(known)
    found.note(CALLS)
    known.overall = 7
    found.grows_by(2, CALLS)
    is_missed(lambda: found.grows_by(3, CALLS), "by how much the figure for Calls has grown")
