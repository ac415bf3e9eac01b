"""The suite's own checks can fail: without any one of them, a test of the suite itself turns red."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.switched_off.checks import CHECKS, TESTS
from tests.switched_off.switch import Check

ROOT = Path(__file__).resolve().parents[1]
IN_HASTE = "not seldom_wrong"
"""Thousands of simulated verdicts are left out: they take seconds, and single verdicts notice the same."""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Which test turned red without each check, by its name; empty where none did."""
    file = tmp_path_factory.mktemp("switched-off") / "found.json"
    options = ["-q", "-p", "tests.switched_off.plugin", "-p", "no:cacheprovider", "--found", str(file), "-k", IN_HASTE]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *TESTS], cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert file.exists(), ran.stdout + ran.stderr
    return dict(json.loads(file.read_text("utf-8")))


def test_with_all_checks_in_place_nothing_is_red(found: dict[str, str]) -> None:
    assert found[""] == ""


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_without_a_check_something_turns_red(found: dict[str, str], check: Check) -> None:
    assert found[check.name], f"nothing in {check.noticed_by} turns red when this is switched off: {check.name}"
