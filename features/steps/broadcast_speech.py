"""Speaking piece by piece, hearing in time, and being warned of bad sound."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from behave import given, then, when
from hamcrest import assert_that, has_entry

from earshot.broadcast.acts import SEND_AUDIO
from earshot.broadcast.matchers.warnings import explains
from earshot.broadcast.speaker import Speaker
from earshot.broadcast.wishes import Wish
from earshot.measure.delays import answer_delays
from earshot.measure.stopwatch import judges_time
from features.vocabulary import broadcast_speech  # noqa: F401 - its words stand in these sentences
from features.vocabulary.broadcast import World

# -- opening a session


@given("{speaker:Name} is broadcasting in {language:Language} with {wish:Wish}")
def step_is_broadcasting_with(context: World, speaker: str, language: str, wish: Wish) -> None:
    context.broadcast.speaker(speaker).starts_broadcasting(language, **wish.asked)


# -- speaking


@given("{speaker:Name} has spoken for {so_long:SoLong}")
@when("{speaker:Name} speaks for {so_long:SoLong}")
def step_speaks_for(context: World, speaker: str, so_long: dict[str, Any]) -> None:
    context.broadcast.speaker(speaker).speaks_for(**so_long)


@given("{speaker:Name} has spoken with a voice of {level_dbfs:Decibels} for {duration_s:Seconds}")
def step_speaks_at(context: World, speaker: str, level_dbfs: float, duration_s: float) -> None:
    context.broadcast.recogniser(speaker).takes_a_voice(level_dbfs, duration_s)


@given("{speaker:Name} has sent the pieces {numbers:PiecesSent}")
@when("{speaker:Name} sends the pieces {numbers:PiecesSent}")
def step_sends_pieces(context: World, speaker: str, numbers: dict[str, Any]) -> None:
    context.broadcast.speaker(speaker).sends_pieces(**numbers)


@then("each piece of {speaker:Name}'s sound is acknowledged within {budget_ms:Milliseconds}")
@judges_time
def step_acknowledged_within(context: World, speaker: str, budget_ms: float) -> None:
    observed = [o for o in context.stage.since_turn() if o.who == speaker]
    delays = answer_delays(observed, SEND_AUDIO.confirmation)
    context.stage.stopwatch.insist_on_times(delays, budget_ms, f"until {speaker}'s pieces of sound were acknowledged")


# -- what a speaker is told of recognition


@then("{speaker:Name} is told within {limit_s:Seconds} that recognition works again")
def step_told_recovered_within(context: World, speaker: str, limit_s: float) -> None:
    context.broadcast.speaker(speaker).learns_of_recovery(since=context.stage.turning_point, within_s=limit_s)


# -- the quality of the sound


@when("{speaker:Name}'s microphone picks up {what:Picked} for {duration_s:Seconds}")
def step_picks_up(context: World, speaker: str, what: Callable[[Speaker, float], object], duration_s: float) -> None:
    what(context.broadcast.speaker(speaker), duration_s)


@given("{speaker:Name} has been warned of {issue:AudioIssue}")
@then("{speaker:Name} is warned of {issue:AudioIssue}")
def step_warned(context: World, speaker: str, issue: str) -> None:
    warning = context.broadcast.speaker(speaker).learns("audio_quality_warning", since=0)
    assert_that(warning.message, has_entry("issue", issue), f"what {speaker} is warned of")
    assert_that(warning.message, explains(issue), f"how the warning is explained to {speaker}")
