"""Delays count from when a message was due, and what never came takes for ever."""

from __future__ import annotations

import math

from earshot.broadcast.acts import ASK_STATUS, CHANGE_LANGUAGE, PAUSE, SEND_AUDIO, SET_VOLUME
from earshot.ledger import Kind, Observation
from earshot.measure.delays import Delay, Delays, answer_delays, between, interval_ms
from earshot.measure.pairing import Pairing


def sent(who: str, action: str, at_ms: float, *, due_ms: float | None = None, **fields: object) -> Observation:
    due_ns = None if due_ms is None else int(due_ms * 1e6)
    return Observation(int(at_ms * 1e6), who, who, Kind.SENT, message={"action": action, **fields}, due_ns=due_ns)


def took_ms(delays: Delays) -> list[float]:
    return [delay.took_ms for delay in delays]


def got(who: str, kind: str, at_ms: float, **members: object) -> Observation:
    return Observation(int(at_ms * 1e6), who, who, Kind.RECEIVED, message={"type": kind, **members})


def test_an_answer_counts_from_when_the_request_was_due() -> None:
    observed = [sent("Ana", "pauseBroadcast", 30, due_ms=10), got("Ana", "broadcastPaused", 50)]
    assert answer_delays(observed, PAUSE.confirmation) == [Delay(10_000_000, 40)]


def test_answers_belong_to_requests_in_their_order_on_one_connection() -> None:
    observed = [
        sent("Ana", "pauseBroadcast", 0),
        sent("Bruno", "pauseBroadcast", 1),
        sent("Ana", "pauseBroadcast", 2),
        got("Bruno", "broadcastPaused", 4),
        got("Ana", "broadcastPaused", 5),
        got("Ana", "broadcastPaused", 9),
    ]
    assert took_ms(answer_delays(observed, PAUSE.confirmation)) == [5, 3, 7]  # in the order in which they were due


def test_what_was_not_asked_for_is_no_answer() -> None:
    observed = [
        sent("Ana", "getSessionStatus", 0),
        got("Ana", "sessionStatus", 1, updateReason="periodic"),
        got("Ana", "sessionStatus", 8, updateReason="requested"),
    ]
    assert took_ms(answer_delays(observed, ASK_STATUS.confirmation)) == [8]


def test_a_request_without_an_answer_took_for_ever() -> None:
    assert took_ms(answer_delays([sent("Ana", "pauseBroadcast", 0)], PAUSE.confirmation)) == [math.inf]


def test_every_listener_counts_for_a_notice() -> None:
    observed = [
        sent("Ana", "pauseBroadcast", 0),
        got("Lena", "broadcastPaused", 3),
        got("Ana", "broadcastPaused", 4),
        got("Amina", "broadcastPaused", 7),
    ]
    delays = answer_delays(observed, PAUSE.notices({"Ana": ["Lena", "Amina", "Marco"]}))
    assert took_ms(delays) == [3, 7, math.inf]


def test_a_notice_belongs_to_what_its_own_speaker_asked_for() -> None:
    observed = [
        sent("Ana", "setVolume", 0, volumeLevel=0.5),
        sent("Bruno", "setVolume", 1, volumeLevel=0.5),
        sent("Ana", "setVolume", 2, volumeLevel=1.0),
        got("Lena", "volumeChanged", 5, volumeLevel=1.0),
        got("Marco", "volumeChanged", 6, volumeLevel=0.5),
        got("Lena", "volumeChanged", 9, volumeLevel=0.5),
    ]
    delays = answer_delays(observed, SET_VOLUME.notices({"Ana": ["Lena"], "Bruno": ["Marco"]}))
    assert took_ms(delays) == [9, 5, 3]


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
    delays = answer_delays(observed, PAUSE.confirmation, ASK_STATUS.confirmation)
    assert took_ms(delays) == [1, 2, 3]
    assert interval_ms(delays) == 10


# -- whose answer it is


def piece(at_ms: float, number: int) -> Observation:
    return sent("Ana", "sendAudio", at_ms, chunkId=f"chunk-{number}")


