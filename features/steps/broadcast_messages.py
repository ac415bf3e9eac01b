"""The rules of messages: what is read, what is refused, in which order, and how large things may be."""

from __future__ import annotations

from behave import given, then, when
from hamcrest import assert_that, equal_to, has_entries, has_entry, has_item

from earshot.broadcast import acts
from earshot.broadcast.acts import Act
from earshot.broadcast.matchers.explanations import reveals_nothing_inside
from earshot.matchers.dates import all_dated_and_named
from earshot.patience import comes_to
from features.vocabulary.broadcast import World

# -- messages that are not as they should be


@when("{person:Name} sends {frame:Garble}")
def step_sends_garble(context: World, person: str, frame: str) -> None:
    context.broadcast.person(person).tries_nonsense(frame)


@when('{person:Name} tries to "{action:Quoted}"')
def step_tries_unknown(context: World, person: str, action: str) -> None:
    context.broadcast.person(person).tries_unknown(action)


@when("{person:Name} tries to {act:Act} with remarks that nobody asked for")
def step_tries_with_remarks(context: World, person: str, act: Act) -> None:
    context.broadcast.person(person).tries(act.having(colour="blue", remarks={"mood": ["fine", None]}))


@when("{person:Name} tries to {act:Act}, naming the session of {other:Name}")
def step_tries_naming(context: World, person: str, act: Act, other: str) -> None:
    context.broadcast.person(person).tries(act.having(sessionId=context.broadcast.speaker(other).session_id))


@then("the refusal tells {person:Name} nothing about the inside of the service")
def step_reveals_nothing(context: World, person: str) -> None:
    assert_that(
        context.broadcast.person(person).refusal(), reveals_nothing_inside(), f"the refusal that {person} reads"
    )


@then("the log tells that {person:Name} was refused because {code:Reason}")
def step_logged_refusal(context: World, person: str, code: str) -> None:
    connection_id = context.broadcast.person(person).connection_id
    comes_to(
        lambda: [entry.metadata for entry in context.stage.log(level="WARNING", connection_id=connection_id)],
        has_item(has_entry("code", code)),
        f"what the log warns of on {person}'s connection",
    )


@then("the log tells that somebody was refused because {code:Reason}")
def step_logged_somebodys_refusal(context: World, code: str) -> None:
    comes_to(
        lambda: [entry.metadata for entry in context.stage.log(level="INFO")],
        has_item(has_entry("code", code)),
        "what the log tells",
    )


@then("the log tells of {size:Number} bytes of audio from {person:Name}")
def step_logged_audio(context: World, size: int, person: str) -> None:
    connection_id = context.broadcast.person(person).connection_id
    comes_to(
        lambda: [
            list(entry.metadata.values()) for entry in context.stage.log(level="WARNING", connection_id=connection_id)
        ],
        has_item(has_item(size)),
        f"what the log warns of on {person}'s connection",
    )


@then("everything that {people:Names} are told is dated and names the session of {speaker:Name}")
def step_dated_and_named(context: World, people: list[str], speaker: str) -> None:
    session_id = context.broadcast.speaker(speaker).session_id
    for name in people:
        told = [o.message for o in context.broadcast.person(name).received()]
        assert_that(told, all_dated_and_named(session_id), f"the messages that {name} got")


# -- sizes


@when("{person:Name} tries to {act:Act} in a message of {size:Number} bytes")
def step_tries_sized(context: World, person: str, act: Act, size: int) -> None:
    context.broadcast.person(person).tries_in_a_message_of(size, act)


@when("{person:Name} sends a message of {size:Number} bytes that cannot be read")
def step_sends_unreadable(context: World, person: str, size: int) -> None:
    context.broadcast.person(person).tries_nonsense("x" * size)


@when('{person:Name} tries to "{action:Quoted}" in a message of {size:Number} bytes')
def step_tries_unknown_sized(context: World, person: str, action: str, size: int) -> None:
    context.broadcast.person(person).tries_unknown(action, size_bytes=size)


@when("{person:Name} sends a message of {size:Number} bytes")
def step_sends_large(context: World, person: str, size: int) -> None:
    context.broadcast.person(person).sends_beyond_all_limits("x" * size)


