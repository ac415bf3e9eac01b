"""From a recognised sentence to speech in other languages: what is handed over, translated, spoken and remembered."""

from __future__ import annotations

import functools
from collections.abc import Mapping

from behave import given, then, when
from hamcrest import (
    assert_that,
    contains_exactly,
    equal_to,
    greater_than,
    greater_than_or_equal_to,
    has_entries,
    has_item,
    has_length,
    has_properties,
    matches_regexp,
    only_contains,
)

from earshot.broadcast.figures import PIPELINE
from earshot.broadcast.matchers import handing_over
from earshot.broadcast.matchers.hearing import is_the_recording_of
from earshot.matchers.moments import lasting
from earshot.matchers.numbers import between
from earshot.matchers.presence import nothing, something
from earshot.patience import comes_to, stays
from earshot.targets.figures import Figure
from features.vocabulary.broadcast import World

A_TIMER_MAY_BE_EARLY_MS = 5
"""Timers ring on the nearest millisecond, and both ends of a gap are taken a little after the fact."""

# -- handing over


@then('"{text:Quoted}" is handed over as {kind:Finality}, with a stability of {stability:Decimal}')
def step_handed_over(context: World, text: str, kind: str, stability: float) -> None:
    context.broadcast.translation.handover(text, handing_over.handed_over_as(kind, stability))


@then('"{text:Quoted}" is handed over with attempt number {number:Number}')
def step_handed_over_by(context: World, text: str, number: int) -> None:
    context.broadcast.translation.handover(text, handing_over.acknowledged_by_attempt(number))


@given('"{text:Quoted}" was given up after {count:Number} attempts')
def step_given_up(context: World, text: str, count: int) -> None:
    context.broadcast.translation.handover(text, handing_over.given_up_after(count))


@then("the hand-over names {speaker:Name}'s session and {language:Language}")
def step_names_session(context: World, speaker: str, language: str) -> None:
    expected = has_properties(session_id=context.broadcast.speaker(speaker).session_id, source_language=language)
    assert_that(context.broadcast.translation.the_handover, expected, "what the hand-over names")


@then("the hand-over is dated with the moment at which {speaker:Name}'s words were understood")
def step_dated(context: World, speaker: str) -> None:
    actor = context.broadcast.speaker(speaker)
    before_ms = actor.received("audioReceived")[-1].message["timestamp"]
    after_ms = actor.beats().message["timestamp"]
    dated_ms = context.broadcast.translation.the_handover.timestamp_ms
    assert_that(dated_ms, between(before_ms, after_ms), "the date of the hand-over, by the service's clock")


@then("it is acknowledged within {limit_ms:Milliseconds}")
def step_acknowledged(context: World, limit_ms: float) -> None:
    took_s = context.broadcast.translation.acknowledged_after_s()
    assert_that(took_s, lasting(0, limit_ms / 1000), "how long the acknowledgement of the hand-over took")


@then("its attempts are at least {least_ms:Milliseconds} apart")
def step_attempts_apart(context: World, least_ms: float) -> None:
    gaps_ms = [
        gap_s * 1000 + A_TIMER_MAY_BE_EARLY_MS for gap_s in context.broadcast.translation.gaps_between_attempts_s()
    ]
    assert_that(gaps_ms, only_contains(greater_than_or_equal_to(least_ms)), "the milliseconds between two attempts")


@then('only "{text:Quoted}" is handed over for {duration_s:Seconds}')
def step_only_handed_over_for(context: World, text: str, duration_s: float) -> None:
    only_that = contains_exactly(has_properties(transcript_text=text))
    context.broadcast.translation.handovers_come_to(only_that)
    context.broadcast.translation.handovers_stay(only_that, for_s=duration_s)


@then("nothing is handed over for {duration_s:Seconds}")
def step_nothing_handed_over(context: World, duration_s: float) -> None:
    context.broadcast.translation.handovers_stay(nothing(handing_over.in_words), for_s=duration_s)


@then("the first of the two texts is handed over within {limit_s:Seconds}")
def step_first_text_handed_over(context: World, limit_s: float) -> None:
    first = context.broadcast.the_recogniser().reported[0]
    expected = contains_exactly(has_properties(transcript_text=first))
    context.broadcast.translation.handovers_come_to(expected, within_s=limit_s)


@then("{count:Number} of these results are handed over")
def step_count_handed_over(context: World, count: int) -> None:
    context.broadcast.translation.handovers_come_to(has_length(count))
    context.broadcast.translation.handovers_stay(has_length(count), for_s=0.3)


@then("at least {count:Number} of these results are handed over, but no more than {most:Number} within any second")
def step_thinned_out(context: World, count: int, most: int) -> None:
    enough = has_length(greater_than_or_equal_to(count))
    handovers = context.broadcast.translation.handovers_come_to(enough, within_s=6)
    assert_that(handovers, handing_over.at_most_in_a_second(most), "provisional results that are handed over")


# -- the manner of speaking


@then("the hand-over of these words gives {manner:Manner}")
def step_gives_manner(context: World, manner: Mapping[str, float]) -> None:
    text = context.broadcast.the_recogniser().reported[-1]
    dynamics = context.broadcast.translation.handover(text, handing_over.anyhow()).emotion_dynamics
    assert_that(dynamics, has_properties(**manner), "how the words are said to be spoken")


