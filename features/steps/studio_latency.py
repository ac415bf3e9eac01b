"""The studio: how long it takes."""

from __future__ import annotations

from collections.abc import Callable

from behave import then, when
from hamcrest import assert_that, greater_than_or_equal_to, less_than

from earshot.failures import BudgetExceeded
from earshot.measure.sentences import duration
from earshot.measure.timed import Timed
from earshot.studio.engineer import Engineer
from earshot.studio.matchers import tells_figures
from earshot.studio.planned import Plan
from earshot.studio.timed import round_trips
from features.vocabulary.studio import World

# -- what is timed


@when("{person:Name} connects to the live session {times:Times}")
def step_connects_often(context: World, person: str, times: int) -> None:
    engineer = context.studio.engineer(person)
    context.stage.stopwatch.times(lambda: engineer.connects_often(times))


@when("{engineers:Engineers} {stream:Streams} {plan:StreamPlan}")
def step_stream(context: World, engineers: Callable[..., list[Engineer]], stream: str, plan: Plan) -> None:
    those, tuned = engineers(context.studio), plan.tuned(context.stage.tuning)
    context.stage.stopwatch.times(lambda: context.studio.stream(those, tuned))


# -- what was found


@then("at least {least:Percent} of the pieces have come back, and fewer than {most:Percent} were refused")
def step_share_back(context: World, least: float, most: float) -> None:
    for engineer in context.studio.engineers():
        sending = engineer.sending
        sent, (back, _) = len(sending.pieces), sending.rate()
        assert_that(back / sent, greater_than_or_equal_to(least), f"the share of {sent} pieces that came back")
        assert_that(sending.refused / sent, less_than(most), f"the share of {sent} pieces that were refused")


@then("{least:Number} to {most:Number} pieces a second have come back")
def step_pieces_a_second(context: World, least: int, most: int) -> None:
    for engineer in context.studio.engineers():
        back, took = engineer.sending.rate()
        within_ms = back * 1000 / most, back * 1000 / least
        context.stage.stopwatch.insist_on_time(took, *within_ms, f"until {back} pieces had come back")


@then(
    "the last {late_s:Seconds} take at most twice as long as the first {early_s:Seconds}, "
    "and {spare_ms:Milliseconds} more"
)
def step_no_growth(context: World, late_s: float, early_s: float, spare_ms: float) -> None:
    context.stage.stopwatch.insist_on_no_growth(
        "pieces come back as quickly at the end as at the beginning",
        lambda seen: round_trips(context.studio, seen),
        first_s=early_s,
        last_s=late_s,
        spare_ms=spare_ms,
    )


@then("it is found out, by how much, that on average {timed:Timed} later than within {limit_ms:Duration}")
def step_found_out(context: World, timed: Timed, limit_ms: float) -> None:
    what = f"on average {timed.words} within {duration(limit_ms)}"
    try:
        context.stage.stopwatch.insist_on_average(
            what, limit_ms, lambda seen: timed.delays(context.studio, seen), things=timed.things
        )
    except BudgetExceeded as failure:
        assert_that(str(failure), tells_figures(), "what was said of the delay")
        return
    raise AssertionError(f"nobody noticed that {timed.words} later than {duration(limit_ms)} on average")
