"""The end of a scenario: everything still under way arrives, and what nobody mentioned fails it."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from earshot import stage as module
from earshot.failures import ContractBreach, Unusable
from earshot.ledger import Kind
from earshot.participant import Participant
from earshot.stage import Stage
from earshot.system import System
from tests.earshot.cast_kit import FakeLeg, Here

ERROR = {"type": "error", "code": "FORBIDDEN", "message": "no"}


class Wing(System):
    name = "kit"
    left_behind = ""

    def leaves_nothing_behind(self) -> None:
        if self.left_behind:
            raise AssertionError(self.left_behind)


class Guest(Participant):
    system = "kit"
    role = "guest"
    under_way: Mapping[str, Any] | None = None
    disorder = ""

    def catches_up(self) -> None:
        if self.under_way is not None:
            self.legs[0].gets(self.under_way)  # type: ignore[attr-defined]

    def complaints(self) -> list[str]:
        return [self.disorder] if self.disorder else []


class FakeControl:
    def __init__(self) -> None:
        self.strikes = True
        self.called_off = 0

    def await_strikes(self) -> None:
        if not self.strikes:
            raise AssertionError("the fault struck nobody")

    def call_off_ours(self) -> None:
        self.called_off += 1


@pytest.fixture
def control() -> FakeControl:
    return FakeControl()


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch, control: FakeControl) -> Stage:
    monkeypatch.setattr(module, "wings", lambda: {"kit": Wing})
    service = SimpleNamespace(control=control, metrics=None, log=None, parts=tuple, shut_down=lambda: None)
    target: Any = SimpleNamespace(service=lambda _: service, capabilities=frozenset())
    parts: dict[str, Any] = {"samples": None, "contracts": {}, "echo": None, "another": None}
    return Stage(runtime=Here(), target=target, **parts)  # type: ignore[arg-type]


@pytest.fixture
def lena(stage: Stage) -> Guest:
    lena = stage.appears("Lena", Guest)
    lena.legs.append(FakeLeg(stage.ledger, "Lena"))  # type: ignore[arg-type]
    return lena


@pytest.fixture
def leg(lena: Guest) -> FakeLeg:
    return lena.legs[0]  # type: ignore[return-value]


def test_a_scenario_in_which_all_is_in_order_ends_in_order(stage: Stage, leg: FakeLeg) -> None:
    leg.gets({"type": "audio"})
    stage.closes()
    assert not leg.is_open


def test_what_nobody_asked_for_fails_the_step(stage: Stage, leg: FakeLeg) -> None:
    leg.gets(ERROR)
    with pytest.raises(AssertionError, match="Lena received an unexpected error"):
        stage.fails_on_surprises()
    stage.fails_on_surprises()


def test_a_breach_is_told_apart(stage: Stage, leg: FakeLeg) -> None:
    leg.keeps(Kind.VIOLATION, words="timestamp is missing")
    with pytest.raises(ContractBreach, match="timestamp is missing"):
        stage.fails_on_surprises()


def test_a_disorder_of_what_came_fails_the_step(stage: Stage, lena: Guest) -> None:
    lena.disorder = "Lena was answered twice"
    with pytest.raises(AssertionError, match="Lena was answered twice"):
        stage.fails_on_surprises()


def test_what_is_still_under_way_at_the_end_fails_the_scenario(stage: Stage, lena: Guest) -> None:
    lena.under_way = ERROR
    with pytest.raises(AssertionError, match="Lena received an unexpected error"):
        stage.closes()


def test_what_was_put_aside_and_never_claimed_fails_the_scenario(stage: Stage, leg: FakeLeg) -> None:
    stage.surprises.hold(leg.gets(ERROR))
    stage.fails_on_surprises()
    with pytest.raises(AssertionError, match="Lena received an unexpected error"):
        stage.closes()


def test_what_the_service_keeps_fails_the_scenario_unless_the_service_is_gone(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Wing, "left_behind", "a session is still open")
    with pytest.raises(AssertionError, match="a session is still open"):
        stage.closes()
    stage.loses_the_service()
    stage.closes()


def test_a_fault_that_strikes_nobody_fails_the_scenario_and_is_called_off(stage: Stage, control: FakeControl) -> None:
    _, control.strikes = stage.control, False
    with pytest.raises(AssertionError, match="the fault struck nobody"):
        stage.closes()
    assert control.called_off == 1


def test_the_service_is_chosen_before_anybody_connects(stage: Stage, leg: FakeLeg) -> None:
    with pytest.raises(RuntimeError, match="before anybody connects"):
        stage.uses_service_with({"SPEED": "2"})


def test_whoever_never_appeared_is_not_made_up(stage: Stage, lena: Guest) -> None:
    assert stage.person("Lena") is lena
    with pytest.raises(AssertionError, match="Bruno has not appeared"):
        stage.person("Bruno")


def test_what_the_target_does_not_grant_is_no_failure_of_the_service(stage: Stage) -> None:
    with pytest.raises(Unusable, match="reads metrics, which the target does not grant; tag its scenario @needs-metri"):
        _ = stage.metrics
