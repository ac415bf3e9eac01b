"""The client of the control plane, where the other side is slow, gone or strange."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler

import pytest

from earshot.failures import Unusable
from earshot.targets.control import Control
from tests.earshot.web_kit import Answer, reply, serving


def answers(status: int, body: bytes, *, then_closes: bool = False) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        reply(handler, status, body)
        handler.close_connection = then_closes  # without telling the client, as after an idle time

    return answer


def hangs_up(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True


@contextmanager
def plane(*script: Answer) -> Iterator[tuple[Control, list[str]]]:
    """Serve one answer after the other; yield a client and what it has asked."""
    asked: list[str] = []
    remaining = iter(script)

    def answer(handler: BaseHTTPRequestHandler) -> None:
        asked.append(f"{handler.command} {handler.path}")
        next(remaining)(handler)

    with serving(answer) as address, closing(Control(address)) as control:
        yield control, asked


REMOVED = json.dumps({"removed": 2}).encode()


def test_a_connection_that_was_closed_meanwhile_is_opened_again() -> None:
    with plane(answers(200, REMOVED, then_closes=True), answers(200, REMOVED)) as (control, asked):
        assert [control.call_off_all("kind-lamp-100"), control.call_off_all()] == [2, 2]
        assert asked == ["DELETE /faults?session_id=kind-lamp-100", "DELETE /faults"]


def test_a_plane_that_hangs_up_is_not_asked_twice() -> None:
    with plane(hangs_up) as (control, asked), pytest.raises(Unusable, match="is the service still running"):
        control.call_off_all()
    assert asked == ["DELETE /faults"]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (answers(409, b'{"detail": "ask before its first chunk"}'), "409 with ask before its first chunk"),
        (answers(422, b'{"detail": [{"msg": "no such place"}, {"msg": "no effect"}]}'), "no such place; no effect"),
        (answers(500, b"<html>"), "500 with b'<html>'"),
    ],
)
def test_a_refusal_says_what_was_asked_and_why_not(answer: Answer, told: str) -> None:
    with plane(answer) as (control, _), pytest.raises(Unusable, match=told) as refused:
        control.script("kind-lamp-100")
    assert "PUT /sessions/kind-lamp-100/script" in str(refused.value)


def test_nobody_there_is_not_the_service_s_fault() -> None:
    with plane() as (control, _):
        pass
    with pytest.raises(Unusable, match="did not answer"):
        control.census()


def test_an_address_that_is_none_is_refused_at_once() -> None:
    with pytest.raises(Unusable, match="http://host:port"):
        Control("ws://127.0.0.1:1/broadcast")


@pytest.mark.parametrize(
    "order",
    [
        lambda control: control.fail_recogniser(times=1),
        lambda control: control.fail_store(1, table="Sessions", session_id="kind-lamp-100"),
        lambda control: control.fail_store(
            1, operations=["BatchGetItem"], table="Connections", session_id="kind-lamp-100"
        ),
    ],
)
def test_a_service_that_others_use_gets_no_fault_that_could_reach_them(order: Callable[[Control], object]) -> None:
    with (
        closing(Control("http://127.0.0.1:1", is_shared=True)) as control,
        pytest.raises(Unusable, match="Given a service that nobody else uses"),
    ):
        order(control)
