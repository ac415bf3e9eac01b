"""What the studio's page decides, by a clock of its own and without a service."""

from __future__ import annotations

from typing import Any

import pytest

from earshot.studio.browser.fields import audio_of, loudness_of, metrics_of, quality_score, spectrum_of
from earshot.studio.browser.policy import MICROPHONE, Heartbeat, retried_after_s
from earshot.studio.browser.state import (
    CONNECTION_ERROR,
    State,
    colour_of_latency,
    colour_of_quality,
    latency_in_words,
)
from earshot.studio.browser.wiring import (
    TARGETS_MS,
    Drawing,
    as_drawn,
    complexity,
    findings,
    may_link,
)
from earshot.studio.pipelines import STAGES, Pipeline

LIVE = "1f0c6f1e-9d0c-4f0b-8a3b-2f6b1f0e7a11"


@pytest.fixture
def live() -> State:
    state = State()
    state.starts()
    state.is_started(LIVE)
    assert not state.is_live, "only when it is connected"
    state.is_opened()
    return state


# ---- a live session


def test_a_page_is_live_when_it_is_connected_and_forgets_the_session_when_it_stops(live: State) -> None:
    assert (live.badge, live.short_id) == ("LIVE", "1f0c6f1e")
    for _ in range(2):
        live.is_stopped()
        assert (live.badge, live.short_id, live.session_id) == ("IDLE", "", None)


@pytest.mark.parametrize(
    ("code", "error"), [(1000, None), (1001, None), (1006, CONNECTION_ERROR), (None, CONNECTION_ERROR)]
)
def test_only_a_connection_that_breaks_is_an_error(live: State, code: int | None, error: str | None) -> None:
    live.is_closed(code)
    assert not live.is_live
    assert live.error == error
    assert live.notices == ([error] if error else [])
    live.starts()
    assert live.error is None


def test_what_the_service_complains_about_is_told_and_nothing_else_changes(live: State) -> None:
    for error in ("Stage x not found", {"message": "too large"}):
        live.is_told({"type": "error", "error": error})
    assert (live.error, live.is_live) == (None, True)
    assert live.notices == ["Stage x not found", "too large"]


def test_what_nobody_knows_is_ignored(live: State) -> None:
    for message in ({}, {"type": "pong"}, {"type": "config_updated"}, {"type": ["x"]}, {"type": "news", "error": "x"}):
        live.is_told(message)
    assert live == State(session_id=LIVE, is_live=True)


def test_sound_and_figures_are_kept(live: State) -> None:
    live.is_told({"type": "processed_audio", "audio": "AAA="})
    live.is_told({"type": "metrics", "metrics": {"total_latency": 0.4, "chunks_processed": 5}})
    assert live.audio == "AAA="
    assert live.metrics is not None
    assert (live.metrics["totalLatency"], live.metrics["chunksProcessed"]) == (0.4, 5)


# ---- files


def test_a_file_is_processed_from_0_to_100_per_cent() -> None:
    state = State(error="old")
    state.processes()
    assert (state.badge, state.error, state.progress) == ("PROCESSING", None, [0])
    assert not state.can_start(["input"])
    state.is_processed(
        {"success": True, "processed_audio": "UklG", "metrics": {"quality_metrics": {"snr": 20, "rms": -20}}}
    )
    assert (state.badge, state.audio, state.progress) == ("IDLE", "UklG", [0, 100])
    assert state.metrics is not None and state.metrics["qualityScore"] == 100
    assert state.can_start(["input"]) and not state.can_start([])


def test_a_file_that_cannot_be_processed_ends_it_with_all_the_reasons() -> None:
    state = State()
    state.processes()
    state.is_processed({"success": False, "errors": ["Processing failed: no header", "no sound"]})
    assert (state.is_processing, state.progress) == (False, [0])
    assert state.error == "Processing failed: no header, no sound"
    assert state.notices == [state.error]


STAGE_RESULT = {"result": {"stage_result": {"output_audio": "third"}}}


@pytest.mark.parametrize(
    ("answer", "audio"),
    [
        ({"processed_audio": "first", "data": "second", **STAGE_RESULT}, "first"),
        ({"processed_audio": None, "data": "second", **STAGE_RESULT}, "second"),
        (STAGE_RESULT, "third"),
        ({"result": {"stage_result": {"segments": []}}}, None),
        ({"result": None}, None),
    ],
)
def test_the_sound_of_a_stage_is_taken_from_wherever_it_is(answer: Any, audio: str | None) -> None:
    assert audio_of(answer) == audio


def test_what_was_measured_is_kept_under_the_names_of_the_page() -> None:
    data = {"frequencies": [0.0, 7.8], "magnitudes": [0.0, 1.0]}
    fft = {"analysis_type": "fft", "result": {"spectral_centroid": 439.9, "frequency_data": data}}
    compliance = {"ebu_r128": True, "atsc_a85": False}
    lufs = {"measured_lufs": -23.7, "loudness_range_lu": 3.2, "true_peak_db": -1.0, "broadcast_compliance": compliance}
    state = State()
    state.is_analysed(fft)
    state.is_analysed({"analysis_type": "lufs", "result": lufs})
    assert state.spectrum == spectrum_of(fft) == {**data, "spectralFeatures": {"centroid": 439.9}}
    assert state.loudness == loudness_of({"result": lufs})
    assert state.loudness == {
        "integratedLoudness": -23.7,
        "loudnessRange": 3.2,
        "truePeak": -1.0,
        "complianceCheck": {"compliant": True},
    }


