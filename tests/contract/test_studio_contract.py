"""The studio's contract says what the requirements say, and the checker notices every departure from it.

The tables of this file repeat the requirements on purpose: what they say is not read from the document.
"""

from __future__ import annotations

import asyncio
import copy
import json
from pathlib import Path
from typing import Any

import pytest

from earshot.wire.contract import Contract
from earshot.wire.openapi import HttpContract
from earshot.yaml_files import read_yaml
from reference.studio.model import Outcome
from reference.studio.notices import Complaint, ConfigUpdated, Metrics, Pong, ProcessedAudio, encode
from reference.studio.shape import read_pipeline
from reference.studio.sockets import NotUnderstood, understood

FOLDER = Path(__file__).parents[2] / "contract"
CONTRACT = Contract.load(FOLDER / "studio.asyncapi.yaml")
HTTP = HttpContract(read_yaml(FOLDER / "studio.openapi.yaml"))
REQUIRED = {
    "ping": set[str](),
    "audio_chunk": {"data"},
    "update_stage": {"stage_id", "parameters"},
    "pong": set[str](),
    "processed_audio": {"audio"},
    "metrics": {"metrics"},
    "config_updated": {"stage_id", "success"},
    "error": {"error"},
}
FIGURES = {
    "total_latency": 0.42,
    "chunks_processed": 5,
    "average_latency": 0.67,
    "quality_metrics": {"snr": 0.0, "rms": -3.01},
    "cpu_usage": 0.0,
}
HEADERS = {"content-type": "application/json", "x-request-id": "a", "x-process-time": "0.0042"}
EXAMPLES = [(way, payload) for way in ("sent", "received") for _, _, payload in CONTRACT.examples(way)]
OUTCOME = Outcome(b"\x00\x00", 0.4, {"agc": 0.1}, -96.0, 0.0, 1, 0.4)


def check(way: str, payload: dict[str, Any]) -> str | None:
    return CONTRACT.check_sent(payload, "engineer") if way == "sent" else CONTRACT.check_received(payload, "engineer")


def test_every_type_is_declared_with_examples_that_keep_the_contract_and_need_what_they_must() -> None:
    assert {str(payload["type"]) for _, payload in EXAMPLES} == REQUIRED.keys()
    for way, payload in EXAMPLES:
        assert check(way, payload) is None
        assert check(way, {**payload, "invented": {"later": [1]}}) is None
        for member in payload.keys() - {"type"}:
            less = copy.deepcopy(payload)
            del less[member]
            missed = f": {member} is missing" in str(check(way, less))
            assert missed is (member in REQUIRED[str(payload["type"])])


def test_the_service_understands_every_example_of_what_is_sent() -> None:
    for way, payload in EXAMPLES:
        if way == "sent":
            assert asyncio.run(understood(json.dumps(payload))) == payload
            for member in REQUIRED[str(payload["type"])]:
                with pytest.raises(NotUnderstood, match=f"{member} is missing"):
                    asyncio.run(understood(json.dumps({key: value for key, value in payload.items() if key != member})))


@pytest.mark.parametrize(
    "notice", [Pong(), ProcessedAudio(b"\x00\x00"), Metrics(OUTCOME), ConfigUpdated("agc"), Complaint("No.")], ids=repr
)
def test_what_the_service_says_keeps_the_contract(notice: Any) -> None:
    assert check("received", json.loads(encode(notice))) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"total_latency": 0},
        {"total_latency": "fast"},
        {"chunks_processed": 0},
        {"chunks_processed": 1.5},
        {"average_latency": -1},
        {"quality_metrics": {"snr": 0}},
        {"quality_metrics": {"snr": None, "rms": -3}},
        {"quality_metrics": {"snr": 0, "rms": 3}},
        {"cpu_usage": None},
        {"stage_latencies": {"agc": "0.1"}},
    ],
    ids=str,
)
def test_figures_that_are_none_do_not_pass(wrong: dict[str, object]) -> None:
    assert check("received", {"type": "metrics", "metrics": FIGURES}) is None
    assert check("received", {"type": "metrics", "metrics": {**FIGURES, **wrong}}) is not None
    (member,) = wrong
    less = {key: value for key, value in FIGURES.items() if key != member}
    assert (check("received", {"type": "metrics", "metrics": less}) is None) is (member == "stage_latencies")


@pytest.mark.parametrize(
    "message",
    [
        {"type": "processed_audio", "audio": ""},
        {"type": "processed_audio", "audio": "!!!!"},
        {"type": "config_updated", "stage_id": "agc", "success": False},
        {"type": "error", "error": " "},
        {"type": "error", "error": {"message": "No."}},
    ],
    ids=str,
)
def test_answers_that_are_none_do_not_pass(message: dict[str, object]) -> None:
    assert check("received", message) is not None


def test_the_contract_tells_what_answers_each_request() -> None:
    answers = CONTRACT.answers("engineer")
    assert answers == {
        "ping": {"pong"},
        "audio_chunk": {"processed_audio", "metrics"},
        "update_stage": {"config_updated"},
    }


def test_pipelines_of_the_examples_are_read_in_both_shapes() -> None:
    started = [one.value for one in HTTP.examples() if one.operation.endswith("/start") and not one.status]
    assert [read_pipeline(one["pipeline_config"]).id for one in started] == ["demo-1", "demo-2"]


@pytest.mark.parametrize(
    ("body", "passes"),
    [
        ({"error": "No.", "error_code": None, "status_code": 422, "path": "/x", "timestamp": "t"}, False),
        ({"error": {"code": "VALIDATION_ERROR", "message": "No.", "timestamp": "t"}}, True),
        ({"error": {"code": "NO", "message": "No.", "timestamp": "t"}}, False),
        ({"error": {"code": "VALIDATION_ERROR", "message": "", "timestamp": "t"}}, False),
        ({"detail": "No."}, False),
    ],
    ids=str,
)
def test_a_refusal_has_one_of_its_two_forms(body: dict[str, object], passes: bool) -> None:
    start = "POST /api/pipeline/realtime/start"
    assert (HTTP.check_answer(start, 422, HEADERS, json.dumps(body).encode()) is None) is passes
    assert HTTP.check_answer(start, 422, {"content-type": "application/json"}, json.dumps(body).encode()) is not None


def test_a_file_that_was_processed_has_audio_and_one_that_was_not_has_reasons() -> None:
    path = "POST /api/pipeline/process"
    good, bad = (one.value for one in HTTP.examples() if (one.operation, one.status) == (path, "200"))
    for wrong in (
        {**good, "processed_audio": None},
        {**good, "errors": ["But."]},
        {**good, "metrics": {"total_latency": 1}},
        {**bad, "errors": None},
        {**bad, "processed_audio": "AAAA"},
    ):
        assert HTTP.check_answer(path, 200, HEADERS, json.dumps(wrong).encode()) is not None
