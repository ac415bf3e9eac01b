"""What is told in a conversation: what matches, and how a mismatch reads."""

from __future__ import annotations

import pytest
from hamcrest import assert_that

from earshot.agreement import asyncapi
from earshot.conversation.matchers import (
    FIGURES,
    Complaint,
    NoAnswer,
    answered,
    complains,
    not_answered,
    reports,
    unwell,
    words,
)
from earshot.conversation.user import Answer
from earshot.ledger import Kind, Observation
from earshot.wire.contract import Contract

DOCUMENT = asyncapi("conversation") or {}
OURS = Contract(DOCUMENT)


def told(**message: object) -> Observation:
    return Observation(0, "Ana", "Ana", Kind.RECEIVED, message=message)


def answer(**members: object) -> Answer:
    full = {"transcription": "Hello?", "response": "Hello!", "backend_used": "llama", "error": None}
    return Answer(told(type="chatbot_response", **{**full, **members}))


NOBODY = answer(response=None, backend_used="unknown", error="All assistants are Unavailable.")


def test_an_answer_is_by_somebody_and_not_blank() -> None:
    assert answered().matches(answer())
    assert answered("openai", "llama").matches(answer())
    assert not answered("openai").matches(answer())
    for flaw in ({"response": " "}, {"backend_used": None}, {"error": "but"}, {"response": None}):
        assert not answered().matches(answer(**flaw)), flaw


def test_no_answer_is_known_by_who_gave_none_and_by_keywords_in_any_case() -> None:
    expected = NoAnswer("unknown", "unavailable")
    assert not_answered(expected, OURS).matches(NOBODY)
    assert not not_answered(NoAnswer("none", "unavailable"), OURS).matches(NOBODY)
    assert not not_answered(NoAnswer("unknown", "speech"), OURS).matches(NOBODY)
    assert not not_answered(expected, OURS).matches(answer(backend_used="unknown", error="unavailable"))


def test_only_our_own_service_has_to_ask_for_something_in_a_certain_word() -> None:
    expected = NoAnswer("guardrails", "spam", asks="rephrase")
    blunt = answer(response=None, backend_used="guardrails", error="SPAM! Put it in other words.")
    polite = answer(response=None, backend_used="guardrails", error="SPAM! Please rephrase it.")
    theirs = Contract(DOCUMENT, foreign=True)
    assert [not_answered(expected, OURS).matches(each) for each in (blunt, polite)] == [False, True]
    assert [not_answered(expected, theirs).matches(each) for each in (blunt, polite)] == [True, True]


@pytest.mark.parametrize(
    ("health", "matches"),
    [
        ({"status": "warning"}, True),
        ({"status": "warning", "problems": ["conversation-log"]}, True),
        ({"status": "warning", "problems": ["audio-decoder"]}, False),
        ({"status": "ok", "problems": ["conversation-log"]}, False),
    ],
)
def test_a_service_that_is_unwell_need_not_say_why(health: dict[str, object], matches: bool) -> None:
    assert unwell("conversation-log").matches(health) is matches


@pytest.mark.parametrize(
    ("message", "matches"),
    [
        ({"type": "error", "message": "There is no AUDIO DATA.", "code": "NO_AUDIO"}, True),
        ({"type": "error", "message": "There is no audio data."}, True),
        ({"type": "error", "message": "Nothing there.", "code": "NO_AUDIO"}, False),
        ({"type": "error", "message": "There is no audio data.", "code": "INTERNAL_ERROR"}, False),
        ({"type": "error", "message": None}, False),
        ({"type": "chunk_received", "message": "audio data"}, False),
    ],
)
def test_an_error_is_known_by_its_keyword_and_by_its_code_if_there_is_one(
    message: dict[str, object], matches: bool
) -> None:
    assert complains(Complaint("NO_AUDIO", says="audio data"), OURS).matches(told(**message)) is matches


@pytest.mark.parametrize(
    ("own_codes", "code", "matches"),
    [
        ({}, "E-17", True),
        ({}, "INTERNAL_ERROR", True),
        ({"NO_AUDIO": ["E-17"]}, "E-17", True),
        ({"NO_AUDIO": ["E-17"]}, "NO_AUDIO", True),
        ({"NO_AUDIO": ["E-17"]}, "E-18", False),
        ({"INVALID_MESSAGE": ["E-17"]}, "E-18", True),
    ],
)
def test_the_code_of_another_service_is_judged_as_far_as_it_declares_its_own(
    own_codes: dict[str, list[str]], code: str, matches: bool
) -> None:
    theirs = Contract(DOCUMENT, foreign=True, own_codes=own_codes)
    error = told(type="error", message="There is no audio data.", code=code)
    assert complains(Complaint("NO_AUDIO", says="audio data"), theirs).matches(error) is matches
    silent = told(type="error", message="Nothing there.", code=code)
    assert not complains(Complaint("NO_AUDIO", says="audio data"), theirs).matches(silent)


def test_an_error_with_several_codes_may_have_any_of_them() -> None:
    expected = Complaint("INVALID_AUDIO", "AUDIO_NOT_DECODABLE", says="decod")
    assert complains(expected, OURS).matches(told(type="error", message="Not decoded.", code="AUDIO_NOT_DECODABLE"))
    assert not complains(expected, OURS).matches(told(type="error", message="Not decoded.", code="NO_AUDIO"))


def test_words_are_the_same_to_the_letter_or_any_at_all() -> None:
    assert words("Hello?", exactly=True).matches("Hello?")
    assert not words("Hello?", exactly=True).matches("hello")
    assert words("Hello?", exactly=False).matches("something else")
    assert not words("Hello?", exactly=False).matches("  ")


def test_a_mismatch_says_who_said_what() -> None:
    with pytest.raises(AssertionError) as failure:
        assert_that(NOBODY, answered("openai"), "what Ana was told")
    assert "Expected: an answer by OpenAI" in str(failure.value)
    assert "'unknown' gave no answer: All assistants are Unavailable. (it had understood “Hello?”)" in str(
        failure.value
    )
    with pytest.raises(AssertionError, match=r"Llama said “Hello!” \(it had understood “Hello\?”\)"):
        assert_that(answer(), not_answered(NoAnswer("none", "speech"), OURS))


def test_a_report_of_timings_is_complete_and_by_kind() -> None:
    whole = {"limit_ms": 50.0, "outcome": "pass", "figures": dict.fromkeys(FIGURES, 1.0)}
    expected = reports(2, ["turns", "other"])
    assert expected.matches({"kinds": {"turns": [whole], "other": [whole]}})
    assert not expected.matches({"kinds": {"turns": [whole, whole]}})
    assert not expected.matches({"kinds": {"turns": [whole], "other": []}})
    assert not expected.matches({"kinds": {"turns": [whole], "other": [whole | {"figures": {"min": 1.0}}]}})
    assert not expected.matches({"kinds": {"turns": [whole], "other": [whole | {"limit_ms": None}]}})


def test_an_error_in_blank_words_is_none() -> None:
    assert complains(Complaint("NO_AUDIO"), OURS).matches(told(type="error", message="Nothing there."))
    assert not complains(Complaint("NO_AUDIO"), OURS).matches(told(type="error", message="  "))