def acknowledged(at_ms: float, number: int) -> Observation:
    return got("Ana", "audioReceived", at_ms, chunkId=f"chunk-{number}")


def test_answers_that_cross_belong_to_what_they_say() -> None:
    observed = [piece(0, 1), piece(10, 2), acknowledged(12, 2), acknowledged(60, 1)]
    assert took_ms(answer_delays(observed, SEND_AUDIO.confirmation)) == [60, 2]


def test_one_missing_answer_is_missing_where_it_is_and_makes_no_other_late() -> None:
    observed = [piece(0, 1), piece(100, 2), piece(200, 3), acknowledged(5, 1), acknowledged(205, 3)]
    assert took_ms(answer_delays(observed, SEND_AUDIO.confirmation)) == [5, math.inf, 5]


def test_a_second_answer_to_the_same_is_none_to_the_next() -> None:
    observed = [piece(0, 1), acknowledged(5, 1), piece(10, 2), acknowledged(11, 1), acknowledged(40, 2)]
    assert took_ms(answer_delays(observed, SEND_AUDIO.confirmation)) == [5, 30]


def test_an_answer_that_nobody_asked_for_is_none() -> None:
    observed = [piece(0, 1), acknowledged(3, 9), acknowledged(5, 1)]
    assert took_ms(answer_delays(observed, SEND_AUDIO.confirmation)) == [5]


def test_what_was_left_over_from_before_answers_nothing_that_is_asked_later() -> None:
    stray = got("Ana", "broadcastPaused", 1)
    observed = [sent("Ana", "pauseBroadcast", 2), stray, got("Ana", "broadcastPaused", 9)]  # kept after it came
    assert took_ms(answer_delays(observed, PAUSE.confirmation)) == [7]


def test_an_answer_that_does_not_say_what_it_is_for_is_for_what_has_waited_longest() -> None:
    observed = [piece(0, 1), piece(10, 2), got("Ana", "audioReceived", 14), acknowledged(15, 2)]
    assert took_ms(answer_delays(observed, SEND_AUDIO.confirmation)) == [14, 5]


def test_sound_that_went_without_an_id_gets_the_answer_that_belongs_to_no_other() -> None:
    raw = Observation(0, "Ana", "Ana", Kind.SENT, is_binary=True)
    observed = [raw, piece(10, 1), acknowledged(12, 1), got("Ana", "audioReceived", 20, chunkId="theirs")]
    assert took_ms(answer_delays(observed, SEND_AUDIO.confirmation)) == [20, 2]


def test_changes_of_language_are_told_apart_by_the_language_and_equal_ones_by_their_order() -> None:
    observed = [
        *(
            sent("Lena", "changeLanguage", at_ms, targetLanguage=code)
            for at_ms, code in ((0, "fr"), (1, "de"), (2, "fr"))
        ),
        *(
            got("Lena", "languageChanged", at_ms, targetLanguage=code)
            for at_ms, code in ((5, "de"), (6, "fr"), (9, "fr"))
        ),
    ]
    assert took_ms(answer_delays(observed, CHANGE_LANGUAGE.confirmation)) == [6, 4, 7]


def test_where_some_acted_by_plan_the_others_are_there_to_be_in_the_way() -> None:
    observed = [
        sent("Ana", "pauseBroadcast", 0),
        sent("Bruno", "pauseBroadcast", 2, due_ms=1),
        got("Bruno", "broadcastPaused", 3),
        got("Ana", "broadcastPaused", 90),
    ]
    assert took_ms(answer_delays(observed, PAUSE.confirmation)) == [2]


def test_a_connection_counts_from_the_wish_to_have_it() -> None:
    asked = Observation(0, "Lena", "Lena", Kind.SENT, words="asks to connect")
    opened = Observation(12_000_000, "Lena", "Lena", Kind.OPENED)
    pairing = Pairing(lambda o: o.kind is Kind.SENT, lambda o: o.kind is Kind.OPENED)
    assert took_ms(answer_delays([asked, opened], pairing)) == [12]


def test_what_was_over_before_it_was_due_took_no_time() -> None:
    assert took_ms(between({"heard before the last word": 2.0}, {"heard before the last word": 1.5})) == [0]
