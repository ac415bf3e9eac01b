"""Whether the machine that measures was fit to: a verdict is about the service only if it was."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from earshot.measure.budget import Budget, percent

try:
    import resource
except ImportError:  # Windows does not say how often a process had to give way
    resource = None  # type: ignore[assignment]

UNFIT_FLOOR = 0.2
"""A stopwatch that errs by more than this share of the limit says nothing about the limit."""
UNFIT_STOLEN = 0.05
"""More of the processor time than this went to other virtual machines."""
UNFIT_FREE = 0.05
"""Less of the processor time than this was left, so that everybody waited for everybody."""
UNFIT_WAITING = 0.25
"""For more than this share of the time somebody could have gone on but had no processor to do so."""
PROBE_EVERY_S = 0.02
_STAT = Path("/proc/stat")
_PRESSURE = Path("/proc/pressure/cpu")


@dataclass(frozen=True, slots=True)
class Fitness:
    """What the machine did while something was measured; None where the platform does not say."""

    stolen: float | None = None
    """Share of the processor time that the host gave to others."""
    free: float | None = None
    """Share that nobody used."""
    forced_switches_per_s: float | None = None
    """How often this process had to give way to another one."""
    waiting: float | None = None
    """Share of the time during which somebody had to wait for a processor."""
    lags_ms: tuple[float, ...] = ()
    """By how much the event loop was late, asked every 20 ms."""

    def in_words(self) -> str:
        """Say it in one line, with "not known" where nothing is."""
        lag = f"loop at most {max(self.lags_ms):.1f} ms late" if self.lags_ms else "loop lag not known"
        switches = self.forced_switches_per_s
        return (
            f"processor {_share(self.free)} free and {_share(self.stolen)} stolen, somebody waiting for it "
            f"{_share(self.waiting)} of the time, "
            f"{'not known how many' if switches is None else f'{switches:.0f}'} forced context switches a second, {lag}"
        )


@dataclass(frozen=True, slots=True)
class Machine:
    """The circumstances of a measurement: what the stopwatch itself takes, and how fit the machine was."""

    echoes_ms: tuple[tuple[float, ...], ...] = ()
    """What the same exchange took with nothing at the other end but an echo: before, and after."""
    fitness: Fitness = Fitness()
    clock_error_ms: float = 0.0
    """By how much clocks may differ, where the end of something is taken on another machine than its beginning."""

    def error_ms(self, percentile: float) -> float | None:
        """Return by how much this percentile of a latency may be the stopwatch's own; None if that was not measured."""
        if not self.echoes_ms:
            return None
        lags = (self.fitness.lags_ms,) if self.fitness.lags_ms else ()
        return self.clock_error_ms + max(percentile_of(times, percentile) for times in (*self.echoes_ms, *lags))

    def complaints(self, budget: Budget | None) -> tuple[str, ...]:
        """Return why this machine cannot tell whether the budget, if there is one, is kept; nothing if it can."""
        error = self.error_ms(budget.percentile if budget else 95)
        stolen, free, waiting = self.fitness.stolen, self.fitness.free, self.fitness.waiting
        found = []
        if budget is not None and error is not None and error > UNFIT_FLOOR * budget.limit_ms:
            most = f"{percent(UNFIT_FLOOR)} of {budget.limit_ms:g} ms"
            found.append(f"its stopwatch errs by {error:.1f} ms, more than {most}")
        if stolen is not None and stolen > UNFIT_STOLEN:
            found.append(f"{percent(stolen)} of its processor time was taken by other virtual machines")
        if free is not None and free < UNFIT_FREE:
            found.append(f"it was busy, with {percent(free)} of its processor time left")
        elif waiting is not None and waiting > UNFIT_WAITING:
            found.append(f"it was busy, with somebody waiting for a processor {percent(waiting)} of the time")
        return tuple(found)

    def in_words(self) -> str:
        """Say it in one line."""
        echoes = " and ".join(f"{percentile_of(times, 95):.1f} ms" for times in self.echoes_ms)
        return f"{self.fitness.in_words()}; p95 of a mere echo {echoes or 'not measured'}"


