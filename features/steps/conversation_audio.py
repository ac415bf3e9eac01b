"""Conversations: audio piece by piece, whole and flawed."""

from __future__ import annotations

from collections.abc import Callable

from behave import given, then, when
from hamcrest import assert_that, equal_to, has_length

from earshot.conversation.matchers import Complaint, complains
from earshot.conversation.requests import Message
from earshot.conversation.user import User
from earshot.measure.stopwatch import judges_time
from earshot.patience import comes_to
from features.vocabulary.conversation import World

NOTHING = {"buffered_bytes": 0, "segments": 0, "audio_files": 0}
"""What a service holds of anybody's audio when it holds none."""
HELD_S = 5.0

# -- pieces


@given("{person:Name} has sent {send:SentPieces}")
def step_has_sent(context: World, person: str, send: Callable[[User], object]) -> None:
    send(context.conversation.user(person))


@when('{person:Name} asks "{text:Quoted}" with {piece:Piece} in the middle')
def step_asks_with_piece(context: World, person: str, text: str, piece: Message | bytes) -> None:
    context.conversation.user(person).asks_around(piece, text)


# -- what became of them


@then("each of {person:Name}'s {others:Others} of audio is confirmed once")
def step_each_confirmed(context: World, person: str, others: int) -> None:
    order = context.conversation.user(person).order_of_audio()
    assert_that(order.acknowledged, has_length(len(order.pieces[others:])), f"the confirmed pieces of {person}'s")


@then("each of {person:Name}'s pieces of audio is confirmed within {limit_s:Seconds}")
@judges_time
def step_each_confirmed_within(context: World, person: str, limit_s: float) -> None:
    delays = context.conversation.user(person).confirmation_delays()
    context.stage.stopwatch.insist_on_times(delays, limit_s * 1000, f"until {person}'s pieces of audio were confirmed")


@then("that piece is confirmed to {person:Name} or refused")
def step_piece_confirmed_or_refused(context: World, person: str) -> None:
    context.conversation.user(person).takes_what_came()


@then("{person:Name} is told at the end of the turn that {complaint:Complaint}")
def step_told_at_end(context: World, person: str, complaint: Complaint) -> None:
    user = context.conversation.user(person)
    assert_that(user.complaint_at_end(), complains(complaint, user.contract), f"what {person} was told")


@then('the recogniser got exactly the sound of "{text:Quoted}" from {person:Name}')
def step_recogniser_got(context: World, text: str, person: str) -> None:
    sound = context.stage.samples.clip(text).pcm
    got = context.stage.control.audio(context.conversation.user(person).session_id)[-1]
    assert_that((len(got), got == sound), equal_to((len(sound), True)), "how long the sound was, and whether the same")


@then("the service holds no audio in memory or on disk")
def step_no_audio_held(context: World) -> None:
    look_up = lambda: {name: getattr(context.stage.control.census(), name) for name in NOTHING}  # noqa: E731
    comes_to(look_up, equal_to(NOTHING), "what the service holds of anybody's audio", within_s=HELD_S)
