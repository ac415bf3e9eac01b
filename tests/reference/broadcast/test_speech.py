"""From chunks to sentences that listeners hear, in a world that stands still until the test moves it."""

from __future__ import annotations

import asyncio

from reference.broadcast.model import NotForwarded
from reference.broadcast.notices import TranscriptionError
from reference.speech.ports import SpeechFailure, Transcript
from tests.reference.broadcast.world_fakes import CHUNK, Broadcast, on_loop, settled


@on_loop
async def test_a_sentence_is_translated_once_a_language_and_heard_by_all_who_listen_in_it() -> None:
    world = Broadcast()
    world.speech.recogniser.phrases = {7: "Good morning."}
    session_id = await world.create()
    for number, language in enumerate(["es", "es", "fr", "en"]):
        await world.join(session_id, f"l{number}=", language)
    world.speech.translator.broken.add("fr")
    await world.speak(b"\x07\x00" * 1600)
    assert [(who, speech.transcript) for who, speech in world.audience.played] == [
        ("l3=", "Good morning."),
        ("l0=", "[es] Good morning."),
        ("l1=", "[es] Good morning."),
    ]
    assert sorted(world.speech.translator.calls) == [("Good morning.", "es"), ("Good morning.", "fr")]


@on_loop
async def test_without_listeners_nothing_is_translated() -> None:
    world = Broadcast()
    world.speech.recogniser.phrases = {7: "Good morning."}
    await world.create()
    await world.speak(b"\x07\x00" * 1600)
    assert world.speech.translator.calls == world.speech.synthesiser.calls == []


@on_loop
async def test_the_same_words_are_not_spoken_again_within_ten_seconds() -> None:
    world = Broadcast()
    session_id = await world.create()
    await world.join(session_id, "lena=")
    await world.speak(CHUNK)
    [stream] = world.speech.recogniser.streams
    for wait_s, text in (
        (0, "Hello, everyone."),
        (9, "hello  everyone!"),
        (1, "Hello everyone"),
        (0, "Bye."),
    ):
        await world.clock.advance(wait_s)
        stream.say(text)
        await settled()
    said = [speech.transcript for _, speech in world.audience.played]
    assert said == ["[es] Hello, everyone.", "[es] Hello everyone", "[es] Bye."]


@on_loop
async def test_an_idle_stream_is_finished_and_the_next_chunk_opens_another() -> None:
    world = Broadcast(connection_idle_timeout_seconds=80_000.0)
    await world.create()
    assert world.speech.recogniser.streams == []
    await world.speak(CHUNK)
    await world.clock.advance(59)
    await world.speak(CHUNK)
    await world.clock.advance(59)
    [stream] = world.speech.recogniser.streams
    assert not stream.finished
    await world.clock.advance(1)
    assert stream.finished
    await world.speak(CHUNK)
    assert len(world.speech.recogniser.streams) == 2


@on_loop
async def test_the_end_of_a_session_finishes_its_stream() -> None:
    world = Broadcast()
    session_id = await world.create()
    await world.speak(CHUNK)
    await world.service.lifecycle.end(session_id, "done")
    await settled()
    [stream] = world.speech.recogniser.streams
    assert stream.finished and stream.heard == [CHUNK]


@on_loop
async def test_a_recogniser_that_is_behind_loses_the_oldest_audio() -> None:
    world = Broadcast()
    await world.create()
    gate = asyncio.Event()
    await world.speak(CHUNK)
    [stream] = world.speech.recogniser.streams
    feed = stream.feed

    async def stalled(pcm: bytes) -> None:
        await gate.wait()
        await feed(pcm)

    stream.feed = stalled  # type: ignore[method-assign]
    chunks = [bytes([number, 0]) * 1600 for number in range(2, 82)]
    for chunk in chunks:
        await world.speak(chunk)
    gate.set()
    await settled()
    # The one that the recogniser is just taking counts: with the newest forty-nine it makes five seconds.
    assert stream.heard == [CHUNK, chunks[0], *chunks[-49:]]


@on_loop
async def test_after_a_failure_of_the_recogniser_the_speaker_is_told_and_must_resume() -> None:
    world = Broadcast()
    session_id = await world.create()
    world.speech.recogniser.failures = [SpeechFailure("LANGUAGE_NOT_SUPPORTED", "no", transient=False)]
    await world.speak(CHUNK)
    assert world.audience.last("ana=", TranscriptionError).code == "LANGUAGE_NOT_SUPPORTED"
    assert (await world.speak(CHUNK)).reason is NotForwarded.STREAM_UNAVAILABLE
    await world.service.speaker.resume(world.session(session_id))
    assert (await world.speak(CHUNK)).reason is None
    [stream] = world.speech.recogniser.streams
    assert stream.heard == [CHUNK]


@on_loop
async def test_partial_results_are_not_spoken() -> None:
    world = Broadcast()
    session_id = await world.create()
    await world.join(session_id, "lena=")
    await world.speak(CHUNK)
    [stream] = world.speech.recogniser.streams
    stream.on_transcript(Transcript("u", "Hello", False, 0.99, 0, 1))
    stream.on_transcript(Transcript("u", "  ", True, 1.0, 0, 1))
    await settled()
    assert world.audience.played == []
