"""Connections: moving to a new one, growing too old for one, falling silent on one."""

from __future__ import annotations

from collections.abc import Callable

from behave import given, then, when
from hamcrest import assert_that, close_to, contains_exactly, equal_to, greater_than_or_equal_to, has_entries

from earshot.audio.clips import Samples
from earshot.broadcast.heartbeats import keep_sending, keep_sending_until_disconnected
from earshot.broadcast.intruder import Papers
from earshot.broadcast.matchers.state import in_state
from earshot.failures import Inconclusive
from earshot.matchers.loudness import ends_with_sound_at
from earshot.matchers.moments import lasting
from earshot.patience import comes_to
from features.vocabulary.broadcast import World

# -- moving


@given("{people:Names} has moved to a new connection")
@when("{people:Names} moves to a new connection")
def step_moves(context: World, people: list[str]) -> None:
    for name in people:
        context.broadcast.person(name).moves_to_a_new_connection()


@when("{person:Name} closes the old connection")
def step_closes_old(context: World, person: str) -> None:
    context.broadcast.person(person).closes_the_old_connection()


@given("{people:Names} has moved to a new connection and closed the old one")
@given("{people:Names} have moved to a new connection and closed the old one")
def step_moves_and_closes_old(context: World, people: list[str]) -> None:
    for name in people:
        context.broadcast.person(name).moves_to_a_new_connection()
        context.broadcast.person(name).closes_the_old_connection()


@when("{person:Name} tries to move to a new connection")
def step_tries_to_move(context: World, person: str) -> None:
    context.broadcast.person(person).tries_to_move()


@when("{person:Name} tries to take over the session of {speaker:Name}")
def step_tries_to_take_over(context: World, person: str, speaker: str) -> None:
    context.broadcast.speaker(person).tries_to_take_over(context.broadcast.speaker(speaker).session_id)


@given("{person:Name} has tried in vain to take over the session of {speaker:Name}")
def step_has_tried_to_take_over(context: World, person: str, speaker: str) -> None:
    step_tries_to_take_over(context, person, speaker)
    context.broadcast.speaker(person).refusal()


@when('{person:Name} tries to take over the session "{session_id:Quoted}"')
def step_tries_to_take_over_session(context: World, person: str, session_id: str) -> None:
    context.broadcast.speaker(person).tries_to_take_over(session_id)


@when("{person:Name} tries to take over the session of {speaker:Name} {papers:Papers}")
def step_tries_to_take_over_with(context: World, person: str, speaker: str, papers: Papers) -> None:
    context.broadcast.intruder(person).tries_to_take_over_with(papers, context.broadcast.speaker(speaker).session_id)


@then("{speaker:Name} is told first that the move is complete")
def step_speaker_has_moved(context: World, speaker: str) -> None:
    first = context.broadcast.speaker(speaker).received()[0]
    expected = has_entries(
        type="connectionRefreshComplete", sessionId=context.broadcast.speaker(speaker).session_id, role="speaker"
    )
    assert_that(first.message, expected, f"the first thing {speaker} is told on the new connection")


@then("{listener:Name} is told first that the move from {source:Language} to {target:Language} is complete")
def step_listener_has_moved(context: World, listener: str, source: str, target: str) -> None:
    first = context.broadcast.listener(listener).received()[0]
    expected = has_entries(
        type="connectionRefreshComplete",
        sessionId=context.broadcast.the_speaker().session_id,
        role="listener",
        sourceLanguage=source,
        targetLanguage=target,
    )
    assert_that(first.message, expected, f"the first thing {listener} is told on the new connection")


@then("{speaker:Name} is told on the new connection that the broadcast is {state:State}")
def step_told_restored_state(context: World, speaker: str, state: dict[str, bool | float]) -> None:
    restored = context.broadcast.speaker(speaker).is_told("stateRestored", since=context.stage.turning_point).message
    assert_that(restored, in_state(state), f"the broadcast that {speaker} finds on the new connection")


@then("the recogniser hears {speaker:Name} at {level:Percent} volume")
def step_recogniser_hears(context: World, speaker: str, level: float) -> None:
    sent = context.broadcast.speaker(speaker).sound_sent(since=context.stage.turning_point)
    comes_to(
        context.broadcast.recogniser(speaker).heard,
        ends_with_sound_at(level, sent),
        f"what the recogniser hears of {speaker}",
    )


# -- staying and growing old


@given("{people:Names} has been connected for {age_s:Seconds}")
@given("{people:Names} have been connected for {age_s:Seconds}")
def step_connected_for(context: World, people: list[str], age_s: float) -> None:
    for name in people:
        context.broadcast.person(name).grows_old(age_s)


@then("{people:Names} is still connected")
@then("{people:Names} are still connected")
def step_still_connected(context: World, people: list[str]) -> None:
    for name in people:
        context.broadcast.person(name).stays_connected(0)


