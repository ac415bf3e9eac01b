"""Behind the calls: who may do what, how often and how much at once, and what is done about what fails."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from statistics import fmean
from typing import Any

from behave import given, then, when
from hamcrest import assert_that, empty, equal_to

from earshot.calls import matrix
from earshot.calls.operating import Operating
from earshot.calls.tried import Fate, Rhythm, Share
from earshot.measure.delays import Delay
from earshot.measure.stopwatch import judges_time
from features.vocabulary.calls import World
from features.vocabulary.parameters import value_of
from features.vocabulary.shared import Attempt, Reason

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


# -- what is tried often, or by many


@then("{person:Name} can {attempt:Attempt}")
def step_can(context: World, person: str, attempt: Attempt) -> None:
    attempt(context, person)
    outcome = context.calls.person(person).outcome
    context.stage.surprises.claim(outcome)
    assert_that((outcome.code or 0) < 400, equal_to(True), f"whether {person} can do that ({outcome.type})")


@then("{person:Name} can no longer {attempt:Attempt}, because {reason:Reason}")
def step_can_no_longer(context: World, person: str, attempt: Attempt, reason: Reason) -> None:
    attempt(context, person)
    context.calls.is_refused(person, reason[context.calls.name])


@given("{person:Name} has tried {rhythm:Rhythm} to {attempt:Attempt}")
@when("{person:Name} tries {rhythm:Rhythm} to {attempt:Attempt}")
def step_tries_often(context: World, person: str, rhythm: Rhythm, attempt: Attempt) -> None:
    context.calls.operating.tried.again_and_again(
        lambda: context.calls.person(person), lambda: attempt(context, person), rhythm
    )


@when("{person:Name} keeps trying to {attempt:Attempt} until {turn:Turn}")
def step_keeps_trying(context: World, person: str, attempt: Attempt, turn: bool) -> None:
    context.calls.operating.tried.until(
        lambda: context.calls.person(person), lambda: attempt(context, person), wanted=turn
    )


@then("that took {least_s:Decimal} to {most_s:Seconds}")
@judges_time
def step_took(context: World, least_s: float, most_s: float) -> None:
    took = context.calls.operating.tried.took
    context.stage.stopwatch.insist_on_time(took, least_s * 1000, most_s * 1000, "until that turned")


@when("{crowd:Crowd} are made {apart_s:CrowdPace}")
@given("{crowd:Crowd} were made {apart_s:CrowdPace}")
def step_crowd(context: World, crowd: Callable[..., object], apart_s: float) -> None:
    context.calls.operating.lets_ask(crowd(context.calls), every_s=apart_s)


@then("{share:Share} of the {kind:CrowdKind} {are:Are} {fate:CallFate}")
def step_share(context: World, share: Share, kind: str, are: str, fate: Fate) -> None:
    context.calls.operating.tried.judge(share, kind, fate)


@then("each grant takes at most {limit_s:Seconds}")
@judges_time
def step_each_within(context: World, limit_s: float) -> None:
    delays = context.calls.operating.tried.delays()
    context.stage.stopwatch.insist_on_times(delays, limit_s * 1000, "until it was granted")


@then("a grant takes at most {limit_s:Seconds} on average")
@judges_time
def step_average_within(context: World, limit_s: float) -> None:
    delays = context.calls.operating.tried.delays()
    average = Delay(min(each.due_ns for each in delays), fmean(each.took_ms for each in delays))
    context.stage.stopwatch.insist_on_time(average, 0, limit_s * 1000, "until it was granted, on average")


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
