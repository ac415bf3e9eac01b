"""Waiting for a service to be up, and reading its pages."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler

import pytest

from earshot.failures import TargetUnreachable
from earshot.ledger import Kind, Ledger
from earshot.targets.health import ASK_EVERY_S, PATIENCE_S, await_health, keeps_conversations
from earshot.wire.pages import Pages, conversation_pages
from tests.earshot.web_kit import reply, serving

Answers = Callable[[str, int], tuple[int, object]]
"""What a page answers, given its path and how often anything was asked before: status and body."""
WELL = {"status": "ok", "version": "1.0.0", "recordings_count": 0}


@contextmanager
def service(answers: Answers) -> Iterator[str]:
    """Serve pages on a port of this machine; yields the address."""
    asked = itertools.count()

    def answer(handler: BaseHTTPRequestHandler) -> None:
        status, body = answers(handler.path, next(asked))
        reply(handler, status, body if isinstance(body, bytes) else json.dumps(body).encode())

    with serving(answer) as address:
        yield address


class Clock:
    """Time that passes only by resting."""

    def __init__(self) -> None:
        self.rests: list[float] = []

    def now(self) -> float:
        return sum(self.rests)

    def rest(self, span_s: float) -> None:
        self.rests.append(span_s)


@pytest.mark.parametrize("state", ["ok", "warning"])
def test_a_service_that_is_up_is_not_waited_for(state: str) -> None:
    clock = Clock()
    with service(lambda *_: (200, {**WELL, "status": state})) as address:
        assert await_health("mine", f"{address}/", now=clock.now, rest=clock.rest) == state
    assert clock.rests == []


def test_a_service_is_asked_again_until_it_is_up() -> None:
    clock = Clock()
    with service(lambda _, asked: (503, b"") if asked < 3 else (200, WELL)) as address:
        assert await_health("mine", address, now=clock.now, rest=clock.rest) == "ok"
    assert clock.rests == [ASK_EVERY_S] * 3


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (503, b"", "it answers with status 503 and no state"),
        (200, b"<html>", "it answers with status 200 and no state"),
        (200, {"status": "down"}, "it says that it is 'down'"),
    ],
)
def test_after_30_seconds_the_run_fails_with_what_came_last(status: int, body: object, words: str) -> None:
    clock = Clock()
    with service(lambda *_: (status, body)) as address, pytest.raises(TargetUnreachable) as failure:
        await_health("mine", address, now=clock.now, rest=clock.rest)
    assert PATIENCE_S == 30
    assert clock.now() == pytest.approx(30, abs=ASK_EVERY_S)
    assert words in str(failure.value)
    assert "mine" in str(failure.value)
    assert "API_URL" in str(failure.value)


def test_a_service_that_is_not_there_is_said_not_to_answer() -> None:
    clock = Clock()
    with service(lambda *_: (200, WELL)) as address:
        pass
    with pytest.raises(TargetUnreachable, match="nobody answers"):
        await_health("mine", address, within_s=1, now=clock.now, rest=clock.rest)


def test_whether_conversations_are_kept_is_asked_for() -> None:
    with service(lambda *_: (200, {"session_id": "x", "segments": []})) as address:
        assert keeps_conversations(address)
    with service(lambda *_: (404, {"detail": "Not Found"})) as address:
        assert not keeps_conversations(address)


def read(path_answers: Answers) -> tuple[Ledger, object]:
    ledger = Ledger()
    with service(path_answers) as address:
        answer = Pages(address, ledger, conversation_pages()).get("/health", who="Ana", asks="asks")
    return ledger, answer


def test_a_page_is_kept_in_the_ledger() -> None:
    ledger, answer = read(lambda *_: (200, WELL))
    assert [(o.kind, o.who, o.leg) for o in ledger] == [
        (Kind.SENT, "Ana", "Ana (over HTTP)"),
        (Kind.RECEIVED, "Ana", "Ana (over HTTP)"),
    ]
    assert answer is list(ledger)[1]
    assert list(ledger)[1].message == WELL


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (200, {**WELL, "status": "fine"}, "/health, at status: "),
        (200, {"status": "ok"}, "/health, at the answer: "),
        (200, b"<html>", "/health, at the answer: "),
        (418, WELL, "/health answered with status 418, but may answer only with 200"),
    ],
)
def test_a_page_is_held_against_the_contract(status: int, body: object, words: str) -> None:
    ledger, _ = read(lambda *_: (status, body))
    [breach] = [o for o in ledger if o.kind is Kind.VIOLATION]
    assert breach.words.startswith(words)


def test_what_a_page_is_asked_for_cannot_leave_its_path() -> None:
    paths: list[str] = []

    def answers(path: str, _: int) -> tuple[int, object]:
        paths.append(path)
        return 400, {"detail": "no"}

    with service(answers) as address:
        pages = Pages(address, Ledger(), conversation_pages())
        pages.get("/api/conversations/{session_id}", {"session_id": "../health?x"}, who="Ana", asks="asks")
    assert paths == ["/api/conversations/..%2Fhealth%3Fx"]
