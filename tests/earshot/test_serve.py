"""`python -m earshot serve`, as a curious person uses it."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.asyncio.client import connect

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def served() -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "earshot", "serve"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    yield process
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


def test_what_is_printed_is_enough_to_speak_and_to_listen(served: subprocess.Popen[str]) -> None:
    assert served.stdout is not None
    urls: list[str] = []
    for line in served.stdout:
        urls += re.findall(r"^(?:  |Connect to )(ws://[^\s,]+)", line)
        if len(urls) == 3:
            break
    speaker, listener, user = urls

    async def talk() -> tuple[dict[str, object], dict[str, object]]:
        async with asyncio.timeout(10), connect(speaker, proxy=None) as speaking:
            created = json.loads(await speaking.recv())
            async with connect(listener.replace("SESSION", created["sessionId"]), proxy=None) as listening:
                return created, json.loads(await listening.recv())

    async def converse() -> dict[str, object]:
        async with asyncio.timeout(10), connect(user, proxy=None) as talking:
            await talking.send('{"type": "session", "session_id": "curious"}')
            return dict(json.loads(await talking.recv()))

    assert asyncio.run(converse()) == {"type": "session_ack", "session_id": "curious"}
    created, joined = asyncio.run(talk())
    assert (created["type"], joined["type"]) == ("sessionCreated", "sessionJoined")
    for line in served.stdout:
        if "session created" in line:
            assert re.match(r"\d\d:\d\d:\d\d\.\d{3}  session created  ", line)
            assert str(created["sessionId"]) in line
            break
    served.send_signal(signal.SIGINT)
    rest, _ = served.communicate(timeout=10)
    assert served.returncode == 0
    assert rest.endswith("Stopped.\n")
    assert "Traceback" not in rest
