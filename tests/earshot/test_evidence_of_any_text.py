"""Evidence survives any text: every page can be written and read, and soon."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from earshot.conversation.dialogue import dialogue_page
from earshot.conversation.turns import Turn
from earshot.conversation.user import Exchange, Spoken
from earshot.evidence.breaches import breaches_page
from earshot.evidence.diagram import sequence_diagram
from earshot.evidence.itemdiff import item_page
from earshot.evidence.players import Recording, listening_page
from earshot.evidence.servicelog import service_log
from earshot.evidence.verdicts import Failure
from earshot.evidence.wirelog import wire_log
from earshot.ledger import Http, Kind, Ledger, Observation
from earshot.wire.reading import DEEPEST, read
from tests.earshot.hostile_kit import insist_on_valid

SOON_S = 5.0
DEEP = read('{"x":' * DEEPEST + "1" + "}" * DEEPEST)
ANY = {
    "half a surrogate pair": "a\ud83db",
    "controls": "".join(map(chr, range(32))) + "\x7f\x80\x9f",
    "a turn of direction": "\u202eevil\u202c \u2067x\u2069 \u200f",
    "no characters": "\ufffe\uffff\ufdd0",
    "markup": "</script></svg><b onclick='x'>&amp;]]>\"'",
    "ten megabytes": "x" * 10_000_000,
    "a megabyte of dashes": "a-" * 500_000,
    "a megabyte of secrets": "token=abc " * 100_000,
    "wide letters": "漢字" * 50_000,
    "joined letters": "👩‍👩‍👧‍👦" * 2_000 + "e" + "\u0301" * 5_000,
    "lines": "\r\n\u2028\u2029\x85" * 1_000,
}


def story(words: str) -> Ledger:
    """Everything that can be observed, with these words wherever somebody else chooses them."""
    ledger = Ledger()
    error = {"type": "error", "code": words, "message": words, "details": {words: [words, DEEP, 10**300, 1e300]}}
    http = Http("GET /health", "/health", {"x-words": words})
    for kind, details in (
        (Kind.SENT, {"words": "asks to connect"}),
        (Kind.REFUSED, {"message": error, "code": 503, "words": words}),
        (Kind.OPENED, {}),
        (Kind.RECEIVED, {"message": {"type": "sessionJoined", "sessionId": "s-1", "connectionId": "c-1"}}),
        (Kind.RECEIVED, {"message": error}),
        (Kind.RECEIVED, {"message": {"type": words, words: words}}),
        (Kind.RECEIVED, {"payload": words.encode("utf-8", "surrogatepass")}),
        (Kind.RECEIVED, {"message": {"type": "audio", "transcript": words, "audioData": words}}),
        (Kind.RECEIVED, {"message": {"detail": words}, "code": 500, "http": http, "words": words}),
        (Kind.VIOLATION, {"words": words, "message": error}),
        (Kind.NOTE, {"words": words}),
        (Kind.CLOSED, {"code": 4000, "words": words}),
    ):
        ledger.keep(Observation(time.monotonic_ns(), "Lena", "Lena", kind, **details))  # type: ignore[arg-type]
    return ledger


def conversation(words: str) -> str:
    told = {"type": "chatbot_response", "transcription": words, "response": words, "backend_used": words}
    ended = Observation(1, "Ben", "Ben", Kind.SENT, {"type": "segment_end"})
    turn = Turn(1, ended, Observation(2, "Ben", "Ben", Kind.RECEIVED, told))
    spoken = Spoken("Ben", 1, None, np.zeros(160, np.int16), "a sound")
    return dialogue_page([Exchange("Ben", "Ben", words, (spoken,), turn)])


def log(words: str) -> str:
    line = {"time": "2026-01-01T00:00:00Z", "level": words, "component": words, "operation": words, "message": words}
    page = service_log(story(""), json.dumps({**line, "metadata": {"sessionId": "s-1", words: words, "stack": words}}))
    assert page is not None
    return page


PAGES: dict[str, Callable[[str], str | None]] = {
    "wire log": lambda words: wire_log(story(words)),
    "diagram": lambda words: sequence_diagram(story(words)),
    "breaches": lambda words: breaches_page(story(words)),
    "records": lambda words: item_page({words: {"a": words}}, {words: {"a": {words: words}}}),
    "service log": log,
    "conversation": conversation,
    "players": lambda words: listening_page(
        [Recording("Lena", np.zeros(160, np.int16), "Good morning.", words[:2_000], detail=words[:20])]
    ),
}


@pytest.mark.parametrize("words", ANY.values(), ids=[name.replace(" ", "-") for name in ANY])
@pytest.mark.parametrize("title", PAGES)
def test_every_page_survives(title: str, words: str) -> None:
    began_s = time.process_time()
    page: Any = PAGES[title](words)
    took_s = time.process_time() - began_s
    insist_on_valid(page)
    assert took_s < SOON_S
    assert len(page) < 5_000_000


@pytest.mark.parametrize("words", ANY.values(), ids=[name.replace(" ", "-") for name in ANY])
def test_every_result_survives(words: str) -> None:
    began_s = time.process_time()
    details = Failure.raised(AssertionError(words)).details()
    assert time.process_time() - began_s < SOON_S
    for said in (details.message, details.trace):
        json.dumps(said, ensure_ascii=False).encode()
        assert len(said) < 500_000
