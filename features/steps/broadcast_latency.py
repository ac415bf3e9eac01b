"""How long things take: by plan, from when they were due, and judged so that no verdict is luck."""

from behave import given, then, when
from hamcrest import assert_that, equal_to, has_length

from earshot.broadcast import acts
from earshot.broadcast.timed import CONTROLS, TIMED
from earshot.failures import Inconclusive
from earshot.measure.budget import Budget
from earshot.measure.sentences import duration, sentence
from earshot.measure.verdict import QUICK, Claim, Outcome
from earshot.patience import comes_to

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
def step_many_broadcast(context, count, language):
    context.stage.more_speakers(count, language)


@given("{count:Number} people are broadcasting in {language:Language} to recognisers that follow a script")
def step_many_broadcast_to_scripts(context, count, language):
    for speaker in context.stage.more_speakers(count, language):
        context.stage.recogniser(speaker.name).follows_a_script()


@given("each of them has a listener")
def step_each_has_listener(context):
    for speaker in context.stage.ensemble.speakers:
        [listener] = context.stage.guests(1)
        listener.joins(speaker.session_id, "es")
        context.stage.ensemble.listeners[speaker.name] = [listener]


@given("an audience of {count:Number} people listens in {language:Language}")
def step_audience(context, count, language):
    context.stage.audience_joins(count, language)


@given("{speaker:Name} has spoken alone for {duration_s:Seconds} at the pace of speech")
def step_has_spoken_alone(context, speaker, duration_s):
    ensemble = context.stage.ensemble_of(speaker)
    context.stage.stopwatch.times(lambda: ensemble.speak(duration_s))


# -- what they do, as often as a verdict needs it


@when("each of them speaks for {duration_s:Seconds} at the pace of speech")
def step_each_speaks(context, duration_s):
    context.stage.stopwatch.times(lambda: context.stage.ensemble.speak(duration_s))


@when("each of them speaks for {duration_s:Seconds} at the pace of speech, in pieces of {piece_ms:Milliseconds}")
def step_each_speaks_in_pieces(context, duration_s, piece_ms):
    context.stage.stopwatch.times(lambda: context.stage.ensemble.speak(duration_s, piece_ms=int(piece_ms)))


@when("{speaker:Name} speaks for {duration_s:Seconds} at the pace of speech")
def step_speaks(context, speaker, duration_s):
    ensemble = context.stage.ensemble_of(speaker)
    context.stage.stopwatch.times(lambda: ensemble.speak(duration_s))


@when(
    "{speaker:Name} speaks for {duration_s:Seconds} at the pace of speech "
    "while the service once stands still for {still_s:Seconds}"
)
def step_speaks_to_stalling(context, speaker, duration_s, still_s):
    stage, ensemble = context.stage, context.stage.ensemble_of(speaker)
    session_id = stage.speaker(speaker).session_id

    def stall():
        stage.control.order("handler", "stall", times=1, action="sendAudio", seconds=still_s, session_id=session_id)

    stalls = iter([stall])  # in the first round only
    stage.stopwatch.times(lambda: ensemble.speak(duration_s, halfway=next(stalls, None)))


@when("each of them uses every control once")
def step_each_controls(context):
    context.stage.stopwatch.times(lambda: context.stage.ensemble.ask(CONTROLS, every_s=CONTROL_EVERY_S))


@when("each of them turns the volume to {low:Percent} and to {high:Percent} {times:Times} while speaking")
def step_each_turns_volume(context, low, high, times):
    ensemble = context.stage.ensemble
    context.stage.stopwatch.times(
        lambda: ensemble.speak_and_turn_volume([low, high], times=times, every_s=VOLUME_EVERY_S)
    )


@when("each of them moves to a new connection")
def step_each_moves(context):
    def move():
        for speaker in context.stage.ensemble.speakers:
            speaker.moves_to_a_new_connection()
            speaker.closes_the_old_connection()

    context.stage.stopwatch.times(move)


@when("{speaker:Name} asks for the status {times:Times} within {duration_s:Seconds}")
def step_asks_often(context, speaker, times, duration_s):
    ensemble = context.stage.ensemble_of(speaker)
    context.stage.stopwatch.times(lambda: ensemble.ask([acts.ASK_STATUS], times=times, every_s=duration_s / times))


@when("each of them asks for the status {times:Times}")
def step_each_asks(context, times):
    asked = [acts.ASK_STATUS]
    context.stage.stopwatch.times(lambda: context.stage.ensemble.ask(asked, times=times, every_s=QUESTION_EVERY_S))


@when("each of them sends {count:Number} heartbeats")
def step_each_beats(context, count):
    beat = [acts.HEARTBEAT]
    context.stage.stopwatch.times(lambda: context.stage.ensemble.ask(beat, times=count, every_s=HEARTBEAT_EVERY_S))


@when("each of them changes to {one:Language} and to {other:Language} {times:Times}")
def step_each_changes(context, one, other, times):
    stage = context.stage
    changes = [acts.CHANGE_LANGUAGE.having(targetLanguage=language) for language in (one, other)]
    stage.ensemble.listeners[stage.the_speaker().name] = stage.guests_present()
    stage.stopwatch.times(lambda: stage.ensemble.listeners_ask(changes, times=times, every_s=CHANGE_EVERY_S))


@when("{count:Number} people start a broadcast in {language:Language} one after the other")
def step_many_start(context, count, language):
    context.stage.stopwatch.times(lambda: context.stage.more_speakers(count, language))


