"""The time of day that is never set back."""

from __future__ import annotations

import time

import pytest

from earshot.clock import now_ms, now_s


def test_it_is_the_time_of_day() -> None:
    assert now_s() == pytest.approx(time.time(), abs=2)
    assert now_ms() == pytest.approx(now_s() * 1000, abs=2000)


def test_it_goes_on_when_the_clock_is_set_back(monkeypatch: pytest.MonkeyPatch) -> None:
    before = now_ms()
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() - 3600)
    assert 0 <= now_ms() - before < 2000
