"""How tests are run: a small set of them, by itself."""

from __future__ import annotations

from collections.abc import Callable

from behave import given, then, when
from hamcrest import assert_that, equal_to

from earshot.running.rehearsal import Rehearsal
from features.vocabulary.running import World


@given("a small set of tests, the first of which {does:FirstTest}")
def step_small_set(context: World, does: str) -> None:
    context.rehearsal = Rehearsal(does)
    context.add_cleanup(context.rehearsal.close)


@when("the tests {way:WayOfRunning}")
def step_run(context: World, way: Callable[[Rehearsal], object]) -> None:
    way(context.rehearsal)


@then("the tests that are chosen are {titles:Titles}")
def step_chosen(context: World, titles: list[str]) -> None:
    assert_that(context.rehearsal.chosen, equal_to(titles), "the tests that are chosen")


@then("the run {outcome:RunOutcome}")
def step_outcome(context: World, outcome: Callable[[Rehearsal], object]) -> None:
    outcome(context.rehearsal)
