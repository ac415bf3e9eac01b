"""What is known of the machine that measures."""

from __future__ import annotations

import asyncio
import gc
import time
from pathlib import Path

import pytest

from earshot.measure import fitness
from earshot.measure.budget import Budget
from earshot.measure.fitness import Fitness, FitnessWatch, Machine, percentile_of, ticks_in, waited_us_in
from earshot.measure.floor import Examination, NullEcho
from earshot.measure.schedule import Schedule

BEFORE = "cpu  100 0 50 800 20 5 5 20 0 0\ncpu0 1 2 3\n"
AFTER = "cpu  160 0 70 870 30 5 5 60 0 0\ncpu0 1 2 3\n"


def test_processor_time_is_shared_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stat = tmp_path / "stat"
    monkeypatch.setattr(fitness, "_STAT", stat)

    async def watch() -> Fitness:
        watch = FitnessWatch()
        stat.write_text(BEFORE)
        watch.begin()
        stat.write_text(AFTER)
        found = watch.so_far()
        watch.end()
        return found

    found = asyncio.run(watch())
    assert (found.free, found.stolen) == (0.4, 0.2)
    assert ticks_in(AFTER) == (160, 0, 70, 870, 30, 5, 5, 60)
    with pytest.raises(ValueError, match="expected /proc/stat to begin with"):
        ticks_in("intr 1 2 3 4 5 6 7 8")


def test_where_the_platform_does_not_say_it_is_not_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fitness, "_STAT", tmp_path / "absent")
    monkeypatch.setattr(fitness, "_PRESSURE", tmp_path / "absent")
    monkeypatch.setattr(fitness, "resource", None)

    async def watch() -> Fitness:
        watch = FitnessWatch()
        watch.begin()
        watch.end()
        return watch.so_far()

    found = asyncio.run(watch())
    assert found == Fitness()
    assert found.in_words().count("not known") == 5
    assert Machine(fitness=found).complaints(Budget(95, 50)) == ()


def test_a_loop_that_is_held_up_is_late() -> None:
    async def watch() -> Fitness:
        watch = FitnessWatch()
        watch.begin()
        await asyncio.sleep(0)
        time.sleep(fitness.PROBE_EVERY_S + 0.05)
        await asyncio.sleep(0.001)
        watch.end()
        return watch.so_far()

    assert max(asyncio.run(watch()).lags_ms) >= 50


def test_the_stopwatch_errs_by_the_worst_of_echoes_and_loop() -> None:
    machine = Machine(((0.1,) * 19 + (9.0,), (0.2,) * 20), Fitness(lags_ms=(0.3,) * 19 + (7.0,)))
    assert (machine.error_ms(95), machine.error_ms(100)) == (0.3, 9.0)
    assert Machine(((0.5,),)).error_ms(95) == 0.5
    assert Machine().error_ms(95) is None


def test_a_percentile_is_one_of_the_samples() -> None:
    assert percentile_of([float(k) for k in range(100, 0, -1)], 95) == 95
    assert percentile_of([3.0, 1.0, 2.0], 100) == 3
    assert percentile_of([1.0], 5) == 1


def test_a_mere_echo_takes_next_to_nothing(tmp_path: Path) -> None:
    async def examine(echo: NullEcho) -> Machine:
        echo_once = Schedule(count=5, interval_ms=1)
        assert len(await echo.times_ms(echo_once)) == 5
        async with Examination(echo) as examination:
            assert not gc.isenabled()
            machine = await examination.machine()
        assert gc.isenabled()
        return machine

    echo = NullEcho(tmp_path / "echo.log")
    try:
        machine = asyncio.run(examine(echo))
    finally:
        echo.close()
    assert [len(times) for times in machine.echoes_ms] == [100, 100]
    assert all(0 < took < 5000 for times in machine.echoes_ms for took in times)


def test_pressure_is_read_where_the_system_counts_it() -> None:
    assert waited_us_in("some avg10=8.47 avg60=48.49 total=6158460579\nfull avg10=0.00 total=0\n") == 6158460579
    with pytest.raises(ValueError, match="expected /proc/pressure/cpu to begin with 'some"):
        waited_us_in("full total=3")


def test_a_machine_on_which_everybody_waits_is_unfit() -> None:
    waits = Machine(fitness=Fitness(free=0.3, waiting=0.4))
    assert waits.complaints(Budget(95, 50)) == ("it was busy, with somebody waiting for a processor 40 % of the time",)
    assert Machine(fitness=Fitness(free=0.3, waiting=0.2)).complaints(Budget(95, 50)) == ()


def test_clocks_of_two_machines_add_to_the_error() -> None:
    assert Machine(((0.5,) * 100,), clock_error_ms=2.0).error_ms(95) == 2.5
