"""The recogniser: what it is told to understand, when it fails, and what it got."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import replace

from behave import given, then, when
from hamcrest import assert_that, equal_to, greater_than_or_equal_to, has_properties

from earshot.broadcast.figures import AUDIO, AUDIO_DELAY, LOST_AUDIO, RECOGNITION_START
from earshot.broadcast.matchers import pieces, recognition
from earshot.broadcast.recogniser import PASSING, Result, results_of
from earshot.matchers.moments import lasting
from earshot.matchers.numbers import rising
from earshot.matchers.presence import something
from earshot.patience import comes_to
from earshot.targets.figures import Figure
from features.vocabulary.broadcast import World

A_SENTENCE_EVERY_S = 0.02
"""Faster than anybody speaks, and slow enough for each sentence to be on its way before the next."""

A_WINDOW_APART_S = 0.22
"""Provisional results further apart than 200 ms do not take each other's place. The unsure ones are due three seconds
after they came, those without an end two seconds after, and so six that came over more than one are due in one."""

# -- what it understands


@given("{speaker:Name}'s recogniser follows a script")
def step_follows_script(context: World, speaker: str) -> None:
    context.broadcast.recogniser(speaker).follows_a_script()


@given("{speaker:Name} speaks to a recogniser that follows a script")
def step_speaks_to_script(context: World, speaker: str) -> None:
    context.broadcast.recogniser(speaker).follows_a_script()
    context.broadcast.speaker(speaker).speaks_for(0.2)
    context.broadcast.recogniser(speaker).attempts_come_to(recognition.started(1), and_stay=False)


@given("{speakers:Names} are broadcasting in {language:Language} to recognisers that follow a script")
def step_broadcast_to_scripts(context: World, speakers: list[str], language: str) -> None:
    for speaker in speakers:
        context.broadcast.speaker(speaker).starts_broadcasting(language)
        step_speaks_to_script(context, speaker)


@given("{speaker:Name}'s recogniser has understood {result:Result}")
@when("{speaker:Name}'s recogniser understands {result:Result}")
def step_understands(context: World, speaker: str, result: Result) -> None:
    context.broadcast.recogniser(speaker).reports([result])


@given("{speaker:Name}'s recogniser has provisionally understood {result:Result}")
@when("{speaker:Name}'s recogniser provisionally understands {result:Result}")
def step_understands_provisionally(context: World, speaker: str, result: Result) -> None:
    context.broadcast.recogniser(speaker).reports([replace(result, final=False)])


@given('{speaker:Name}\'s recogniser has understood "{text:Quoted}", which was never translated before')
@when('{speaker:Name}\'s recogniser understands "{text:Quoted}", which was never translated before')
def step_understands_new(context: World, speaker: str, text: str) -> None:
    context.broadcast.recogniser(speaker).understands(context.broadcast.translation.invents(text))


@when("{speaker:Name}'s recogniser understands the same sentence")
def step_understands_same(context: World, speaker: str) -> None:
    context.broadcast.recogniser(speaker).understands(context.broadcast.translation.sentence)


@when("{speaker:Name}'s recogniser understands the same sentence in capitals and with blanks around it")
def step_understands_same_in_capitals(context: World, speaker: str) -> None:
    context.broadcast.recogniser(speaker).understands(f"  {context.broadcast.translation.sentence.upper()} ")


@when(
    "{speaker:Name}'s recogniser provisionally understands "
    "{unsure:Number} sentences without a stability and then {open_ended:Number} without an end"
)
def step_believes_until_due_together(context: World, speaker: str, unsure: int, open_ended: int) -> None:
    texts = [f"This is sentence number {number}" for number in range(1, unsure + open_ended + 1)]
    results = [
        Result(text, final=False, stability=None if k < unsure else 0.9, after_s=k * A_WINDOW_APART_S)
        for k, text in enumerate(texts)
    ]
    context.broadcast.recogniser(speaker).reports(results)


@when("{speaker:Name}'s recogniser reports these results")
def step_reports(context: World, speaker: str) -> None:
    context.broadcast.recogniser(speaker).reports(
        results_of((row.as_dict() for row in context.table), one_utterance=False)
    )


@when("{speaker:Name}'s recogniser reports these results of one utterance")
def step_reports_one(context: World, speaker: str) -> None:
    context.broadcast.recogniser(speaker).reports(
        results_of((row.as_dict() for row in context.table), one_utterance=True)
    )


@when("{speaker:Name}'s recogniser understands {count:Number} different sentences within {duration_s:Seconds}")
def step_understands_many(context: World, speaker: str, count: int, duration_s: float) -> None:
    sentences = [f"This is sentence number {number}." for number in range(1, count + 1)]
    context.broadcast.recogniser(speaker).understands_many(sentences, within_s=duration_s)


@when(
    "{speaker:Name}'s recogniser provisionally understands "
    "{count:Number} different sentences within {duration_s:Seconds}"
)
def step_believes_many(context: World, speaker: str, count: int, duration_s: float) -> None:
    sentences = [f"This is sentence number {number}." for number in range(1, count + 1)]
    context.broadcast.recogniser(speaker).understands_many(sentences, final=False, within_s=duration_s)


@when(
    "{speaker:Name}'s recogniser provisionally understands a text of {first:Number} words "
    "and another of {second:Number} words"
)
def step_believes_texts(context: World, speaker: str, first: int, second: int) -> None:
    texts = [" ".join([word] * count) for word, count in (("one", first), ("two", second))]
    context.broadcast.recogniser(speaker).understands_many(texts, final=False, within_s=0.6)


@given("{speaker:Name}'s recogniser has understood {count:Number} sentences")
@when("{speaker:Name}'s recogniser understands {count:Number} sentences")
def step_understands_sentences(context: World, speaker: str, count: int) -> None:
    sentences = context.broadcast.translation.new_sentences(count, context.stage.samples)
    context.broadcast.recogniser(speaker).understands_many(sentences, within_s=count * A_SENTENCE_EVERY_S)


@given(
    "{speaker:Name}'s recogniser has understood {count:Number} sentences, the first of them a second before the others"
)
def step_understands_one_earlier(context: World, speaker: str, count: int) -> None:
    first, *others = context.broadcast.translation.new_sentences(count, context.stage.samples)
    context.broadcast.recogniser(speaker).understands(first)
    context.stage.lets_pass(1.1)
    context.broadcast.recogniser(speaker).understands_many(others, within_s=count * A_SENTENCE_EVERY_S)


@when("{speaker:Name}'s recogniser understands another sentence")
def step_understands_another(context: World, speaker: str) -> None:
    step_understands_sentences(context, speaker, 1)


@given("{speaker:Name}'s recogniser has understood all of them but the {place:Ordinal}")
def step_understands_all_but(context: World, speaker: str, place: int) -> None:
    sentences = [one.text for one in context.broadcast.translation.sentences]
    context.broadcast.recogniser(speaker).understands_many(sentences[: place - 1] + sentences[place:])


# -- when it fails


@given("{speaker:Name}'s recogniser has broken")
@when("{speaker:Name}'s recogniser breaks")
def step_breaks(context: World, speaker: str) -> None:
    context.broadcast.recogniser(speaker).breaks()


@given("recognition has stopped for {speaker:Name}")
def step_has_stopped(context: World, speaker: str) -> None:
    context.broadcast.recogniser(speaker).stops()


@given("recognition was tried in vain {times:Times} for {speaker:Name}")
def step_tried_in_vain(context: World, times: int, speaker: str) -> None:
    context.broadcast.recogniser(speaker).fails(times)


# -- how it was started


@then("no recognition is started for {speaker:Name} within {duration_s:Milliseconds}")
def step_not_started(context: World, speaker: str, duration_s: float) -> None:
    context.broadcast.recogniser(speaker).is_not_started(duration_s / 1000)


@then("recognition is started {often:Often} for {speaker:Name}")
def step_started(context: World, often: int, speaker: str) -> None:
    context.broadcast.recogniser(speaker).attempts_come_to(recognition.started(often))


@then("recognition is started for {speaker:Name} with attempt number {number:Number}")
def step_started_by(context: World, speaker: str, number: int) -> None:
    context.broadcast.recogniser(speaker).attempts_come_to(recognition.started_by_attempt(number))


@then("recognition was tried {times:Times} for {speaker:Name}")
def step_tried(context: World, times: int, speaker: str) -> None:
    context.broadcast.recogniser(speaker).attempts_come_to(recognition.tried(times))


@then("the attempts to start recognition for {speaker:Name} are further and further apart")
def step_growing_apart(context: World, speaker: str) -> None:
    context.broadcast.recogniser(speaker).attempts_come_to(recognition.growing_apart(), and_stay=False)


@then("{speaker:Name}'s recogniser is asked for {options:StreamOptions}")
def step_asked_for(context: World, speaker: str, options: Mapping[str, object]) -> None:
    found = context.broadcast.recogniser(speaker).options
    assert_that(found, has_properties(**options), f"what {speaker}'s recogniser is asked for")


# -- what it hears


@then("{speaker:Name}'s recogniser gets the pieces {numbers:Pieces}")
def step_gets_pieces(context: World, speaker: str, numbers: list[int]) -> None:
    context.broadcast.recogniser(speaker).pieces_come_to(pieces.just(numbers))


@then("{speaker:Name}'s recogniser gets the pieces {numbers:Pieces} within {limit_ms:Milliseconds}")
def step_gets_pieces_within(context: World, speaker: str, numbers: list[int], limit_ms: float) -> None:
    context.broadcast.recogniser(speaker).pieces_come_to(pieces.just(numbers), within_s=limit_ms / 1000)


@then("{speaker:Name}'s recogniser gets the piece {number:Number} and no other for {duration_s:Seconds}")
def step_gets_one_piece(context: World, speaker: str, number: int, duration_s: float) -> None:
    context.broadcast.recogniser(speaker).pieces_come_to(pieces.just([number]))
    context.broadcast.recogniser(speaker).pieces_stay(pieces.just([number]), for_s=duration_s)


@given("{speaker:Name}'s recogniser has got all {duration_s:Seconds} of it")
@then("{speaker:Name}'s recogniser gets all {duration_s:Seconds} of it")
def step_gets_all(context: World, speaker: str, duration_s: float) -> None:
    spoken = context.broadcast.speaker(speaker).the_last(duration_s)
    context.broadcast.recogniser(speaker).pieces_come_to(pieces.ending_with(spoken))


@then("{speaker:Name}'s recogniser gets no more than {duration_s:Seconds} of it")
def step_gets_at_most(context: World, speaker: str, duration_s: float) -> None:
    spoken = context.broadcast.speaker(speaker).spoken_last
    context.broadcast.recogniser(speaker).pieces_come_to(pieces.at_most(round(duration_s * 10), spoken))


@then("{speaker:Name}'s recogniser gets the last {duration_s:Seconds} of it without a gap")
def step_gets_last(context: World, speaker: str, duration_s: float) -> None:
    step_gets_all(context, speaker, duration_s)


@then("{speaker:Name}'s recogniser gets nothing of it")
def step_gets_nothing(context: World, speaker: str) -> None:
    spoken = context.broadcast.speaker(speaker).spoken_last
    context.broadcast.recogniser(speaker).pieces_stay(pieces.none_of(spoken), for_s=0.3)


# -- when it is closed


@then("{speaker:Name}'s recogniser is still listening")
def step_still_listening(context: World, speaker: str) -> None:
    context.broadcast.recogniser(speaker).attempts_come_to(recognition.started(1))
    assert_that(context.broadcast.recogniser(speaker).is_listening(), equal_to(True), f"{speaker}'s recogniser listens")


@given("{speaker:Name}'s recogniser was closed after {silence_s:Seconds} without sound")
def step_was_closed(context: World, speaker: str, silence_s: float) -> None:
    context.broadcast.recogniser(speaker).is_closed(within_s=silence_s + 1)


@then("{speaker:Name}'s recogniser is closed after {least_s:Decimal} to {most_s:Seconds} without sound")
def step_closed_after(context: World, speaker: str, least_s: float, most_s: float) -> None:
    closed_after_s = context.broadcast.recogniser(speaker).closed_after_s(within_s=most_s + 1)
    assert_that(closed_after_s, lasting(least_s, most_s), f"how long {speaker}'s recogniser was open without sound")


@then("{speaker:Name}'s recogniser is closed within {limit_s:Seconds}")
def step_closed_within(context: World, speaker: str, limit_s: float) -> None:
    context.broadcast.recogniser(speaker).is_closed(within_s=limit_s)


# -- what is recorded and logged of it


@then("the loss of some of {speaker:Name}'s sound is counted")
def step_overflow_counted(context: World, speaker: str) -> None:
    session_id = context.broadcast.speaker(speaker).session_id
    context.stage.figures.count_comes_to(greater_than_or_equal_to(1), LOST_AUDIO, session_id)


@then("the start of recognition is recorded once for {speaker:Name}")
def step_start_recorded(context: World, speaker: str) -> None:
    context.stage.figures.count_comes_to(1, RECOGNITION_START, context.broadcast.speaker(speaker).session_id)


@then("{count:Number} passing faults of recognition are counted for {speaker:Name}")
def step_faults_counted(context: World, count: int, speaker: str) -> None:
    faults = Figure(AUDIO, "TranscribeStreamErrors", (("ErrorType", PASSING),), counts=True)
    context.stage.figures.count_comes_to(count, faults, context.broadcast.speaker(speaker).session_id)


@then("passing faults of recognition are counted by kind")
def step_faults_counted_by_kind(context: World) -> None:
    context.stage.figures.is_there(Figure(AUDIO, "TranscribeErrors", (("ErrorCode", PASSING),), counts=True))


@then("the processing time of {count:Number} pieces of {speaker:Name}'s sound is recorded")
def step_processing_recorded(context: World, count: int, speaker: str) -> None:
    context.stage.figures.count_comes_to(count, AUDIO_DELAY, context.broadcast.speaker(speaker).session_id)


@then("the median, the 95th and the 99th percentile of {speaker:Name}'s processing times can be read")
def step_percentiles(context: World, speaker: str) -> None:
    session_id = context.broadcast.speaker(speaker).session_id
    percentiles = [context.stage.figures.percentile(percent, AUDIO_DELAY, session_id) for percent in (50, 95, 99)]
    assert_that(percentiles, rising(), f"p50, p95 and p99 of {speaker}'s processing times in ms")


@then("the log tells that sound of {speaker:Name}'s arrived out of order")
def step_log_tells_disorder(context: World, speaker: str) -> None:
    session_id = context.broadcast.speaker(speaker).session_id
    look_up = functools.partial(context.stage.log_since_turn, "WARNING", session_id)
    comes_to(look_up, something(), f"what the log warns of in {speaker}'s session")
