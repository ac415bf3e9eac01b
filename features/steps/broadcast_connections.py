"""Connections: moving to a new one, growing too old for one, falling silent on one."""

from behave import given, then, when
from hamcrest import assert_that, close_to, contains_exactly, equal_to, greater_than_or_equal_to, has_entries

from earshot.broadcast.heartbeats import keep_sending, keep_sending_until_disconnected
from earshot.broadcast.matchers.state import in_state
from earshot.failures import Inconclusive
from earshot.matchers.loudness import ends_with_sound_at
from earshot.matchers.moments import lasting
from earshot.patience import comes_to

# -- moving


@given("{people:Names} has moved to a new connection")
@when("{people:Names} moves to a new connection")
def step_moves(context, people):
    for name in people:
        context.stage.person(name).moves_to_a_new_connection()


@when("{person:Name} closes the old connection")
def step_closes_old(context, person):
    context.stage.person(person).closes_the_old_connection()


@given("{people:Names} has moved to a new connection and closed the old one")
@given("{people:Names} have moved to a new connection and closed the old one")
def step_moves_and_closes_old(context, people):
    for name in people:
        context.stage.person(name).moves_to_a_new_connection()
        context.stage.person(name).closes_the_old_connection()


@when("{person:Name} tries to move to a new connection")
def step_tries_to_move(context, person):
    context.stage.person(person).tries_to_move()


@when("{person:Name} tries to take over the session of {speaker:Name}")
def step_tries_to_take_over(context, person, speaker):
    context.stage.speaker(person).tries_to_take_over(context.stage.speaker(speaker).session_id)


@given("{person:Name} has tried in vain to take over the session of {speaker:Name}")
def step_has_tried_to_take_over(context, person, speaker):
    step_tries_to_take_over(context, person, speaker)
    context.stage.speaker(person).refusal()


@when('{person:Name} tries to take over the session "{session_id:Quoted}"')
def step_tries_to_take_over_session(context, person, session_id):
    context.stage.speaker(person).tries_to_take_over(session_id)


@when("{person:Name} tries to take over the session of {speaker:Name} {papers:Papers}")
def step_tries_to_take_over_with(context, person, speaker, papers):
    context.stage.intruder(person).tries_to_take_over_with(papers, context.stage.speaker(speaker).session_id)


@then("{speaker:Name} is told first that the move is complete")
def step_speaker_has_moved(context, speaker):
    first = context.stage.speaker(speaker).received()[0]
    expected = has_entries(
        type="connectionRefreshComplete", sessionId=context.stage.speaker(speaker).session_id, role="speaker"
    )
    assert_that(first.message, expected, f"the first thing {speaker} is told on the new connection")


@then("{listener:Name} is told first that the move from {source:Language} to {target:Language} is complete")
def step_listener_has_moved(context, listener, source, target):
    first = context.stage.listener(listener).received()[0]
    expected = has_entries(
        type="connectionRefreshComplete",
        sessionId=context.stage.the_speaker().session_id,
        role="listener",
        sourceLanguage=source,
        targetLanguage=target,
    )
    assert_that(first.message, expected, f"the first thing {listener} is told on the new connection")


@then("{speaker:Name} is told on the new connection that the broadcast is {state:State}")
def step_told_restored_state(context, speaker, state):
    restored = context.stage.speaker(speaker).is_told("stateRestored", since=context.stage.turning_point).message
    assert_that(restored, in_state(state), f"the broadcast that {speaker} finds on the new connection")


@then("the recogniser hears {speaker:Name} at {level:Percent} volume")
def step_recogniser_hears(context, speaker, level):
    sent = context.stage.speaker(speaker).sound_sent(since=context.stage.turning_point)
    comes_to(
        context.stage.recogniser(speaker).heard,
        ends_with_sound_at(level, sent),
        f"what the recogniser hears of {speaker}",
    )


# -- staying and growing old


@given("{people:Names} has been connected for {age_s:Seconds}")
@given("{people:Names} have been connected for {age_s:Seconds}")
def step_connected_for(context, people, age_s):
    for name in people:
        context.stage.person(name).grows_old(age_s)


@then("{people:Names} is still connected")
@then("{people:Names} are still connected")
def step_still_connected(context, people):
    for name in people:
        context.stage.person(name).stays_connected(0)


