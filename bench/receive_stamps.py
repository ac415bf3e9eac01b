"""Compares how late clients note that a frame came, with 200 and with 500 listeners who all get it at once.

    python bench/receive_stamps.py [--listeners 200 500] [--frames 20] [--rounds 5]

A server in a process of its own sends a frame of 4.4 kB (100 ms of audio) to every listener, one after the other, every
0.4 s, so that every client is through with a frame before the next. It notes when it handed each to the operating
system; what a client notes later than that is its error. In each round three clients listen, one after the other,
each in one process:

* plain: `websockets` on the default event loop, a task for each connection that awaits recv(), then looks at the clock;
* Locust: a user for each connection, who receives by `websocket-client`, then looks at the clock, as its examples do;
* Earshot: a process of listeners (`earshot.broadcast.load.listening`).

Prints errors, medians over the rounds with their spread, and the ratios. About 5 minutes.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.by_hand import agreement, frame

EVERY_S = 0.4
PAYLOAD = "A" * 4_300
CLIENTS = ("plain", "Locust", "Earshot")


# -- the server: sockets written by hand, since anything else would be measured along


def serve(listeners: int, frames: int) -> None:
    """Take so many listeners, send the frames when told to on standard input, and print when each was handed over."""
    server = socket.create_server(("127.0.0.1", 0), backlog=1024)
    print(json.dumps({"port": server.getsockname()[1]}), flush=True)
    connections = []
    for number in range(listeners):
        connection, _ = server.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        head = b""
        while b"\r\n\r\n" not in head:
            head += connection.recv(4096)
        connection.sendall(agreement(head) + frame(json.dumps({"type": "sessionJoined", "place": number}).encode()))
        connections.append(connection)
    sys.stdin.readline()
    handed_ns: list[list[int]] = []
    due = time.monotonic() + 0.5
    for k in range(frames):
        message = {"type": "audio", "transcript": f"frame {k}", "audioData": PAYLOAD}
        data = frame(json.dumps(message).encode())
        time.sleep(max(0.0, due - time.monotonic()))
        due += EVERY_S
        row = []
        for connection in connections:
            row.append(time.monotonic_ns())
            connection.sendall(data)
        handed_ns.append(row)
    print(json.dumps(handed_ns), flush=True)
    sys.stdin.readline()


# -- the clients: each prints "ready", then, by place, when it noted each frame


def plain(url: str, listeners: int, frames: int) -> None:
    """Listen as one would at first."""
    from websockets.asyncio.client import connect

    async def listen() -> None:
        noted: dict[int, list[int]] = {}
        connections = [await connect(url, compression=None, proxy=None, ping_interval=None) for _ in range(listeners)]

        async def hear(connection: Any) -> None:
            place = json.loads(await connection.recv())["place"]
            times = noted[place] = []
            for _ in range(frames):
                await connection.recv()
                times.append(time.monotonic_ns())

        tasks = [asyncio.create_task(hear(connection)) for connection in connections]
        await asyncio.sleep(0.1)
        print("ready", flush=True)
        await asyncio.gather(*tasks)
        print(json.dumps([noted[place] for place in range(listeners)]), flush=True)

    asyncio.run(listen())


def locust(url: str, listeners: int, frames: int) -> None:
    """Listen as users of Locust do."""
    import gevent
    import websocket
    from locust import User, task
    from locust.env import Environment

    noted: dict[int, list[int]] = {}
    done = gevent.event.Event()
    finished = []

    class Listener(User):
        def on_start(self) -> None:
            self.connection = websocket.create_connection(url)
            self.place = json.loads(self.connection.recv())["place"]
            noted[self.place] = []

        @task
        def listen(self) -> None:
            for _ in range(frames):
                began = time.monotonic_ns()
                data = self.connection.recv()
                now = time.monotonic_ns()
                noted[self.place].append(now)
                self.environment.events.request.fire(
                    request_type="ws",
                    name="frame",
                    response_time=(now - began) / 1e6,
                    response_length=len(data),
                    exception=None,
                    context={},
                )
            finished.append(self)
            if len(finished) == listeners:
                done.set()
            gevent.sleep(3600)

    runner = Environment(user_classes=[Listener]).create_local_runner()
    runner.start(listeners, spawn_rate=500)
    while len(noted) < listeners:
        gevent.sleep(0.05)
    gevent.sleep(0.3)
    print("ready", flush=True)
    done.wait()
    print(json.dumps([noted[place] for place in range(listeners)]), flush=True)


def earshot(url: str, listeners: int, frames: int) -> None:
    """Listen as a process of Earshot's audience does."""
    from earshot.broadcast.load.listening import ListenerGroup
    from earshot.runtime import new_event_loop

    async def listen() -> None:
        group = ListenerGroup()
        for name in map(str, range(listeners)):  # one after the other, so that names are places
            order = {"url": url, "session": "s", "language": "en", "by": "transcript"}
            joined = await group.obey({"do": "join", **order, "names": [name], "addresses": ["198.18.0.1"]})
            assert joined["joined"] == 1, joined
        print("ready", flush=True)
        keys = [f"frame {k}" for k in range(frames)]
        ears = group._ears
        while any(len(ear.heard) < frames for ear in ears.values()):
            await asyncio.sleep(0.2)
        print(json.dumps([[ears[str(place)].heard[key] for key in keys] for place in range(listeners)]), flush=True)

    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(listen())


