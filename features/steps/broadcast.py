"""Broadcast: one person speaks, others hear it in their own language."""

from __future__ import annotations

from collections.abc import Callable

from behave import given, then, when
from hamcrest import assert_that, contains_inanyorder, empty, equal_to, has_entries, matches_regexp

from earshot.audio.clips import Samples
from earshot.broadcast.acts import Act
from earshot.broadcast.intruder import Papers
from earshot.broadcast.matchers.hearing import is_the_recording_of
from earshot.matchers.presence import nothing
from features.vocabulary.broadcast import World

# -- coming together


@given("{speaker:Name} is broadcasting in {language:Language}")
def step_is_broadcasting(context: World, speaker: str, language: str) -> None:
    context.broadcast.speaker(speaker).starts_broadcasting(language)


@when("{speaker:Name} starts a broadcast in {language:Language}")
def step_starts_broadcast(context: World, speaker: str, language: str) -> None:
    context.broadcast.speaker(speaker).starts_broadcasting(language)


@when("{person:Name} tries to start a broadcast in {language:Language}")
def step_tries_to_broadcast(context: World, person: str, language: str) -> None:
    context.broadcast.speaker(person).tries_to_broadcast(language)


@when("{person:Name} tries to start a broadcast {papers:Papers}")
def step_tries_to_broadcast_with(context: World, person: str, papers: Papers) -> None:
    context.broadcast.intruder(person).tries_to_broadcast_with(papers, "en")


@given("{listener:Name} listens in {language:Language}")
@when("{listener:Name} joins in {language:Language}")
def step_listens(context: World, listener: str, language: str) -> None:
    context.broadcast.listener(listener).joins(context.broadcast.the_speaker().session_id, language)


@given("{listener:Name} listens in {language:Language} and {other:Name} in {other_language:Language}")
def step_two_listen(context: World, listener: str, language: str, other: str, other_language: str) -> None:
    session_id = context.broadcast.the_speaker().session_id
    context.broadcast.listener(listener).joins(session_id, language)
    context.broadcast.listener(other).joins(session_id, other_language)


@given("{listener:Name} listens to {speaker:Name} in {language:Language}")
def step_listens_to(context: World, listener: str, speaker: str, language: str) -> None:
    context.broadcast.listener(listener).joins(context.broadcast.speaker(speaker).session_id, language)


@when("{listener:Name} tries to join in {language:Language}")
def step_tries_to_join(context: World, listener: str, language: str) -> None:
    context.broadcast.listener(listener).tries_to_join(context.broadcast.the_speaker().session_id, language)


@when('{listener:Name} tries to join the session "{session_id:Quoted}"')
def step_tries_to_join_session(context: World, listener: str, session_id: str) -> None:
    context.broadcast.listener(listener).tries_to_join(session_id, "es")


@then("{person:Name} is refused because {code:Reason}")
def step_is_refused(context: World, person: str, code: str) -> None:
    refusal = context.broadcast.person(person).refusal()
    assert_that(refusal, context.broadcast.refused_with(code), f"how {person} was refused")


@then("{listener:Name} is told which languages are offered")
def step_told_languages(context: World, listener: str) -> None:
    offered = context.broadcast.person(listener).refusal().details.get("supportedLanguages", [])
    assert_that(
        offered,
        contains_inanyorder("en", "es", "fr", "de", "pt", "it", "ja", "ko", "zh"),
        "offered languages",
    )


@then("{speaker:Name} is told the name of the session")
def step_told_name(context: World, speaker: str) -> None:
    assert_that(context.broadcast.speaker(speaker).session_id, matches_regexp(r"^[a-z]+-[a-z]+-[1-9][0-9]{2}$"))


@then("{listener:Name} is welcomed to {speaker:Name}'s session in {language:Language}")
def step_welcomed(context: World, listener: str, speaker: str, language: str) -> None:
    welcome = context.broadcast.listener(listener).welcome.message
    expected = {
        "sessionId": context.broadcast.speaker(speaker).session_id,
        "targetLanguage": language,
        "sourceLanguage": "en",
        "listenerCount": 1,
        "qualityTier": "standard",
    }
    assert_that(welcome, has_entries(expected), f"{listener}'s welcome")


# -- attempts


@when("{person:Name} tries to {act:Act}")
def step_tries(context: World, person: str, act: Act) -> None:
    context.broadcast.person(person).tries(act)


# -- leaving


@given("{person:Name} has left")
@when("{person:Name} leaves")
def step_leaves(context: World, person: str) -> None:
    context.stage.person(person).leaves()


@when("{person:Name} loses the connection")
def step_loses_connection(context: World, person: str) -> None:
    context.stage.person(person).vanishes()


@given("{speaker:Name} has ended the session")
@when("{speaker:Name} ends the session")
def step_ends(context: World, speaker: str) -> None:
    context.broadcast.speaker(speaker).ends_the_session()


