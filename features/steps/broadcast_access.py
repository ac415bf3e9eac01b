"""Who gets in and who may do what: opening a session, taking part in it, and what is refused."""

from __future__ import annotations

from behave import given, then, when
from hamcrest import assert_that, close_to, equal_to, has_entries, less_than_or_equal_to

from earshot.broadcast.acts import Act
from earshot.broadcast.intruder import Papers
from earshot.broadcast.matchers.explanations import names_the_field
from earshot.broadcast.matchers.state import in_state
from earshot.broadcast.wishes import Wish
from earshot.matchers.numbers import between
from features.vocabulary.broadcast import World

AS_OPENED = {"isActive": True, "isPaused": False, "isMuted": False, "volume": 1.0}

# -- opening a session


@when("{speaker:Name} starts a broadcast with {wish:Wish}")
def step_starts_with(context: World, speaker: str, wish: Wish) -> None:
    context.broadcast.speaker(speaker).starts_broadcasting("en", **wish.asked)


@when("{speaker:Name} tries to start a broadcast with {wish:Wish}")
def step_tries_to_start_with(context: World, speaker: str, wish: Wish) -> None:
    context.broadcast.speaker(speaker).tries_to_broadcast("en", **wish.asked)


@when("{speaker:Name} tries to start a broadcast without naming {field:Field}")
def step_tries_to_start_without(context: World, speaker: str, field: str) -> None:
    context.broadcast.speaker(speaker).tries_to_broadcast("en", **{field: None})


@given("{speaker:Name} has been refused a broadcast in {language:Language}")
def step_has_been_refused_broadcast(context: World, speaker: str, language: str) -> None:
    context.broadcast.speaker(speaker).tries_to_broadcast(language)
    context.broadcast.speaker(speaker).refusal()


@when('{speaker:Name} tries to start a broadcast in the language "{code:Quoted}"')
def step_tries_to_start_in_code(context: World, speaker: str, code: str) -> None:
    context.broadcast.speaker(speaker).tries_to_broadcast(code)


@when("{person:Name} tries to start a broadcast in {language:Language} {papers:Papers}")
def step_tries_to_start_in_with(context: World, person: str, language: str, papers: Papers) -> None:
    context.broadcast.intruder(person).tries_to_broadcast_with(papers, language)


@when("{listener:Name} tries to join without naming {field:Field}")
def step_tries_to_join_without(context: World, listener: str, field: str) -> None:
    session_id = context.broadcast.the_speaker().session_id
    context.broadcast.listener(listener).tries_to_join(session_id, "es", **{field: None})


@when('{listener:Name} tries to join in the language "{code:Quoted}"')
def step_tries_to_join_in_code(context: World, listener: str, code: str) -> None:
    context.broadcast.listener(listener).tries_to_join(context.broadcast.the_speaker().session_id, code)


@when('{listener:Name} tries to join the session "{session_id:Quoted}" in {language:Language}')
def step_tries_to_join_session_in(context: World, listener: str, session_id: str, language: str) -> None:
    context.broadcast.listener(listener).tries_to_join(session_id, language)


@when('{person:Name} tries to connect for "{purpose:Quoted}"')
def step_tries_to_connect_for(context: World, person: str, purpose: str) -> None:
    context.broadcast.listener(person).tries_to_join("quiet-river-404", "es", action=purpose)


@when("{person:Name} tries to connect without saying what for")
def step_tries_to_connect_for_nothing(context: World, person: str) -> None:
    context.broadcast.listener(person).tries_to_join("quiet-river-404", "es", action=None)


@given("{person:Name} has opened a connection to {purpose:Purpose} that asks for nothing yet")
def step_opens_bare_connection(context: World, person: str, purpose: str) -> None:
    (
        context.broadcast.speaker(person) if purpose == "speak" else context.broadcast.listener(person)
    ).opens_bare_connection()


@given("{speaker:Name} has started a broadcast in {language:Language} over that connection")
@when("{speaker:Name} starts a broadcast in {language:Language} over that connection")
def step_starts_by_message(context: World, speaker: str, language: str) -> None:
    context.broadcast.speaker(speaker).starts_broadcasting_by_message(language)


