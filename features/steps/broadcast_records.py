"""What the service keeps on record, and what becomes of records that somebody changed behind its back."""

from behave import given, then, when
from hamcrest import (
    assert_that,
    close_to,
    contains_exactly,
    empty,
    equal_to,
    greater_than,
    has_entries,
    has_entry,
    has_item,
    has_key,
    not_,
)

from earshot.broadcast import crowd
from earshot.matchers.numbers import between

# -- behind the service's back


@given("the broadcast of {speaker:Name} has been put on record as {state:State}")
def step_put_on_record(context, speaker, state):
    for member, value in state.items():
        context.stage.records.session_gets(context.stage.speaker(speaker).session_id, f"broadcastState.{member}", value)


@given("the session of {speaker:Name} has been put on record with {count:Number} listeners")
def step_count_put_on_record(context, speaker, count):
    context.stage.records.session_gets(context.stage.speaker(speaker).session_id, "listenerCount", count)


@given("the record of {speaker:Name}'s session has been marked as over")
def step_marked_as_over(context, speaker):
    context.stage.records.session_gets(context.stage.speaker(speaker).session_id, "isActive", False)


@given("the record of {speaker:Name}'s session has been deleted")
def step_session_deleted(context, speaker):
    context.stage.loses_the_record_of(speaker)


@given("the record of {person:Name}'s connection has been deleted")
def step_connection_deleted(context, person):
    actor = context.stage.person(person)
    context.stage.records.connection_is_deleted(actor.connection_id)
    actor.marker = None


# -- sessions on record


@then("the session of {speaker:Name} is recorded with its speaker and the speaker's connection")
def step_recorded_speaker(context, speaker):
    actor = context.stage.speaker(speaker)
    expected = has_entries(speakerUserId=actor.user_id, speakerConnectionId=actor.connection_id)
    context.stage.records.session_comes_to(actor.session_id, expected)


@then("the session of {speaker:Name} is recorded with {language:Language} as its language and {tier:Tier} quality")
def step_recorded_language(context, speaker, language, tier):
    expected = has_entries(sourceLanguage=language, qualityTier=tier)
    context.stage.records.session_comes_to(context.stage.speaker(speaker).session_id, expected)


@then(
    "the session of {speaker:Name} is recorded with provisional results, a stability of {stability:Decimal} "
    "and {patience_s:Seconds} of patience"
)
def step_recorded_provisional_results(context, speaker, stability, patience_s):
    expected = has_entries(
        partialResultsEnabled=True, minStabilityThreshold=stability, maxBufferTimeout=equal_to(patience_s)
    )
    context.stage.records.session_comes_to(context.stage.speaker(speaker).session_id, expected)


@then("the sessions of {speakers:Names} are recorded as opened at the time they were told, to the millisecond")
def step_recorded_opening(context, speakers):
    opened_ms = []
    for name in speakers:
        actor = context.stage.speaker(name)
        opened_ms.append(context.stage.records.session(actor.session_id)["createdAt"])
        told_ms = actor.created.message["timestamp"]
        assert_that(opened_ms[-1], close_to(told_ms, 1000), f"when the session of {name} was opened, in ms since 1970")
    milliseconds = [time_ms % 1000 for time_ms in opened_ms]
    assert_that(milliseconds, has_item(greater_than(0)), "what the times of opening have beyond whole seconds, in ms")


@then("the record of {speaker:Name}'s session expires {span_ms:Span} after its opening")
def step_session_expires(context, speaker, span_ms):
    record = context.stage.records.session(context.stage.speaker(speaker).session_id)
    lasts_s = record["expiresAt"] - record["createdAt"] / 1000
    assert_that(lasts_s, close_to(span_ms / 1000, 1), f"how many seconds the record of {speaker}'s session lasts")


@then("sessions, connections, rate counts and stored translations disappear by themselves when they expire")
def step_everything_expires(context):
    expected = {"Sessions": "expiresAt", "Connections": "ttl", "RateLimits": "expiresAt", "CachedTranslations": "ttl"}
    attributes = context.stage.records.expiring_attributes()
    assert_that(attributes, has_entries(expected), "the times at which records of each kind disappear")


@then("the session of {speaker:Name} stays recorded with {count:Number} listeners for {for_s:Seconds}")
def step_stays_recorded(context, speaker, count, for_s):
    session_id = context.stage.speaker(speaker).session_id
    context.stage.records.session_stays(session_id, has_entries(listenerCount=count), for_s=for_s)


# -- connections on record


@then(
    "the connection of {person:Name} is recorded as {role:RoleOwner} in the session of {speaker:Name}, "
    "since it was opened"
)
def step_recorded_connection(context, person, role, speaker):
    actor = context.stage.person(person)
    record = context.stage.records.connection(actor.connection_id, person)
    expected = has_entries(role=role, sessionId=context.stage.speaker(speaker).session_id)
    assert_that(record, expected, f"the record of {person}'s connection")
    told_ms = actor.received()[0].message["timestamp"]
    assert_that(record["connectedAt"], close_to(told_ms, 1000), f"since when {person} is connected, in ms since 1970")


