"""What goes wrong in a service, and when that is over."""

from behave import given, when


@given("{fault:Fault}")
def step_goes_wrong(context, fault):
    person = context.stage.participant(fault.person) if fault.person else None
    context.stage.control.order(fault.place, fault.effect, **fault.scope(person))


@given("{trouble:Trouble}")
def step_goes_wrong_in_a_conversation(context, trouble):
    caller = context.stage.caller(trouble.person)
    context.stage.control.order(trouble.place, trouble.effect, **trouble.scope(caller))


@given("{page_trouble:PageTrouble}")
def step_page_runs_into(context, page_trouble):
    page = context.stage.page(page_trouble.person)
    context.stage.control.order(page_trouble.place, page_trouble.effect, **page_trouble.scope(page))


@given("everything works again")
@when("everything works again")
def step_works_again(context):
    context.stage.control.call_off_ours()