def unexamined() -> Machine:
    """Return a machine of which nothing is known, for measurements that need no stopwatch of ours."""
    return Machine()


def percentile_of(samples_ms: Sequence[float], percentile: float) -> float:
    """Return the smallest sample that is not exceeded by more than the rest of the percentage allows."""
    return sorted(samples_ms)[max(0, math.ceil(round(len(samples_ms) * percentile / 100, 6)) - 1)]


class FitnessWatch:
    """Watches the machine from `begin` on. Use it on the event loop that measures."""

    def __init__(self) -> None:
        self._lags_ms: list[float] = []
        self._probe: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Note where the counters stand and start asking the loop."""
        self._began = _Counters.read()
        self._lags_ms.clear()
        self._probe = asyncio.get_running_loop().create_task(self._ask())

    def so_far(self) -> Fitness:
        """Return what happened since `begin`; the watch goes on."""
        now, began = _Counters.read(), self._began
        passed = [late - early for early, late in zip(began.ticks, now.ticks, strict=True)]
        total, elapsed_s = sum(passed), now.at_s - began.at_s
        return Fitness(
            stolen=passed[7] / total if total else None,
            free=(passed[3] + passed[4]) / total if total else None,
            forced_switches_per_s=(
                None if now.switches is None or began.switches is None else (now.switches - began.switches) / elapsed_s
            ),
            waiting=(
                None
                if now.waited_us is None or began.waited_us is None
                else min(1.0, (now.waited_us - began.waited_us) / 1e6 / elapsed_s)
            ),
            lags_ms=tuple(self._lags_ms),
        )

    def end(self) -> None:
        if self._probe is not None:
            self._probe.cancel()

    async def _ask(self) -> None:
        while True:
            due_s = time.monotonic() + PROBE_EVERY_S
            await asyncio.sleep(PROBE_EVERY_S)
            self._lags_ms.append(max(0.0, (time.monotonic() - due_s) * 1000))


@dataclass(frozen=True, slots=True)
class _Counters:
    at_s: float
    ticks: tuple[int, ...]
    """Processor time: user, nice, system, idle, waiting for input or output, interrupts (two kinds), stolen."""
    switches: int | None
    waited_us: int | None
    """Time during which somebody had to wait for a processor."""

    @classmethod
    def read(cls) -> _Counters:
        switches = resource.getrusage(resource.RUSAGE_SELF).ru_nivcsw if resource else None
        stat, pressure = _text(_STAT), _text(_PRESSURE)
        return cls(
            time.monotonic(),
            ticks_in(stat) if stat else (),
            switches,
            waited_us_in(pressure) if pressure else None,
        )


def _text(file: Path) -> str:
    """Return what a file of the system says; nothing where there is none, or where the system was told not to count."""
    try:
        return file.read_text()
    except OSError:
        return ""


def ticks_in(stat: str) -> tuple[int, ...]:
    """Return the first eight counters of the processors together, from the text of Linux' /proc/stat."""
    name, *numbers = stat.split(maxsplit=9)[:9]
    if name != "cpu" or len(numbers) < 8:
        raise ValueError(f"expected /proc/stat to begin with a line 'cpu' of at least 8 numbers, got {stat[:60]!r}")
    return tuple(int(number) for number in numbers)


def waited_us_in(pressure: str) -> int:
    """Return for how many microseconds in all somebody has waited, from the text of Linux' /proc/pressure/cpu."""
    name, *_, total = pressure.splitlines()[0].split()
    if name != "some" or not total.startswith("total="):
        raise ValueError(f"expected /proc/pressure/cpu to begin with 'some … total=…', got {pressure[:60]!r}")
    return int(total.removeprefix("total="))


def _share(value: float | None) -> str:
    return "not known how much" if value is None else percent(value)
