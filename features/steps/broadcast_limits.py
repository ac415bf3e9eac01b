"""Limits: how many sessions and listeners, how often, how fast, and what happens beyond."""

from behave import given, then, when
from hamcrest import (
    all_of,
    assert_that,
    close_to,
    contains_string,
    equal_to,
    has_entries,
    has_entry,
    has_item,
    has_length,
)

from earshot.broadcast.figures import AUDIO_VIOLATIONS
from earshot.broadcast.matchers.rates import all_granted, granted_up_to, passed_on_then_dropped, refused_up_to
from earshot.matchers.numbers import between
from earshot.patience import comes_to

# -- how many sessions and listeners


@given("{speaker:Name} has started a {nth:Ordinal} broadcast")
@when("{speaker:Name} starts a {nth:Ordinal} broadcast")
def step_starts_another(context, speaker, nth):
    context.stage.speaker(speaker, device=nth).starts_broadcasting("en")


@when("{speaker:Name} tries to start a {nth:Ordinal} broadcast")
def step_tries_another(context, speaker, nth):
    context.stage.speaker(speaker, device=nth).tries_to_broadcast("en")


@given("{speaker:Name} has been refused a {nth:Ordinal} broadcast")
def step_refused_another(context, speaker, nth):
    step_tries_another(context, speaker, nth)
    refusal = context.stage.speaker(speaker, device=nth).refusal()
    assert_that(refusal, context.stage.refused_with("MAX_SESSIONS_EXCEEDED"), f"how {speaker} was refused")


@when("{speaker:Name} tries to start a {nth:Ordinal} broadcast in {language:Language}")
def step_tries_another_in(context, speaker, nth, language):
    context.stage.speaker(speaker, device=nth).tries_to_broadcast(language)


@then("{speaker:Name} is told the name of the {nth:Ordinal} session")
def step_told_nth_name(context, speaker, nth):
    names = {context.stage.speaker(speaker, device=number).session_id for number in range(1, nth + 1)}
    assert_that(names, all_of(has_length(nth)), f"the different names of {speaker}'s {nth} sessions")


@then("{speaker:Name} can start a broadcast again within {limit_s:Seconds}")
def step_can_start_within(context, speaker, limit_s):
    context.stage.speaker(speaker).starts_broadcasting_once_free("en", within_s=limit_s)


@when("{listener:Name} joins in {language:Language} once there is room")
def step_joins_once_free(context, listener, language):
    session_id = context.stage.the_speaker().session_id
    context.stage.listener(listener).joins_once_free(session_id, language, within_s=3)


@when("{listener:Name} joins the session of {speaker:Name} in {language:Language}")
def step_joins_session_of(context, listener, speaker, language):
    context.stage.listener(listener).joins(context.stage.speaker(speaker).session_id, language)


@given("{listener:Name} has been turned away from the full session")
def step_turned_away(context, listener):
    actor = context.stage.listener(listener)
    actor.tries_to_join(context.stage.the_speaker().session_id, "de")
    assert_that(actor.refusal(), context.stage.refused_with("SESSION_FULL"), f"how {listener} was refused")


@then("{listener:Name} is let in")
def step_let_in(context, listener):
    welcome = context.stage.listener(listener).welcome.message
    assert_that(welcome, has_entry("sessionId", context.stage.the_speaker().session_id), f"{listener}'s welcome")


@then("{listener:Name} is let in as listener number {count:Number}")
def step_let_in_as(context, listener, count):
    welcome = context.stage.listener(listener).welcome.message
    assert_that(welcome, has_entry("listenerCount", count), f"{listener}'s welcome")


@then("{listener:Name} is told that at most {count:Number} may listen")
def step_told_capacity(context, listener, count):
    details = context.stage.person(listener).refusal().details
    expected = has_entries(maxListeners=count, sessionId=context.stage.the_speaker().session_id)
    assert_that(details, expected, f"the details of {listener}'s refusal")


# -- how often


@given("{person:Name} has tried {count:Number} times in a row to {act:Act}")
def step_has_asked_often(context, person, count, act):
    actor = context.stage.person(person)
    actor.tries_at_once([act] * count, within_s=5)
    assert_that(actor.refusals(), all_granted(), f"what came of {person}'s {count} requests")


