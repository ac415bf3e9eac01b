"""Controls of the speaker and of the listener: who may use them, who is told, and what they change."""

from __future__ import annotations

import time

from behave import given, then, when
from hamcrest import (
    assert_that,
    contains_exactly,
    equal_to,
    greater_than,
    has_entries,
    has_entry,
    has_key,
    none,
    not_,
)

from earshot.broadcast import acts
from earshot.broadcast.figures import PAUSE_LENGTH
from earshot.broadcast.matchers.state import held_back, in_state, passed_on
from earshot.matchers.numbers import between
from earshot.matchers.presence import nothing
from features.vocabulary.broadcast import World

# -- the speaker's controls


@given("{speaker:Name} has paused the broadcast")
@when("{speaker:Name} pauses the broadcast")
def step_pauses(context: World, speaker: str) -> None:
    context.broadcast.speaker(speaker).pauses()


@when("{speaker:Name} pauses the broadcast for about {span_ms:Span}")
def step_pauses_for_about(context: World, speaker: str, span_ms: int) -> None:
    context.broadcast.speaker(speaker).pauses(for_about_ms=span_ms)


@when("{speaker:Name} tries to pause the broadcast for about {span_ms:Span}")
def step_tries_to_pause_for(context: World, speaker: str, span_ms: int) -> None:
    context.broadcast.speaker(speaker).tries(acts.PAUSE.having(estimatedPauseDuration=span_ms))


@when('{speaker:Name} tries to pause the broadcast for about "{words:Quoted}"')
def step_tries_to_pause_for_words(context: World, speaker: str, words: str) -> None:
    context.broadcast.speaker(speaker).tries(acts.PAUSE.having(estimatedPauseDuration=words))


@given("{speaker:Name} has resumed the broadcast")
@when("{speaker:Name} resumes the broadcast")
def step_resumes(context: World, speaker: str) -> None:
    context.broadcast.speaker(speaker).resumes()


@given("{speaker:Name} has muted the broadcast")
@when("{speaker:Name} mutes the broadcast")
def step_mutes(context: World, speaker: str) -> None:
    context.broadcast.speaker(speaker).mutes()


@given("{speaker:Name} has unmuted the broadcast")
@when("{speaker:Name} unmutes the broadcast")
def step_unmutes(context: World, speaker: str) -> None:
    context.broadcast.speaker(speaker).unmutes()


@given("{speaker:Name} has set the volume to {level:Percent}")
@when("{speaker:Name} sets the volume to {level:Percent}")
def step_sets_volume(context: World, speaker: str, level: float) -> None:
    context.broadcast.speaker(speaker).sets_volume(level)


@when("{speaker:Name} tries to set the volume to {level:Percent}")
@when("{speaker:Name} tries to set the volume to {level:WrongVolume}")
def step_tries_to_set_volume(context: World, speaker: str, level: object) -> None:
    context.broadcast.speaker(speaker).tries(acts.SET_VOLUME.having(volumeLevel=level))


@when("{speaker:Name} tries to set the volume without saying to what")
def step_tries_to_set_no_volume(context: World, speaker: str) -> None:
    context.broadcast.speaker(speaker).tries(acts.SET_VOLUME)


@given("{speaker:Name} has changed the state to {state:State}")
@when("{speaker:Name} changes the state to {state:State}")
def step_changes_state(context: World, speaker: str, state: dict[str, bool | float]) -> None:
    context.broadcast.speaker(speaker).changes_state(state)


@when("{speaker:Name} tries to change the state to {state:WrongState}")
def step_tries_to_change_state(context: World, speaker: str, state: object) -> None:
    context.broadcast.speaker(speaker).tries(acts.CHANGE_STATE.having(state=state))


@when("{speaker:Name} tries to change the state without saying to what")
def step_tries_to_change_no_state(context: World, speaker: str) -> None:
    context.broadcast.speaker(speaker).tries(acts.CHANGE_STATE)


@when("{speaker:Name} pauses and mutes the broadcast at the same moment")
def step_pauses_and_mutes(context: World, speaker: str) -> None:
    context.broadcast.speaker(speaker).controls_at_once(acts.PAUSE, acts.MUTE)


