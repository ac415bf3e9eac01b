"""What the service keeps on record, and what becomes of records that somebody changed behind its back."""

from __future__ import annotations

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

from earshot.broadcast import many_listeners
from earshot.matchers.numbers import between
from features.vocabulary.broadcast import World

# -- behind the service's back


@given("the broadcast of {speaker:Name} has been put on record as {state:State}")
def step_put_on_record(context: World, speaker: str, state: dict[str, bool | float]) -> None:
    for member, value in state.items():
        context.broadcast.recorded.session_gets(
            context.broadcast.speaker(speaker).session_id, f"broadcastState.{member}", value
        )


@given("the session of {speaker:Name} has been put on record with {count:Number} listeners")
def step_count_put_on_record(context: World, speaker: str, count: int) -> None:
    context.broadcast.recorded.session_gets(context.broadcast.speaker(speaker).session_id, "listenerCount", count)


@given("the record of {speaker:Name}'s session has been marked as over")
def step_marked_as_over(context: World, speaker: str) -> None:
    context.broadcast.recorded.session_gets(context.broadcast.speaker(speaker).session_id, "isActive", False)


@given("the record of {speaker:Name}'s session has been deleted")
def step_session_deleted(context: World, speaker: str) -> None:
    context.broadcast.loses_the_record_of(speaker)


@given("the record of {person:Name}'s connection has been deleted")
def step_connection_deleted(context: World, person: str) -> None:
    actor = context.broadcast.person(person)
    context.broadcast.recorded.connection_is_deleted(actor.connection_id)
    actor.marker = None


# -- sessions on record


@then("the session of {speaker:Name} is recorded with its speaker and the speaker's connection")
def step_recorded_speaker(context: World, speaker: str) -> None:
    actor = context.broadcast.speaker(speaker)
    expected = has_entries(speakerUserId=actor.user_id, speakerConnectionId=actor.connection_id)
    context.broadcast.recorded.session_comes_to(actor.session_id, expected)


@then("the session of {speaker:Name} is recorded with {language:Language} as its language and {tier:Tier} quality")
def step_recorded_language(context: World, speaker: str, language: str, tier: str) -> None:
    expected = has_entries(sourceLanguage=language, qualityTier=tier)
    context.broadcast.recorded.session_comes_to(context.broadcast.speaker(speaker).session_id, expected)


@then(
    "the session of {speaker:Name} is recorded with provisional results, a stability of {stability:Decimal} "
    "and {patience_s:Seconds} of patience"
)
def step_recorded_provisional_results(context: World, speaker: str, stability: float, patience_s: float) -> None:
    expected = has_entries(
        partialResultsEnabled=True, minStabilityThreshold=stability, maxBufferTimeout=equal_to(patience_s)
    )
    context.broadcast.recorded.session_comes_to(context.broadcast.speaker(speaker).session_id, expected)


@then("the sessions of {speakers:Names} are recorded as opened at the time they were told, to the millisecond")
def step_recorded_opening(context: World, speakers: list[str]) -> None:
    opened_ms = []
    for name in speakers:
        actor = context.broadcast.speaker(name)
        opened_ms.append(context.broadcast.recorded.session(actor.session_id)["createdAt"])
        told_ms = actor.created.message["timestamp"]
        assert_that(opened_ms[-1], close_to(told_ms, 1000), f"when the session of {name} was opened, in ms since 1970")
    milliseconds = [time_ms % 1000 for time_ms in opened_ms]
    assert_that(milliseconds, has_item(greater_than(0)), "what the times of opening have beyond whole seconds, in ms")


@then("the record of {speaker:Name}'s session expires {span_ms:Span} after its opening")
def step_session_expires(context: World, speaker: str, span_ms: int) -> None:
    record = context.broadcast.recorded.session(context.broadcast.speaker(speaker).session_id)
    lasts_s = record["expiresAt"] - record["createdAt"] / 1000
    assert_that(lasts_s, close_to(span_ms / 1000, 1), f"how many seconds the record of {speaker}'s session lasts")


@then("sessions, connections, rate counts and stored translations disappear by themselves when they expire")
def step_everything_expires(context: World) -> None:
    expected = {"Sessions": "expiresAt", "Connections": "ttl", "RateLimits": "expiresAt", "CachedTranslations": "ttl"}
    attributes = context.broadcast.recorded.expiring_attributes()
    assert_that(attributes, has_entries(expected), "the times at which records of each kind disappear")


@then("the session of {speaker:Name} stays recorded with {count:Number} listeners for {for_s:Seconds}")
def step_stays_recorded(context: World, speaker: str, count: int, for_s: float) -> None:
    session_id = context.broadcast.speaker(speaker).session_id
    context.broadcast.recorded.session_stays(session_id, has_entries(listenerCount=count), for_s=for_s)


# -- connections on record


@then(
    "the connection of {person:Name} is recorded as {role:RoleOwner} in the session of {speaker:Name}, "
    "since it was opened"
)
def step_recorded_connection(context: World, person: str, role: str, speaker: str) -> None:
    actor = context.broadcast.person(person)
    record = context.broadcast.recorded.connection(actor.connection_id, person)
    expected = has_entries(role=role, sessionId=context.broadcast.speaker(speaker).session_id)
    assert_that(record, expected, f"the record of {person}'s connection")
    told_ms = actor.received()[0].message["timestamp"]
    assert_that(record["connectedAt"], close_to(told_ms, 1000), f"since when {person} is connected, in ms since 1970")


