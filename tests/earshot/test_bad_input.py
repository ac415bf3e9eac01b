"""What a run says and leaves behind when its input or its surroundings are not as they should be.

Each test runs behave as a user does, in a process of its own.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from earshot.evidence.record import read_results, what_is_missing

ROOT = Path(__file__).resolve().parents[2]
ENDS_WITHIN_S = 60
FEATURE = "features/broadcast/hearing_a_talk.feature"
SCENARIO = ("--name", "A talk is heard in Spanish$", FEATURE)
SECRET = "a secret of thirty-two bytes or more"


def behave(*arguments: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "behave", *into(folder), *arguments, *SCENARIO],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=ENDS_WITHIN_S,
    )


def into(folder: Path) -> list[str]:
    """Options that keep the results of this run away from those of the project."""
    return ["-f", "allure_behave.formatter:AllureFormatter", "-o", str(folder / "results"), "-f", "plain"]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project that may be damaged."""
    copy = tmp_path / "project"
    for part in ("earshot", "reference", "features", "contract", "audio_samples"):
        shutil.copytree(ROOT / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "behave.ini", copy)
    return copy


def behave_in(project: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "behave", *SCENARIO],
        cwd=project,
        capture_output=True,
        text=True,
        timeout=ENDS_WITHIN_S,
    )


def sentence_of(run: subprocess.CompletedProcess[str]) -> str:
    """The line that says what is wrong; fails when there is a traceback or a good exit code."""
    assert run.returncode != 0
    assert "Traceback" not in run.stdout + run.stderr
    lines = [line for line in run.stdout.splitlines() if line.startswith("HOOK-ERROR in before_all")]
    assert len(lines) == 1, run.stdout
    return lines[0]


def test_unknown_option_is_named_with_the_nearest_known_one(tmp_path: Path) -> None:
    sentence = sentence_of(behave("-D", "ws_ulr=ws://127.0.0.1:1", folder=tmp_path))
    assert "'ws_ulr'" in sentence
    assert "did you mean ws_url?" in sentence


def test_unreachable_target_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:  # bound and not listening: nobody answers there, and nobody else can
        taken.bind(("127.0.0.1", 0))
        address = f"ws://127.0.0.1:{taken.getsockname()[1]}/broadcast"
        sentence = sentence_of(behave("-D", f"ws_url={address}", folder=tmp_path, EARSHOT_TOKEN_SECRET=SECRET))
    assert f"TargetUnreachable: the target {address} cannot be reached" in sentence
    results = read_results(tmp_path / "results")
    assert {result.name: result.verdict for result in results} == {
        "Beginning the run": "broken",
        "A talk is heard in Spanish": "not run",
    }
    assert what_is_missing(tmp_path / "results") == "the run was cut off: 1 of 1 scenarios were not run"


def test_target_without_token_secret_says_which_variable_to_set(tmp_path: Path) -> None:
    sentence = sentence_of(behave("-D", "ws_url=ws://127.0.0.1:1", folder=tmp_path, EARSHOT_TOKEN_SECRET=""))
    assert "EARSHOT_TOKEN_SECRET" in sentence


def test_broken_sample_is_named_before_anything_runs(project: Path) -> None:
    (project / "audio_samples/clips/welcome-to-lisbon.wav").write_bytes(b"RIFF, but no sound")
    sentence = sentence_of(behave_in(project))
    assert "clips/welcome-to-lisbon.wav" in sentence


@pytest.mark.parametrize(
    ("module", "who"),
    [
        ("reference/storage/emulator.py", "the state store (moto) did not start"),
        ("reference/__main__.py", "the reference backend did not start"),
    ],
)
def test_service_that_does_not_start_is_named_with_its_last_words(project: Path, module: str, who: str) -> None:
    (project / module).write_text("raise SystemExit('no room on this machine')\n")
    sentence = sentence_of(behave_in(project))
    assert who in sentence
    assert "no room on this machine" in sentence


def test_undefined_step_fails_the_run(project: Path) -> None:
    feature = project / FEATURE
    feature.write_text(feature.read_text().replace("When Ana says", "When Ana sings", 1))
    run = behave_in(project)
    assert run.returncode != 0
    assert "When Ana sings" in run.stdout


def test_reference_on_a_taken_port_says_so() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        run = subprocess.run(
            [sys.executable, "-m", "reference", "--port", str(port)],
            cwd=ROOT,
            env={**os.environ, "EARSHOT_TOKEN_SECRET": SECRET},
            capture_output=True,
            text=True,
            timeout=ENDS_WITHIN_S,
        )
    assert run.returncode != 0
    assert f"Port {port}" in run.stderr
    assert "Traceback" not in run.stderr


@pytest.fixture
def running(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A run that has reached its first step."""
    run = subprocess.Popen(
        [sys.executable, "-u", "-m", "behave", *into(tmp_path), FEATURE],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert run.stdout is not None
    for line in run.stdout:
        if b"Given" in line:
            break
    yield run
    run.stdout.close()
    run.kill()
    run.wait()


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL, signal.SIGTERM], ids=["ctrl-c", "killed", "terminated"])
def test_nothing_is_left_running(running: subprocess.Popen[bytes], end: signal.Signals) -> None:
    family = descendants(running.pid)
    assert len(family) >= 3, "expected the state store, the reference and its speech worker"
    running.send_signal(end)
    eventually(lambda: running.poll() is not None, "behave ends")
    assert running.returncode != 0
    eventually(lambda: not (family & processes().keys()), f"all of {family} end")


def processes() -> dict[int, int]:
    """Every process that is not a zombie, with its parent."""
    listing = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,stat="], capture_output=True, text=True, check=True)
    rows = [line.split() for line in listing.stdout.splitlines()]
    return {int(pid): int(parent) for pid, parent, state in rows if not state.startswith("Z")}


def descendants(pid: int) -> set[int]:
    parents = processes()
    family: set[int] = set()
    while grown := {child for child, parent in parents.items() if parent in family | {pid}} - family:
        family |= grown
    return {child for child in family if child != os.getpid()}


def eventually(happens: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + ENDS_WITHIN_S
    while not happens():
        assert time.monotonic() < deadline, f"waited {ENDS_WITHIN_S} s in vain: {what}"
        time.sleep(0.05)