@then("{people:Names} is still connected {for_s:Seconds} later")
@then("{people:Names} are still connected {for_s:Seconds} later")
def step_still_connected_later(context: World, people: list[str], for_s: float) -> None:
    context.broadcast.person(people[0]).stays_connected(for_s)
    for name in people[1:]:
        context.broadcast.person(name).stays_connected(0)


@then("{people:Names} are asked to move to a new connection")
def step_asked_to_move(context: World, people: list[str]) -> None:
    for name in people:
        context.broadcast.person(name).is_told("connectionRefreshRequired", since=context.stage.turning_point)


@given("{person:Name} has been asked, after a heartbeat, to move to a new connection")
def step_has_been_asked_to_move(context: World, person: str) -> None:
    answer = context.broadcast.person(person).beats()
    context.broadcast.person(person).is_told("connectionRefreshRequired", since=answer.number)


@then("{people:Names} is not asked to move to a new connection")
def step_not_asked_to_move(context: World, people: list[str]) -> None:
    since = context.stage.turning_point
    for name in people:
        asked = context.broadcast.person(name).told_before_now("connectionRefreshRequired", since=since)
        assert_that(len(asked), equal_to(0), f"how often {name} is asked to move to a new connection")


@then("{people:Names} are not asked to move before their connections are {age_s:Seconds} old")
def step_not_asked_to_move_before(context: World, people: list[str], age_s: float) -> None:
    for name in people:
        person = context.broadcast.person(name)
        for asked in person.told_before_now("connectionRefreshRequired", since=context.stage.turning_point):
            old = greater_than_or_equal_to(age_s)
            assert_that(person.connected_for_s(until=asked), old, f"after how many seconds {name} is asked to move")
            raise Inconclusive(f"this machine is too busy for a heartbeat within {age_s:g} s of connecting")


@then("{speaker:Name} is asked, as the speaker, to move within {limit_s:Seconds} of connecting")
def step_speaker_asked_to_move_within(context: World, speaker: str, limit_s: float) -> None:
    asked, time_s = context.broadcast.speaker(speaker).is_asked_to_move(since=context.stage.turning_point)
    assert_that(asked.message, has_entries(role="speaker"), f"how {speaker} is asked to move")
    assert_that(time_s, close_to(limit_s, 0.25), f"seconds after connecting by which {speaker} is to move")


@then("{listener:Name} is asked, as a listener in {language:Language}, to move within {limit_s:Seconds} of connecting")
def step_listener_asked_to_move_within(context: World, listener: str, language: str, limit_s: float) -> None:
    asked, time_s = context.broadcast.listener(listener).is_asked_to_move(since=context.stage.turning_point)
    expected = has_entries(role="listener", targetLanguage=language)
    assert_that(asked.message, expected, f"how {listener} is asked to move")
    assert_that(time_s, close_to(limit_s, 0.25), f"seconds after connecting by which {listener} is to move")


@when("{person:Name} sends a heartbeat {count:Number} times")
def step_heartbeats(context: World, person: str, count: int) -> None:
    for _ in range(count):
        context.broadcast.person(person).beats()


@then("{person:Name} is warned {count:Number} times that the connection ends {limit_s:Seconds} after connecting")
def step_warned(context: World, person: str, count: int, limit_s: float) -> None:
    ends_s = context.broadcast.person(person).is_warned_of_the_end(since=context.stage.turning_point)
    expected = contains_exactly(*[close_to(limit_s, 0.6)] * count)
    assert_that(ends_s, expected, f"seconds after connecting at which {person}'s connection is to end, by each warning")


@then("{people:Names} are not warned that the connection will end")
def step_not_warned(context: World, people: list[str]) -> None:
    since = context.stage.turning_point
    for name in people:
        warnings = context.broadcast.person(name).told_before_now("connectionWarning", since=since)
        assert_that(len(warnings), equal_to(0), f"how often {name} is warned that the connection will end")


@then("{person:Name} is disconnected {least_s:Decimal} to {most_s:Seconds} after connecting")
def step_disconnected_by_age(context: World, person: str, least_s: float, most_s: float) -> None:
    closed = context.broadcast.person(person).is_disconnected()
    lasted_s = context.broadcast.person(person).connected_for_s(closed)
    assert_that(lasted_s, lasting(least_s, most_s), f"how long {person}'s connection lasted")


@then("{person:Name} may come back")
def step_may_come_back(context: World, person: str) -> None:
    closed = context.broadcast.person(person).is_disconnected()
    assert_that(closed.code, equal_to(MAY_COME_BACK), f"the code with which the service closed {person}'s connection")


@then("{people:Names} need not come back")
def step_need_not_come_back(context: World, people: list[str]) -> None:
    for name in people:
        closed = context.broadcast.person(name).is_disconnected()
        assert_that(closed.code, equal_to(NEED_NOT_COME_BACK), f"the code with which {name}'s connection was closed")


