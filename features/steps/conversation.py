"""Conversations: coming and going, asking, being understood and answered."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from behave import given, then, when
from hamcrest import (
    assert_that,
    contains_exactly,
    empty,
    equal_to,
    greater_than,
    has_entries,
    has_length,
    instance_of,
    less_than_or_equal_to,
    matches_regexp,
)

from earshot.audio.clips import Samples
from earshot.audio.containers import in_so_many
from earshot.conversation.matchers import Complaint, NoAnswer, answered, complains, not_answered, words
from earshot.conversation.requests import as_text, name_session
from earshot.conversation.turns import SESSION_KNOWN
from earshot.conversation.user import Answer, took_ms
from earshot.matchers.moments import lasting
from earshot.participant import ms_between
from earshot.patience import comes_to
from features.vocabulary.conversation import QUESTIONS, Way, World

DETAILS = {"mood": "cheerful", "extra": {"depth": [1, 2, 3]}}
"""Members of messages that no contract knows."""
HALF_A_MINUTE = 16
"""So many sentences last about as long."""
CLOCKS_DIFFER_BY_S = 2.0
"""At most so much, between this machine and the service's."""
CONNECTED_WITHIN_MS = 1000
SESSION_WITHOUT_NAME = {"type": "session"}

# -- coming and going


@given("{people:Names} is in a conversation")
@given("{people:Names} are in conversations")
def step_in_conversation(context: World, people: list[str]) -> None:
    for name in people:
        context.conversation.user(name).begins()


@given("{people:Names} are in one and the same conversation")
def step_in_same_conversation(context: World, people: list[str]) -> None:
    first, *others = (context.conversation.user(name) for name in people)
    first.begins()
    for other in others:
        other.connects()
        other.names_session(first.session_id)


@given("{person:Name} has connected without naming a session")
@when("{person:Name} connects")
def step_connects(context: World, person: str) -> None:
    context.conversation.user(person).connects()


@when("{person:Name} begins a conversation")
def step_begins(context: World, person: str) -> None:
    context.conversation.user(person).begins()


def _names_anew(context: World, person: str) -> None:
    user = context.conversation.user(person)
    user.names_session(f"{user.session_id}-anew")


@when("{person:Name} tries to name the session with {name:SessionName}")
def step_tries_name(context: World, person: str, name: object) -> None:
    context.conversation.user(person).tries(name_session(name))


@when('{person:Name} tries to name the session with {name:SessionName} and asks "{text:Quoted}"')
def step_tries_name_and_asks(context: World, person: str, name: object, text: str) -> None:
    user = context.conversation.user(person)
    user.tries(name_session(name))
    user.over(user.asks(text))


@when("{person:Name} tries to begin a session without a name")
def step_tries_without_name(context: World, person: str) -> None:
    context.conversation.user(person).tries(SESSION_WITHOUT_NAME)


@given("{person:Name} has said goodbye and come back to the same session")
def step_said_goodbye_and_back(context: World, person: str) -> None:
    user = context.conversation.user(person)
    user.says_goodbye()
    user.begins()


@when("{person:Name} says goodbye")
def step_says_goodbye(context: World, person: str) -> None:
    context.conversation.user(person).says_goodbye()


def _comes_back(context: World, person: str) -> None:
    user = context.conversation.user(person)
    user.vanishes()
    user.begins()


@then("{person:Name} is connected within 1 second")
def step_connected(context: World, person: str) -> None:
    user = context.conversation.user(person)
    opened = next(o for o in context.stage.since_turn() if o.leg == user.leg.label and o.kind == "opened")
    after_ms = (opened.at_ns - user.asked_at_ns) / 1e6
    assert_that(after_ms, less_than_or_equal_to(CONNECTED_WITHIN_MS), f"after how many ms {person} was connected")


@then("{person:Name}'s session is confirmed under that name before anything else is said")
def step_session_known_first(context: World, person: str) -> None:
    user = context.conversation.user(person)
    told = user.received()
    assert_that([message.type for message in told][:1], equal_to([SESSION_KNOWN]), f"what {person} was told first")
    assert_that(told[0].message, has_entries(session_id=user.session_id), f"which session was confirmed to {person}")