@when("{speaker:Name} pauses the broadcast on the old connection and mutes it on the new one at the same moment")
def step_pauses_and_mutes_on_both(context: World, speaker: str) -> None:
    context.broadcast.speaker(speaker).controls_from_both_connections(acts.PAUSE, acts.MUTE)


@when("{speaker:Name} mutes the broadcast and sets the volume to {level:Percent} at the same moment")
def step_mutes_and_sets_volume(context: World, speaker: str, level: float) -> None:
    context.broadcast.speaker(speaker).controls_at_once(acts.MUTE, acts.SET_VOLUME.having(volumeLevel=level))


# -- what the speaker is told in return


@then("{speaker:Name}'s confirmation says that {count:Number} listeners were told")
@then("{speaker:Name}'s confirmation says that {count:Number} listener was told")
def step_confirmed_count(context: World, speaker: str, count: int) -> None:
    told = context.broadcast.speaker(speaker).confirmation.message.get("listenersNotified")
    assert_that(told, equal_to(count), f"the number of listeners who were told, as it is confirmed to {speaker}")


@then("{speaker:Name}'s confirmation says that the broadcast is {state:State}")
def step_confirmed_state(context: World, speaker: str, state: dict[str, bool | float]) -> None:
    message = context.broadcast.speaker(speaker).confirmation.message
    assert_that(message.get("broadcastState"), in_state(state), f"the state that is confirmed to {speaker}")


@then("{speaker:Name}'s confirmation says that the volume is {level:Percent}")
def step_confirmed_volume(context: World, speaker: str, level: float) -> None:
    confirmed = {"volume": context.broadcast.speaker(speaker).confirmation.message.get("volumeLevel")}
    assert_that(confirmed, in_state({"volume": level}), f"the volume that is confirmed to {speaker}")


@then("{speaker:Name}'s confirmation says how long the pause lasted, give or take {tolerance_ms:Milliseconds}")
def step_confirmed_pause(context: World, speaker: str, tolerance_ms: float) -> None:
    actor = context.broadcast.speaker(speaker)
    least_ms, most_ms = actor.measured_pause_ms()
    told_ms = actor.confirmation.message.get("pauseDuration")
    expected = between(least_ms - tolerance_ms, most_ms + tolerance_ms)
    assert_that(told_ms, expected, f"the length of the pause in ms, as {speaker} is told")


@then("one pause of {speaker:Name} is measured, give or take {tolerance_ms:Milliseconds}")
def step_measured_pause(context: World, speaker: str, tolerance_ms: float) -> None:
    actor = context.broadcast.speaker(speaker)
    least_ms, most_ms = actor.measured_pause_ms()
    length = contains_exactly(between(least_ms - tolerance_ms, most_ms + tolerance_ms))
    context.stage.figures.values_come_to(length, PAUSE_LENGTH, actor.session_id)


@then("{speaker:Name}'s confirmation names no length of a pause")
def step_confirmed_no_pause(context: World, speaker: str) -> None:
    told_ms = context.broadcast.speaker(speaker).confirmation.message["pauseDuration"]
    assert_that(told_ms, none(), f"the length of a pause that never was, as it is confirmed to {speaker}")


@then("{speaker:Name}'s confirmation gives a later time of change than the one before")
def step_confirmed_later(context: World, speaker: str) -> None:
    before, now = (o.message["broadcastState"] for o in context.broadcast.speaker(speaker).confirmations[-2:])
    later = greater_than(before["lastStateChange"])
    assert_that(now["lastStateChange"], later, f"the time of the latest change, as {speaker} is told")


# -- what everybody else is told


@then("{people:Names} is told that {news:News}")
@then("{people:Names} are told that {news:News}")
def step_told_news(context: World, people: list[str], news: str) -> None:
    for name in people:
        context.broadcast.person(name).learns(news, since=context.stage.turning_point)


@then("{listener:Name} is told that the broadcast is paused for about {span_ms:Span}")
def step_told_pause_for(context: World, listener: str, span_ms: int) -> None:
    notice = context.broadcast.listener(listener).learns("broadcastPaused", since=context.stage.turning_point)
    told_ms = notice.message.get("estimatedPauseDuration")
    assert_that(told_ms, equal_to(span_ms), f"how long the pause will be in ms, as {listener} is told")


