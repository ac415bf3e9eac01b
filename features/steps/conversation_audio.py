"""Conversations: audio piece by piece, whole and flawed."""

from behave import given, then, when
from hamcrest import assert_that, equal_to, has_length

from earshot.audio.containers import in_so_many
from earshot.conversation import requests
from earshot.conversation.matchers import answered, complains, words
from earshot.conversation.turns import ACKNOWLEDGED, ERROR
from earshot.patience import comes_to

UNREADABLE = b"\x1aE\xdf\xa3" + bytes(3000)
"""How a WebM recording begins, followed by nothing that could be decoded."""
QUIET = b"\0"
HELD_S = 5.0

# -- pieces


@given("{person:Name} has sent {count:Number} pieces of {size:Number} bytes")
def step_has_sent_pieces(context, person, count, size):
    context.stage.caller(person).sends([QUIET * size] * count, requests.as_bytes)


@when('{person:Name} asks "{text:Quoted}" with {piece:FlawedPiece} in the middle')
@when('{person:Name} asks "{text:Quoted}" with {piece:EmptyPiece} in the middle')
def step_asks_with_piece(context, person, text, piece):
    _asks_with(context, person, text, piece)


@when('{person:Name} asks "{text:Quoted}" with a piece of {size:Number} bytes in the middle')
def step_asks_with_long_piece(context, person, text, size):
    _asks_with(context, person, text, QUIET * size)


def _asks_with(context, person, text, odd):
    caller = context.stage.caller(person)
    clip = context.stage.samples.clip(text)
    first, second = in_so_many(clip.samples, 2)
    caller.notes(clip)
    caller.sends([first])
    caller.tries(odd)
    caller.sends([second])
    caller.ends_turn()


@when("{person:Name} sends {piece:FlawedPiece} and ends the turn")
@when("{person:Name} sends {piece:EmptyPiece} and ends the turn")
def step_sends_piece_and_ends(context, person, piece):
    caller = context.stage.caller(person)
    caller.tries(piece)
    caller.ends_turn()


@when("{person:Name} sends another piece of {size:Number} bytes and ends the turn")
def step_sends_another_and_ends(context, person, size):
    caller = context.stage.caller(person)
    caller.tries(QUIET * size)
    caller.ends_turn()


@when("{person:Name} sends a recording of an unknown kind and ends the turn")
def step_sends_unknown_recording(context, person):
    caller = context.stage.caller(person)
    caller.sends([UNREADABLE])
    caller.ends_turn()


@when("{person:Name} tries to send {piece:FlawedPiece}")
def step_tries_flawed(context, person, piece):
    context.stage.caller(person).tries(piece)


@when("{person:Name} tries to send a piece of {size:Number} bytes as text")
def step_tries_size_as_text(context, person, size):
    context.stage.caller(person).tries(requests.as_text(QUIET * size))


@when("{person:Name} tries to send a piece of {size:Number} bytes in raw bytes")
@when("{person:Name} tries to send a piece of {size:Number} byte in raw bytes")
def step_tries_size_in_bytes(context, person, size):
    context.stage.caller(person).tries(QUIET * size)


@when('{person:Name} asks "{text:Quoted}" and "{next_text:Quoted}" in one turn')
def step_asks_in_one_turn(context, person, text, next_text):
    context.stage.caller(person).asks(text, next_text)


# -- what became of them


@then("each of {person:Name}'s pieces of audio is confirmed once")
def step_each_confirmed(context, person):
    caller = context.stage.caller(person)
    caller.catches_up_with_audio()
    _assert_confirmed(caller, caller.order.pieces, person)


@then("each of {person:Name}'s other pieces of audio is confirmed once")
def step_others_confirmed(context, person):
    caller = context.stage.caller(person)
    caller.over()
    _assert_confirmed(caller, caller.order.pieces[1:], person)


def _assert_confirmed(caller, pieces, person):
    assert_that(caller.order.acknowledged, has_length(len(pieces)), f"how many pieces of {person}'s were confirmed")


@then("that piece is confirmed to {person:Name}")
def step_piece_confirmed(context, person):
    assert_that(context.stage.caller(person).outcome.type, equal_to(ACKNOWLEDGED), f"what {person} was told")


@then("that piece is confirmed to {person:Name} or refused")
def step_piece_confirmed_or_refused(context, person):
    caller = context.stage.caller(person)
    if caller.outcome.type == ERROR:
        caller.complaint()


@then("that piece is refused to {person:Name} because {complaint:Complaint}")
def step_piece_refused(context, person, complaint):
    assert_that(context.stage.caller(person).complaint(), complains(complaint), f"what {person} was told")


@then("{person:Name} is told at the end of the turn that {complaint:Complaint}")
def step_told_at_end(context, person, complaint):
    assert_that(context.stage.caller(person).complaint_at_end(), complains(complaint), f"what {person} was told")


@then('{person:Name} can finish and is understood as "{text:Quoted}"')
def step_can_finish(context, person, text):
    caller = context.stage.caller(person)
    answer = caller.answer(caller.ends_turn())
    exactly = context.stage.service.exact_words
    assert_that(answer.transcription, words(text, exactly=exactly), f"what {person} said")
    assert_that(answer, answered(), f"what {person} was told")


@then('the recogniser got exactly the sound of "{text:Quoted}" from {person:Name}')
def step_recogniser_got(context, text, person):
    sound = context.stage.samples.clip(text).pcm
    got = context.stage.control.audio(context.stage.caller(person).session_id)[-1]
    assert_that(len(got), equal_to(len(sound)), "how many bytes of sound the recogniser got")
    assert_that(got == sound, equal_to(True), f"whether the recogniser got the sound of “{text}”")


@then("the service holds no audio in memory or on disk")
def step_no_audio_held(context):
    held = {"buffered_bytes": 0, "segments": 0, "audio_files": 0}
    look_up = lambda: {name: getattr(context.stage.control.census(), name) for name in held}  # noqa: E731
    comes_to(look_up, equal_to(held), "what the service holds of anybody's audio", within_s=HELD_S)