@then("{person:Name}'s session is confirmed under that name")
def step_session_known(context: World, person: str) -> None:
    user = context.conversation.user(person)
    _, asked = max((o.number, o) for o in context.stage.since_turn() if o.type == "session" and o.kind == "sent")
    told = user.is_told(SESSION_KNOWN, since=asked.number)
    assert_that(
        told.message, has_entries(session_id=asked.message["session_id"]), f"which session was confirmed to {person}"
    )


@then("{person:Name} can still name the session")
def step_can_still_name(context: World, person: str) -> None:
    context.conversation.user(person).names_session()


@then("{person:Name} is disconnected in good order within {limit_s:Seconds}")
def step_disconnected_in_order(context: World, person: str, limit_s: float) -> None:
    user = context.conversation.user(person)
    closed = user.is_disconnected(patience_s=limit_s)
    assert_that(closed.code, equal_to(1000), f"how {person}'s connection was closed")
    after_s = (closed.at_ns - user.left_at_ns) / 1e9
    assert_that(after_s, less_than_or_equal_to(limit_s), f"after how many seconds {person} was disconnected")


@then("{person:Name} is disconnected within {limit_s:Seconds}")
def step_disconnected(context: World, person: str, limit_s: float) -> None:
    context.conversation.user(person).is_disconnected(patience_s=limit_s)


# -- asking


@given('{person:Name} has begun to ask "{text:Quoted}"')
@when('{person:Name} begins to ask "{text:Quoted}"')
def step_begins_to_ask(context: World, person: str, text: str) -> None:
    context.conversation.user(person).says(text)


@given('{person:Name} has asked "{text:Quoted}"')
def step_has_asked(context: World, person: str, text: str) -> None:
    user = context.conversation.user(person)
    assert_that(user.answer(user.asks(text)), answered(), f"what {person} was told")


@when('{person:Name} asks "{text:Quoted}"')
def step_asks(context: World, person: str, text: str) -> None:
    context.conversation.user(person).asks(text)


@when('{person:Name} asks "{text:Quoted}", then "{next_text:Quoted}"')
def step_asks_two(context: World, person: str, text: str, next_text: str) -> None:
    user = context.conversation.user(person)
    user.over(user.asks(text))
    user.asks(next_text)


@when('{person:Name} asks "{text:Quoted}" and at once "{next_text:Quoted}"')
def step_asks_two_at_once(context: World, person: str, text: str, next_text: str) -> None:
    user = context.conversation.user(person)
    user.asks(text)
    user.asks(next_text)


@when("{person:Name} asks 10 different things at once")
def step_asks_ten(context: World, person: str) -> None:
    user = context.conversation.user(person)
    for question in QUESTIONS:
        user.asks(question)


@when('{person:Name} asks "{text:Quoted}" and begins at once to ask "{next_text:Quoted}"')
def step_asks_and_begins(context: World, person: str, text: str, next_text: str) -> None:
    user = context.conversation.user(person)
    user.asks(text)
    user.says(next_text)


@when('{person:Name} says half a minute in one turn and {other:Name} begins at once to ask "{text:Quoted}"')
def step_says_half_a_minute(context: World, person: str, other: str, text: str) -> None:
    sentences = [clip.text for clip in context.stage.samples.prompts("en")[:HALF_A_MINUTE]]
    context.conversation.user(person).asks(*sentences)
    context.conversation.user(other).says(text)


@then("{person:Name}'s audio is confirmed before {other:Name} is answered")
def step_confirmed_before_answered(context: World, person: str, other: str) -> None:
    confirmed = context.conversation.user(person).order.acknowledged[-1]
    answer = context.conversation.user(other).answer().observation
    lead_ms = ms_between(confirmed, answer)
    assert_that(lead_ms, greater_than(0), f"how many ms before {other}'s answer {person}'s audio was confirmed")


@when('{person:Name} begins to ask "{text:Quoted}" while {other:Name} asks "{other_text:Quoted}"')
def step_begins_while_other_asks(context: World, person: str, text: str, other: str, other_text: str) -> None:
    context.conversation.user(person).says(text)
    context.conversation.user(other).asks(other_text)


@when('{person:Name} asks "{text:Quoted}" {way:Way}')
def step_asks_in_a_way(context: World, person: str, text: str, way: Way) -> None:
    form, dress = way
    user = context.conversation.user(person)
    user.says(text, form=form, envelope=dress)
    user.ends_turn()