@when("{listener:Name} joins in {language:Language} over that connection")
def step_joins_by_message(context: World, listener: str, language: str) -> None:
    context.broadcast.listener(listener).joins_by_message(context.broadcast.the_speaker().session_id, language)


@when("{speaker:Name} moves the session to that connection")
def step_moves_by_message(context: World, speaker: str) -> None:
    context.broadcast.speaker(speaker).moves_by_message()


@then("{speaker:Name} is told that the broadcast is in {language:Language} and ends in {hours:Number} hours")
def step_told_language_and_end(context: World, speaker: str, language: str, hours: int) -> None:
    created = context.broadcast.speaker(speaker).created.message
    assert_that(created, has_entries(sourceLanguage=language), f"what is confirmed to {speaker}")
    left_ms = created["expiresAt"] - created["timestamp"]
    assert_that(left_ms, close_to(hours * 3_600_000, 5000), f"the milliseconds until {speaker}'s session expires")


@then("{speaker:Name} is told that the broadcast has {wish:Wish}")
def step_told_wish(context: World, speaker: str, wish: Wish) -> None:
    created = context.broadcast.speaker(speaker).created.message
    assert_that(created, has_entries(wish.granted), f"what is confirmed to {speaker}")


@then("the session of {speaker:Name} is recorded with {wish:Wish}")
def step_recorded_wish(context: World, speaker: str, wish: Wish) -> None:
    context.broadcast.recorded.session_comes_to(
        context.broadcast.speaker(speaker).session_id, has_entries(wish.granted)
    )


@then("{person:Name} is told that {field:Field} is missing or wrong")
def step_told_field(context: World, person: str, field: str) -> None:
    assert_that(context.broadcast.person(person).refusal(), names_the_field(field), f"what {person} is told is wrong")


# -- doing what the role allows, or not


@when("{person:Name} tries to {act:Act}, claiming to be the speaker")
def step_tries_claiming(context: World, person: str, act: Act) -> None:
    claim = {"role": "speaker", "connectionId": context.broadcast.the_speaker().created.message["connectionId"]}
    context.broadcast.person(person).tries(act.having(**claim))


@when("{person:Name} tries to send audio as raw sound")
def step_tries_raw(context: World, person: str) -> None:
    context.broadcast.person(person).tries_frame(bytes(3200), "audioReceived")


@given("{person:Name} has been refused to {act:Act}")
def step_has_been_refused(context: World, person: str, act: Act) -> None:
    context.broadcast.person(person).tries(act)
    context.broadcast.person(person).refusal()


@then("{person:Name}'s request is granted")
def step_granted(context: World, person: str) -> None:
    assert_that(context.broadcast.person(person).what_came(), equal_to("granted"), f"what came of {person}'s request")


@then("{person:Name}'s request is granted within {limit_s:Seconds}")
def step_granted_within(context: World, person: str, limit_s: float) -> None:
    step_granted(context, person)
    took_s = context.broadcast.person(person).answered_after_ms / 1000
    assert_that(took_s, between(0, limit_s), f"the seconds until {person}'s request was granted")


@then("the broadcast of {speaker:Name} is unchanged")
def step_unchanged(context: World, speaker: str) -> None:
    actor = context.broadcast.speaker(speaker)
    state = actor.asks_for_status().message["broadcastState"]
    assert_that(state, in_state(AS_OPENED), f"the state of {speaker}'s broadcast")
    opened = actor.created.message["timestamp"]
    assert_that(state["lastStateChange"], less_than_or_equal_to(opened), f"when {speaker}'s broadcast was last changed")


@then("the record of {speaker:Name}'s broadcast is unchanged")
def step_record_unchanged(context: World, speaker: str) -> None:
    actor = context.broadcast.speaker(speaker)
    state = context.broadcast.recorded.session(actor.session_id)["broadcastState"]
    assert_that(state, in_state(AS_OPENED), f"the recorded state of {speaker}'s broadcast")
    opened = actor.created.message["timestamp"]
    assert_that(state["lastStateChange"], less_than_or_equal_to(opened), "when a change was last recorded")
