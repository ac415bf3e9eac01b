"""What a speaker learns about the audience: when asking, at intervals, and when it changes."""

from __future__ import annotations

from behave import given, then, when
from hamcrest import assert_that, close_to

from earshot.broadcast import many_listeners
from earshot.broadcast.matchers.audience import counts_audience
from earshot.broadcast.matchers.state import in_state
from earshot.matchers.numbers import between
from features.vocabulary.broadcast import World

# -- asking


@given("{speaker:Name} has asked for the status")
@when("{speaker:Name} asks for the status")
def step_asks_for_status(context: World, speaker: str) -> None:
    context.broadcast.speaker(speaker).asks_for_status()


# -- being told without asking


@given("{speaker:Name} has been told that {count:Number} person is listening")
@given("{speaker:Name} has been told that {count:Number} people are listening")
def step_has_been_told_count(context: World, speaker: str, count: int) -> None:
    context.broadcast.speaker(speaker).becomes_aware_of(count)


@then("{speaker:Name} is told the status because {cause:StatusCause}")
def step_told_status(context: World, speaker: str, cause: str) -> None:
    context.broadcast.speaker(speaker).is_told_status(cause, since=context.stage.turning_point)


@given("{speaker:Name} has been told the regular status")
def step_has_been_told_regularly(context: World, speaker: str) -> None:
    context.broadcast.speaker(speaker).is_told_status("periodic", since=0)


@given("{speaker:Name} has been told nothing for {duration_s:Seconds}")
def step_has_been_told_nothing(context: World, speaker: str, duration_s: float) -> None:
    context.broadcast.speaker(speaker).stays_untold(duration_s, since=len(context.stage.ledger))


@given("{speaker:Name} has been told nothing new for {duration_s:Seconds}")
def step_settles(context: World, speaker: str, duration_s: float) -> None:
    context.broadcast.speaker(speaker).settles(duration_s)


@then("{speaker:Name} is told the regular status {interval_s:Seconds} after the start, give or take {slack_s:Seconds}")
def step_told_after_start(context: World, speaker: str, interval_s: float, slack_s: float) -> None:
    actor = context.broadcast.speaker(speaker)
    status = actor.is_told_status("periodic", since=context.stage.turning_point)
    assert_that((status.at_ns - actor.created.at_ns) / 1e9, close_to(interval_s, slack_s), "seconds after the start")


@then(
    "{speaker:Name} is told the regular status {interval_s:Seconds} after {reason:EarlierStatus}, "
    "give or take {slack_s:Seconds}"
)
def step_told_after_earlier(context: World, speaker: str, interval_s: float, reason: str, slack_s: float) -> None:
    actor = context.broadcast.speaker(speaker)
    earlier = actor.last_status_for(reason)
    status = actor.is_told_status("periodic", since=max(context.stage.turning_point, earlier.number))
    assert_that((status.at_ns - earlier.at_ns) / 1e9, close_to(interval_s, slack_s), "seconds after the earlier status")


# -- what the status says


@then("{speaker:Name} is told that {count:Number} person listens: {audience:Audience}")
@then("{speaker:Name} is told that {count:Number} people listen: {audience:Audience}")
def step_told_audience(context: World, speaker: str, count: int, audience: dict[str, int]) -> None:
    expected = counts_audience(count, audience)
    assert_that(context.broadcast.speaker(speaker).status.message, expected, f"the audience {speaker} is told of")


@then("{speaker:Name} is shown a broadcast that is {state:State}")
def step_shown_state(context: World, speaker: str, state: dict[str, bool | float]) -> None:
    message = context.broadcast.speaker(speaker).status.message
    assert_that(message.get("broadcastState"), in_state(state), f"the state {speaker} is shown")


@then("{speaker:Name} is told that nobody listens")
def step_told_nobody(context: World, speaker: str) -> None:
    expected = counts_audience(0, {})
    assert_that(context.broadcast.speaker(speaker).status.message, expected, f"the audience {speaker} is told of")


@then("{speaker:Name} is told that the session began {span_ms:Span} ago, give or take {slack_ms:Span}")
def step_told_age(context: World, speaker: str, span_ms: int, slack_ms: int) -> None:
    told_s = context.broadcast.speaker(speaker).status.message["sessionDuration"]
    expected = close_to(span_ms / 1000, slack_ms / 1000)
    assert_that(told_s, expected, f"the age of the session in seconds, as {speaker} is told")


@then("{speaker:Name} is told at which moment the status was made")
def step_told_moment_of_status(context: World, speaker: str) -> None:
    actor = context.broadcast.speaker(speaker)
    after_start_ms = actor.status.message["timestamp"] - actor.created.message["timestamp"]
    elapsed_ms = (actor.status.at_ns - actor.created.at_ns) / 1e6
    assert_that(after_start_ms, between(0, elapsed_ms + 1000), "the date of the status, in ms after the start")


@then("{speaker:Name} finds within {patience_s:Seconds} that {count:Number} person listens: {audience:Audience}")
@then("{speaker:Name} finds within {patience_s:Seconds} that {count:Number} people listen: {audience:Audience}")
def step_finds_audience(context: World, speaker: str, patience_s: float, count: int, audience: dict[str, int]) -> None:
    context.broadcast.speaker(speaker).finds_status(counts_audience(count, audience), within_s=patience_s)


# -- the record behind the status


@given("the record of {speaker:Name}'s session says that it began {span_ms:Span} ago")
def step_record_began(context: World, speaker: str, span_ms: int) -> None:
    actor = context.broadcast.speaker(speaker)
    began_ms = actor.created.message["timestamp"] - span_ms
    context.broadcast.recorded.session_gets(actor.session_id, "createdAt", began_ms)


@given("the record of {speaker:Name}'s session says that the volume is {level:Percent}")
def step_record_volume(context: World, speaker: str, level: float) -> None:
    context.broadcast.recorded.session_gets(
        context.broadcast.speaker(speaker).session_id, "broadcastState.volume", level
    )


# -- a large audience


@given("{count:Number} people listen in {language:Language}")
def step_unnamed_listeners_listen(context: World, count: int, language: str) -> None:
    many_listeners.join_at_once(
        context.broadcast.more_listeners(count), context.broadcast.the_speaker().session_id, language
    )


@given("{count:Number} more people have joined in {language:Language}")
@when("{count:Number} more people join in {language:Language}")
@when("{count:Number} more person joins in {language:Language}")
def step_unnamed_listeners_join(context: World, count: int, language: str) -> None:
    session_id = context.broadcast.the_speaker().session_id
    for listener in context.broadcast.more_listeners(count):
        listener.joins(session_id, language)


@when("{count:Number} of them leave")
def step_unnamed_listeners_leave(context: World, count: int) -> None:
    for listener in context.broadcast.unnamed_listeners_present()[:count]:
        listener.leaves()
