"""What is tried often, or by many at once, in any system."""

from __future__ import annotations

from functools import partial
from statistics import fmean

from behave import given, then, when
from hamcrest import assert_that, equal_to

from earshot.asking import Asker
from earshot.measure.delays import Delay
from earshot.measure.stopwatch import judges_time
from earshot.tried import Fates, Rhythm, Share, is_granted
from features.vocabulary.shared import Attempt, Reason, World


def _asker(context: World, name: str) -> Asker:
    somebody = context.stage.person(name)
    assert isinstance(somebody, Asker), f"{name} asks for nothing over HTTP"
    return somebody


@then("{person:Name} can {attempt:Attempt}")
def step_can(context: World, person: str, attempt: Attempt) -> None:
    attempt(context, person)
    outcome = _asker(context, person).outcome
    context.stage.surprises.claim(outcome)
    assert_that(is_granted(outcome), equal_to(True), f"whether {person} can do that ({outcome.type})")


@then("{person:Name} was granted it")
def step_granted(context: World, person: str) -> None:
    outcome = _asker(context, person).outcome
    context.stage.surprises.claim(outcome)
    assert_that(is_granted(outcome), equal_to(True), f"whether {person} was granted it ({outcome.type})")


@then("all of them are told the same")
def step_alike(context: World) -> None:
    context.stage.tried.are_alike()


@then("{person:Name} can no longer {attempt:Attempt}, because {reason:Reason}")
def step_can_no_longer(context: World, person: str, attempt: Attempt, reason: Reason) -> None:
    attempt(context, person)
    system = _asker(context, person).system
    context.stage.systems[system].is_refused(person, reason[system])


@given("{person:Name} has tried {rhythm:Rhythm} to {attempt:Attempt}")
@when("{person:Name} tries {rhythm:Rhythm} to {attempt:Attempt}")
def step_tries_often(context: World, person: str, rhythm: Rhythm, attempt: Attempt) -> None:
    context.stage.tried.again_and_again(partial(_asker, context, person), lambda: attempt(context, person), rhythm)


@when("{person:Name} keeps trying to {attempt:Attempt} until {turn:Turn}")
def step_keeps_trying(context: World, person: str, attempt: Attempt, turn: bool) -> None:
    context.stage.tried.until(partial(_asker, context, person), lambda: attempt(context, person), wanted=turn)


@then("that took {least_s:Decimal} to {most_s:Seconds}")
@judges_time
def step_took(context: World, least_s: float, most_s: float) -> None:
    took = context.stage.tried.took
    context.stage.stopwatch.insist_on_time(took, least_s * 1000, most_s * 1000, "until that turned")


@then("{share:Share} of the {kind:Tried} {are:Are} {fates:Fared}")
def step_share(context: World, share: Share, kind: str, are: str, fates: Fates) -> None:
    context.stage.tried.judge(share, kind, fates)


@then("each grant takes at most {limit_s:Seconds}")
@judges_time
def step_each_within(context: World, limit_s: float) -> None:
    delays = context.stage.tried.delays()
    context.stage.stopwatch.insist_on_times(delays, limit_s * 1000, "until it was granted")


@then("a grant takes at most {limit_s:Seconds} on average")
@judges_time
def step_average_within(context: World, limit_s: float) -> None:
    delays = context.stage.tried.delays()
    average = Delay(min(each.due_ns for each in delays), fmean(each.took_ms for each in delays))
    context.stage.stopwatch.insist_on_time(average, 0, limit_s * 1000, "until it was granted, on average")