@then("{listener:Name} is told that the broadcast is paused, but not for how long")
def step_told_pause_without_length(context: World, listener: str) -> None:
    notice = context.broadcast.listener(listener).learns("broadcastPaused", since=context.stage.turning_point)
    assert_that(notice.message, not_(has_key("estimatedPauseDuration")), f"what {listener} is told of the pause")


@then("{listener:Name} is told at which moment {speaker:Name} paused")
def step_told_moment(context: World, listener: str, speaker: str) -> None:
    notice = context.broadcast.listener(listener).learns("broadcastPaused", since=context.stage.turning_point)
    confirmation = context.broadcast.speaker(speaker).confirmation.message
    moment = between(confirmation["broadcastState"]["lastStateChange"], confirmation["timestamp"] + 1000)
    assert_that(notice.message["timestamp"], moment, f"the date of the notice to {listener}, by the service's clock")


@then("{people:Names} is told that the volume is {level:Percent}")
@then("{people:Names} are told that the volume is {level:Percent}")
def step_told_volume(context: World, people: list[str], level: float) -> None:
    for name in people:
        notice = context.broadcast.listener(name).learns("volumeChanged", since=context.stage.turning_point)
        told = {"volume": notice.message.get("volumeLevel")}
        assert_that(told, in_state({"volume": level}), f"the volume {name} is told")


@then("{people:Names} is told that the broadcast is now {state:State}")
@then("{people:Names} are told that the broadcast is now {state:State}")
def step_told_state(context: World, people: list[str], state: dict[str, bool | float]) -> None:
    for name in people:
        notice = context.broadcast.listener(name).learns("speakerStateChanged", since=context.stage.turning_point)
        assert_that(notice.message.get("broadcastState"), in_state(state), f"the state {name} is told")


@then("{listener:Name} is told first that the broadcast is now {state:State} and then that {news:News}")
def step_told_state_first(context: World, listener: str, state: dict[str, bool | float], news: str) -> None:
    actor = context.broadcast.listener(listener)
    first = actor.learns("speakerStateChanged", since=context.stage.turning_point)
    assert_that(first.message.get("broadcastState"), in_state(state), f"the state {listener} is told")
    then = actor.learns(news, since=context.stage.turning_point)
    assert_that(then.number, greater_than(first.number), f"{listener} is told the state first and {news} after it")


@then("{people:Names} is told nothing")
@then("{people:Names} are told nothing")
@then("{people:Names} is told nothing else")
@then("{people:Names} are told nothing else")
def step_told_nothing_else(context: World, people: list[str]) -> None:
    for name in people:
        news = context.broadcast.person(name).news_not_accounted_for(since=context.stage.turning_point)
        assert_that(news, nothing(), f"what {name} is told beyond what was to be told")


@then("{people:Names} is told nothing for {duration_s:Seconds}")
@then("{people:Names} are told nothing for {duration_s:Seconds}")
@then("{people:Names} is told nothing else for {duration_s:Seconds}")
def step_told_nothing_for(context: World, people: list[str], duration_s: float) -> None:
    ends_s = time.monotonic() + duration_s
    for name in people:
        left_s = max(0.0, ends_s - time.monotonic())
        context.broadcast.person(name).stays_untold(left_s, since=context.stage.turning_point)


# -- what has become of the broadcast


@then("{speaker:Name} finds the broadcast {state:State}")
def step_finds(context: World, speaker: str, state: dict[str, bool | float]) -> None:
    status = context.broadcast.speaker(speaker).asks_for_status().message
    assert_that(status.get("broadcastState"), in_state(state), f"the state {speaker} finds in the status")


@then("the broadcast of {speaker:Name} is recorded as {state:State}")
def step_recorded_state(context: World, speaker: str, state: dict[str, bool | float]) -> None:
    session_id = context.broadcast.speaker(speaker).session_id
    context.broadcast.recorded.session_comes_to(session_id, has_entry("broadcastState", in_state(state)))


@then("the time of {speaker:Name}'s change is recorded")
def step_recorded_time(context: World, speaker: str) -> None:
    actor = context.broadcast.speaker(speaker)
    confirmed = actor.confirmation.message["broadcastState"]["lastStateChange"]
    recorded = has_entry("broadcastState", has_entry("lastStateChange", confirmed))
    context.broadcast.recorded.session_comes_to(actor.session_id, recorded)
    assert_that(confirmed, greater_than(actor.created.message["timestamp"]), "the time of the change, after the start")


