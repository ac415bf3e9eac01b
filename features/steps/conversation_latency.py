"""Conversations: how long they take."""

from __future__ import annotations

import json

from behave import given, then, when
from hamcrest import (
    assert_that,
    equal_to,
    greater_than,
    has_entries,
    has_length,
    instance_of,
    less_than_or_equal_to,
    only_contains,
)

from earshot.audio import signals
from earshot.conversation.matchers import answered, words
from earshot.conversation.timed import TIMED
from earshot.conversation.turns import SESSION_KNOWN
from earshot.conversation.user import User
from earshot.evidence.budgets import of
from earshot.evidence.timings import timings
from earshot.measure.budget import Budget
from earshot.systems import kinds_of_timings
from features.vocabulary.conversation import FLAWED_PIECES, NONSENSE, QUESTIONS, World

NAMED_EVERY_MS = 15.0
STREAMED_EVERY_MS = 20.0
PIECE_MS = 100
LONG = 16
"""So many sentences in one turn are half a minute of speech."""
CONVERSATION = TIMED["conversations have their answer"]
BLOCKED = "What is a flumperdinck?"
A_SOUND = signals.tone(440, 0.1, amplitude=0.1)
FIGURES = {"min", "median", "average", "p95", "p99", "max", "deviation"}

# -- what is timed


@when("{count:Number} people name their sessions one after the other")
def step_many_name(context: World, count: int) -> None:
    context.stage.stopwatch.times(
        lambda: context.conversation.planned.name_sessions(
            context.conversation.more_users(count), every_ms=NAMED_EVERY_MS
        )
    )


@when("{person:Name}'s page streams {count:Number} pieces of {piece_ms:Number} ms, one every {every_ms:Number} ms")
def step_page_streams(context: World, person: str, count: int, piece_ms: int, every_ms: int) -> None:
    page, planned = context.conversation.browser(person), context.conversation.planned
    context.stage.stopwatch.times(lambda: planned.stream([page], count, piece_ms=piece_ms, every_ms=every_ms))


@when("{person:Name} sends {count:Number} pieces of audio")
def step_sends_pieces(context: World, person: str, count: int) -> None:
    user = context.conversation.user(person)
    context.stage.stopwatch.times(lambda: _stream(context, user, count))


@when("{person:Name} sends {count:Number} pieces of audio while a long turn of {other:Name}'s is worked on")
def step_sends_while_long_turn(context: World, person: str, count: int, other: str) -> None:
    user, talker = context.conversation.user(person), context.conversation.user(other)

    def act() -> None:
        _says_everything(context, talker)
        _stream(context, user, count)

    context.stage.stopwatch.times(act)


@when("{count:Number} people name their sessions while a long turn of {other:Name}'s is worked on")
def step_name_while_long_turn(context: World, count: int, other: str) -> None:

    def act() -> None:
        users = context.conversation.more_users(count)
        for user in users:
            user.connects()
        _says_everything(context, context.conversation.user(other))
        context.conversation.planned.name_sessions(users, every_ms=NAMED_EVERY_MS)

    context.stage.stopwatch.times(act)


def _stream(context: World, user: User, count: int) -> None:
    context.conversation.planned.stream([user], count, piece_ms=PIECE_MS, every_ms=STREAMED_EVERY_MS)


def _says_everything(context: World, user: User) -> None:
    user.asks(*(clip.text for clip in context.stage.samples.prompts("en")[:LONG]))


@when("{person:Name} asks 10 different things, each after the answer to the one before")
def step_asks_ten_in_turn(context: World, person: str) -> None:
    user = context.conversation.user(person)

    def act() -> None:
        for question in QUESTIONS:
            user.answer(user.asks(question))

    context.stage.stopwatch.times(act)


@when("{person:Name} asks {things:Things} in one turn")
def step_asks_things(context: World, person: str, things: int) -> None:
    user = context.conversation.user(person)
    context.stage.stopwatch.times(lambda: user.answer(user.asks(*QUESTIONS[:things])))


@when('{person:Name} asks "{text:Quoted}" and is timed')
def step_asks_timed(context: World, person: str, text: str) -> None:
    user = context.conversation.user(person)
    context.stage.stopwatch.times(lambda: user.answer(user.asks(text)))


