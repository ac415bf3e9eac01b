"""The conversation's contract says what the requirements say, and the checker notices every departure from it.

The tables of this file repeat the requirements on purpose: what they say is not read from the document.
"""

from __future__ import annotations

import base64
import copy
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from earshot.wire.contract import Contract

FOLDER = Path(__file__).parents[2] / "contract"
PATH = FOLDER / "conversation.asyncapi.yaml"
CONTRACT = Contract.load(PATH)
DOCUMENT = yaml.safe_load(PATH.read_text("utf-8"))
RESOURCES = yaml.safe_load((FOLDER / "conversation.openapi.yaml").read_text("utf-8"))

SENT = {"session", "audio_chunk", "segment_end", "close"}
RECEIVED = {"session_ack", "chunk_received", "chatbot_response", "segment_processed", "error"}
REQUIRED = {
    "session": {"session_id"},
    "session_ack": {"session_id"},
    "chatbot_response": {"transcription", "response", "backend_used", "error"},
    "error": {"message"},
}
ANSWER = {
    "type": "chatbot_response",
    "transcription": "Hello.",
    "response": "Hello!",
    "backend_used": "llama",
    "error": None,
}
CASES: dict[str, dict[str, object]] = {
    "nothing understood": {"transcription": "", "response": None, "backend_used": "none", "error": "No speech."},
    "blocked": {"response": None, "backend_used": "guardrails", "error": "Please rephrase it."},
    "all unavailable": {"response": None, "backend_used": "unknown", "error": "All are unavailable."},
    "raised": {"response": None, "backend_used": "error", "error": "Chatbot error: it failed."},
}
EXAMPLES = [(way, payload) for way in ("sent", "received") for _, _, payload in CONTRACT.examples(way)]


def check(way: str, payload: dict[str, Any]) -> str | None:
    return CONTRACT.check_sent(payload, "user") if way == "sent" else CONTRACT.check_received(payload, "user")


def received(**members: object) -> str | None:
    return CONTRACT.check_received({**ANSWER, **members}, "user")


def test_every_type_is_declared_in_its_direction_with_examples() -> None:
    kinds: dict[str, set[object]] = {"sent": set(), "received": set()}
    for way, payload in EXAMPLES:
        kinds[way].add(payload["type"])
    assert kinds == {"sent": SENT, "received": RECEIVED}


def test_examples_keep_the_contract_even_with_fields_it_does_not_know() -> None:
    for way, payload in EXAMPLES:
        assert check(way, payload) is None
        assert check(way, {**payload, "invented": {"later": [1]}}) is None


def test_each_required_member_is_missed_and_no_other_is() -> None:
    for way, payload in EXAMPLES:
        for member in payload.keys() - {"type"}:
            less = copy.deepcopy(payload)
            del less[member]
            sentence = check(way, less)
            if member in REQUIRED.get(str(payload["type"]), ()):
                assert f": {member} is missing" in str(sentence)
            else:
                assert sentence is None


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_every_case_of_a_response_passes(case: dict[str, object]) -> None:
    assert received(**case) is None


@pytest.mark.parametrize(
    "members",
    [
        {"response": None},
        {"error": "But."},
        {"response": " "},
        {"backend_used": None},
        {"backend_used": ""},
        {"transcription": None},
        {"transcription": ""},
        {"backend_used": "none"},
        CASES["nothing understood"] | {"transcription": "Hello."},
        CASES["nothing understood"] | {"error": None},
        CASES["blocked"] | {"response": "Hello!", "error": None},
        CASES["blocked"] | {"error": ""},
        CASES["raised"] | {"error": "It failed."},
        {"response": None, "error": "But.", "backend_used": "llama"},
        {"segment": 0},
    ],
    ids=str,
)
def test_a_response_that_is_none_of_the_cases_does_not_pass(members: dict[str, object]) -> None:
    assert received(**members) is not None


