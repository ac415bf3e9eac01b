"""A service that is started beside a run is gone afterwards, whatever happens."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from pathlib import Path

import pytest

from earshot.failures import TargetUnreachable
from earshot.running import backend
from earshot.running.backend import started

CHILD = "import time; time.sleep(60)"
SERVICE = f"import os,subprocess,sys,time; subprocess.Popen([sys.executable, '-c', {CHILD!r}]); "


def script(folder: Path, text: str) -> str:
    file = folder / "service.py"
    file.write_text(f"{SERVICE}open({str(folder / 'up')!r}, 'w').write(str(os.getpid()))\n{text}")
    return f"{sys.executable} {file}"


def group(folder: Path) -> int:
    deadline = time.monotonic() + 10
    while not (folder / "up").exists() or not (folder / "up").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return int((folder / "up").read_text())


def assert_gone(group: int) -> None:
    """Insist that nobody of a group of processes runs; one that nobody asks after may be left as a zombie."""
    listed = subprocess.run(["ps", "-A", "-o", "pgid=,stat="], capture_output=True, text=True, check=True).stdout
    assert [line for line in listed.splitlines() if line.split()[0] == str(group) and "Z" not in line] == []


@pytest.mark.parametrize("kind", [KeyboardInterrupt, ValueError])
def test_what_it_started_is_gone_too_also_after_an_interruption(tmp_path: Path, kind: type[BaseException]) -> None:
    service = 0
    with contextlib.suppress(kind), started(script(tmp_path, CHILD)):
        service = group(tmp_path)
        raise kind
    assert_gone(service)


def test_one_that_does_not_stop_when_asked_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backend, "STOPS_WITHIN_S", 0.2)
    with started(
        script(
            tmp_path,
            f"import signal; signal.signal(15, signal.SIG_IGN); open({str(tmp_path / 'deaf')!r}, 'w')\n{CHILD}",
        )
    ):
        service = group(tmp_path)
        while not (tmp_path / "deaf").exists():
            time.sleep(0.01)
    assert_gone(service)


def test_what_it_said_last_is_told_if_it_failed(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with started(script(tmp_path, "sys.exit('no port is free')")):
        group(tmp_path)
        time.sleep(0.2)
    assert "ended with 1: no port is free" in capfd.readouterr().err
    with (
        pytest.raises(TargetUnreachable, match="should be started by `no-such-command x`"),
        started("no-such-command x"),
    ):
        pass
