"""Who gets in and who may do what: opening a session, taking part in it, and what is refused."""

from __future__ import annotations

from behave import given, then, when
from hamcrest import assert_that, equal_to

from earshot.broadcast.acts import Act
from earshot.broadcast.matchers.state import untouched_since
from features.vocabulary.broadcast import World

# -- opening a session


@given("{person:Name} has opened a connection to {purpose:Purpose} that asks for nothing yet")
def step_opens_bare_connection(context: World, person: str, purpose: str) -> None:
    (
        context.broadcast.speaker(person) if purpose == "speak" else context.broadcast.listener(person)
    ).opens_bare_connection()


@when("{speaker:Name} moves the session to that connection")
def step_moves_by_message(context: World, speaker: str) -> None:
    context.broadcast.speaker(speaker).moves_by_message()


# -- doing what the role allows, or not


@when("{person:Name} tries to {act:Act}, claiming to be the speaker")
def step_tries_claiming(context: World, person: str, act: Act) -> None:
    claim = {"role": "speaker", "connectionId": context.broadcast.the_speaker().created.message["connectionId"]}
    context.broadcast.person(person).tries(act.having(**claim))


@given("{person:Name}'s request was granted")
@then("{person:Name}'s request is granted")
def step_granted(context: World, person: str) -> None:
    assert_that(context.broadcast.person(person).what_came(), equal_to("granted"), f"what came of {person}'s request")


@then("the broadcast of {speaker:Name} is unchanged")
def step_unchanged(context: World, speaker: str) -> None:
    actor = context.broadcast.speaker(speaker)
    state = actor.asks_for_status().message["broadcastState"]
    assert_that(state, untouched_since(actor.created.message["timestamp"]), f"the state of {speaker}'s broadcast")


@then("the record of {speaker:Name}'s broadcast is unchanged")
def step_record_unchanged(context: World, speaker: str) -> None:
    actor = context.broadcast.speaker(speaker)
    state = context.broadcast.recorded.session(actor.session_id)["broadcastState"]
    assert_that(state, untouched_since(actor.created.message["timestamp"]), f"the record of {speaker}'s broadcast")
