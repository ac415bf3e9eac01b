"""behave runs a small tree of features; what the cured formatter writes is held against it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from earshot.evidence import verdicts

ROOT = Path(__file__).parents[2]
KIT = Path(__file__).parent / "report_kit"
EXPECTED: dict[str, dict[str, dict[str, Any]]] = yaml.safe_load((KIT / "expected.yaml").read_text("utf-8"))
WAYS = [(end, place) for end, places in EXPECTED.items() for place in places]
CONTAINERS = ("plain", "outline", "rule")
CURES = re.findall(r'^    "(.*?)": ', (KIT / "without.py").read_text("utf-8"), re.MULTILINE)


@dataclass(frozen=True)
class Run:
    exit_code: int
    output: str
    results: list[dict[str, Any]]
    folder: Path

    @property
    def statuses(self) -> list[str]:
        return sorted(result["status"] for result in self.results)

    def named(self, name: str) -> list[dict[str, Any]]:
        return [result for result in self.results if result["name"] == name]

    def attached(self, item: dict[str, Any]) -> list[str]:
        return [(self.folder / attachment["source"]).read_text() for attachment in item.get("attachments", [])]


def behave(folder: Path, *arguments: str, kit: Path = KIT, **environment: str) -> Run:
    finished = subprocess.run(
        [
            sys.executable,
            "-m",
            "behave",
            "-f",
            "allure_behave.formatter:AllureFormatter",
            "-o",
            folder,
            *arguments,
        ],
        cwd=kit,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    results = [json.loads(file.read_text("utf-8")) for file in folder.glob("*-result.json")]
    return Run(finished.returncode, finished.stdout + finished.stderr, results, folder)


def labels(result: dict[str, Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for label in result["labels"]:
        found.setdefault(label["name"], []).append(label["value"])
    return found


def told(result: dict[str, Any]) -> dict[str, Any]:
    """Return what a result says, in the terms of expected.yaml."""
    said = labels(result)
    category = {"category": said[verdicts.LABEL][0]} if verdicts.LABEL in said else {}
    message = result.get("statusDetails", {}).get("message")
    return {"status": result["status"], **category, **({"reason": message} if message else {})}


def differences(run: Run, *, strict: bool = False) -> list[str]:
    """Return in what the results of verdicts.feature differ from expected.yaml."""
    found: list[str] = []
    if len(run.results) != len(CONTAINERS) * len(WAYS):
        found.append(f"{len(run.results)} results")
    for end, place in WAYS:
        wanted = {name: value for name, value in EXPECTED[end][place].items() if name != "exit"}
        if strict and end == "inconclusive":
            wanted["status"] = "broken"
        for container in CONTAINERS:
            came = [told(result) for result in run.results if way_of(result) == (container, end, place)]
            if [{**said, "reason": ""} for said in came] != [{**wanted, "reason": ""}] and came != [wanted]:
                found.append(f"{end} in {place}, {container}: {came}")
            elif not came[0].get("reason", "").startswith(wanted.get("reason", "")):
                found.append(f"{end} in {place}, {container}: {came[0].get('reason')}")
    return found


def way_of(result: dict[str, Any]) -> tuple[str, str, str]:
    """Return container, end and place of a result of verdicts.feature."""
    if cells := [parameter["value"] for parameter in result.get("parameters", [])]:
        return "outline", cells[1], cells[0]
    end, _, place = result["name"].partition(" in ")
    return "rule" if "story" in labels(result) else "plain", end, place


@pytest.fixture(scope="module")
def matrix(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return behave(tmp_path_factory.mktemp("verdicts"), "verdicts.feature")


@pytest.fixture(scope="module")
def identities(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return behave(tmp_path_factory.mktemp("identities"), "identities.feature")


def test_every_end_everywhere_is_told_as_expected(matrix: Run) -> None:
    assert len(WAYS) == 6 * 4
    assert differences(matrix) == []


@pytest.mark.parametrize(("end", "place"), WAYS)
def test_results_agree_with_the_exit_code(tmp_path: Path, end: str, place: str) -> None:
    run = behave(tmp_path, "verdicts.feature", f"--tags=@{place}.{end}")
    expected = EXPECTED[end][place]
    assert (run.exit_code, run.statuses) == (expected["exit"], [expected["status"]] * 3)
    assert (run.exit_code == 1) is bool({"failed", "broken"} & set(run.statuses))
    assert [len(result["steps"]) for result in run.results] == [1] * 3, "steps of scenarios that were not selected"


def test_strict_runs_are_red_when_anything_stays_open(tmp_path: Path) -> None:
    assert differences(behave(tmp_path / "all", "verdicts.feature", "-D", "strict"), strict=True) == []
    for place in EXPECTED["inconclusive"]:
        run = behave(tmp_path / place, "verdicts.feature", f"--tags=@{place}.inconclusive", "-D", "strict")
        assert (run.exit_code, run.statuses) == (1, ["broken"] * 3)


def test_the_step_that_stays_open_is_marked(matrix: Run) -> None:
    [result] = [result for result in matrix.results if way_of(result) == ("plain", "inconclusive", "step")]
    assert result["description"].startswith("Inconclusive: The machine was too busy\n\nEvery way in which")
    [step] = result["steps"]
    assert (step["status"], step["statusDetails"]["message"]) == ("unknown", "The machine was too busy")


def test_a_certain_failure_goes_before_an_open_one(tmp_path: Path) -> None:
    kit = copy_of_kit(tmp_path, "@clean-up.failed\nScenario: Both\nGiven a step that is inconclusive")
    run = behave(tmp_path / "results", "one.feature", kit=kit)
    [result] = run.results
    assert (run.exit_code, result["status"], labels(result)["verdict"]) == (1, "failed", ["Promise broken"])
    assert result["statusDetails"]["message"].split("\n\n") == [
        "While tidying up after the scenario: the target broke a promise",
        "And then: The machine was too busy",
    ]


@pytest.mark.parametrize("place", ["before-feature", "before-rule"])
def test_what_stays_open_before_a_feature_or_rule_leaves_its_scenarios_open(tmp_path: Path, place: str) -> None:
    kit = copy_of_kit(tmp_path)
    words = {"before-feature": ("@before-feature.inconclusive", ""), "before-rule": ("", "@before-rule.inconclusive")}
    feature, rule = words[place]
    (kit / "one.feature").write_text(
        f"{feature}\nFeature: One\n{rule}\nRule: A\nScenario: Open\nGiven a step that is passed\n"
    )
    run = behave(tmp_path / "results", "one.feature", kit=kit)
    assert (run.exit_code, run.statuses) == (0, ["unknown"])
    [result] = run.results
    assert result["statusDetails"]["message"].endswith("the machine was too busy")


CHECKS: dict[str, str] = {  # which part of the kit misses a cure, where it is not the matrix of verdicts
    "results of their own for loose failures": "obstacles",
    "results for what was never reached": "obstacles",
    "certain failures before open ones": "both",
    "names with their rules": "identities",
    "histories without line numbers": "identities",
    "labels through allure.dynamic": "identities",
    "titles through allure.dynamic": "identities",
    "parameters through allure.dynamic": "identities",
    "attachments between scenarios": "identities",
    "an empty folder to begin with": "stale",
    "one formatter at a time": "ini",
}


def check(part: str, tmp_path: Path, **environment: str) -> None:
    """Run one part of the kit and hold it against what is expected of it."""
    folder = tmp_path / "results"
    match part:
        case "matrix":
            assert differences(behave(folder, "verdicts.feature", **environment)) == []
        case "obstacles":
            obstacles = ("obstacles_before_feature.feature", "obstacles_around_rules.feature")
            check_obstacles(behave(folder, *obstacles, **environment))
        case "identities":
            run = behave(folder, "identities.feature", **environment)
            check_histories(run)
            check_labels(run)
            check_what_a_step_says(run)
            check_inserted_row(run, tmp_path, **environment)
        case "ini":
            check_ini(tmp_path, **environment)
        case "both":
            kit = copy_of_kit(tmp_path, "@clean-up.failed\nScenario: Both\nGiven a step that is inconclusive")
            assert behave(folder, "one.feature", kit=kit, **environment).statuses == ["failed"]
        case _:
            check_stale(folder, **environment)


@pytest.mark.parametrize("cure", CURES)
def test_no_cure_can_be_left_out(cure: str, tmp_path: Path) -> None:
    with pytest.raises((AssertionError, KeyError, ValueError)):
        check(CHECKS.get(cure, "matrix"), tmp_path, KIT_WITHOUT=cure)


def test_the_first_failure_decides_and_later_ones_are_told(tmp_path: Path) -> None:
    kit = copy_of_kit(
        tmp_path, "@after-hook.broken @clean-up.failed\nScenario: All at once\nGiven a step that is failed"
    )
    [result] = behave(tmp_path / "results", "one.feature", kit=kit).results
    assert result["status"] == "failed"
    assert result["statusDetails"]["message"].split("\n\n") == [
        "The target broke a promise",
        "And then: After the last step: OSError: the harness did not work",
        "And then: While tidying up after the scenario: the target broke a promise",
    ]
    assert "go_wrong" in result["statusDetails"]["trace"]


def test_only_selected_scenarios_have_results(tmp_path: Path) -> None:
    line = (KIT / "verdicts.feature").read_text("utf-8").splitlines().index("  Scenario: passed in step") + 1
    by_line = behave(tmp_path / "line", f"verdicts.feature:{line}")
    assert [result["name"] for result in by_line.results] == ["passed in step"]
    by_name = behave(tmp_path / "name", "verdicts.feature", "--name=failed in step")
    assert by_name.statuses == ["failed", "failed"]


def test_hooks_before_a_feature_or_rule_break_the_scenarios_they_keep_from_running(tmp_path: Path) -> None:
    check("obstacles", tmp_path)


def check_obstacles(run: Run) -> None:
    assert run.exit_code == 1
    verdicts = {
        result["name"]: (result["status"], result["statusDetails"]["message"])
        for result in run.results
        if result["status"] != "passed"
    }
    broken = ("broken", "Before the feature: OSError: the harness did not work")
    assert verdicts == {
        "Outside a rule": broken,
        "Inside a rule": broken,
        "Never reached": ("failed", "Before the rule: the target broke a promise"),
        "Tidying up after the feature “Nothing here is reached”": (
            "failed",
            "After the feature: the target broke a promise",
        ),
        "Tidying up after the rule “Untidy”": (
            "broken",
            "While tidying up after the rule: OSError: the harness did not work",
        ),
    }
    assert [result["name"] for result in run.results if result["status"] == "passed"] == ["Reached"]


def test_hooks_of_the_run(tmp_path: Path) -> None:
    before = behave(tmp_path / "before", "identities.feature", "-D", "before-run=broken")
    assert before.exit_code == 1
    assert before.statuses == ["broken"] + ["unknown"] * 8
    why = "Before the run: OSError: the harness did not work"
    assert {result["statusDetails"]["message"] for result in before.results} == {why, f"Not run: {why}"}
    assert before.named("Beginning the run")[0]["status"] == "broken"
    after = behave(tmp_path / "after", "identities.feature", "-D", "after-run=failed")
    assert after.exit_code == 1
    assert after.statuses == ["failed"] + ["passed"] * 8
    [tidying] = after.named("Tidying up after the run")
    assert tidying["statusDetails"]["message"] == "After the run: the target broke a promise"


def test_scenarios_after_a_stop_are_unknown(tmp_path: Path) -> None:
    run = behave(tmp_path, "--stop", "verdicts.feature", "identities.feature")
    assert run.statuses == ["failed"] + ["passed"] * 4 + ["unknown"] * (3 * len(WAYS) - 5 + 8)


def test_histories_are_apart(identities: Run) -> None:
    check_histories(identities)


def check_histories(identities: Run) -> None:
    histories = [result["historyId"] for result in identities.results]
    assert len(set(histories)) == len(histories) == 8
    again = [result for result in identities.results if result["fullName"].endswith("Listeners: Heard again")]
    assert [result["name"] for result in again]
    assert {result["name"] for result in again} == {"Heard again (Spanish, 2)", "Heard again (French, 2)"}
    assert len({result["testCaseId"] for result in again}) == 1
    assert {result["fullName"] for result in identities.named("Heard") + identities.named("A better title")} == {
        "identities.feature: Heard",
        "identities.feature: Speakers: Heard",
        "identities.feature: Listeners: Heard",
        "identities.feature: Listeners: Heard (number 2)",
    }


def test_a_row_inserted_above_leaves_histories_alone(identities: Run, tmp_path: Path) -> None:
    check_inserted_row(identities, tmp_path)


def check_inserted_row(identities: Run, tmp_path: Path, **environment: str) -> None:
    kit = copy_of_kit(tmp_path)
    feature = kit / "identities.feature"
    header = "        | language | seconds |\n"
    feature.write_text(feature.read_text("utf-8").replace(header, header + "        | German   | 2       |\n"), "utf-8")
    longer = behave(tmp_path / "longer", "identities.feature", kit=kit, **environment)
    assert len(longer.results) == 10
    assert {r["historyId"] for r in longer.results} > {r["historyId"] for r in identities.results}


def test_labels_and_links(identities: Run) -> None:
    check_labels(identities)


def check_labels(identities: Run) -> None:
    [lena] = [result for result in identities.results if result["fullName"].endswith("Speakers: Heard")]
    said = labels(lena)
    assert {name: said[name] for name in ("epic", "feature", "story", "severity", "owner")} == {
        "epic": ["Conversation"],
        "feature": ["Identities"],
        "story": ["Speakers"],
        "severity": ["critical"],
        "owner": ["Lena"],
    }
    [again] = [result for result in identities.results if result["name"] == "Heard in Spanish"]
    assert labels(again)["owner"] == ["Ana Silva"]
    assert lena["links"] == [
        {"type": "requirement", "url": "trace.html#CONV-12", "name": "CONV-12"},
        {"type": "issue", "url": "https://tracker.test/7", "name": "https://tracker.test/7"},
    ]
    assert lena["description"].split("\n\n") == [
        "What tells scenarios apart, and what the report says of them.",
        "Speakers are heard.",
    ]


def test_what_a_step_says_through_allure(identities: Run) -> None:
    check_what_a_step_says(identities)


def check_what_a_step_says(identities: Run) -> None:
    [result] = identities.named("A better title")
    said = labels(result)
    assert (said["owner"], said["severity"], said["tag"]) == (["Ana"], ["minor"], ["studio-wide"])
    assert result["parameters"] == [{"name": "voice", "value": "heart"}]
    assert [step["name"] for step in result["steps"]] == [
        "Given a step that is passed",
        "Then the report knows more than the feature file",
    ]
    assert identities.attached(result["steps"][1]) == [r"made in a step \ud800"]
    assert identities.attached(result) == ["made in after_scenario"]
    assert [file.read_text() for file in identities.folder.glob("*-globals.json")]


def test_only_allures_own_stale_files_are_removed(tmp_path: Path) -> None:
    check_stale(tmp_path)


def check_stale(folder: Path, **environment: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    stale = [
        "a-result.json",
        "a-container.json",
        "a-attachment.png",
        "environment.properties",
        "executor.json",
    ]
    others = ["result.json", "notes.txt", "categories.yaml", "deep"]
    for name in [*stale, *others[:-1]]:
        (folder / name).write_text("{}")
    (folder / "deep").mkdir()
    (folder / "deep" / "b-result.json").write_text("{}")
    behave(folder, "verdicts.feature", "--tags=@step.passed", **environment)
    assert {name for name in [*stale, *others] if (folder / name).exists()} == set(others)
    assert (folder / "deep" / "b-result.json").exists()


def test_the_command_line_outvotes_behave_ini(tmp_path: Path) -> None:
    check("ini", tmp_path)


def check_ini(tmp_path: Path, **environment: str) -> None:
    kit = copy_of_kit(tmp_path)
    (kit / "behave.ini").write_text("[behave]\nformat = allure_behave.formatter:AllureFormatter\noutfiles = usual\n")
    assert len(behave(tmp_path / "asked", "identities.feature", kit=kit, **environment).results) == 8
    assert not (kit / "usual").exists()


def test_a_dry_run_leaves_the_results_of_the_last_run(tmp_path: Path) -> None:
    first = behave(tmp_path, "verdicts.feature", "--tags=@step.passed")
    behave(tmp_path, "verdicts.feature", "--dry-run")
    assert {file.name for file in tmp_path.glob("*-result.json")} == {
        file.name for file in first.folder.glob("*-result.json")
    }
    assert len(list(tmp_path.glob("*-result.json"))) == 3


def copy_of_kit(tmp_path: Path, scenario: str | None = None) -> Path:
    kit = shutil.copytree(KIT, tmp_path / "kit", ignore=shutil.ignore_patterns("__pycache__"))
    if scenario:
        (kit / "one.feature").write_text(f"Feature: One\n{scenario}\n", "utf-8")
    return kit
