"""The rules of messages: what is read, what is refused, in which order, and how large things may be."""

from __future__ import annotations

from behave import then, when
from hamcrest import assert_that, equal_to, has_entries

from earshot.broadcast import acts
from earshot.broadcast.acts import Act
from earshot.broadcast.matchers.explanations import reveals_nothing_inside
from earshot.matchers.dates import all_dated_and_named
from earshot.measure.stopwatch import judges_time
from features.vocabulary.broadcast import World

# -- messages that are not as they should be


@when("{person:Name} sends {frame:Garble}")
def step_sends_garble(context: World, person: str, frame: str) -> None:
    context.broadcast.person(person).tries(acts.nonsense(frame))


@when("{person:Name} tries to {act:Act}, naming the session of {other:Name}")
def step_tries_naming(context: World, person: str, act: Act, other: str) -> None:
    context.broadcast.person(person).tries(act.having(sessionId=context.broadcast.speaker(other).session_id))


@then("the refusal tells {person:Name} nothing about the inside of the service")
def step_reveals_nothing(context: World, person: str) -> None:
    assert_that(
        context.broadcast.person(person).refusal(), reveals_nothing_inside(), f"the refusal that {person} reads"
    )


@then("everything that {people:Names} are told is dated and names the session of {speaker:Name}")
def step_dated_and_named(context: World, people: list[str], speaker: str) -> None:
    session_id = context.broadcast.speaker(speaker).session_id
    for name in people:
        told = [o.message for o in context.broadcast.person(name).received()]
        assert_that(told, all_dated_and_named(session_id), f"the messages that {name} got")


# -- sizes


@when("{person:Name} sends a message of {size:Number} bytes")
def step_sends_large(context: World, person: str, size: int) -> None:
    context.broadcast.person(person).sends_beyond_all_limits("x" * size)


# -- the format of audio


@then('{speaker:Name}\'s audio is confirmed under the name "{chunk_id:Quoted}" and the number {number:Number}')
def step_audio_confirmed_as(context: World, speaker: str, chunk_id: str, number: int) -> None:
    outcome = context.broadcast.speaker(speaker).outcome.message
    expected = has_entries(type="audioReceived", chunkId=chunk_id, sequenceNumber=number)
    assert_that(outcome, expected, f"how {speaker}'s audio is confirmed")


@then("{speaker:Name}'s audio is passed on")
def step_audio_passed_on(context: World, speaker: str) -> None:
    actor = context.broadcast.speaker(speaker)
    assert_that(actor.what_came(), equal_to("granted"), f"what became of {speaker}'s audio")
    assert_that(actor.outcome.message, has_entries(forwarded=True), f"what became of {speaker}'s audio")


@then("{person:Name} has the answer after {least_ms:Number} to {most_ms:Milliseconds}")
@judges_time
def step_answer_between(context: World, person: str, least_ms: int, most_ms: float) -> None:
    took = context.broadcast.person(person).last_answer()
    context.stage.stopwatch.insist_on_time(took, least_ms, most_ms, f"until {person} had the answer")