# ---- figures


@pytest.mark.parametrize(
    ("quality", "score"),
    [
        ({"snr": 20, "rms": -20}, 100),
        ({"snr": 40, "rms": -20}, 100),
        ({"snr": 10, "rms": -20, "thd": 0.5}, 65),
        ({"snr": 10, "rms": -40}, 50),
        ({"snr": 20, "rms": -20, "thd": 2}, 70),
        ({"snr": 1, "rms": -96}, 0),
        ({"snr": 0, "rms": -20}, 0),
        ({"snr": 20, "rms": 0}, 0),
        ({"snr": "20", "rms": -20}, 0),
        ({}, 0),
    ],
)
def test_the_quality_is_from_0_to_100(quality: Any, score: int) -> None:
    assert quality_score(quality) == score


def test_figures_that_are_missing_are_0() -> None:
    found = metrics_of({})
    assert found["totalLatency"] == found["chunksProcessed"] == found["averageLatency"] == found["cpuUsage"] == 0
    assert found["qualityMetrics"] == {"snr": 0, "rms": 0, "thd": 0, "lufs": 0}
    assert found["qualityScore"] == 0


def test_colours_and_words_of_figures() -> None:
    assert [colour_of_latency(each) for each in (50, 50.1, 100, 100.1)] == ["green", "orange", "orange", "red"]
    assert [colour_of_quality(each) for each in (80, 79, 60, 59)] == ["green", "orange", "orange", "red"]
    assert (latency_in_words(0.42), latency_in_words(1), latency_in_words(45.67)) == ("420 µs", "1.0 ms", "45.7 ms")


# ---- time


@pytest.mark.parametrize("status", [500, 503, 599, None])
def test_what_may_pass_is_asked_for_three_times_more(status: int | None) -> None:
    assert [retried_after_s(retries, status) for retries in range(4)] == [1, 2, 4, None]


@pytest.mark.parametrize("status", [400, 404, 413, 422, 429])
def test_what_was_turned_down_is_not_asked_for_again(status: int) -> None:
    assert retried_after_s(0, status) is None


def test_heartbeats_are_due_every_half_minute_while_the_page_is_live() -> None:
    heartbeat = Heartbeat()
    assert heartbeat.next_s(1e9) is None
    heartbeat.begins(10)
    assert heartbeat.next_s(40) is None
    assert [heartbeat.next_s(101), heartbeat.next_s(101), heartbeat.next_s(101), heartbeat.next_s(101)] == [
        40,
        70,
        100,
        None,
    ]
    heartbeat.ends()
    assert heartbeat.next_s(1e9) is None


def test_a_microphone_is_asked_for_as_it_is() -> None:
    assert MICROPHONE["sampleRate"] == 16000 and MICROPHONE["channelCount"] == 1
    assert not any(MICROPHONE[name] for name in ("echoCancellation", "noiseSuppression", "autoGainControl"))


# ---- drawings


def test_each_stage_has_a_target_and_names_of_the_page_count_as_those_of_the_service() -> None:
    assert set(TARGETS_MS) == set(STAGES)
    assert sum(TARGETS_MS.values()) == 91
    drawing = Drawing({"a": "voice_activity_detection", "b": "auto_gain_control", "c": "limiter"})
    assert [drawing.kind(name) for name in "abc"] == ["vad", "agc", "limiter"]


def test_everything_wrong_is_said_errors_first() -> None:
    stages = {f"{number}": "spectral_denoising" for number in range(7)}
    said = findings(Drawing(stages, [("0", "1"), ("1", "0")]))
    assert [words.partition(":")[0] for words in said] == ["error"] * 3 + ["warning"] * 2 + ["tip"]


def test_links_and_complexity() -> None:
    assert may_link("microphone_input", "file_output") and may_link("vad", "agc")
    assert not may_link("file_input", "microphone_input") and not may_link("speaker_output", "output")
    assert [complexity(count) for count in (1, 3, 4, 7, 8)] == ["simple", "simple", "moderate", "moderate", "complex"]


def test_a_pipeline_is_drawn_in_the_shape_of_the_page() -> None:
    pipeline = Pipeline.of("vad", aggressiveness=2).then(Pipeline.of("limiter").having(gain_out=3.0, enabled=False))
    drawn = as_drawn(pipeline, "demo")
    assert drawn["id"] == drawn["name"] == "demo"
    assert drawn["stages"][1] == {
        "id": "limiter",
        "type": "limiter",
        "enabled": False,
        "gainIn": 0,
        "gainOut": 3.0,
        "parameters": {},
    }
    assert drawn["connections"] == [{"id": "1", "sourceStageId": "vad", "targetStageId": "limiter"}]
