"""Conversations: the page in the browser."""

from __future__ import annotations

from behave import given, then, when
from hamcrest import (
    assert_that,
    contains_exactly,
    empty,
    equal_to,
    has_length,
    is_not,
    less_than_or_equal_to,
    matches_regexp,
    only_contains,
)

from earshot.audio import signals
from earshot.audio.clips import Samples
from earshot.conversation.browser.display import FAILED, LISTENING
from earshot.conversation.browser.identity import PATTERN
from earshot.conversation.browser.recorder import Cadence
from earshot.conversation.matchers import Complaint, answered, complains
from earshot.conversation.user import Answer
from earshot.failures import Inconclusive
from earshot.matchers.moments import lasting
from earshot.participant import ms_between
from features.vocabulary.conversation import World
from features.vocabulary.faults import Fault

A_QUESTION = "What is the weather like in Paris?"
"""Its answer is long enough to be interrupted."""
STREAMED = "Remind me to call the doctor."
LATE_BY_AT_MOST_S = 30.0
"""On the page's clock, which is 100 times as fast: 300 ms on a busy machine."""

# -- coming


@given("{person:Name}'s page has been loaded")
@when("{person:Name}'s page is loaded")
def step_loads(context: World, person: str) -> None:
    context.conversation.browser(person).loads()


@given("{person:Name}'s page, a hasty one, has been loaded")
def step_loads_hasty(context: World, person: str) -> None:
    page = context.conversation.browser(person)
    page.is_hasty = True
    page.loads()


@given("{person:Name}'s page has been loaded without a confirmation")
def step_loads_without_confirmation(context: World, person: str) -> None:
    context.conversation.browser(person).loads_without_confirmation()


@then("the name of {person:Name}'s session is made as pages make it")
def step_name_of_session(context: World, person: str) -> None:
    session_id = context.conversation.browser(person).session_id
    assert_that(session_id, matches_regexp(f"^{PATTERN.pattern}$"), f"the name of {person}'s session")


# -- speaking


@when("{person:Name}'s page sends {cadence:Cadence}")
def step_streams(context: World, person: str, cadence: Cadence) -> None:
    context.conversation.browser(person).streams(cadence, STREAMED)


@then("each of those pieces is confirmed to {person:Name} within {limit_s:Seconds}")
def step_each_confirmed_within(context: World, person: str, limit_s: float) -> None:
    page = context.conversation.browser(person)
    page.catches_up_with_audio()
    sent, confirmed = page.order.pieces, page.order.acknowledged
    assert_that(confirmed, has_length(len(sent)), f"how many pieces were confirmed to {person}")
    delays_ms = [ms_between(piece, told) for piece, told in zip(sent, confirmed, strict=True)]
    assert_that(delays_ms, only_contains(less_than_or_equal_to(limit_s * 1000)), "after how many ms each was confirmed")


@when('{person:Name} says "{text:Quoted}" to the page')
def step_says_to_page(context: World, person: str, text: str) -> None:
    context.conversation.browser(person).hears(text)


@when('{person:Name} says "{text:Quoted}" to the page at the pace of speech')
def step_says_to_page_in_real_time(context: World, person: str, text: str) -> None:
    page = context.conversation.browser(person)
    context.stage.stopwatch.times(lambda: page.hears(text, pace=1))


@given('{person:Name} has said "{text:Quoted}" to the page and was answered')
def step_said_to_page(context: World, person: str, text: str) -> None:
    page = context.conversation.browser(person)
    page.hears(text)
    assert_that(page.answer(), answered(), f"what {person} was told")


@given('{person:Name} has said "{text:Quoted}" to the page and was told that {complaint:Complaint}')
def step_said_to_page_in_vain(context: World, person: str, text: str, complaint: Complaint) -> None:
    page = context.conversation.browser(person)
    page.hears(text)
    assert_that(page.complaint(), complains(complaint), f"what {person} was told")


