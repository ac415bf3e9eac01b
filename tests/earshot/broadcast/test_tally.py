"""What many listeners heard adds up: the last of each message, who missed something, and all delays together."""

from __future__ import annotations

import math

import pytest

from earshot.broadcast.load.tally import Tally, tally, total
from earshot.wire.noting import value_of

MS = 1_000_000
DUE = {"one": 100 * MS, "two": 200 * MS}


def heard(**at_ms: float) -> dict[str, int]:
    return {message: int(time_ms * MS) for message, time_ms in at_ms.items()}


def rows() -> list[Tally]:
    left = tally(DUE, {"Listener 1": heard(one=105, two=210), "Listener 3": heard(one=103, two=230)})
    right = tally(DUE, {"Listener 2": heard(one=150, two=204)})
    return [left, right]


def test_the_last_listener_of_each_message_counts() -> None:
    whole = total(rows())
    assert whole.last_of_all_ms() == [50, 30]
    assert whole.in_words() == ("over all 3 listeners p50 5.0 ms, p95 50.0 ms, p99 50.0 ms, nobody missed anything")


def test_a_message_that_somebody_missed_never_came_and_the_one_is_named() -> None:
    whole = total([*rows(), tally(DUE, {"Listener 4": heard(two=201)})])
    assert whole.last_of_all_ms() == [math.inf, 30]
    assert whole.missed == {"Listener 4": 1}
    assert whole.in_words().endswith("Listener 4 missed 1 of 2 and nobody else any")


def test_it_survives_being_sent() -> None:
    whole = total(Tally.from_json(row.to_json()) for row in rows())
    assert whole.last_of_all_ms() == [50, 30]
    assert whole.histogram.get_total_count() == 6
    assert whole.due_ns == (100 * MS, 200 * MS)


def test_another_clock_is_allowed_for() -> None:
    ahead = tally(DUE, {"Listener 1": heard(one=1105, two=1210)}, offset_ns=1000 * MS)
    assert ahead.last_of_all_ms() == [5, 10]


def test_tallies_of_other_messages_do_not_add_up() -> None:
    with pytest.raises(ValueError, match="expected what was heard of 2 messages, got 1"):
        total([*rows(), tally({"one": 0}, {})])


def test_an_audience_of_nobody_has_heard_nothing() -> None:
    assert tally(DUE, {}).last_of_all_ms() == [math.inf, math.inf]


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ('{"type":"audio","transcript":"A \\"fine\\" day – truly","audioData":"AAAA"}', 'A "fine" day – truly'),
        ('{"transcript" : "first"}', "first"),
        ('{"type":"audio","audioData":"transcript"}', None),
    ],
)
def test_the_member_is_read_without_decoding_the_sound(message: str, expected: str | None) -> None:
    assert value_of(b'"transcript"', message.encode()) == expected


def test_a_number_tells_messages_apart_too() -> None:
    assert value_of(b'"volumeLevel"', b'{"type":"volumeChanged","volumeLevel":0.25}') == "0.25"
