"""Calls: how the service bears many who ask at once."""

from __future__ import annotations

from itertools import pairwise

from behave import given, then, when
from hamcrest import assert_that, equal_to, greater_than, greater_than_or_equal_to, less_than, less_than_or_equal_to

from earshot.calls.load import ALL_AT_ONCE, LEFTOVERS, Asks, Load
from earshot.evidence import workloads
from earshot.matchers.presence import nothing, something
from earshot.measure.gates import gates
from earshot.measure.workloads import compare
from earshot.patience import comes_to
from features.vocabulary.calls_performance import World

RESTS_S = 2.0
SLOWER = 1.5
UNDER_WAY = LEFTOVERS[0].name


def _load(context: World) -> Load:
    if "load" not in context:
        context.load = Load(context.calls)
    return context.load


def _insist_on_ratio(context: World, times: float, before: int, now: int) -> None:
    """Insist that one load was answered at most so many times as slowly as another, as far as the machine is fit."""
    load = _load(context)
    most_ms, what = times * load.found[before].average_s * 1000, f"{load.found[now].concurrency} at a time"
    context.stage.stopwatch.insist_on_average(what, most_ms, lambda _: load.delays[now], things="answers")


@given("{count:Number} at a time {asks:LoadWork} for {span_s:Seconds}")
@when("{count:Number} at a time {asks:LoadWork} for {span_s:Seconds}")
def step_load(context: World, count: int, asks: Asks, span_s: float) -> None:
    load, tuning = _load(context), context.stage.tuning
    count, span_s = tuning.load(count), float(tuning.of("sustained_s", span_s))
    context.stage.stopwatch.times(lambda: load.carry_out(asks, count, span_s))
    workloads.attach(load.latest)


@when("1, 5, 10 and 20 at a time {asks:LoadWork}, each for {span_s:Seconds}")
def step_steps(context: World, asks: Asks, span_s: float) -> None:
    for count in (1, 5, 10, 20):
        step_load(context, count, asks, span_s)


@when("20 ask how the service is, 10 report calls and 3 have a text spoken, all at once")
def step_mixed(context: World) -> None:
    context.stage.stopwatch.times(lambda: _load(context).carry_out_together(ALL_AT_ONCE))


@when('{count:Number} guests who are put through tell the hotel "{text:Quoted}" {turns:Times}')
def step_talk(context: World, count: int, text: str, turns: int) -> None:
    context.stage.stopwatch.times(lambda: _load(context).talk(count, text, turns))


@then("{most_s:Seconds} after they have spoken, 95% of the replies have come")
def step_replies(context: World, most_s: float) -> None:
    context.stage.stopwatch.insist_on_time(_load(context).p95(), 0, most_s * 1000, "the 95th of 100 replies")


@then(
    "they are answered within {average_s:Seconds} on average and within {p95_s:Seconds} 95% of the time, "
    "{rate:Number} a second or more"
)
def step_answered_in_time(context: World, average_s: float, p95_s: float, rate: int) -> None:
    load, watch = _load(context), context.stage.stopwatch
    delays = sorted(delay for delay, _ in load.answers)
    what = f"{load.latest.name} under load"
    watch.insist_on_average(what, average_s * 1000, lambda _: delays, things="answers")
    watch.insist_on_time(load.p95(), 0, p95_s * 1000, f"{what}, the 95th of 100 answers")
    took = load.took()
    watch.insist_on_time(took, 0, len(delays) * 1000 / rate, f"until {len(delays)} were answered")


@then("at most {share:Percent} of them ask in vain")
def step_in_vain(context: World, share: float) -> None:
    for each in _load(context).found:
        assert_that(each.error_rate, less_than_or_equal_to(share), f"the share in vain of {each.requests} {each.name}")


@then("at least {share:Percent} of them are answered within {limit_s:Seconds}")
def step_all_at_once(context: World, share: float, limit_s: float) -> None:
    load, watch = _load(context), context.stage.stopwatch
    assert_that(load.well, greater_than_or_equal_to(share), f"the share of {len(load.answers)} answered well")
    took = load.took()
    watch.insist_on_time(took, 0, limit_s * 1000, "until all were answered")


@then("the service needs at most {most_mb:Number} MB more, and {further_mb:Number} MB after a rest")
def step_memory(context: World, most_mb: int, further_mb: int) -> None:
    load = _load(context)
    assert_that(load.latest.memory_mb, less_than(most_mb), "by how much the service grew, in MB")
    before = load.memory_mb()
    context.stage.lets_pass(RESTS_S)
    assert_that(load.memory_mb() - before, less_than(further_mb), "by how much it grew while nobody asked, in MB")


@then("nothing is left of the load {within_s:Seconds} after its end")
def step_nothing_left(context: World, within_s: float) -> None:
    load = _load(context)
    assert_that(load.leftovers()[UNDER_WAY], greater_than(load.started[UNDER_WAY]), "what is under way")
    load.ends_all()
    comes_to(load.leftovers, equal_to(load.started), "what is under way", within_s=within_s)


@then("each step takes at most {times:Number} times as long as the one before")
def step_scales(context: World, times: int) -> None:
    load = _load(context)
    for before, now in pairwise(range(len(load.found))):
        _insist_on_ratio(context, times, before, now)


@then("that is {verdict:LoadCompared} the load before, and the gate is {gate:GateVerdict}")
def step_compared(context: World, verdict: bool, gate: str) -> None:
    before, now = _load(context).found[-2:]
    if not verdict:
        _insist_on_ratio(context, SLOWER, -2, -1)
    found = compare(before, now)
    judged = gates(passed=0, ran=0, required=[], load=[], compared=[found], probes=[], flaky=None)
    assert_that([each.words for each in found.gating], something() if verdict else nothing(), "what is clearly worse")
    assert_that({each.name: each.verdict for each in judged}["slower than the baseline"], equal_to(gate), "the gate")


@then("its figures tell of each request, its time, memory and processor time")
def step_figures(context: World) -> None:
    _load(context).is_counted()