@when("{count:Number} people join in {language:Language} one after the other")
def step_many_join(context, count, language):
    def join():
        for listener in context.stage.guests(count):
            listener.joins(context.stage.the_speaker().session_id, language)

    context.stage.stopwatch.times(join)


@when("{count:Number} people start a broadcast in {language:Language}, each with a listener, and leave again")
def step_many_leave(context, count, language):
    def leave():
        for speaker in context.stage.more_speakers(count, language):
            [listener] = context.stage.guests(1)
            listener.joins(speaker.session_id, "es")
            context.stage.ensemble.listeners[speaker.name] = [listener]
            speaker.leaves()
            listener.learns_of_the_end()

    context.stage.stopwatch.times(leave)


@when("{speaker:Name} says {count:Number} sentences")
def step_says_many(context, speaker, count):
    stage = context.stage
    [listener] = stage.listeners()

    def say():
        texts = [clip.text for clip in stage.samples.prompts("en")[:count]]
        stage.speaker(speaker).says_in_turn(texts)
        for text in texts:
            listener.hears(text, listener.language)

    stage.stopwatch.times(say)


@when("{speaker:Name}'s recogniser goes on to understand {count:Number} new sentences within {duration_s:Seconds}")
def step_understands_new(context, speaker, count, duration_s):
    _understand_new(context.stage, speaker, count, duration_s, final=True)


@when(
    "{speaker:Name}'s recogniser goes on to provisionally understand {count:Number} new sentences "
    "within {duration_s:Seconds}"
)
def step_believes_new(context, speaker, count, duration_s):
    _understand_new(context.stage, speaker, count, duration_s, final=False)


def _understand_new(stage, speaker, count, duration_s, *, final):
    def understand():
        texts = stage.interpreters.new_sentences(count, stage.samples)
        known = len(stage.interpreters.handovers())
        recogniser = stage.recogniser(speaker)
        stage.speaker(speaker).speaks_for(0.1)  # a recogniser that hears nothing for a minute is closed
        recogniser.understands_many(texts, final=final, within_s=duration_s)
        if stage.hall.listeners:
            stage.audience_has_heard(recogniser.due_ns)
        else:
            comes_to(stage.interpreters.handovers, has_length(known + count), "what is handed over to translation")

    stage.stopwatch.times(understand)


# -- how long it took


@then("{share:Percent} of {timed:Timed} within {limit_ms:Duration}")
def step_share_within(context, share, timed, limit_ms):
    _insist(context.stage, timed, Budget(share * 100, limit_ms, things=timed.things), f"{share:.0%} of {timed.words}")


@then("all {timed:Timed} within {limit_ms:Duration}")
def step_all_within(context, timed, limit_ms):
    _insist(context.stage, timed, Budget(100, limit_ms, things=timed.things), f"all {timed.words}")


@then(
    "{share:Percent} of {timed:Timed} within {limit_ms:Duration}, none is lost, "
    "and no silence is longer than {silence_ms:Duration}"
)
def step_share_within_without_stall(context, share, timed, limit_ms, silence_ms):
    budget = Budget(share * 100, limit_ms, worst_gap_ms=silence_ms, lost_at_most=0, things=timed.things)
    _insist(context.stage, timed, budget, f"{share:.0%} of {timed.words}")


def _insist(stage, timed, budget, what):
    what = f"{what} within {duration(budget.limit_ms)}"
    because = lambda: timed.because(stage)  # noqa: E731
    stage.stopwatch.insist(what, budget, lambda seen: timed.delays(stage, seen), because=because, kind=timed.kind)


@then("the last {late_s:Seconds} take at most twice as long as the first {early_s:Seconds}")
def step_no_growth(context, late_s, early_s):
    context.stage.stopwatch.insist_on_no_growth(
        "pieces of sound are acknowledged as quickly at the end as at the beginning",
        lambda seen: ACKNOWLEDGED.delays(context.stage, seen),
        first_s=early_s,
        last_s=late_s,
        quick_ms=QUICK_MS,
    )


@then("{timed:Timed} at most twice as late as when {speaker:Name} was alone")
def step_no_growth_under_load(context, timed, speaker):
    context.stage.stopwatch.insist_on_no_growth_since(
        f"{timed.words} at most twice as late as when {speaker} was alone",
        lambda seen: timed.delays(context.stage, seen),
        (f"when {speaker} was alone", "with everybody"),
        quick_ms=QUICK_MS,
    )


@then("{share:Percent} of {timed:Timed} within {limit_ms:Duration}, and none is lost")
def step_share_within_without_loss(context, share, timed, limit_ms):
    budget = Budget(share * 100, limit_ms, lost_at_most=0, things=timed.things)
    _insist(context.stage, timed, budget, f"{share:.0%} of {timed.words}")


@then("that is taken for a stall")
def step_stall(context):
    _assert_silence(context.stage, Outcome.FAIL)


@then("that is not taken for a stall")
def step_no_stall(context):
    _assert_silence(context.stage, Outcome.PASS)


def _assert_silence(stage, expected):
    """Assert what the verdict says of whether something came at least once a second."""
    budget = Budget(50, 50, worst_gap_ms=A_STALL_MS, things="pieces of sound")
    verdict = stage.stopwatch.judge_once(budget, lambda seen: ACKNOWLEDGED.delays(stage, seen))
    found = verdict.claims[Claim.GAP]
    if found is not expected and verdict.complaints:
        raise Inconclusive(sentence(verdict))
    assert_that(found, equal_to(expected), f"the verdict on the longest silence, {duration(verdict.gap_ms)}")
