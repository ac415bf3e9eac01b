"""Delays count from when a message was due, in order on each connection, and what never came takes for ever."""

from __future__ import annotations

import math

from hamcrest import assert_that, not_

from earshot.actors.acts import ASK_STATUS, PAUSE
from earshot.ledger import Kind, Observation
from earshot.matchers.latency import in_words, p95_within
from earshot.measure.delays import answer_delays_ms, between_ms, notice_delays_ms, welcome_delays_ms


def sent(who: str, action: str, at_ms: float, *, due_ms: float | None = None, leg: str = "") -> Observation:
    due_ns = None if due_ms is None else int(due_ms * 1e6)
    return Observation(int(at_ms * 1e6), who, leg or who, Kind.SENT, message={"action": action}, due_ns=due_ns)


def got(who: str, kind: str, at_ms: float, **members: object) -> Observation:
    return Observation(int(at_ms * 1e6), who, who, Kind.RECEIVED, message={"type": kind, **members})


def test_an_answer_counts_from_when_the_request_was_due() -> None:
    observed = [sent("Ana", "pauseBroadcast", 30, due_ms=10), got("Ana", "broadcastPaused", 50)]
    assert answer_delays_ms(observed, PAUSE) == [40]


def test_answers_belong_to_requests_in_their_order_on_one_connection() -> None:
    observed = [
        sent("Ana", "pauseBroadcast", 0),
        sent("Bruno", "pauseBroadcast", 1),
        sent("Ana", "pauseBroadcast", 2),
        got("Bruno", "broadcastPaused", 4),
        got("Ana", "broadcastPaused", 5),
        got("Ana", "broadcastPaused", 9),
    ]
    assert answer_delays_ms(observed, PAUSE) == [5, 7, 3]
    assert answer_delays_ms(observed, PAUSE, who=["Bruno"]) == [3]


def test_what_was_not_asked_for_is_no_answer() -> None:
    observed = [
        sent("Ana", "getSessionStatus", 0),
        got("Ana", "sessionStatus", 1, updateReason="periodic"),
        got("Ana", "sessionStatus", 8, updateReason="requested"),
    ]
    assert answer_delays_ms(observed, ASK_STATUS) == [8]


def test_a_request_without_an_answer_took_for_ever() -> None:
    delays_ms = answer_delays_ms([sent("Ana", "pauseBroadcast", 0)], PAUSE)
    assert delays_ms == [math.inf]
    assert_that(delays_ms, not_(p95_within(1e9, at_least=1)))


def test_every_listener_counts_for_a_notice() -> None:
    observed = [
        sent("Ana", "pauseBroadcast", 0),
        got("Lena", "broadcastPaused", 3),
        got("Ana", "broadcastPaused", 4),
        got("Amina", "broadcastPaused", 7),
    ]
    delays_ms = notice_delays_ms(observed, PAUSE, {"Ana": ["Lena", "Amina", "Marco"]})
    assert delays_ms == [3, 7, math.inf]


def test_a_welcome_counts_from_the_wish_to_connect() -> None:
    asked = Observation(0, "Lena", "Lena", Kind.SENT, words="asks to connect")
    assert welcome_delays_ms([asked, got("Lena", "sessionJoined", 12)], "sessionJoined") == [12]


def test_what_began_and_has_no_end_took_for_ever() -> None:
    assert between_ms({"a": 1.0, "b": 2.0}, {"a": 1.5}) == [500, math.inf]


def test_too_few_delays_show_nothing() -> None:
    assert_that([1.0] * 99, not_(p95_within(100, at_least=100)))
    assert_that([], not_(p95_within(100, at_least=0 + 1)))


def test_five_in_a_hundred_may_be_late_and_a_sixth_may_not() -> None:
    assert_that([1.0] * 95 + [500.0] * 5, p95_within(100, at_least=100))
    assert_that([1.0] * 94 + [500.0] * 6, not_(p95_within(100, at_least=100)))


def test_the_words_tell_percentiles_the_count_and_what_never_came() -> None:
    assert in_words([1.0, 2.0, 3.0]) == "p50 2.0 ms, p95 3.0 ms, p99 3.0 ms, max 3.0 ms (n = 3)"
    assert in_words([1.0, math.inf]).endswith("(n = 2, 1 of them never came)")
    assert in_words([]) == "nothing was measured"
