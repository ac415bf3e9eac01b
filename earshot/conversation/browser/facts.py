"""What can be found out about a page: what it has sent, whether it speaks, what it shows, how it connects again.

Each is a function of a page and of the position in the ledger from which on it counts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hamcrest import assert_that, contains_exactly, empty, equal_to, greater_than, has_length, matches_regexp

from earshot.conversation.browser.actor import Browser
from earshot.conversation.browser.display import FAILED, LISTENING
from earshot.conversation.browser.identity import PATTERN
from earshot.matchers.moments import lasting

Fact = Callable[[Browser, int], None]
LATE_BY_AT_MOST_S = 30.0
"""On the page's clock, which is 100 times as fast: 300 ms on a busy machine."""
RESTS_S = (2, 3, 4.5, 6.75)


def named_session_as_pages_do(page: Browser, _since: int) -> None:
    assert_that(page.session_id, matches_regexp(f"^{PATTERN.pattern}$"), f"the name of {page.name}'s session")


# ---- sending


def has_ended_turns(count: int) -> Fact:
    def holds(page: Browser, since: int) -> None:
        ended = [turn for turn in page.turns if turn.ended.number >= since]
        assert_that(ended, has_length(count), f"how many turns {page.name}'s page ended")
        for turn in ended:
            page.excuses(page.over(turn))

    return holds


def has_sent_nothing(page: Browser, since: int) -> None:
    assert_that(page.sent(since=since), empty(), f"what {page.name}'s page sent")


def has_sent_audio(page: Browser, since: int) -> None:
    assert_that(len(page.sent(since=since)), greater_than(0), f"how much {page.name}'s page sent")


def ended_turn_only_when_confirmed(page: Browser, _since: int) -> None:
    turn, known = page.over(), page.order.sessions_known[0]
    early = sum(piece.number < known.number for piece in page.order.pieces)
    assert_that(early, greater_than(0), f"how much audio {page.name}'s page sent before the session was confirmed")
    in_order = turn.ended.at_ns >= known.at_ns
    assert_that(in_order, equal_to(True), f"whether {page.name}'s page ended the turn after the session was confirmed")


# ---- speaking


def still_speaks(page: Browser, _since: int) -> None:
    assert_that(page.interruptions, equal_to(0), f"how often {page.name}'s page was interrupted")
    assert_that(page.speaks_an_answer(), equal_to(True), f"whether {page.name}'s page speaks")


def has_fallen_silent(page: Browser, _since: int) -> None:
    assert_that(page.interruptions, equal_to(1), f"how often {page.name}'s page was interrupted")
    assert_that(page.speaks_an_answer(), equal_to(False), f"whether {page.name}'s page speaks")


# ---- showing


def shows_questions_and_answers(page: Browser, _since: int) -> None:
    """Leave aside what it shows of errors about pieces of audio: nobody may be told of any that was not expected."""
    answers = page.answers()
    expected = [line for each in answers for line in ((LISTENING, each.transcription), (each.backend, each.response))]
    refused = [(FAILED, each.message.get("message")) for each in page.refusals]
    shown = [line for line in page.shows() if line not in refused]
    assert_that(shown, contains_exactly(*expected), f"what {page.name}'s page shows")


def shows_question_and_error(page: Browser, _since: int) -> None:
    answer = page.answer()
    expected = (LISTENING, answer.transcription), (FAILED, answer.error)
    assert_that(page.shows(), contains_exactly(*expected), f"what {page.name}'s page shows")


def shows_one_error(page: Browser, _since: int) -> None:
    assert_that([who for who, _ in page.shows()], contains_exactly(FAILED), f"what {page.name}'s page shows")


# ---- connecting again


def is_connected_again(page: Browser, _since: int) -> None:
    assert_that([each.opened for each in page.attempts], equal_to([True]), f"the attempts of {page.name}'s page")
    assert_that(page.sessions_named(), equal_to({page.session_id}), f"the sessions that {page.name}'s page has named")


def has_rested_longer_each_time(page: Browser, _since: int) -> None:
    expected: list[Any] = [lasting(rest_s, rest_s + LATE_BY_AT_MOST_S) for rest_s in RESTS_S]
    rests_s = [each.rest_s for each in page.attempts]
    assert_that(rests_s, contains_exactly(*expected), f"how many seconds {page.name}'s page rested before each attempt")


def has_tried_in_vain(count: int) -> Fact:
    def holds(page: Browser, _since: int) -> None:
        opened = [attempt.opened for attempt in page.attempts]
        assert_that(opened, equal_to([False] * count), f"the attempts of {page.name}'s page")

    return holds
