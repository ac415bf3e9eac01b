"""From a recognised sentence to speech in other languages: what is handed over, translated, spoken and remembered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from behave import given, then, when
from hamcrest import assert_that, equal_to, greater_than_or_equal_to

from earshot.broadcast.listener import Listener
from earshot.broadcast.matchers import handing_over
from earshot.broadcast.translation import Translation
from earshot.matchers.moments import lasting
from earshot.matchers.presence import nothing, something
from earshot.measure.stopwatch import judges_time
from earshot.targets.figures import Figure
from features.vocabulary.broadcast import World
from features.vocabulary.broadcast_recogniser import Script
from features.vocabulary.broadcast_translation import Finding, InTime, Record

# -- handing over


@given('"{text:Quoted}" was given up after {count:Number} attempts')
def step_given_up(context: World, text: str, count: int) -> None:
    context.broadcast.handovers.of(text, handing_over.given_up_after(count))


@then("translation is handed {what:HandedOver}")
@judges_time
def step_handed_over(context: World, what: Finding) -> None:
    what(context.broadcast)


@then("the hand-over {how:HandOver}")
def step_hand_over(context: World, how: Finding) -> None:
    how(context.broadcast)


# -- translating and speaking


@given("that sentence has failed")
def step_has_failed(context: World) -> None:
    context.stage.control.await_strikes()


@then("that sentence is {translated_or_spoken:Translated}")
def step_translated(context: World, translated_or_spoken: Callable[[Translation], object]) -> None:
    translated_or_spoken(context.broadcast.translation)


@then("these words are spoken {in_a_manner:Speaking}")
def step_spoken(context: World, in_a_manner: dict[str, Any]) -> None:
    context.broadcast.translation.speak(context.broadcast.the_recogniser().reported[-1], **in_a_manner)


# -- hearing


@then('{listeners:Names} {hear:Hear} "{text:Quoted}" {language:HeardIn}')
def step_hear(context: World, listeners: list[str], hear: str, text: str, language: str) -> None:
    for listener in listeners:
        context.broadcast.listener(listener).hears_the_recording(text, language)


@then('{listeners:Names} {hear:Hear} "{text:Quoted}" {language:HeardIn} {in_time:InTime}')
@judges_time
def step_hear_in_time(
    context: World, listeners: list[str], hear: str, text: str, language: str, in_time: InTime
) -> None:
    for listener in listeners:
        actor = context.broadcast.listener(listener)
        context.broadcast.hears_in_time(actor, text, language, *in_time(context.broadcast))


@then('{listener:Name} hears "{text:Quoted}" as "{caption:Quoted}" in {language:Language}')
def step_hears_as(context: World, listener: str, text: str, caption: str, language: str) -> None:
    context.broadcast.listener(listener).hears_the_recording(text, language, caption=caption)


@then("{listener:Name} hears nothing else for {duration_s:Seconds}")
def step_hears_nothing_else_for(context: World, listener: str, duration_s: float) -> None:
    context.broadcast.listener(listener).hears_nothing_else(duration_s)


@then("what {listener:Name} heard is {described_as:HeardAs}")
def step_heard_as(context: World, listener: str, described_as: Callable[[Listener], object]) -> None:
    described_as(context.broadcast.listener(listener))


# -- sending to many


@given("{listener:Name} has stopped reading")
def step_stops_reading(context: World, listener: str) -> None:
    context.broadcast.listener(listener).stops_reading()


@when("{listener:Name} reads again")
def step_reads_again(context: World, listener: str) -> None:
    context.broadcast.listener(listener).reads_again()


@given("{listener:Name} has heard all of them in {language:Language}")
@then("{listener:Name} hears all of them in {language:Language}")
def step_hears_all(context: World, listener: str, language: str) -> None:
    context.broadcast.listener(listener).hears_all(context.broadcast.translation.phrases, language)


@then("{listener:Name} hears the last of them within {limit_s:Seconds}")
def step_hears_last(context: World, listener: str, limit_s: float) -> None:
    last = context.broadcast.listener(listener).received("audio")[-1]
    took_s = context.broadcast.the_recogniser().since_last_result_s(last)
    assert_that(took_s, lasting(0, limit_s), f"how long it took until {listener} heard the last sentence")


@then("{listener:Name} misses some of them, and hears the latest {least_s:Decimal} to {most_s:Seconds} after the gap")
def step_misses_some(context: World, listener: str, least_s: float, most_s: float) -> None:
    after_gap_s = context.broadcast.listener(listener).heard_after_gap_s(context.broadcast.translation.phrases)
    assert_that(after_gap_s, lasting(least_s, most_s), f"how many seconds of speech {listener} heard after the gap")


# -- remembering


@given("{listener:Name} has heard from {speaker:Name} in {language:Language} {script:Script}")
def step_has_heard_from(context: World, listener: str, speaker: str, language: str, script: Script) -> None:
    results = script(context.broadcast.translation)
    context.broadcast.recogniser(speaker).reports(results)
    heard = [context.broadcast.listener(listener).hears(result.text, language) for result in results]
    context.broadcast.translation.first_took_s = context.broadcast.took_s(heard[-1])


@given("the translation of that sentence into {language:Language} is on record")
def step_has_record(context: World, language: str) -> None:
    step_recorded(context, language, lambda _interpreters, _language: something())


@then("the translation of that sentence into {language:Language} is recorded {record:TranslationRecord}")
def step_recorded(context: World, language: str, record: Record) -> None:
    translation = context.broadcast.translation
    translation.recorded = context.broadcast.recorded.translation_comes_to(
        "en", language, translation.sentence, record(translation, language)
    )


@then("the record is to be kept for {span_ms:Span}")
def step_recorded_for(context: World, span_ms: int) -> None:
    record = context.broadcast.translation.recorded
    life_s = record["ttl"] - record["createdAt"]
    assert_that(life_s, equal_to(span_ms / 1000), "for how many seconds the translation is kept")


@then("all of these translations into {language:Language} are on record but the {place:Ordinal}")
def step_all_on_record_but(context: World, language: str, place: int) -> None:
    for number, sentence in enumerate(context.broadcast.translation.sentences, 1):
        expected = nothing() if number == place else something()
        context.broadcast.recorded.translation_comes_to("en", language, sentence.text, expected)


# -- figures


@then("{figures:Figures} are recorded")
def step_figures_recorded(context: World, figures: Sequence[Figure]) -> None:
    for figure in figures:
        context.stage.figures.is_there(figure)


@then("{figures:SessionFigures} in {speaker:Name}'s session is recorded {count:Times} or more")
def step_session_figures_recorded(context: World, figures: Sequence[Figure], speaker: str, count: int) -> None:
    session_id = context.broadcast.speaker(speaker).session_id
    for figure in figures:
        context.stage.figures.count_comes_to(greater_than_or_equal_to(count), figure, session_id)
