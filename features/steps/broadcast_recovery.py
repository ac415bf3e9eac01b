"""When something fails: the store, the sign-in, a request, the way to a listener."""

from __future__ import annotations

from behave import then
from hamcrest import assert_that

from earshot.matchers.numbers import between
from features.vocabulary.broadcast import World


@then("{person:Name} has the answer after {least_ms:Number} to {most_ms:Milliseconds}")
def step_answer_between(context: World, person: str, least_ms: int, most_ms: float) -> None:
    took_ms = context.broadcast.person(person).answered_after_ms
    assert_that(took_ms, between(least_ms, most_ms), f"the milliseconds until {person} had the answer")
