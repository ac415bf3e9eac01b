"""Watches every step: what it did not ask for fails it, and what is known to fail is told apart.

An error or a contract violation that no step asked for fails the step in which it came, not a later one. Where the
target file says that a scenario is known to fail, its failure becomes a skip with that reason; that it passes is the
failure then. What the target turns out not to grant is skipped, too.
"""

from __future__ import annotations

import datetime
import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from behave.model import Scenario
from behave.runner import Context

from earshot.evidence.verdicts import KNOWN_TO_FAIL, sentence
from earshot.failures import ContractBreach, NotGranted
from earshot.running.run import Run
from earshot.stage import Stage


def watch_steps(context: Context) -> None:
    """Let every step of this run end with a look at what happened meanwhile; call it once, in `before_all`.

    The runner's own registry is used: `behave.step_registry.registry` may be another one by now.
    """
    for matchers in context._runner.step_registry.steps.values():
        for matcher in matchers:
            matcher.func = _watched(matcher.func)


def turn(context: Context) -> None:
    """Begin with a When: what comes from here on is what later steps are about."""
    context.stage.marks_turning_point()
    registry = context._runner.step_registry
    matches = (registry.find_match(step) for step in context.scenario.all_steps)
    if any(getattr(match.func, "judges_time", False) for match in matches if match is not None):
        context.stage.stopwatch.watches()


def close_stage(stage: Stage, scenario: Scenario, run: Run) -> None:
    """End the scenario: part, look for surprises, and insist that a scenario known to fail did fail."""
    expected = run.expected_failure(scenario)
    with _excusing(scenario, run), _blaming_breaches(stage):
        stage.closes()
    if expected is not None and not scenario.should_skip:
        raise AssertionError(
            f"the scenario passed, though the target file says that it fails: {expected.words}; remove it from there"
        )
    if (altered := stage.tuning.altered) and not any(step.status.has_failed() for step in scenario.all_steps):
        found = "; ".join(f"{judged.what}: {judged.words}" for judged in stage.stopwatch.judged)
        scenario.skip(f"not checked: this run sets what the scenario says ({', '.join(altered.values())}); {found}")


def _watched(step: Callable[..., object]) -> Callable[..., object]:
    @functools.wraps(step)
    def run(context: Any, *args: object, **kwargs: object) -> None:
        with _excusing(context.scenario, context.run), _blaming_breaches(context.stage):
            step(context, *args, **kwargs)
            context.stage.fails_on_surprises()

    return run


@contextmanager
def _blaming_breaches(stage: Stage) -> Iterator[None]:
    """Where something that the contract does not allow came before a failure, let that be the failure.

    What goes wrong afterwards goes wrong because of it, even in the harness: what nobody could read never comes, and
    what should have been in a message is not there to be looked at.
    """
    try:
        yield
    except Exception as failure:
        breaches = stage.surprises.breaches()
        if all(breach.partition(": ")[2] in str(failure) for breach in breaches):
            raise
        then = sentence(str(failure)) if isinstance(failure, AssertionError) else repr(failure)
        raise ContractBreach(f"{'; '.join(breaches)}; and so: {then}") from failure


@contextmanager
def _excusing(scenario: Scenario, run: Run) -> Iterator[None]:
    """Turn the failure of a scenario that is known to fail into a skip with the known reason.

    So is a scenario that asks for what the target turns out not to grant. Raises Unusable if a failure may come of
    something of ours that is gone.
    """
    try:
        yield
    except NotGranted as lack:
        scenario.skip(f"not checked: {lack}")
    except AssertionError as failure:
        run.obstacles.insist_on_ours(failure)
        expected = run.expected_failure(scenario)
        if expected is None:
            raise
        if expected.is_over(_today()):
            failure.args = (f"{failure} (the target file excused it until {expected.expires}: {expected.words})",)
            raise
        scenario.skip(f"{KNOWN_TO_FAIL}: {expected.words}. This time: {sentence(str(failure))}")


def _today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()
