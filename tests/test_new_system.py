"""A further system is a wing of its own: `tests/doorbell/` holds one, and nothing outside of it has to be touched."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
WING = ROOT / "tests" / "doorbell"
TWIN = "bell-tells-one-too-many"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the project with the doorbell in it: every file of the doorbell is new and named after it."""
    copy = tmp_path_factory.mktemp("house")
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in listed.stdout.splitlines():
        if not name.startswith("tests/doorbell/") and (ROOT / name).exists():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, copy / name)
    for file in WING.rglob("*.*"):
        if file.suffix != ".pyc":
            place = copy / file.relative_to(WING)
            assert "doorbell" in place.relative_to(copy).as_posix()
            assert not place.exists(), f"{place} is there already"
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, place)
    return copy


def run(house: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", *arguments], cwd=house, capture_output=True, text=True, check=False)


def behave(house: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return run(house, "behave", "-f", "plain", "--no-color", *options, "features/doorbell")


def test_its_features_pass(house: Path) -> None:
    outcome = behave(house)
    assert "2 scenarios passed, 0 failed" in outcome.stdout, outcome.stdout + outcome.stderr


def test_its_twin_is_known_and_caught_by_an_assertion_that_names_the_fault(house: Path) -> None:
    known = {one["name"]: one for one in json.loads(run(house, "reference", "--list-twins").stdout)}
    assert known[TWIN]["system"] == "doorbell"
    outcome = behave(house, "-D", f"twin={TWIN}")
    assert "1 scenario passed, 1 failed" in outcome.stdout, outcome.stdout + outcome.stderr
    assert "how often it rang, as Ana is told" in outcome.stdout
    assert "Expected: <2>" in outcome.stdout
    assert "but: was <3>" in outcome.stdout


def test_its_promises_are_traced_and_its_sentences_read_well(house: Path) -> None:
    traced = run(house, "earshot", "trace")
    assert traced.returncode == 0, traced.stdout + traced.stderr
    assert "BELL-1.2" in traced.stdout
    linted = run(house, "earshot", "lint", "--write")
    assert linted.returncode == 0, linted.stdout + linted.stderr


def test_it_keeps_the_rules_of_the_house(house: Path) -> None:
    outcome = run(house, "pytest", "-q", "tests/test_imports.py")
    assert outcome.returncode == 0, outcome.stdout


def test_its_steps_are_typed(house: Path) -> None:
    steps = house / "features" / "steps" / "doorbell.py"
    misspelt = steps.read_text("utf-8").replace(".rings()", ".wrings()")
    steps.write_text(misspelt, "utf-8")
    outcome = run(house, "mypy", "features/steps/doorbell.py")
    assert '"Visitor" has no attribute "wrings"' in outcome.stdout, outcome.stdout + outcome.stderr
