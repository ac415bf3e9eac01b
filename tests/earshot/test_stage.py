"""What a scenario is held to beside its steps, however busy the machine was."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest

from earshot.failures import Inconclusive
from earshot.ledger import Kind, Observation
from earshot.stage import Stage


class ExcusesEverything:
    """A stopwatch on a machine that explains any lateness."""

    def excuse(self, failure: AssertionError) -> None:
        raise Inconclusive(str(failure))

    def stop(self) -> None:
        pass


class LeavesSomething:
    name = "leftovers"

    def has_left(self) -> None:
        pass

    def spends_the_service(self) -> bool:
        return True

    def leaves_nothing_behind(self) -> None:
        raise AssertionError("the session is still active")


@pytest.fixture
def stage() -> Stage:
    nothing: Callable[[], Any] = lambda: None  # noqa: E731
    found = Stage(
        runtime=cast(Any, None),
        target=cast(Any, SimpleNamespace(service=lambda _: SimpleNamespace(log=None, shut_down=None))),
        samples=cast(Any, None),
        contracts={},
        echo=nothing,
        another=nothing,
    )
    found.stopwatch = cast(Any, ExcusesEverything())
    return found


@pytest.mark.parametrize("code", ["TIMEOUT", "RATE_LIMIT_EXCEEDED", "UNAUTHORIZED"])
def test_no_machine_excuses_what_a_service_says(stage: Stage, code: str) -> None:
    error = {"type": "error", "code": code, "message": "sorry"}
    stage.ledger.keep(Observation(time.monotonic_ns(), "Lena", "Lena", Kind.RECEIVED, error))
    with pytest.raises(AssertionError, match=f"Lena received an unexpected error.*{code}"):
        stage.fails_on_surprises()


def test_no_machine_excuses_what_is_left_behind(stage: Stage) -> None:
    stage.systems = {"leftovers": cast(Any, LeavesSomething())}
    with pytest.raises(AssertionError, match="the session is still active"):
        stage.closes()


@pytest.mark.parametrize("is_spent", [True, False])
def test_a_service_that_remembers_a_scenario_is_ended_with_it(stage: Stage, is_spent: bool) -> None:
    ended = []
    service = SimpleNamespace(log=None, shut_down=lambda: ended.append("ended"))
    stage.scene.service = cast(Any, service)
    wing = SimpleNamespace(
        has_left=lambda: None, spends_the_service=lambda: is_spent, leaves_nothing_behind=lambda: None
    )
    stage.systems = {"remembers": cast(Any, wing)}
    stage.closes()
    assert ended == ["ended"] * is_spent
