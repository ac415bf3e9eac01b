"""The studio: live sessions, what is streamed through them, and what comes back."""

from __future__ import annotations

from collections.abc import Callable

from behave import given, then, when
from hamcrest import assert_that, empty, equal_to, has_length

from earshot.by_plan import in_turn
from earshot.patience import comes_to, stays
from earshot.studio import requests
from earshot.studio.engineer import Engineer
from earshot.studio.matchers import is_new
from earshot.studio.messages import sound as as_piece
from earshot.studio.pipelines import Pipeline
from features.vocabulary.studio import Sound, World, tuned

AT_ONCE_S = 0.001
Deed = Callable[[Engineer], object]

# -- live sessions


@given("{people:Names} {have:Has} started a live session with {pipeline:Pipeline}")
def step_have_started(context: World, people: list[str], have: str, pipeline: Pipeline) -> None:
    for name in people:
        context.studio.engineer(name).starts(pipeline)


@when("{person:Name} starts a live session with {pipeline:Pipeline}")
def step_starts(context: World, person: str, pipeline: Pipeline) -> None:
    context.studio.engineer(person).starts(pipeline)


@given("{engineers:Engineers} {are:Are} streaming through {pipeline:Pipeline}")
def step_are_streaming(context: World, engineers: Callable[..., list[Engineer]], are: str, pipeline: Pipeline) -> None:
    pipeline = tuned(context, pipeline)
    for engineer in engineers(context.studio):
        engineer.starts(pipeline)
        engineer.connects()


@given("{person:Name} has connected to the live session")
@when("{person:Name} connects to the live session")
def step_connects(context: World, person: str) -> None:
    context.studio.engineer(person).connects()


@given("{person:Name} has connected to {other:Name}'s live session")
def step_connects_to(context: World, person: str, other: str) -> None:
    context.studio.engineer(person).connects(context.studio.engineer(other).started)


@given("{person:Name} has ended the live session")
@when("{person:Name} ends the live session")
def step_ends(context: World, person: str) -> None:
    context.studio.engineer(person).ends()


@when("{person:Name} starts, connects to, leaves and ends a live session {times:Times}, {every_ms:Milliseconds} apart")
def step_cycles(context: World, person: str, times: int, every_ms: float) -> None:
    engineer = context.studio.engineer(person)
    engineer.comes_and_goes(times, every_s=every_ms / 1000)


@given("the service has been restarted")
def step_restarted(context: World) -> None:
    context.studio.sees_a_restart()


@then("{person:Name}'s live session is new and runs")
def step_is_new(context: World, person: str) -> None:
    engineer = context.studio.engineer(person)
    assert_that(engineer.answer, is_new(engineer.pipeline_ids[-1]), f"what {person} was told of the live session")


@then("{people:Names} have live sessions of their own")
def step_own_sessions(context: World, people: list[str]) -> None:
    ids = [context.studio.engineer(name).started.session_id for name in people]
    assert_that(set(ids), has_length(len(people)), f"the live sessions of {', '.join(people)}")


@then("{person:Name}'s live session {is_listed:Listing} within {limit_s:Seconds}")
def step_listed(context: World, person: str, is_listed: bool | None, limit_s: float) -> None:
    engineer = context.studio.engineer(person)
    comes_to(engineer.is_listed, equal_to(is_listed), f"whether {person}'s live session is connected", within_s=limit_s)


@then("{person:Name}'s live session {is_listed:Listing} for {for_s:Seconds}")
def step_stays_listed(context: World, person: str, is_listed: bool | None, for_s: float) -> None:
    engineer = context.studio.engineer(person)
    stays(engineer.is_listed, equal_to(is_listed), f"whether {person}'s live session is connected", for_s=for_s)


@then("no live session of {person:Name}'s is listed")
def step_none_listed(context: World, person: str) -> None:
    left = context.studio.left_of([context.studio.engineer(person)])
    assert_that(left, empty(), f"live sessions of {person}'s that are listed")


# -- streaming


@given("{engineers:Engineers} {have:Has} sent {sent:Sent}")
def step_have_sent(context: World, engineers: Callable[..., list[Engineer]], have: str, sent: Deed) -> None:
    for engineer in engineers(context.studio):
        sent(engineer)


@when("{person:Name} sends {sent:Sent}")
def step_sends(context: World, person: str, sent: Deed) -> None:
    sent(context.studio.engineer(person))


@when("{person:Name} sends {sound:StudioSound} in one piece, and {other:Name} meanwhile {other_sound:StudioSound}")
def step_sends_meanwhile(context: World, person: str, sound: Sound, other: str, other_sound: Sound) -> None:
    engineer = context.studio.engineer(person)
    sent = engineer.sends_unanswered([as_piece(sound.samples)])
    context.studio.engineer(other).sends_one_by_one(other_sound.samples, other_sound.words)
    engineer.awaits(sent, sound.words)


@when("{engineers:Engineers} send {sent:Sent} at the same moment")
def step_send_together(context: World, engineers: Callable[..., list[Engineer]], sent: Deed) -> None:
    in_turn(context.stage.scene.runtime, engineers(context.studio), sent, every_s=AT_ONCE_S)


@given("{person:Name} has set {change:Change}")
@when("{person:Name} sets {change:Change}")
def step_sets(context: World, person: str, change: tuple[str, dict[str, object]]) -> None:
    context.studio.engineer(person).changes(*change)


@when("{person:Name} stops reading what comes")
def step_stops_reading(context: World, person: str) -> None:
    context.studio.engineer(person).stops_reading()


@then("what comes back to {people:Names} {is_so:SoundBack}")
def step_sound_back(context: World, people: list[str], is_so: Deed) -> None:
    for name in people:
        is_so(context.studio.engineer(name))


@then("the figures that {people:Names} {are:Are} told {say:StreamFigures}")
def step_figures(context: World, people: list[str], are: str, say: Deed) -> None:
    for name in people:
        say(context.studio.engineer(name))


@then("{person:Name}'s heartbeat is answered")
def step_heartbeat_answered(context: World, person: str) -> None:
    context.studio.engineer(person).heartbeat_is_answered()


# -- how the service is


@when("{person:Name} asks how the service is")
def step_asks_health(context: World, person: str) -> None:
    context.studio.engineer(person).asks(requests.health())


@when("{person:Name} asks how the {part:Service} is")
def step_asks_health_of(context: World, person: str, part: str) -> None:
    context.studio.engineer(person).asks(requests.health_of(part))
