"""The agreement on live audio of calls says what is promised, and the checker notices every departure from it."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from earshot.wire.contract import Contract

CONTRACT = Contract.load(Path(__file__).parents[2] / "contract" / "calls.asyncapi.yaml")
REQUIRED = {
    "config": {"language", "sample_rate"},
    "audio": {"audio", "seq"},
    "dtmf": {"digit"},
    "end_of_stream": set[str](),
    "config_ack": {"language", "engine_selected", "routing_reason"},
    "partial": {"transcript", "confidence", "is_final", "language"},
    "final": {"transcript", "confidence", "is_final", "language"},
    "response": {"text", "language", "intent", "action", "audio_data", "audio_format", "metadata"},
    "call_ended": {"duration_seconds", "turns"},
    "error": {"code", "message"},
    "call_state": {"call_id", "hotel_id", "state"},
}
EXAMPLES = [(way, payload) for way in ("sent", "received") for _, _, payload in CONTRACT.examples(way)]
BY_TYPE = {str(payload["type"]): payload for _, payload in reversed(EXAMPLES)}
TOKEN = "t" * 43


def check(way: str, payload: dict[str, Any]) -> str | None:
    role = "watcher" if payload["type"] == "call_state" else "guest"
    return CONTRACT.check_sent(payload, role) if way == "sent" else CONTRACT.check_received(payload, role)


def test_every_type_has_examples_that_keep_the_contract_and_need_what_they_must() -> None:
    assert BY_TYPE.keys() == REQUIRED.keys()
    for way, payload in EXAMPLES:
        assert check(way, payload) is None
        assert check(way, {**payload, "invented": {"later": [1]}}) is None
        for member in payload.keys() - {"type"}:
            less = copy.deepcopy(payload)
            del less[member]
            assert (f": {member} is missing" in str(check(way, less))) is (member in REQUIRED[str(payload["type"])])


@pytest.mark.parametrize(
    "wrong",
    [
        ("partial", {"is_final": True}),
        ("final", {"is_final": False}),
        ("final", {"transcript": ""}),
        ("final", {"confidence": 1.1}),
        ("response", {"text": " "}),
        ("response", {"intent": "small_talk"}),
        ("response", {"audio_data": "!!!"}),
        ("response", {"audio_data": ""}),
        ("response", {"metadata": {"tts_engine": "a", "tts_cached": False, "tts_duration_ms": 0}}),
        ("call_ended", {"turns": -1}),
        ("call_state", {"state": "resting"}),
        ("call_state", {"previous_state": "resting"}),
        ("error", {"message": ""}),
    ],
    ids=str,
)
def test_what_means_nothing_does_not_pass(wrong: tuple[str, dict[str, object]]) -> None:
    kind, members = wrong
    assert check("received", BY_TYPE[kind]) is None
    assert check("received", {**BY_TYPE[kind], **members}) is not None


def test_the_contract_tells_what_answers_each_message_and_who_connects_how() -> None:
    assert CONTRACT.answers("guest") == {
        "config": {"config_ack", "response"},
        "audio": {"partial", "final", "response"},
        "dtmf": {"response"},
        "end_of_stream": {"call_ended"},
    }
    assert CONTRACT.check_connect({"token": TOKEN}, "guest") is None
    assert CONTRACT.check_connect({"token": ""}, "guest") is not None
    assert "token is missing" in str(CONTRACT.check_connect({"key": TOKEN}, "guest"))
