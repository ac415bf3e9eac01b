"""Conversations: how long they take."""

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
from earshot.conversation.timed import KINDS, TALK
from earshot.conversation.turns import SESSION_KNOWN
from earshot.evidence.budgets import of
from earshot.evidence.timings import timings
from earshot.measure.budget import Budget
from features.vocabulary.conversation import FLAWED_PIECES, NONSENSE, QUESTIONS

NAMED_EVERY_MS = 15.0
STREAMED_EVERY_MS = 20.0
PIECE_MS = 100
LONG = 16
"""So many sentences in one turn are half a minute of speech."""
CONVERSATION = TALK["conversations have their answer"]
BLOCKED = "What is a flumperdinck?"
A_SOUND = signals.tone(440, 0.1, amplitude=0.1)
FIGURES = {"min", "median", "average", "p95", "p99", "max", "deviation"}

# -- what is timed


@when("{count:Number} people name their sessions one after the other")
def step_many_name(context, count):
    stage = context.stage
    stage.stopwatch.times(lambda: stage.company.name_sessions(stage.more_callers(count), every_ms=NAMED_EVERY_MS))


@when("{person:Name}'s page streams {count:Number} pieces of {piece_ms:Number} ms, one every {every_ms:Number} ms")
def step_page_streams(context, person, count, piece_ms, every_ms):
    page, company = context.stage.page(person), context.stage.company
    context.stage.stopwatch.times(lambda: company.stream([page], count, piece_ms=piece_ms, every_ms=every_ms))


@when("{person:Name} sends {count:Number} pieces of audio")
def step_sends_pieces(context, person, count):
    caller = context.stage.caller(person)
    context.stage.stopwatch.times(lambda: _stream(context.stage, caller, count))


@when("{person:Name} sends {count:Number} pieces of audio while a long turn of {other:Name}'s is worked on")
def step_sends_while_long_turn(context, person, count, other):
    stage = context.stage
    caller, talker = stage.caller(person), stage.caller(other)

    def act():
        _says_everything(stage, talker)
        _stream(stage, caller, count)

    stage.stopwatch.times(act)


@when("{count:Number} people name their sessions while a long turn of {other:Name}'s is worked on")
def step_name_while_long_turn(context, count, other):
    stage = context.stage

    def act():
        callers = stage.more_callers(count)
        for caller in callers:
            caller.connects()
        _says_everything(stage, stage.caller(other))
        stage.company.name_sessions(callers, every_ms=NAMED_EVERY_MS)

    stage.stopwatch.times(act)


def _stream(stage, caller, count):
    stage.company.stream([caller], count, piece_ms=PIECE_MS, every_ms=STREAMED_EVERY_MS)


def _says_everything(stage, caller):
    caller.asks(*(clip.text for clip in stage.samples.prompts("en")[:LONG]))


@when("{person:Name} asks 10 different things, each after the answer to the one before")
def step_asks_ten_in_turn(context, person):
    caller = context.stage.caller(person)

    def act():
        for question in QUESTIONS:
            caller.answer(caller.asks(question))

    context.stage.stopwatch.times(act)


@when("{person:Name} asks {things:Things} in one turn")
def step_asks_things(context, person, things):
    caller = context.stage.caller(person)
    context.stage.stopwatch.times(lambda: caller.answer(caller.asks(*QUESTIONS[:things])))


@when('{person:Name} asks "{text:Quoted}" and is timed')
def step_asks_timed(context, person, text):
    caller = context.stage.caller(person)
    context.stage.stopwatch.times(lambda: caller.answer(caller.asks(text)))


@when("{person:Name}'s next {count:Number} turns are blocked")
def step_blocked_turns(context, person, count):
    stage, caller = context.stage, context.stage.caller(person)

    def act():
        stage.control.order("recogniser", "understand-next", session_id=caller.session_id, texts=[BLOCKED] * count)
        for _ in range(count):
            caller.sounds(A_SOUND, "a sound")
            caller.answer(caller.ends_turn())

    stage.stopwatch.times(act)


@when("{count:Number} people come one after the other, say half a second of something and are answered")
def step_come_and_go(context, count):
    stage = context.stage

    def act():
        for caller in stage.more_callers(count):
            caller.begins()
            caller.sounds(signals.noise(0.5, sigma=0.02), "half a second of something")
            stage.surprises.claim(caller.over(caller.ends_turn()).result)

    stage.stopwatch.times(act)


