"""Pipelines as they are written, in their order; and live sessions whose stages really work."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import Any

import numpy as np
import pytest

from reference.studio.model import Pipeline, Refused
from reference.studio.shape import find_stage, read_pipeline
from tests.reference.broadcast.world_fakes import on_loop
from tests.reference.conftest import TestStore
from tests.reference.studio.kit import LIMITING, studio, tone


def pipeline(*stages: str, links: str = "") -> Pipeline:
    """Return a pipeline of stages without settings; `links` such as "ab bc"."""
    connections = [
        {"id": str(at), "source_stage_id": source, "target_stage_id": target}
        for at, (source, target) in enumerate(link.split(">") for link in links.split())
    ]
    declared: dict[str, Any] = {stage: {} for stage in stages}
    return read_pipeline({"pipeline_id": "p", "name": "P", "stages": declared, "connections": connections})


def order(*stages: str, links: str = "") -> str:
    return " ".join(stage.id for stage in pipeline(*stages, links=links).stages)


def test_without_connections_stages_work_in_the_usual_order() -> None:
    assert order("limiter", "agc", "reverb", "vad") == "vad agc limiter reverb"


def test_with_connections_their_order_counts_and_the_others_follow() -> None:
    links = "limiter>equalizer vad>limiter"
    assert order("agc", "equalizer", "limiter", "vad", links=links) == "vad limiter equalizer agc"
    assert order("agc", "vad", "limiter", links="agc>limiter vad>limiter") == "agc vad limiter"
    mapped = "microphone_input>voice_frequency_filter"
    assert order("voice_filter", "input", links=mapped) == "input voice_filter", "by other names of the same stages"


@pytest.mark.parametrize(
    ("links", "says"),
    [
        ("vad>agc agc>limiter limiter>agc", "connections run in a circle: agc, limiter"),
        ("vad>vad", "connections run in a circle: vad"),
        ("vad>reverb delay>vad", "connections name stages that are not declared: delay, reverb"),
    ],
)
def test_connections_that_make_no_order_are_refused_by_the_names_of_the_stages(links: str, says: str) -> None:
    with pytest.raises(Refused, match=says):
        pipeline("vad", "agc", "limiter", links=links)


def test_the_page_writes_the_same_pipeline_in_its_own_way() -> None:
    page = {
        "id": "p",
        "name": "P",
        "stages": [
            {"id": "l1", "type": "limiter", "gainOut": 30, "config": {"releaseTime": 900}},
            {"id": "v1", "type": "voice_activity_detection", "enabled": False, "parameters": {"clarity": 1}},
        ],
        "connections": [{"id": "c", "sourceStageId": "l1", "targetStageId": "v1"}, {"source": "l1", "target": "v1"}],
    }
    read = read_pipeline(page)
    limiter, vad = read.stages
    assert (limiter.kind, limiter.gain_out_db, dict(limiter.parameters)) == ("limiter", 20, {"release_time": 500})
    assert (vad.kind, vad.enabled, vad.parameters, read.works) == ("vad", False, {}, True)
    assert read.warnings == (
        "l1: releaseTime 900 is out of range, 500.0 is used",
        "l1: gainOut 30.0 is out of range, 20.0 is used",
    )


def test_a_stage_is_found_by_its_id_and_by_other_names_of_the_same() -> None:
    read = pipeline("voice_filter", "input")
    names = ("voice_frequency_filter", "file_input", "input")
    assert [stage.id for name in names if (stage := find_stage(read, name))] == ["voice_filter", "input", "input"]
    assert find_stage(read, "agc") is None


def peak_db(pcm: bytes) -> float:
    return float(20 * np.log10(np.max(np.abs(np.frombuffer(pcm, "<i2").astype(float))) / 32_768))


@on_loop
async def test_stages_work_are_changed_while_they_do_and_are_known_after_a_reconnect(store: TestStore) -> None:
    async with studio(store) as place:
        session_id, other = await place.starts(LIMITING), await place.starts(LIMITING)
        async with place.engineer(session_id) as ana, place.engineer(other) as bruno:
            audio, metrics = await ana.chunk(tone())
            assert peak_db(audio) == pytest.approx(-6, abs=0.2)
            assert metrics["stage_latencies"]["limiter"] > 0
            change = {"type": "config_updated", "stage_id": "limiter", "success": True}
            assert await ana.ask("update_stage", stage_id="limiter", parameters={"threshold": -12}) == change
            assert peak_db((await ana.chunk(tone()))[0]) == pytest.approx(-12, abs=1)
            assert peak_db((await bruno.chunk(tone()))[0]) == pytest.approx(-6, abs=0.2)
        async with place.engineer(session_id) as ana:
            audio, metrics = await ana.chunk(tone())
            assert (peak_db(audio), metrics["chunks_processed"]) == (pytest.approx(-12, abs=0.2), 3)


@on_loop
async def test_a_stalled_stage_shows_at_that_stage_alone_and_in_the_whole(store: TestStore) -> None:
    both = {**LIMITING, "stages": {"agc": {}, "limiter": {}}}
    async with studio(store) as place:
        session_id = await place.starts(both)
        async with place.engineer(session_id) as ana, place.engineer(await place.starts(both)) as bruno:
            trap = place.stall(0.2, session_id=session_id, stage="agc")
            slow, others = await asyncio.gather(ana.chunk(tone()), bruno.chunk(tone()))
            assert slow[1]["total_latency"] >= 200 <= slow[1]["stage_latencies"]["agc"]
            assert slow[1]["stage_latencies"]["limiter"] < 100 > others[1]["total_latency"]
            trap.call_off()
            assert (await ana.chunk(tone()))[1]["total_latency"] < 100


@on_loop
async def test_a_worker_that_dies_fails_one_piece_and_the_session_goes_on(store: TestStore) -> None:
    async with studio(store) as place, place.engineer(await place.starts(LIMITING)) as ana:
        await ana.chunk(tone())
        pid, _ = place.app._dsp.pids
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        outcomes = []
        while not outcomes or outcomes[-1] == "error":
            outcomes.append((await ana.ask("audio_chunk", data="AAA="))["type"])
        assert outcomes.count("error") <= 1
        assert (await ana.next())["metrics"]["chunks_processed"] == 2
