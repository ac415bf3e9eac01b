"""Broadcast: one person speaks, others hear it in their own language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from behave import given, then, when
from hamcrest import assert_that, empty, equal_to, greater_than, has_entries, matches_regexp
from hamcrest.core.matcher import Matcher

from earshot.audio.clips import Samples
from earshot.broadcast.acts import Act
from earshot.broadcast.attempts import Refusal
from earshot.broadcast.entrances import Joining, Opening
from earshot.broadcast.news import News
from earshot.matchers.presence import nothing
from features.vocabulary.broadcast import World

# -- coming together


@given("{speaker:Name} is broadcasting in {language:Language}")
def step_is_broadcasting(context: World, speaker: str, language: str) -> None:
    context.broadcast.speaker(speaker).starts_broadcasting(language)


@given("{speaker:Name} has started a {opening:Opening}")
@when("{speaker:Name} starts a {opening:Opening}")
def step_starts(context: World, speaker: str, opening: Opening) -> None:
    opening.made_by(speaker, context.broadcast)


@given("{listener:Name} listens in {language:Language}")
def step_listens(context: World, listener: str, language: str) -> None:
    Joining(language).made_by(listener, context.broadcast)


@when("{listener:Name} joins {joining:Joining}")
def step_joins(context: World, listener: str, joining: Joining) -> None:
    joining.made_by(listener, context.broadcast)


@given("{listener:Name} listens in {language:Language} and {other:Name} in {other_language:Language}")
def step_two_listen(context: World, listener: str, language: str, other: str, other_language: str) -> None:
    Joining(language).made_by(listener, context.broadcast)
    Joining(other_language).made_by(other, context.broadcast)


@given("{listener:Name} listens to {speaker:Name} in {language:Language}")
def step_listens_to(context: World, listener: str, speaker: str, language: str) -> None:
    context.broadcast.listener(listener).joins(context.broadcast.speaker(speaker).session_id, language)


@then("{person:Name} is told {details:Details}")
def step_told_details(context: World, person: str, details: Matcher[Refusal]) -> None:
    assert_that(context.broadcast.person(person).refusal(), details, f"the refusal that {person} reads")


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


# -- leaving


@given("{speaker:Name} has ended the session")
@when("{speaker:Name} ends the session")
def step_ends(context: World, speaker: str) -> None:
    context.broadcast.speaker(speaker).ends_the_session()


# -- controls, and being told


@when("{person:Name} {control:Control}")
def step_controls(context: World, person: str, control: Act) -> None:
    context.broadcast.person(person).controls(control)


@given("{person:Name} has {done:PastControl}")
def step_has_controlled(context: World, person: str, done: Act) -> None:
    context.broadcast.has_controlled(person, done)


@then("{person:Name} is told first that {first:News} and then that {news:News}")
def step_told_first(context: World, person: str, first: News, news: News) -> None:
    actor, since = context.broadcast.person(person), context.stage.turning_point
    earlier, later = first.reaches(actor, since=since), news.reaches(actor, since=since)
    assert_that(later.number, greater_than(earlier.number), f"{person} is told the one first and the other after it")


# -- the record


@then("the session of {speaker:Name} is recorded {record:SessionRecord}")
def step_recorded(context: World, speaker: str, record: Matcher[Any]) -> None:
    context.broadcast.recorded.session_comes_to(context.broadcast.speaker(speaker).session_id, record)


@then("the session of {speaker:Name} is recorded as over")
def step_recorded_over(context: World, speaker: str) -> None:
    session_id = context.broadcast.speaker(speaker).session_id
    context.broadcast.recorded.session_comes_to(session_id, has_entries(isActive=False))
    context.broadcast.recorded.listeners_come_to(session_id, empty())


@then("{people:Names} {are:Are} no longer on record")
def step_not_recorded(context: World, people: list[str], are: str) -> None:
    for name in people:
        context.broadcast.recorded.connection_disappears(context.broadcast.person(name).connection_id, name)


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
def step_has_heard(context: World, listener: str, text: str, language: str) -> None:
    context.broadcast.listener(listener).hears_the_recording(text, language)


@then('{listener:Name} hears "{text:Quoted}" and then "{next_text:Quoted}" in {language:Language}')
def step_hears_in_order(context: World, listener: str, text: str, next_text: str, language: str) -> None:
    first, second = (
        context.broadcast.listener(listener).hears_the_recording(said, language) for said in (text, next_text)
    )
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
