"""Conversations: audio piece by piece, whole and flawed."""

from __future__ import annotations

from collections.abc import Sequence

from behave import given, then, when
from hamcrest import assert_that, equal_to, has_length

from earshot.audio.containers import in_so_many
from earshot.conversation import requests
from earshot.conversation.matchers import Complaint, answered, complains, words
from earshot.conversation.requests import Message
from earshot.conversation.turns import ACKNOWLEDGED, ERROR
from earshot.conversation.user import User
from earshot.ledger import Observation
from earshot.patience import comes_to
from features.vocabulary.conversation import World

UNREADABLE = b"\x1aE\xdf\xa3" + bytes(3000)
"""How a WebM recording begins, followed by nothing that could be decoded."""
QUIET = b"\0"
HELD_S = 5.0

# -- pieces


@given("{person:Name} has sent {count:Number} pieces of {size:Number} bytes")
def step_has_sent_pieces(context: World, person: str, count: int, size: int) -> None:
    context.conversation.user(person).sends([QUIET * size] * count, requests.as_bytes)


@when('{person:Name} asks "{text:Quoted}" with {piece:FlawedPiece} in the middle')
@when('{person:Name} asks "{text:Quoted}" with {piece:EmptyPiece} in the middle')
def step_asks_with_piece(context: World, person: str, text: str, piece: Message | bytes) -> None:
    _asks_with(context, person, text, piece)


@when('{person:Name} asks "{text:Quoted}" with a piece of {size:Number} bytes in the middle')
def step_asks_with_long_piece(context: World, person: str, text: str, size: int) -> None:
    _asks_with(context, person, text, QUIET * size)


def _asks_with(context: World, person: str, text: str, odd: Message | bytes) -> None:
    user = context.conversation.user(person)
    clip = context.stage.samples.clip(text)
    first, second = in_so_many(clip.samples, 2)
    user.notes(clip)
    user.sends([first])
    user.tries(odd)
    user.sends([second])
    user.ends_turn()


@when("{person:Name} sends {piece:FlawedPiece} and ends the turn")
@when("{person:Name} sends {piece:EmptyPiece} and ends the turn")
def step_sends_piece_and_ends(context: World, person: str, piece: Message | bytes) -> None:
    user = context.conversation.user(person)
    user.tries(piece)
    user.ends_turn()


@when("{person:Name} sends another piece of {size:Number} bytes and ends the turn")
def step_sends_another_and_ends(context: World, person: str, size: int) -> None:
    user = context.conversation.user(person)
    user.tries(QUIET * size)
    user.ends_turn()


@when("{person:Name} sends a recording of an unknown kind and ends the turn")
def step_sends_unknown_recording(context: World, person: str) -> None:
    user = context.conversation.user(person)
    user.sends([UNREADABLE])
    user.ends_turn()


@when("{person:Name} tries to send {piece:FlawedPiece}")
def step_tries_flawed(context: World, person: str, piece: Message) -> None:
    context.conversation.user(person).tries(piece)


@when("{person:Name} tries to send a piece of {size:Number} bytes as text")
def step_tries_size_as_text(context: World, person: str, size: int) -> None:
    context.conversation.user(person).tries(requests.as_text(QUIET * size))


@when("{person:Name} tries to send a piece of {size:Number} bytes in raw bytes")
@when("{person:Name} tries to send a piece of {size:Number} byte in raw bytes")
def step_tries_size_in_bytes(context: World, person: str, size: int) -> None:
    context.conversation.user(person).tries(QUIET * size)


@when('{person:Name} asks "{text:Quoted}" and "{next_text:Quoted}" in one turn')
def step_asks_in_one_turn(context: World, person: str, text: str, next_text: str) -> None:
    context.conversation.user(person).asks(text, next_text)


# -- what became of them


@then("each of {person:Name}'s pieces of audio is confirmed once")
def step_each_confirmed(context: World, person: str) -> None:
    user = context.conversation.user(person)
    user.catches_up_with_audio()
    _assert_confirmed(user, user.order.pieces, person)


@then("each of {person:Name}'s other pieces of audio is confirmed once")
def step_others_confirmed(context: World, person: str) -> None:
    user = context.conversation.user(person)
    user.over()
    _assert_confirmed(user, user.order.pieces[1:], person)


def _assert_confirmed(user: User, pieces: Sequence[Observation], person: str) -> None:
    assert_that(user.order.acknowledged, has_length(len(pieces)), f"how many pieces of {person}'s were confirmed")


@then("that piece is confirmed to {person:Name}")
def step_piece_confirmed(context: World, person: str) -> None:
    assert_that(context.conversation.user(person).outcome.type, equal_to(ACKNOWLEDGED), f"what {person} was told")


@then("that piece is confirmed to {person:Name} or refused")
def step_piece_confirmed_or_refused(context: World, person: str) -> None:
    user = context.conversation.user(person)
    if user.outcome.type == ERROR:
        user.complaint()


@then("that piece is refused to {person:Name} because {complaint:Complaint}")
def step_piece_refused(context: World, person: str, complaint: Complaint) -> None:
    assert_that(context.conversation.user(person).complaint(), complains(complaint), f"what {person} was told")


@then("{person:Name} is told at the end of the turn that {complaint:Complaint}")
def step_told_at_end(context: World, person: str, complaint: Complaint) -> None:
    assert_that(context.conversation.user(person).complaint_at_end(), complains(complaint), f"what {person} was told")


@then('{person:Name} can finish and is understood as "{text:Quoted}"')
def step_can_finish(context: World, person: str, text: str) -> None:
    user = context.conversation.user(person)
    answer = user.answer(user.ends_turn())
    exactly = context.stage.service.exact_words
    assert_that(answer.transcription, words(text, exactly=exactly), f"what {person} said")
    assert_that(answer, answered(), f"what {person} was told")


@then('the recogniser got exactly the sound of "{text:Quoted}" from {person:Name}')
def step_recogniser_got(context: World, text: str, person: str) -> None:
    sound = context.stage.samples.clip(text).pcm
    got = context.stage.control.audio(context.conversation.user(person).session_id)[-1]
    assert_that(len(got), equal_to(len(sound)), "how many bytes of sound the recogniser got")
    assert_that(got == sound, equal_to(True), f"whether the recogniser got the sound of “{text}”")


@then("the service holds no audio in memory or on disk")
def step_no_audio_held(context: World) -> None:
    held = {"buffered_bytes": 0, "segments": 0, "audio_files": 0}
    look_up = lambda: {name: getattr(context.stage.control.census(), name) for name in held}  # noqa: E731
    comes_to(look_up, equal_to(held), "what the service holds of anybody's audio", within_s=HELD_S)
