"""What the studio tells: what matches, and how a mismatch reads."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hamcrest import assert_that
from hamcrest.core.matcher import Matcher

from earshot.asking import Reason, Refusal, refused
from earshot.audio import signals
from earshot.ledger import Http, Kind, Observation
from earshot.studio.matchers import (
    BAD_REQUEST,
    is_new,
    is_up,
    is_watched,
    lets_ask,
    level_db,
    same_sound,
    tells_figures,
)
from earshot.studio.measuring import peak_db

SESSION = {
    "session_id": "0d9c6f3e-58a4-4b0e-9d6e-0a3c1f4f7b21",
    "pipeline_id": "ana-1",
    "status": "running",
    "metrics": {"chunks_processed": 0, "average_latency": 0, "quality_score": 0},
}
HEALTH = {"status": "degraded", "version": "2.0", "services": {}, "uptime": 1.5, "timestamp": 1767262501.8}
WATCHED = {
    "service": "orchestration",
    "status": "healthy",
    "error_count": 0,
    **dict.fromkeys(("url", "last_check", "response_time", "last_error", "timestamp")),
}


def answer(message: dict[str, object], code: int = 200, **headers: str) -> Observation:
    http = Http("GET /", "/", {name.replace("_", "-"): value for name, value in headers.items()})
    return Observation(0, "Ana", "Ana", Kind.RECEIVED, message=message, code=code, http=http)


@pytest.mark.parametrize(
    ("refusal", "reason", "fits"),
    [
        (Refusal(422, "no"), Reason(BAD_REQUEST), True),
        (Refusal(500, "no"), Reason(BAD_REQUEST), True),
        (Refusal(404, "no"), Reason(BAD_REQUEST), False),
        (Refusal(422, " "), Reason(BAD_REQUEST), False),
        (Refusal(None, "no"), Reason({404}), True),
        (Refusal(403, ""), Reason(wordless=True), True),
        (Refusal(200, "yes"), Reason(), False),
        (Refusal(None, "Stage REVERB not found"), Reason(says=["reverb", "stage"]), True),
        (Refusal(None, "Stage reverb"), Reason(says=["reverb", "limiter"]), False),
    ],
)
def test_a_refusal_is_known_by_status_and_words(refusal: Refusal, reason: Reason, fits: bool) -> None:
    assert refused(reason).matches(refusal) is fits


def test_a_wrong_refusal_says_what_it_was() -> None:
    expected = r"words that speak of “reverb” \(status 404 over HTTP\)[\s\S]*it was “no”, status 422"
    with pytest.raises(AssertionError, match=expected):
        assert_that(Refusal(422, "no"), refused(Reason({404}, says=["reverb"])))


@pytest.mark.parametrize(
    ("expected", "message"),
    [(lambda: is_new("ana-1"), SESSION), (is_up, HEALTH), (is_watched, WATCHED)],
    ids=["session", "health", "watched"],
)
def test_each_member_of_an_answer_counts(
    expected: Callable[[], Matcher[Observation]], message: dict[str, object]
) -> None:
    matcher = expected()
    assert matcher.matches(answer({**message, "more": 1}))
    assert not matcher.matches(answer(message, 201))
    for name in message:
        assert not matcher.matches(answer({key: value for key, value in message.items() if key != name})), name


@pytest.mark.parametrize(
    "flaw",
    [
        {"session_id": "0d9c6f3e-58a4-1b0e-9d6e-0a3c1f4f7b21"},
        {"pipeline_id": "ana-2"},
        {"status": "initializing"},
        {"metrics": {"chunks_processed": 1, "average_latency": 0, "quality_score": 0}},
    ],
)
def test_a_session_that_is_not_new_is_none(flaw: dict[str, object]) -> None:
    assert not is_new("ana-1").matches(answer({**SESSION, **flaw}))


def test_a_page_may_ask_only_if_it_is_named() -> None:
    page = "http://localhost:3000"
    assert lets_ask(page).matches(answer({}, access_control_allow_origin=page))
    assert not lets_ask(page).matches(answer({}))
    assert not lets_ask(page).matches(answer({}, access_control_allow_origin="http://localhost:5173"))
    assert not lets_ask(page).matches(answer({}, 400, access_control_allow_origin=page))


def test_the_same_sound_is_the_same_in_every_sample() -> None:
    sent = signals.tone(440, 0.1)
    other = sent.copy()
    other[800] += 1
    assert same_sound(sent).matches(sent.copy())
    with pytest.raises(AssertionError, match=r"1 samples differ, the first after 0\.0500 s"):
        assert_that(other, same_sound(sent))
    with pytest.raises(AssertionError, match="1599 samples came back"):
        assert_that(sent[:-1], same_sound(sent))
    assert not same_sound(sent[:0]).matches(sent[:0])


def test_a_level_is_that_of_the_last_second_and_a_peak_that_of_all() -> None:
    sound = np.concatenate([signals.tone(440, 1, amplitude=1.0), signals.tone(440, 1, amplitude=0.1)])
    assert level_db(sound) == pytest.approx(-23.01, abs=0.05)
    assert peak_db(sound) == pytest.approx(0, abs=0.01)
    assert peak_db(signals.silence(1)) == level_db(sound[:0]) == -np.inf


def test_figures_are_an_average_its_limit_and_what_it_comes_of() -> None:
    told = "too slow: 201 ms on average, and 150 ms is allowed (20 pieces, 200 ms to 1.2 s, p95 210 ms, p99 220 ms)"
    assert tells_figures().matches(told)
    assert not tells_figures().matches("201 ms on average, and 150 ms is allowed")
