"""What is known of the machine that measures."""

from __future__ import annotations

import asyncio
import gc
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from earshot.measure import fitness, processors
from earshot.measure.budget import Budget
from earshot.measure.fitness import FitnessWatch, Machine, percentile_of
from earshot.measure.floor import Examination, NullEcho
from earshot.measure.processors import Processors
from earshot.measure.schedule import Schedule

STAT = "cpu  160 0 70 870 30 5 5 60 0 0\ncpu0 1 2 3\n"


def test_processor_time_is_shared_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processors, "PROC", tmp_path)
    (tmp_path / "stat").write_text(STAT)
    found = Processors().read()
    tick = processors.TICK_NS
    assert (found.used_ns, found.free_ns, found.stolen_ns) == (300 * tick, 900 * tick, 60 * tick)
    (tmp_path / "stat").write_text("intr 1 2 3 4 5 6 7 8")
    with pytest.raises(ValueError, match="expected /proc/stat to begin with"):
        Processors().read()


def test_where_the_platform_does_not_say_it_is_not_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processors, "PROC", tmp_path)

    async def watch() -> Machine:
        watch = FitnessWatch(Processors(["ws://127.0.0.1:1/"]))
        await watch.begin()
        watch.end()
        return Machine((), *await watch.so_far())

    found = asyncio.run(watch())
    assert found.complaints(Budget(95, 50)) == ()
    assert found.in_words() == "not known who used the processors; loop lag not known; p95 of a mere echo not measured"


@pytest.mark.skipif(not Path("/proc/self/schedstat").exists(), reason="only Linux tells it")
def test_the_service_is_who_listens_at_its_address_and_whom_they_started() -> None:
    listens = (
        "import socket, subprocess, sys; s = socket.create_server(('127.0.0.1', 0));"
        "print(s.getsockname()[1], flush=True);"
        "subprocess.run([sys.executable, '-c', 'import sys; print(flush=True); sys.stdin.read()'])"
    )
    command = [sys.executable, "-c", listens]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as service:
        assert service.stdin is not None
        assert service.stdout is not None
        port, _started = service.stdout.readline().strip(), service.stdout.readline()
        here = Processors([f"ws://127.0.0.1:{port}/way", "https://elsewhere.example/"])
        threads = here.look_round()
        hidden = Processors([f"ws://127.0.0.1:{port}/way", "ws://localhost:1/"])
        hidden.look_round()
        service.stdin.close()
    assert not here.hides_service
    assert hidden.hides_service
    assert threads[service.pid]
    assert sum(threads.values()) == 2
    assert not threads[os.getpid()]


def test_a_loop_that_is_held_up_is_late() -> None:
    async def watch() -> tuple[float, ...]:
        watch = FitnessWatch(Processors())
        await watch.begin()
        await asyncio.sleep(0)
        time.sleep(fitness.PROBE_EVERY_S + 0.05)
        await asyncio.sleep(0.001)
        lags_ms, _ = await watch.so_far()
        watch.end()
        return lags_ms

    assert max(asyncio.run(watch())) >= 50


def test_the_stopwatch_errs_by_the_worst_of_echoes_and_loop() -> None:
    machine = Machine(((0.1,) * 19 + (9.0,), (0.2,) * 20), (0.3,) * 19 + (7.0,))
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


def test_clocks_of_two_machines_add_to_the_error() -> None:
    assert Machine(((0.5,) * 100,), clock_error_ms=2.0).error_ms(95) == 2.5
