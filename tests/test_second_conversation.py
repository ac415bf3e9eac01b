"""Another team's conversation service: the suite is green for it, knowing its address alone, and red for its faults."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.second_kit import NAME, run, second_service, shares_no_code, wrong

SYSTEM = "conversation"
NOT_GRANTED = f"not checked: {NAME} does not grant what @needs-"


def test_it_keeps_every_promise_that_it_can_be_held_to(tmp_path: Path) -> None:
    with second_service(SYSTEM) as (address, _):
        code, results = run(tmp_path, SYSTEM, address, "@conversation")
    assert (code, wrong(results)) == (0, {})
    assert all(result.message.startswith(NOT_GRANTED) for result in results if result.verdict == "skipped")
    assert len([result for result in results if result.verdict == "passed"]) > 100


def test_a_part_of_a_control_plane_is_enough_for_what_it_offers(tmp_path: Path) -> None:
    with second_service(SYSTEM) as (address, control):
        grants = {"control": control, "capabilities": ["needs-fault"]}
        code, results = run(tmp_path, SYSTEM, address, "@needs-fault", "troubles.feature", **grants)
    assert (code, wrong(results)) == (0, {})
    assert len([result for result in results if result.verdict == "passed"]) >= 6
    assert any("does not offer POST /orders" in result.message for result in results)


@pytest.mark.parametrize(
    ("fault", "tags", "said"),
    [
        ("loses-confirmations", "@CONV-35", "audio to be confirmed, of which"),
        ("finishes-before-it-answers", "@CONV-32", "turn 1 was declared over without an answer or an error"),
        ("never-answers", "@CONV-37", "turn 1 was declared over without an answer or an error"),
        ("answers-the-turn-before", "@CONV-33", "was understood as “what is the weather like in paris”"),
    ],
)
def test_its_faults_are_found_and_named(tmp_path: Path, fault: str, tags: str, said: str) -> None:
    with second_service(SYSTEM, f"--fault={fault}") as (address, _):
        code, results = run(tmp_path, SYSTEM, address, tags, "turns.feature")
    failures = {result.full_name: result.message for result in results if result.status == "failed"}
    assert code == 1
    assert any(said in message for message in failures.values()), "\n".join(failures.values())
    assert not [result.full_name for result in results if result.status == "broken"]


def test_it_shares_no_code_with_anybody() -> None:
    assert shares_no_code(SYSTEM)
