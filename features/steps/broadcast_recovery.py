"""When something fails: the store, the sign-in, a request, the way to a listener."""

from __future__ import annotations

from behave import given, then
from hamcrest import assert_that

from earshot.matchers.numbers import between
from features.vocabulary.broadcast import World

# -- what fails


@given("the records of {speaker:Name}'s session fail once")
def step_records_fail_once(context: World, speaker: str) -> None:
    context.stage.control.fail_store(1, table="Sessions", session_id=context.broadcast.speaker(speaker).session_id)


@given("the records of {speaker:Name}'s session fail {count:Number} times in a row")
def step_records_fail(context: World, speaker: str, count: int) -> None:
    context.stage.control.fail_store(count, table="Sessions", session_id=context.broadcast.speaker(speaker).session_id)


@given("no records can be reached")
def step_no_records(context: World) -> None:
    context.stage.control.lose_store()


@given("nobody's sign-in can be checked")
def step_no_sign_in(context: World) -> None:
    context.stage.control.lose_sign_in()


@given("everything can be reached again")
def step_repaired(context: World) -> None:
    context.stage.control.call_off_ours()


@given("{listener:Name}'s device has gone dead without a word")
def step_dead(context: World, listener: str) -> None:
    context.stage.control.find_dead(context.broadcast.listener(listener).connection_id)


@given("the service gets stuck over {person:Name}'s next request")
def step_stuck(context: World, person: str) -> None:
    context.stage.control.stall_handler(connection_id=context.broadcast.person(person).connection_id)


@given("the service is slow by {delay_s:Seconds} over {person:Name}'s next request")
def step_slow(context: World, delay_s: float, person: str) -> None:
    context.stage.control.stall_handler(seconds=delay_s, connection_id=context.broadcast.person(person).connection_id)


# -- what comes of it


@given("{listener:Name} has been refused because the service is not available")
def step_has_been_turned_away(context: World, listener: str) -> None:
    actor = context.broadcast.listener(listener)
    actor.tries_to_join(context.broadcast.the_speaker().session_id, "es")
    assert_that(actor.refusal(), context.broadcast.refused_with("SERVICE_UNAVAILABLE"), f"how {listener} was refused")


@then("{person:Name} has the answer after {least_ms:Number} to {most_ms:Milliseconds}")
def step_answer_between(context: World, person: str, least_ms: int, most_ms: float) -> None:
    took_ms = context.broadcast.person(person).answered_after_ms
    assert_that(took_ms, between(least_ms, most_ms), f"the milliseconds until {person} had the answer")
