"""Steps are watched: what they did not ask for fails them."""

from __future__ import annotations

import datetime
import runpy
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from earshot.failures import ContractBreach, NotGranted, TargetUnreachable, Unusable
from earshot.ledger import Kind, Ledger, Observation
from earshot.measure.stopwatch import judges_time
from earshot.measure.tuning import USUAL
from earshot.running.obstacles import Obstacles
from earshot.running.watch import close_stage, turn, watch_steps
from earshot.surprises import Surprises
from earshot.targets.definition import ExpectedFailure

FEATURES = Path(__file__).parents[2] / "features"


class FakeStage:
    def __init__(self) -> None:
        self.ledger = Ledger()
        self.surprises = Surprises(self.ledger)

    def fails_on_surprises(self) -> None:
        if news := self.surprises.news():
            raise AssertionError("; ".join(news))


WHOLE = SimpleNamespace(name="the target", gone=lambda: None)


def run_step(
    step: Any, expected: ExpectedFailure | None = None, target: Any = WHOLE
) -> tuple[SimpleNamespace, list[str]]:
    """Run a step as behave would, watched; return the context and why the scenario was skipped."""
    matcher = SimpleNamespace(func=step)
    skipped: list[str] = []
    context = SimpleNamespace(
        _runner=SimpleNamespace(step_registry=SimpleNamespace(steps={"then": [matcher]})),
        run=SimpleNamespace(expected_failure=lambda _: expected, obstacles=Obstacles(target)),
        scenario=SimpleNamespace(name="A talk", skip=skipped.append),
        stage=FakeStage(),
    )
    watch_steps(context)
    matcher.func(context)
    return context, skipped


def gets_an_error(context: Any) -> None:
    error = {"type": "error", "code": "INTERNAL_ERROR", "message": "sorry"}
    context.stage.ledger.keep(Observation(time.monotonic_ns(), "Lena", "Lena", Kind.RECEIVED, error))


def fails(context: Any) -> None:
    raise AssertionError("no sound")


def breaks(context: Any) -> None:
    raise KeyError("typo")


KNOWN = ExpectedFailure("A talk", "no voice yet")


def test_a_surprise_fails_the_step_in_which_it_came() -> None:
    with pytest.raises(AssertionError, match="Lena received an unexpected error"):
        run_step(gets_an_error)


def gets_what_nobody_can_read(context: Any) -> None:
    breach = "a text frame of 9 bytes that is no JSON"
    context.stage.ledger.keep(Observation(time.monotonic_ns(), "Lena", "Lena", Kind.VIOLATION, words=breach))


@pytest.mark.parametrize("consequence", [fails, breaks], ids=["in vain", "broken"])
def test_what_breaks_the_contract_is_to_blame_for_what_goes_wrong_after_it(consequence: Any) -> None:
    def step(context: Any) -> None:
        gets_what_nobody_can_read(context)
        consequence(context)

    with pytest.raises(ContractBreach, match=r"9 bytes that is no JSON; and so: (no sound|KeyError\('typo'\))"):
        run_step(step)


def test_a_known_failure_skips_the_scenario_with_reason_and_failure() -> None:
    _, skipped = run_step(fails, KNOWN)
    assert skipped == ["known to fail on this target: no voice yet. This time: no sound"]


def test_an_expired_excuse_excuses_nothing_and_is_told() -> None:
    expired = replace(KNOWN, expires=datetime.date(2020, 1, 31))
    with pytest.raises(AssertionError, match=r"no sound \(the target file excused it until 2020-01-31: no voice yet"):
        run_step(fails, expired)


def test_a_failure_while_the_store_is_gone_is_not_the_services() -> None:
    gone = SimpleNamespace(gone=lambda: Unusable("the state store cannot be reached"))
    with pytest.raises(Unusable, match="the state store cannot be reached"):
        run_step(fails, target=gone)
    dead = SimpleNamespace(gone=lambda: TargetUnreachable("the service cannot be reached"))
    with pytest.raises(AssertionError, match="no sound"):
        run_step(fails, target=dead)


def test_what_the_target_turns_out_not_to_grant_skips_the_scenario() -> None:
    def asks_too_much(context: Any) -> None:
        raise NotGranted("there is no such place")

    _, skipped = run_step(asks_too_much)
    assert skipped == ["not checked: there is no such place"]


def test_an_unknown_failure_and_a_fault_of_the_harness_are_never_excused() -> None:
    with pytest.raises(AssertionError, match="no sound"):
        run_step(fails)
    with pytest.raises(KeyError):
        run_step(breaks, KNOWN)


def end(expected: ExpectedFailure | None, *, surprise: str = "", skipped: bool = False) -> list[str]:
    """End a scenario as the run would; return why it was skipped."""
    reasons: list[str] = []

    def closes() -> None:
        if surprise:
            raise AssertionError(surprise)

    scenario: Any = SimpleNamespace(name="A talk", should_skip=skipped, skip=reasons.append)
    run: Any = SimpleNamespace(expected_failure=lambda _: expected, obstacles=Obstacles(WHOLE))
    stage = SimpleNamespace(closes=closes, surprises=Surprises(Ledger()), tuning=USUAL)
    close_stage(stage, scenario, run)  # type: ignore[arg-type]
    return reasons


def test_what_comes_to_light_at_the_end_fails_a_scenario() -> None:
    assert end(None) == []
    with pytest.raises(AssertionError, match="a session is still open"):
        end(None, surprise="a session is still open")


def test_a_scenario_that_is_known_to_fail_may_not_pass() -> None:
    with pytest.raises(AssertionError, match="the scenario passed, though the target file says that it fails: no voic"):
        end(KNOWN)
    assert end(KNOWN, skipped=True) == []


def test_a_scenario_turns_at_its_when_and_not_again_at_an_and(monkeypatch: pytest.MonkeyPatch) -> None:
    turned: list[str] = []
    monkeypatch.setattr("earshot.evidence.formatter.cure", lambda: None)
    monkeypatch.setattr("earshot.evidence.exhibits.note_records", lambda _: None)
    before_step = runpy.run_path(str(FEATURES / "environment.py"))["before_step"]
    for keyword, kind in (("Given", "given"), ("When", "when"), ("And", "when"), ("Then", "then"), ("And", "then")):
        stage = SimpleNamespace(marks_turning_point=lambda keyword=keyword: turned.append(keyword))
        runner = SimpleNamespace(step_registry=SimpleNamespace(find_match=lambda _: None))
        context = SimpleNamespace(stage=stage, scenario=SimpleNamespace(all_steps=[]), _runner=runner)
        before_step(context, SimpleNamespace(keyword=keyword, step_type=kind))
    assert turned == ["When"]


def test_the_machine_is_watched_where_a_step_judges_a_time() -> None:
    steps = {"quick": judges_time(lambda _context: None), "there": lambda _context: None}
    for words, expected in ((["there"], []), (["there", "quick"], ["watched"])):
        watched: list[str] = []
        registry = SimpleNamespace(find_match=lambda step: SimpleNamespace(func=steps[step]))
        stopwatch = SimpleNamespace(watches=lambda told=watched: told.append("watched"))
        turn(
            SimpleNamespace(
                stage=SimpleNamespace(marks_turning_point=lambda: None, stopwatch=stopwatch),
                scenario=SimpleNamespace(all_steps=words),
                _runner=SimpleNamespace(step_registry=registry),
            )
        )
        assert watched == expected
