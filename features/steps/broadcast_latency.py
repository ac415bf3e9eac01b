"""How long things take: by plan, from when they were due, and judged so that no verdict is luck."""

from __future__ import annotations

from behave import given, then, when
from hamcrest import assert_that, equal_to, has_length

from earshot.broadcast import acts
from earshot.broadcast.timed import CONTROLS, TIMED
from earshot.failures import Inconclusive
from earshot.measure.budget import Budget
from earshot.measure.sentences import duration, sentence
from earshot.measure.verdict import QUICK, Claim, Outcome
from earshot.patience import comes_to
from features.vocabulary.broadcast import World

CONTROL_EVERY_S = 0.9
"""Far below the limit of ten a second; what a service does under load is another question."""
QUICK_MS = 50 * QUICK
"""That share of what sound may take to be acknowledged (REQ-21.1): nobody grows slow below it."""
VOLUME_EVERY_S = 0.25
QUESTION_EVERY_S = 0.6
"""Below the limit of two a second."""
HEARTBEAT_EVERY_S = 0.2
CHANGE_EVERY_S = 0.2
"""Between changes of language of one listener."""
ACKNOWLEDGED = TIMED["pieces of sound are acknowledged"]
A_STALL_MS = 1000.0
"""A longer silence than this is a stall."""

# -- who is there


@given("{count:Number} people are broadcasting in {language:Language}")
def step_many_broadcast(context: World, count: int, language: str) -> None:
    context.broadcast.more_speakers(count, language)


@given("{count:Number} people are broadcasting in {language:Language} to recognisers that follow a script")
def step_many_broadcast_to_scripts(context: World, count: int, language: str) -> None:
    for speaker in context.broadcast.more_speakers(count, language):
        context.broadcast.recogniser(speaker.name).follows_a_script()


@given("each of them has a listener")
def step_each_has_listener(context: World) -> None:
    for speaker in context.broadcast.planned.speakers:
        [listener] = context.broadcast.more_listeners(1)
        listener.joins(speaker.session_id, "es")
        context.broadcast.planned.listeners[speaker.name] = [listener]


@given("an audience of {count:Number} people listens in {language:Language}")
def step_audience(context: World, count: int, language: str) -> None:
    context.broadcast.audience_joins(count, language)


@given("{speaker:Name} has spoken alone for {duration_s:Seconds} at the pace of speech")
def step_has_spoken_alone(context: World, speaker: str, duration_s: float) -> None:
    planned = context.broadcast.planned_of(speaker)
    context.stage.stopwatch.times(lambda: planned.speak(duration_s))


# -- what they do, as often as a verdict needs it


@when("each of them speaks for {duration_s:Seconds} at the pace of speech")
def step_each_speaks(context: World, duration_s: float) -> None:
    context.stage.stopwatch.times(lambda: context.broadcast.planned.speak(duration_s))


@when("each of them speaks for {duration_s:Seconds} at the pace of speech, in pieces of {piece_ms:Milliseconds}")
def step_each_speaks_in_pieces(context: World, duration_s: float, piece_ms: float) -> None:
    context.stage.stopwatch.times(lambda: context.broadcast.planned.speak(duration_s, piece_ms=int(piece_ms)))


@when("{speaker:Name} speaks for {duration_s:Seconds} at the pace of speech")
def step_speaks(context: World, speaker: str, duration_s: float) -> None:
    planned = context.broadcast.planned_of(speaker)
    context.stage.stopwatch.times(lambda: planned.speak(duration_s))


@when(
    "{speaker:Name} speaks for {duration_s:Seconds} at the pace of speech "
    "while the service once stands still for {still_s:Seconds}"
)
def step_speaks_to_stalling(context: World, speaker: str, duration_s: float, still_s: float) -> None:
    planned = context.broadcast.planned_of(speaker)
    session_id = context.broadcast.speaker(speaker).session_id

    def stall() -> None:
        context.stage.control.order(
            "handler", "stall", times=1, action="sendAudio", seconds=still_s, session_id=session_id
        )

    stalls = iter([stall])  # in the first round only
    context.stage.stopwatch.times(lambda: planned.speak(duration_s, halfway=next(stalls, None)))


@when("each of them uses every control once")
def step_each_controls(context: World) -> None:
    context.stage.stopwatch.times(lambda: context.broadcast.planned.ask(CONTROLS, every_s=CONTROL_EVERY_S))


@when("each of them turns the volume to {low:Percent} and to {high:Percent} {times:Times} while speaking")
def step_each_turns_volume(context: World, low: float, high: float, times: int) -> None:
    planned = context.broadcast.planned
    context.stage.stopwatch.times(
        lambda: planned.speak_and_turn_volume([low, high], times=times, every_s=VOLUME_EVERY_S)
    )


@when("each of them moves to a new connection")
def step_each_moves(context: World) -> None:
    def move() -> None:
        for speaker in context.broadcast.planned.speakers:
            speaker.moves_to_a_new_connection()
            speaker.closes_the_old_connection()

    context.stage.stopwatch.times(move)


@when("{speaker:Name} asks for the status {times:Times} within {duration_s:Seconds}")
def step_asks_often(context: World, speaker: str, times: int, duration_s: float) -> None:
    planned = context.broadcast.planned_of(speaker)
    context.stage.stopwatch.times(lambda: planned.ask([acts.ASK_STATUS], times=times, every_s=duration_s / times))


