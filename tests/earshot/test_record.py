"""What a folder of results tells of its run, without any run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from allure_commons.model2 import Status

from earshot.evidence.blank import of_no_scenario
from earshot.evidence.record import PLANNED, RunRecord, complete, note_whole, read_results, what_is_missing
from earshot.failures import TargetUnreachable, Unusable


@pytest.fixture
def record(tmp_path: Path) -> RunRecord:
    return RunRecord(tmp_path)


def ran(folder: Path, name: str) -> None:
    """Leave the result of a scenario that was planned and has passed."""
    for result in json.loads((folder / PLANNED).read_text("utf-8")):
        if result["name"] == name:
            kept = {**result, "status": Status.PASSED, "labels": [], "statusDetails": None}
            (folder / f"{result['uuid']}-result.json").write_text(json.dumps(kept), "utf-8")


def test_a_whole_run_lacks_nothing(tmp_path: Path, record: RunRecord) -> None:
    record.plans([of_no_scenario("First")])
    ran(tmp_path, "First")
    assert record.ends() == ""
    assert what_is_missing(tmp_path) == "the run is still going on"
    record.close()
    assert what_is_missing(tmp_path) == ""
    assert [result.verdict for result in read_results(tmp_path)] == ["passed"]


def test_what_was_not_run_is_missing_although_the_run_ended(tmp_path: Path, record: RunRecord) -> None:
    record.plans([of_no_scenario("First"), of_no_scenario("Second")])
    ran(tmp_path, "First")
    assert record.ends() == "the run was cut off: 1 of 2 scenarios were not run"
    record.close()
    assert {result.name: result.verdict for result in read_results(tmp_path)} == {
        "First": "passed",
        "Second": "not run",
    }


def test_a_run_without_its_end_was_cut_off_although_all_was_run(tmp_path: Path, record: RunRecord) -> None:
    record.plans([of_no_scenario("First")])
    ran(tmp_path, "First")
    record.close()
    assert what_is_missing(tmp_path) == "the run was cut off: 0 of 1 scenarios were not run"


def test_a_run_without_a_plan_says_so(tmp_path: Path, record: RunRecord) -> None:
    record.close()
    assert what_is_missing(tmp_path) == "the run ended before it was known what was to be run"
    with pytest.raises(Unusable, match="there are no results in"):
        read_results(tmp_path)


def test_a_folder_in_which_no_run_began_is_whole_only_if_somebody_says_so(tmp_path: Path) -> None:
    assert what_is_missing(tmp_path) == "nobody knows what was to be run"
    note_whole(tmp_path)
    assert what_is_missing(tmp_path) == ""


def test_nobody_else_takes_a_folder_that_is_held(tmp_path: Path, record: RunRecord) -> None:
    with pytest.raises(Unusable, match="another run writes its results to"):
        RunRecord(tmp_path)
    record.close()
    (tmp_path / "a-result.json").write_text("{}")
    RunRecord(tmp_path).close()
    assert not (tmp_path / "a-result.json").exists()


def test_each_scenario_is_completed_once(tmp_path: Path, record: RunRecord) -> None:
    record.plans([of_no_scenario("First"), of_no_scenario("Second")])
    ran(tmp_path, "First")
    complete(tmp_path)
    complete(tmp_path)
    assert len(list(tmp_path.glob("*-result.json"))) == 2


def test_a_run_that_cannot_begin_leaves_its_reason(tmp_path: Path, record: RunRecord) -> None:
    record.__exit__(TargetUnreachable, TargetUnreachable("nobody answers"), None)
    assert [result.reason for result in read_results(tmp_path)] == ["Nobody answers"]