@when("{person:Name}'s next {count:Number} turns are blocked")
def step_blocked_turns(context: World, person: str, count: int) -> None:
    user = context.conversation.user(person)

    def act() -> None:
        context.stage.control.order(
            "recogniser", "understand-next", session_id=user.session_id, texts=[BLOCKED] * count
        )
        for _ in range(count):
            user.sounds(A_SOUND, "a sound")
            user.answer(user.ends_turn())

    context.stage.stopwatch.times(act)


@when("{count:Number} people come one after the other, say half a second of something and are answered")
def step_come_and_go(context: World, count: int) -> None:

    def act() -> None:
        for user in context.conversation.more_users(count):
            user.begins()
            user.sounds(signals.noise(0.5, sigma=0.02), "half a second of something")
            context.stage.surprises.claim(user.over(user.ends_turn()).result)

    context.stage.stopwatch.times(act)


@given("{count:Number} people are in conversations")
def step_many_in_conversations(context: World, count: int) -> None:
    for user in context.conversation.more_users(count):
        user.begins()


@when("each of them asks 3 different things")
def step_each_asks_three(context: World) -> None:
    users = context.conversation.users()

    def act() -> None:
        for number in range(3):
            context.conversation.planned.ask({user: _question(place, number) for place, user in enumerate(users)})

    context.stage.stopwatch.times(act)


def _question(place: int, number: int) -> str:
    """Return what somebody asks at this place: something else than everybody else at that moment."""
    return QUESTIONS[(place + 3 * number) % len(QUESTIONS)]


# -- trouble beforehand


@given("{people:Names} have ended a turn and are not answered yet")
def step_ended_unanswered(context: World, people: list[str]) -> None:
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
    control, user = context.stage.control, context.conversation.user(person)
    faults = (("recogniser.feed", "fail"), ("assistant", "fail"), ("assistant", "crash"), ("store", "fail"))
    for place, effect in faults:
        control.order(place, effect, times=1, session_id=user.session_id)
        user.excuses(user.over(user.asks(QUESTIONS[0])))
    control.call_off_ours()


# -- what was found


@then("each of them had a session of their own")
def step_own_sessions(context: World) -> None:
    known = [o.message["session_id"] for o in context.stage.since_turn() if o.type == SESSION_KNOWN]
    assert_that(len(set(known)), equal_to(len(known)), f"how many different sessions {len(known)} people had")


@then("on average conversations have their answer within {limit_s:Seconds}")
def step_average(context: World, limit_s: float) -> None:
    judged = context.stage.stopwatch.records(
        CONVERSATION.words,
        Budget(100, limit_s * 1000, things=CONVERSATION.things),
        lambda seen: CONVERSATION.delays(context.conversation, seen),
        kind=CONVERSATION.kind,
    )
    average_ms = of(judged).figures["average"]
    assert_that(average_ms, instance_of(float), "the average time from hello to the answer, if everybody was answered")
    assert_that(average_ms, less_than_or_equal_to(limit_s * 1000), "the average time from hello to the answer, in ms")


@then("each of them is understood and answered, and gets nobody else's answer")
def step_nothing_mixed(context: World) -> None:
    exactly = context.stage.service.exact_words
    for place, user in enumerate(context.conversation.users()):
        answers = user.answers()
        assert_that(len(answers), greater_than(0), f"how many answers {user.name} got")
        told = {answer.response for answer in answers[:3]}
        assert_that(told, has_length(3), f"the different answers that {user.name} got to different questions")
        for number, answer in enumerate(answers):
            asked = _question(place, number % 3)
            assert_that(answer.transcription, words(asked, exactly=exactly), f"what {user.name} asked")
            assert_that(answer, answered(), f"what {user.name} was told")
        sent, confirmed = user.order.pieces, user.order.acknowledged
        assert_that(confirmed, has_length(len(sent)), f"how many pieces of {user.name}'s were confirmed")


@then("the timings are reported by kind, each beside its limit")
def step_reported_by_kind(context: World) -> None:
    report = json.loads(json.dumps(timings([of(judged) for judged in context.stage.stopwatch.judged])))
    assert_that(list(report["kinds"]), equal_to(kinds_of_timings()), "the kinds of the report")
    measured = [each for kind in report["kinds"].values() for each in kind]
    assert_that(measured, has_length(len(context.stage.stopwatch.judged)), "how much is in the report")
    complete = has_entries(limit_ms=instance_of(float), outcome=instance_of(str), figures=has_length(len(FIGURES)))
    assert_that(measured, only_contains(complete), "what the report says of each measurement")