@then("the records of {person:Name}'s and {other:Name}'s connections expire {span_ms:Span} after their opening")
def step_connections_expire(context, person, other, span_ms):
    for name in (person, other):
        record = context.stage.records.connection(context.stage.person(name).connection_id, name)
        lasts_s = record["ttl"] - record["connectedAt"] / 1000
        assert_that(lasts_s, close_to(span_ms / 1000, 1), f"how many seconds the record of {name}'s connection lasts")


NOTED_WITHIN_MS = 50
"""A service may note that it heard of somebody a moment after it has answered."""


@then("{people:Names} is recorded as heard of since connecting")
@then("{people:Names} are recorded as heard of since connecting")
def step_recorded_activity(context, people):
    for name in people:
        actor = context.stage.person(name)
        connected_ms, answered_ms = (actor.received()[k].message["timestamp"] for k in (0, -1))
        expected = has_entry("lastActivityTime", between(connected_ms + 1, answered_ms + NOTED_WITHIN_MS))
        context.stage.records.connection_comes_to(actor.connection_id, expected)


@then("the lookup of {speaker:Name}'s session lists {listener:Name} alone")
def step_lookup_lists_one(context, speaker, listener):
    expected = contains_exactly(has_entries(connectionId=context.stage.listener(listener).connection_id))
    context.stage.records.indexed_come_to(context.stage.speaker(speaker).session_id, expected)


@then("the lookup of {speaker:Name}'s session lists nobody")
def step_lookup_lists_nobody(context, speaker):
    context.stage.records.indexed_come_to(context.stage.speaker(speaker).session_id, empty())


@then("the lookup of {speaker:Name}'s session lists {count:Number} listeners in {language:Language}")
def step_lookup_lists(context, speaker, count, language):
    expected = contains_exactly(*[has_entries(role="listener", targetLanguage=language)] * count)
    context.stage.records.indexed_come_to(context.stage.speaker(speaker).session_id, expected)


@then("the connections of {people:Names} are no longer recorded")
def step_connections_gone(context, people):
    for name in people:
        context.stage.records.connection_disappears(context.stage.person(name).connection_id, name)


@then("the session of {speaker:Name} is recorded under the new connection")
def step_under_new_connection(context, speaker):
    actor = context.stage.speaker(speaker)
    expected = not_(has_entry("speakerConnectionId", actor.connection_id))
    context.stage.records.session_comes_to(actor.session_id, expected)


@then("the new connection of {speaker:Name} is recorded as the speaker's")
def step_new_connection(context, speaker):
    actor = context.stage.speaker(speaker)
    found = context.stage.records.speaker_connection(actor.session_id)
    assert_that(found, has_entries(role="speaker", sessionId=actor.session_id), f"the record of {speaker}'s connection")
    assert_that(found, not_(has_key("targetLanguage")), f"the record of {speaker}'s connection")


@then("{person:Name}'s first connection is no longer recorded")
def step_first_connection_gone(context, person):
    context.stage.records.connection_disappears(context.stage.person(person).connection_id, person)


# -- what has no say


@when('{speaker:Name} tries to say "{text:Quoted}"')
def step_tries_to_say(context, speaker, text):
    context.stage.speaker(speaker).tries_to_say(text)


@then("each piece of it is refused to {speaker:Name} because {code:Reason}")
def step_each_piece_refused(context, speaker, code):
    refusals = context.stage.speaker(speaker).refusals()
    granted = sum(refusal is None for refusal in refusals)
    assert_that(granted, equal_to(0), f"how many of the {len(refusals)} pieces of audio were taken from {speaker}")
    for refusal in refusals:
        assert_that(refusal, context.stage.refused_with(code), f"how each piece of audio was refused to {speaker}")


@then("{listeners:Names} are told exactly once that the session has ended")
def step_told_once_of_end(context, listeners):
    for name in listeners:
        listener = context.stage.listener(name)
        listener.learns_of_the_end()
        listener.catches_up()
        assert_that(len(listener.received("sessionEnded")), equal_to(1), f"how often {name} is told of the end")


# -- at the same moment


@when("{count:Number} people join in {language:Language} at the same moment")
def step_join_at_once(context, count, language):
    crowd.join_at_once(context.stage.guests(count), context.stage.the_speaker().session_id, language)


@when("{count:Number} of them leave at the same moment")
def step_leave_at_once(context, count):
    crowd.leave_at_once(context.stage.guests_present()[:count])


# -- what the records turn out to be meanwhile


@then("{count:Number} other names were tried before")
def step_names_tried(context, count):
    struck = [fault.times_struck for fault in context.stage.control.ordered()]
    assert_that(struck, contains_exactly(count), "how many names turned out to be taken")