@then("{people:Names} is still connected {for_s:Seconds} later")
@then("{people:Names} are still connected {for_s:Seconds} later")
def step_still_connected_later(context, people, for_s):
    context.stage.person(people[0]).stays_connected(for_s)
    for name in people[1:]:
        context.stage.person(name).stays_connected(0)


@then("{people:Names} are asked to move to a new connection")
def step_asked_to_move(context, people):
    for name in people:
        context.stage.person(name).is_told("connectionRefreshRequired", since=context.stage.turning_point)


@given("{person:Name} has been asked, after a heartbeat, to move to a new connection")
def step_has_been_asked_to_move(context, person):
    answer = context.stage.person(person).beats()
    context.stage.person(person).is_told("connectionRefreshRequired", since=answer.number)


@then("{people:Names} is not asked to move to a new connection")
def step_not_asked_to_move(context, people):
    since = context.stage.turning_point
    for name in people:
        asked = context.stage.person(name).told_before_now("connectionRefreshRequired", since=since)
        assert_that(len(asked), equal_to(0), f"how often {name} is asked to move to a new connection")


@then("{people:Names} are not asked to move before their connections are {age_s:Seconds} old")
def step_not_asked_to_move_before(context, people, age_s):
    for name in people:
        person = context.stage.person(name)
        for asked in person.told_before_now("connectionRefreshRequired", since=context.stage.turning_point):
            old = greater_than_or_equal_to(age_s)
            assert_that(person.connected_for_s(until=asked), old, f"after how many seconds {name} is asked to move")
            raise Inconclusive(f"this machine is too busy for a heartbeat within {age_s:g} s of connecting")


@then("{speaker:Name} is asked, as the speaker, to move within {limit_s:Seconds} of connecting")
def step_speaker_asked_to_move_within(context, speaker, limit_s):
    asked, time_s = context.stage.speaker(speaker).is_asked_to_move(since=context.stage.turning_point)
    assert_that(asked.message, has_entries(role="speaker"), f"how {speaker} is asked to move")
    assert_that(time_s, close_to(limit_s, 0.25), f"seconds after connecting by which {speaker} is to move")


@then("{listener:Name} is asked, as a listener in {language:Language}, to move within {limit_s:Seconds} of connecting")
def step_listener_asked_to_move_within(context, listener, language, limit_s):
    asked, time_s = context.stage.listener(listener).is_asked_to_move(since=context.stage.turning_point)
    expected = has_entries(role="listener", targetLanguage=language)
    assert_that(asked.message, expected, f"how {listener} is asked to move")
    assert_that(time_s, close_to(limit_s, 0.25), f"seconds after connecting by which {listener} is to move")


@when("{person:Name} sends a heartbeat {count:Number} times")
def step_heartbeats(context, person, count):
    for _ in range(count):
        context.stage.person(person).beats()


@then("{person:Name} is warned {count:Number} times that the connection ends {limit_s:Seconds} after connecting")
def step_warned(context, person, count, limit_s):
    ends_s = context.stage.person(person).is_warned_of_the_end(since=context.stage.turning_point)
    expected = contains_exactly(*[close_to(limit_s, 0.6)] * count)
    assert_that(ends_s, expected, f"seconds after connecting at which {person}'s connection is to end, by each warning")


@then("{people:Names} are not warned that the connection will end")
def step_not_warned(context, people):
    since = context.stage.turning_point
    for name in people:
        warnings = context.stage.person(name).told_before_now("connectionWarning", since=since)
        assert_that(len(warnings), equal_to(0), f"how often {name} is warned that the connection will end")


@then("{person:Name} is disconnected {least_s:Decimal} to {most_s:Seconds} after connecting")
def step_disconnected_by_age(context, person, least_s, most_s):
    closed = context.stage.person(person).is_disconnected()
    lasted_s = context.stage.person(person).connected_for_s(closed)
    assert_that(lasted_s, lasting(least_s, most_s), f"how long {person}'s connection lasted")


@then("{person:Name} may come back")
def step_may_come_back(context, person):
    closed = context.stage.person(person).is_disconnected()
    assert_that(closed.code, equal_to(MAY_COME_BACK), f"the code with which the service closed {person}'s connection")


@then("{people:Names} need not come back")
def step_need_not_come_back(context, people):
    for name in people:
        closed = context.stage.person(name).is_disconnected()
        assert_that(closed.code, equal_to(NEED_NOT_COME_BACK), f"the code with which {name}'s connection was closed")


