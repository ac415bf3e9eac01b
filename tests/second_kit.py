"""Runs the suite against a service that another team wrote, as a user would: with a target file and a command."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml

from earshot.evidence.record import read_results
from earshot.evidence.results import ScenarioResult
from earshot.evidence.verdicts import Category

ROOT = Path(__file__).parents[1]
NAME = "the service of another team"


@contextmanager
def second_service(system: str, *options: str) -> Iterator[list[str]]:
    """Run the second service of a system, and yield its address and, where it has one, that of its control plane."""
    command = [sys.executable, "-m", f"tests.second_{system}", *options]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None and process.stdout is not None
        yield process.stdout.readline().split()
        process.stdin.close()


def run(
    folder: Path, system: str, address: str, tags: str, features: str = "", **granted: object
) -> tuple[int, list[ScenarioResult]]:
    """Return exit code and results of a system's features, with a target file of an address and what is given.

    What nobody can be held to has to be skipped with a reason.
    """
    target = folder / "target.yaml"
    target.write_text(yaml.safe_dump({"name": NAME, "endpoints": {system: {"http": address}}, **granted}))
    results = folder / "results"
    options = ["--jobs=4", f"--results={results}", f"-Dtarget={target}", f"--tags={tags} and not @alone and not @slow"]
    command = [sys.executable, "-m", "earshot", "run", *options, f"features/{system}/{features}"]
    outcome = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=False)
    found = read_results(results)
    assert all(result.category is Category.NOT_CHECKED for result in found if result.verdict == "skipped")
    return outcome.returncode, found


def wrong(results: Iterable[ScenarioResult]) -> dict[str, str]:
    """Return why each did not pass that was checked."""
    return {result.full_name: result.message for result in results if result.verdict not in ("passed", "skipped")}


def shares_no_code(system: str) -> bool:
    """Whether the second service of a system imports nothing of the suite or the reference."""
    words = " ".join(file.read_text("utf-8") for file in (ROOT / "tests" / f"second_{system}").glob("*.py"))
    return not any(f"import {name}" in words or f"from {name}" in words for name in ("earshot", "reference"))
