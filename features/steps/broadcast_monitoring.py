"""What the service tells those who run it: figures, alarms and a log."""

from __future__ import annotations

from itertools import starmap
from operator import attrgetter

from behave import given, then
from hamcrest import (
    all_of,
    assert_that,
    only_contains,
)

from earshot.broadcast.figures import AUDIO_SIZE
from earshot.broadcast.matchers.alarms import raise_alarm
from earshot.broadcast.news import LogLine
from earshot.broadcast.secrets import audio_secrets
from earshot.matchers.log_lines import complete, gives_away_none_of, says_often, tells_of
from earshot.matchers.presence import nothing, something
from earshot.patience import comes_to, stays
from earshot.targets.figures import Figure
from features.vocabulary.broadcast import World

# -- figures of a session


@then("the figure for {figure:Count} in {speaker:Name}'s session comes to {count:Number}")
def step_count(context: World, figure: Figure, speaker: str, count: int) -> None:
    context.stage.figures.count_comes_to(count, figure, context.broadcast.speaker(speaker).session_id)


@then("within {budget_s:Seconds} the figure for {figure:Count} in {speaker:Name}'s session comes to {count:Number}")
def step_count_within(context: World, budget_s: float, figure: Figure, speaker: str, count: int) -> None:
    session_id = context.broadcast.speaker(speaker).session_id
    context.stage.figures.count_comes_to(count, figure, session_id, within_s=budget_s)


@then("{measure:Measure} in {speaker:Name}'s session is measured {count:Often}")
def step_measured(context: World, measure: Figure, speaker: str, count: int) -> None:
    context.stage.figures.times_come_to(count, measure, context.broadcast.speaker(speaker).session_id)


@then("the size of {count:Number} pieces of audio in {speaker:Name}'s session is recorded as {size:Number} bytes")
def step_sizes(context: World, count: int, speaker: str, size: int) -> None:
    context.stage.figures.sizes_come_to([size] * count, AUDIO_SIZE, context.broadcast.speaker(speaker).session_id)


@then("the median, the 95th and the 99th percentile of {measure:Measure} in {speaker:Name}'s session can be read")
def step_percentiles(context: World, measure: Figure, speaker: str) -> None:
    session_id = context.broadcast.speaker(speaker).session_id
    context.stage.figures.percentiles_are_there((50, 95, 99), measure, session_id)


# -- figures of the whole service, to which every session adds


@given("the figure for {figure:ServiceCount} is known")
def step_known(context: World, figure: Figure) -> None:
    context.stage.figures.note(figure)


@given("it is known how often {measure:ServiceMeasure} was measured")
def step_known_measure(context: World, measure: Figure) -> None:
    context.stage.figures.note(measure)


@then("the figure for {figure:ServiceCount} grows by {count:Number}")
def step_grows(context: World, figure: Figure, count: int) -> None:
    context.stage.figures.grows_by(count, figure)


@then("{measure:ServiceMeasure} is measured once more")
def step_measured_once_more(context: World, measure: Figure) -> None:
    context.stage.figures.grows_by(1, measure)


@then("no figure carries the identity of a connection")
def step_no_identity(context: World) -> None:
    labels = context.stage.metrics.labels()
    identities = {what for secret, what in context.broadcast.secrets_of_people().items() if secret in labels}
    assert_that(identities, nothing(), "what is given away by the names and values that tell figures apart")


# -- alarms


@then("there is a {level:AlarmLevel} alarm for {metric:Alarm} above {limit:Number} for {minutes:Minutes}")
def step_alarm(context: World, level: str, metric: str, limit: int, minutes: int) -> None:
    expected = raise_alarm(level, metric, above=limit, for_minutes=minutes)
    assert_that(context.stage.metrics.alarms(), expected, "the alarms of the service")


# -- the log


@then("the detailed log tells of every message that {person:Name} sent and received")
def step_logged_messages(context: World, person: str) -> None:
    actor = context.broadcast.person(person)
    lines = LogLine(all_of(*starmap(says_often, actor.kinds_of_messages().items())), connection_of=person)
    step_logged(context, "DEBUG", lines)


@then('apart from the detailed log there is nothing of "{text:Quoted}"')
def step_words_only_in_detail(context: World, text: str) -> None:
    words = {text: "the words that were spoken"}
    assert_that(context.stage.log(level="INFO"), gives_away_none_of(words), "the log, without its details")


@then("the {log:Log} that {line:LogLine}")
def step_logged(context: World, log: str, line: LogLine) -> None:
    comes_to(lambda: context.broadcast.logged(log, line), line.says, f"what the log says, from {log} on")


@then("the log does not tell that {line:LogLine}")
def step_not_logged(context: World, line: LogLine) -> None:
    says_so = lambda: [e for e in context.broadcast.logged("INFO", line) if line.says.matches([e])]  # noqa: E731
    stays(says_so, nothing(attrgetter("sentence")), "what the log tells", for_s=0.3)


@then("every line of the log says when, how gravely, where and what happened")
def step_structured(context: World) -> None:
    assert_that(context.stage.log(), only_contains(complete()), "the lines of the log")


@then("the log names {speaker:Name}'s session where it tells of its opening, of {listener:Name} and of its end")
def step_names_session(context: World, speaker: str, listener: str) -> None:
    for name in (speaker, listener):
        step_logged(context, "INFO", LogLine(something(), connection_of=name, session_of=speaker))
    step_logged(context, "INFO", LogLine(tells_of("ended"), session_of=speaker))


@then("the log gives away nobody's sign-in, name, connection or network address")
def step_no_people_in_log(context: World) -> None:
    assert_that(context.stage.log(), gives_away_none_of(context.broadcast.secrets_of_people()), "the whole log")


@then("the log holds nothing of the audio that was sent and heard")
def step_no_audio_in_log(context: World) -> None:
    assert_that(context.stage.log(), gives_away_none_of(audio_secrets(context.stage.ledger)), "the whole log")
