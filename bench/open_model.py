"""Compares what stopwatches add to known delays: 500 connections, 10 messages a second each.

    python bench/open_model.py [--connections 500] [--seconds 3] [--rounds 5]

A service in a process of its own holds each answer back for a known time, from 10 to 50 ms, and says in the answer for
how long it really did. Whatever a client reports beyond that is the stopwatch's error. In each round three clients
measure, one after the other:

* plain: the default event loop, a task for each connection that sleeps, sends, awaits recv(), then looks at the clock;
* Earshot: uvloop, arrivals stamped in the transport, one open-model plan, latency from the due time;
* floor: a protocol written by hand, on the same plan, that stamps and does nothing else: what the machine allows.

Prints p99 errors, medians over the rounds with their spread, and the ratio. About 1½ minutes.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import uvloop
from websockets.asyncio.client import ClientConnection, connect

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.known_delays import ANSWER, QUESTION, service
from earshot.measure.collector import collector_paused
from earshot.measure.fitness import percentile_of
from earshot.measure.schedule import Schedule, keep_to
from earshot.wire.leg import StampingConnection

INTERVAL_MS = 100.0
LEAD_NS = 1_000_000_000
"""Between connecting and the first message, so that the rush of connecting is over."""
Client = Callable[[str, int, int], Awaitable["Found"]]


@dataclass
class Found:
    """What a client found: by how much each of its latencies was more than the time the answer was held back."""

    errors_ms: list[float] = field(default_factory=list)
    lateness_ms: list[float] = field(default_factory=list)
    """By how much each message was sent late; the error contains it where latency runs from the due time."""

    def add(self, began_ns: int, received_ns: int, held_ns: int) -> None:
        """Keep one error."""
        self.errors_ms.append((received_ns - began_ns - held_ns) / 1e6)


def hold_us(connection: int, number: int) -> int:
    """Return for how long an answer is to be held back: 10 to 50 ms, different for neighbours."""
    return 10_000 + (connection * 7919 + number * 104_729) % 40_001


def question(connection: int, number: int) -> bytes:
    """Return a message."""
    return QUESTION.pack(connection, number, hold_us(connection, number))


async def opened(url: str, count: int, kind: type[ClientConnection]) -> list[ClientConnection]:
    """Open so many connections, fifty at a time."""
    found: list[ClientConnection] = []
    while len(found) < count:
        some = range(min(50, count - len(found)))
        asked = (connect(url, create_connection=kind, compression=None, proxy=None, ping_interval=None) for _ in some)
        found += await asyncio.gather(*asked)
    return found


async def plain(url: str, count: int, messages: int) -> Found:
    """Measure as one would at first: sleep, send, receive, look at the clock."""
    found, connections = Found(), await opened(url, count, ClientConnection)
    began_ns = time.monotonic_ns() + LEAD_NS

    async def converse(number: int, connection: ClientConnection) -> None:
        for k, due_ns in enumerate(Schedule(messages, INTERVAL_MS, number * INTERVAL_MS / count).due_ns(began_ns)):
            await asyncio.sleep(max(0, due_ns - time.monotonic_ns()) / 1e9)
            sent_ns = time.monotonic_ns()
            await connection.send(question(number, k))
            answer = await connection.recv()
            received_ns = time.monotonic_ns()
            assert isinstance(answer, bytes)
            found.add(sent_ns, received_ns, ANSWER.unpack(answer)[2])
            found.lateness_ms.append((sent_ns - due_ns) / 1e6)

    await asyncio.gather(*(converse(number, connection) for number, connection in enumerate(connections)))
    await asyncio.gather(*(connection.close() for connection in connections))
    return found


def merged(count: int, messages: int, began_ns: int) -> list[tuple[int, int, int]]:
    """Return the plan of all connections together: when which connection sends which message."""
    plans = [Schedule(messages, INTERVAL_MS, number * INTERVAL_MS / count) for number in range(count)]
    return sorted((due, number, k) for number, plan in enumerate(plans) for k, due in enumerate(plan.due_ns(began_ns)))


async def earshot(url: str, count: int, messages: int) -> Found:
    """Measure as Earshot does."""
    found, connections = Found(), await opened(url, count, StampingConnection)
    plan = merged(count, messages, time.monotonic_ns() + LEAD_NS)
    due_ns = {(number, k): due for due, number, k in plan}

    async def read(connection: StampingConnection) -> None:
        for _ in range(messages):
            answer = await connection.recv()
            assert isinstance(answer, bytes)
            number, k, held_ns = ANSWER.unpack(answer)
            found.add(due_ns[number, k], connection.arrivals_ns.popleft(), held_ns)

    async def send(position: int, _due_ns: int) -> None:
        _, number, k = plan[position]
        await connections[number].send(question(number, k))

    readers = [asyncio.create_task(read(c)) for c in connections if isinstance(c, StampingConnection)]
    with collector_paused():
        sent_ns = await keep_to([due for due, _, _ in plan], send)
        await asyncio.gather(*readers)
    found.lateness_ms = [(sent - due) / 1e6 for (due, _, _), sent in zip(plan, sent_ns, strict=True)]
    await asyncio.gather(*(connection.close() for connection in connections))
    return found


class _Bare(asyncio.Protocol):
    """The least a client can do: note the time, and put frames aside."""

    def __init__(self) -> None:
        self.came: list[tuple[int, bytes]] = []
        self.is_open = asyncio.get_running_loop().create_future()

    def data_received(self, data: bytes) -> None:
        now_ns = time.monotonic_ns()
        if self.is_open.done():
            self.came.append((now_ns, data))
        else:
            self.is_open.set_result(None)


async def floor(url: str, count: int, messages: int) -> Found:
    """Measure with nothing but a clock and a transport."""
    loop, found = asyncio.get_running_loop(), Found()
    port = int(url.rstrip("/").rpartition(":")[2])
    ends = []
    for _ in range(count):
        transport, protocol = await loop.create_connection(_Bare, "127.0.0.1", port)
        transport.write(b"GET / HTTP/1.1\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n")
        await protocol.is_open
        ends.append((transport, protocol))
    plan = merged(count, messages, time.monotonic_ns() + LEAD_NS)
    frames = [bytes((0x82, 0x80 | QUESTION.size, 0, 0, 0, 0)) + question(number, k) for _, number, k in plan]

    async def send(position: int, _due_ns: int) -> None:
        ends[plan[position][1]][0].write(frames[position])

    size = 2 + ANSWER.size
    with collector_paused():
        sent_ns = await keep_to([due for due, _, _ in plan], send)
        while sum(len(data) for _, protocol in ends for _, data in protocol.came) < size * len(plan):
            await asyncio.sleep(0.01)
    due_ns = {(number, k): due for due, number, k in plan}
    for transport, protocol in ends:
        for received_ns, data in protocol.came:
            for at in range(0, len(data), size):
                number, k, held_ns = ANSWER.unpack(data[at + 2 : at + size])
                found.add(due_ns[number, k], received_ns, held_ns)
        transport.close()
    found.lateness_ms = [(sent - due) / 1e6 for (due, _, _), sent in zip(plan, sent_ns, strict=True)]
    return found


CLIENTS: dict[str, tuple[Callable[[Awaitable[Found]], Found], Client]] = {
    "plain": (asyncio.run, plain),  # type: ignore[dict-item]
    "Earshot": (uvloop.run, earshot),  # type: ignore[dict-item]
    "floor": (uvloop.run, floor),  # type: ignore[dict-item]
}


def spread(values: Sequence[float]) -> str:
    """Say the median and the range of some rounds."""
    return f"{statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})"


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--connections", type=int, default=500)
    options.add_argument("--seconds", type=float, default=3.0)
    options.add_argument("--rounds", type=int, default=5)
    given = options.parse_args()
    began, messages = time.monotonic(), round(given.seconds * 1000 / INTERVAL_MS)
    rounds: dict[str, list[Found]] = {name: [] for name in CLIENTS}
    with service() as url:
        for number in range(given.rounds):
            for name, (run, client) in CLIENTS.items():
                before_s = time.process_time()
                found = run(client(url, given.connections, messages))
                rounds[name].append(found)
                error_ms, busy_s = percentile_of(found.errors_ms, 99), time.process_time() - before_s
                print(
                    f"round {number + 1}, {name}: {len(found.errors_ms)} exchanges, p99 error {error_ms:.2f} ms, "
                    f"{busy_s:.1f} s of processor time",
                    flush=True,
                )
    print(f"\nErrors in ms; median of {given.rounds} rounds and range; load average {os.getloadavg()[0]:.1f}\n")
    print("| client | p50 | p95 | p99 | p99 of sending late |\n|---|---|---|---|---|")
    for name, founds in rounds.items():
        columns = [spread([percentile_of(f.errors_ms, p) for f in founds]) for p in (50, 95, 99)]
        print(f"| {name} | {' | '.join(columns)} | {spread([percentile_of(f.lateness_ms, 99) for f in founds])} |")
    p99 = {name: [percentile_of(found.errors_ms, 99) for found in founds] for name, founds in rounds.items()}
    ratios = [own / peer for own, peer in zip(p99["Earshot"], p99["plain"], strict=True)]
    above = [own / least for own, least in zip(p99["Earshot"], p99["floor"], strict=True)]
    kept = statistics.median(p99["Earshot"]) <= 2 or statistics.median(ratios) <= 0.5
    print(f"\nEarshot : plain, p99: {spread(ratios)}; Earshot : floor: {spread(above)}.")
    said = "kept" if kept else "MISSED"
    print(f"Target: p99 at most 2 ms, or half of plain: {said}; {time.monotonic() - began:.0f} s.")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
