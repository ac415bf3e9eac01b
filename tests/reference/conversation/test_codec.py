"""The conversation's codec takes what the contract lets people send, and writes what it lets a service send."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from earshot.wire.contract import Contract
from reference.conversation import codec
from reference.conversation.codec import AudioPiece, Close, EndSegment, NameSession
from reference.conversation.model import NOTHING_HEARD, Answer, Heard, Refused, Reply, Utterance
from reference.conversation.notices import ChunkTaken, Complaint, Notice, SegmentAnswered, SegmentDone, SessionKnown

PATH = Path(__file__).parents[3] / "contract" / "conversation.asyncapi.yaml"
CONTRACT = Contract.load(PATH)
DOCUMENT = yaml.safe_load(PATH.read_text("utf-8"))
LIMIT = 1_048_576
AUDIO = b"\x00\x01\x02\x03\x04"


def decode(frame: str | bytes) -> codec.Request:
    return codec.decode(frame, chunk_max_bytes=LIMIT)


def chunk(data: object) -> bytes:
    request = decode(json.dumps({"type": "audio_chunk", "data": data}))
    assert isinstance(request, AudioPiece)
    return request.audio


def code_of(frame: str) -> str:
    with pytest.raises(Refused) as refused:
        decode(frame)
    return refused.value.code


@pytest.mark.parametrize("payload", [payload for _, _, payload in CONTRACT.examples("sent")], ids=str)
def test_every_example_is_taken_with_fields_that_nobody_knows(payload: dict[str, Any]) -> None:
    request = decode(json.dumps({**payload, "invented": {"later": [1]}}))
    assert request.type == payload["type"]


def test_requests_carry_what_was_sent() -> None:
    assert decode('{"type": "session", "session_id": "a-B_9"}') == NameSession("a-B_9")
    assert decode('{"type": "segment_end"}') == EndSegment()
    assert decode('{"type": "close"}') == Close()
    assert decode(AUDIO) == AudioPiece(AUDIO)
    assert decode('{"type": "audio_chunk"}') == AudioPiece(b"")


@pytest.mark.parametrize(
    ("data", "audio"),
    [
        ("AAECAwQ=", AUDIO),
        ("AAECAwQ", AUDIO),
        (" \t\r\nAAECAwQ=\n", AUDIO),
        ("AA", b"\x00"),
        ("AA=", b"\x00"),
        ("AA==", b"\x00"),
        ("+/+/", b"\xfb\xff\xbf"),
        ("", b""),
        ("  ", b""),
    ],
)
def test_base64_may_lack_padding_and_stand_in_space(data: str, audio: bytes) -> None:
    assert chunk(data) == audio


@pytest.mark.parametrize(
    "data",
    ["!!!!", "AAEC AwQ=", "AAE\nCAwQ", "AAECA", "A", "AAEC=", "AA===", "A=AA", "-_-_", "AAÄA", "=", 5, None, ["AA"]],
)
def test_anything_else_is_no_base64(data: object) -> None:
    frame = json.dumps({"type": "audio_chunk", "data": data})
    with pytest.raises(Refused, match="decoded") as refused:
        decode(frame)
    assert refused.value.code == "INVALID_AUDIO"


@pytest.mark.parametrize(
    "frame", ["{", "", "[]", "1", "null", '"session"', "{}", '{"type": 5}', '{"type": null}', "[" * 99_999]
)
def test_what_is_no_message_is_refused(frame: str) -> None:
    assert code_of(frame) == "INVALID_MESSAGE"


def test_an_unknown_type_is_refused() -> None:
    assert code_of('{"type": "transcription", "text": "hello"}') == "UNKNOWN_TYPE"


@pytest.mark.parametrize("given", ["", "a" * 129, "a b", "../x", "a/b", "ä", "a\n", "a\x00", 7, None, ["a"]])
def test_a_session_id_that_could_be_a_path_is_refused(given: object) -> None:
    assert code_of(json.dumps({"type": "session", "session_id": given})) == "INVALID_SESSION_ID"


def test_the_longest_session_id_is_taken_and_a_missing_one_refused() -> None:
    assert decode(json.dumps({"type": "session", "session_id": "a" * 128})) == NameSession("a" * 128)
    assert code_of('{"type": "session"}') == "INVALID_SESSION_ID"


def test_a_chunk_of_the_greatest_size_is_read_and_one_far_beyond_is_not_even_read() -> None:
    assert len(chunk(base64.b64encode(bytes(LIMIT)).decode())) == LIMIT
    assert code_of("{" * (2 * LIMIT)) == "CHUNK_TOO_LARGE"


HEARD = Heard((Utterance("Hello.", "Speaker 1"), Utterance("Who is there?")))
NOTICES: list[Notice] = [
    SessionKnown("a-1"),
    ChunkTaken(1, 2, 3244),
    ChunkTaken(1, 3, 0),
    SegmentAnswered(1, Answer(HEARD, Reply("Hello!", "llama", None))),
    SegmentAnswered(2, Answer(Heard(()), NOTHING_HEARD)),
    SegmentDone(2),
    Complaint(Refused("NO_AUDIO", "There is no audio data."), 3),
    *(Complaint(Refused(code, "No.")) for code in DOCUMENT["x-error-codes"]),
]


@pytest.mark.parametrize("notice", NOTICES, ids=str)
def test_every_notice_is_a_message_of_the_contract(notice: Notice) -> None:
    assert CONTRACT.check_received(json.loads(codec.encode(notice)), "user") is None


def test_notices_cover_every_message_that_a_caller_may_get() -> None:
    kinds = {json.loads(codec.encode(notice))["type"] for notice in NOTICES}
    assert kinds == {payload["type"] for _, _, payload in CONTRACT.examples("received")}


def test_a_response_has_the_words_without_labels_and_all_four_members() -> None:
    assert json.loads(codec.encode(NOTICES[3])) == {
        "type": "chatbot_response",
        "transcription": "Hello. Who is there?",
        "response": "Hello!",
        "backend_used": "llama",
        "error": None,
        "segment": 1,
    }
    assert HEARD.labelled == "[Speaker 1] Hello. Who is there?"