@when('{person:Name} asks "{text:Quoted}" in {count:Number} pieces without a pause')
def step_asks_in_pieces(context: World, person: str, text: str, count: int) -> None:
    user = context.conversation.user(person)
    clip = context.stage.samples.clip(text)
    user.notes(clip)
    user.sends(in_so_many(clip.samples, count))
    user.ends_turn()


@when('{person:Name} asks "{text:Quoted}" with details in every message that nobody knows')
def step_asks_with_details(context: World, person: str, text: str) -> None:
    user = context.conversation.user(person)
    user.names_session(**DETAILS)
    user.says(text, envelope=lambda audio: {**as_text(audio), **DETAILS})
    user.ends_turn(**DETAILS)


@when('{person:Name} names the session and asks "{text:Quoted}"')
def step_names_and_asks(context: World, person: str, text: str) -> None:
    user = context.conversation.user(person)
    user.names_session()
    user.asks(text)


@when('{person:Name} names the session anew and asks "{text:Quoted}"')
def step_names_anew_and_asks(context: World, person: str, text: str) -> None:
    _names_anew(context, person)
    context.conversation.user(person).asks(text)


@when("{person:Name} names the session anew and ends the turn")
def step_names_anew_and_ends(context: World, person: str) -> None:
    _names_anew(context, person)
    context.conversation.user(person).ends_turn()


@when('{person:Name} loses the connection, comes back and asks "{text:Quoted}"')
def step_comes_back_and_asks(context: World, person: str, text: str) -> None:
    _comes_back(context, person)
    context.conversation.user(person).asks(text)


@when("{person:Name} loses the connection, comes back and ends the turn")
def step_comes_back_and_ends(context: World, person: str) -> None:
    _comes_back(context, person)
    context.conversation.user(person).ends_turn()


@when("{person:Name} ends the turn")
@when("{person:Name} ends a turn in which nothing was said")
def step_ends_turn(context: World, person: str) -> None:
    context.conversation.user(person).ends_turn()


@when('{person:Name} asks "{text:Quoted}" and ends the turn twice')
def step_ends_twice(context: World, person: str, text: str) -> None:
    user = context.conversation.user(person)
    user.asks(text)
    user.ends_turn()


@when("{person:Name} says nothing: there is only {sound:Sound} for {duration_s:Seconds}")
def step_only_sound(context: World, person: str, sound: Callable[[float], Samples], duration_s: float) -> None:
    user = context.conversation.user(person)
    user.sounds(sound(duration_s), "a sound without words")
    user.ends_turn()


# -- being understood and answered


@then('{person:Name} is understood as "{text:Quoted}"')
def step_understood(context: World, person: str, text: str) -> None:
    _assert_understood(context, person, context.conversation.user(person).answer(), text)


@then('{person:Name} is understood as "{text:Quoted}" and then as "{next_text:Quoted}"')
def step_understood_in_turn(context: World, person: str, text: str, next_text: str) -> None:
    answers = context.conversation.user(person).answers()
    assert_that(answers, has_length(2), f"how many answers {person} got")
    for answer, said in zip(answers, (text, next_text), strict=True):
        _assert_understood(context, person, answer, said)


@when("{people:Names} ask different things at the same moment")
def step_ask_together(context: World, people: list[str]) -> None:
    context.conversation.planned.ask(
        {context.conversation.user(name): text for name, text in zip(people, QUESTIONS, strict=False)}
    )


@then("each of {people:Names} is understood and answered")
def step_each_answered(context: World, people: list[str]) -> None:
    for name, asked in zip(people, QUESTIONS, strict=False):
        answer = context.conversation.user(name).answer()
        _assert_understood(context, name, answer, asked)
        assert_that(answer, answered(), f"what {name} was told")


@then("{people:Names} were told different things")
def step_told_different(context: World, people: list[str]) -> None:
    told = {context.conversation.user(name).answer().response for name in people}
    assert_that(told, has_length(len(people)), f"the different answers that {len(people)} people got")