@when('{person:Name} says "{text:Quoted}" to the page, hears the answer out and says "{next_text:Quoted}"')
def step_says_hears_says(context: World, person: str, text: str, next_text: str) -> None:
    page = context.conversation.browser(person)
    page.hears(text)
    page.answer()
    page.hears_out()
    page.hears(next_text)


@when('{person:Name}\'s page sends the whole of "{text:Quoted}" and ends the turn')
def step_sends_whole(context: World, person: str, text: str) -> None:
    page = context.conversation.browser(person)
    page.sends_whole(text)
    page.ends_turn()


@given("{person:Name}'s page has sent an empty piece")
def step_sent_empty_piece(context: World, person: str) -> None:
    page = context.conversation.browser(person)
    page.sends([b""])


@given("{person:Name}'s page speaks an answer")
def step_page_speaks(context: World, person: str) -> None:
    page = context.conversation.browser(person)
    page.loads()
    page.hears(A_QUESTION)
    page.answer()
    assert_that(page.speaks_an_answer(), equal_to(True), f"whether {person}'s page speaks the answer")


@when("a steady sound of loudness {loudness:LoudnessShare} is heard at {person:Name}'s page for {duration_s:Seconds}")
def step_steady_sound(context: World, loudness: float, person: str, duration_s: float) -> None:
    context.conversation.browser(person).hears_sound(_steady(loudness, duration_s))


@when(
    "a steady sound of loudness {loudness:LoudnessShare} is heard at {person:Name}'s page "
    "for {duration_s:Seconds}, twice, {pause_ms:Milliseconds} apart"
)
def step_steady_sound_twice(context: World, loudness: float, person: str, duration_s: float, pause_ms: float) -> None:
    context.conversation.browser(person).hears_sound(_steady(loudness, duration_s), times=2, pause_s=pause_ms / 1000)


def _steady(loudness: float, duration_s: float) -> Samples:
    return signals.tone(200, duration_s, amplitude=loudness * 2**0.5)


# -- what the page did


@then("the page ended the turn {least_ms:Number} to {most_ms:Number} ms after {person:Name}'s last word")
def step_ended_after(context: World, least_ms: int, most_ms: int, person: str) -> None:
    page = context.conversation.browser(person)
    after_s = (page.turns[-1].ended.at_ns - page.last_speech_ns) / 1e9
    in_time = lasting(least_ms / 1000, most_ms / 1000)
    if not in_time.matches(after_s) and (reason := context.stage.stopwatch.why_unfit()):
        raise Inconclusive(
            f"the page ended the turn after {after_s:.2f} s, but the machine was unfit to tell: {reason}"
        )
    assert_that(after_s, in_time, f"how long after {person}'s last word the turn was ended")


@then("{person:Name}'s page has ended {count:Number} turn")
@then("{person:Name}'s page has ended {count:Number} turns")
def step_ended_turns(context: World, person: str, count: int) -> None:
    page = context.conversation.browser(person)
    ended = [turn for turn in page.turns if turn.ended.number >= context.stage.turning_point]
    assert_that(ended, has_length(count), f"how many turns {person}'s page ended")
    for turn in ended:
        page.excuses(page.over(turn))


@then("{person:Name}'s page has sent nothing")
def step_sent_nothing(context: World, person: str) -> None:
    assert_that(
        context.conversation.browser(person).sent(since=context.stage.turning_point),
        empty(),
        f"what {person}'s page sent",
    )


@then("{person:Name}'s page still speaks")
def step_still_speaks(context: World, person: str) -> None:
    page = context.conversation.browser(person)
    assert_that(page.interruptions, equal_to(0), f"how often {person}'s page was interrupted")
    assert_that(page.speaks_an_answer(), equal_to(True), f"whether {person}'s page speaks")


@then("{person:Name}'s page has fallen silent and has sent audio")
def step_fell_silent(context: World, person: str) -> None:
    page = context.conversation.browser(person)
    assert_that(page.interruptions, equal_to(1), f"how often {person}'s page was interrupted")
    assert_that(page.speaks_an_answer(), equal_to(False), f"whether {person}'s page speaks")
    sent = page.sent(since=context.stage.turning_point)
    assert_that(sent, is_not(empty()), f"what {person}'s page sent")


