"""A folder of results tells what was planned, and whether the run ended, however it ended."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from earshot.book import report
from earshot.evidence.blank import of_no_scenario
from earshot.evidence.record import RunRecord, read_results, what_is_missing
from earshot.failures import TargetUnreachable, Unusable

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = "from earshot.evidence import formatter\nformatter.cure()\n"
STEPS = """\
import time
from behave import given

@given("a step that passes")
def step_passes(context): ...

@given("a step that hangs")
def step_hangs(context):
    open("hanging", "w").close()
    time.sleep(60)
"""
FEATURE = """\
@broadcast
Feature: Kit

  Scenario: First
    Given a step that passes

  @REQ-6.1
  Scenario: Second
    Given a step that hangs

  Scenario: Third
    Given a step that passes
"""
BY_HAND = ["-m", "behave", "-f", "allure_behave.formatter:AllureFormatter", "-o", "results", "features"]
BY_WORKERS = ["-m", "earshot", "run", "-D", "target=none", "--jobs", "1", "--results", "results"]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "features" / "steps").mkdir(parents=True)
    (tmp_path / "features" / "kit.feature").write_text(FEATURE)
    (tmp_path / "features" / "environment.py").write_text(ENVIRONMENT)
    (tmp_path / "features" / "steps" / "kit.py").write_text(STEPS)
    return tmp_path


def begun(tree: Path, arguments: list[str]) -> subprocess.Popen[bytes]:
    """Start a run and return when its second scenario hangs."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = subprocess.Popen([sys.executable, *arguments], cwd=tree, env=environment, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not (tree / "hanging").exists():
        assert time.monotonic() < deadline and run.poll() is None
        time.sleep(0.02)
    return run


@pytest.mark.parametrize("arguments", [BY_HAND, BY_WORKERS])
def test_what_a_killed_run_leaves_says_so(tree: Path, arguments: list[str]) -> None:
    run = begun(tree, arguments)
    assert what_is_missing(tree / "results") == "the run is still going on"
    run.send_signal(signal.SIGKILL)
    run.wait(20)
    verdicts = {result.name: result.verdict for result in read_results(tree / "results")}
    assert verdicts == {"First": "passed", "Second": "not run", "Third": "not run"}
    rendered = report.render(tree / "results", tree / "out")
    assert "the run was cut off: 2 of 3 scenarios were not run" in rendered.complaints
    page = rendered.overview.read_text("utf-8")
    assert "The run was cut off: 2 of 3 scenarios were not run.<br>No promise was checked." in page


def test_two_runs_never_share_a_folder(tree: Path) -> None:
    first = begun(tree, BY_HAND)
    for arguments in (BY_HAND, BY_WORKERS):
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        second = subprocess.run([sys.executable, *arguments], cwd=tree, env=environment, capture_output=True, text=True)
        assert second.returncode != 0
        assert "earshot: another run writes its results to results; wait until it has ended" in second.stderr
    assert [result.name for result in read_results(tree / "results")] == ["First"]
    first.kill()
    first.wait()


def test_a_run_that_reads_no_features_leaves_no_older_results(tree: Path) -> None:
    with RunRecord(tree / "results") as earlier:
        earlier.plans([])
        earlier.ends()
    (tree / "features" / "kit.feature").write_text("No feature at all")
    subprocess.run([sys.executable, *BY_HAND], cwd=tree, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False)
    assert what_is_missing(tree / "results") == "the run ended before it was known what was to be run"


def test_why_a_run_could_not_begin_is_its_result(tmp_path: Path) -> None:
    record = RunRecord(tmp_path)
    record.plans([of_no_scenario("A talk")])
    record.__exit__(TargetUnreachable, TargetUnreachable("nobody answers"), None)
    assert {result.name: result.reason for result in read_results(tmp_path)} == {
        "Beginning the run": "Nobody answers",
        "A talk": "Not run: the run was cut off before",
    }
    assert what_is_missing(tmp_path) == "the run was cut off: 1 of 1 scenarios were not run"


def test_nothing_but_what_runs_leave_is_removed(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "a-result.json").write_text(json.dumps({"status": "passed"}))
    RunRecord(tmp_path).close()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["notes.txt", "run-begun.json", "run.lock"]


def test_a_folder_that_takes_nothing_is_named(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(Unusable, match=r"results should go to .*taken, but nothing can be written there"):
        RunRecord(tmp_path / "taken")
