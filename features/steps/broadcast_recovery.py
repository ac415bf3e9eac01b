"""When something fails: the store, the sign-in, a request, the way to a listener."""

from behave import given, then
from hamcrest import assert_that

from earshot.matchers.numbers import between

# -- what fails


@given("the records of {speaker:Name}'s session fail once")
def step_records_fail_once(context, speaker):
    context.stage.control.order(
        "store", times=1, table="Sessions", session_id=context.stage.speaker(speaker).session_id
    )


@given("the records of {speaker:Name}'s session fail {count:Number} times in a row")
def step_records_fail(context, speaker, count):
    context.stage.control.order(
        "store", times=count, table="Sessions", session_id=context.stage.speaker(speaker).session_id
    )


@given("no records can be reached")
def step_no_records(context):
    context.stage.control.order("store", code="Unreachable")


@given("nobody's sign-in can be checked")
def step_no_sign_in(context):
    context.stage.control.order("sign-in")


@given("everything can be reached again")
def step_repaired(context):
    context.stage.control.call_off_ours()


@given("{listener:Name}'s device has gone dead without a word")
def step_dead(context, listener):
    context.stage.control.order("delivery", "dead", connection_id=context.stage.listener(listener).connection_id)


@given("the service gets stuck over {person:Name}'s next request")
def step_stuck(context, person):
    context.stage.control.order("handler", "stall", times=1, connection_id=context.stage.person(person).connection_id)


@given("the service is slow by {delay_s:Seconds} over {person:Name}'s next request")
def step_slow(context, delay_s, person):
    context.stage.control.order(
        "handler", "stall", times=1, seconds=delay_s, connection_id=context.stage.person(person).connection_id
    )


# -- what comes of it


@given("{listener:Name} has been refused because the service is not available")
def step_has_been_turned_away(context, listener):
    actor = context.stage.listener(listener)
    actor.tries_to_join(context.stage.the_speaker().session_id, "es")
    assert_that(actor.refusal(), context.stage.refused_with("SERVICE_UNAVAILABLE"), f"how {listener} was refused")


@then("{person:Name} has the answer after {least_ms:Number} to {most_ms:Milliseconds}")
def step_answer_between(context, person, least_ms, most_ms):
    took_ms = context.stage.person(person).answered_after_ms
    assert_that(took_ms, between(least_ms, most_ms), f"the milliseconds until {person} had the answer")
