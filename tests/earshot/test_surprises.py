import time

import pytest

from earshot.ledger import Kind, Ledger, Observation
from earshot.surprises import Surprises


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
def surprises(ledger: Ledger) -> Surprises:
    return Surprises(ledger)


def keep(ledger: Ledger, kind: Kind, leg: str = "Lena", **details: object) -> Observation:
    return ledger.keep(Observation(time.monotonic_ns(), leg, leg, kind, **details))  # type: ignore[arg-type]


ERROR = {"type": "error", "code": "UNAUTHORIZED_ACTION", "statusCode": 403, "message": "not for you"}


@pytest.mark.parametrize(
    ("kind", "details", "words"),
    [
        (Kind.RECEIVED, {"message": ERROR}, "Lena received an unexpected error"),
        (Kind.VIOLATION, {"words": "timestamp is missing"}, "timestamp is missing"),
        (Kind.REFUSED, {"message": ERROR, "code": 403}, "Lena was refused unexpectedly"),
        (Kind.CLOSED, {"code": 1011}, "closed Lena's connection with code 1011"),
        (Kind.CLOSED, {"code": None}, "closed Lena's connection"),
    ],
)
def test_what_nobody_asked_for_is_told_once(
    ledger: Ledger, surprises: Surprises, kind: Kind, details: dict[str, object], words: str
) -> None:
    keep(ledger, kind, **details)
    (sentence,) = surprises.news()
    assert words in sentence
    assert surprises.news() == []


@pytest.mark.parametrize(
    ("kind", "details"),
    [
        (Kind.RECEIVED, {"message": {"type": "audio"}}),
        (Kind.SENT, {"message": {"action": "heartbeat"}}),
        (Kind.CLOSED, {"code": 1000}),
    ],
)
def test_the_ordinary_is_no_surprise(
    ledger: Ledger, surprises: Surprises, kind: Kind, details: dict[str, object]
) -> None:
    keep(ledger, kind, **details)
    assert surprises.news(at_the_end=True) == []


def test_a_claimed_error_is_no_surprise(ledger: Ledger, surprises: Surprises) -> None:
    surprises.claim(keep(ledger, Kind.RECEIVED, message=ERROR))
    assert surprises.news(at_the_end=True) == []


def test_errors_are_excused_on_one_connection_only(ledger: Ledger, surprises: Surprises) -> None:
    surprises.excuse_errors("Lena")
    keep(ledger, Kind.RECEIVED, message=ERROR)
    keep(ledger, Kind.RECEIVED, "Amina", message=ERROR)
    assert len(surprises.news(at_the_end=True)) == 1


def test_an_outcome_put_aside_is_a_surprise_only_if_nobody_claims_it(ledger: Ledger, surprises: Surprises) -> None:
    claimed, forgotten = (keep(ledger, Kind.RECEIVED, message=ERROR) for _ in range(2))
    surprises.hold(claimed)
    surprises.hold(forgotten)
    assert surprises.news() == []
    surprises.claim(claimed)
    assert len(surprises.news(at_the_end=True)) == 1


def test_a_refusal_told_by_error_and_close_is_one_outcome(ledger: Ledger, surprises: Surprises) -> None:
    surprises.claim(keep(ledger, Kind.RECEIVED, message=ERROR))
    keep(ledger, Kind.CLOSED, code=1008)
    assert surprises.news(at_the_end=True) == []
    keep(ledger, Kind.CLOSED, leg="Amina", code=1008)
    assert len(surprises.news(at_the_end=True)) == 1


def test_somebody_who_left_may_be_closed_in_any_way(ledger: Ledger, surprises: Surprises) -> None:
    surprises.ended_by_us("Lena")
    keep(ledger, Kind.CLOSED, code=1006)
    assert surprises.news(at_the_end=True) == []


def test_an_answer_that_says_why_it_is_none_is_a_surprise(ledger: Ledger, surprises: Surprises) -> None:
    answer = {"type": "chatbot_response", "backend_used": "unknown", "response": None, "error": "All are unavailable."}
    keep(ledger, Kind.RECEIVED, message={**answer, "response": "Hello!", "error": None})
    assert surprises.news() == []
    none = keep(ledger, Kind.RECEIVED, message=answer)
    (sentence,) = surprises.news()
    assert "All are unavailable. (unknown)" in sentence
    surprises.claim(none)
    assert surprises.news(at_the_end=True) == []


def test_what_may_come_late_is_judged_at_the_end_but_a_breach_at_once(ledger: Ledger, surprises: Surprises) -> None:
    surprises.judge_at_the_end("Lena")
    error = keep(ledger, Kind.RECEIVED, message={"type": "error", "message": "There is no audio data."})
    keep(ledger, Kind.CLOSED, code=1011)
    keep(ledger, Kind.RECEIVED, leg="Bruno", message=ERROR)
    assert [words.split()[0] for words in surprises.news()] == ["Bruno"]
    keep(ledger, Kind.VIOLATION, words="error is missing")
    assert ["error is missing" in words for words in surprises.news()] == [True]
    surprises.claim(error)
    assert ["code 1011" in words for words in surprises.news(at_the_end=True)] == [True]