@then("{person:Name}'s page has sent audio before the session was confirmed, and the end of the turn after it")
def step_sent_before_and_after(context: World, person: str) -> None:
    page = context.conversation.browser(person)
    turn = page.over()
    known = page.order.sessions_known[0]
    early = [piece for piece in page.order.pieces if piece.number < known.number]
    assert_that(early, is_not(empty()), f"what {person}'s page sent before the session was confirmed")
    late = ms_between(known, turn.ended)
    assert_that(late >= 0, equal_to(True), f"whether {person}'s page ended the turn after the session was confirmed")


# -- what the page shows


@then("{person:Name}'s page shows the question and its answer")
@then("{person:Name}'s page shows both questions, each followed by its answer")
def step_shows_dialogue(context: World, person: str) -> None:
    page = context.conversation.browser(person)
    expected = [line for answer in page.answers() for line in _lines_of(answer)]
    assert_that(page.shows(), contains_exactly(*expected), f"what {person}'s page shows")


@then("{person:Name}'s page shows the question and an error")
def step_shows_error(context: World, person: str) -> None:
    page = context.conversation.browser(person)
    answer = page.answer()
    expected = (LISTENING, answer.transcription), (FAILED, answer.error)
    assert_that(page.shows(), contains_exactly(*expected), f"what {person}'s page shows")


@then("{person:Name}'s page shows one error")
def step_shows_one_error(context: World, person: str) -> None:
    shown = [who for who, _ in context.conversation.browser(person).shows()]
    assert_that(shown, contains_exactly(FAILED), f"what {person}'s page shows")


def _lines_of(answer: Answer) -> tuple[tuple[str | None, ...], ...]:
    return (LISTENING, answer.transcription), (answer.backend, answer.response)


# -- connecting again


@given("{page_trouble:PageTrouble}")
def step_runs_into(context: World, page_trouble: Fault) -> None:
    page = context.conversation.browser(page_trouble.person)
    context.stage.control.order(page_trouble.place, page_trouble.effect, **page_trouble.scope(page))


@when("the connection of {person:Name}'s page is {code:Closing}")
def step_connection_closed(context: World, person: str, code: int) -> None:
    page = context.conversation.browser(person)
    context.stage.control.order("connection", "close", session_id=page.session_id, close_code=code)
    page.connects_again()


@then("{person:Name}'s page is connected again at the first attempt, under the same session")
def step_connected_again(context: World, person: str) -> None:
    page = context.conversation.browser(person)
    assert_that([attempt.opened for attempt in page.attempts], equal_to([True]), f"the attempts of {person}'s page")
    named = {o.message.get("session_id") for o in context.stage.ledger if o.who == person and o.type == "session"}
    assert_that(named, equal_to({page.session_id}), f"the sessions that {person}'s page has named")


@then(
    "{person:Name}'s page has rested 2, 3, 4.5 and 6.75 seconds before its attempts, "
    "by a clock that is 100 times as fast"
)
def step_rested(context: World, person: str) -> None:
    rests_s = [attempt.rest_s for attempt in context.conversation.browser(person).attempts]
    expected = [lasting(rest_s, rest_s + LATE_BY_AT_MOST_S) for rest_s in (2, 3, 4.5, 6.75)]
    assert_that(rests_s, contains_exactly(*expected), f"how many seconds {person}'s page rested before each attempt")


@then("{person:Name}'s page has not tried to connect again")
def step_not_tried(context: World, person: str) -> None:
    assert_that(context.conversation.browser(person).attempts, empty(), f"the attempts of {person}'s page")


@then("{person:Name}'s page has tried {count:Number} times to connect again")
def step_tried_often(context: World, person: str, count: int) -> None:
    opened = [attempt.opened for attempt in context.conversation.browser(person).attempts]
    assert_that(opened, equal_to([False] * count), f"the attempts of {person}'s page")
