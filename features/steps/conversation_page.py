"""Conversations: the page in the browser."""

from __future__ import annotations

from behave import given, then, when

from earshot.conversation.browser.actor import Steady
from earshot.conversation.browser.recorder import Cadence
from earshot.measure.stopwatch import judges_time
from features.vocabulary.conversation import World

STREAMED = "Remind me to call the doctor."


@given("{person:Name}'s {hasty:PageKind} has been loaded")
@when("{person:Name}'s {hasty:PageKind} is loaded")
def step_loads(context: World, person: str, hasty: bool) -> None:
    page = context.conversation.browser(person)
    page.is_hasty = hasty
    page.loads()


@when('{person:Name} says "{text:Quoted}" while the page is being loaded')
def step_spoken_to_at_once(context: World, person: str, text: str) -> None:
    context.conversation.browser(person).is_spoken_to_at_once(text)


@when("{person:Name}'s page sends {cadence:Cadence}")
def step_streams(context: World, person: str, cadence: Cadence) -> None:
    context.conversation.browser(person).streams(cadence, STREAMED)


@when('{person:Name} asks "{text:Quoted}" at the pace of speech')
def step_asks_in_real_time(context: World, person: str, text: str) -> None:
    page = context.conversation.browser(person)
    context.stage.stopwatch.times(lambda: page.asks(text, pace=1))


@when("a steady sound of loudness {loudness:LoudnessShare} is heard at {person:Name}'s page for {sound:Heard}")
def step_steady_sound(context: World, loudness: float, person: str, sound: Steady) -> None:
    context.conversation.browser(person).hears_steadily(loudness, sound)


@when("the connection of {person:Name}'s page is {code:Closing}")
def step_connection_closed(context: World, person: str, code: int) -> None:
    page = context.conversation.browser(person)
    context.stage.control.order("connection", "close", session_id=page.session_id, close_code=code)
    page.connects_again()


@then("the page ended the turn {least_ms:Number} to {most_ms:Number} ms after {person:Name}'s last word")
@judges_time
def step_ended_after(context: World, least_ms: int, most_ms: int, person: str) -> None:
    after = context.conversation.browser(person).ended_after()
    context.stage.stopwatch.insist_on_time(after, least_ms, most_ms, f"from {person}'s last word until the turn ended")
