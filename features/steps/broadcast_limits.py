"""Limits: how many sessions and listeners, how often, how fast, and what happens beyond."""

from __future__ import annotations

from behave import given, then, when
from hamcrest import (
    all_of,
    assert_that,
    equal_to,
    has_entries,
    has_entry,
    has_length,
)

from earshot.broadcast.acts import Act
from earshot.broadcast.entrances import Joining, Opening
from earshot.broadcast.matchers.rates import (
    all_granted,
    granted_up_to,
    passed_on_then_dropped,
    refused_up_to,
    warns_of,
)
from earshot.broadcast.news import News
from features.vocabulary.broadcast import World

# -- how many sessions and listeners


@then("{speaker:Name} is told the name of the {nth:Ordinal} session")
def step_told_nth_name(context: World, speaker: str, nth: int) -> None:
    names = {context.broadcast.speaker(speaker, device=number).session_id for number in range(1, nth + 1)}
    assert_that(names, all_of(has_length(nth)), f"the different names of {speaker}'s {nth} sessions")


@then("{speaker:Name} can start a broadcast again within {limit_s:Seconds}")
def step_can_start_within(context: World, speaker: str, limit_s: float) -> None:
    context.broadcast.speaker(speaker).starts_broadcasting_once_free("en", within_s=limit_s)


@when("{listener:Name} joins in {language:Language} once there is room")
def step_joins_once_free(context: World, listener: str, language: str) -> None:
    session_id = context.broadcast.the_speaker().session_id
    context.broadcast.listener(listener).joins_once_free(session_id, language, within_s=3)


@then("{listener:Name} is let in")
def step_let_in(context: World, listener: str) -> None:
    welcome = context.broadcast.listener(listener).welcome.message
    assert_that(welcome, has_entry("sessionId", context.broadcast.the_speaker().session_id), f"{listener}'s welcome")


@then("{listener:Name} is let in as listener number {count:Number}")
def step_let_in_as(context: World, listener: str, count: int) -> None:
    welcome = context.broadcast.listener(listener).welcome.message
    assert_that(welcome, has_entry("listenerCount", count), f"{listener}'s welcome")


@then("{listener:Name} is told that at most {count:Number} may listen")
def step_told_capacity(context: World, listener: str, count: int) -> None:
    details = context.broadcast.person(listener).refusal().details
    expected = has_entries(maxListeners=count, sessionId=context.broadcast.the_speaker().session_id)
    assert_that(details, expected, f"the details of {listener}'s refusal")


# -- how often


@given("{person:Name} has tried {count:Number} times in a row to {act:Act}")
def step_has_asked_often(context: World, person: str, count: int, act: Act) -> None:
    actor = context.broadcast.person(person)
    actor.tries_at_once([act] * count, within_s=5)
    assert_that(actor.refusals(), all_granted(), f"what came of {person}'s {count} requests")


@when("{person:Name} tries {count:Number} times within a second to {act:Act}")
def step_asks_often(context: World, person: str, count: int, act: Act) -> None:
    context.broadcast.person(person).tries_at_once([act] * count)


@when("{person:Name} tries within a second {count:Number} times to {act:Act} and then to {other:Act}")
def step_asks_often_and_then(context: World, person: str, count: int, act: Act, other: Act) -> None:
    context.broadcast.person(person).tries_at_once([act] * count + [other])


@then("all of {person:Name}'s requests are granted")
def step_all_granted(context: World, person: str) -> None:
    assert_that(context.broadcast.person(person).refusals(), all_granted(), f"what came of {person}'s requests")


@then("the first {count:Number} of {person:Name}'s requests are granted and the rest refused because {code:Code}")
def step_first_granted(context: World, count: int, person: str, code: str) -> None:
    expected = granted_up_to(count, context.broadcast.refused_with(code))
    assert_that(context.broadcast.person(person).refusals(), expected, f"what came of {person}'s requests")


@then(
    "the first {count:Number} of {person:Name}'s requests are refused because {first:Code} "
    "and the rest because {rest:Code}"
)
def step_first_refused(context: World, count: int, person: str, first: str, rest: str) -> None:
    expected = refused_up_to(count, context.broadcast.refused_with(first), context.broadcast.refused_with(rest))
    assert_that(context.broadcast.person(person).refusals(), expected, f"what came of {person}'s requests")


@then("the last thing {person:Name} is told is that {news:News}")
def step_last_told(context: World, person: str, news: News) -> None:
    last = context.broadcast.person(person).told_last()
    assert_that(last.type, equal_to(news.find), f"the last thing {person} is told")


@given("{listener:Name} has joined and left {count:Number} times")
def step_joined_and_left(context: World, listener: str, count: int) -> None:
    for _ in range(count):
        Joining().made_by(listener, context.broadcast)
        context.broadcast.listener(listener).leaves()


