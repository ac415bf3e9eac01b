"""Hooks that go wrong when a tag says so: `@after-hook.failed`, `@clean-up.broken` and the like.

KIT_WITHOUT names a cure to do without, KIT_UNCURED does without any: the tests show that each is missed.
"""

import os

import allure
import without  # before the cure: it remembers what the stock methods were
from behave.model import Feature, Rule, Scenario
from behave.runner import Context

from earshot.evidence.formatter import cure
from earshot.failures import Inconclusive

if "KIT_UNCURED" not in os.environ:
    cure()
if "KIT_WITHOUT" in os.environ:
    without.undo(os.environ["KIT_WITHOUT"])


def go_wrong(context: Context, outcome: str) -> None:
    if outcome == "failed":
        raise AssertionError("the target broke a promise")
    if outcome == "broken":
        raise OSError("the harness did not work")
    if outcome == "skipped":
        context.scenario.skip("the target has no table")
    if outcome == "undefined":
        context.execute_steps("Given a step nobody has defined")
    if outcome == "inconclusive":
        raise Inconclusive("the machine was too busy")


def obey(context: Context, tags: list[str], place: str) -> None:
    for tag in tags:
        if tag.startswith(f"{place}."):
            go_wrong(context, tag.rpartition(".")[2])


def before_all(context: Context) -> None:
    obey(context, [f"before-run.{context.config.userdata.get('before-run', 'passed')}"], "before-run")


def after_all(context: Context) -> None:
    obey(context, [f"after-run.{context.config.userdata.get('after-run', 'passed')}"], "after-run")


def before_feature(context: Context, feature: Feature) -> None:
    allure.attach("made between scenarios", "note")
    obey(context, feature.tags, "before-feature")


def after_feature(context: Context, feature: Feature) -> None:
    obey(context, feature.tags, "after-feature")


def before_rule(context: Context, rule: Rule) -> None:
    obey(context, rule.tags, "before-rule")


def after_rule(context: Context, rule: Rule) -> None:
    context.add_cleanup(obey, context, rule.tags, "after-rule-clean-up")


def before_scenario(context: Context, scenario: Scenario) -> None:
    context.add_cleanup(obey, context, scenario.tags, "clean-up")
    obey(context, scenario.tags, "before-hook")


def after_scenario(context: Context, scenario: Scenario) -> None:
    allure.attach("made in after_scenario", "after")
    obey(context, scenario.tags, "after-hook")
