"""Speaking piece by piece, hearing in time, and being warned of bad sound."""

from __future__ import annotations

from collections.abc import Callable

from behave import given, then, when
from hamcrest import assert_that, close_to, empty, greater_than_or_equal_to, has_entries, has_entry, not_

from earshot.audio.clips import Samples
from earshot.audio.flaws import Flaw
from earshot.broadcast.acts import SEND_AUDIO
from earshot.broadcast.figures import QUALITY
from earshot.broadcast.matchers.hearing import is_the_recording_of
from earshot.broadcast.matchers.warnings import explains
from earshot.broadcast.wishes import Wish
from earshot.matchers.moments import lasting
from earshot.measure.delays import answer_delays
from earshot.targets.figures import Figure
from features.vocabulary.broadcast import World

# -- opening a session


@given("{speaker:Name} is broadcasting in {language:Language} with {wish:Wish}")
def step_is_broadcasting_with(context: World, speaker: str, language: str, wish: Wish) -> None:
    context.broadcast.speaker(speaker).starts_broadcasting(language, **wish.asked)


# -- speaking


@given("{speaker:Name} has spoken for {duration_s:Seconds}")
@when("{speaker:Name} speaks for {duration_s:Seconds}")
def step_speaks_for(context: World, speaker: str, duration_s: float) -> None:
    context.broadcast.speaker(speaker).speaks_for(duration_s)


@given("{speaker:Name} has spoken for {duration_s:Seconds} in pieces of {piece_ms:Number} ms")
@when("{speaker:Name} speaks for {duration_s:Seconds} in pieces of {piece_ms:Number} ms")
def step_speaks_in_pieces(context: World, speaker: str, duration_s: float, piece_ms: int) -> None:
    context.broadcast.speaker(speaker).speaks_for(duration_s, chunk_ms=piece_ms)


@given("{speaker:Name} has spoken with a voice of {level_dbfs:Decibels} for {duration_s:Seconds}")
def step_speaks_at(context: World, speaker: str, level_dbfs: float, duration_s: float) -> None:
    context.broadcast.recogniser(speaker).takes_a_voice(level_dbfs, duration_s)


@given("{speaker:Name} has sent the pieces {numbers:Pieces}")
@when("{speaker:Name} sends the pieces {numbers:Pieces}")
def step_sends_pieces(context: World, speaker: str, numbers: list[int]) -> None:
    context.broadcast.speaker(speaker).sends_pieces(numbers)


@when("{speaker:Name} sends the pieces {numbers:Pieces} without numbers")
def step_sends_unnumbered(context: World, speaker: str, numbers: list[int]) -> None:
    context.broadcast.speaker(speaker).sends_pieces(numbers, numbered=False)


@then("each piece of {speaker:Name}'s sound is acknowledged within {budget_ms:Milliseconds}")
def step_acknowledged_within(context: World, speaker: str, budget_ms: float) -> None:
    delays = answer_delays(context.stage.since_turn(), [SEND_AUDIO], who=[speaker])
    assert_that(delays, not_(empty()), f"how long {speaker}'s pieces of sound took to be acknowledged")
    slow = [f"{delay.took_ms:.0f} ms" for delay in delays if delay.took_ms > budget_ms]
    assert_that(slow, empty(), f"how long pieces of {speaker}'s sound took to be acknowledged that took too long")


# -- what a speaker is told of recognition


@then("{speaker:Name} is told that recognition is interrupted")
def step_told_interrupted(context: World, speaker: str) -> None:
    notice = context.broadcast.speaker(speaker).learns("transcriptionError", since=context.stage.turning_point)
    assert_that(notice.message, has_entry("retryable", True), f"what {speaker} is told of the fault")


@then("{speaker:Name} is told that recognition has stopped")
def step_told_stopped(context: World, speaker: str) -> None:
    notice = context.broadcast.speaker(speaker).learns("transcriptionError", since=context.stage.turning_point)
    assert_that(notice.message, has_entry("retryable", False), f"what {speaker} is told of the fault")


@then("{speaker:Name} is told that recognition has stopped because {language:Language} is not known")
def step_told_language_unknown(context: World, speaker: str, language: str) -> None:
    notice = context.broadcast.speaker(speaker).learns("transcriptionError", since=context.stage.turning_point)
    details = has_entry("sourceLanguage", language)
    expected = has_entries(retryable=False, code="LANGUAGE_NOT_SUPPORTED", details=details)
    assert_that(notice.message, expected, f"what {speaker} is told of the fault")


