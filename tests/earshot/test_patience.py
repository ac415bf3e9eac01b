"""Looking again: what does not come to be, or does not stay so, is told; time is one that stands still by itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hamcrest import equal_to, less_than

from earshot import patience
from earshot.patience import comes_to, stays


class FakeTime:
    def __init__(self) -> None:
        self.now_s = 100.0

    def monotonic(self) -> float:
        return self.now_s

    def sleep(self, span_s: float) -> None:
        self.now_s += span_s


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeTime:
    clock = FakeTime()
    monkeypatch.setattr(patience, "time", clock)
    return clock


def counting() -> Iterator[int]:
    yield from range(10**6)


def test_what_comes_to_be_is_returned_at_once(clock: FakeTime) -> None:
    found = comes_to(counting().__next__, equal_to(5), "the count", within_s=1)
    assert (found, clock.now_s < 101) == (5, True)


def test_what_does_not_come_to_be_is_told_with_how_long_it_was_waited_for(clock: FakeTime) -> None:
    with pytest.raises(AssertionError, match=r"(?s)the count, looked up for 2 s.*but: was <4>"):
        comes_to(lambda: 4, equal_to(5), "the count", within_s=2)
    assert clock.now_s == pytest.approx(102, abs=0.1)


def test_what_stays_is_looked_at_until_the_end(clock: FakeTime) -> None:
    stays(lambda: 4, equal_to(4), "the count", for_s=2)
    assert clock.now_s == pytest.approx(102, abs=0.1)


def test_what_does_not_stay_is_told_as_soon_as_it_is_another(clock: FakeTime) -> None:
    with pytest.raises(AssertionError, match=r"(?s)the count, during 2 s.*was <7>"):
        stays(counting().__next__, less_than(7), "the count", for_s=2)
    assert clock.now_s < 101


def test_what_is_another_only_at_the_end_does_not_stay(clock: FakeTime) -> None:
    with pytest.raises(AssertionError):
        stays(lambda: clock.now_s, less_than(101.99), "the time", for_s=2)
