"""Delays count from when a message was due, in order on each connection, and what never came takes for ever."""

from __future__ import annotations

import math

from earshot.broadcast.acts import ASK_STATUS, PAUSE
from earshot.ledger import Kind, Observation
from earshot.measure.delays import Delay, Delays, answer_delays, between, interval_ms, notice_delays, welcome_delays


def sent(who: str, action: str, at_ms: float, *, due_ms: float | None = None, leg: str = "") -> Observation:
    due_ns = None if due_ms is None else int(due_ms * 1e6)
    return Observation(int(at_ms * 1e6), who, leg or who, Kind.SENT, message={"action": action}, due_ns=due_ns)


def took_ms(delays: Delays) -> list[float]:
    return [delay.took_ms for delay in delays]


def got(who: str, kind: str, at_ms: float, **members: object) -> Observation:
    return Observation(int(at_ms * 1e6), who, who, Kind.RECEIVED, message={"type": kind, **members})


def test_an_answer_counts_from_when_the_request_was_due() -> None:
    observed = [sent("Ana", "pauseBroadcast", 30, due_ms=10), got("Ana", "broadcastPaused", 50)]
    assert answer_delays(observed, [PAUSE]) == [Delay(10_000_000, 40)]


def test_answers_belong_to_requests_in_their_order_on_one_connection() -> None:
    observed = [
        sent("Ana", "pauseBroadcast", 0),
        sent("Bruno", "pauseBroadcast", 1),
        sent("Ana", "pauseBroadcast", 2),
        got("Bruno", "broadcastPaused", 4),
        got("Ana", "broadcastPaused", 5),
        got("Ana", "broadcastPaused", 9),
    ]
    assert took_ms(answer_delays(observed, [PAUSE])) == [5, 3, 7]  # in the order in which they were due
    assert took_ms(answer_delays(observed, [PAUSE], who=["Bruno"])) == [3]


def test_what_was_not_asked_for_is_no_answer() -> None:
    observed = [
        sent("Ana", "getSessionStatus", 0),
        got("Ana", "sessionStatus", 1, updateReason="periodic"),
        got("Ana", "sessionStatus", 8, updateReason="requested"),
    ]
    assert took_ms(answer_delays(observed, [ASK_STATUS])) == [8]


def test_a_request_without_an_answer_took_for_ever() -> None:
    assert took_ms(answer_delays([sent("Ana", "pauseBroadcast", 0)], [PAUSE])) == [math.inf]


def test_every_listener_counts_for_a_notice() -> None:
    observed = [
        sent("Ana", "pauseBroadcast", 0),
        got("Lena", "broadcastPaused", 3),
        got("Ana", "broadcastPaused", 4),
        got("Amina", "broadcastPaused", 7),
    ]
    delays = notice_delays(observed, [PAUSE], {"Ana": ["Lena", "Amina", "Marco"]})
    assert took_ms(delays) == [3, 7, math.inf]


def test_a_welcome_counts_from_the_wish_to_connect() -> None:
    asked = Observation(0, "Lena", "Lena", Kind.SENT, words="asks to connect")
    assert took_ms(welcome_delays([asked, got("Lena", "sessionJoined", 12)], "sessionJoined")) == [12]


def test_what_began_and_has_no_end_took_for_ever() -> None:
    assert took_ms(between({"b": 2.0, "a": 1.0}, {"a": 1.5})) == [500, math.inf]


def test_acts_of_several_kinds_are_one_series_in_the_order_due() -> None:
    observed = [
        sent("Ana", "pauseBroadcast", 0),
        sent("Ana", "getSessionStatus", 10),
        sent("Ana", "pauseBroadcast", 20),
        got("Ana", "broadcastPaused", 1),
        got("Ana", "sessionStatus", 12, updateReason="requested"),
        got("Ana", "broadcastPaused", 23),
    ]
    delays = answer_delays(observed, [PAUSE, ASK_STATUS])
    assert took_ms(delays) == [1, 2, 3]
    assert interval_ms(delays) == 10
