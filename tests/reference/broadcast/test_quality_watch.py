"""What speakers are told about their audio, and when (BRO-5.4)."""

from __future__ import annotations

import numpy as np

from reference.broadcast.codec import encode
from reference.broadcast.notices import AudioIssue, AudioQualityWarning
from tests.reference.broadcast.world_fakes import CHUNK, Broadcast, on_loop

SILENCE = bytes(3200)
_TIMES = np.arange(1600) / 16_000
CLIPPED = np.round(np.clip(2 * np.sin(2 * np.pi * 400 * _TIMES), -1, 1) * 32767).astype("<i2").tobytes()
TONE = np.round(8000 * np.sin(2 * np.pi * 400 * _TIMES)).astype("<i2").tobytes()


def warnings(world: Broadcast, connection_id: str = "ana=") -> list[AudioQualityWarning]:
    return [
        notice
        for told_id, notice in world.audience.told
        if told_id == connection_id and isinstance(notice, AudioQualityWarning)
    ]


async def send(world: Broadcast, chunk: bytes, count: int, connection_id: str = "ana=") -> None:
    for _ in range(count):
        received = await world.speak(chunk, connection_id)
        assert received.reason is None or received.reason == "paused"


@on_loop
async def test_a_warning_names_the_issue_and_a_remedy() -> None:
    world = Broadcast()
    session_id = await world.create()
    await send(world, CLIPPED, 5)
    [warning] = warnings(world)
    assert warning.issue is AudioIssue.CLIPPING
    assert "lower" in warning.remedy
    assert dict(warning.details) == {"percentage": warning.details["percentage"], "threshold": 1.0}
    assert f'"sessionId": "{session_id}"' in encode(warning, 5)
    assert '"type": "audio_quality_warning", ' in encode(warning, 5)


@on_loop
async def test_the_same_issue_is_told_once_a_minute_and_another_at_once() -> None:
    world = Broadcast()
    await world.create()
    await send(world, CLIPPED, 20)
    await send(world, SILENCE, 60)
    assert [warning.issue for warning in warnings(world)] == [AudioIssue.CLIPPING, AudioIssue.SILENCE]
    await world.clock.advance(59)
    await send(world, CLIPPED, 20)
    assert len(warnings(world)) == 2
    await world.clock.advance(1)
    await send(world, CLIPPED, 20)
    assert [warning.issue for warning in warnings(world)][2:] == [AudioIssue.CLIPPING]


@on_loop
async def test_every_speaker_has_warnings_of_their_own_and_listeners_none() -> None:
    world = Broadcast()
    session_id = await world.create()
    await world.create("eve=", "eve")
    await world.join(session_id, "lena=")
    await send(world, CLIPPED, 10)
    await send(world, CLIPPED, 10, "eve=")
    assert (len(warnings(world)), len(warnings(world, "eve=")), len(warnings(world, "lena="))) == (1, 1, 0)


@on_loop
async def test_silence_is_counted_in_audio_and_not_in_the_time_without_any() -> None:
    world = Broadcast()
    await world.create()
    await send(world, SILENCE, 50)
    await world.clock.advance(30)
    assert warnings(world) == []
    await send(world, SILENCE, 5)
    assert [dict(warning.details) for warning in warnings(world)] == [{"duration": 5.5}]


@on_loop
async def test_audio_that_goes_nowhere_is_not_judged() -> None:
    world = Broadcast()
    await world.create()
    await world.service.speaker.pause((await world.service.standings.recent("ana=")).live_session(), estimated_ms=None)
    await send(world, SILENCE, 100)
    assert warnings(world) == []


@on_loop
async def test_audio_is_judged_as_it_came_at_any_volume() -> None:
    world = Broadcast()
    await world.create()
    await world.service.speaker.set_volume((await world.service.standings.recent("ana=")).live_session(), 0.001)
    await send(world, TONE, 100)
    assert warnings(world) == []


@on_loop
async def test_thresholds_are_settings() -> None:
    world = Broadcast(audio_quality_silence_seconds=1.0, audio_quality_clipping_threshold_percent=10.0)
    await world.create()
    clipped = bytearray(CHUNK)
    clipped[: 2 * 150] = b"\xff\x7f" * 150  # 9.4 percent
    await send(world, bytes(clipped), 5)
    await send(world, SILENCE, 15)
    assert [warning.issue for warning in warnings(world)] == [AudioIssue.SILENCE]


@on_loop
async def test_quality_is_measured_once_a_second_under_the_session() -> None:
    world = Broadcast()
    session_id = await world.create()
    await send(world, TONE, 30)
    await send(world, SILENCE, 10)
    values = {
        name: world.metrics.values(name, StreamId=session_id)
        for name in ("SNR", "ClippingPercentage", "EchoLevel", "SilenceDuration")
    }
    assert [len(one) for one in values.values()] == [4, 4, 1, 4]
    assert min(values["SNR"]) > 40
    assert values["SilenceDuration"] == [0.0, 0.0, 0.0, 1.0]
