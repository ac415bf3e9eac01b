"""What a speaker learns about the audience: when asking, at intervals, and when it changes."""

from __future__ import annotations

from collections.abc import Callable

from behave import given, then, when
from hamcrest import assert_that, close_to

from earshot.broadcast import many_listeners
from earshot.broadcast.matchers.audience import counts_audience
from earshot.broadcast.matchers.state import in_state
from earshot.broadcast.speaker import Speaker
from earshot.ledger import Observation
from earshot.matchers.numbers import between
from earshot.participant import ms_between
from features.vocabulary.broadcast import World

# -- asking


@given("{speaker:Name} has asked for the status")
@when("{speaker:Name} asks for the status")
def step_asks_for_status(context: World, speaker: str) -> None:
    context.broadcast.speaker(speaker).asks_for_status()


# -- being told without asking


@given("{speaker:Name} has been told that {count:People} {are:Are} listening")
def step_has_been_told_count(context: World, speaker: str, count: int, are: str) -> None:
    context.broadcast.speaker(speaker).becomes_aware_of(count)


@then("{speaker:Name} is told the status because {cause:StatusCause}")
def step_told_status(context: World, speaker: str, cause: str) -> None:
    context.broadcast.speaker(speaker).is_told_status(cause, since=context.stage.turning_point)


@given("{speaker:Name} has been told the regular status")
def step_has_been_told_regularly(context: World, speaker: str) -> None:
    context.broadcast.speaker(speaker).is_told_status("periodic", since=0)


@given("{speaker:Name} has been told nothing new for {duration_s:Seconds}")
def step_settles(context: World, speaker: str, duration_s: float) -> None:
    context.broadcast.speaker(speaker).settles(duration_s)


@then(
    "{speaker:Name} is told the regular status {interval_s:Seconds} after {earlier:EarlierMoment}, "
    "give or take {slack_s:Seconds}"
)
def step_told_after(
    context: World, speaker: str, interval_s: float, earlier: Callable[[Speaker], Observation], slack_s: float
) -> None:
    actor, began = context.broadcast.speaker(speaker), earlier(context.broadcast.speaker(speaker))
    status = actor.is_told_status("periodic", since=max(context.stage.turning_point, began.number))
    assert_that(ms_between(began, status) / 1000, close_to(interval_s, slack_s), "after how many seconds it came")


# -- what the status says


@then("{speaker:Name} is shown a broadcast that is {state:State}")
def step_shown_state(context: World, speaker: str, state: dict[str, bool | float]) -> None:
    message = context.broadcast.speaker(speaker).status.message
    assert_that(message.get("broadcastState"), in_state(state), f"the state {speaker} is shown")


@then("{speaker:Name} is told at which moment the status was made")
def step_told_moment_of_status(context: World, speaker: str) -> None:
    actor = context.broadcast.speaker(speaker)
    moment = between(actor.created.message["timestamp"], actor.latest_date_of(actor.status))
    assert_that(actor.status.message["timestamp"], moment, "the date of the status, by the service's clock")


@given("{speaker:Name} has found within {limit_s:Seconds} that {count:People} {listen:Listen}: {audience:Audience}")
@then("{speaker:Name} finds within {limit_s:Seconds} that {count:People} {listen:Listen}: {audience:Audience}")
def step_finds_audience(
    context: World, speaker: str, limit_s: float, count: int, listen: str, audience: dict[str, int]
) -> None:
    context.broadcast.speaker(speaker).finds_status(counts_audience(count, audience), within_s=limit_s)


# -- the record behind the status


@given("the record of {speaker:Name}'s session says that it began {span_ms:Span} ago")
def step_record_began(context: World, speaker: str, span_ms: int) -> None:
    actor = context.broadcast.speaker(speaker)
    began_ms = actor.created.message["timestamp"] - span_ms
    context.broadcast.recorded.session_gets(actor.session_id, "createdAt", began_ms)


# -- a large audience


@given("{count:Number} people listen in {language:Language}")
def step_unnamed_listeners_listen(context: World, count: int, language: str) -> None:
    many_listeners.join_at_once(
        context.broadcast.more_listeners(count), context.broadcast.the_speaker().session_id, language
    )


@given("{count:More} {have:Has} joined in {language:Language}")
def step_guests_have_joined(context: World, count: int, have: str, language: str) -> None:
    session_id = context.broadcast.the_speaker().session_id
    many_listeners.join_in_turn(context.broadcast.more_listeners(count), session_id, language)


@when("{count:More} {join:Join} in {language:Language}")
def step_guests_join(context: World, count: int, join: str, language: str) -> None:
    session_id = context.broadcast.the_speaker().session_id
    many_listeners.join_in_turn(context.broadcast.more_listeners(count), session_id, language)


@when("{count:Number} of them leave")
def step_unnamed_listeners_leave(context: World, count: int) -> None:
    for listener in context.broadcast.unnamed_listeners_present()[:count]:
        listener.leaves()
