"""behave runs a small tree of features; what the cured formatter writes is held against it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
KIT = Path(__file__).parent / "report_kit"
ENDS = {
    "passed": ("passed", None),
    "failed": ("failed", "the target broke a promise"),
    "broken": ("broken", "OSError: the harness did not work"),
    "skipped": ("skipped", "the target has no table"),
    "undefined": ("broken", "No step definition matches “Given a step nobody has defined”"),
}
WAYS = [
    ("step", "passed"),
    *((place, end) for end in ("failed", "broken") for place in ("before-hook", "step", "after-hook", "clean-up")),
    ("before-hook", "skipped"),
    ("step", "skipped"),
    ("step", "undefined"),
]
WHERE = {
    "before-hook": "In the before_scenario hook: ",
    "step": "",
    "after-hook": "In the after_scenario hook: ",
    "clean-up": "In a clean-up after the scenario: ",
}


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


def behave(folder: Path, *arguments: str, kit: Path = KIT) -> Run:
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
        env={**os.environ, "PYTHONPATH": str(ROOT)},
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


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return behave(tmp_path_factory.mktemp("verdicts"), "verdicts.feature")


@pytest.fixture(scope="module")
def identities(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return behave(tmp_path_factory.mktemp("identities"), "identities.feature")


def test_every_scenario_has_one_result(verdicts: Run) -> None:
    assert len(verdicts.results) == 3 * len(WAYS)
    assert verdicts.exit_code == 1


@pytest.mark.parametrize("container", ["plain", "outline", "rule"])
@pytest.mark.parametrize(("place", "end"), WAYS)
def test_verdict_and_reason(verdicts: Run, container: str, place: str, end: str) -> None:
    if container == "outline":
        found = [r for r in verdicts.results if [p["value"] for p in r.get("parameters", [])][:2] == [place, end]]
    else:
        named = verdicts.named(f"{end} in {place}")
        found = [result for result in named if ("story" in labels(result)) is (container == "rule")]
    [result] = found
    status, reason = ENDS[end]
    assert result["status"] == status
    message = result.get("statusDetails", {}).get("message", "")
    if reason is None:
        assert message == ""
    elif status == "skipped":
        assert message == reason
    else:
        assert message.startswith(WHERE[place] + reason)


@pytest.mark.parametrize(
    ("tag", "exit_code", "status"),
    [
        ("step.passed", 0, "passed"),
        ("before-hook.skipped", 0, "skipped"),
        ("step.undefined", 1, "broken"),
        ("before-hook.failed", 1, "failed"),
        ("after-hook.broken", 1, "broken"),
        ("clean-up.failed", 1, "failed"),
    ],
)
def test_results_agree_with_the_exit_code(tmp_path: Path, tag: str, exit_code: int, status: str) -> None:
    run = behave(tmp_path, "verdicts.feature", f"--tags=@{tag}")
    assert (run.exit_code, run.statuses) == (exit_code, [status] * 3)
    assert [len(result["steps"]) for result in run.results] == [1] * 3, "steps of scenarios that were not selected"


def test_the_first_failure_decides_and_later_ones_are_told(tmp_path: Path) -> None:
    kit = copy_of_kit(
        tmp_path, "@after-hook.broken @clean-up.failed\nScenario: All at once\nGiven a step that is failed"
    )
    [result] = behave(tmp_path / "results", "one.feature", kit=kit).results
    assert result["status"] == "failed"
    assert result["statusDetails"]["message"].split("\n\n") == [
        "the target broke a promise",
        "And then: In the after_scenario hook: OSError: the harness did not work",
        "And then: In a clean-up after the scenario: the target broke a promise",
    ]
    assert "go_wrong" in result["statusDetails"]["trace"]


def test_only_selected_scenarios_have_results(tmp_path: Path) -> None:
    line = (KIT / "verdicts.feature").read_text("utf-8").splitlines().index("  Scenario: passed in step") + 1
    by_line = behave(tmp_path / "line", f"verdicts.feature:{line}")
    assert [result["name"] for result in by_line.results] == ["passed in step"]
    by_name = behave(tmp_path / "name", "verdicts.feature", "--name=failed in step")
    assert by_name.statuses == ["failed", "failed"]


def test_hooks_before_a_feature_or_rule_break_the_scenarios_they_keep_from_running(tmp_path: Path) -> None:
    run = behave(tmp_path, "obstacles_before_feature.feature", "obstacles_around_rules.feature")
    assert run.exit_code == 1
    verdicts = {
        result["name"]: (result["status"], result["statusDetails"]["message"])
        for result in run.results
        if result["status"] != "passed"
    }
    broken = ("broken", "In the before_feature hook: OSError: the harness did not work")
    assert verdicts == {
        "Outside a rule": broken,
        "Inside a rule": broken,
        "Never reached": ("failed", "In the before_rule hook: the target broke a promise"),
        "Tidying up after the feature “Nothing here is reached”": (
            "failed",
            "In the after_feature hook: the target broke a promise",
        ),
        "Tidying up after the rule “Untidy”": (
            "broken",
            "In a clean-up after the rule: OSError: the harness did not work",
        ),
    }
    assert [result["name"] for result in run.results if result["status"] == "passed"] == ["Reached"]


def test_hooks_of_the_run(tmp_path: Path) -> None:
    before = behave(tmp_path / "before", "identities.feature", "-D", "before-run=broken")
    assert before.exit_code == 1
    assert before.statuses == ["broken"] * 8
    assert {result["statusDetails"]["message"] for result in before.results} == {
        "In the before_all hook: OSError: the harness did not work"
    }
    after = behave(tmp_path / "after", "identities.feature", "-D", "after-run=failed")
    assert after.exit_code == 1
    assert after.statuses == ["failed"] + ["passed"] * 8
    [tidying] = after.named("Tidying up after the run")
    assert tidying["statusDetails"]["message"] == "In the after_all hook: the target broke a promise"


def test_scenarios_after_a_stop_are_unknown(tmp_path: Path) -> None:
    run = behave(tmp_path, "--stop", "verdicts.feature", "identities.feature")
    assert run.statuses == ["failed", "passed"] + ["unknown"] * (3 * len(WAYS) - 2 + 8)


def test_histories_are_apart(identities: Run) -> None:
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
    kit = copy_of_kit(tmp_path)
    feature = kit / "identities.feature"
    header = "        | language | seconds |\n"
    feature.write_text(feature.read_text("utf-8").replace(header, header + "        | German   | 2       |\n"), "utf-8")
    longer = behave(tmp_path / "results", "identities.feature", kit=kit)
    assert len(longer.results) == 10
    assert {r["historyId"] for r in longer.results} > {r["historyId"] for r in identities.results}


def test_labels_and_links(identities: Run) -> None:
    [lena] = [result for result in identities.results if result["fullName"].endswith("Speakers: Heard")]
    said = labels(lena)
    assert {name: said[name] for name in ("epic", "feature", "story", "severity", "owner")} == {
        "epic": ["Studio"],
        "feature": ["Identities"],
        "story": ["Speakers"],
        "severity": ["critical"],
        "owner": ["Lena"],
    }
    assert lena["links"] == [
        {"type": "requirement", "url": "trace.html#CONV-12", "name": "CONV-12"},
        {"type": "issue", "url": "https://tracker.test/7", "name": "https://tracker.test/7"},
    ]
    assert lena["description"].split("\n\n") == [
        "What tells scenarios apart, and what the report says of them.",
        "Speakers are heard.",
    ]


def test_what_a_step_says_through_allure(identities: Run) -> None:
    [result] = identities.named("A better title")
    said = labels(result)
    assert (said["owner"], said["severity"], said["tag"]) == (["Ana"], ["minor"], ["studio-wide"])
    assert result["parameters"] == [{"name": "voice", "value": "heart"}]
    assert [step["name"] for step in result["steps"]] == [
        "Given a step that is passed",
        "Then the report knows more than the feature file",
    ]
    assert identities.attached(result["steps"][1]) == ["made in a step"]
    assert identities.attached(result) == ["made in after_scenario"]
    assert [file.read_text() for file in identities.folder.glob("*-globals.json")]


def test_only_allures_own_stale_files_are_removed(tmp_path: Path) -> None:
    stale = [
        "a-result.json",
        "a-container.json",
        "a-attachment.png",
        "environment.properties",
        "executor.json",
    ]
    others = ["result.json", "notes.txt", "categories.yaml", "deep"]
    for name in [*stale, *others[:-1]]:
        (tmp_path / name).write_text("{}")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "b-result.json").write_text("{}")
    behave(tmp_path, "verdicts.feature", "--tags=@step.passed")
    assert {name for name in [*stale, *others] if (tmp_path / name).exists()} == set(others)
    assert (tmp_path / "deep" / "b-result.json").exists()


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