@when("each of them asks for the status {times:Times}")
def step_each_asks(context: World, times: int) -> None:
    asked = [acts.ASK_STATUS]
    context.stage.stopwatch.times(lambda: context.broadcast.planned.ask(asked, times=times, every_s=QUESTION_EVERY_S))


@when("each of them sends {count:Number} heartbeats")
def step_each_beats(context: World, count: int) -> None:
    beat = [acts.HEARTBEAT]
    context.stage.stopwatch.times(lambda: context.broadcast.planned.ask(beat, times=count, every_s=HEARTBEAT_EVERY_S))


@when("each of them changes to {one:Language} and to {other:Language} {times:Times}")
def step_each_changes(context: World, one: str, other: str, times: int) -> None:
    changes = [acts.CHANGE_LANGUAGE.having(targetLanguage=language) for language in (one, other)]
    context.broadcast.planned.listeners[context.broadcast.the_speaker().name] = (
        context.broadcast.unnamed_listeners_present()
    )
    context.stage.stopwatch.times(
        lambda: context.broadcast.planned.listeners_ask(changes, times=times, every_s=CHANGE_EVERY_S)
    )


@when("{count:Number} people start a broadcast in {language:Language} one after the other")
def step_many_start(context: World, count: int, language: str) -> None:
    context.stage.stopwatch.times(lambda: context.broadcast.more_speakers(count, language))


@when("{count:Number} people join in {language:Language} one after the other")
def step_many_join(context: World, count: int, language: str) -> None:
    def join() -> None:
        for listener in context.broadcast.more_listeners(count):
            listener.joins(context.broadcast.the_speaker().session_id, language)

    context.stage.stopwatch.times(join)


@when("{count:Number} people start a broadcast in {language:Language}, each with a listener, and leave again")
def step_many_leave(context: World, count: int, language: str) -> None:
    def leave() -> None:
        for speaker in context.broadcast.more_speakers(count, language):
            [listener] = context.broadcast.more_listeners(1)
            listener.joins(speaker.session_id, "es")
            context.broadcast.planned.listeners[speaker.name] = [listener]
            speaker.leaves()
            listener.learns_of_the_end()

    context.stage.stopwatch.times(leave)


@when("{speaker:Name} says {count:Number} sentences")
def step_says_many(context: World, speaker: str, count: int) -> None:
    [listener] = context.broadcast.listeners()

    def say() -> None:
        texts = [clip.text for clip in context.stage.samples.prompts("en")[:count]]
        context.broadcast.speaker(speaker).says_in_turn(texts)
        for text in texts:
            listener.hears(text, listener.language)

    context.stage.stopwatch.times(say)


@when("{speaker:Name}'s recogniser goes on to understand {count:Number} new sentences within {duration_s:Seconds}")
def step_understands_new(context: World, speaker: str, count: int, duration_s: float) -> None:
    _understand_new(context, speaker, count, duration_s, final=True)


@when(
    "{speaker:Name}'s recogniser goes on to provisionally understand {count:Number} new sentences "
    "within {duration_s:Seconds}"
)
def step_believes_new(context: World, speaker: str, count: int, duration_s: float) -> None:
    _understand_new(context, speaker, count, duration_s, final=False)


def _understand_new(context: World, speaker: str, count: int, duration_s: float, *, final: bool) -> None:
    def understand() -> None:
        texts = context.broadcast.translation.new_sentences(count, context.stage.samples)
        known = len(context.broadcast.translation.handovers())
        recogniser = context.broadcast.recogniser(speaker)
        context.broadcast.speaker(speaker).speaks_for(0.1)  # a recogniser that hears nothing for a minute is closed
        recogniser.understands_many(texts, final=final, within_s=duration_s)
        if context.broadcast.audience.listeners:
            context.broadcast.audience_has_heard(recogniser.due_ns)
        else:
            comes_to(
                context.broadcast.translation.handovers,
                has_length(known + count),
                "what is handed over to translation",
            )

    context.stage.stopwatch.times(understand)


# -- how long it took


@then("the last {late_s:Seconds} take at most twice as long as the first {early_s:Seconds}")
def step_no_growth(context: World, late_s: float, early_s: float) -> None:
    context.stage.stopwatch.insist_on_no_growth(
        "pieces of sound are acknowledged as quickly at the end as at the beginning",
        lambda seen: ACKNOWLEDGED.delays(context.broadcast, seen),
        first_s=early_s,
        last_s=late_s,
        quick_ms=QUICK_MS,
    )


@then("that is taken for a stall")
def step_stall(context: World) -> None:
    _assert_silence(context, Outcome.FAIL)


@then("that is not taken for a stall")
def step_no_stall(context: World) -> None:
    _assert_silence(context, Outcome.PASS)


def _assert_silence(context: World, expected: Outcome) -> None:
    """Assert what the verdict says of whether something came at least once a second."""
    budget = Budget(50, 50, worst_gap_ms=A_STALL_MS, things="pieces of sound")
    verdict = context.stage.stopwatch.judge_once(budget, lambda seen: ACKNOWLEDGED.delays(context.broadcast, seen))
    found = verdict.claims[Claim.GAP]
    if found is not expected and verdict.complaints:
        raise Inconclusive(sentence(verdict))
    assert_that(found, equal_to(expected), f"the verdict on the longest silence, {duration(verdict.gap_ms)}")
