"""The program: its ready line, its end, and what it says when it cannot start."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from earshot.targets.control import Control
from tests.reference.service_kit import SECRET, token

ROOT = Path(__file__).parents[2]
Process = subprocess.Popen[str]


def start(*options: str, secret: str = SECRET, **environment: str) -> Process:
    return subprocess.Popen(
        [sys.executable, "-m", "reference", "--recogniser", "scripted", *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=os.environ | {"EARSHOT_TOKEN_SECRET": secret} | environment,
    )


def ready_line(process: Process) -> dict[str, Any]:
    assert process.stdout is not None
    line: dict[str, Any] = json.loads(process.stdout.readline())
    return line


@pytest.fixture
def processes() -> Iterator[list[Process]]:
    started: list[Process] = []
    yield started
    for process in started:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()


def test_it_says_when_it_is_ready_and_ends_with_its_input(processes: list[Process], tmp_path: Path) -> None:
    log = tmp_path / "log"
    process = start("--stop-with-stdin", "--log-file", str(log), "--log-level", "DEBUG", "--table-prefix", "p-")
    processes.append(process)
    ready = ready_line(process)
    assert ready["ready"] is True and ready["pid"] == process.pid
    assert ready["tables"]["Sessions"] == "p-Sessions"
    assert ready["settings"]["MAX_LISTENERS_PER_SESSION"] == 500
    jwt = token("a-user-id")
    url = f"{ready['endpoints']['broadcast']['ws']}?action=createSession&sourceLanguage=en&token={jwt}"
    with connect(url) as speaker:
        created = json.loads(speaker.recv())
        speaker.send(b"\x01\x02" * 1600)
        assert json.loads(speaker.recv())["type"] == "audioReceived"
        assert process.stdin is not None
        process.stdin.close()
        assert json.loads(speaker.recv())["type"] == "sessionEnded"
        with pytest.raises(ConnectionClosed) as closed:
            speaker.recv()
    assert closed.value.rcvd is not None and closed.value.rcvd.code == 1000
    assert process.wait(10) == 0
    emulator = socket.socket()
    host, port = ready["aws_endpoint"].removeprefix("http://").split(":")
    assert emulator.connect_ex((host, int(port))) != 0
    emulator.close()
    written = log.read_text()
    lines = [json.loads(line) for line in written.splitlines()]
    assert any(line.get("correlationId") == created["sessionId"] for line in lines)
    for secret in (jwt, SECRET, "a-user-id", created["connectionId"], "AQIBAgEC"):
        assert secret not in written


def test_it_holds_conversations_and_leaves_nothing_of_them(
    processes: list[Process], tmp_path: Path, emulator_url: str
) -> None:
    log, key, audio = tmp_path / "log", "sk-nobody-may-see-this", tmp_path / "audio"
    audio.mkdir()
    process = start(
        *("--log-file", str(log), "--log-level", "DEBUG", "--aws-endpoint", emulator_url, "--table-prefix", "talk-"),
        ASSISTANT_OPENAI_KEY=key,
        ASSISTANT_BACKEND="openai",
        TMPDIR=str(audio),
    )
    processes.append(process)
    ready = ready_line(process)
    assert ready["settings"]["ASSISTANT_OPENAI_KEY"] is True
    address = ready["endpoints"]["conversation"]["http"]
    assert address.startswith("http://127.0.0.1:")
    with connect(address.replace("http", "ws") + "/ws/audio") as caller:
        for frame, answer in (
            ('{"type": "session", "session_id": "s-1"}', "session_ack"),
            (b"\1\0" * 1600, "chunk_received"),
            ('{"type": "segment_end"}', "chatbot_response"),
        ):
            caller.send(frame)
            assert json.loads(caller.recv())["type"] == answer
        assert json.loads(caller.recv())["type"] == "segment_processed"
        assert len(list(audio.glob("earshot-audio-*"))) == 1
        process.send_signal(signal.SIGTERM)
        with pytest.raises(ConnectionClosed) as closed:
            caller.recv()
    assert closed.value.rcvd is not None and closed.value.rcvd.code == 1001
    assert process.wait(10) == 0
    assert list(audio.iterdir()) == []
    assert process.stdout is not None
    assert key not in log.read_text() + json.dumps(ready) + process.stdout.read()


def test_what_was_made_to_wait_does_not_keep_it_from_ending(processes: list[Process], emulator_url: str) -> None:
    process = start("--control-port", "0", "--aws-endpoint", emulator_url, "--table-prefix", "wait-")
    processes.append(process)
    ready = ready_line(process)
    control = Control(ready["control_url"], ready["control_token"])
    held = [
        control.order("handler", "stall", times=1, action="session"),
        control.order("recogniser.start", "stall"),
    ]
    with connect(ready["endpoints"]["conversation"]["ws"]) as caller:
        caller.send('{"type": "session", "session_id": "s-1"}')
        while not all(control.now(one).times_struck for one in held):
            continue
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    control.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_order(processes: list[Process], number: signal.Signals) -> None:
    process = start()
    processes.append(process)
    ready_line(process)
    process.send_signal(number)
    assert process.wait(10) == 0


def test_it_says_in_one_sentence_why_it_cannot_start(emulator_url: str) -> None:
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    taken.listen()
    port = taken.getsockname()[1]
    for options, secret, code, sentence in [
        (["--port", str(port), "--aws-endpoint", emulator_url], SECRET, 1, f"Port {port} of 127.0.0.1"),
        (["--conversation-port", str(port), "--aws-endpoint", emulator_url], SECRET, 1, f"Port {port} of 127.0.0.1"),
        (["--host", "0.0.0.0"], SECRET, 2, "--host wants an address of this machine"),
        (["--max-message-size-bytes", "5"], SECRET, 2, "--max-message-size-bytes wants 1024 to"),
        ([], "short", 2, "A token secret of at least 32 bytes"),
    ]:
        _, complaint = (process := start(*options, secret=secret)).communicate(timeout=20)
        assert (process.returncode, complaint.count("\n")) == (code, 1), complaint
        assert sentence in complaint
    taken.close()
