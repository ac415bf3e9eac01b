"""The recogniser: what it is told to understand, when it fails, and what it got."""

from __future__ import annotations

from collections.abc import Mapping

from behave import given, then, when
from hamcrest import assert_that, has_properties

from earshot.broadcast.recogniser import results_of
from features.vocabulary.broadcast import World
from features.vocabulary.broadcast_recogniser import Deed, Manner, Script

# -- what it understands


@given("{speaker:Name}'s recogniser follows a script")
def step_follows_script(context: World, speaker: str) -> None:
    context.broadcast.recogniser(speaker).follows_a_script()


@given("{speaker:Name} speaks to a recogniser that follows a script")
def step_speaks_to_script(context: World, speaker: str) -> None:
    context.broadcast.recogniser(speaker).follows_a_script()
    context.broadcast.recogniser(speaker).is_spoken_to()


@given("{speakers:Names} are broadcasting in {language:Language} to recognisers that follow a script")
def step_broadcast_to_scripts(context: World, speakers: list[str], language: str) -> None:
    for speaker in speakers:
        context.broadcast.speaker(speaker).starts_broadcasting(language)
        step_speaks_to_script(context, speaker)


@given("{speaker:Name}'s recogniser {understands:HasUnderstood} {script:Script}")
def step_has_understood(context: World, speaker: str, understands: Manner, script: Script) -> None:
    context.broadcast.recogniser(speaker).reports_to_the_end(understands(script(context.broadcast.translation)))


@when("{speaker:Name}'s recogniser {understands:Understands} {script:Script}")
def step_understands(context: World, speaker: str, understands: Manner, script: Script) -> None:
    context.broadcast.recogniser(speaker).reports(understands(script(context.broadcast.translation)))


@when("{speaker:Name}'s recogniser reports {series:Results}")
def step_reports(context: World, speaker: str, series: bool) -> None:
    rows = (row.as_dict() for row in context.table)
    context.broadcast.recogniser(speaker).reports(results_of(rows, one_utterance=series))


# -- what becomes of it


@given("{speaker:Name}'s recogniser has broken")
def step_has_broken(context: World, speaker: str) -> None:
    context.broadcast.recogniser(speaker).has_broken()


@when("{speaker:Name}'s recogniser breaks")
def step_breaks(context: World, speaker: str) -> None:
    context.broadcast.recogniser(speaker).breaks()


@given("{speaker:Name}'s recogniser {past:RecogniserPast}")
def step_past(context: World, speaker: str, past: Deed) -> None:
    past(context.broadcast.recogniser(speaker))


@then("recognition for {speaker:Name} {was_tried:Attempts}")
def step_tried(context: World, speaker: str, was_tried: Deed) -> None:
    was_tried(context.broadcast.recogniser(speaker))


@then("{speaker:Name}'s recogniser gets {sound:RecogniserGets}")
def step_gets(context: World, speaker: str, sound: Deed) -> None:
    sound(context.broadcast.recogniser(speaker))


@then("{speaker:Name}'s recogniser is {open_or_closed:RecogniserIs}")
def step_is(context: World, speaker: str, open_or_closed: Deed) -> None:
    open_or_closed(context.broadcast.recogniser(speaker))


@then("{speaker:Name}'s recogniser is asked for {options:StreamOptions}")
def step_asked_for(context: World, speaker: str, options: Mapping[str, object]) -> None:
    found = context.broadcast.recogniser(speaker).options
    assert_that(found, has_properties(**options), f"what {speaker}'s recogniser is asked for")
