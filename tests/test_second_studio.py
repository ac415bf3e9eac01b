"""Another team's studio, which answers and does not process: green by its address alone, and red for its faults."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.second_kit import NAME, run, second_service, shares_no_code, wrong

SYSTEM = "studio"
NOT_PROMISED = (f"not checked: {NAME} does not declare @", f"not checked: {NAME} does not grant what @needs-")


def test_it_keeps_every_promise_that_it_can_be_held_to(tmp_path: Path) -> None:
    with second_service(SYSTEM) as (address,):
        code, results = run(tmp_path, SYSTEM, address, "@studio")
    assert (code, wrong(results)) == (0, {})
    assert all(result.message.startswith(NOT_PROMISED) for result in results if result.verdict == "skipped")
    assert len([result for result in results if result.verdict == "passed"]) > 100


@pytest.mark.parametrize(
    ("fault", "tags", "said"),
    [
        ("figures-before-audio", "@STU-22", "the metrics of a piece came before its audio, or without it"),
        ("counts-what-failed", "@STU-40", "a piece was counted as number 2, and 1 was expected"),
        ("cuts-the-last-sample", "@STU-23", "3200 bytes were sent, and 3198 came back"),
        ("wrong-level", "@STU-27", "but what came back has"),
        ("forgets-to-hang-up", "@STU-12", "Ana waited 2 s to be disconnected, and is still connected"),
        ("keeps-ended-sessions", "@STU-12", "live session is connected, looked up for 1 s: expected None"),
    ],
)
def test_its_faults_are_found_and_named(tmp_path: Path, fault: str, tags: str, said: str) -> None:
    with second_service(SYSTEM, f"--fault={fault}") as (address,):
        code, results = run(tmp_path, SYSTEM, address, tags)
    failures = {result.full_name: result.message for result in results if result.status == "failed"}
    assert code == 1
    assert any(said in message for message in failures.values()), "\n".join(failures.values())
    assert not [result.full_name for result in results if result.status == "broken"]


def test_it_shares_no_code_with_anybody() -> None:
    assert shares_no_code(SYSTEM)
