"""Waiting for a service to be up, and asking what it offers."""

from __future__ import annotations

import itertools
import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler

import httpx2
import pytest

from earshot.failures import TargetUnreachable
from earshot.targets import health
from earshot.targets.definition import address_hint
from earshot.targets.health import PATIENCE_S, Health, await_health, health_of
from earshot.targets.offers import offered
from earshot.wire.http import SILENT, get
from tests.earshot.web_kit import reply, serving

Answers = Callable[[str, int], tuple[int, object]]
"""What is answered, given the path and how often anything was asked before: status and body."""
WELL = {"status": "ok", "version": "1.0.0", "recordings_count": 0}


CHAT = health_of("conversation")
assert CHAT is not None
STUDIO = health_of("studio")
assert STUDIO is not None
HINT = address_hint("conversation", "http")


@contextmanager
def service(answers: Answers) -> Iterator[str]:
    """Serve on a port of this machine; yields the address."""
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
        assert await_health("mine", f"{address}/", CHAT, hint=HINT, now=clock.now, rest=clock.rest) == state
    assert clock.rests == []


def test_a_service_is_asked_again_until_it_is_up() -> None:
    clock = Clock()
    with service(lambda _, asked: (503, b"") if asked < 3 else (200, WELL)) as address:
        assert await_health("mine", address, CHAT, hint=HINT, now=clock.now, rest=clock.rest) == "ok"
    assert clock.rests == [CHAT.every_s] * 3


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
        await_health("mine", address, CHAT, hint=HINT, now=clock.now, rest=clock.rest)
    assert PATIENCE_S == 30
    assert clock.now() == pytest.approx(30, abs=CHAT.every_s)
    assert words in str(failure.value)
    assert "mine" in str(failure.value)
    assert "API_URL" in str(failure.value)


def test_a_service_that_is_not_there_is_said_not_to_answer() -> None:
    with service(lambda *_: (200, WELL)) as address:
        pass
    for way, rests_s in ((CHAT, 30), (STUDIO, 8)):
        clock = Clock()
        with pytest.raises(TargetUnreachable, match=r"nobody answers .*; start it") as failure:
            await_health("mine", address, way, hint=HINT, now=clock.now, rest=clock.rest)
        assert clock.now() == pytest.approx(rests_s)
        assert f"{address}{way.path}" in str(failure.value)


@pytest.mark.parametrize(
    ("error", "given_up_at_s", "words"),
    [(httpx2.ConnectTimeout, 30, "nobody answers"), (httpx2.ReadTimeout, 8, "says nothing")],
)
def test_a_blocked_port_and_whoever_listens_in_silence_are_given_up_in_time(
    monkeypatch: pytest.MonkeyPatch, error: type[Exception], given_up_at_s: float, words: str
) -> None:
    clock = Clock()

    def get(_: str, within_s: float) -> tuple[int, bytes]:
        clock.rest(within_s)
        raise error("no answer")

    monkeypatch.setattr(health, "get", get)
    with pytest.raises(TargetUnreachable, match=f"{words}.*asked . times in {given_up_at_s} s"):
        await_health("mine", "http://mine", STUDIO, hint=HINT, now=clock.now, rest=clock.rest)
    assert clock.now() <= given_up_at_s
    assert max(clock.rests) == 5


def test_a_silent_listener_is_told_apart_from_a_port_where_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(SILENT):
        get(f"http://127.0.0.1:{silent.getsockname()[1]}/health", within_s=0.2)


def test_whether_conversations_are_kept_is_asked_for() -> None:
    with service(lambda *_: (200, {"session_id": "x", "segments": []})) as address:
        assert offered("conversation", address) == {"needs-conversation-log"}
    for status, body in ((404, {"detail": "Not Found"}), (200, b"<html>")):
        with service(lambda *_, status=status, body=body: (status, body)) as address:  # type: ignore[misc]
            assert offered("conversation", address) == frozenset()


def test_only_who_declares_its_health_is_asked_for_it() -> None:
    assert Health("/health", ("ok", "warning"), every_s=0.25) == CHAT
    assert health_of("broadcast") is None
