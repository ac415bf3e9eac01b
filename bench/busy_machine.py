"""Shows what a verdict is worth on a busy machine: whether a sound service is left alone, and a slow one found out.

    python bench/busy_machine.py [--loops 0 1 2]

A service of one process gets 40 messages a second on four connections; the budget is 50 ms for 95 %. So many busy loops
for each processor run beside it, each in a session of its own, since Linux deals the processors out to sessions. The
sound services work for 2 or 12 ms for each message, and the second cannot keep up where others use most of the
processors. The slow ones answer so much later, or work so long that even a processor to itself is too little. What
the verdict says of each is printed.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import cast

from websockets.asyncio.server import ServerConnection, serve

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from earshot.ledger import Kind, Ledger, Observation
from earshot.measure.budget import Budget
from earshot.measure.delays import Delay, Delays
from earshot.measure.floor import NullEcho
from earshot.measure.schedule import Schedule, keep_to
from earshot.measure.stopwatch import Stopwatch
from earshot.runtime import Runtime
from earshot.wire.echo import arrivals_of, stamped_echo

BUDGET = Budget(95, 50.0, lost_at_most=0.0, things="messages")
CONNECTIONS, COUNT, INTERVAL_MS = 4, 20, 100.0
PATIENCE_S = 120.0
SERVICES = (
    ("sound", 2.0, 0.0),
    ("sound, with more work", 12.0, 0.0),
    ("60 ms late", 2.0, 60.0),
    ("120 ms late", 2.0, 120.0),
    ("3 s late", 2.0, 3000.0),
    ("too much work", 40.0, 0.0),
)
"""What to call them, how long they work for each message, and how long they hold back the answer, in ms."""
LOOP = """
import os
if pid := os.fork():
    print(pid)
else:
    os.setsid()
    os.close(1)
    while True:
        pass
"""


async def answers(work_ms: float, late_ms: float) -> None:
    """Be the service, until standard input closes."""

    async def answer(connection: ServerConnection) -> None:
        async with asyncio.TaskGroup() as tasks:
            async for message in connection:
                until = time.thread_time() + work_ms / 1000
                while time.thread_time() < until:
                    pass
                tasks.create_task(later(connection, message))

    async def later(connection: ServerConnection, message: str | bytes) -> None:
        await asyncio.sleep(late_ms / 1000)
        await connection.send(message)

    over, loop = asyncio.Event(), asyncio.get_running_loop()

    def wait_for_end() -> None:
        sys.stdin.buffer.read()
        loop.call_soon_threadsafe(over.set)

    threading.Thread(target=wait_for_end, daemon=True).start()
    async with serve(answer, "127.0.0.1", 0, compression=None, ping_interval=None) as server:
        print(json.dumps({"port": next(iter(server.sockets)).getsockname()[1]}), flush=True)
        await over.wait()


@contextlib.contextmanager
def service(work_ms: float, late_ms: float) -> Iterator[str]:
    """Yield the address of such a service."""
    command = [sys.executable, __file__, "--serve", str(work_ms), str(late_ms)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield f"ws://127.0.0.1:{json.loads(process.stdout.readline())['port']}/"
        process.stdin.close()


@contextlib.contextmanager
def busy(loops: int) -> Iterator[None]:
    """Keep each processor busy with so many loops that are nobody's children, as other people's work would be."""
    command = [sys.executable, "-c", LOOP]
    started = [int(subprocess.check_output(command)) for _ in range(loops * (os.cpu_count() or 1))]
    try:
        yield
    finally:
        for pid in started:
            os.kill(pid, signal.SIGKILL)


async def one_round(url: str) -> list[Delay]:
    async def one(offset_ms: float) -> list[Delay]:
        async with stamped_echo(url) as connection:
            due_ns = list(Schedule(COUNT, INTERVAL_MS, offset_ms).due_ns(time.monotonic_ns() + 1_000_000))
            reading = asyncio.create_task(arrivals_of(connection, COUNT))
            await keep_to(due_ns, lambda _k, _due: connection.send("x"))
            came_ns = await reading
        return [Delay(due, (came - due) / 1e6) for due, came in zip(due_ns, came_ns, strict=True)]

    every_ms = INTERVAL_MS / CONNECTIONS
    found = await asyncio.gather(*(one(k * every_ms) for k in range(CONNECTIONS)))
    return sorted(delay for delays in found for delay in delays)


def verdict_on(url: str, runtime: Runtime, echo: NullEcho) -> tuple[str, str]:
    """Return the verdict, as a scenario reaches it, in a word and in a sentence."""
    ledger = Ledger()
    stopwatch = Stopwatch(runtime, ledger, lambda: echo, lambda: [url])

    def act() -> None:
        for delay in runtime.call(one_round(url), within_s=PATIENCE_S):
            ledger.keep(Observation(delay.due_ns, "Ana", "Ana", Kind.NOTE, message={"ms": delay.took_ms}))

    def delays(observed: Sequence[Observation]) -> Delays:
        return [Delay(each.at_ns, cast(float, each.message["ms"])) for each in observed]

    stopwatch.times(act)
    judged = stopwatch.records("messages are answered", BUDGET, delays)
    stopwatch.stop()
    return judged.verdict.outcome.value, f"{judged.words}; {judged.verdict.machine.in_words()}"


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--loops", type=int, nargs="+", default=[0, 1, 2], help="for each processor")
    options.add_argument("--serve", type=float, nargs=2, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.serve:
        asyncio.run(answers(*given.serve))
        return 0
    runtime, echo = Runtime(), NullEcho()
    for loops in given.loops:
        for name, work_ms, late_ms in SERVICES:
            with service(work_ms, late_ms) as url, busy(loops):
                word, sentence = verdict_on(url, runtime, echo)
            print(f"{loops} loops | {name} | {word} | {sentence}", flush=True)
    echo.close()
    runtime.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
