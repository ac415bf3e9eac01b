"""The doorbell: ringing, and asking."""

from __future__ import annotations

from behave import given, then, when
from features.vocabulary.doorbell import World
from hamcrest import assert_that, equal_to, greater_than


@given("{visitor:Name} has rung")
@when("{visitor:Name} rings")
def step_rings(context: World, visitor: str) -> None:
    context.doorbell.visitor(visitor).rings()


@then("{visitor:Name} is told that it rang {times:Times}")
def step_told_rings(context: World, visitor: str, times: int) -> None:
    told = context.doorbell.visitor(visitor).has_rung()
    assert_that(told, equal_to(times), f"how often it rang, as {visitor} is told")


@then("{visitor:Name} learns that somebody has rung")
def step_learns(context: World, visitor: str) -> None:
    assert_that(context.doorbell.visitor(visitor).asks_for_rings(), greater_than(0), "how often somebody has rung")
