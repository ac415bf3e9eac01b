"""Conversations: who answers, what is turned away, and what goes wrong."""

from __future__ import annotations

from collections.abc import Mapping

from behave import given, then, when
from hamcrest import (
    assert_that,
    contains_exactly,
    empty,
    equal_to,
    greater_than,
    has_item,
    is_not,
    less_than,
    less_than_or_equal_to,
)

from earshot.conversation.matchers import Complaint, complains, unwell
from earshot.conversation.turns import ANSWER, ERROR
from earshot.disclosures import gives_away
from earshot.patience import comes_to
from features.vocabulary.conversation import Understood, World

# -- assistants


@given("for {person:Name}, {choice:Choice} is preferred, OpenAI has {key:Key}, and {terms:Terms}")
def step_prefers(context: World, person: str, choice: str, key: str | None, terms: Mapping[str, object]) -> None:
    session_id = context.conversation.user(person).session_id
    own_key = key and context.conversation.as_its_own(key)
    context.stage.control.order(
        "assistant", "configure", session_id=session_id, choice=choice, openai_key=own_key, **terms
    )


@then("{person:Name} has not been answered yet")
def step_not_answered_yet(context: World, person: str) -> None:
    assert_that(context.conversation.user(person).received(ANSWER, ERROR), empty(), f"what {person} was told meanwhile")


@then("the service asked {backends:Backends} for {person:Name}")
def step_asked_in_order(context: World, backends: list[str], person: str) -> None:
    asked = context.conversation.asked_assistants(person)
    assert_that(asked, equal_to(backends), f"whom the service asked for {person}, in order")


@then("the answer to {person:Name} has 1 to {most:Number} words")
def step_answer_length(context: World, person: str, most: int) -> None:
    words = (context.conversation.user(person).answer().response or "").split()
    assert_that(len(words), greater_than(0), f"how many words {person} was told")
    assert_that(len(words), less_than_or_equal_to(most), f"how many words {person} was told")


@then("the check of {person:Name}'s words took less than {budget_ms:Milliseconds}")
def step_check_took(context: World, person: str, budget_ms: float) -> None:
    checks = context.stage.control.observe("content-checks", session_id=context.conversation.user(person).session_id)
    took_ms = [(check.answered_at_s - check.asked_at_s) * 1000 for check in checks]
    assert_that(took_ms, contains_exactly(less_than(budget_ms)), f"how many ms each check of {person}'s words took")


# -- what is understood


@given("{person:Name}'s next turn will be understood as {understood:Understood}")
def step_will_be_understood(context: World, person: str, understood: Understood) -> None:
    context.conversation.is_to_understand(person, [understood.text], understood.speaker)


# -- messages


@then("{person:Name} stays connected for {for_ms:Milliseconds} and is told nothing but errors")
def step_stays_connected(context: World, person: str, for_ms: float) -> None:
    user = context.conversation.user(person)
    user.stays_quiet(for_ms / 1000, since=context.stage.turning_point)
    user.excuses_errors(since=context.stage.turning_point)


@then("nothing that {person:Name} was told gives away the inside of the service")
def step_gives_nothing_away(context: World, person: str) -> None:
    told = context.conversation.user(person).errors_told()
    assert_that(told, is_not(empty()), f"the errors that {person} was told")
    assert_that([words for words in told if gives_away(words)], empty(), "errors that give something away")


# -- recognition and storage


@given("{person:Name} has connected in vain")
def step_connected_in_vain(context: World, person: str) -> None:
    context.conversation.user(person).connects_in_vain()


@when('{person:Name} asks "{text:Quoted}" come what may')
def step_asks_come_what_may(context: World, person: str, text: str) -> None:
    context.conversation.user(person).asks_come_what_may(text)


@then("{person:Name} is told among other things that {complaint:Complaint}")
def step_told_among_others(context: World, person: str, complaint: Complaint) -> None:
    user = context.conversation.user(person)
    errors = user.errors_of_turn(since=context.stage.turning_point)
    assert_that(errors, has_item(complains(complaint, user.contract)), f"the errors that {person} was told")


@given("the service has said that it could not keep something")
@then("the service says that it could not keep something")
def step_says_not_kept(context: World) -> None:
    comes_to(context.conversation.kept.health, unwell("conversation-log"), "what the service says about itself")


@then("{person:Name} is told something, and the turn is over")
def step_told_something(context: World, person: str) -> None:
    result = context.conversation.user(person).result()
    assert_that(result.type, is_not(ERROR), f"what {person} was told")