@given("{listener:Name} has mistyped the name of the session {count:Number} times")
def step_mistyped(context: World, listener: str, count: int) -> None:
    refused = context.broadcast.refused_with("INVALID_SESSION_ID")
    for _ in range(count):
        Joining(session_id="gentle harbour").tried_by(listener, context.broadcast)
        assert_that(context.broadcast.listener(listener).refusal(), refused, f"how {listener} was refused")


@given("{speaker:Name} has opened and ended {count:Broadcasts}")
def step_opened_and_ended(context: World, speaker: str, count: int) -> None:
    for _ in range(count):
        Opening().made_by(speaker, context.broadcast)
        context.broadcast.speaker(speaker).ends_the_session()


@given("{person:Name} shares a network address with {other:Name}")
def step_shares_address(context: World, person: str, other: str) -> None:
    context.broadcast.listener(person).address = context.broadcast.listener(other).address


@given("a second has passed since")
def step_second_passed(context: World) -> None:
    context.stage.lets_pass(1.0)


# -- what is counted


@then("{person:Name}'s {rate:Rate} is counted {count:Often} in a window of {window_s:Number} seconds")
def step_counted(context: World, person: str, rate: str, count: int, window_s: int) -> None:
    actor = context.broadcast.person(person)
    now_ms = actor.received()[0].message["timestamp"]
    context.broadcast.recorded.rate_is_counted(actor.counted_as(rate), count, window_s=window_s, now_ms=now_ms)


@given("{count:Number} of {person:Name}'s {rate:Rate}s are on record")
def step_counts_on_record(context: World, count: int, person: str, rate: str) -> None:
    context.broadcast.recorded.rate_gets(context.broadcast.person(person).counted_as(rate), "count", count)


@given("the window of {person:Name}'s {rate:Rate}s is over")
def step_window_over(context: World, person: str, rate: str) -> None:
    identifier = context.broadcast.person(person).counted_as(rate)
    start_ms = context.broadcast.recorded.rate(identifier)["windowStart"]
    context.broadcast.recorded.rate_gets(identifier, "windowStart", start_ms - 3_601_000)


# -- how fast audio may come


@given("{speaker:Name} has sent {count:Number} pieces of audio at once")
@when("{speaker:Name} sends {count:Number} pieces of audio at once")
def step_sends_burst(context: World, speaker: str, count: int) -> None:
    context.broadcast.speaker(speaker).sends_burst(count)


@when(
    "{speaker:Name} sends {count:Number} pieces at {first:Number}, {second:Number} and {third:Number} ms of the clock"
)
def step_sends_bursts(context: World, speaker: str, count: int, first: int, second: int, third: int) -> None:
    context.broadcast.speaker(speaker).sends_bursts(count, [first / 1000, second / 1000, third / 1000])


@given("{speaker:Name} has sent {rate:Number} pieces of audio a second for {duration_s:Seconds}")
@when("{speaker:Name} sends {rate:Number} pieces of audio a second for {duration_s:Seconds}")
def step_sends_at_rate(context: World, speaker: str, rate: int, duration_s: float) -> None:
    context.broadcast.speaker(speaker).sends_at_rate(rate, duration_s)


@then("{passed_on:Number} pieces are passed on and {dropped:Number} dropped because they are too many")
def step_fate_of_burst(context: World, passed_on: int, dropped: int) -> None:
    burst = context.broadcast.the_speaker().bursts[-1]
    assert_that(burst, passed_on_then_dropped(passed_on, dropped), "what became of the pieces")


@then("the {nth:Ordinal} {count:Number} pieces are {fate:Fate}")
def step_fate_of_pieces(context: World, nth: int, count: int, fate: str) -> None:
    burst = context.broadcast.the_speaker().bursts[nth - 1]
    passed_on = count if fate == "passed on" else 0
    assert_that(burst, passed_on_then_dropped(passed_on, count - passed_on), f"what became of burst {nth}")


@then("{speaker:Name}'s {count:Number} pieces are passed on")
def step_pieces_passed_on(context: World, speaker: str, count: int) -> None:
    burst = context.broadcast.speaker(speaker).bursts[-1]
    assert_that(burst, passed_on_then_dropped(count, 0), f"what became of {speaker}'s pieces")


@then("{speaker:Name} is warned {count:Often} about too much audio")
def step_warned(context: World, speaker: str, count: int) -> None:
    warnings = context.broadcast.speaker(speaker).warnings_of_rate()
    assert_that(len(warnings), equal_to(count), f"how many warnings about too much audio {speaker} got")


@then("the warning gives {limit:Number} pieces a second as the limit, and how many were dropped by then")
def step_warning_says(context: World, limit: int) -> None:
    actor = context.broadcast.the_speaker()
    [warning] = actor.warnings_of_rate()
    assert_that(warning.message, warns_of(limit, actor.dropped_before(warning)), "what the warning says")