# -- putting it together


def errors_ms(client: str, listeners: int, frames: int) -> list[float]:
    """Return by how much each stamp of a client was later than the truth."""
    me, sizes = str(Path(__file__).resolve()), [str(listeners), str(frames)]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    server = subprocess.Popen([sys.executable, me, "--serve", *sizes], **pipes)
    assert server.stdin and server.stdout
    port = json.loads(server.stdout.readline())["port"]
    url = f"ws://127.0.0.1:{port}/"
    listening = subprocess.Popen(
        [sys.executable, me, "--client", client, url, *sizes], stdout=subprocess.PIPE, text=True
    )
    assert listening.stdout
    try:
        assert listening.stdout.readline() == "ready\n", f"{client} did not get ready"
        server.stdin.write("go\n")
        server.stdin.flush()
        handed = json.loads(server.stdout.readline())
        noted = json.loads(listening.stdout.readline())
    finally:
        server.kill()
        listening.kill()
    return [
        (noted[place][k] - handed[k][place]) / 1e6 for k in range(2, frames) for place in range(listeners)
    ]  # the first two warm up


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--listeners", type=int, nargs="+", default=[200, 500])
    options.add_argument("--frames", type=int, default=20)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--serve", nargs=2, type=int, help=argparse.SUPPRESS)
    options.add_argument("--client", nargs=4, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.serve:
        serve(*given.serve)
        return 0
    if given.client:
        name, url, listeners, frames = given.client
        parts: dict[str, Callable[[str, int, int], None]] = {"plain": plain, "Locust": locust, "Earshot": earshot}
        parts[name](url, int(listeners), int(frames))
        return 0
    kept = True
    for listeners in given.listeners:
        found: dict[str, list[list[float]]] = {client: [] for client in CLIENTS}
        for number in range(given.rounds):
            for client in CLIENTS:
                found[client].append(sorted(errors_ms(client, listeners, given.frames)))
                p50, p95 = at(found[client][-1], 50), at(found[client][-1], 95)
                print(
                    f"{listeners} listeners, round {number + 1}, {client}: p50 {p50:.2f} ms, p95 {p95:.2f} ms",
                    flush=True,
                )
        print(
            f"\n{listeners} listeners; ms, median of {given.rounds} rounds and range; load {os.getloadavg()[0]:.1f}\n"
        )
        print("| client | p50 | p95 | p99 |\n|---|---|---|---|")
        for client, rounds in found.items():
            print(f"| {client} | {' | '.join(spread([at(each, p) for each in rounds]) for p in (50, 95, 99))} |")
        for percentile in (50, 95):
            for peer in ("plain", "Locust"):
                pairs = zip(found["Earshot"], found[peer], strict=True)
                ratios = [at(own, percentile) / at(other, percentile) for own, other in pairs]
                print(f"Earshot : {peer}, p{percentile}: {spread(ratios, 3)}")
                if (listeners, peer, percentile) in TARGETS:
                    target = TARGETS[listeners, peer, percentile]
                    held = statistics.median(ratios) <= target
                    kept = kept and held
                    print(f"    target at most {target:g}: {'kept' if held else 'MISSED'}")
        print()
    return 0 if kept else 1


TARGETS = {(500, "plain", 95): 0.1, (200, "Locust", 50): 0.25}


def at(ordered: Sequence[float], percentile: float) -> float:
    """Return a percentile of values in order."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * percentile / 100))]


def spread(values: Sequence[float], digits: int = 2) -> str:
    """Say the median and the range of some rounds."""
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"


if __name__ == "__main__":
    sys.exit(main())
