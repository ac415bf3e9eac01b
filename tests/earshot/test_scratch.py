"""What a killed run left is removed by the next, and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from earshot.scratch import named_for

KILLED = """
import os, signal, tempfile
from earshot.scratch import named_for
print(tempfile.mkdtemp(prefix=named_for("run")), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)


def test_the_folder_of_a_killed_run_is_swept_by_the_next(tmp_path: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED], stdout=subprocess.PIPE, text=True, check=False)
    left = Path(killed.stdout.strip())
    (left / "run.log").write_text("half a line")
    assert left.parent == tmp_path
    name = named_for("run")
    assert not left.exists()
    assert name == f"earshot-run-{os.getpid()}-"


@pytest.mark.parametrize("name", ["earshot-run-PID-abc", "earshot-notes", "earshot-x-1", "mine-run-999999999-abc", "a"])
def test_what_is_in_use_or_nobody_s_stays(name: str, tmp_path: Path) -> None:
    folder = tmp_path / name.replace("PID", str(os.getppid()))
    folder.mkdir()
    named_for("run")
    assert folder.is_dir()
