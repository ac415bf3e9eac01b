"""What the stopwatch itself takes: the same exchange, with nothing at the other end but an echo.

The echo runs in a process of its own, as a service does, so that a busy machine slows both in the same way.
"""

from __future__ import annotations

import asyncio
import math
import sys
import tempfile
import time
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from earshot.measure.collector import collector_paused
from earshot.measure.fitness import FitnessWatch, Machine
from earshot.measure.processors import Processors
from earshot.measure.schedule import Schedule, keep_to
from earshot.scratch import named_for
from earshot.targets.children import Child, program
from earshot.wire.echo import arrivals_of, stamped_echo

ECHOES = Schedule(count=100, interval_ms=1.0)
"""A tenth of a second, before and after; enough for a 95th percentile."""
PAYLOAD = "x" * 4_400
"""As long as 100 ms of audio in a JSON message."""
PATIENCE_S = 5.0


class NullEcho:
    """An echo in a child process, started once and asked as often as one likes."""

    def __init__(self, log: Path | None = None) -> None:
        """Start it, with its log in this file or in one for the time being; raises Unusable when it does not start."""
        self._folder = tempfile.TemporaryDirectory(prefix=named_for("echo"))
        log = log or Path(self._folder.name) / "echo.log"
        self._child = Child(
            "the null echo",
            program(
                [sys.executable, "-m", "earshot.wire.echo"],
                {"PYTHONPATH": str(Path(__file__).resolve().parents[2])},
            ),
            log=log,
        )
        self._url = f"ws://127.0.0.1:{self._child.ready()['port']}/"

    async def times_ms(self, schedule: Schedule = ECHOES, payload: str = PAYLOAD) -> tuple[float, ...]:
        """Return what each exchange took from when it was due, stamped as arrivals from a service are stamped."""
        async with stamped_echo(self._url) as connection:
            due_ns = list(schedule.due_ns(time.monotonic_ns() + 1_000_000))
            reading = asyncio.create_task(arrivals_of(connection, len(due_ns)))
            await keep_to(due_ns, lambda _k, _due: connection.send(payload))
            try:
                received_ns = await asyncio.wait_for(reading, PATIENCE_S)
            except TimeoutError:
                return (math.inf,) * len(due_ns)  # a machine on which not even an echo comes back
        return tuple((came - due) / 1e6 for due, came in zip(due_ns, received_ns, strict=True))

    def close(self) -> None:
        self._child.stop()
        self._folder.cleanup()


class Examination:
    """The machine, watched around a measurement: `async with Examination(echo) as examination`, then ask for `machine`.

    Use it on the loop that measures. Until it ends, the garbage collector is paused.
    """

    def __init__(self, echo: NullEcho, addresses: Iterable[str] = ()) -> None:
        """`addresses` are those of the service: what it runs on, if that is on this machine, is told from the rest."""
        self._echo = echo
        self._watch = FitnessWatch(Processors(addresses))
        self._quiet = ExitStack()
        self._before: tuple[float, ...] = ()

    async def __aenter__(self) -> Examination:
        with ExitStack() as quiet:
            quiet.enter_context(collector_paused())
            self._before = await self._echo.times_ms()
            await self._watch.begin()
            self._quiet = quiet.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._watch.end()
        self._quiet.close()

    async def machine(self) -> Machine:
        """Take the echo again and return the circumstances so far; the examination goes on."""
        lags_ms, held_up = await self._watch.so_far()
        return Machine((self._before, await self._echo.times_ms()), lags_ms, held_up)