@then("the records of {person:Name}'s and {other:Name}'s connections expire {span_ms:Span} after their opening")
def step_connections_expire(context: World, person: str, other: str, span_ms: int) -> None:
    for name in (person, other):
        record = context.broadcast.recorded.connection(context.broadcast.person(name).connection_id, name)
        lasts_s = record["ttl"] - record["connectedAt"] / 1000
        assert_that(lasts_s, close_to(span_ms / 1000, 1), f"how many seconds the record of {name}'s connection lasts")


NOTED_WITHIN_MS = 50
"""A service may note that it heard of somebody a moment after it has answered."""


@then("{people:Names} is recorded as heard of since connecting")
@then("{people:Names} are recorded as heard of since connecting")
def step_recorded_activity(context: World, people: list[str]) -> None:
    for name in people:
        actor = context.broadcast.person(name)
        connected_ms, answered_ms = (actor.received()[k].message["timestamp"] for k in (0, -1))
        expected = has_entry("lastActivityTime", between(connected_ms + 1, answered_ms + NOTED_WITHIN_MS))
        context.broadcast.recorded.connection_comes_to(actor.connection_id, expected)


@then("the lookup of {speaker:Name}'s session lists {listener:Name} alone")
def step_lookup_lists_one(context: World, speaker: str, listener: str) -> None:
    expected = contains_exactly(has_entries(connectionId=context.broadcast.listener(listener).connection_id))
    context.broadcast.recorded.indexed_come_to(context.broadcast.speaker(speaker).session_id, expected)


@then("the lookup of {speaker:Name}'s session lists nobody")
def step_lookup_lists_nobody(context: World, speaker: str) -> None:
    context.broadcast.recorded.indexed_come_to(context.broadcast.speaker(speaker).session_id, empty())


@then("the lookup of {speaker:Name}'s session lists {count:Number} listeners in {language:Language}")
def step_lookup_lists(context: World, speaker: str, count: int, language: str) -> None:
    expected = contains_exactly(*[has_entries(role="listener", targetLanguage=language)] * count)
    context.broadcast.recorded.indexed_come_to(context.broadcast.speaker(speaker).session_id, expected)


@then("the connections of {people:Names} are no longer recorded")
def step_connections_gone(context: World, people: list[str]) -> None:
    for name in people:
        context.broadcast.recorded.connection_disappears(context.broadcast.person(name).connection_id, name)


@then("the session of {speaker:Name} is recorded under the new connection")
def step_under_new_connection(context: World, speaker: str) -> None:
    actor = context.broadcast.speaker(speaker)
    expected = not_(has_entry("speakerConnectionId", actor.connection_id))
    context.broadcast.recorded.session_comes_to(actor.session_id, expected)


@then("the new connection of {speaker:Name} is recorded as the speaker's")
def step_new_connection(context: World, speaker: str) -> None:
    actor = context.broadcast.speaker(speaker)
    found = context.broadcast.recorded.speaker_connection(actor.session_id)
    assert_that(found, has_entries(role="speaker", sessionId=actor.session_id), f"the record of {speaker}'s connection")
    assert_that(found, not_(has_key("targetLanguage")), f"the record of {speaker}'s connection")


@then("{person:Name}'s first connection is no longer recorded")
def step_first_connection_gone(context: World, person: str) -> None:
    context.broadcast.recorded.connection_disappears(context.broadcast.person(person).connection_id, person)


# -- what has no say


@when('{speaker:Name} tries to say "{text:Quoted}"')
def step_tries_to_say(context: World, speaker: str, text: str) -> None:
    context.broadcast.speaker(speaker).tries_to_say(text)


@then("each piece of it is refused to {speaker:Name} because {code:Reason}")
def step_each_piece_refused(context: World, speaker: str, code: str) -> None:
    refusals = context.broadcast.speaker(speaker).refusals()
    granted = sum(refusal is None for refusal in refusals)
    assert_that(granted, equal_to(0), f"how many of the {len(refusals)} pieces of audio were taken from {speaker}")
    for refusal in refusals:
        assert_that(refusal, context.broadcast.refused_with(code), f"how each piece of audio was refused to {speaker}")


@then("{listeners:Names} are told exactly once that the session has ended")
def step_told_once_of_end(context: World, listeners: list[str]) -> None:
    for name in listeners:
        listener = context.broadcast.listener(name)
        listener.learns_of_the_end()
        listener.catches_up()
        assert_that(len(listener.received("sessionEnded")), equal_to(1), f"how often {name} is told of the end")


# -- at the same moment


@when("{count:Number} people join in {language:Language} at the same moment")
def step_join_at_once(context: World, count: int, language: str) -> None:
    many_listeners.join_at_once(
        context.broadcast.more_listeners(count), context.broadcast.the_speaker().session_id, language
    )


@when("{count:Number} of them leave at the same moment")
def step_leave_at_once(context: World, count: int) -> None:
    many_listeners.leave_at_once(context.broadcast.unnamed_listeners_present()[:count])


# -- what the records turn out to be meanwhile


@then("{count:Number} other names were tried before")
def step_names_tried(context: World, count: int) -> None:
    struck = [fault.times_struck for fault in context.stage.control.ordered()]
    assert_that(struck, contains_exactly(count), "how many names turned out to be taken")
