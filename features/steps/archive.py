"""The archive: what is so with its recordings, for everybody who looks."""

from __future__ import annotations

from collections.abc import Callable

from behave import then, when

from earshot.archive.person import Person
from earshot.archive.system import Archive, Judge
from features.vocabulary.archive import World
from features.vocabulary.shared import Attempt


@then("{recording:Recording} {fact:RecordingFact}")
def step_recording(context: World, recording: str, fact: Judge) -> None:
    fact(context.archive, context.archive.recording(recording))


@then("{recording:Recording}'s job {fact:JobFact}")
def step_job(context: World, recording: str, fact: Judge) -> None:
    fact(context.archive, context.archive.recording(recording))


@then("{fact:Shelf}")
def step_shelf(context: World, fact: Callable[[Archive], object]) -> None:
    fact(context.archive)


@then("{person:Name} finds {finding:InList}")
def step_finds(context: World, person: str, finding: Callable[[Archive, Person], object]) -> None:
    finding(context.archive, context.archive.person(person))


@when("{count:Number} archivists try {times:Number} times together to {attempt:Attempt}")
def step_together(context: World, count: int, times: int, attempt: Attempt) -> None:
    people = context.archive.archivists(count)
    context.stage.tried.at_once(people, lambda name: attempt(context, name), times)


@when("{person:Name} tries to {attempt:Attempt} while {count:Number} archivists try to {other:Attempt}")
def step_meanwhile(context: World, person: str, attempt: Attempt, count: int, other: Attempt) -> None:
    """Let all of them begin at once, the one in the middle."""
    people = [*context.archive.archivists(count)]
    people.insert(count // 2, context.archive.person(person))
    context.stage.tried.at_once(people, lambda name: (attempt if name == person else other)(context, name), len(people))


@then("all of it was taken or refused as a mistake")
def step_odd(context: World) -> None:
    context.archive.failed_at_nothing_odd()