@then("each of {people:Names} is told the same when asking again alone")
def step_told_same_again(context: World, people: list[str]) -> None:
    for name, asked in zip(people, QUESTIONS, strict=False):
        user = context.conversation.user(name)
        before = user.answer().response
        again = user.answer(user.asks(asked)).response
        assert_that(before, equal_to(again), f"what {name} was told when others asked, too")


@then("{person:Name} has two different answers")
def step_two_answers(context: World, person: str) -> None:
    answers = context.conversation.user(person).answers()
    assert_that(answers, contains_exactly(answered(), answered()), f"what {person} was told")
    different = {answer.response for answer in answers}
    assert_that(different, has_length(2), f"the different answers that {person} got")


@then("{person:Name} is understood 10 times, in the order of asking")
def step_understood_ten(context: World, person: str) -> None:
    answers = context.conversation.user(person).answers()
    assert_that(answers, has_length(len(QUESTIONS)), f"how many answers {person} got")
    for answer, said in zip(answers, QUESTIONS, strict=True):
        _assert_understood(context, person, answer, said)


def _assert_understood(context: World, person: str, answer: Answer, text: str) -> None:
    exactly = context.stage.service.exact_words
    assert_that(answer.transcription, words(text, exactly=exactly), f"what {person} said")


@then("{person:Name} is answered")
def step_answered(context: World, person: str) -> None:
    user = context.conversation.user(person)
    for turn in [turn for turn in user.turns if turn.ended.number >= context.stage.turning_point]:
        assert_that(user.answer(turn), answered(), f"what {person} was told")


@then("{person:Name} is answered by {backend:Backend}")
def step_answered_by(context: World, person: str, backend: str) -> None:
    assert_that(context.conversation.user(person).answer(), answered(backend), f"what {person} was told")


@then("{person:Name} is answered within {limit_s:Seconds} of naming the session")
def step_answered_within(context: World, person: str, limit_s: float) -> None:
    user = context.conversation.user(person)
    named = next(o for o in context.stage.ledger if o.type == "session" and o.leg == user.leg.label)
    after_s = ms_between(named, user.answer().observation) / 1000
    assert_that(after_s, less_than_or_equal_to(limit_s), f"after how many seconds {person} was answered")


@then("{person:Name} is answered within {limit_s:Seconds}")
def step_answered_soon(context: World, person: str, limit_s: float) -> None:
    user = context.conversation.user(person)
    assert_that(user.answer(), answered(), f"what {person} was told")
    after_s = took_ms(user.over()) / 1000
    assert_that(after_s, less_than_or_equal_to(limit_s), f"after how many seconds {person} was answered")


@then('{person:Name} can still ask "{text:Quoted}"')
def step_can_still_ask(context: World, person: str, text: str) -> None:
    user = context.conversation.user(person)
    answer = user.answer(user.asks(text))
    _assert_understood(context, person, answer, text)
    assert_that(answer, answered(), f"what {person} was told")


@given('{person:Name} has asked "{text:Quoted}" and was told that {reason:NoAnswer}')
def step_asked_without_answer(context: World, person: str, text: str, reason: NoAnswer) -> None:
    context.conversation.user(person).asks(text)
    step_not_answered(context, person, reason)


@then("{person:Name} is told that {reason:NoAnswer}")
def step_not_answered(context: World, person: str, reason: NoAnswer) -> None:
    assert_that(context.conversation.user(person).answer(), not_answered(reason), f"what {person} was told")


@then("{person:Name} is told that {complaint:Complaint}")
def step_told_error(context: World, person: str, complaint: Complaint) -> None:
    assert_that(context.conversation.user(person).complaint(), complains(complaint), f"what {person} was told")


@then("{person:Name} is understood and answered, and then told that {complaint:Complaint}")
def step_answered_then_told(context: World, person: str, complaint: Complaint) -> None:
    user = context.conversation.user(person)
    first, second = user.turns
    assert_that(user.answer(first), answered(), f"what {person} was told first")
    user.over(second)
    assert_that(user.complaint(), complains(complaint), f"what {person} was told then")


@then("{person:Name}'s turn is over within {limit_s:Seconds} of the answer")
def step_over_within(context: World, person: str, limit_s: float) -> None:
    turn = context.conversation.user(person).over()
    after_s = ms_between(turn.result, turn.over) / 1000
    assert_that(after_s, less_than_or_equal_to(limit_s), f"how many seconds after the answer {person}'s turn was over")