@when("{person:Name} tries {count:Number} times within a second to {act:Act}")
def step_asks_often(context, person, count, act):
    context.stage.person(person).tries_at_once([act] * count)


@when("{person:Name} tries within a second {count:Number} times to {act:Act} and then to {other:Act}")
def step_asks_often_and_then(context, person, count, act, other):
    context.stage.person(person).tries_at_once([act] * count + [other])


@then("all of {person:Name}'s requests are granted")
def step_all_granted(context, person):
    assert_that(context.stage.person(person).refusals(), all_granted(), f"what came of {person}'s requests")


@then("the first {count:Number} of {person:Name}'s requests are granted and the rest refused because {code:Reason}")
def step_first_granted(context, count, person, code):
    expected = granted_up_to(count, context.stage.refused_with(code))
    assert_that(context.stage.person(person).refusals(), expected, f"what came of {person}'s requests")


@then(
    "the first {count:Number} of {person:Name}'s requests are refused because {first:Reason} "
    "and the rest because {rest:Reason}"
)
def step_first_refused(context, count, person, first, rest):
    expected = refused_up_to(count, context.stage.refused_with(first), context.stage.refused_with(rest))
    assert_that(context.stage.person(person).refusals(), expected, f"what came of {person}'s requests")


@then("the last thing {listener:Name} is told is that {news:News}")
def step_last_told(context, listener, news):
    actor = context.stage.listener(listener)
    actor.catches_up()
    told = [o.type for o in actor.received() if o.type != "heartbeatAck"]
    assert_that(told[-1], equal_to(news), f"the last thing {listener} is told")


@then("{person:Name} is told to come back within {limit_s:Seconds}")
def step_told_when(context, person, limit_s):
    details = context.stage.person(person).refusal().details
    assert_that(details, has_entry("retryAfter", between(1, limit_s)), f"the details of {person}'s refusal")


@given("{listener:Name} has joined and left {count:Number} times")
def step_joined_and_left(context, listener, count):
    actor, session_id = context.stage.listener(listener), context.stage.the_speaker().session_id
    for _ in range(count):
        actor.joins(session_id, "es")
        actor.leaves()


@given("{listener:Name} has mistyped the name of the session {count:Number} times")
def step_mistyped(context, listener, count):
    actor = context.stage.listener(listener)
    for _ in range(count):
        actor.tries_to_join("gentle harbour", "es")
        assert_that(actor.refusal(), context.stage.refused_with("INVALID_SESSION_ID"), f"how {listener} was refused")


@given("{speaker:Name} has opened and ended {count:Number} broadcast")
@given("{speaker:Name} has opened and ended {count:Number} broadcasts")
def step_opened_and_ended(context, speaker, count):
    actor = context.stage.speaker(speaker)
    for _ in range(count):
        actor.starts_broadcasting("en")
        actor.ends_the_session()


@given("{person:Name} shares a network address with {other:Name}")
def step_shares_address(context, person, other):
    stage = context.stage
    stage.listener(person).address = stage.listener(other).address


@given("a second has passed since")
def step_second_passed(context):
    context.stage.lets_pass(1.0)


@when("{person:Name} sends {count:Number} heartbeats")
def step_sends_heartbeats(context, person, count):
    context.stage.person(person).sends_heartbeats(count)


# -- what is counted


@then("{person:Name}'s {rate:Rate} is counted {count:Number} time in a window of {window_s:Number} seconds")
@then("{person:Name}'s {rate:Rate} is counted {count:Number} times in a window of {window_s:Number} seconds")
def step_counted(context, person, rate, count, window_s):
    actor = context.stage.person(person)
    records = context.stage.records
    records.rate_comes_to(actor.counted_as(rate), has_entry("count", count))
    found = records.rate(actor.counted_as(rate))
    now_ms = actor.received()[0].message["timestamp"]
    assert_that(found["windowStart"], between(now_ms - 10_000, now_ms + 10_000), "when the window began")
    kept_s = found["expiresAt"] - found["windowStart"] / 1000
    assert_that(kept_s, close_to(window_s + 3600, 1), "how long the count is kept, in seconds")


@given("{count:Number} of {person:Name}'s {rate:Rate}s are on record")
def step_counts_on_record(context, count, person, rate):
    context.stage.records.rate_gets(context.stage.person(person).counted_as(rate), "count", count)


