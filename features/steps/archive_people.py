"""Who signs in to the archive, and what administrators find."""

from __future__ import annotations

from behave import given, then, when

from earshot.archive import files
from earshot.archive.admin import Insist
from features.vocabulary.archive import World


@given("{person:Name} is {role:ArchiveRole}")
def step_is(context: World, person: str, role: str) -> None:
    context.archive.person(person).becomes(role)


@then("{person:Name} finds {fact:AdminFact}")
def step_finds(context: World, person: str, fact: Insist) -> None:
    fact(context.archive, context.archive.person(person))


@given("the job of {recording:Recording} has failed")
def step_has_failed(context: World, recording: str) -> None:
    context.archive.follows(context.archive.recording(recording))


@given("a file has been left that belongs to nothing")
def step_stray(context: World) -> None:
    files.leave_one(context.archive)


@then("the file that belongs to nothing is gone")
def step_stray_gone(context: World) -> None:
    files.that_one_is_gone(context.archive)


@then("what is kept of {person:Name} holds no password")
def step_no_password(context: World, person: str) -> None:
    context.archive.keeps_no_password(person)


@when("the archive is started again")
def step_restart(context: World) -> None:
    context.stage.restarts_the_service()


@then("both attempts of {person:Name} were refused in the same words")
def step_alike(context: World, person: str) -> None:
    context.archive.are_alike(person)