@then("{person:Name} is disconnected because the message is beyond all limits")
def step_disconnected_for_size(context: World, person: str) -> None:
    closed = context.broadcast.person(person).is_disconnected()
    assert_that(closed.code, equal_to(1009), f"the code with which {person}'s connection was closed")


@when("{person:Name} tries to send {size:Number} bytes of audio")
def step_tries_audio_of(context: World, person: str, size: int) -> None:
    context.broadcast.person(person).tries(acts.audio(bytes(size)))


@when("{person:Name} tries to send {size:Number} bytes of audio as raw sound")
def step_tries_raw_audio_of(context: World, person: str, size: int) -> None:
    context.broadcast.person(person).tries_frame(bytes(size), "audioReceived")


# -- the format of audio


@given("{speaker:Name} has sent {size:Number} bytes of audio")
def step_has_sent_audio(context: World, speaker: str, size: int) -> None:
    context.broadcast.speaker(speaker).asks(acts.audio(bytes(size)))


@given("{speaker:Name} has sent audio that is declared as {declaration:Declaration}")
def step_has_sent_declared(context: World, speaker: str, declaration: dict[str, object]) -> None:
    context.broadcast.speaker(speaker).asks(acts.audio(bytes(3200), **declaration))


@when("{speaker:Name} tries to send {size:Number} bytes of audio that is declared as {declaration:Declaration}")
def step_tries_size_declared(context: World, speaker: str, size: int, declaration: dict[str, object]) -> None:
    context.broadcast.speaker(speaker).tries(acts.audio(bytes(size), **declaration))


@when("{speaker:Name} tries to send {size:Number} bytes of audio under the number -1")
def step_tries_size_numbered(context: World, speaker: str, size: int) -> None:
    context.broadcast.speaker(speaker).tries(acts.audio(bytes(size), sequenceNumber=-1))


@when("{speaker:Name} tries to send audio that is declared as {declaration:Declaration}")
def step_tries_declared(context: World, speaker: str, declaration: dict[str, object]) -> None:
    context.broadcast.speaker(speaker).tries(acts.audio(bytes(3200), **declaration))


@when("{speaker:Name} tries to send the beginning of {content:File}")
def step_tries_file(context: World, speaker: str, content: bytes) -> None:
    context.broadcast.speaker(speaker).tries(acts.audio(content))


@when("{speaker:Name} tries to send the beginning of {content:File} as raw sound")
def step_tries_raw_file(context: World, speaker: str, content: bytes) -> None:
    context.broadcast.speaker(speaker).tries_frame(content, "audioReceived")


@given("{speaker:Name} has been refused audio that is declared as {declaration:Declaration}")
def step_has_been_refused_declared(context: World, speaker: str, declaration: dict[str, object]) -> None:
    step_tries_declared(context, speaker, declaration)
    assert_that(context.broadcast.person(speaker).refusal(), context.broadcast.refused_with("INVALID_AUDIO_FORMAT"))


@given("{speaker:Name} has been refused the beginning of {content:File}")
def step_has_been_refused_file(context: World, speaker: str, content: bytes) -> None:
    step_tries_file(context, speaker, content)
    assert_that(context.broadcast.person(speaker).refusal(), context.broadcast.refused_with("INVALID_AUDIO_FORMAT"))


@when('{speaker:Name} sends audio under the name "{chunk_id:Quoted}" and the number {number:Number}')
def step_sends_named_audio(context: World, speaker: str, chunk_id: str, number: int) -> None:
    context.broadcast.speaker(speaker).tries(acts.audio(bytes(3200), chunkId=chunk_id, sequenceNumber=number))


@then('{speaker:Name}\'s audio is confirmed under the name "{chunk_id:Quoted}" and the number {number:Number}')
def step_audio_confirmed_as(context: World, speaker: str, chunk_id: str, number: int) -> None:
    outcome = context.broadcast.speaker(speaker).outcome.message
    expected = has_entries(type="audioReceived", chunkId=chunk_id, sequenceNumber=number)
    assert_that(outcome, expected, f"how {speaker}'s audio is confirmed")


@then("{speaker:Name}'s audio is passed on")
def step_audio_passed_on(context: World, speaker: str) -> None:
    actor = context.broadcast.speaker(speaker)
    assert_that(actor.what_came(), equal_to("granted"), f"what became of {speaker}'s audio")
    assert_that(actor.outcome.message, has_entries(forwarded=True), f"what became of {speaker}'s audio")
