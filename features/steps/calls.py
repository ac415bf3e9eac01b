"""Calls: who has to do with them, what happens to them, and what the service and the property system make of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from behave import given, then, when
from hamcrest import assert_that, equal_to, greater_than, has_entries, less_than_or_equal_to

from earshot.calls.figures import Figure
from earshot.calls.guest import Guest
from earshot.calls.replies import Judge
from earshot.calls.system import Calls
from earshot.matchers.numbers import between
from earshot.patience import comes_to, stays
from features.vocabulary.calls import World

STAYS_S = 1.0
"""How long it is watched that an order is not given once more."""


@given("{person:Name} is {role:CallsRole}")
def step_is(context: World, person: str, role: str) -> None:
    context.calls.person(person).becomes(role)


@given("{person:Name} has a reservation at {hotel:Hotel}")
def step_has_reservation(context: World, person: str, hotel: str) -> None:
    context.calls.books(person, hotel)


@given("{count:Number} guests have reservations at {hotel:Hotel}")
def step_crowd_has_reservations(context: World, count: int, hotel: str) -> None:
    for guest in context.calls.guests(count):
        context.calls.books(guest.name, hotel)


@given("{count:Number} more guests share {guest:Name}'s reservation")
def step_share(context: World, count: int, guest: str) -> None:
    context.calls.share(guest, count)


@when("all guests {do:Together} at the same moment")
def step_do_together(context: World, do: Callable[[Guest], object]) -> None:
    context.calls.at_the_same_moment(do)


@when("all guests {do:Together} one after the other")
def step_do_in_sequence(context: World, do: Callable[[Guest], object]) -> None:
    for guest in context.calls.all_guests():
        do(guest)


@when("{guest:Name} tries {count:Number} odd drafts and lookups")
def step_odd(context: World, guest: str, count: int) -> None:
    context.calls.tries_odd_requests(guest, count)


@then("all of them were taken or refused as mistakes")
def step_none_failed(context: World) -> None:
    context.calls.failed_at_no_odd_request()


@then("{person:Name} is answered {lesson:Told}")
def step_answered(context: World, person: str, lesson: Judge) -> None:
    lesson(context.calls.guest(person))


@then("each guest is answered {lesson:Told}")
def step_each_answered(context: World, lesson: Judge) -> None:
    for guest in context.calls.all_guests():
        lesson(guest)


@then("each guest's call is {state:CallState}")
def step_each_state(context: World, state: dict[str, Any]) -> None:
    for guest in context.calls.all_guests():
        record = guest.record()
        assert_that(record, has_entries(state), f"the record of {guest.name}'s call")
        if (events := record.get("events")) is not None:
            assert_that([each["event"] for each in events], equal_to(guest.call.told), f"what happened to {guest.name}")


@then("{person:Name} finds {finding:Found}")
def step_finds(context: World, person: str, finding: Callable[[Calls], Judge]) -> None:
    finding(context.calls)(context.calls.person(person))


@then("{guest:Name}'s call is {state:CallState}")
def step_state(context: World, guest: str, state: dict[str, Any]) -> None:
    record = partial(context.calls.guest(guest).record)
    comes_to(record, has_entries(state), f"the record of {guest}'s call", within_s=STAYS_S)


@then("the property system was asked {times:Asked} about {guest:Name}'s reservation")
def step_lookups(context: World, times: int, guest: str) -> None:
    assert_that(len(context.calls.lookups(guest)), equal_to(times), f"lookups of {guest}'s reservation")


@then("the property system was asked about {guest:Name}'s reservation 3 times, the third after a longer pause")
def step_growing_waits(context: World, guest: str) -> None:
    context.calls.waited_longer_each_time(guest)


@then("the property system was reached over at most {most:Number} connections, and signed in to at most once")
def step_connections(context: World, most: int) -> None:
    connections = {each.connection for each in context.calls.asked("GET", "")}
    assert_that(len(connections), between(1, most), "connections to the property system")
    sign_ins = context.calls.asked("POST", "/connect/token")
    assert_that(len(sign_ins), less_than_or_equal_to(1), "sign-ins to the property system")


@then("the property system is given the order once within {limit_s:Seconds}")
def step_order(context: World, limit_s: float) -> None:
    what = "orders that the property system was given"
    comes_to(context.calls.orders, greater_than(0), what, within_s=limit_s)
    stays(context.calls.orders, equal_to(1), what, for_s=STAYS_S)


@given("it is known what the service has counted")
def step_note_figures(context: World) -> None:
    context.calls.notes_figures()


@then("the figure for {figure:CallsFigure} grows by {count:Number}")
@then("the figure for {figure:CallsFigure} does not grow")
def step_figures(context: World, figure: Figure, count: int = 0) -> None:
    context.calls.has_counted(count, figure)


@then("{place:CallKept} of {guest:Name}'s call holds none of what must not be kept")
def step_kept(context: World, place: Callable[[Calls, str], object], guest: str) -> None:
    place(context.calls, guest)
