"""Another team's conversation service: the suite is green for it, knowing its address alone, and red for its faults."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from earshot.evidence.record import read_results
from earshot.evidence.results import ScenarioResult
from earshot.evidence.verdicts import Category

ROOT = Path(__file__).parents[1]
NAME = "the service of another team"
NOT_GRANTED = f"not checked: {NAME} does not grant what @needs-"


@contextmanager
def second_service(*options: str) -> Iterator[list[str]]:
    """Run the second service, and yield its address and that of its control plane."""
    command = [sys.executable, "-m", "tests.second_conversation", *options]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None and process.stdout is not None
        yield process.stdout.readline().split()
        process.stdin.close()


def run(
    folder: Path, address: str, tags: str, features: str = "", **granted: object
) -> tuple[int, list[ScenarioResult]]:
    """Return exit code and results of the conversation's features, with a target file of an address and what is given.

    What nobody can be held to has to be skipped with a reason.
    """
    target = folder / "target.yaml"
    target.write_text(yaml.safe_dump({"name": NAME, "endpoints": {"conversation": {"http": address}}, **granted}))
    results = folder / "results"
    options = ["--jobs=4", f"--results={results}", f"-Dtarget={target}", f"--tags={tags} and not @alone and not @slow"]
    command = [sys.executable, "-m", "earshot", "run", *options, f"features/conversation/{features}"]
    outcome = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=False)
    found = read_results(results)
    assert all(result.category is Category.NOT_CHECKED for result in found if result.verdict == "skipped")
    return outcome.returncode, found


def wrong(results: Iterable[ScenarioResult]) -> dict[str, str]:
    return {result.full_name: result.message for result in results if result.verdict not in ("passed", "skipped")}


def test_it_keeps_every_promise_that_it_can_be_held_to(tmp_path: Path) -> None:
    with second_service() as (address, _):
        code, results = run(tmp_path, address, "@conversation")
    assert (code, wrong(results)) == (0, {})
    assert all(result.message.startswith(NOT_GRANTED) for result in results if result.verdict == "skipped")
    assert len([result for result in results if result.verdict == "passed"]) > 100


def test_a_part_of_a_control_plane_is_enough_for_what_it_offers(tmp_path: Path) -> None:
    with second_service() as (address, control):
        grants = {"control": control, "capabilities": ["needs-fault"]}
        code, results = run(tmp_path, address, "@needs-fault", "troubles.feature", **grants)
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
    with second_service(f"--fault={fault}") as (address, _):
        code, results = run(tmp_path, address, tags, "turns.feature")
    failures = {result.full_name: result.message for result in results if result.status == "failed"}
    assert code == 1
    assert any(said in message for message in failures.values()), "\n".join(failures.values())
    assert not [result.full_name for result in results if result.status == "broken"]


def test_it_shares_no_code_with_anybody() -> None:
    sources = (ROOT / "tests" / "second_conversation").glob("*.py")
    words = " ".join(file.read_text("utf-8") for file in sources)
    assert not [name for name in ("earshot", "reference") if f"import {name}" in words or f"from {name}" in words]