@then("{speaker:Name} is told within {limit_s:Seconds} that recognition works again")
def step_told_recovered_within(context: World, speaker: str, limit_s: float) -> None:
    since = context.stage.turning_point
    notice = context.broadcast.speaker(speaker).learns("systemRecovered", since=since, patience_s=limit_s)
    took_s = (notice.at_ns - context.stage.ledger.since(since)[0].at_ns) / 1e9
    assert_that(took_s, lasting(0, limit_s), f"how long it took until {speaker} was told that recognition works again")
    assert_that(notice.message, has_entry("component", "transcribe"), f"what {speaker} is told of the recovery")


# -- hearing in time


@then('{listener:Name} hears "{text:Quoted}" in {language:Language} within {limit_s:Seconds}')
def step_hears_within(context: World, listener: str, text: str, language: str, limit_s: float) -> None:
    step_hears_after(context, listener, text, language, 0, limit_s)


@then('{listener:Name} hears "{text:Quoted}" in {language:Language} after {least_s:Decimal} to {most_s:Seconds}')
def step_hears_after(context: World, listener: str, text: str, language: str, least_s: float, most_s: float) -> None:
    heard = context.broadcast.listener(listener).hears(text, language, patience_s=most_s + 1)
    among = context.stage.samples.all_recordings()
    assert_that(heard, is_the_recording_of(heard.expected, among=among), f"what {listener} heard")
    took_s = context.broadcast.the_recogniser().since_report_s(heard.observation)
    assert_that(took_s, lasting(least_s, most_s), f'how long it took until {listener} heard "{text}"')


@then('{listeners:Names} hear "{text:Quoted}" in {language:Language}')
def step_all_hear(context: World, listeners: list[str], text: str, language: str) -> None:
    among = context.stage.samples.all_recordings()
    for listener in listeners:
        heard = context.broadcast.listener(listener).hears(text, language)
        assert_that(heard, is_the_recording_of(heard.expected, among=among), f"what {listener} heard")


@then('{listener:Name} hears "{text:Quoted}" as "{caption:Quoted}" in {language:Language}')
def step_hears_as(context: World, listener: str, text: str, caption: str, language: str) -> None:
    heard = context.broadcast.listener(listener).hears(text, language, caption=caption)
    among = context.stage.samples.all_recordings()
    assert_that(heard, is_the_recording_of(heard.expected, among=among), f"what {listener} heard")


@then("{listener:Name} hears nothing else for {duration_s:Seconds}")
def step_hears_nothing_else_for(context: World, listener: str, duration_s: float) -> None:
    context.broadcast.listener(listener).hears_nothing_else(duration_s)


@then("what {listener:Name} heard is uncompressed mono sound at {rate_hz:Number} Hz, and as long as is said")
def step_heard_format(context: World, listener: str, rate_hz: int) -> None:
    heard = context.broadcast.listener(listener).last_heard()
    length_s = len(heard.samples) / rate_hz
    expected = has_entries(format="pcm", sampleRate=rate_hz, channels=1, duration=close_to(length_s, 0.01))
    assert_that(heard.observation.message, expected, f"how the sound that {listener} heard is described")


@then("{listener:Name} is told that those words are provisional")
def step_heard_provisional(context: World, listener: str) -> None:
    message = context.broadcast.listener(listener).last_heard().observation.message
    assert_that(message, has_entry("isPartial", True), f"what {listener} is told of the words heard last")


# -- the quality of the sound


@when("{speaker:Name}'s microphone picks up {sound:Sound} for {duration_s:Seconds}")
def step_picks_up(context: World, speaker: str, sound: Callable[[float], Samples], duration_s: float) -> None:
    context.broadcast.speaker(speaker).sends_sound(sound(duration_s))


@when("{speaker:Name}'s microphone picks up a voice {flaw:Flaw} for {duration_s:Seconds}")
def step_picks_up_voice(context: World, speaker: str, flaw: Flaw, duration_s: float) -> None:
    context.broadcast.speaker(speaker).speaks_with(flaw, duration_s)


@given("{speaker:Name} has been warned of {issue:AudioIssue}")
@then("{speaker:Name} is warned of {issue:AudioIssue}")
def step_warned(context: World, speaker: str, issue: str) -> None:
    warning = context.broadcast.speaker(speaker).learns("audio_quality_warning", since=0)
    assert_that(warning.message, has_entry("issue", issue), f"what {speaker} is warned of")
    assert_that(warning.message, explains(issue), f"how the warning is explained to {speaker}")


@then("the quality of {speaker:Name}'s sound is measured {count:Times} or more")
def step_measured(context: World, speaker: str, count: int) -> None:
    session_id = context.broadcast.speaker(speaker).session_id
    for name in ("SNR", "ClippingPercentage", "SilenceDuration"):
        figure = Figure(QUALITY, name, session_under="StreamId")
        context.stage.figures.count_comes_to(greater_than_or_equal_to(count), figure, session_id)