@then("{listeners:Names} is told last, before being disconnected, that the session has ended")
@then("{listeners:Names} are told last, before being disconnected, that the session has ended")
def step_told_last_of_end(context: World, listeners: list[str]) -> None:
    for name in listeners:
        last = context.broadcast.listener(name).last_word()
        assert_that(last.type, equal_to("sessionEnded"), f"the last thing that {name} is told")


@given("{person:Name}'s connection is about to break inside the service")
def step_about_to_break(context: World, person: str) -> None:
    actor = context.broadcast.person(person)
    actor.is_judged_at_the_end()
    context.stage.control.order("connection", "crash", times=1, connection_id=actor.connection_id)


@given("{person:Name}'s connection has broken inside the service")
def step_has_broken(context: World, person: str) -> None:
    step_about_to_break(context, person)
    context.broadcast.person(person).sends_heartbeat()
    step_disconnected_by_failure(context, person)


@then("{person:Name} is disconnected because the service failed")
def step_disconnected_by_failure(context: World, person: str) -> None:
    closed = context.broadcast.person(person).is_disconnected()
    assert_that(closed.code, equal_to(SERVICE_FAILED), f"the code with which {person}'s connection was closed")


@when("the service is shut down")
def step_shut_down(context: World) -> None:
    context.stage.loses_the_service()


@then("{listener:Name} learns of the end when {speaker:Name} was told it would come, or at most {late_s:Seconds} later")
def step_ends_as_told(context: World, listener: str, speaker: str, late_s: float) -> None:
    ended_ms = context.broadcast.listener(listener).learns_of_the_end().message["timestamp"]
    after_s = (ended_ms - context.broadcast.speaker(speaker).created.message["expiresAt"]) / 1000
    assert_that(after_s, lasting(0, late_s), f"how long after the time told to {speaker} the session ended")


# -- falling silent


@given("{people:Names} has sent a heartbeat")
def step_has_beaten(context: World, people: list[str]) -> None:
    for name in people:
        context.broadcast.person(name).beats()


@given("{person:Name} has sent a heartbeat every {every_s:Seconds} until {other:Name} was disconnected")
@when("{person:Name} sends a heartbeat every {every_s:Seconds} until {other:Name} is disconnected")
def step_keeps_beating_until(context: World, person: str, every_s: float, other: str) -> None:
    keep_sending_until_disconnected(context.broadcast.person(person), context.broadcast.person(other), every_s=every_s)


@when("{people:Names} send a heartbeat every {every_s:Seconds} for {for_s:Seconds}")
def step_keeps_beating(context: World, people: list[str], every_s: float, for_s: float) -> None:
    keep_sending([context.broadcast.person(name) for name in people], every_s=every_s, for_s=for_s)


@when("nothing comes from {people:Names} for {silence_s:Seconds}")
def step_nothing_comes(context: World, people: list[str], silence_s: float) -> None:
    for name in people:
        context.broadcast.person(name).is_silent_for(silence_s)


@when("{speaker:Name}'s live microphone picks up {sound:Sound} for {duration_s:Seconds}")
def step_picks_up_live(context: World, speaker: str, sound: Callable[[float], Samples], duration_s: float) -> None:
    context.broadcast.speaker(speaker).sends_live(sound(duration_s))


@then("{person:Name} is disconnected after {least_s:Decimal} to {most_s:Seconds} of silence")
def step_disconnected_by_silence(context: World, person: str, least_s: float, most_s: float) -> None:
    closed = context.broadcast.person(person).is_disconnected()
    silent_s = context.broadcast.person(person).silent_for_s(closed)
    assert_that(silent_s, lasting(least_s, most_s), f"how long {person} had been silent when disconnected")


@then("{person:Name} is told last, before being disconnected, of {silence_s:Seconds} of silence")
def step_told_of_silence(context: World, person: str, silence_s: float) -> None:
    last = context.broadcast.person(person).last_word()
    expected = has_entries(type="connectionTimeout", reason="idle", idleSeconds=int(silence_s))
    assert_that(last.message, expected, f"the last thing {person} is told")


@then("{person:Name} is told last, before being disconnected, of {silence_s:Seconds} without heartbeats")
def step_told_of_missing_heartbeats(context: World, person: str, silence_s: float) -> None:
    last = context.broadcast.person(person).last_word()
    expected = has_entries(type="connectionTimeout", reason="noHeartbeat", idleSeconds=int(silence_s))
    assert_that(last.message, expected, f"the last thing {person} is told")


NEED_NOT_COME_BACK = 1000
MAY_COME_BACK = 1001
SERVICE_FAILED = 1011
"""A client connects again after the last two codes, but not after the first (BRO-3.5.2)."""
