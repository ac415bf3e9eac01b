"""The matchers about pieces of sound, starts of recognition, hand-overs and warnings: no vacuous passes."""

from __future__ import annotations

from hamcrest import assert_that, not_
from hamcrest.core.matcher import Matcher
from hamcrest.core.string_description import StringDescription

from earshot.broadcast.matchers import handing_over, pieces, recognition
from earshot.broadcast.matchers.warnings import explains
from earshot.matchers.numbers import rising
from earshot.targets.control import Record


def attempt(at_s: float, *, opened: bool) -> Record:
    failure = None if opened else Record(code="ThrottlingException", message="ordered", transient=True)
    return Record(asked_at_s=at_s, opened_at_s=at_s if opened else None, closed_at_s=None, failure=failure)


def handover(at_s: float = 0.0, *, attempts: int = 1, acknowledged: bool = True) -> Record:
    fates = [Record(at_s=at_s, acknowledged_at_s=None, failure="PipelineUnavailable") for _ in range(attempts)]
    if acknowledged:
        fates[-1] = Record(at_s=at_s, acknowledged_at_s=at_s, failure=None)
    return Record(transcript_text="Thank you.", is_partial=False, stability_score=1.0, attempts=fates)


def mismatch(matcher: Matcher[object], item: object) -> str:
    description = StringDescription()
    matcher.describe_mismatch(item, description)
    return str(description)


def test_pieces_are_named_as_a_person_would() -> None:
    assert pieces.in_words([1, 3, 4, 5, 2, 0]) == "the pieces 1, 3 to 5, 2 and something else"
    assert pieces.in_words([7]) == "the piece 7"
    assert pieces.in_words([]) == "no piece"


def test_just_these_pieces_means_no_others_and_in_this_order() -> None:
    assert_that([1, 2, 3], pieces.just([1, 2, 3]))
    for other in ([1, 3, 2], [1, 2, 3, 4], [1, 2], []):
        assert_that(other, not_(pieces.just([1, 2, 3])))


def test_the_end_may_have_something_before_it_but_no_gap_in_it() -> None:
    assert_that([9, 2, 3], pieces.ending_with([2, 3]))
    for other in ([2, 3, 9], [3], [2, 9, 3], []):
        assert_that(other, not_(pieces.ending_with([2, 3])))


def test_at_most_so_many_counts_only_once_the_last_has_come() -> None:
    assert_that([1, 3, 4], pieces.at_most(3, of=[1, 2, 3, 4]))
    assert_that([1, 2, 3], not_(pieces.at_most(3, of=[1, 2, 3, 4])))
    assert_that([1, 2, 3, 4], not_(pieces.at_most(3, of=[1, 2, 3, 4])))


def test_the_attempt_that_succeeds_comes_after_all_that_fail() -> None:
    failed, worked = attempt(0, opened=False), attempt(1, opened=True)
    assert_that([failed, worked], recognition.started_by_attempt(2))
    for other in ([worked], [worked, worked], [failed, failed], [failed, worked, worked], []):
        assert_that(other, not_(recognition.started_by_attempt(2)))


def test_attempts_grow_apart_only_if_there_are_three() -> None:
    at = [attempt(at_s, opened=False) for at_s in (0.0, 0.1, 0.3, 0.7)]
    assert_that(at, recognition.growing_apart())
    assert_that(at[:2], not_(recognition.growing_apart()))
    assert_that([at[0], at[2], at[3], at[3]], not_(recognition.growing_apart()))


def test_what_became_of_attempts_is_told() -> None:
    told = mismatch(recognition.started(2), [attempt(0, opened=False), attempt(0.1, opened=True)])
    assert told == "attempts to start it: failed (ThrottlingException), started (the first, 100 ms later)"


def test_a_handover_is_acknowledged_by_its_last_attempt_or_not_at_all() -> None:
    assert_that(handover(attempts=2), handing_over.acknowledged_by_attempt(2))
    assert_that(handover(attempts=2), not_(handing_over.acknowledged_by_attempt(1)))
    assert_that(handover(attempts=3, acknowledged=False), handing_over.given_up_after(3))
    assert_that(handover(attempts=3), not_(handing_over.given_up_after(3)))


def test_the_second_is_any_second_and_nothing_is_not_few() -> None:
    assert_that([handover(0.0), handover(0.9), handover(1.8)], handing_over.at_most_in_a_second(2))
    assert_that([handover(0.5), handover(0.9), handover(1.4)], not_(handing_over.at_most_in_a_second(2)))
    assert_that([], not_(handing_over.at_most_in_a_second(2)))


def test_percentiles_rise_and_are_there() -> None:
    assert_that([1.0, 1.0, 2.0], rising())
    for other in ([2.0, 1.0], [0.0, 1.0], [1.0, None], []):
        assert_that(other, not_(rising()))


def test_a_warning_needs_words_and_its_figures() -> None:
    warning = {"message": "lower the microphone", "details": {"percentage": 2.0, "threshold": 1.0}}
    assert_that(warning, explains("clipping"))
    assert_that(warning | {"message": " "}, not_(explains("clipping")))
    assert_that(warning | {"details": {"percentage": True, "threshold": 1.0}}, not_(explains("clipping")))
    assert_that(warning, not_(explains("echo")))


def test_none_of_these_pieces_means_not_one() -> None:
    assert_that([1, 2], pieces.none_of([3, 4]))
    assert_that([1, 3], not_(pieces.none_of([3, 4])))


def test_starts_of_recognition_are_counted() -> None:
    attempts = [attempt(0, opened=False), attempt(1, opened=True)]
    assert_that(attempts, recognition.tried(2))
    assert_that(attempts, recognition.started(1))
    for other in (recognition.tried(1), recognition.tried(3), recognition.started(0), recognition.started(2)):
        assert_that(attempts, not_(other))


def test_a_handover_has_its_kind_its_stability_and_its_number_of_attempts() -> None:
    assert_that(handover(), handing_over.handed_over_as("final", 1.0))
    for other in (("provisional", 1.0), ("final", 0.9)):
        assert_that(handover(), not_(handing_over.handed_over_as(*other)))
    assert_that(handover(attempts=2, acknowledged=False), not_(handing_over.given_up_after(3)))
