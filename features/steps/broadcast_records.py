"""What the service keeps on record, and what becomes of records that somebody changed behind its back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from behave import given, then, when
from hamcrest import (
    all_of,
    assert_that,
    close_to,
    contains_exactly,
    equal_to,
    greater_than,
    has_entries,
    has_entry,
    has_item,
    has_key,
    not_,
)
from hamcrest.core.matcher import Matcher

from earshot.broadcast import many_listeners
from earshot.broadcast.matchers.rates import granted_up_to
from features.vocabulary.broadcast import World

# -- behind the service's back


@given("the record of {speaker:Name}'s session says that {entry:SessionEntry}")
def step_put_on_record(context: World, speaker: str, entry: Mapping[str, object]) -> None:
    for attribute, value in entry.items():
        context.broadcast.recorded.session_gets(context.broadcast.speaker(speaker).session_id, attribute, value)


@given("the record of {speaker:Name}'s session has lost the state of the broadcast")
def step_record_loses_state(context: World, speaker: str) -> None:
    context.broadcast.recorded.session_loses(context.broadcast.speaker(speaker).session_id, "broadcastState")


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


@then("the sessions of {speakers:Names} are recorded as opened at the time they were told, to the millisecond")
def step_recorded_opening(context: World, speakers: list[str]) -> None:
    created = [context.broadcast.speaker(name).created.message for name in speakers]
    milliseconds = [
        context.broadcast.recorded.opened_ms(c["sessionId"], told_ms=c["timestamp"]) % 1000 for c in created
    ]
    assert_that(milliseconds, has_item(greater_than(0)), "what the times of opening have beyond whole seconds, in ms")


@then("the record of {speaker:Name}'s session expires {span_ms:Span} after its opening")
def step_session_expires(context: World, speaker: str, span_ms: int) -> None:
    record = context.broadcast.recorded.session(context.broadcast.speaker(speaker).session_id)
    lasts_s = record["expiresAt"] - record["createdAt"] / 1000
    assert_that(lasts_s, close_to(span_ms / 1000, 1), f"how many seconds the record of {speaker}'s session lasts")


@then("sessions, connections, rate counts and stored translations disappear by themselves when they expire")
def step_everything_expires(context: World) -> None:
    expected = {"Sessions": "expiresAt", "Connections": "ttl", "RateLimits": "expiresAt", "CachedTranslations": "ttl"}
    attributes = context.broadcast.recorded.expiring_attributes(expected)
    assert_that(attributes, equal_to(expected), "the times at which records of each kind disappear")


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
    actor, session_id = context.broadcast.person(person), context.broadcast.speaker(speaker).session_id
    expected = has_entries(role=role, sessionId=session_id, connectedAt=close_to(actor.connected_ms(), 1000))
    assert_that(
        context.broadcast.recorded.connection(actor.connection_id, person),
        expected,
        f"the record of {person}'s connection",
    )


@then("the records of {person:Name}'s and {other:Name}'s connections expire {span_ms:Span} after their opening")
def step_connections_expire(context: World, person: str, other: str, span_ms: int) -> None:
    for name in (person, other):
        lasts_s = context.broadcast.recorded.connection_lasts_s(context.broadcast.person(name).connection_id, name)
        assert_that(lasts_s, close_to(span_ms / 1000, 1), f"how many seconds the record of {name}'s connection lasts")


@then("{people:Names} {are:Are} recorded as heard of since connecting")
def step_recorded_activity(context: World, people: list[str], are: str) -> None:
    for name in people:
        actor = context.broadcast.person(name)
        expected = has_entry("lastActivityTime", actor.heard_of_when())
        context.broadcast.recorded.connection_comes_to(actor.connection_id, expected)


@then("the lookup of {speaker:Name}'s session lists {listener:Name} alone")
def step_lookup_lists_one(context: World, speaker: str, listener: str) -> None:
    expected = contains_exactly(has_entries(connectionId=context.broadcast.listener(listener).connection_id))
    context.broadcast.recorded.indexed_come_to(context.broadcast.speaker(speaker).session_id, expected)


@then("the lookup of {speaker:Name}'s session lists {listed:Listed}")
def step_lookup_lists(context: World, speaker: str, listed: Matcher[Any]) -> None:
    context.broadcast.recorded.indexed_come_to(context.broadcast.speaker(speaker).session_id, listed)


@then("the new connection of {speaker:Name} is recorded as the speaker's")
def step_new_connection(context: World, speaker: str) -> None:
    actor, records = context.broadcast.speaker(speaker), context.broadcast.recorded
    records.session_comes_to(actor.session_id, not_(has_entry("speakerConnectionId", actor.connection_id)))
    assert_that(
        records.speaker_connection(actor.session_id),
        all_of(has_entries(role="speaker", sessionId=actor.session_id), not_(has_key("targetLanguage"))),
        f"the record of {speaker}'s connection",
    )


@then("{person:Name}'s first connection is no longer recorded")
def step_first_connection_gone(context: World, person: str) -> None:
    context.broadcast.recorded.connection_disappears(context.broadcast.person(person).connection_id, person)


# -- what has no say


@when('{speaker:Name} tries to say "{text:Quoted}"')
def step_tries_to_say(context: World, speaker: str, text: str) -> None:
    context.broadcast.speaker(speaker).tries_to_say(text)


@then("each piece of it is refused to {speaker:Name} because {code:Code}")
def step_each_piece_refused(context: World, speaker: str, code: str) -> None:
    refused = granted_up_to(0, context.broadcast.refused_with(code))
    assert_that(context.broadcast.speaker(speaker).refusals(), refused, f"what came of {speaker}'s pieces of audio")


@then("{listeners:Names} are told exactly once that the session has ended")
def step_told_once_of_end(context: World, listeners: list[str]) -> None:
    for name in listeners:
        context.broadcast.listener(name).learns_of_the_end()
        times_told = context.broadcast.listener(name).times_told("sessionEnded")
        assert_that(times_told, equal_to(1), f"how often {name} is told of the end")


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