@then("these words are spoken at {pace:Pace} pace and {loudness:Loudness} loudness")
def step_spoken_with(context: World, pace: str, loudness: str) -> None:
    text = context.broadcast.the_recogniser().reported[-1]
    syntheses = context.broadcast.translation.syntheses_come_to(text, has_length(1))
    assert_that(syntheses[-1], has_properties(rate=pace, volume=loudness), "how the voice is told to speak these words")


@then("these words are spoken a second time, at {pace:Pace} pace and {loudness:Loudness} loudness")
def step_spoken_again_with(context: World, pace: str, loudness: str) -> None:
    text = context.broadcast.the_recogniser().reported[-1]
    syntheses = context.broadcast.translation.syntheses_come_to(text, has_length(2))
    assert_that(syntheses[-1], has_properties(rate=pace, volume=loudness), "how the voice is told to speak these words")


# -- translating and speaking


@given("that sentence has failed")
def step_has_failed(context: World) -> None:
    context.stage.control.await_strikes()


@then("that sentence is handed over")
def step_sentence_handed_over(context: World) -> None:
    context.broadcast.translation.handover(context.broadcast.translation.sentence, handing_over.anyhow())


@then("that sentence is not translated for {duration_s:Seconds}")
def step_not_translated_for(context: World, duration_s: float) -> None:
    look_up = functools.partial(context.broadcast.translation.languages_of, context.broadcast.translation.sentence)
    stays(look_up, nothing(), "the languages the sentence is translated into", for_s=duration_s)


@then("that sentence is translated once into {languages:Languages}")
def step_translated_once(context: World, languages: list[str]) -> None:
    asked_for = context.broadcast.translation.languages_of(context.broadcast.translation.sentence)
    assert_that(asked_for, contains_exactly(*sorted(languages)), "the languages the sentence was translated into")


@then("nothing is translated")
def step_not_translated(context: World) -> None:
    assert_that(context.broadcast.translation.translations(), nothing(), "what was translated")


@then('"{text:Quoted}" is spoken once in {language:Language}')
def step_spoken_once(context: World, text: str, language: str) -> None:
    caption = context.stage.samples.translation(text, language)
    once = contains_exactly(has_properties(language=language))
    context.broadcast.translation.syntheses_come_to(caption, once)


@then('{listeners:Names} hear "{text:Quoted}" within {limit_ms:Milliseconds}, each in their own language')
def step_all_hear_within(context: World, listeners: list[str], text: str, limit_ms: float) -> None:
    for listener in listeners:
        heard = context.broadcast.listener(listener).hears(text, context.broadcast.listener(listener).language)
        took_s = context.broadcast.the_recogniser().since_report_s(heard.observation)
        assert_that(took_s, lasting(0, limit_ms / 1000), f"how long it took until {listener} heard the sentence")


# -- what is logged of it


@then("the log tells that a sentence of {speaker:Name}'s was given up")
def step_log_tells_error(context: World, speaker: str) -> None:
    session_id = context.broadcast.speaker(speaker).session_id
    look_up = functools.partial(context.stage.log_since_turn, "ERROR", session_id)
    comes_to(look_up, something(), f"the errors that are logged in {speaker}'s session")


@then("the log tells that nobody heard a sentence of {speaker:Name}'s")
def step_log_tells_unheard(context: World, speaker: str) -> None:
    session_id = context.broadcast.speaker(speaker).session_id
    look_up = functools.partial(context.stage.log_since_turn, "ERROR", session_id)
    of_all = has_item(matches_regexp(r"(?i)\b(?:no language|all languages|every language|nobody|no listener)\b"))
    comes_to(look_up, of_all, f"the errors that are logged in {speaker}'s session")


@then("the log tells that a sentence of {speaker:Name}'s turned out differently")
def step_log_tells_correction(context: World, speaker: str) -> None:
    look_up = functools.partial(context.stage.log_since_turn, "INFO", context.broadcast.speaker(speaker).session_id)
    comes_to(look_up, something(), f"what is logged in {speaker}'s session")


@then("the log does not tell that a sentence of {speaker:Name}'s turned out differently")
def step_log_tells_no_correction(context: World, speaker: str) -> None:
    look_up = functools.partial(context.stage.log_since_turn, "INFO", context.broadcast.speaker(speaker).session_id)
    stays(look_up, nothing(), f"what is logged in {speaker}'s session", for_s=0.3)


@then('{listeners:Names} hear "{text:Quoted}", each in their own language')
def step_all_hear_their_own(context: World, listeners: list[str], text: str) -> None:
    among = context.stage.samples.all_recordings()
    for listener in listeners:
        heard = context.broadcast.listener(listener).hears(text, context.broadcast.listener(listener).language)
        assert_that(heard, is_the_recording_of(heard.expected, among=among), f"what {listener} heard")


# -- sending to many


@given("{listener:Name} has stopped reading")
def step_stops_reading(context: World, listener: str) -> None:
    context.broadcast.listener(listener).stops_reading()


