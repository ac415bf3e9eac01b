"""From the gate to the recogniser: what is counted, at which volume it is heard, and what leaves no gap."""

from __future__ import annotations

import json
import logging

import numpy as np
import pytest

from reference.broadcast import codec
from reference.broadcast.audio import AudioChunk, DeclaredFormat
from reference.broadcast.notices import AudioReceived, SystemRecovered
from reference.journal import fingerprint
from reference.speech.ports import SpeechFailure
from tests.reference.broadcast.world_fakes import CHUNK, Broadcast, on_loop, refused, settled


async def send(world: Broadcast, chunk: AudioChunk) -> AudioReceived:
    """Do with a chunk what the gateway does."""
    standing = await world.service.standings.recent("ana=")
    member = world.service.sessions.member("ana=")
    assert member is not None
    if world.service.audio.one_too_many(member):
        received = codec.over_rate(member.session_id, {"sequenceNumber": chunk.sequence_number})
        world.service.audio.drop("ana=", received)
    else:
        received = world.service.audio.receive("ana=", standing.live_session(), chunk)
    await settled()
    return received


def heard(world: Broadcast) -> list[bytes]:
    return [chunk for stream in world.speech.recogniser.streams for chunk in stream.heard]


@on_loop
async def test_every_chunk_that_was_sent_is_counted_and_every_dropped_one_with_its_reason() -> None:
    world = Broadcast(rate_limit_audio_chunks_per_second=5)
    session_id = await world.create()
    for _ in range(7):
        await send(world, AudioChunk(CHUNK))
    await world.clock.advance(2)
    with refused("AUDIO_CHUNK_TOO_SMALL"):
        await send(world, AudioChunk(b"\0" * 98))
    await world.service.speaker.mute(world.session(session_id))
    await send(world, AudioChunk(CHUNK))
    assert sum(world.metrics.values("AudioChunksReceived", SessionId=session_id)) == 9
    assert world.metrics.values("AudioChunkSize", SessionId=session_id) == [3200] * 5 + [98, 3200]
    assert len(world.metrics.values("AudioChunksDropped", SessionId=session_id, Reason="rateLimited")) == 2
    assert len(world.metrics.values("AudioChunksDropped", SessionId=session_id, Reason="muted")) == 1
    assert len(world.metrics.values("AudioChunksDropped")) == 3


@on_loop
async def test_no_chunk_waits_for_one_that_was_kept_from_the_recogniser() -> None:
    world = Broadcast(rate_limit_audio_chunks_per_second=5)
    session_id = await world.create()
    await send(world, AudioChunk(CHUNK, sequence_number=0))
    await world.service.speaker.pause(world.session(session_id), estimated_ms=None)
    await send(world, AudioChunk(CHUNK, sequence_number=1))
    await world.service.speaker.resume(world.session(session_id))
    with refused("INVALID_AUDIO_FORMAT"):
        await send(world, AudioChunk(CHUNK + b"\0", sequence_number=2))
    for number in (3, 4, 5, 6):
        received = await send(world, AudioChunk(CHUNK, sequence_number=number))
    assert received.reason is not None  # number 6 was one too many
    assert len(heard(world)) == 3
    await world.clock.advance(1)
    await send(world, AudioChunk(CHUNK, sequence_number=7))
    assert len(heard(world)) == 4


@on_loop
async def test_the_recogniser_hears_the_volume_that_was_set() -> None:
    world = Broadcast()
    session_id = await world.create()
    await world.service.speaker.set_volume(world.session(session_id), 0.5)
    await send(world, AudioChunk(np.full(1600, 1001, "<i2").tobytes()))
    [pcm] = heard(world)
    assert set(np.frombuffer(pcm, "<i2")) == {500}
    await world.service.speaker.set_volume(world.session(session_id), 0.0)
    await send(world, AudioChunk(CHUNK))
    assert len(heard(world)) == 1


@on_loop
async def test_the_speaker_may_resume_after_recognition_has_stopped() -> None:
    world = Broadcast()
    session_id = await world.create()
    world.speech.recogniser.failures = [SpeechFailure("LANGUAGE_NOT_SUPPORTED", "no", transient=False)]
    await send(world, AudioChunk(CHUNK))
    assert (await send(world, AudioChunk(CHUNK))).reason == "streamUnavailable"
    await world.service.speaker.resume(world.session(session_id))
    assert (await send(world, AudioChunk(CHUNK))).reason is None
    assert len(heard(world)) == 1


@pytest.mark.parametrize(
    "declared",
    [
        DeclaredFormat(format="mp3"),
        DeclaredFormat(sample_rate_hz=8000),
        DeclaredFormat(channels=2),
        DeclaredFormat(encoding="f32le"),
    ],
    ids=["format", "rate", "channels", "encoding"],
)
@on_loop
async def test_a_wrong_format_is_logged_with_what_was_declared_but_with_no_clear_connection(
    declared: DeclaredFormat, caplog: pytest.LogCaptureFixture
) -> None:
    world = Broadcast()
    session_id = await world.create()
    await send(world, AudioChunk(CHUNK))
    with refused("INVALID_AUDIO_FORMAT"):
        await send(world, AudioChunk(CHUNK, declared=declared))
    [line] = [one for one in caplog.records if one.operation == "check-format"]
    assert (line.levelno, line.correlation_id) == (logging.WARNING, session_id)
    assert line.metadata["connection"] == fingerprint("ana=")
    assert line.metadata["bytes"] == 3200
    assert any(name.startswith("declared_") for name in line.metadata)
    assert "ana=" not in str(vars(line))


def test_recovery_is_told_in_the_words_of_the_contract() -> None:
    notice = SystemRecovered("calm-river-200", "transcribe", "Recognition works again")
    assert json.loads(codec.encode(notice, 1_760_000_000_000)) == {
        "type": "systemRecovered",
        "sessionId": "calm-river-200",
        "component": "transcribe",
        "message": "Recognition works again",
        "timestamp": 1_760_000_000_000,
    }