@pytest.mark.parametrize("session_id", ["", "a b", "../a", "a/b", "ä", "a" * 129, 7, None])
def test_a_session_id_of_another_form_does_not_pass(session_id: object) -> None:
    assert CONTRACT.check_sent({"type": "session", "session_id": session_id}, "user") is not None
    assert CONTRACT.check_received({"type": "session_ack", "session_id": session_id}, "user") is not None


@pytest.mark.parametrize("data", ["!!!!", "AA BB", "-_", 5, None, base64.b64encode(bytes(1_048_580)).decode()])
def test_data_that_is_no_base64_or_too_long_does_not_pass(data: object) -> None:
    assert CONTRACT.check_sent({"type": "audio_chunk", "data": data}, "user") is not None


def test_a_chunk_of_one_mebibyte_passes_in_both_forms_and_one_byte_more_does_not() -> None:
    assert (
        CONTRACT.check_sent({"type": "audio_chunk", "data": base64.b64encode(bytes(1_048_576)).decode()}, "user")
        is None
    )
    assert CONTRACT.check_binary_sent(bytes(1_048_576), "user") is None
    assert CONTRACT.check_binary_sent(bytes(1_048_577), "user") is not None
    assert CONTRACT.check_binary_sent(b"", "user") is None


def test_errors_have_text_and_codes_of_the_closed_list() -> None:
    error = {"type": "error", "message": "No."}
    assert CONTRACT.check_received(error, "user") is None
    assert {
        code for code in DOCUMENT["x-error-codes"] if CONTRACT.check_received({**error, "code": code}, "user") is None
    } == set(DOCUMENT["components"]["schemas"]["errorCode"]["enum"])
    for wrong in ({"code": "NOPE"}, {"message": " "}, {"message": None}):
        assert CONTRACT.check_received({**error, **wrong}, "user") is not None
    assert Contract.load(PATH, foreign=True).check_received({**error, "code": "NOPE"}, "user") is None


def test_keywords_are_those_of_the_requirements() -> None:
    says = {code: row["says"] for code, row in DOCUMENT["x-error-codes"].items() if "says" in row}
    assert says == {
        "INVALID_SESSION_ID": "session",
        "INVALID_AUDIO": "decode",
        "NO_AUDIO": "audio data",
        "AUDIO_NOT_DECODABLE": "decode",
    }
    assert DOCUMENT["x-close-codes"].keys() == {1000, 1001, 1009, 1011}


@pytest.mark.parametrize(
    ("path", "schema"), [("/health", "Health"), ("/api/conversations/{session_id}", "Conversation")]
)
def test_examples_of_answers_keep_their_schemas(path: str, schema: str) -> None:
    validator = jsonschema_rs.validator_for(
        {"components": RESOURCES["components"], "$ref": f"#/components/schemas/{schema}"}
    )
    content = RESOURCES["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]
    assert content["schema"] == {"$ref": f"#/components/schemas/{schema}"}
    for example in content["examples"].values():
        validator.validate(example["value"])
        for member in RESOURCES["components"]["schemas"][schema]["required"]:
            assert not validator.is_valid({name: value for name, value in example["value"].items() if name != member})


def test_the_contract_tells_what_answers_each_request() -> None:
    answers = CONTRACT.answers("user")
    assert answers["audio_chunk"] == {"chunk_received"}
    assert answers["segment_end"] == {"chatbot_response", "segment_processed"}
    assert answers["close"] == frozenset()


def test_a_service_may_have_words_of_its_own_in_the_place_of_those_that_are_named() -> None:
    theirs = Contract(DOCUMENT, foreign=True, own={"blocked_words": ["wuzzlefret"]})
    assert dict(CONTRACT.own()) == {name: name for name in ("flumperdinck", "zorgleblat", "sk-your-key-here")}
    assert dict(theirs.own()) == {
        "flumperdinck": "wuzzlefret",
        "zorgleblat": "wuzzlefret",
        "sk-your-key-here": "sk-your-key-here",
    }