@then("{listeners:Names} are told that the session has ended")
@then("{listeners:Names} is told that the session has ended")
def step_told_of_end(context: World, listeners: list[str]) -> None:
    for listener in listeners:
        notice = context.broadcast.listener(listener).learns_of_the_end().message
        assert_that(notice.get("reason"), equal_to(notice.get("message")), f"the reason {listener} is given, twice")


@when("{people:Names} sends a heartbeat")
@when("{people:Names} send a heartbeat")
def step_heartbeat(context: World, people: list[str]) -> None:
    for name in people:
        context.broadcast.person(name).sends_heartbeat()


@then("{people:Names} are told that they are still connected")
def step_heartbeat_answered(context: World, people: list[str]) -> None:
    for name in people:
        context.broadcast.person(name).heartbeat_is_answered()


# -- the record


@then("the session of {speaker:Name} is recorded as active with {count:Number} listener")
@then("the session of {speaker:Name} is recorded as active with {count:Number} listeners")
def step_recorded_active(context: World, speaker: str, count: int) -> None:
    expected = has_entries(isActive=True, listenerCount=count, sourceLanguage="en")
    context.broadcast.recorded.session_comes_to(context.broadcast.speaker(speaker).session_id, expected)


@then("the session of {speaker:Name} is recorded as over")
def step_recorded_over(context: World, speaker: str) -> None:
    session_id = context.broadcast.speaker(speaker).session_id
    context.broadcast.recorded.session_comes_to(session_id, has_entries(isActive=False))
    context.broadcast.recorded.listeners_come_to(session_id, empty())


@then("{listener:Name} is no longer recorded as a listener of {speaker:Name}")
def step_not_recorded(context: World, listener: str, speaker: str) -> None:
    context.broadcast.recorded.connection_disappears(context.broadcast.listener(listener).connection_id, listener)


# -- speaking and hearing


@given('{speaker:Name} has said "{text:Quoted}"')
@when('{speaker:Name} says "{text:Quoted}"')
def step_says(context: World, speaker: str, text: str) -> None:
    context.broadcast.speaker(speaker).says(text)


@when('{speaker:Name} says "{text:Quoted}" and then "{next_text:Quoted}"')
def step_says_two(context: World, speaker: str, text: str, next_text: str) -> None:
    context.broadcast.speaker(speaker).says_in_turn([text, next_text])


@when('{speaker:Name} says "{text:Quoted}" as raw sound')
def step_says_raw(context: World, speaker: str, text: str) -> None:
    context.broadcast.speaker(speaker).says(text, binary=True)


@given("{speaker:Name}'s microphone has picked up {sound:Sound} for {duration_s:Seconds}")
def step_picks_up(context: World, speaker: str, sound: Callable[[float], Samples], duration_s: float) -> None:
    context.broadcast.speaker(speaker).sends_sound(sound(duration_s))


@given('{listener:Name} has heard "{text:Quoted}" in {language:Language}')
@then('{listener:Name} hears "{text:Quoted}" in {language:Language}')
def step_hears(context: World, listener: str, text: str, language: str) -> None:
    heard = context.broadcast.listener(listener).hears(text, language)
    among = context.stage.samples.all_recordings()
    assert_that(heard, is_the_recording_of(heard.expected, among=among), f"what {listener} heard")


@then('{listener:Name} hears "{text:Quoted}" and then "{next_text:Quoted}" in {language:Language}')
def step_hears_in_order(context: World, listener: str, text: str, next_text: str, language: str) -> None:
    step_hears(context, listener, text, language)
    step_hears(context, listener, next_text, language)
    first, second = context.broadcast.listener(listener).heard[-2:]
    assert_that(first.observation.at_ns < second.observation.at_ns, f'{listener} hears "{text}" first')


@then('{listener:Name} reads "{caption:Quoted}"')
def step_reads(context: World, listener: str, caption: str) -> None:
    assert_that(
        context.broadcast.listener(listener).last_heard().transcript, equal_to(caption), f"{listener}'s caption"
    )


@then("{listener:Name} hears nothing else")
def step_hears_nothing_else(context: World, listener: str) -> None:
    assert_that(
        context.broadcast.listener(listener).words_not_accounted_for(), nothing(), f"what else {listener} heard"
    )


@then("{listener:Name} hears nothing for {duration_s:Seconds}")
def step_hears_nothing_for(context: World, listener: str, duration_s: float) -> None:
    context.broadcast.listener(listener).stays_quiet(duration_s, since=context.stage.turning_point)


@then("{listener:Name} and {other:Name} hear the very same sound")
def step_hear_the_same(context: World, listener: str, other: str) -> None:
    first, second = (context.broadcast.listener(name).last_heard().samples.tobytes() for name in (listener, other))
    assert_that(second == first, f"{other}'s audio is, byte for byte, {listener}'s")