@then("{person:Name}'s turn is over")
def step_over(context: World, person: str) -> None:
    context.conversation.user(person).over()


@then("both of {person:Name}'s turns are over")
def step_both_over(context: World, person: str) -> None:
    user = context.conversation.user(person)
    assert_that(user.turns, has_length(2), f"how many turns {person} ended")
    for turn in user.turns:
        user.over(turn)


# -- what is kept


@then('{person:Name}\'s session keeps "{text:Quoted}"')
def step_keeps_one(context: World, person: str, text: str) -> None:
    _keeps(context, context.conversation.user(person).session_id, [text])


@then('{person:Name}\'s session keeps "{text:Quoted}" and then "{next_text:Quoted}"')
def step_keeps_two(context: World, person: str, text: str, next_text: str) -> None:
    _keeps(context, context.conversation.user(person).session_id, [text, next_text])


@then('{person:Name}\'s first session keeps "{text:Quoted}", and the new one "{next_text:Quoted}"')
def step_both_keep(context: World, person: str, text: str, next_text: str) -> None:
    named = [o for o in context.stage.ledger if o.type == "session" and o.kind == "sent" and o.who == person]
    for sent, said in zip(named, (text, next_text), strict=True):
        _keeps(context, sent.message["session_id"], [said])


@then('{person:Name}\'s first session keeps nothing, and the new one "{text:Quoted}"')
def step_only_new_keeps(context: World, person: str, text: str) -> None:
    first, new = (o.message["session_id"] for o in context.conversation.user(person).order.sessions)
    _keeps(context, new, [text])
    assert_that(context.conversation.kept.of(first), empty(), f"what is kept of {person}'s first session")


@then('{person:Name}\'s session keeps "{text:Quoted}", and nothing else for {for_s:Seconds}')
def step_keeps_nothing_else(context: World, person: str, text: str, for_s: float) -> None:
    context.stage.lets_pass(for_s)
    kept = context.conversation.kept.of(context.conversation.user(person).session_id)
    assert_that(kept, contains_exactly(has_entries(transcription=text)), f"what {person}'s session keeps")


@then("{person:Name}'s session keeps nothing")
def step_keeps_nothing(context: World, person: str) -> None:
    session_id = context.conversation.user(person).session_id
    assert_that(context.conversation.kept.of(session_id), empty(), f"what is kept of {person}'s session")


def _keeps(context: World, session_id: str, texts: Iterable[str]) -> None:
    expected = [has_entries(index=number, transcription=text) for number, text in enumerate(texts, 1)]
    comes_to(lambda: context.conversation.kept.of(session_id), contains_exactly(*expected), f"what {session_id} keeps")


@then("{person:Name}'s turn is kept with its time, the words understood and the answer")
def step_kept_as_told(context: World, person: str) -> None:
    user = context.conversation.user(person)
    told, turn = user.answer(), user.over()
    all_kept = context.conversation.kept.of(user.session_id)
    assert_that(all_kept, has_length(1), f"how many turns of {person}'s are kept")
    kept = all_kept[0]
    expected = {name: told.observation.message[name] for name in ("transcription", "response", "backend_used", "error")}
    assert_that(kept, has_entries(expected), f"what is kept of {person}'s turn")
    assert_that(kept["time"], matches_regexp("Z$"), "in which time zone the time is kept")
    answered_at = context.stage.ledger.began_at + context.stage.ledger.elapsed_ms(turn.result) / 1000
    later_s = datetime.fromisoformat(kept["time"]).timestamp() - answered_at
    what = f"how much later than the answer {person}'s turn was, by the time that is kept of it"
    assert_that(later_s, lasting(-CLOCKS_DIFFER_BY_S, CLOCKS_DIFFER_BY_S), what)


@when("the service is asked how it is")
def step_asked_health(context: World) -> None:
    context.conversation.kept.health()


@then("it says that it is well, or that something is missing")
def step_is_up(context: World) -> None:
    answers = [o.message for o in context.stage.since_turn() if o.kind == "received"]
    told = has_entries(status=matches_regexp("^(ok|warning)$"), version=instance_of(str))
    assert_that(answers, contains_exactly(told), "what the service says about itself")
