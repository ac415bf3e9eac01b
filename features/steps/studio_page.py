"""The studio: its page in the browser."""

from __future__ import annotations

from behave import given, when

from features.vocabulary.studio import World
from features.vocabulary.studio_page import Deed


@given("{person:Name}'s page has {deed:PageDone}")
@when("{person:Name}'s page {deed:PageDeed}")
def step_does(context: World, person: str, deed: Deed) -> None:
    deed(context.studio.page(person))


@given("{other:Name} has ended the live session of {person:Name}'s page")
@when("{other:Name} ends the live session of {person:Name}'s page")
def step_is_ended(context: World, other: str, person: str) -> None:
    context.studio.page(person).is_ended_by(context.studio.engineer(other))
