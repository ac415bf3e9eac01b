"""The sentence on the first screen, the category, and what a run says of itself."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hamcrest import assert_that, equal_to

from earshot.evidence import surroundings
from earshot.evidence.results import SEEN, ScenarioResult
from earshot.evidence.verdicts import Category, Failure, sentence
from earshot.failures import BudgetExceeded, ContractBreach, Inconclusive, TargetUnreachable, Unusable
from earshot.wire.contract import Contract

CONTRACT = Path(__file__).parents[2] / "contract" / "broadcast.asyncapi.yaml"


@pytest.mark.parametrize(
    ("error", "status", "category", "message"),
    [
        (AssertionError("no sound"), "failed", Category.PROMISE_BROKEN, "No sound"),
        (ContractBreach("a field is missing"), "failed", Category.CONTRACT_BREACH, "A field is missing"),
        (BudgetExceeded("too slow"), "failed", Category.LATENCY_BUDGET, "Too slow"),
        (Inconclusive("too noisy"), "unknown", Category.INCONCLUSIVE, "Too noisy"),
        (TargetUnreachable("nobody answers"), "broken", Category.TARGET_UNREACHABLE, "Nobody answers"),
        (Unusable("no such file"), "broken", Category.HARNESS_FAULT, "No such file"),
        (KeyError("x"), "broken", Category.HARNESS_FAULT, "KeyError: 'x'"),
        (AssertionError(), "failed", Category.PROMISE_BROKEN, "No message was given"),
    ],
)
def test_the_kind_of_an_exception_decides(error: Exception, status: str, category: Category, message: str) -> None:
    failure = Failure.raised(error)
    assert (failure.status, failure.category, failure.message) == (status, category, message)


def test_what_hamcrest_says_is_one_sentence() -> None:
    with pytest.raises(AssertionError) as caught:
        assert_that(["sessionPaused"], equal_to([]), "what Lena was told\nmeanwhile")
    said = sentence(str(caught.value))
    assert said == "what Lena was told meanwhile: expected [], but was ['sessionPaused']"


def test_a_long_story_is_cut_and_its_first_paragraph_is_the_sentence() -> None:
    assert sentence("Lena heard\nnothing.\n\nThe rest") == "Lena heard nothing."
    cut = sentence("word " * 200)
    assert len(cut) <= 402 and cut.endswith("word …")


@pytest.mark.parametrize(
    ("status", "label", "verdict"),
    [
        ("unknown", "Inconclusive", "inconclusive"),
        ("unknown", "Not run", "not run"),
        ("failed", "Promise broken", "failed"),
    ],
)
def test_the_verdict_in_one_word(status: str, label: str, verdict: str, tmp_path: Path) -> None:
    found = {"status": status, "labels": [{"name": "verdict", "value": label}]}
    assert ScenarioResult.of(found, tmp_path).verdict == verdict


def test_facts_of_a_run_survive_being_written(tmp_path: Path) -> None:
    target: Any = SimpleNamespace(
        name="staging = new: #1", capabilities=frozenset({"needs-logs"}), levels={}, systems=frozenset()
    )
    options = {"target": "t.yaml", "control_url": "ws://h?token=abc123", "api_secret": "hush"}
    facts = surroundings.facts(target, {"broadcast": Contract.load(CONTRACT)}, options)
    assert "hush" not in str(facts) and "abc123" not in str(facts)
    assert facts["Target grants"] == "logs" and "table" in facts["Target does not grant"]
    file = tmp_path / "environment.properties"
    file.write_text(surroundings.properties(facts), "utf-8")
    assert "Target\\ grants=logs\n" in file.read_text("utf-8"), "an unescaped blank ends a name"
    assert surroundings.read_properties(file) == facts


@pytest.mark.parametrize(
    ("environment", "name", "url"),
    [
        (
            {
                "CI": "true",
                "GITHUB_ACTIONS": "true",
                "GITHUB_SERVER_URL": "https://host.test",
                "GITHUB_REPOSITORY": "a/b",
                "GITHUB_RUN_ID": "9",
                "GITHUB_RUN_NUMBER": "4",
            },
            "GitHub Actions",
            "https://host.test/a/b/actions/runs/9",
        ),
        (
            {"GITLAB_CI": "true", "CI_PIPELINE_URL": "https://host.test/p/4", "CI_PIPELINE_IID": "4"},
            "GitLab CI",
            "https://host.test/p/4",
        ),
        (
            {"JENKINS_URL": "https://j.test", "BUILD_URL": "https://j.test/4", "BUILD_NUMBER": "4"},
            "Jenkins",
            "https://j.test/4",
        ),
    ],
)
def test_a_build_server_is_named(environment: dict[str, str], name: str, url: str) -> None:
    found = surroundings.executor(environment)
    assert found is not None
    assert (found["name"], found["buildUrl"], found["buildOrder"]) == (name, url, 4)


def test_at_home_there_is_no_build_server() -> None:
    assert surroundings.executor({"HOME": "/home/ana"}) is None


def test_what_was_seen_of_the_contract_is_kept(tmp_path: Path) -> None:
    contract = Contract.load(CONTRACT)
    contract.check_sent({"action": "heartbeat"}, "listener")
    surroundings.keep_seen(tmp_path, "broadcast", contract)
    [file] = tmp_path.glob(SEEN)
    assert json.loads(file.read_text())["seen"] == {"heartbeat": 1}


def test_a_step_in_words_of_steps_that_nobody_knows_is_our_own_fault() -> None:
    assert Failure.raised(AssertionError("UNDEFINED SUB-STEP: Given a typo")).status == "broken"
    assert Failure.raised(AssertionError("FAILED SUB-STEP: Then Lena hears it")).status == "failed"
