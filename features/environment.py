"""Opens and closes things; decides nothing."""

from __future__ import annotations

import sys
from pathlib import Path

from behave.model import Scenario, Step
from behave.runner import Context

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import features.vocabulary  # noqa: F401  the words that steps may use
from earshot.evidence import exhibits, formatter, surroundings
from earshot.running.run import Run
from earshot.running.selection import insist_on_scenarios
from earshot.running.watch import close_stage, turn, watch_steps
from earshot.side_by_side import hold_locks

formatter.cure()


def before_all(context: Context) -> None:
    insist_on_scenarios(context)
    run = Run(dict(context.config.userdata))
    context.add_cleanup(run.close)
    context.run = run
    surroundings.accompany(context, run.target, run.contracts)
    watch_steps(context)


def before_scenario(context: Context, scenario: Scenario) -> None:
    context.add_cleanup(hold_locks(scenario.effective_tags).close)
    context.stage = context.run.stage()
    for name, system in context.stage.systems.items():
        setattr(context, name, system)
    if reason := context.run.lacks(scenario.effective_tags):
        scenario.skip(reason)


def before_step(context: Context, step: Step) -> None:
    if step.keyword == "When":  # an And goes on with the same act
        turn(context)
        exhibits.note_records(context)


def after_scenario(context: Context, scenario: Scenario) -> None:
    exhibits.note_records(context)
    try:
        close_stage(context.stage, scenario, context.run)
    finally:
        exhibits.attach(context)
        if problem := context.run.obstacles.look(scenario):
            formatter.stop(context, problem)