@given("the window of {person:Name}'s {rate:Rate}s is over")
def step_window_over(context, person, rate):
    identifier = context.stage.person(person).counted_as(rate)
    start_ms = context.stage.records.rate(identifier)["windowStart"]
    context.stage.records.rate_gets(identifier, "windowStart", start_ms - 3_601_000)


@then("the log warns of a {rate:Rate} that could not be counted")
def step_logged_uncounted(context, rate):
    comes_to(
        lambda: [entry.operation for entry in context.stage.log(level="WARNING")],
        has_item(contains_string(rate)),
        "what the log warns of",
    )


# -- how fast audio may come


@given("{speaker:Name} has sent {count:Number} pieces of audio at once")
@when("{speaker:Name} sends {count:Number} pieces of audio at once")
def step_sends_burst(context, speaker, count):
    context.stage.speaker(speaker).sends_burst(count)


@when(
    "{speaker:Name} sends {count:Number} pieces at {first:Number}, {second:Number} and {third:Number} ms of the clock"
)
def step_sends_bursts(context, speaker, count, first, second, third):
    context.stage.speaker(speaker).sends_bursts(count, [first / 1000, second / 1000, third / 1000])


@given("{speaker:Name} has sent {rate:Number} pieces of audio a second for {duration_s:Seconds}")
@when("{speaker:Name} sends {rate:Number} pieces of audio a second for {duration_s:Seconds}")
def step_sends_at_rate(context, speaker, rate, duration_s):
    context.stage.speaker(speaker).sends_at_rate(rate, duration_s)


@then("{passed_on:Number} pieces are passed on and {dropped:Number} dropped because they are too many")
def step_fate_of_burst(context, passed_on, dropped):
    burst = context.stage.the_speaker().bursts[-1]
    assert_that(burst, passed_on_then_dropped(passed_on, dropped), "what became of the pieces")


@then("the {nth:Ordinal} {count:Number} pieces are passed on")
def step_burst_passed_on(context, nth, count):
    burst = context.stage.the_speaker().bursts[nth - 1]
    assert_that(burst, passed_on_then_dropped(count, 0), f"what became of burst {nth}")


@then("the {nth:Ordinal} {count:Number} pieces are dropped because they are too many")
def step_burst_dropped(context, nth, count):
    burst = context.stage.the_speaker().bursts[nth - 1]
    assert_that(burst, passed_on_then_dropped(0, count), f"what became of burst {nth}")


@then("{speaker:Name}'s {count:Number} pieces are passed on")
def step_pieces_passed_on(context, speaker, count):
    burst = context.stage.speaker(speaker).bursts[-1]
    assert_that(burst, passed_on_then_dropped(count, 0), f"what became of {speaker}'s pieces")


@then("{count:Number} violations of the audio rate are counted for the session of {speaker:Name}")
def step_violations_counted(context, count, speaker):
    session_id = context.stage.speaker(speaker).session_id
    context.stage.bookkeeping.count_comes_to(count, AUDIO_VIOLATIONS, session_id)


@then("{speaker:Name} is warned about too much audio {count:Number} time")
@then("{speaker:Name} is warned about too much audio {count:Number} times")
def step_warned(context, speaker, count):
    warnings = context.stage.speaker(speaker).warnings_of_rate()
    assert_that(len(warnings), equal_to(count), f"how many warnings about too much audio {speaker} got")


@then("{speaker:Name} is not warned about too much audio")
def step_not_warned(context, speaker):
    step_warned(context, speaker, 0)


@then("the warning gives {limit:Number} pieces a second as the limit, and how many were dropped by then")
def step_warning_says(context, limit):
    actor = context.stage.the_speaker()
    [warning] = actor.warnings_of_rate()
    dropped = actor.dropped_before(warning)
    expected = has_entries(
        limit=limit, windowSeconds=1, violationSeconds=between(1, 2), droppedChunks=between(dropped, dropped + 1)
    )
    assert_that(warning.message, expected, "what the warning says")


@then("{speaker:Name} is disconnected because of too much audio")
def step_disconnected_for_rate(context, speaker):
    closed = context.stage.speaker(speaker).is_disconnected()
    assert_that(closed.code, equal_to(1008), f"the code with which {speaker}'s connection was closed")
