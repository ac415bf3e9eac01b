"""How tests are run: a small set of them, by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict

from behave import given, then, when
from hamcrest import assert_that, contains_inanyorder, contains_string, empty, equal_to

from earshot.book.summary import summary
from earshot.evidence.budgets import in_a_line, of
from earshot.evidence.latency import latency_page
from earshot.evidence.results import ScenarioResult
from earshot.evidence.timings import timings
from earshot.matchers.presence import something
from earshot.running.rehearsal import Rehearsal
from features.vocabulary.running import World
from features.vocabulary.shared import World as AnyWorld

FIGURES = ("min", "average", "max", "p95", "p99")


@then("the figures are the same at the end of the run, in the report and for programs")
def step_same_figures(context: AnyWorld) -> None:
    measured = [of(judged) for judged in context.stage.stopwatch.judged]
    for_programs = [each for kind in timings(measured)["kinds"].values() for each in kind]
    at_the_end = summary([ScenarioResult(status="passed", budgets=tuple(measured))])
    page = latency_page(context.stage.stopwatch.judged, [])
    assert_that(measured, something(), "what was measured")
    assert_that(for_programs, contains_inanyorder(*map(asdict, measured)), "what programs are told")
    for each in measured:
        assert_that(at_the_end, contains_string(in_a_line(each)), "what is said at the end of the run")
        assert_that(set(FIGURES) - each.figures.keys(), empty(), "the figures that are missing")
        for name, count in each.counts.items():
            assert_that(page, contains_string(f"<dt>{name}</dt><dd>{count:g}</dd>"), "what the report shows")


@given("a small set of tests, the first of which {does:FirstTest}")
def step_small_set(context: World, does: str) -> None:
    context.rehearsal = Rehearsal(does)
    context.add_cleanup(context.rehearsal.close)


@when("the tests {way:WayOfRunning}")
def step_run(context: World, way: Callable[[Rehearsal], object]) -> None:
    way(context.rehearsal)


@then("the tests that are chosen are {titles:Titles}")
def step_chosen(context: World, titles: list[str]) -> None:
    assert_that(context.rehearsal.chosen, equal_to(titles), "the tests that are chosen")


@then("the run {outcome:RunOutcome}")
def step_outcome(context: World, outcome: Callable[[Rehearsal], object]) -> None:
    outcome(context.rehearsal)
