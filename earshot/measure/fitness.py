"""What the machine that measures did meanwhile: a verdict is about the service, as far as nobody else held it up."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from earshot.measure.budget import Budget, percent
from earshot.measure.held_up import HeldUp
from earshot.measure.processors import Processors, Reading

UNFIT_FLOOR = 0.2
"""A stopwatch that errs by more than this share of the limit says nothing about the limit."""
UNFIT_STOLEN = 0.05
"""More of the processor time than this went to other virtual machines."""
UNFIT_OTHERS = 0.25
"""More of it than this was used by others on this machine than the service and the harness."""
PROBE_EVERY_S = 0.02


@dataclass(frozen=True, slots=True)
class Machine:
    """The circumstances of a measurement: what the stopwatch itself takes, and who used the processors."""

    echoes_ms: tuple[tuple[float, ...], ...] = ()
    """What the same exchange took with nothing at the other end but an echo: before, and after."""
    lags_ms: tuple[float, ...] = ()
    """By how much the event loop was late, asked every 20 ms."""
    held_up: HeldUp = field(default_factory=lambda: HeldUp(()))
    """What held up whom, and who used the processors."""
    clock_error_ms: float = 0.0
    """By how much clocks may differ, where the end of something is taken on another machine than its beginning."""

    def error_ms(self, percentile: float) -> float | None:
        """Return by how much this percentile of a latency may be the stopwatch's own; None if that was not measured."""
        lags = (self.lags_ms,) if self.lags_ms else ()
        errors_ms = [percentile_of(times, percentile) for times in (*self.echoes_ms, *lags)]
        return self.clock_error_ms + max(errors_ms) if errors_ms else None

    def complaints(self, budget: Budget | None) -> tuple[str, ...]:
        """Return why a measurement on this machine may look slower than the service is; nothing if it may not.

        What the service itself and the harness used is no reason.
        """
        error, used, found = self.error_ms(budget.percentile if budget else 95), self.held_up.used(), []
        if budget is not None and error is not None and error > UNFIT_FLOOR * budget.limit_ms:
            most = f"{percent(UNFIT_FLOOR)} of {budget.limit_ms:g} ms"
            found.append(f"its stopwatch errs by {error:.1f} ms, more than {most}")
        if used is not None and used.stolen > UNFIT_STOLEN * used.processors:
            found.append("other virtual machines took processor time")
        if used is not None and used.others > UNFIT_OTHERS * used.processors:
            found.append("it had other work")
        if found and used is not None:
            found.append(used.in_words())
        return tuple(found)

    def in_words(self) -> str:
        """Say it in one line, with "not known" where nothing is."""
        used = self.held_up.used()
        lag = f"loop at most {max(self.lags_ms):.1f} ms late" if self.lags_ms else "loop lag not known"
        echoes = " and ".join(f"{percentile_of(times, 95):.1f} ms" for times in self.echoes_ms)
        users = "not known who used the processors" if used is None else used.in_words()
        return f"{users}; {lag}; p95 of a mere echo {echoes or 'not measured'}"


def unexamined() -> Machine:
    """Return a machine of which nothing is known, for measurements that need no stopwatch of ours."""
    return Machine()


def percentile_of(samples_ms: Sequence[float], percentile: float) -> float:
    """Return the smallest sample that is not exceeded by more than the rest of the percentage allows."""
    return sorted(samples_ms)[max(0, math.ceil(round(len(samples_ms) * percentile / 100, 6)) - 1)]


class FitnessWatch:
    """Watches the machine from `begin` on. Use it on the event loop that measures."""

    def __init__(self, processors: Processors) -> None:
        self._processors = processors
        self._lags_ms: list[float] = []
        self._readings: list[Reading] = []
        self._probe: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        """Note where the counters stand and start asking the loop."""
        self._processors.watch(await asyncio.to_thread(self._processors.look_round))
        self._readings = [self._processors.read()]
        self._lags_ms.clear()
        self._probe = asyncio.get_running_loop().create_task(self._ask())

    async def so_far(self) -> tuple[tuple[float, ...], HeldUp]:
        """Return by how much the loop was late since `begin`, and what held up whom; the watch goes on."""
        lags_ms, readings = tuple(self._lags_ms), (*self._readings, self._processors.read())
        return lags_ms, await asyncio.to_thread(HeldUp, readings, hides_service=self._processors.hides_service)

    def end(self) -> None:
        if self._probe is not None:
            self._probe.cancel()
        self._processors.watch({})

    async def _ask(self) -> None:
        while True:
            due_s = time.monotonic() + PROBE_EVERY_S
            await asyncio.sleep(PROBE_EVERY_S)
            self._lags_ms.append(max(0.0, (time.monotonic() - due_s) * 1000))
            self._readings.append(self._processors.read())
