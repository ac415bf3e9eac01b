"""How long things take: by plan, from when they were due, and judged so that no verdict is luck."""

from __future__ import annotations

from behave import given, then, when

from earshot.broadcast.rounds import Round, understand_new
from earshot.broadcast.timed import TIMED
from earshot.measure.budget import Budget
from earshot.measure.verdict import QUICK, Claim, Outcome
from features.vocabulary import broadcast_latency  # noqa: F401 - its words stand in these sentences
from features.vocabulary.broadcast import World
from features.vocabulary.broadcast_recogniser import Manner

QUICK_MS = 50 * QUICK
"""That share of what sound may take to be acknowledged (REQ-21.1): nobody grows slow below it."""
ACKNOWLEDGED = TIMED["pieces of sound are acknowledged"]
NO_STALL = Budget(50, 50, worst_gap_ms=1000.0, things="pieces of sound")
"""A longer silence than that is a stall."""

# -- who is there


@given("{count:Number} people are broadcasting in {language:Language}")
def step_many_broadcast(context: World, count: int, language: str) -> None:
    context.broadcast.start_broadcasting(context.broadcast.more_speakers(count), language)


@given("{count:Number} people are broadcasting in {language:Language} to recognisers that follow a script")
def step_many_broadcast_to_scripts(context: World, count: int, language: str) -> None:
    speakers = context.broadcast.more_speakers(count)
    context.broadcast.start_broadcasting(speakers, language)
    for speaker in speakers:
        context.broadcast.recogniser(speaker.name).follows_a_script()


@given("each of them has a listener")
def step_each_has_listener(context: World) -> None:
    context.broadcast.find_listeners(context.broadcast.planned.speakers)


@given("an audience of {count:Number} people listens in {language:Language}")
def step_audience(context: World, count: int, language: str) -> None:
    context.broadcast.audience_joins(count, language)


@given("{speaker:Name} has spoken alone for {duration_s:Seconds} at the pace of speech")
def step_has_spoken_alone(context: World, speaker: str, duration_s: float) -> None:
    planned = context.broadcast.planned_of(speaker)
    context.stage.stopwatch.times(lambda: planned.speak(duration_s))


# -- what they do, as often as a verdict needs it


@when("{they:Company} {acts_in_each_round:Round}")
def step_round(context: World, they: str, acts_in_each_round: Round) -> None:
    planned = context.broadcast.planned_of(they)
    context.stage.stopwatch.times(lambda: acts_in_each_round(context.broadcast, planned))


@when("each of them {does_in_each_round:RoundOfAll}")
def step_round_of_all(context: World, does_in_each_round: Round) -> None:
    step_round(context, "", does_in_each_round)


@when("{many_people_come:Coming}")
def step_many_come(context: World, many_people_come: Round) -> None:
    step_round(context, "", many_people_come)


@when(
    "{speaker:Name}'s recogniser goes on to {understand:Understand} {count:Number} new sentences "
    "within {duration_s:Seconds}"
)
def step_goes_on_to_understand(context: World, speaker: str, understand: Manner, count: int, duration_s: float) -> None:
    context.stage.stopwatch.times(
        lambda: understand_new(context.broadcast, speaker, count=count, within_s=duration_s, manner=understand)
    )


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


@then("that is {taken:Taken} for a stall")
def step_stall(context: World, taken: Outcome) -> None:
    context.stage.stopwatch.insist_on_outcome(
        taken, Claim.GAP, NO_STALL, lambda seen: ACKNOWLEDGED.delays(context.broadcast, seen)
    )
