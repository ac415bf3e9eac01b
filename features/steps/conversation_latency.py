"""Conversations: how long they take."""

from __future__ import annotations

import json
from collections.abc import Sequence

from behave import given, then, when
from hamcrest import assert_that, equal_to

from earshot.conversation.matchers import reports
from earshot.conversation.planned import Stream
from earshot.conversation.timed import TIMED
from earshot.conversation.turns import SESSION_KNOWN
from earshot.evidence.budgets import of
from earshot.evidence.timings import timings
from earshot.systems import kinds_of_timings
from features.vocabulary.conversation import FLAWED_PIECES, NONSENSE, QUESTIONS, World

CONVERSATION = TIMED["conversations have their answer"]
BLOCKED = "What is a flumperdinck?"
FAILURES = (("recogniser.feed", "fail"), ("assistant", "fail"), ("assistant", "crash"), ("store", "fail"))

# -- what is timed


@when("{count:Number} people name their sessions {other:Meanwhile}")
def step_many_name(context: World, count: int, other: str | None) -> None:
    context.stage.stopwatch.times(lambda: context.conversation.name_sessions(count, meanwhile=other))


@when("{person:Name} sends {stream:Stream}")
def step_sends_pieces(context: World, person: str, stream: Stream) -> None:
    context.stage.stopwatch.times(lambda: context.conversation.streams(person, stream))


@when("{count:Number} people send a piece of audio each")
def step_many_send_a_piece(context: World, count: int) -> None:
    context.stage.stopwatch.times(lambda: context.conversation.send_a_piece_each(count))


@when("{person:Name} asks {things:Things} and is timed")
def step_asks_things(context: World, person: str, things: Sequence[Sequence[str]]) -> None:
    user = context.conversation.user(person)
    context.stage.stopwatch.times(lambda: user.asks_in_turn(things))


@when("{person:Name}'s next {count:Number} turns are blocked")
def step_blocked_turns(context: World, person: str, count: int) -> None:
    context.stage.stopwatch.times(lambda: context.conversation.is_blocked(person, BLOCKED, count))


@when("{count:Number} people come one after the other, say half a second of something and are answered")
def step_come_and_go(context: World, count: int) -> None:
    context.stage.stopwatch.times(
        lambda: context.conversation.planned.come_and_go(context.conversation.more_users(count))
    )


@when("each of them asks 3 different things")
def step_each_asks_three(context: World) -> None:
    users, planned = context.conversation.users(), context.conversation.planned
    context.stage.stopwatch.times(lambda: planned.ask_different_things(users, QUESTIONS, times=3))


# -- trouble beforehand


@given("{people:Names} {have:Has} ended a turn and {are:Are} not answered yet")
def step_ended_unanswered(context: World, people: list[str], have: str, are: str) -> None:
    for name in people:
        context.conversation.user(name).asks_in_vain(QUESTIONS[0])
    context.stage.control.await_strikes()


@given("{person:Name} has sent every message and every piece that is refused")
def step_sent_everything_refused(context: World, person: str) -> None:
    user = context.conversation.user(person)
    for frame in [*FLAWED_PIECES.values(), *NONSENSE.values()]:
        user.tries(frame)
        user.complaint()


@given("{person:Name} has lived through failures of recognition, assistant and storage")
def step_lived_through_failures(context: World, person: str) -> None:
    user = context.conversation.user(person)
    for place, effect in FAILURES:
        context.stage.control.order(place, effect, times=1, session_id=user.session_id)
        user.excuses(user.over(user.asks(QUESTIONS[0])))
    context.stage.control.await_strikes()
    context.stage.control.call_off_ours()


# -- what was found


@then("each of them had a session of their own")
def step_own_sessions(context: World) -> None:
    known = [o.message["session_id"] for o in context.stage.since_turn() if o.type == SESSION_KNOWN]
    assert_that(len(set(known)), equal_to(len(known)), f"how many different sessions {len(known)} people had")


@then("the timings are reported by kind, each beside its limit")
def step_reported_by_kind(context: World) -> None:
    judged = context.stage.stopwatch.judged
    report = json.loads(json.dumps(timings([of(each) for each in judged])))
    assert_that(report, reports(len(judged), kinds_of_timings()), "the report of the timings")
