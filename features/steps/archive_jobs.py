"""Jobs as whoever watches sees them, and what was done to captions behind the archive's back."""

from __future__ import annotations

from collections.abc import Callable

from behave import given, then, when
from hamcrest import assert_that, equal_to

from earshot.archive import jobs
from earshot.archive.system import Archive
from earshot.archive.viewer import Viewer
from earshot.measure.stopwatch import judges_time
from features.vocabulary.archive import World

GREETED_WITHIN_MS = 500


@given("{person:Name} watches the jobs")
@when("{person:Name} begins to watch the jobs")
def step_watches(context: World, person: str) -> None:
    viewer = context.archive.viewer(person)
    viewer.begins()
    viewer.joins()


@given("{count:Number} viewers watch the jobs")
def step_crowd(context: World, count: int) -> None:
    for viewer in context.stage.unnamed("Viewer", count, Viewer):
        viewer.begins()
        viewer.joins()


@when("{person:Name} asks live for {odd:OddRequest}")
def step_odd(context: World, person: str, odd: str) -> None:
    context.archive.viewer(person).says_raw(odd)


@then("{person:Name} was greeted within 0.5 seconds, by a name of their own")
@judges_time
def step_greeted(context: World, person: str) -> None:
    greeted = jobs.is_greeted(context.archive, person)
    context.stage.stopwatch.insist_on_time(greeted, 0, GREETED_WITHIN_MS, f"until {person} was greeted")


@then("{person:Name} {fact:ViewerFact}")
def step_viewer(context: World, person: str, fact: Callable[[Archive, Viewer], object]) -> None:
    fact(context.archive, context.archive.viewer(person))


@when("{person:Name} hands in {recording:Recording}, {other:Recording} and what there is not at once")
def step_several(context: World, person: str, recording: str, other: str) -> None:
    jobs.hands_in_several(context.archive, person, [recording, other, "99999"])


@given("{tampering:Tampering}")
def step_tampered(context: World, tampering: Callable[[Archive], object]) -> None:
    tampering(context.archive)


@given("{recording:Recording} has come to be {state:RecordingState}")
def step_come(context: World, recording: str, state: str) -> None:
    jobs.comes_to_be(state)(context.archive, context.archive.recording(recording))


@when("everything that was made is put away")
def step_put_away(context: World) -> None:
    context.archive.has_left()


@then("nothing of it is left in records, files and queues")
def step_nothing_left(context: World) -> None:
    context.archive.leaves_nothing_behind()
    jobs.nothing_is_left(context.archive)


@then("nothing is handed in of {recording:Recording}, and the queue is told as it was last")
def step_nothing_handed_in(context: World, recording: str) -> None:
    status = jobs.queue_of(context.archive, context.archive.recording(recording))
    assert_that(status, equal_to("degraded"), "how the queue is")
