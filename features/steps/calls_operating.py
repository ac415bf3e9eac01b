"""Behind the calls: who may do what, how often and how much at once, and what is done about what fails."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from behave import given, then, when
from hamcrest import assert_that, empty

from earshot.calls import matrix
from earshot.calls.operating import Operating
from features.vocabulary.calls import World
from features.vocabulary.parameters import value_of

# -- who asks


@given("{count:Number} users have signed in")
def step_users_signed_in(context: World, count: int) -> None:
    for user in context.calls.users(count):
        user.signs_in()


@given("{person:Name} has a key that may {right:Right}")
def step_has_key(context: World, person: str, right: str) -> None:
    context.calls.gives_key(context.calls.person(person), [right])


@given("there is {cast:Cast}")
def step_cast(context: World, cast: Callable[[World], object]) -> None:
    cast(context)


@when("each of them tries to do all of this")
def step_matrix(context: World) -> None:
    for row in context.table:
        for who in context.table.headings[2:]:
            act = row["by trying to"]
            attempt: Any = value_of("Attempt", act)
            does = partial(attempt, context, who)
            context.calls.operating.tries_for_matrix(who, row["may"], act, row[who] == "yes", does)


@then("each may do what stands there, and nothing else")
def step_matrix_holds(context: World) -> None:
    assert_that(matrix.wrong(context.calls.operating.cells), empty(), "who may do what, and should not")


# -- what many ask for


@when("{crowd:Crowd} are made {apart_s:CrowdPace}")
@given("{crowd:Crowd} were made {apart_s:CrowdPace}")
def step_crowd(context: World, crowd: Callable[..., object], apart_s: float) -> None:
    context.calls.operating.lets_ask(crowd(context.calls), every_s=apart_s)


# -- what fails


@given("the breaker of {breaker:Breaker} has opened")
def step_breaker_opened(context: World, breaker: str) -> None:
    context.calls.operating.opens(breaker)


@then("the breaker of {breaker:Breaker} is {state:BreakerState}")
def step_breaker(context: World, breaker: str, state: Callable[[Operating, str], object]) -> None:
    state(context.calls.operating, breaker)


@then("the property system was asked about one reservation alone")
def step_one_probe(context: World) -> None:
    context.calls.operating.one_was_let_through()


@then("{channels:CallChannels} {are:Are} told {times:HowOften} under {person:Name}'s id")
def step_channels_told(context: World, channels: Sequence[str], are: str, times: int, person: str) -> None:
    context.calls.operating.is_told(channels, times, person)


@then("the property system, the voices and the log know {person:Name}'s call by its id")
def step_followed(context: World, person: str) -> None:
    context.calls.operating.is_followed(person)
