import time
from collections.abc import Mapping
from typing import Any

import pytest
from hamcrest import assert_that

from earshot.broadcast.acts import ASK_STATUS, PAUSE
from earshot.broadcast.matchers.audience import counts_audience
from earshot.broadcast.matchers.state import held_back, in_state, passed_on, untouched_since
from earshot.ledger import Kind, Observation

QUIET = {"isActive": True, "isPaused": True, "isMuted": False, "volume": 0.4, "lastStateChange": 1}


def acknowledged(**fields: object) -> Observation:
    return Observation(time.monotonic_ns(), "Ana", "Ana", Kind.RECEIVED, {"type": "audioReceived", **fields})


def mismatch(item: object, matcher: Any) -> str:
    with pytest.raises(AssertionError) as failed:
        assert_that(item, matcher)
    return " ".join(str(failed.value).split())


def test_a_state_is_judged_by_the_members_that_are_mentioned() -> None:
    assert_that(QUIET, in_state({"isPaused": True, "volume": 0.4}))
    assert mismatch(QUIET, in_state({"isPaused": False, "isMuted": True})) == (
        "Expected: a broadcast that is not paused, muted but: it was active, paused, not muted, at 40% volume"
    )


@pytest.mark.parametrize(
    "state", [{"isPaused": 1}, {"isPaused": "true"}, {}, None, {"isPaused": None}], ids=lambda state: str(state)
)
def test_a_flag_that_is_no_flag_is_not_taken_for_one(state: object) -> None:
    assert not in_state({"isPaused": True}).matches(state)


def test_a_whole_number_is_a_volume_but_a_flag_is_none() -> None:
    assert in_state({"volume": 1.0}).matches({"volume": 1})
    assert not in_state({"volume": 1.0}).matches({"volume": True})


def test_nothing_acknowledged_is_neither_passed_on_nor_held_back() -> None:
    assert not passed_on().matches([])
    assert not held_back().matches([])


def test_one_piece_with_another_fate_counts() -> None:
    pieces = [acknowledged(forwarded=False, reason="paused")] * 2 + [acknowledged(forwarded=True)]
    assert "of 3 pieces 2 held back (paused) and 1 passed on" in mismatch(pieces, held_back())
    assert not passed_on().matches(pieces)


def test_the_reason_for_holding_back_is_judged_where_it_is_given() -> None:
    pieces = [acknowledged(forwarded=False, reason="muted")]
    assert held_back().matches(pieces)
    assert held_back("muted").matches(pieces)
    assert not held_back("paused").matches(pieces)


@pytest.mark.parametrize(
    "status",
    [
        {"listenerCount": 2, "languageDistribution": {"es": 2, "fr": 1}},
        {"listenerCount": 3, "languageDistribution": {"es": 2}},
        {"listenerCount": 3},
    ],
    ids=["count", "languages", "no languages"],
)
def test_an_audience_is_judged_by_its_number_and_by_its_languages(status: Mapping[str, object]) -> None:
    expected = counts_audience(3, {"es": 2, "fr": 1})
    assert expected.matches({"listenerCount": 3, "languageDistribution": {"es": 2, "fr": 1}})
    assert "3 listeners: 2 in Spanish, 1 in French" in mismatch(status, expected)


def test_a_status_that_came_by_itself_does_not_answer_a_request() -> None:
    assert ASK_STATUS.is_answered_by({"type": "sessionStatus", "updateReason": "requested"})
    assert not ASK_STATUS.is_answered_by({"type": "sessionStatus", "updateReason": "newLanguage"})
    assert PAUSE.having(estimatedPauseDuration=1).is_answered_by({"type": "broadcastPaused"})


def test_a_state_is_untouched_only_if_it_never_changed_after_the_opening() -> None:
    fresh = {"isActive": True, "isPaused": False, "isMuted": False, "volume": 1.0, "lastStateChange": 5}
    assert untouched_since(5).matches(fresh)
    assert not untouched_since(4).matches(fresh)
    assert not untouched_since(5).matches(fresh | {"isMuted": True})
