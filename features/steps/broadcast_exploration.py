"""Exploring: people do as they like, and the rules must hold."""

from __future__ import annotations

from behave import given, then, when
from hamcrest import assert_that, less_than_or_equal_to

from features.vocabulary.broadcast import World


@when("people do as they like for {duration_s:Seconds}")
def step_do_as_they_like(context: World, duration_s: float) -> None:
    context.broadcast.exploration.goes_on(duration_s)


@then("everything happened as the rules say, after each of at least {count:Number} steps")
def step_as_the_rules_say(context: World, count: int) -> None:
    context.broadcast.exploration.found_no_disagreement(least_steps=count)


# -- nonsense


@given("it is known how much memory the service takes")
def step_memory_is_known(context: World) -> None:
    context.broadcast.flood.notes_memory()


@given("{listener:Name}'s device has sent {count:Number} messages of nonsense")
@when("{listener:Name}'s device sends {count:Number} messages of nonsense")
def step_sends_nonsense(context: World, listener: str, count: int) -> None:
    context.broadcast.flood.from_device_of(listener, context.broadcast.the_speaker().session_id, count)


@then("the service takes at most {percent:Number}% more memory than before")
def step_memory_within(context: World, percent: int) -> None:
    grown = context.broadcast.flood.memory_grown_percent()
    assert_that(grown, less_than_or_equal_to(percent), "by how many per cent the memory of the service has grown")