@then("{listeners:Names} is told last, before being disconnected, that the session has ended")
@then("{listeners:Names} are told last, before being disconnected, that the session has ended")
def step_told_last_of_end(context, listeners):
    for name in listeners:
        last = context.stage.listener(name).last_word()
        assert_that(last.type, equal_to("sessionEnded"), f"the last thing that {name} is told")


@given("{person:Name}'s connection is about to break inside the service")
def step_about_to_break(context, person):
    actor = context.stage.person(person)
    actor.is_judged_at_the_end()
    context.stage.control.order("connection", "crash", times=1, connection_id=actor.connection_id)


@given("{person:Name}'s connection has broken inside the service")
def step_has_broken(context, person):
    step_about_to_break(context, person)
    context.stage.person(person).sends_heartbeat()
    step_disconnected_by_failure(context, person)


@then("{person:Name} is disconnected because the service failed")
def step_disconnected_by_failure(context, person):
    closed = context.stage.person(person).is_disconnected()
    assert_that(closed.code, equal_to(SERVICE_FAILED), f"the code with which {person}'s connection was closed")


@when("the service is shut down")
def step_shut_down(context):
    context.stage.loses_the_service()


@then("{listener:Name} learns of the end when {speaker:Name} was told it would come, or at most {late_s:Seconds} later")
def step_ends_as_told(context, listener, speaker, late_s):
    ended_ms = context.stage.listener(listener).learns_of_the_end().message["timestamp"]
    after_s = (ended_ms - context.stage.speaker(speaker).created.message["expiresAt"]) / 1000
    assert_that(after_s, lasting(0, late_s), f"how long after the time told to {speaker} the session ended")


# -- falling silent


@given("{people:Names} has sent a heartbeat")
def step_has_beaten(context, people):
    for name in people:
        context.stage.person(name).beats()


@given("{person:Name} has sent a heartbeat every {every_s:Seconds} until {other:Name} was disconnected")
@when("{person:Name} sends a heartbeat every {every_s:Seconds} until {other:Name} is disconnected")
def step_keeps_beating_until(context, person, every_s, other):
    keep_sending_until_disconnected(context.stage.person(person), context.stage.person(other), every_s=every_s)


@when("{people:Names} send a heartbeat every {every_s:Seconds} for {for_s:Seconds}")
def step_keeps_beating(context, people, every_s, for_s):
    keep_sending([context.stage.person(name) for name in people], every_s=every_s, for_s=for_s)


@when("nothing comes from {people:Names} for {silence_s:Seconds}")
def step_nothing_comes(context, people, silence_s):
    for name in people:
        context.stage.person(name).is_silent_for(silence_s)


@when("{speaker:Name}'s live microphone picks up {sound:Sound} for {duration_s:Seconds}")
def step_picks_up_live(context, speaker, sound, duration_s):
    context.stage.speaker(speaker).sends_live(sound(duration_s))


@then("{person:Name} is disconnected after {least_s:Decimal} to {most_s:Seconds} of silence")
def step_disconnected_by_silence(context, person, least_s, most_s):
    closed = context.stage.person(person).is_disconnected()
    silent_s = context.stage.person(person).silent_for_s(closed)
    assert_that(silent_s, lasting(least_s, most_s), f"how long {person} had been silent when disconnected")


@then("{person:Name} is told last, before being disconnected, of {silence_s:Seconds} of silence")
def step_told_of_silence(context, person, silence_s):
    last = context.stage.person(person).last_word()
    expected = has_entries(type="connectionTimeout", reason="idle", idleSeconds=int(silence_s))
    assert_that(last.message, expected, f"the last thing {person} is told")


@then("{person:Name} is told last, before being disconnected, of {silence_s:Seconds} without heartbeats")
def step_told_of_missing_heartbeats(context, person, silence_s):
    last = context.stage.person(person).last_word()
    expected = has_entries(type="connectionTimeout", reason="noHeartbeat", idleSeconds=int(silence_s))
    assert_that(last.message, expected, f"the last thing {person} is told")


NEED_NOT_COME_BACK = 1000
MAY_COME_BACK = 1001
SERVICE_FAILED = 1011
"""A client connects again after the last two codes, but not after the first (sheet 3.5)."""
