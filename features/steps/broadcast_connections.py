"""Connections: moving to a new one, growing too old for one, falling silent on one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from behave import given, then, when
from hamcrest import all_of, assert_that, contains_exactly, has_entries
from hamcrest.core.matcher import Matcher

from earshot.audio.clips import Samples
from earshot.broadcast.heartbeats import keep_sending, keep_sending_until_disconnected
from earshot.broadcast.person import Person
from earshot.ledger import Observation
from earshot.matchers.loudness import ends_with_sound_at
from earshot.matchers.moments import lasting
from earshot.matchers.presence import nothing
from earshot.measure.delays import Delay
from earshot.measure.stopwatch import judges_time
from earshot.patience import comes_to
from features.vocabulary.broadcast import World

# -- moving


@given("{people:Names} {have:Has} moved to a new connection")
def step_have_moved(context: World, people: list[str], have: str) -> None:
    for name in people:
        context.broadcast.person(name).moves_to_a_new_connection()


@when("{person:Name} moves to a new connection")
def step_moves(context: World, person: str) -> None:
    context.broadcast.person(person).moves_to_a_new_connection()


@given("{people:Names} {have:Has} closed the old connection")
def step_have_closed_old(context: World, people: list[str], have: str) -> None:
    for name in people:
        context.broadcast.person(name).closes_the_old_connection()


@when("{person:Name} closes the old connection")
def step_closes_old(context: World, person: str) -> None:
    context.broadcast.person(person).closes_the_old_connection()


@then("{person:Name} is told first that the move {moved:Moved}")
def step_has_moved(context: World, person: str, moved: Matcher[Any]) -> None:
    first = context.broadcast.person(person).received()[0].message
    confirmed = has_entries(type="connectionRefreshComplete", sessionId=context.broadcast.the_speaker().session_id)
    assert_that(first, all_of(confirmed, moved), f"the first thing {person} is told on the new connection")


@then("the recogniser hears {speaker:Name} at {level:Percent} volume")
def step_recogniser_hears(context: World, speaker: str, level: float) -> None:
    sent = context.broadcast.speaker(speaker).sound_sent(since=context.stage.turning_point)
    comes_to(
        context.broadcast.recogniser(speaker).heard,
        ends_with_sound_at(level, sent),
        f"what the recogniser hears of {speaker}",
    )


# -- staying and growing old


@given("{people:Names} {have:Has} been connected for {age_s:Seconds}")
def step_connected_for(context: World, people: list[str], have: str, age_s: float) -> None:
    for name in people:
        context.broadcast.person(name).grows_old(age_s)


@then("{people:Names} {are:Are} still connected")
def step_still_connected(context: World, people: list[str], are: str) -> None:
    for name in people:
        context.broadcast.person(name).stays_connected(0)


@then("{people:Names} {are:Are} still connected {for_s:Seconds} later")
def step_still_connected_later(context: World, people: list[str], are: str, for_s: float) -> None:
    context.broadcast.person(people[0]).stays_connected(for_s)
    step_still_connected(context, people, are)


@then("{people:Names} {are:Are} not {untold:Untold}")
def step_not_told(context: World, people: list[str], are: str, untold: str) -> None:
    for name in people:
        told = context.broadcast.person(name).told_before_now(untold, since=context.stage.turning_point)
        assert_that(told, nothing(), f"what {name} is told after all")


@then("{people:Names} are not asked to move before their connections are {age_s:Seconds} old")
def step_not_asked_to_move_before(context: World, people: list[str], age_s: float) -> None:
    for name in people:
        context.broadcast.person(name).is_not_asked_to_move_before(age_s, since=context.stage.turning_point)


@then("{person:Name} is asked, as {role:AskedAs}, to move within {limit_s:Seconds} of connecting")
def step_asked_to_move_within(context: World, person: str, role: Matcher[Any], limit_s: float) -> None:
    actor = context.broadcast.person(person)
    asked, time_s = actor.is_asked_to_move(since=context.stage.turning_point)
    assert_that(asked.message, role, f"how {person} is asked to move")
    by_then = actor.so_long_after_connecting(limit_s, give_or_take_s=0.25)
    assert_that(time_s, by_then, f"seconds after being let in by which {person} is to move")


@then("{person:Name} is warned {count:Number} times that the connection ends {limit_s:Seconds} after connecting")
def step_warned(context: World, person: str, count: int, limit_s: float) -> None:
    actor = context.broadcast.person(person)
    ends_s = actor.is_warned_of_the_end(since=context.stage.turning_point)
    expected = contains_exactly(*[actor.so_long_after_connecting(limit_s, give_or_take_s=0.6)] * count)
    what = f"seconds after being let in at which {person}'s connection is to end, by each warning"
    assert_that(ends_s, expected, what)


@then("{person:Name} is disconnected {least_s:Decimal} to {most_s:Seconds} after {since:Moment}")
@judges_time
def step_disconnected_after(
    context: World, person: str, least_s: float, most_s: float, since: Callable[[Person, Observation], float]
) -> None:
    actor = context.broadcast.person(person)
    closed = actor.is_disconnected()
    lasted = Delay.until(closed, since(actor, closed))
    context.stage.stopwatch.insist_on_time(lasted, least_s * 1000, most_s * 1000, f"until {person} is disconnected")


@then("{people:Names} {are:Are} told last, before being disconnected, {words:LastWord}")
def step_told_last(context: World, people: list[str], are: str, words: Matcher[Any]) -> None:
    for name in people:
        assert_that(context.broadcast.person(name).last_word().message, words, f"the last thing that {name} is told")


@given("{person:Name}'s connection is about to break inside the service")
def step_about_to_break(context: World, person: str) -> None:
    actor = context.broadcast.person(person)
    actor.is_judged_at_the_end()
    context.stage.control.order("connection", "crash", times=1, connection_id=actor.connection_id)


@given("{person:Name}'s connection has broken inside the service")
def step_has_broken(context: World, person: str) -> None:
    step_about_to_break(context, person)
    context.broadcast.person(person).sends_heartbeat()
    context.broadcast.person(person).is_disconnected()


@when("the service is shut down")
def step_shut_down(context: World) -> None:
    context.stage.loses_the_service()


@then("{listener:Name} learns of the end when {speaker:Name} was told it would come, or at most {late_s:Seconds} later")
def step_ends_as_told(context: World, listener: str, speaker: str, late_s: float) -> None:
    ended_ms = context.broadcast.listener(listener).learns_of_the_end().message["timestamp"]
    after_s = (ended_ms - context.broadcast.speaker(speaker).created.message["expiresAt"]) / 1000
    assert_that(after_s, lasting(0, late_s), f"how long after the time told to {speaker} the session ended")


# -- falling silent


@given("{people:Names} {have:Has} sent a heartbeat")
def step_has_beaten(context: World, people: list[str], have: str) -> None:
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
