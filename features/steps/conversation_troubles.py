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
    has_entries,
    has_item,
    has_length,
    instance_of,
    is_not,
    less_than,
    less_than_or_equal_to,
    only_contains,
)

from earshot.conversation.matchers import Complaint, answered, complains
from earshot.conversation.turns import ANSWER, ERROR
from earshot.disclosures import gives_away
from earshot.patience import comes_to
from features.vocabulary.conversation import Understood, World
from features.vocabulary.faults import Fault

# -- assistants


@given("{trouble:Trouble}")
def step_goes_wrong(context: World, trouble: Fault) -> None:
    user = context.conversation.user(trouble.person)
    context.stage.control.order(trouble.place, trouble.effect, **trouble.scope(user))


@given("for {person:Name}, {choice:Choice} is preferred, OpenAI has {key:Key}, and {terms:Terms}")
def step_prefers(context: World, person: str, choice: str, key: str | None, terms: Mapping[str, object]) -> None:
    session_id = context.conversation.user(person).session_id
    context.stage.control.order("assistant", "configure", session_id=session_id, choice=choice, openai_key=key, **terms)


@when('{person:Name} asks "{text:Quoted}" and {other:Name} asks "{other_text:Quoted}" meanwhile')
def step_both_ask(context: World, person: str, text: str, other: str, other_text: str) -> None:
    context.conversation.user(person).asks(text)
    context.stage.control.await_strikes()
    context.conversation.user(other).asks(other_text)


@then("{person:Name} has not been answered yet")
def step_not_answered_yet(context: World, person: str) -> None:
    assert_that(context.conversation.user(person).received(ANSWER), empty(), f"what {person} was told meanwhile")


@then("{person:Name} is answered by {backend:Backend} and then by {next_backend:Backend}")
def step_answered_by_both(context: World, person: str, backend: str, next_backend: str) -> None:
    answers = context.conversation.user(person).answers()
    assert_that(answers, contains_exactly(answered(backend), answered(next_backend)), f"what {person} was told")


@then("the service asked {backends:Backends} for {person:Name}, in this order")
def step_asked_in_order(context: World, backends: list[str], person: str) -> None:
    calls = context.stage.control.observe("assistant-calls", session_id=context.conversation.user(person).session_id)
    assert_that([call.backend for call in calls], equal_to(backends), f"whom the service asked for {person}, in order")


@then("the service asked no assistant for {person:Name}")
def step_nobody_asked(context: World, person: str) -> None:
    calls = context.stage.control.observe("assistant-calls", session_id=context.conversation.user(person).session_id)
    assert_that([call.backend for call in calls], empty(), f"whom the service asked for {person}")


@then("the answer to {person:Name} has 1 to {most:Number} words")
def step_answer_length(context: World, person: str, most: int) -> None:
    words = (context.conversation.user(person).answer().response or "").split()
    assert_that(len(words), greater_than(0), f"how many words {person} was told")
    assert_that(len(words), less_than_or_equal_to(most), f"how many words {person} was told")


@then("the check of {person:Name}'s words took less than {budget_ms:Milliseconds}")
def step_check_took(context: World, person: str, budget_ms: float) -> None:
    checks = context.stage.control.observe("content-checks", session_id=context.conversation.user(person).session_id)
    assert_that(checks, has_length(1), f"how often {person}'s words were checked")
    took_ms = [(check.answered_at_s - check.asked_at_s) * 1000 for check in checks]
    assert_that(took_ms, only_contains(less_than(budget_ms)), "how many ms the check took")


# -- what is understood


@given("{person:Name}'s next turn will be understood as {understood:Understood}")
def step_will_be_understood(context: World, person: str, understood: Understood) -> None:
    user = context.conversation.user(person)
    user.will_be_understood_as(understood.text)
    context.stage.control.order(
        "recogniser",
        "understand-next",
        session_id=user.session_id,
        texts=[understood.text],
        speaker=understood.speaker,
    )


# -- messages


@when("{person:Name} sends {message:UnknownKind}")
def step_sends_unknown_kind(context: World, person: str, message: str) -> None:
    context.conversation.user(person).sends_what_may_be_ignored(message)


@when("{person:Name} tries to send {message:Nonsense}")
def step_tries_nonsense(context: World, person: str, message: str) -> None:
    context.conversation.user(person).tries(message)


@then("{person:Name} stays connected for {for_ms:Milliseconds} and is told nothing but errors")
def step_stays_connected(context: World, person: str, for_ms: float) -> None:
    user = context.conversation.user(person)
    user.stays_quiet(for_ms / 1000, since=context.stage.turning_point)
    user.excuses_errors(since=context.stage.turning_point)


@then("{person:Name} is told an error in words")
def step_told_in_words(context: World, person: str) -> None:
    message = context.conversation.user(person).complaint().message
    assert_that(message, has_entries(message=instance_of(str)), f"what {person} was told")
    assert_that(str(message["message"]).strip(), is_not(empty()), f"what {person} was told")


@then("nothing that {person:Name} was told gives away the inside of the service")
def step_gives_nothing_away(context: World, person: str) -> None:
    told = [
        str(words)
        for observation in context.conversation.user(person).everything_told()
        for words in (observation.message.get("message"), observation.message.get("error"))
        if words is not None
    ]
    assert_that(told, is_not(empty()), f"the errors that {person} was told")
    assert_that([words for words in told if gives_away(words)], empty(), "errors that give something away")


# -- recognition and storage


@given("{person:Name} has connected in vain")
def step_connected_in_vain(context: World, person: str) -> None:
    user = context.conversation.user(person)
    user.connects()
    user.complaint()
    user.is_disconnected()


@given('{person:Name} has asked "{text:Quoted}" in vain')
def step_asked_in_vain(context: World, person: str, text: str) -> None:
    user = context.conversation.user(person)
    user.asks(text)
    user.complaint()


@when('{person:Name} asks "{text:Quoted}" come what may')
def step_asks_come_what_may(context: World, person: str, text: str) -> None:
    context.conversation.user(person).asks_come_what_may(text)


@then("{person:Name} is told among other things that {complaint:Complaint}")
def step_told_among_others(context: World, person: str, complaint: Complaint) -> None:
    user = context.conversation.user(person)
    user.excuses(user.over())
    errors = user.excuses_errors(since=context.stage.turning_point)
    assert_that(errors, has_item(complains(complaint)), f"the errors that {person} was told")


@then("the service says that it could not keep something")
def step_says_not_kept(context: World) -> None:
    unwell = has_entries(status="warning", problems=has_item("conversation-log"))
    comes_to(context.conversation.kept.health, unwell, "what the service says about itself")


@then("{person:Name} is told something, and the turn is over")
def step_told_something(context: World, person: str) -> None:
    result = context.conversation.user(person).result()
    assert_that(result.type, is_not(ERROR), f"what {person} was told")


@when('{person:Name} asks "{text:Quoted}" and loses the connection')
def step_asks_and_vanishes(context: World, person: str, text: str) -> None:
    user = context.conversation.user(person)
    user.asks(text)
    user.vanishes()


@then("{person:Name} can be answered again once {backend:Backend} is as quick as before")
def step_answered_again(context: World, person: str, backend: str) -> None:
    context.stage.control.call_off_ours()
    user = context.conversation.user(person)
    assert_that(user.answer(user.asks("Play some quiet jazz.")), answered(backend), f"what {person} was told")
