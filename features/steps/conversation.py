"""Conversations: coming and going, asking, being understood and answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from behave import given, then, when
from hamcrest import (
    assert_that,
    contains_exactly,
    equal_to,
    has_entries,
    has_length,
    has_properties,
    instance_of,
    less_than_or_equal_to,
    matches_regexp,
    only_contains,
)

from earshot.audio.clips import Samples
from earshot.conversation.matchers import Complaint, answered, complains
from earshot.conversation.turns import SESSION_KNOWN
from earshot.conversation.user import User
from earshot.measure.delays import Delay
from earshot.measure.stopwatch import judges_time
from features.vocabulary.conversation import QUESTIONS, Group, Way, World
from features.vocabulary.shared import News

DETAILS = {"mood": "cheerful", "extra": {"depth": [1, 2, 3]}}
"""Members of messages that no contract knows."""
CONFIRMED_WITHIN_MS = 50

# -- coming and going


@given("{group:Group} {are:Are} in {together:Conversations}")
def step_in_conversation(context: World, group: Group, are: str, together: bool) -> None:
    users = group(context.conversation)
    for user in users:
        user.begins(users[0].session_id if together else None)


@given("{person:Name} has connected without naming a session")
@when("{person:Name} connects")
def step_connects(context: World, person: str) -> None:
    context.conversation.user(person).connects()


@when("{person:Name} comes back")
def step_comes_back(context: World, person: str) -> None:
    context.conversation.user(person).begins()


@when("{person:Name} names the session")
def step_names(context: World, person: str) -> None:
    context.conversation.user(person).names_session()


@when("{person:Name} names the session anew")
def step_names_anew(context: World, person: str) -> None:
    context.conversation.user(person).names_session_anew()


@when("{person:Name} says goodbye")
def step_says_goodbye(context: World, person: str) -> None:
    context.conversation.user(person).says_goodbye()


@then("{person:Name}'s session is confirmed under that name before anything else is said")
def step_session_known_first(context: World, person: str) -> None:
    user = context.conversation.user(person)
    known = has_properties(type=SESSION_KNOWN, message=has_entries(session_id=user.session_id))
    assert_that(user.received()[:1], contains_exactly(known), f"what {person} was told first")


@then("{person:Name}'s session is confirmed under that name")
def step_session_known(context: World, person: str) -> None:
    named, known = context.conversation.user(person).confirmation()
    expected = has_entries(session_id=named.message["session_id"])
    assert_that(known.message, expected, f"which session was confirmed to {person}")


@then("{person:Name} can still name the session")
def step_can_still_name(context: World, person: str) -> None:
    context.conversation.user(person).names_session()


# -- asking


@given('{person:Name} has begun to ask "{text:Quoted}"')
@when('{person:Name} begins to ask "{text:Quoted}"')
def step_begins_to_ask(context: World, person: str, text: str) -> None:
    context.conversation.user(person).says(text)


@given('{person:Name} has asked "{text:Quoted}"')
def step_has_asked(context: World, person: str, text: str) -> None:
    user = context.conversation.user(person)
    assert_that(user.answer(user.asks(text)), answered(), f"what {person} was told")


@given('{person:Name} has asked "{text:Quoted}" and was told that {news:News}')
def step_asked_and_was_told(context: World, person: str, text: str, news: News) -> None:
    user = context.conversation.user(person)
    news.reaches(user, since=user.asks(text).ended.number)


@when('{person:Name} asks "{text:Quoted}"')
def step_asks(context: World, person: str, text: str) -> None:
    context.conversation.user(person).asks(text)


@given("{person:Name} has said half a minute in one turn")
def step_half_a_minute(context: World, person: str) -> None:
    context.conversation.says_half_a_minute(person)


@when("{person:Name} asks 10 different things at once")
def step_asks_ten(context: World, person: str) -> None:
    for question in QUESTIONS:
        context.conversation.user(person).asks(question)


@when('{person:Name} asks "{text:Quoted}" {way:Way}')
def step_asks_in_a_way(context: World, person: str, text: str, way: Way) -> None:
    context.conversation.user(person).asks_by(way.cut, text, way.envelope)


@when('{person:Name} asks "{text:Quoted}" with details in every message that nobody knows')
def step_asks_with_details(context: World, person: str, text: str) -> None:
    context.conversation.user(person).asks_with(text, **DETAILS)


@when("{person:Name} ends the turn")
def step_ends_turn(context: World, person: str) -> None:
    context.conversation.user(person).ends_turn()


@when("{person:Name} says nothing: there is only {sound:Sound} for {duration_s:Seconds}")
def step_only_sound(context: World, person: str, sound: Callable[[float], Samples], duration_s: float) -> None:
    user = context.conversation.user(person)
    user.sounds(sound(duration_s), "a sound without words")
    user.ends_turn()


@when("{group:Group} ask different things at the same moment")
def step_ask_together(context: World, group: Group) -> None:
    context.conversation.planned.ask_different_things(group(context.conversation), QUESTIONS)


# -- being understood and answered


@then("{person:Name} is understood as {texts:Texts}")
def step_understood(context: World, person: str, texts: Sequence[str]) -> None:
    context.conversation.has_understood(person, texts)


@then("each of {group:Group} is understood and answered")
def step_each_answered(context: World, group: Group) -> None:
    context.conversation.has_answered_each(group(context.conversation))


@then("different questions were answered differently")
def step_answered_differently(context: World) -> None:
    context.conversation.has_mixed_up_no_answers()


@then("each of {group:Group} is told the same when asking again alone")
def step_told_same_again(context: World, group: Group) -> None:
    for user in group(context.conversation):
        before = user.answer().response
        again = user.answer(user.asks_again()).response
        assert_that(before, equal_to(again), f"what {user.name} was told when others asked, too")


@then("{person:Name} is answered")
def step_answered(context: World, person: str) -> None:
    answers = context.conversation.user(person).answers(since=context.stage.turning_point)
    assert_that(answers, only_contains(answered()), f"what {person} was told")


@then("{person:Name} is answered by {backends:Backends}")
def step_answered_by(context: World, person: str, backends: Sequence[str]) -> None:
    answers = context.conversation.user(person).last_answers(len(backends))
    assert_that(answers, contains_exactly(*map(answered, backends)), f"what {person} was told")


@then("{person:Name} is answered within {limit_s:Seconds} of {moment:Since}")
@judges_time
def step_answered_within(context: World, person: str, limit_s: float, moment: str) -> None:
    user = context.conversation.user(person)
    assert_that(user.answer(), answered(), f"what {person} was told")
    context.stage.stopwatch.insist_on_time(user.answered_after(moment), 0, limit_s * 1000, f"{person}'s answer")


@then("{person:Name}'s turn has not held up {other:Name}'s audio")
def step_not_held_up(context: World, person: str, other: str) -> None:
    """A quick service may have answered before that, or meanwhile: then no piece has waited for long (CONV-36)."""
    answer = context.conversation.user(person).answer().observation
    waited_ms = min(context.conversation.user(other).confirmations_kept_until(answer), default=0.0)
    what = f"how many ms each of {other}'s pieces waited at least that was confirmed only after {person}'s answer"
    assert_that(waited_ms, less_than_or_equal_to(CONFIRMED_WITHIN_MS), what)


@then('{person:Name} can still ask "{text:Quoted}"')
def step_can_still_ask(context: World, person: str, text: str) -> None:
    context.conversation.user(person).asks(text)
    _understood_and_answered(context, person, text)


@then('{person:Name} can finish and is understood as "{text:Quoted}"')
def step_can_finish(context: World, person: str, text: str) -> None:
    context.conversation.user(person).ends_turn()
    _understood_and_answered(context, person, text)


def _understood_and_answered(context: World, person: str, text: str) -> None:
    context.conversation.has_understood(person, [text])
    assert_that(context.conversation.user(person).answer(), answered(), f"what {person} was told")


@then("{person:Name} is understood and answered, and then told that {complaint:Complaint}")
def step_answered_then_told(context: World, person: str, complaint: Complaint) -> None:
    user = context.conversation.user(person)
    assert_that(user.answer(user.turns[-2]), answered(), f"what {person} was told first")
    assert_that(user.complaint_at_end(), complains(complaint, user.contract), f"what {person} was told then")


@then("{person:Name}'s turn is over within {limit_s:Seconds} of the answer")
@judges_time
def step_over_within(context: World, person: str, limit_s: float) -> None:
    turn = context.conversation.user(person).over()
    after = Delay.between(turn.result, turn.over)
    context.stage.stopwatch.insist_on_time(after, 0, limit_s * 1000, f"from the answer until {person}'s turn was over")


@then("{person:Name}'s {count:AreOver} over")
def step_over(context: World, person: str, count: int) -> None:
    user = context.conversation.user(person)
    assert_that([user.over(turn) for turn in list(user.turns)], has_length(count), f"how many turns {person} ended")


# -- what is kept


@then("{person:Name}'s {session:Session} keeps {texts:Kept}")
def step_keeps(context: World, person: str, session: Callable[[User], str], texts: Sequence[str]) -> None:
    conversation = context.conversation
    conversation.kept.comes_to(session(conversation.user(person)), conversation.as_understood(texts))


@then("{person:Name}'s {session:Session} keeps {texts:Kept}, and nothing else for {for_s:Seconds}")
@then("{person:Name}'s {session:Session} keeps nothing for {for_s:Seconds}")
def step_keeps_nothing_else(
    context: World, person: str, session: Callable[[User], str], for_s: float, texts: Sequence[str] = ()
) -> None:
    context.stage.lets_pass(for_s)
    kept = context.conversation.kept.of(session(context.conversation.user(person)))
    expected = context.conversation.as_understood(texts)
    assert_that([each["transcription"] for each in kept], equal_to(expected), f"what {person}'s session keeps")


@then("{person:Name}'s turn is kept with its time, the words understood and the answer")
def step_kept_as_told(context: World, person: str) -> None:
    context.conversation.kept.has_only_turn_of(context.conversation.user(person))


@when("the service is asked how it is")
def step_asked_health(context: World) -> None:
    context.conversation.kept.health()


@then("it says that it is well, or that something is missing")
def step_is_up(context: World) -> None:
    answers = [o.message for o in context.stage.since_turn() if o.kind == "received"]
    told = has_entries(status=matches_regexp("^(ok|warning)$"), version=instance_of(str))
    assert_that(answers, contains_exactly(told), "what the service says about itself")
