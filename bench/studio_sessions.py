"""Measures how many live sessions the studio's reference serves at once, and what they cost.

    python bench/studio_sessions.py [--sessions 20] [--seconds 20] [--rounds 3] [--many 500]

All sessions send 100 ms of noise ten times a second, by a fixed plan, through all eleven stages; in turns with that,
through input and output only, which is what sockets and JSON cost. A round trip is taken from when a piece was due to
when its metrics are there. Then sessions are opened and stay, for what one takes of memory, and many come and go, for
what is left of them. Memory is that of the service and of the process in which its stages work, in private pages.

Prints medians over the rounds with their spread, and the ratios. About 4 minutes; pieces are counted, none is lost
unseen.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import math
import os
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from websockets.asyncio.client import ClientConnection, connect

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from reference.studio.dsp.parameters import CATALOGUE

ROOT = Path(__file__).resolve().parents[1]
EVERY_S = 0.1
P95_LIMIT_MS, SESSION_LIMIT_MIB, LEFT_LIMIT_MIB = 100.0, 2.0, 5.0
STAGES = list(CATALOGUE)
PIPELINES = {"all eleven stages": STAGES, "input and output only": ["input", "output"]}
NOISE = np.random.default_rng(7).normal(0, 1000, 1600).astype("<i2").tobytes()
PIECE = json.dumps({"type": "audio_chunk", "data": base64.b64encode(NOISE).decode()})


class Service:
    """The reference, in a process of its own."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "reference", "--stop-with-stdin", "--log-file", os.devnull]
        environment = {**os.environ, "EARSHOT_TOKEN_SECRET": "s" * 32}
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self._process.stdout is not None
        ready = json.loads(self._process.stdout.readline())
        self._http, self._ws = ready["endpoints"]["studio"]["http"], ready["endpoints"]["studio"]["ws"]

    def stop(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def starts(self, stages: Sequence[str]) -> str:
        pipeline = {"pipeline_id": "b", "name": "B", "stages": {one: {} for one in stages}, "connections": []}
        return str(self._asks("POST", "/start", {"pipeline_config": pipeline})["session_id"])

    def stops(self, session_id: str) -> None:
        self._asks("DELETE", f"/{session_id}")

    async def connects(self, session_id: str) -> ClientConnection:
        return await connect(f"{self._ws}/api/pipeline/realtime/{session_id}", compression=None)

    def memory_mib(self) -> float:
        """Return the private memory of the service and of those that work on sound for it."""
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        workers = [one for one in children if "studio.dsp" in Path(f"/proc/{one}/cmdline").read_text()]
        assert workers, "the stages work nowhere"
        return sum(_private_mib(pid) for pid in (str(self._process.pid), *workers))

    def _asks(self, method: str, path: str, body: object = None) -> Any:
        content = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self._http}/api/pipeline/realtime{path}", content, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)


async def stream(service: Service, stages: Sequence[str], sessions: int, pieces: int) -> list[float]:
    """Return the round trips of all pieces in ms; of one that is lost, infinity."""
    ids = [await asyncio.to_thread(service.starts, stages) for _ in range(sessions)]
    sockets = [await service.connects(one) for one in ids]
    begin_s = time.perf_counter() + 0.5
    offsets = [EVERY_S * at / sessions for at in range(sessions)]
    took = await asyncio.gather(
        *(_streamed(socket, begin_s + offset, pieces) for socket, offset in zip(sockets, offsets, strict=True))
    )
    for session_id, socket in zip(ids, sockets, strict=True):
        await socket.close()
        await asyncio.to_thread(service.stops, session_id)
    return [each for one in took for each in one]


async def _streamed(socket: ClientConnection, begin_s: float, pieces: int) -> list[float]:
    took = [math.inf] * pieces

    async def listen() -> None:
        for at in range(pieces):
            await socket.recv()
            assert json.loads(await socket.recv())["metrics"]["chunks_processed"] == at + 1
            took[at] = 1000 * (time.perf_counter() - begin_s - at * EVERY_S)

    listening = asyncio.create_task(listen())
    for at in range(pieces):
        await asyncio.sleep(max(0.0, begin_s + at * EVERY_S - time.perf_counter()))
        await socket.send(PIECE)
    await asyncio.wait([listening], timeout=10)
    return took


async def come_and_go(service: Service, sessions: int) -> None:
    for _ in range(sessions):
        session_id = await asyncio.to_thread(service.starts, STAGES)
        async with await service.connects(session_id) as socket:
            await socket.send(PIECE)
            await socket.recv()
            await socket.recv()
        await asyncio.to_thread(service.stops, session_id)


async def stay(service: Service, sessions: int) -> float:
    """Return how much memory each of so many sessions takes, in MiB, once each has heard a second of sound."""
    before = service.memory_mib()
    ids = [await asyncio.to_thread(service.starts, STAGES) for _ in range(sessions)]
    sockets = [await service.connects(one) for one in ids]
    for socket in sockets:
        for _ in range(10):
            await socket.send(PIECE)
        for _ in range(20):
            await socket.recv()
    taken = (service.memory_mib() - before) / sessions
    for session_id, socket in zip(ids, sockets, strict=True):
        await socket.close()
        await asyncio.to_thread(service.stops, session_id)
    return taken


async def measure(options: argparse.Namespace, service: Service) -> bool:
    pieces = round(options.seconds / EVERY_S)
    p95: dict[str, list[float]] = {name: [] for name in PIPELINES}
    lost = 0
    await stream(service, STAGES, 1, 5)
    each = await stay(service, 5 * options.sessions)
    for number in range(options.rounds):
        for name, stages in PIPELINES.items():
            took = sorted(await stream(service, stages, options.sessions, pieces))
            lost += sum(math.isinf(one) for one in took)
            p95[name].append(took[math.ceil(0.95 * len(took)) - 1])
            middle = statistics.median(took)
            print(f"round {number + 1}, {name}: median {middle:.1f} ms, p95 {p95[name][-1]:.1f}, most {took[-1]:.1f}")
    worked, passed = (statistics.median(p95[name]) for name in PIPELINES)
    spread = f"{min(p95['all eleven stages']):.1f} to {max(p95['all eleven stages']):.1f}"
    print(f"{options.sessions} sessions: p95 {worked:.1f} ms ({spread}), at most {P95_LIMIT_MS:g}; lost {lost}")
    print(f"stages against none: {worked / passed:.1f} times {passed:.1f} ms")
    print(f"memory of a session: {each:.2f} MiB, at most {SESSION_LIMIT_MIB:g}")
    await come_and_go(service, 20)
    before = service.memory_mib()
    await come_and_go(service, options.many)
    left = service.memory_mib() - before
    print(f"left after {options.many} sessions: {left:+.1f} MiB of {before:.0f}, at most {LEFT_LIMIT_MIB:g} either way")
    return worked <= P95_LIMIT_MS and not lost and each <= SESSION_LIMIT_MIB and abs(left) <= LEFT_LIMIT_MIB


def _private_mib(pid: str) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) / 1024


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--many", type=int, default=500)
    options = parser.parse_args()
    service = Service()
    try:
        return 0 if asyncio.run(measure(options, service)) else 1
    finally:
        service.stop()


if __name__ == "__main__":
    sys.exit(main())