@given("the record of {speaker:Name}'s session has lost the state of the broadcast")
def step_record_loses_state(context: World, speaker: str) -> None:
    context.broadcast.recorded.session_loses(context.broadcast.speaker(speaker).session_id, "broadcastState")


# -- what becomes of the speaker's words


@then("{speaker:Name}'s words are passed on")
def step_passed_on(context: World, speaker: str) -> None:
    acknowledged = context.broadcast.speaker(speaker).received("audioReceived", since=context.stage.turning_point)
    assert_that(acknowledged, passed_on(), f"what becomes of {speaker}'s words")


@then("{speaker:Name}'s words are held back")
def step_held_back(context: World, speaker: str) -> None:
    acknowledged = context.broadcast.speaker(speaker).received("audioReceived", since=context.stage.turning_point)
    assert_that(acknowledged, held_back(), f"what becomes of {speaker}'s words")


@then("{speaker:Name}'s words are held back because {reason:HeldBack}")
def step_held_back_because(context: World, speaker: str, reason: str) -> None:
    acknowledged = context.broadcast.speaker(speaker).received("audioReceived", since=context.stage.turning_point)
    assert_that(acknowledged, held_back(reason), f"what becomes of {speaker}'s words")


# -- the listener's own controls


@given("{listener:Name} has paused playback")
@when("{listener:Name} pauses playback")
def step_pauses_playback(context: World, listener: str) -> None:
    context.broadcast.listener(listener).pauses_playback()


@when("{listener:Name} resumes playback")
def step_resumes_playback(context: World, listener: str) -> None:
    context.broadcast.listener(listener).resumes_playback()


@then("{listener:Name}'s {act:PlaybackAct} is confirmed")
def step_playback_confirmed(context: World, listener: str, act: str) -> None:
    assert_that(
        context.broadcast.listener(listener).confirmation.type, equal_to(act), f"what is confirmed to {listener}"
    )


@given("{listener:Name} has changed to {language:Language}")
@when("{listener:Name} changes to {language:Language}")
def step_changes_language(context: World, listener: str, language: str) -> None:
    context.broadcast.listener(listener).changes_language(language)


@when("{listener:Name} changes to {language:Language} with an older app")
def step_changes_language_older(context: World, listener: str, language: str) -> None:
    context.broadcast.listener(listener).changes_language(language, older_app=True)


@when("{listener:Name} tries to change to {language:Language}")
def step_tries_to_change_language(context: World, listener: str, language: str) -> None:
    context.broadcast.listener(listener).tries(acts.CHANGE_LANGUAGE.having(targetLanguage=language))


@when("{listener:Name} tries to change the language without saying to which")
def step_tries_to_change_to_no_language(context: World, listener: str) -> None:
    context.broadcast.listener(listener).tries(acts.CHANGE_LANGUAGE)


@then("{listener:Name} is confirmed as a listener in {language:Language}")
def step_language_confirmed(context: World, listener: str, language: str) -> None:
    expected = has_entries(type="languageChanged", targetLanguage=language, sourceLanguage="en")
    assert_that(context.broadcast.listener(listener).confirmation.message, expected, f"what is confirmed to {listener}")


@then("{person:Name} has the answer within {budget_ms:Milliseconds}")
def step_answer_within(context: World, person: str, budget_ms: float) -> None:
    took_ms = context.broadcast.person(person).answered_after_ms
    assert_that(took_ms, between(0, budget_ms), f"the milliseconds until {person} had the answer")


@then("{listener:Name} is recorded as a listener in {language:Language}")
def step_recorded_language(context: World, listener: str, language: str) -> None:
    connection_id = context.broadcast.listener(listener).connection_id
    context.broadcast.recorded.connection_comes_to(connection_id, has_entries(role="listener", targetLanguage=language))


@then("{listener:Name} is recorded as connected since joining")
def step_recorded_since(context: World, listener: str) -> None:
    actor = context.broadcast.listener(listener)
    joined = between(1, actor.welcome.message["timestamp"])
    context.broadcast.recorded.connection_comes_to(actor.connection_id, has_entry("connectedAt", joined))
