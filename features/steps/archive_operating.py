"""How the archive is, what it alerts of, and how it bears many at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from behave import given, then, when
from hamcrest import assert_that, greater_than

from earshot.archive import operating
from earshot.archive.load import Load, Work, percentile
from earshot.archive.system import Archive
from earshot.measure.stopwatch import judges_time
from features.vocabulary.archive import World
from features.vocabulary.shared import Attempt


class Loaded(World, Protocol):
    load: Load

    def __contains__(self, name: str) -> bool: ...


def _load(context: Loaded) -> Load:
    if "load" not in context:
        context.load = Load(context.archive)
    return context.load


@then("the archive is well within {limit_s:Seconds}")
def step_well(context: World, limit_s: float) -> None:
    operating.comes_to_be(context.archive, limit_s)


@given("the archive has come to be without {part:ArchivePart}")
@then("the archive is well but for {part:ArchivePart} within {limit_s:Seconds}")
def step_without(context: World, part: str, limit_s: float = operating.WITHIN_S) -> None:
    operating.comes_to_be(context.archive, limit_s, part)


@then("one {severity:Severity} alert tells that {part:ArchivePart} is not well")
def step_alerted(context: World, severity: str, part: str) -> None:
    operating.was_told(context.archive, "alert", part, severity)


@then("one message tells that {part:ArchivePart} is back")
def step_resolved(context: World, part: str) -> None:
    operating.was_told(context.archive, "resolve", part, "critical")


@when("{person:Name} takes the alert about {part:ArchivePart}")
def step_takes(context: World, person: str, part: str) -> None:
    operating.takes_the_alert(context.archive, person, part)


@then("the alerts show that {person:Name} has taken it, and when")
def step_taken(context: World, person: str) -> None:
    operating.shows_who_took_it(context.archive, person)


@then("the alert about {part:ArchivePart} {again:Again} told again")
def step_again(context: World, part: str, again: bool) -> None:
    operating.is_told_again(context.archive, part, wanted=again)


@then("{figure:ArchiveFigure} is told to be {level:ArchiveLevel}")
def step_level(context: World, figure: str, level: str) -> None:
    operating.exceeds(figure, level)(context.archive)


@then("the archive {fact:ArchiveFact}")
def step_archive(context: World, fact: Callable[[Archive], object]) -> None:
    fact(context.archive)


@then("the figures grow by {count:Number} when {person:Name} tries {times:Number} times to {attempt:Attempt}")
@then(
    "the figures grow by {count:Number}, {refused:Number} of them in vain, "
    "when {person:Name} tries {times:Number} times to {attempt:Attempt}"
)
def step_figures(context: World, count: int, person: str, times: int, attempt: Attempt, refused: int = 0) -> None:
    def act() -> None:
        for _ in range(times):
            attempt(context, person)
            context.stage.surprises.claim(context.archive.person(person).outcome)

    operating.counts_requests(context.archive, count, refused, act)


# -- load


@given("it is known how quick the list is, and what the archive needs")
def step_before(context: Loaded) -> None:
    _load(context).notes()
    context.stage.stopwatch.times(_load(context).looks_at_the_list)


@when("{people:Number} archivists {work:ArchiveWork}, {times:Number} times altogether")
def step_load(context: Loaded, people: int, work: Work, times: int) -> None:
    context.stage.stopwatch.times(lambda: _load(context).carry_out(work, people, times))


@when("1, 5, 10, 20 and 50 archivists {work:ArchiveWork}, ten times each")
def step_ladder(context: Loaded, work: Work) -> None:
    context.stage.stopwatch.times(lambda: _load(context).climbs(work))


@then("all of that took at most {limit_s:Seconds}")
@judges_time
def step_together(context: Loaded, limit_s: float) -> None:
    context.stage.stopwatch.insist_on_time(_load(context).took, 0, limit_s * 1000, "until all of it was done")


@then("an answer took at most {average_s:Seconds} on average, and {p95_s:Seconds} 95% of the time")
@judges_time
def step_answers(context: Loaded, average_s: float, p95_s: float) -> None:
    load, watch = _load(context), context.stage.stopwatch
    assert_that(len(load.delays), greater_than(0), "how many answers were timed")
    watch.insist_on_average("answers under load", average_s * 1000, lambda _: load.delays, things="answers")
    watch.insist_on_time(percentile(load.delays, 0.95), 0, p95_s * 1000, "the 95th of 100 answers")


@then("no answer took more than {limit_s:Seconds}")
@judges_time
def step_longest(context: Loaded, limit_s: float) -> None:
    context.stage.stopwatch.insist_on_times(_load(context).delays, limit_s * 1000, "until it was answered")


@then("the list is as quick as before")
@judges_time
def step_list(context: Loaded) -> None:
    load, watch = _load(context), context.stage.stopwatch
    watch.times(load.looks_at_the_list)
    watch.insist_on_time(load.list_is_as_quick(), 0, load.most_ms, "until the list was there")


@then("with fifty at once an answer takes at most ten times as long as for one, or a second")
@judges_time
def step_top(context: Loaded) -> None:
    delay, most_ms = _load(context).at_the_top()
    context.stage.stopwatch.insist_on_time(delay, 0, most_ms, "the 95th of 100 answers for fifty at once")


@then("nothing is lost, and everything was begun with")
def step_nothing_lost(context: Loaded) -> None:
    _load(context).nothing_is_lost()


@then("the archive needs at most {most_mb:Number} MiB more, and otherwise what it needed")
def step_needs(context: Loaded, most_mb: int) -> None:
    _load(context).needs_what_it_needed(most_mb)
