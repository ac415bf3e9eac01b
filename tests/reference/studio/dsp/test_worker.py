"""The processes that process sound, as the event loop sees them."""

from __future__ import annotations

import asyncio
import functools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable

import numpy as np
import pytest

from reference.studio.dsp.model import BadSound, DspFailed
from reference.studio.dsp.worker import Dsp
from tests.reference.studio.dsp.kit import ALL, click, level, stage, through, tone

LOUDER = (stage("vad", gain_out_db=6.0),)


def on_loop(test: Callable[[Dsp], Awaitable[None]]) -> Callable[[], None]:
    @functools.wraps(test)
    def run() -> None:
        async def within_patience() -> None:
            async with asyncio.timeout(30):
                dsp = Dsp()
                try:
                    await test(dsp)
                finally:
                    await dsp.stop()

        asyncio.run(within_patience())

    del run.__wrapped__  # type: ignore[attr-defined]  # or the argument is taken for a fixture
    return run


def test_asking_loads_nothing_that_processes() -> None:
    program = "import sys, reference.studio.dsp.worker, reference.studio.dsp.catalogue; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True).stdout.split()
    assert "reference.studio.dsp.parameters" in loaded
    assert {"numpy", "scipy", "soundfile", "soxr", "pyloudnorm"}.isdisjoint(loaded)


@on_loop
async def test_a_stream_is_processed_as_in_one_go(dsp: Dsp) -> None:
    sound = tone(440, -10)
    await dsp.open("a", ALL)
    assert dsp.pids == (None, None)
    heard = [await dsp.process("a", sound[at : at + 1600].tobytes()) for at in range(0, 32_000, 1600)]
    assert b"".join(one.pcm for one in heard) == through(sound, *ALL).tobytes()
    assert set(heard[0].stage_ms) == {one.id for one in ALL}
    assert dsp.pids[0] is not None and dsp.pids[1] is None


@on_loop
async def test_sessions_have_their_own_stages_and_changes(dsp: Dsp) -> None:
    sound = tone(440, -10)[:1600].tobytes()
    for name in ("a", "b"):
        await dsp.open(name, [stage("compression", {"mode": "hard_knee", "ratio": 1})])
    await dsp.process("b", sound)
    await dsp.update("a", "compression", {"makeup_gain": 4.0})  # before its first piece
    await dsp.update("b", "compression", {"makeup_gain": -3.0})
    levels = [level(np.frombuffer((await dsp.process(name, sound)).pcm, "<i2")) for name in ("a", "b")]
    assert levels == pytest.approx([-9.01, -16.01], abs=0.05)
    await dsp.close("a")
    with pytest.raises(KeyError):
        await dsp.process("a", sound)


@on_loop
async def test_minutes_of_one_hold_nobody_else_up(dsp: Dsp) -> None:
    minutes = bytes(2 * 16_000 * 300)
    for name in ("long", "short"):
        await dsp.open(name, ALL)
    await dsp.process("short", bytes(3200))
    long = asyncio.ensure_future(dsp.process("long", minutes))
    waits = []
    while not long.done():
        began = time.monotonic()
        await dsp.process("short", bytes(3200))
        waits.append(time.monotonic() - began)
    assert len((await long).pcm) == len(minutes)
    assert len(waits) > 20


@on_loop
async def test_what_a_session_asks_is_done_in_its_order(dsp: Dsp) -> None:
    await dsp.open("a", LOUDER)
    pieces = [tone(440, -20, seconds).tobytes() for seconds in (3, 0.1, 2)]
    order: list[int] = []

    async def ask(number: int) -> None:
        await dsp.process("a", pieces[number])
        order.append(number)

    await asyncio.gather(*(ask(number) for number in range(3)))
    assert order == [0, 1, 2]


@on_loop
async def test_a_worker_that_dies_is_replaced(dsp: Dsp) -> None:
    await dsp.open("a", LOUDER)
    quiet = tone(440, -20)[:1600].tobytes()
    first = await dsp.process("a", quiet)
    pid = dsp.pids[0]
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    asked = asyncio.ensure_future(dsp.process("a", quiet))
    await asyncio.sleep(0)
    os.kill(pid, signal.SIGKILL)
    with pytest.raises(DspFailed, match="died"):
        await asked
    assert (await dsp.process("a", quiet)).pcm == first.pcm
    assert dsp.pids[0] not in (pid, None)


@on_loop
async def test_files_are_a_matter_of_another_process(dsp: Dsp) -> None:
    audio = tone(440, -6).tobytes()
    said = await dsp.run("fft", audio=audio, is_file=False, window_size=2048, overlap=0.5, window_type="hann")
    assert said["peak_frequency"] == 437.5
    assert said["processing_time"] > 0
    assert dsp.pids[0] is None and dsp.pids[1] is not None
    loud = await dsp.run("lufs", audio=audio, is_file=False, measurement_type="integrated", target_lufs=-23)
    assert loud["measured_lufs"] == pytest.approx(-9.7, abs=0.1)
    made = await dsp.run("batch", audio=audio, is_file=False, stages=LOUDER, output_format="base64")
    assert len(made["processed_audio"]) == 4 * -(-len(audio) // 3)
    with pytest.raises(BadSound, match="no audio"):
        await dsp.run("batch", audio=b"hello", is_file=True, stages=())
    with pytest.raises(DspFailed, match="KeyError"):
        await dsp.run("made up")


def test_a_worker_is_the_twin_that_the_service_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reference.studio.dsp.worker.APPLIED", ["clicks-are-left"])

    @on_loop
    async def it_does(dsp: Dsp) -> None:
        await dsp.open("a", [stage("conventional_denoising", {"strength": 1})])
        assert (await dsp.process("a", click(800).tobytes())).pcm == click(800).tobytes()

    it_does()


@on_loop
async def test_a_warm_worker_is_there_before_it_is_needed(dsp: Dsp) -> None:
    dsp.warm()
    while dsp.pids[0] is None:
        await asyncio.sleep(0.01)
    pid = dsp.pids[0]
    await dsp.open("a", LOUDER)
    await dsp.process("a", bytes(3200))
    assert dsp.pids[0] == pid
