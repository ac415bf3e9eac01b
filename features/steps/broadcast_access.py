"""Who gets in and who may do what: opening a session, taking part in it, and what is refused."""

from behave import given, then, when
from hamcrest import assert_that, close_to, equal_to, has_entries, less_than_or_equal_to

from earshot.broadcast.matchers.explanations import names_the_field
from earshot.broadcast.matchers.state import in_state
from earshot.matchers.numbers import between

AS_OPENED = {"isActive": True, "isPaused": False, "isMuted": False, "volume": 1.0}

# -- opening a session


@when("{speaker:Name} starts a broadcast with {wish:Wish}")
def step_starts_with(context, speaker, wish):
    context.stage.speaker(speaker).starts_broadcasting("en", **wish.asked)


@when("{speaker:Name} tries to start a broadcast with {wish:Wish}")
def step_tries_to_start_with(context, speaker, wish):
    context.stage.speaker(speaker).tries_to_broadcast("en", **wish.asked)


@when("{speaker:Name} tries to start a broadcast without naming {field:Field}")
def step_tries_to_start_without(context, speaker, field):
    context.stage.speaker(speaker).tries_to_broadcast("en", **{field: None})


@given("{speaker:Name} has been refused a broadcast in {language:Language}")
def step_has_been_refused_broadcast(context, speaker, language):
    context.stage.speaker(speaker).tries_to_broadcast(language)
    context.stage.speaker(speaker).refusal()


@when('{speaker:Name} tries to start a broadcast in the language "{code:Quoted}"')
def step_tries_to_start_in_code(context, speaker, code):
    context.stage.speaker(speaker).tries_to_broadcast(code)


@when("{person:Name} tries to start a broadcast in {language:Language} {papers:Papers}")
def step_tries_to_start_in_with(context, person, language, papers):
    context.stage.intruder(person).tries_to_broadcast_with(papers, language)


@when("{listener:Name} tries to join without naming {field:Field}")
def step_tries_to_join_without(context, listener, field):
    session_id = context.stage.the_speaker().session_id
    context.stage.listener(listener).tries_to_join(session_id, "es", **{field: None})


@when('{listener:Name} tries to join in the language "{code:Quoted}"')
def step_tries_to_join_in_code(context, listener, code):
    context.stage.listener(listener).tries_to_join(context.stage.the_speaker().session_id, code)


@when('{listener:Name} tries to join the session "{session_id:Quoted}" in {language:Language}')
def step_tries_to_join_session_in(context, listener, session_id, language):
    context.stage.listener(listener).tries_to_join(session_id, language)


@when('{person:Name} tries to connect for "{purpose:Quoted}"')
def step_tries_to_connect_for(context, person, purpose):
    context.stage.listener(person).tries_to_join("quiet-river-404", "es", action=purpose)


@when("{person:Name} tries to connect without saying what for")
def step_tries_to_connect_for_nothing(context, person):
    context.stage.listener(person).tries_to_join("quiet-river-404", "es", action=None)


@given("{person:Name} has opened a connection to {purpose:Purpose} that asks for nothing yet")
def step_opens_bare_connection(context, person, purpose):
    stage = context.stage
    (stage.speaker(person) if purpose == "speak" else stage.listener(person)).opens_bare_connection()


@given("{speaker:Name} has started a broadcast in {language:Language} over that connection")
@when("{speaker:Name} starts a broadcast in {language:Language} over that connection")
def step_starts_by_message(context, speaker, language):
    context.stage.speaker(speaker).starts_broadcasting_by_message(language)


@when("{listener:Name} joins in {language:Language} over that connection")
def step_joins_by_message(context, listener, language):
    context.stage.listener(listener).joins_by_message(context.stage.the_speaker().session_id, language)


@when("{speaker:Name} moves the session to that connection")
def step_moves_by_message(context, speaker):
    context.stage.speaker(speaker).moves_by_message()


@then("{speaker:Name} is told that the broadcast is in {language:Language} and ends in {hours:Number} hours")
def step_told_language_and_end(context, speaker, language, hours):
    created = context.stage.speaker(speaker).created.message
    assert_that(created, has_entries(sourceLanguage=language), f"what is confirmed to {speaker}")
    left_ms = created["expiresAt"] - created["timestamp"]
    assert_that(left_ms, close_to(hours * 3_600_000, 5000), f"the milliseconds until {speaker}'s session expires")


@then("{speaker:Name} is told that the broadcast has {wish:Wish}")
def step_told_wish(context, speaker, wish):
    created = context.stage.speaker(speaker).created.message
    assert_that(created, has_entries(wish.granted), f"what is confirmed to {speaker}")


@then("the session of {speaker:Name} is recorded with {wish:Wish}")
def step_recorded_wish(context, speaker, wish):
    context.stage.records.session_comes_to(context.stage.speaker(speaker).session_id, has_entries(wish.granted))


@then("{person:Name} is told that {field:Field} is missing or wrong")
def step_told_field(context, person, field):
    assert_that(context.stage.person(person).refusal(), names_the_field(field), f"what {person} is told is wrong")


# -- doing what the role allows, or not


@when("{person:Name} tries to {act:Act}, claiming to be the speaker")
def step_tries_claiming(context, person, act):
    claim = {"role": "speaker", "connectionId": context.stage.the_speaker().created.message["connectionId"]}
    context.stage.person(person).tries(act.having(**claim))


@when("{person:Name} tries to send audio as raw sound")
def step_tries_raw(context, person):
    context.stage.person(person).tries_frame(bytes(3200), "audioReceived")


@given("{person:Name} has been refused to {act:Act}")
def step_has_been_refused(context, person, act):
    context.stage.person(person).tries(act)
    context.stage.person(person).refusal()


@then("{person:Name}'s request is granted")
def step_granted(context, person):
    assert_that(context.stage.person(person).what_came(), equal_to("granted"), f"what came of {person}'s request")


@then("{person:Name}'s request is granted within {limit_s:Seconds}")
def step_granted_within(context, person, limit_s):
    step_granted(context, person)
    took_s = context.stage.person(person).answered_after_ms / 1000
    assert_that(took_s, between(0, limit_s), f"the seconds until {person}'s request was granted")


@then("the broadcast of {speaker:Name} is unchanged")
def step_unchanged(context, speaker):
    actor = context.stage.speaker(speaker)
    state = actor.asks_for_status().message["broadcastState"]
    assert_that(state, in_state(AS_OPENED), f"the state of {speaker}'s broadcast")
    opened = actor.created.message["timestamp"]
    assert_that(state["lastStateChange"], less_than_or_equal_to(opened), f"when {speaker}'s broadcast was last changed")


@then("the record of {speaker:Name}'s broadcast is unchanged")
def step_record_unchanged(context, speaker):
    actor = context.stage.speaker(speaker)
    state = context.stage.records.session(actor.session_id)["broadcastState"]
    assert_that(state, in_state(AS_OPENED), f"the recorded state of {speaker}'s broadcast")
    opened = actor.created.message["timestamp"]
    assert_that(state["lastStateChange"], less_than_or_equal_to(opened), "when a change was last recorded")
