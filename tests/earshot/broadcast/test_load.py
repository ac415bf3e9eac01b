"""Load: Locust with two worker processes on loopback, a start barrier, nothing lost, a verdict and a result."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from earshot.cli import main
from earshot.evidence.budgets import read

ROOT = Path(__file__).resolve().parents[3]
LONG_ENOUGH_FOR_ANY_MACHINE = ["--within", "60000"]


def load(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "earshot", "load", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize("messages", ["speech", "controls"])
def test_two_workers_hear_everything(tmp_path: Path, messages: str) -> None:
    pytest.importorskip("gevent", reason="Locust is not installed")
    talk = {
        "speech": ["--seconds", "3", "--per-second", "20"],
        "controls": ["--seconds", "2", "--percentile", "100"],
    }[messages]
    ran = load(
        *("--listeners", "30", "--workers", "2", "--messages", messages, "--results", str(tmp_path)),
        *talk,
        *LONG_ENOUGH_FOR_ANY_MACHINE,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "All 30 are here" in ran.stdout
    assert "none lost" in ran.stdout
    assert "over all 30 listeners" in ran.stdout
    assert "nobody missed anything" in ran.stdout
    [file] = tmp_path.glob("*-result.json")
    result = json.loads(file.read_text("utf-8"))
    assert result["status"] == "passed"
    [measured] = read(tmp_path, result)
    assert (measured.limit_ms, measured.outcome) == (60_000, "pass")


def test_locust_meets_nothing_else_of_earshot() -> None:
    own = {"locust_master.py", "locust_worker.py"}
    users = {
        file.name
        for file in (ROOT / "earshot").rglob("*.py")
        if re.search(r"^\s*(?:import|from) (?:locust|gevent)", file.read_text("utf-8"), re.MULTILINE)
    }
    assert users == own


def test_a_worker_says_whom_it_expects(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("gevent", reason="Locust is not installed")
    assert main(["load", "--join", "nowhere"]) == 2
    assert "expected HOST:PORT as the other run says it, got 'nowhere'" in capsys.readouterr().err


def test_other_machines_cannot_reach_what_runs_on_loopback(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("gevent", reason="Locust is not installed")
    assert main(["load", "--elsewhere", "1"]) == 2
    assert "other machines cannot reach the embedded service" in capsys.readouterr().err


def test_without_locust_it_says_what_to_install(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    assert main(["load"]) == 2
    assert "pip install -r requirements-load.txt" in capsys.readouterr().err