@when("{listener:Name} reads again")
def step_reads_again(context: World, listener: str) -> None:
    context.broadcast.listener(listener).reads_again()


@given("{listener:Name}'s connection is dead without anybody knowing")
def step_connection_dead(context: World, listener: str) -> None:
    context.stage.control.order("delivery", "dead", connection_id=context.broadcast.listener(listener).connection_id)
    context.broadcast.listener(listener).marker = None


@given("{listener:Name} has heard all of them in {language:Language}")
@then("{listener:Name} hears all of them in {language:Language}")
def step_hears_all(context: World, listener: str, language: str) -> None:
    context.broadcast.listener(listener).hears_all(context.broadcast.translation.phrases, language)


@then("{listener:Name} hears the last of them within {limit_s:Seconds}")
def step_hears_last(context: World, listener: str, limit_s: float) -> None:
    last = context.broadcast.listener(listener).received("audio")[-1]
    took_s = context.broadcast.the_recogniser().since_last_result_s(last)
    assert_that(took_s, lasting(0, limit_s), f"how long it took until {listener} heard the last sentence")


@then("what {listener:Name} receives is numbered without gaps")
def step_numbered(context: World, listener: str) -> None:
    numbers = [o.message["sequenceNumber"] for o in context.broadcast.listener(listener).received("audio")]
    assert_that(numbers, something(), f"the numbers of what {listener} received")
    expected = list(range(numbers[0], numbers[0] + len(numbers)))
    assert_that(numbers, equal_to(expected), f"the numbers of what {listener} received")


@then("{listener:Name} misses some of them, and hears the latest {least_s:Decimal} to {most_s:Seconds} after the gap")
def step_misses_some(context: World, listener: str, least_s: float, most_s: float) -> None:
    after_gap_s = context.broadcast.listener(listener).heard_after_gap_s(context.broadcast.translation.phrases)
    assert_that(after_gap_s, lasting(least_s, most_s), f"how many seconds of speech {listener} heard after the gap")


# -- remembering


@given(
    '{listener:Name} has heard "{text:Quoted}", which was never translated before, '
    "from {speaker:Name} in {language:Language}"
)
def step_has_heard_new(context: World, listener: str, text: str, speaker: str, language: str) -> None:
    context.broadcast.translation.invents(text)
    context.broadcast.recogniser(speaker).understands(context.broadcast.translation.sentence)
    heard = context.broadcast.listener(listener).hears(text, language)
    context.broadcast.translation.first_took_s = context.broadcast.recogniser(speaker).since_report_s(heard.observation)


@then('{listener:Name} hears "{text:Quoted}" from {speaker:Name} in {language:Language} in half the time or less')
def step_hears_sooner(context: World, listener: str, text: str, speaker: str, language: str) -> None:
    heard = context.broadcast.listener(listener).hears(text, language)
    took_s = context.broadcast.recogniser(speaker).since_report_s(heard.observation)
    half_s = context.broadcast.translation.first_took_s / 2
    assert_that(took_s, lasting(0, half_s), f"how long it took until {listener} heard the sentence")


@given("the translation of that sentence into {language:Language} is on record")
def step_has_record(context: World, language: str) -> None:
    translation = context.broadcast.translation
    found = context.broadcast.recorded.translation_comes_to("en", language, translation.sentence, something())
    translation.recorded = found


@then('the translation of that sentence into {language:Language} is recorded as "{text:Quoted}"')
def step_recorded_as(context: World, language: str, text: str) -> None:
    sentence = context.broadcast.translation.sentence
    expected = has_entries(sourceLanguage="en", targetLanguage=language, sourceText=sentence, translatedText=text)
    context.broadcast.translation.recorded = context.broadcast.recorded.translation_comes_to(
        "en", language, sentence, expected
    )


@then("the record is to be kept for {span_ms:Span}")
def step_recorded_for(context: World, span_ms: int) -> None:
    record = context.broadcast.translation.recorded
    life_s = record["ttl"] - record["createdAt"]
    assert_that(life_s, equal_to(span_ms / 1000), "for how many seconds the translation is kept")


@then("one more use of the translation into {language:Language} is recorded, at a later time")
def step_one_more_use(context: World, language: str) -> None:
    before = context.broadcast.translation.recorded
    expected = has_entries(accessCount=before["accessCount"] + 1, lastAccessedAt=greater_than(before["lastAccessedAt"]))
    context.broadcast.recorded.translation_comes_to("en", language, context.broadcast.translation.sentence, expected)


@then("all of these translations into {language:Language} are on record but the {place:Ordinal}")
def step_all_on_record_but(context: World, language: str, place: int) -> None:
    for number, sentence in enumerate(context.broadcast.translation.sentences, 1):
        expected = nothing() if number == place else something()
        context.broadcast.recorded.translation_comes_to("en", language, sentence.text, expected)


@then("hits, number and removals of remembered translations are recorded")
def step_cache_recorded(context: World) -> None:
    for name in ("TranslationCacheHitRate", "TranslationCacheSize", "TranslationCacheEvictions"):
        context.stage.figures.is_there(Figure(PIPELINE, name))
