"""What a run sets of scenarios that judge time is used, told, and shows no promise as written."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
from behave.model_type import Status

from earshot.failures import Unusable
from earshot.measure.delays import Delay
from earshot.measure.floor import NullEcho
from earshot.measure.stopwatch import Stopwatch
from earshot.measure.tuning import USUAL, Tuning
from earshot.running.run import OPTIONS
from earshot.running.watch import close_stage


def test_what_is_not_set_is_as_the_scenario_says() -> None:
    assert USUAL.of("pieces", 20) == 20
    assert USUAL.limit(300.0) == 300
    same = Tuning({"sustained_s": "60", "pieces": "20", "time_factor": "1"})
    assert (same.of("sustained_s", 60.0), same.of("pieces", 20), same.limit(300)) == (60, 20, 300)
    assert not USUAL.altered and not same.altered


def test_what_is_set_takes_its_place_and_is_told() -> None:
    tuning = Tuning({"sustained_s": "10", "time_factor": "2.5", "tune": "none", "other": "x"}, ["tune"])
    assert (tuning.of("sustained_s", 60.0), tuning.limit(100), tuning.of("tune", "all")) == (10, 250, "none")
    assert list(tuning.altered.values()) == [
        "sustained_s is 10 instead of 60",
        "time_factor is 2.5 instead of 1",
        "tune is none instead of all",
    ]
    assert {"sustained_s", "pieces", "time_factor"} <= set(OPTIONS)


@pytest.mark.parametrize("wrong", ["0", "-1", "long", "nan", "inf", ""])
def test_what_makes_no_sense_is_refused(wrong: str) -> None:
    for name in ("sustained_s", "pieces", "time_factor"):
        with pytest.raises(Unusable, match=f"-D {name}: expected a number above 0, got '{wrong}'"):
            Tuning({name: wrong})


def test_a_scenario_that_was_altered_is_not_shown_as_kept() -> None:
    judged = [SimpleNamespace(what="all pieces come back", words="all 100 came within 90 ms")]

    def ended(tuning: Tuning, status: Status) -> list[str]:
        skipped = list[str]()
        stage: Any = SimpleNamespace(tuning=tuning, closes=lambda: None, stopwatch=SimpleNamespace(judged=judged))
        scenario: Any = SimpleNamespace(all_steps=[SimpleNamespace(status=status)], skip=skipped.append)
        run: Any = SimpleNamespace(expected_failure=lambda _: None)
        close_stage(stage, scenario, run)
        return skipped

    tuning = Tuning({"sustained_s": "10"})
    assert ended(tuning, Status.passed) == []
    tuning.of("sustained_s", 60.0)
    [reason] = ended(tuning, Status.passed)
    assert "sustained_s is 10 instead of 60" in reason and "all 100 came within 90 ms" in reason
    assert ended(tuning, Status.failed) == []


def test_every_limit_of_the_stopwatch_is_multiplied() -> None:
    stopwatch = Stopwatch(cast(Any, None), cast(Any, None), lambda: cast(NullEcho, None), list, lambda ms: 3 * ms)
    stopwatch._watch = cast(Any, object())
    stopwatch.insist_on_time(Delay(0, 250.0), 0, 100, "until it came")
    stopwatch.excuse = lambda _: None  # type: ignore[method-assign]
    with pytest.raises(AssertionError, match="0 to 300 ms were expected"):
        stopwatch.insist_on_time(Delay(0, 350.0), 0, 100, "until it came")
