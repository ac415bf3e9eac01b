"""Steps that end as they say."""

import allure
from behave import given, then
from behave.runner import Context
from environment import go_wrong


@given("a step that is {outcome}")
def step_ends(context: Context, outcome: str) -> None:
    go_wrong(context, outcome)


@then("the report knows more than the feature file")
def step_adds(context: Context) -> None:
    allure.dynamic.label("owner", "Ana")
    allure.dynamic.severity("minor")
    allure.dynamic.title("A better title")
    allure.dynamic.parameter("voice", "heart")
    allure.attach("made in a step \ud800", "step")
