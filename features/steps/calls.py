"""Calls: who has to do with them, what happens to them, and what the service and the property system make of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from behave import given, then, when
from hamcrest import assert_that, equal_to

from earshot.calls.figures import Figure
from earshot.calls.guest import Guest
from earshot.calls.system import Calls
from features.vocabulary.calls import PERSONAL, World

Act = Callable[[Any, str], object]
Judgement = Callable[[Calls, str], object]


@given("{person:Name} is {role:CallsRole}")
def step_is(context: World, person: str, role: str) -> None:
    context.calls.person(person).becomes(role)


@given("{person:Name} has a reservation at {hotel:Hotel}")
def step_has_reservation(context: World, person: str, hotel: str) -> None:
    context.calls.books(person, hotel)


@given("{person:Name} has {done:CallsDone}")
def step_has_done(context: World, person: str, done: Act) -> None:
    done(context, person)


@when("{person:Name} {does:CallsDeed}")
def step_does(context: World, person: str, does: Act) -> None:
    does(context, person)


@given("{count:Number} guests have reservations at {hotel:Hotel}")
def step_crowd_has_reservations(context: World, count: int, hotel: str) -> None:
    for guest in context.calls.guests(count):
        context.calls.books(guest.name, hotel)


@when("all guests {do:Together} at the same moment")
def step_do_together(context: World, do: Callable[[Guest], object]) -> None:
    context.calls.at_the_same_moment(do)


@then("{person:Name} is answered {lesson:Told}")
def step_answered(context: World, person: str, lesson: Judgement) -> None:
    lesson(context.calls, person)


@then("each guest is answered {lesson:Told}")
def step_each_answered(context: World, lesson: Judgement) -> None:
    for guest in context.calls.all_guests():
        lesson(context.calls, guest.name)


@then("{person:Name} finds {finding:Found}")
def step_finds(context: World, person: str, finding: Judgement) -> None:
    finding(context.calls, person)


@then("{guest:Name}'s call is {state:CallState}")
def step_state(context: World, guest: str, state: str) -> None:
    assert_that(context.calls.guest(guest).record().get("state"), equal_to(state), f"the state of {guest}'s call")


@then("the property system was asked {times:Asked} about {guest:Name}'s reservation")
def step_lookups(context: World, times: int, guest: str) -> None:
    assert_that(len(context.calls.lookups(guest)), equal_to(times), f"lookups of {guest}'s reservation")


@then(
    "the property system was asked 3 times about {guest:Name}'s reservation, the second wait twice as long as the first"
)
def step_growing_waits(context: World, guest: str) -> None:
    context.calls.waited_longer_each_time(guest)


@given("the figures are noted")
def step_note_figures(context: World) -> None:
    context.calls.notes_figures()


@then("the figures show {count:Number} more {figure:CallsFigure}")
@then("the figures show no more {figure:CallsFigure}")
def step_figures(context: World, figure: Figure, count: int = 0) -> None:
    context.calls.has_counted(count, figure)


@then("the log of {guest:Name}'s call holds none of what must not be kept")
def step_log(context: World, guest: str) -> None:
    context.calls.log_holds_none_of(guest, PERSONAL)