@given("{count:Number} people are in conversations")
def step_many_in_conversations(context, count):
    for caller in context.stage.more_callers(count):
        caller.begins()


@when("each of them asks 3 different things")
def step_each_asks_three(context):
    stage, callers = context.stage, context.stage.callers()

    def act():
        for number in range(3):
            stage.company.ask({caller: _question(place, number) for place, caller in enumerate(callers)})

    stage.stopwatch.times(act)


def _question(place, number):
    """Return what somebody asks at this place: something else than everybody else at that moment."""
    return QUESTIONS[(place + 3 * number) % len(QUESTIONS)]


# -- trouble beforehand


@given("{people:Names} have ended a turn and are not answered yet")
def step_ended_unanswered(context, people):
    for name in people:
        context.stage.caller(name).asks_in_vain(QUESTIONS[0])
    context.stage.control.await_strikes()


@given("{person:Name} has sent every message and every piece that is refused")
def step_sent_everything_refused(context, person):
    caller = context.stage.caller(person)
    for frame in [*FLAWED_PIECES.values(), *NONSENSE.values()]:
        caller.tries(frame)
        caller.complaint()


@given("{person:Name} has lived through failures of recognition, assistant and storage")
def step_lived_through_failures(context, person):
    control, caller = context.stage.control, context.stage.caller(person)
    faults = (("recogniser.feed", "fail"), ("assistant", "fail"), ("assistant", "crash"), ("store", "fail"))
    for place, effect in faults:
        control.order(place, effect, times=1, session_id=caller.session_id)
        caller.excuses(caller.over(caller.asks(QUESTIONS[0])))
    control.call_off_ours()


# -- what was found


@then("each of them had a session of their own")
def step_own_sessions(context):
    known = [o.message["session_id"] for o in context.stage.since_turn() if o.type == SESSION_KNOWN]
    assert_that(len(set(known)), equal_to(len(known)), f"how many different sessions {len(known)} people had")


@then("on average conversations have their answer within {limit_s:Seconds}")
def step_average(context, limit_s):
    stage = context.stage
    judged = stage.stopwatch.records(
        CONVERSATION.words,
        Budget(100, limit_s * 1000, things=CONVERSATION.things),
        lambda seen: CONVERSATION.delays(stage, seen),
        kind=CONVERSATION.kind,
    )
    average_ms = of(judged).figures["average"]
    assert_that(average_ms, instance_of(float), "the average time from hello to the answer, if everybody was answered")
    assert_that(average_ms, less_than_or_equal_to(limit_s * 1000), "the average time from hello to the answer, in ms")


@then("each of them is understood and answered, and gets nobody else's answer")
def step_nothing_mixed(context):
    exactly = context.stage.service.exact_words
    for place, caller in enumerate(context.stage.callers()):
        answers = caller.answers()
        assert_that(len(answers), greater_than(0), f"how many answers {caller.name} got")
        told = {answer.response for answer in answers[:3]}
        assert_that(told, has_length(3), f"the different answers that {caller.name} got to different questions")
        for number, answer in enumerate(answers):
            asked = _question(place, number % 3)
            assert_that(answer.transcription, words(asked, exactly=exactly), f"what {caller.name} asked")
            assert_that(answer, answered(), f"what {caller.name} was told")
        sent, confirmed = caller.order.pieces, caller.order.acknowledged
        assert_that(confirmed, has_length(len(sent)), f"how many pieces of {caller.name}'s were confirmed")


@then("the timings are reported by kind, each beside its limit")
def step_reported_by_kind(context):
    report = json.loads(json.dumps(timings([of(judged) for judged in context.stage.stopwatch.judged])))
    assert_that(list(report["kinds"]), equal_to(list(KINDS)), "the kinds of the report")
    measured = [each for kind in report["kinds"].values() for each in kind]
    assert_that(measured, has_length(len(context.stage.stopwatch.judged)), "how much is in the report")
    complete = has_entries(limit_ms=instance_of(float), outcome=instance_of(str), figures=has_length(len(FIGURES)))
    assert_that(measured, only_contains(complete), "what the report says of each measurement")
