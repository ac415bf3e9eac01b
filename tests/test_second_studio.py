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
        ("figures-first", "@STU-22", "the metrics of a piece came before its audio, or without it"),
        ("counts-failures", "@STU-40", "a piece was counted as number 2, and 1 was expected"),
        ("loses-a-sample", "@STU-23", "3200 bytes were sent, and 3198 came back"),
        ("ends-with-its-connection", "@STU-11", "Session not found"),
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
