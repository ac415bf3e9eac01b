"""A run that can show nothing more says so once."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from behave.model_type import Status

from earshot.failures import TargetUnreachable
from earshot.running.obstacles import IN_VAIN_AT_MOST, Obstacles


def target(gone: TargetUnreachable | None = None) -> Any:
    return SimpleNamespace(name="mine", gone=lambda: gone)


def scenario(given: Status, then: Status, name: str = "A talk") -> Any:
    refused = AssertionError("Ana was refused: 401")
    steps = [("given", given), ("then", then)]
    return SimpleNamespace(
        name=name,
        all_steps=[SimpleNamespace(step_type=kind, status=status, exception=refused) for kind, status in steps],
    )


IN_VAIN = scenario(Status.failed, Status.skipped)
ALL_IN_VAIN = [scenario(Status.failed, Status.skipped, f"Talk {number}") for number in range(IN_VAIN_AT_MOST + 3)]


def test_a_service_that_is_gone_is_noticed_once() -> None:
    obstacles = Obstacles(target(TargetUnreachable("nobody answers")))
    assert obstacles.look(scenario(Status.passed, Status.passed)) is None
    assert str(obstacles.look(scenario(Status.passed, Status.failed))) == "nobody answers"
    assert obstacles.look(IN_VAIN) is None
    assert str(obstacles.found) == "nobody answers"


def test_a_service_that_lets_nobody_in_is_noticed_soon() -> None:
    obstacles = Obstacles(target())
    found = [obstacles.look(each) for each in ALL_IN_VAIN]
    assert [bool(each) for each in found].index(True) == IN_VAIN_AT_MOST - 1
    assert "nothing can be shown of the target mine: the first 12 scenarios all failed" in str(obstacles.found)
    assert "the last because Ana was refused: 401" in str(obstacles.found)


def test_where_something_was_shown_failures_are_no_obstacle() -> None:
    obstacles = Obstacles(target())
    obstacles.look(scenario(Status.passed, Status.failed))
    assert not any(obstacles.look(each) for each in ALL_IN_VAIN)


def test_one_scenario_again_and_again_is_no_obstacle() -> None:
    obstacles = Obstacles(target())
    assert not any(obstacles.look(IN_VAIN) for _ in range(IN_VAIN_AT_MOST + 3))
