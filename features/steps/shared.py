"""What is said of every system: which service it is, what goes wrong, what people try, and how long it takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from behave import given, then, when
from hamcrest import assert_that, equal_to, less_than_or_equal_to
from hamcrest.core.matcher import Matcher

from earshot.ledger import Observation
from earshot.measure.budget import Budget
from earshot.measure.sentences import duration
from earshot.measure.stopwatch import judges_time
from earshot.measure.timed import Timed
from earshot.measure.verdict import QUICK
from earshot.participant import Participant, stay_untold
from features.vocabulary.faults import Fault
from features.vocabulary.shared import Attempt, News, Reason, World

CONNECTED_WITHIN_MS = 1000
QUICK_MS = 50 * QUICK
"""That share of what sound may take to be acknowledged (REQ-21.1): nobody grows slow below it."""

# -- the service


@given("a service that nobody else uses")
def step_service_alone(context: World) -> None:
    context.stage.uses_service_alone()


@given("a service that {settings:Settings}")
def step_service_with(context: World, settings: Mapping[str, str]) -> None:
    context.stage.uses_service_with(settings)


@given("{fault:Fault}")
def step_goes_wrong(context: World, fault: Fault) -> None:
    fault.strikes(context)


@given("everything works again")
@when("everything works again")
def step_works_again(context: World) -> None:
    context.stage.control.await_strikes()
    context.stage.control.call_off_ours()


# -- a page in a browser


@then("{person:Name}'s page {fact:PageFact}")
def step_page(context: World, person: str, fact: Callable[[Participant, int], object]) -> None:
    fact(context.stage.person(person), context.stage.turning_point)


# -- trying, going, and being told


@given("{span_s:Seconds} have passed")
def step_pass(context: World, span_s: float) -> None:
    context.stage.lets_pass(span_s)


@given("{person:Name} has {done:Done}")
@when("{person:Name} {done:Deed}")
def step_does(context: World, person: str, done: Attempt) -> None:
    done(context, person)


@given("{person:Name} has tried to {attempt:Attempt}")
@when("{person:Name} tries to {attempt:Attempt}")
def step_tries(context: World, person: str, attempt: Attempt) -> None:
    attempt(context, person)


@when("{person:Name} sends {message:UnknownKind}")
def step_sends_unknown_kind(context: World, person: str, message: str) -> None:
    somebody: Any = context.stage.person(person)
    somebody.sends_what_may_be_ignored(message)


@given("{person:Name} was refused because {reason:Reason}")
@then("{person:Name} is refused because {reason:Reason}")
def step_is_refused(context: World, person: str, reason: Reason) -> None:
    system = context.stage.person(person).system
    context.stage.systems[system].is_refused(person, reason[system])


@when("{people:Names} {send:Send} a heartbeat")
def step_heartbeat(context: World, people: list[str], send: str) -> None:
    for name in people:
        context.stage.person(name).sends_heartbeat()


@given("{person:Name} has left")
@when("{person:Name} leaves")
def step_leaves(context: World, person: str) -> None:
    context.stage.person(person).leaves()


@when("{person:Name} sends {count:Number} heartbeats")
def step_sends_heartbeats(context: World, person: str, count: int) -> None:
    somebody: Any = context.stage.person(person)
    somebody.sends_heartbeats(count)


@given("{person:Name} has lost the connection")
@when("{person:Name} loses the connection")
def step_loses_connection(context: World, person: str) -> None:
    context.stage.person(person).vanishes()


@then("{person:Name} is connected within 1 second")
@judges_time
def step_connected(context: World, person: str) -> None:
    opened = context.stage.person(person).opened_after()
    context.stage.stopwatch.insist_on_time(opened, 0, CONNECTED_WITHIN_MS, f"until {person} was connected")


@then("{person:Name} is disconnected in good order within {limit_s:Seconds}")
def step_disconnected_in_order(context: World, person: str, limit_s: float) -> None:
    closed = context.stage.person(person).is_disconnected(patience_s=limit_s)
    assert_that(closed.code, equal_to(1000), f"how {person}'s connection was closed")
    after_s = (closed.at_ns - context.stage.turned_ns) / 1e9
    assert_that(after_s, less_than_or_equal_to(limit_s), f"after how many seconds {person} was disconnected")


@then("{people:Names} {are:Are} disconnected {how:Disconnection}")
def step_disconnected_how(context: World, people: list[str], are: str, how: int) -> None:
    for name in people:
        closed = context.stage.person(name).is_disconnected()
        assert_that(closed.code, equal_to(how), f"the code with which {name}'s connection was closed")


@given("{person:Name} has been disconnected")
def step_has_been_disconnected(context: World, person: str) -> None:
    context.stage.person(person).is_disconnected()


@then("{person:Name} is disconnected within {limit_s:Seconds}")
def step_disconnected(context: World, person: str, limit_s: float) -> None:
    context.stage.person(person).is_disconnected(patience_s=limit_s)


@given("{people:Names} {have:Has} been told that {news:News}")
def step_have_been_told(context: World, people: list[str], have: str, news: News) -> None:
    for name in people:
        news.reaches(context.stage.person(name), since=0)


@then("{people:Names} {are:Are} told that {news:News}")
def step_told(context: World, people: list[str], are: str, news: News) -> None:
    for name in people:
        news.reaches(context.stage.person(name), since=context.stage.turning_point)


@given("{person:Name} has been told nothing for {for_s:Seconds}")
def step_has_been_told_nothing(context: World, person: str, for_s: float) -> None:
    context.stage.person(person).stays_untold(for_s, since=len(context.stage.ledger))


@then("{people:Names} {are:Are} told {nothing_more:Nothing} for {for_s:Seconds}")
def step_told_nothing(context: World, people: list[str], are: str, nothing_more: str, for_s: float) -> None:
    stay_untold([context.stage.person(name) for name in people], for_s, since=context.stage.turning_point)


@then("{person:Name} learns {lesson:Lesson}")
def step_learns(context: World, person: str, lesson: Matcher[Observation]) -> None:
    somebody: Any = context.stage.person(person)
    assert_that(somebody.answer, lesson, f"what {person} was told")


# -- how long it took


@then("{person:Name} is answered within {limit_s:Seconds}")
@judges_time
def step_answered_within(context: World, person: str, limit_s: float) -> None:
    took = context.stage.person(person).last_answer()
    context.stage.stopwatch.insist_on_time(took, 0, limit_s * 1000, f"until {person} was answered")


@then("{person:Name} is answered after {least_s:Decimal} to {most_s:Seconds}")
@judges_time
def step_answered_after(context: World, person: str, least_s: float, most_s: float) -> None:
    took = context.stage.person(person).last_answer()
    context.stage.stopwatch.insist_on_time(took, least_s * 1000, most_s * 1000, f"until {person} was answered")


@then("{share:Percent} of {timed:Timed} within {limit_ms:Duration}")
def step_share_within(context: World, share: float, timed: Timed, limit_ms: float) -> None:
    _insist(context, timed, Budget(share * 100, limit_ms, things=timed.things), f"{share:.0%} of {timed.words}")


@then("all {timed:Timed} within {limit_ms:Duration}")
def step_all_within(context: World, timed: Timed, limit_ms: float) -> None:
    _insist(context, timed, Budget(100, limit_ms, things=timed.things), f"all {timed.words}")


@then(
    "{share:Percent} of {timed:Timed} within {limit_ms:Duration}, none is lost, "
    "and no silence is longer than {silence_ms:Duration}"
)
def step_share_within_without_stall(
    context: World, share: float, timed: Timed, limit_ms: float, silence_ms: float
) -> None:
    budget = Budget(share * 100, limit_ms, worst_gap_ms=silence_ms, lost_at_most=0, things=timed.things)
    _insist(context, timed, budget, f"{share:.0%} of {timed.words}")


def _insist(context: World, timed: Timed, budget: Budget, what: str) -> None:
    wing = context.stage.systems[timed.system]
    context.stage.stopwatch.insist(
        f"{what} within {duration(budget.limit_ms)}",
        budget,
        lambda seen: timed.delays(wing, seen),
        because=lambda: timed.because(wing),
        kind=timed.kind,
        counts=timed.counts,
    )


@then("on average {timed:Timed} within {limit_ms:Duration}")
def step_average_within(context: World, timed: Timed, limit_ms: float) -> None:
    wing = context.stage.systems[timed.system]
    what = f"on average {timed.words} within {duration(limit_ms)}"
    context.stage.stopwatch.insist_on_average(
        what, limit_ms, lambda seen: timed.delays(wing, seen), things=timed.things
    )


@then("{timed:Timed} at most twice as late as when {speaker:Name} was alone")
def step_no_growth_under_load(context: World, timed: Timed, speaker: str) -> None:
    context.stage.stopwatch.insist_on_no_growth_since(
        f"{timed.words} at most twice as late as when {speaker} was alone",
        lambda seen: timed.delays(context.stage.systems[timed.system], seen),
        (f"when {speaker} was alone", "with everybody"),
        quick_ms=QUICK_MS,
    )


@then("{share:Percent} of {timed:Timed} within {limit_ms:Duration}, and none is lost")
def step_share_within_without_loss(context: World, share: float, timed: Timed, limit_ms: float) -> None:
    budget = Budget(share * 100, limit_ms, lost_at_most=0, things=timed.things)
    _insist(context, timed, budget, f"{share:.0%} of {timed.words}")
