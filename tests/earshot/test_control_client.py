"""The client of the control plane, where the other side is slow, gone or strange."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler

import pytest

from earshot.failures import NotGranted, TargetUnreachable, Unusable
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


COUNTS = json.dumps({"threads": 2}).encode()


def test_a_connection_that_was_closed_meanwhile_is_opened_again() -> None:
    with plane(answers(200, COUNTS, then_closes=True), answers(200, COUNTS)) as (control, asked):
        assert [control.census().threads, control.census().threads] == [2, 2]
        assert asked == ["GET /census", "GET /census"]


def test_a_plane_that_hangs_up_is_not_asked_twice() -> None:
    with plane(hangs_up) as (control, asked), pytest.raises(Unusable, match="is the service still running"):
        control.census()
    assert asked == ["GET /census"]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (answers(409, b'{"detail": "ask before its first chunk"}'), "409 with ask before its first chunk"),
        (answers(400, b'{"detail": "there is no place kitchen"}'), "400 with there is no place kitchen"),
        (answers(500, b"<html>"), "500 with b'<html>'"),
    ],
)
def test_a_refusal_says_what_was_asked_and_why_not(answer: Answer, told: str) -> None:
    with plane(answer) as (control, _), pytest.raises(Unusable, match=told) as refused:
        control.order("recogniser", "script", session_id="kind-lamp-100")
    assert "POST /orders" in str(refused.value)


def test_a_token_is_shown_with_every_request_and_in_no_complaint() -> None:
    shown: list[str | None] = []

    def answer(handler: BaseHTTPRequestHandler) -> None:
        shown.append(handler.headers["Authorization"])
        reply(handler, 200 if handler.headers["Authorization"] == "Bearer s3cret" else 401, COUNTS)

    with serving(answer) as address:
        with closing(Control(address, "s3cret")) as control:
            assert control.census().threads == 2
        with closing(Control(address, "wr0ng")) as control, pytest.raises(Unusable, match="401") as refused:
            control.census()
        with closing(Control(address)) as control, pytest.raises(Unusable, match="401"):
            control.census()
    assert shown == ["Bearer s3cret", "Bearer wr0ng", None]
    assert "wr0ng" not in str(refused.value)


def test_what_is_not_offered_is_told_apart_from_what_goes_wrong() -> None:
    told = r"does not offer POST /orders with .*sign-in.*: no such place here"
    answer = answers(501, b'{"detail": "no such place here"}')
    with plane(answer) as (control, _), pytest.raises(NotGranted, match=told):
        control.order("sign-in", times=1)


ORDER = json.dumps(
    {"id": "o/1", "place": "sign-in", "effect": "fail", "scope": {}, "times_struck": 0, "times_left": 2}
).encode()


@pytest.mark.parametrize("answer", [answers(200, b'{"removed": 1}'), answers(204, b""), answers(404, b"")])
def test_an_order_may_be_gone_when_it_is_called_off(answer: Answer) -> None:
    with plane(answers(201, ORDER), answer) as (control, asked):
        control.order("sign-in", times=2)
        control.call_off_ours()
        control.call_off_ours()
        assert asked == ["POST /orders", "DELETE /orders/o%2F1"]


def test_an_order_that_cannot_be_called_off_is_no_small_matter() -> None:
    with plane(answers(201, ORDER), answers(500, b"")) as (control, _):
        control.order("sign-in", times=2)
        with pytest.raises(Unusable, match="500"):
            control.call_off_ours()


def test_an_order_that_is_not_told_in_full_is_named() -> None:
    with plane(answers(201, b'{"id": "1"}')) as (control, _), pytest.raises(Unusable, match="a StandingOrder of its"):
        control.order("sign-in", times=2)


def test_an_answer_that_is_no_json_is_named() -> None:
    with plane(answers(200, b"<html>")) as (control, _), pytest.raises(Unusable, match="expected JSON, got b'<html>'"):
        control.census()


@pytest.mark.parametrize(
    ("answer", "came"),
    [
        (answers(200, b'{"orders": []}'), "it lists {'orders': []}"),
        (answers(404, b""), "expected 2xx, got 404"),
        (hangs_up, "did not answer GET /orders"),
    ],
)
def test_a_control_plane_that_is_none_is_named_with_what_to_do(answer: Answer, came: str) -> None:
    with plane(answer) as (control, _), pytest.raises(TargetUnreachable) as failure:
        control.insist_on_presence("mine")
    words = str(failure.value)
    assert words.startswith(f"the control plane of the target mine should list its orders at {control.url}/orders, but")
    assert came in words
    assert "(`control` and `control_token` in the target file)" in words


def test_a_control_plane_that_lists_its_orders_is_there() -> None:
    with plane(answers(200, b"[]")) as (control, _):
        control.insist_on_presence("mine")


def test_nobody_there_is_not_the_service_s_fault() -> None:
    with plane() as (control, _):
        pass
    with pytest.raises(Unusable, match="did not answer"):
        control.census()


def test_an_address_that_is_none_is_refused_at_once() -> None:
    for address in ("ws://127.0.0.1:1/broadcast", "http://127.0.0.1:1/control"):
        with pytest.raises(Unusable, match="http://host:port"):
            Control(address)


@pytest.mark.parametrize(
    "order",
    [
        lambda control: control.order("recogniser.feed", times=1),
        lambda control: control.order("store", times=1, table="Sessions", session_id="kind-lamp-100"),
        lambda control: control.order(
            "store", times=1, operations=["BatchGetItem"], table="Connections", session_id="kind-lamp-100"
        ),
    ],
)
def test_a_service_that_others_use_gets_no_fault_that_could_reach_them(order: Callable[[Control], object]) -> None:
    with (
        closing(Control("http://127.0.0.1:1", is_shared=True)) as control,
        pytest.raises(Unusable, match="Given a service that nobody else uses"),
    ):
        order(control)


@pytest.mark.parametrize(
    ("place", "effect", "members", "told"),
    [
        ("kitchen", "fail", {}, "an order at kitchen: expected one of the places recogniser.start"),
        ("handler", "fail", {}, "fail at handler: expected one of the effects stall, crash"),
        ("sign-in", "fail", {"table": "Sessions"}, "fail at sign-in has no table: expected times"),
        ("recogniser", "report", {"text": "Good morning"}, "report at recogniser needs session_id"),
        ("store", "fail", {"times": "once"}, 'times: "once" is not of type "integer"'),
    ],
)
def test_an_order_that_the_contract_does_not_have_is_not_given(
    place: str, effect: str, members: dict[str, object], told: str
) -> None:
    with closing(Control("http://127.0.0.1:1")) as control, pytest.raises(Unusable, match=told):
        control.order(place, effect, **members)


def test_what_the_contract_does_not_show_is_not_asked_for() -> None:
    with closing(Control("http://127.0.0.1:1")) as control:
        with pytest.raises(Unusable, match="no observations of weather; expected one of streams, audio"):
            control.observe("weather")
        with pytest.raises(Unusable, match="translations have no tongue; expected answered_at_s, asked_at_s"):
            control.observe("translations", tongue="es")


def test_what_was_ordered_and_strikes_nobody_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("earshot.targets.control.STRIKES_WITHIN_S", 0.05)

    def standing(times_struck: int) -> Answer:
        order = {"id": "order-1", "place": "recogniser.feed", "effect": "fail", "scope": {}, "times_left": None}
        return answers(200, json.dumps(order | {"times_struck": times_struck}).encode())

    with plane(standing(0), standing(0), standing(1)) as (control, _):
        control.order("recogniser.feed", session_id="kind-lamp-100")
        control.await_strikes()
    with plane(*[standing(0)] * 50) as (control, _):
        control.order("recogniser.feed", session_id="kind-lamp-100")
        with pytest.raises(AssertionError, match=r"struck nobody(.|\n)*fail at recogniser.feed"):
            control.await_strikes()
