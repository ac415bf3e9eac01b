"""Exploring: people do as they like, and the rules must hold."""

from behave import then, when


@when("people do as they like for {duration_s:Seconds}")
def step_do_as_they_like(context, duration_s):
    context.stage.expedition.goes_on(duration_s)


@then("everything happened as the rules say, after each of at least {count:Number} steps")
def step_as_the_rules_say(context, count):
    context.stage.expedition.found_no_disagreement(least_steps=count)
