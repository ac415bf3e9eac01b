"""Controls of the speaker and of the listener: who may use them, who is told, and what they change."""

from __future__ import annotations

from collections.abc import Sequence

from behave import then, when
from hamcrest import (
    all_of,
    assert_that,
    contains_exactly,
    equal_to,
    greater_than,
    has_entries,
    has_entry,
)
from hamcrest.core.matcher import Matcher

from earshot.broadcast import acts
from earshot.broadcast.acts import Act
from earshot.broadcast.figures import PAUSE_LENGTH
from earshot.broadcast.matchers.state import in_state
from earshot.broadcast.news import News
from earshot.ledger import Observation
from earshot.matchers.numbers import between
from earshot.matchers.presence import nothing
from earshot.measure.stopwatch import judges_time
from features.vocabulary.broadcast import World

# -- the speaker's controls


@when("{speaker:Name} {first:Control} and {second:Control} at the same moment")
def step_controls_at_once(context: World, speaker: str, first: Act, second: Act) -> None:
    context.broadcast.speaker(speaker).controls_at_once(first, second)


@when("{speaker:Name} pauses the broadcast on the old connection and mutes it on the new one at the same moment")
def step_pauses_and_mutes_on_both(context: World, speaker: str) -> None:
    context.broadcast.speaker(speaker).controls_from_both_connections(acts.PAUSE, acts.MUTE)


# -- what the speaker is told in return


@then("{speaker:Name}'s confirmation says that {confirmed:Confirmed}")
def step_confirmed(context: World, speaker: str, confirmed: News) -> None:
    confirmed.reaches(context.broadcast.speaker(speaker), since=context.stage.turning_point)


@then("{speaker:Name}'s confirmation says how long the pause lasted, give or take {tolerance_ms:Milliseconds}")
def step_confirmed_pause(context: World, speaker: str, tolerance_ms: float) -> None:
    actor = context.broadcast.speaker(speaker)
    told = has_entry("pauseDuration", actor.as_long_as_the_pause(give_or_take_ms=tolerance_ms))
    assert_that(actor.confirmation.message, told, f"the length of the pause in ms, as {speaker} is told")


@then("one pause of {speaker:Name} is measured, give or take {tolerance_ms:Milliseconds}")
def step_measured_pause(context: World, speaker: str, tolerance_ms: float) -> None:
    actor = context.broadcast.speaker(speaker)
    length = contains_exactly(actor.as_long_as_the_pause(give_or_take_ms=tolerance_ms))
    context.stage.figures.values_come_to(length, PAUSE_LENGTH, actor.session_id)


@then("{speaker:Name}'s confirmation gives a later time of change than the one before")
def step_confirmed_later(context: World, speaker: str) -> None:
    before, now = (o.message["broadcastState"] for o in context.broadcast.speaker(speaker).confirmations[-2:])
    later = greater_than(before["lastStateChange"])
    assert_that(now["lastStateChange"], later, f"the time of the latest change, as {speaker} is told")


# -- what everybody else is told


@then("{listener:Name} is told at which moment {speaker:Name} paused")
def step_told_moment(context: World, listener: str, speaker: str) -> None:
    notice = context.broadcast.listener(listener).learns("broadcastPaused", since=context.stage.turning_point)
    moment = context.broadcast.speaker(speaker).changed_when()
    assert_that(notice.message["timestamp"], moment, f"the date of the notice to {listener}, by the service's clock")


@then("{people:Names} {are:Are} told {nothing_more:Nothing}")
def step_told_nothing(context: World, people: list[str], are: str, nothing_more: str) -> None:
    for name in people:
        news = context.broadcast.person(name).news_not_accounted_for(since=context.stage.turning_point)
        assert_that(news, nothing(), f"what {name} is told beyond what was to be told")


# -- what has become of the broadcast


@then("{speaker:Name} finds the broadcast {state:State}")
def step_finds(context: World, speaker: str, state: dict[str, bool | float]) -> None:
    status = context.broadcast.speaker(speaker).asks_for_status().message
    assert_that(status.get("broadcastState"), in_state(state), f"the state {speaker} finds in the status")


@then("the time of {speaker:Name}'s change is recorded")
def step_recorded_time(context: World, speaker: str) -> None:
    actor = context.broadcast.speaker(speaker)
    time = all_of(equal_to(actor.changed_ms), greater_than(actor.created.message["timestamp"]))
    context.broadcast.recorded.session_comes_to(
        actor.session_id, has_entry("broadcastState", has_entry("lastStateChange", time))
    )


# -- what becomes of the speaker's words


@then("{speaker:Name}'s words are {fate:WordsFate}")
def step_fate_of_words(context: World, speaker: str, fate: Matcher[Sequence[Observation]]) -> None:
    acknowledged = context.broadcast.speaker(speaker).received("audioReceived", since=context.stage.turning_point)
    assert_that(acknowledged, fate, f"what becomes of {speaker}'s words")


# -- the listener's own controls


@then("{listener:Name}'s {act:PlaybackAct} is confirmed")
def step_playback_confirmed(context: World, listener: str, act: str) -> None:
    assert_that(
        context.broadcast.listener(listener).confirmation.type, equal_to(act), f"what is confirmed to {listener}"
    )


@then("{listener:Name} is confirmed as a listener in {language:Language}")
def step_language_confirmed(context: World, listener: str, language: str) -> None:
    expected = has_entries(type="languageChanged", targetLanguage=language, sourceLanguage="en")
    assert_that(context.broadcast.listener(listener).confirmation.message, expected, f"what is confirmed to {listener}")


@then("{person:Name} has the answer within {budget_ms:Duration}")
@judges_time
def step_answer_within(context: World, person: str, budget_ms: float) -> None:
    took = context.broadcast.person(person).last_answer()
    context.stage.stopwatch.insist_on_time(took, 0, budget_ms, f"until {person} had the answer")


@then("{listener:Name} is recorded as a listener in {language:Language}")
def step_recorded_language(context: World, listener: str, language: str) -> None:
    connection_id = context.broadcast.listener(listener).connection_id
    context.broadcast.recorded.connection_comes_to(connection_id, has_entries(role="listener", targetLanguage=language))


@then("{listener:Name} is recorded as connected since joining")
def step_recorded_since(context: World, listener: str) -> None:
    actor = context.broadcast.listener(listener)
    joined = between(1, actor.welcome.message["timestamp"])
    context.broadcast.recorded.connection_comes_to(actor.connection_id, has_entry("connectedAt", joined))
