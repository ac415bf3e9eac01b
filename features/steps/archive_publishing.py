"""Publishing: what the broadcast service has, and what it was asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from behave import given, then, when
from hamcrest import assert_that, contains_exactly, equal_to

from earshot.archive import station
from earshot.archive.system import Archive
from features.vocabulary.archive import World


@given("the broadcast service has {show:Show}")
def step_has_show(context: World, show: str) -> None:
    station.add(context.archive, station.SHOWS[show])


@given('{show:Show} has been renamed to "{title:Quoted}"')
def step_renames(context: World, show: str, title: str) -> None:
    station.change(context.archive, show, title=title)


@given("the broadcast service has come to {state:StationState} with {recording:Recording}")
def step_comes_to(context: World, state: str, recording: str) -> None:
    station.comes_to(context.archive, context.archive.recording(recording), state)


@then("{show:Show} tells of {recording:Recording}")
def step_tells_of(context: World, show: str, recording: str) -> None:
    onlooker = context.archive.onlooker
    onlooker.asks(station.looking_at(context.archive, show))
    station.tells_of(recording)(context.archive, onlooker)


class Told(World, Protocol):
    steps_told: Sequence[tuple[int, str]]


@when("{person:Name} brings in {count:Number} times how far the broadcast service is")
def step_brings_in(context: Told, person: str, count: int) -> None:
    context.steps_told = station.brings_in(context.archive, person, count)


@then("{person:Name} was told of 25, 50, 75 and 100 percent, and that it is completed in the end")
def step_step_by_step(context: Told, person: str) -> None:
    expected = [(25, "processing"), (50, "processing"), (75, "processing"), (100, "completed")]
    assert_that(context.steps_told, contains_exactly(*expected), f"what {person} was told")


@then("{person:Name} finds {count:Number} {recordings:Recordings} published")
def step_published(context: World, person: str, count: int, recordings: str) -> None:
    assert_that(station.published(context.archive, person), equal_to(count), "how many are published")


@then("{person:Name} finds {count:Number} {recordings:Recordings} linked to {show:Show}")
def step_linked(context: World, person: str, count: int, recordings: str, show: str) -> None:
    assert_that(station.linked(context.archive, person, show), equal_to(count), f"how many are linked to {show}")


@then("the broadcast service {fact:StationFact}")
def step_station(context: World, fact: Callable[[Archive], object]) -> None:
    fact(context.archive)
