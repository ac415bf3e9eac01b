"""The rules of the broadcast, in a world that stands still until the test moves it."""

from __future__ import annotations

import asyncio
from collections import Counter

import numpy as np
import pytest

from reference.broadcast.admission import Newcomer
from reference.broadcast.model import NotForwarded, Role, Session, StateChange
from reference.broadcast.notices import (
    BroadcastResumed,
    ConnectionTimeout,
    ConnectionWarning,
    RateLimitWarning,
    RefreshRequired,
    SessionEnded,
    SessionStatus,
    SilenceReason,
    UpdateReason,
)
from reference.broadcast.parameters import Joining, Refreshing
from reference.broadcast.ports import CloseCode
from reference.refusal import Refusal
from tests.reference.broadcast.world_fakes import CHUNK, Broadcast, on_loop, refused, settled

# ---- admission


@on_loop
async def test_a_taken_session_id_is_not_used_again() -> None:
    world = Broadcast("gentle-harbor-100", "gentle-harbor-100", "calm-river-200")
    assert await world.create() == "gentle-harbor-100"
    assert await world.create("bob=", "bob") == "calm-river-200"


@on_loop
async def test_without_an_unused_id_creation_fails_after_ten_attempts() -> None:
    world = Broadcast(*["gentle-harbor-100"] * 12)
    await world.create()
    with refused("INTERNAL_ERROR"):
        await world.create("bob=", "bob")
    world.repository.sessions_by_id.clear()
    assert await world.create("bob=", "bob") == "gentle-harbor-100"


@on_loop
async def test_a_user_has_one_live_session_even_when_two_are_asked_for_at_once() -> None:
    world = Broadcast()
    outcomes = await asyncio.gather(world.create("one=", "ana"), world.create("two=", "ana"), return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Refusal", "str"]
    [session_id] = [outcome for outcome in outcomes if isinstance(outcome, str)]
    await world.service.lifecycle.end(session_id, "done")
    await world.create("three=", "ana")


@on_loop
async def test_the_join_after_the_last_place_is_refused_and_leaves_nothing_behind() -> None:
    world = Broadcast(max_listeners_per_session=2)
    session_id = await world.create()
    await world.join(session_id, "one=")
    await world.join(session_id, "two=")
    with refused("SESSION_FULL"):
        await world.join(session_id, "three=")
    assert set(world.repository.connections_by_id) == {"ana=", "one=", "two="}
    assert world.session(session_id).listener_count == 2


@on_loop
async def test_someone_who_joins_during_a_pause_is_told_right_after_being_let_in() -> None:
    world = Broadcast()
    session_id = await world.create()
    await world.service.speaker.pause(world.session(session_id), estimated_ms=None)
    await world.join(session_id, "lena=")
    assert world.audience.heard_by("lena=") == ["SessionJoined", "BroadcastPaused"]


@on_loop
async def test_a_refreshed_speaker_finds_the_state_of_the_table_and_a_renewed_session() -> None:
    world = Broadcast(connection_idle_timeout_seconds=80_000.0)
    session_id = await world.create()
    await world.clock.advance(6000)
    await world.repository.change_state(session_id, StateChange(is_muted=True, volume=0.5), 1)
    refreshing = Refreshing(session_id, Role.SPEAKER, None)
    with refused("FORBIDDEN"):
        await world.service.admission.refresh_speaker(Newcomer("x=", ""), "bob", refreshing)
    before_s = world.session(session_id).expires_at_s
    await world.service.admission.refresh_speaker(Newcomer("ana2=", ""), "ana", refreshing)
    assert world.session(session_id).expires_at_s == before_s + 6000
    assert world.audience.heard_by("ana2=") == ["RefreshComplete", "StateRestored"]
    await world.service.lifecycle.leave("ana=")
    assert world.session(session_id).is_active
    assert (await world.speak(CHUNK, "ana2=")).reason is NotForwarded.MUTED
    await world.service.lifecycle.leave("ana2=")
    assert not world.session(session_id).is_active


@on_loop
async def test_when_quotas_cannot_be_counted_everyone_passes() -> None:
    world = Broadcast(rate_limit_sessions_per_hour=1, max_concurrent_streams_per_speaker=5)
    await world.create("one=", "ana")
    with refused("RATE_LIMIT_EXCEEDED"):
        await world.create("two=", "ana")
    world.quotas.broken = True
    await world.create("two=", "ana")


@on_loop
async def test_a_listener_let_in_while_the_session_ends_is_taken_out_again() -> None:
    world = Broadcast()
    session_id = await world.create()
    count_in = world.repository.count_listener_in

    async def and_then_it_ends(session_id: str, *, at_most: int | None) -> Session:
        session = await count_in(session_id, at_most=at_most)
        await world.service.lifecycle.end(session_id, "done")
        return session

    world.repository.count_listener_in = and_then_it_ends  # type: ignore[method-assign]
    with refused("SESSION_NOT_FOUND"):
        await world.join(session_id, "lena=")
    assert not world.repository.connections_by_id
    assert world.service.sessions.session(session_id) is None


# ---- leaving and ending


@on_loop
async def test_the_end_of_a_session_is_told_once_and_removes_every_item() -> None:
    world = Broadcast()
    session_id = await world.create()
    await world.join(session_id, "lena=")
    await asyncio.gather(
        world.service.lifecycle.end(session_id, "done"), world.service.lifecycle.end(session_id, "again")
    )
    assert world.audience.heard_by("lena=").count("SessionEnded") == 1
    assert world.audience.last("lena=", SessionEnded).reason == "done"
    assert world.audience.heard_by("ana=")[-1] == "SessionEnded"
    assert not world.repository.connections_by_id
    assert not world.session(session_id).is_active
    assert set(world.audience.closed) == {("ana=", CloseCode.NORMAL), ("lena=", CloseCode.NORMAL)}
    with refused("CONNECTION_NOT_FOUND"):
        await world.speak(CHUNK)


@on_loop
async def test_a_listener_who_leaves_is_counted_out_once() -> None:
    world = Broadcast()
    session_id = await world.create()
    await world.join(session_id, "lena=")
    await world.join(session_id, "amina=")
    for _ in range(2):
        await world.service.lifecycle.leave("lena=")
    assert world.session(session_id).listener_count == 1
    assert set(world.repository.connections_by_id) == {"ana=", "amina="}


@on_loop
async def test_silence_closes_a_listener_at_the_limit_and_any_message_keeps_it() -> None:
    world = Broadcast(connection_idle_timeout_seconds=120.0)
    session_id = await world.create()
    await world.join(session_id, "lena=")
    await world.clock.advance(100)
    world.service.lifecycle.heard_of("ana=")
    world.service.lifecycle.heard_of("lena=")
    await world.clock.advance(119)
    world.service.lifecycle.heard_of("ana=")
    assert world.audience.closed == []
    await world.clock.advance(1)
    assert world.audience.last("lena=", ConnectionTimeout) == ConnectionTimeout(120, SilenceReason.IDLE)
    assert world.audience.closed == [("lena=", CloseCode.GOING_AWAY)]
    assert world.session(session_id).listener_count == 0
    assert world.session(session_id).is_active


@on_loop
async def test_a_silent_speaker_takes_the_session_along() -> None:
    world = Broadcast()
    session_id = await world.create()
    await world.join(session_id, "lena=")
    for _ in range(2):
        await world.clock.advance(60)
        world.service.lifecycle.heard_of("lena=")
    await settled()
    assert world.audience.heard_by("ana=")[-1] == "ConnectionTimeout"
    assert world.audience.heard_by("lena=")[-1] == "SessionEnded"
    assert not world.session(session_id).is_active


@pytest.mark.parametrize(
    ("limit_s", "beats", "reason"), [(0, True, None), (90, False, None), (90, True, "noHeartbeat")]
)
@on_loop
async def test_the_heartbeat_rule_holds_only_when_on_and_only_after_a_heartbeat(
    limit_s: float, beats: bool, reason: str | None
) -> None:
    world = Broadcast(heartbeat_timeout_seconds=limit_s)
    await world.create()
    if beats:
        world.service.lifecycle.heartbeat("ana=")
    await world.clock.advance(100)
    timeouts = [notice.reason for _, notice in world.audience.told if isinstance(notice, ConnectionTimeout)]
    assert timeouts == ([] if reason is None else [reason])


@on_loop
async def test_an_old_connection_is_asked_once_to_refresh_and_then_warned_every_time() -> None:
    world = Broadcast(connection_idle_timeout_seconds=80_000.0)
    await world.create()
    told: list[list[str]] = []
    for minutes in (99, 1, 1, 5, 1):
        before = len(world.audience.told)
        await world.clock.advance(minutes * 60)
        world.audience.told[before:] = []  # periodic status
        world.service.lifecycle.heartbeat("ana=")
        told.append([type(notice).__name__ for _, notice in world.audience.told[before:]])
    assert told == [
        ["HeartbeatAck"],
        ["HeartbeatAck", "RefreshRequired"],
        ["HeartbeatAck"],
        ["HeartbeatAck", "ConnectionWarning"],
        ["HeartbeatAck", "ConnectionWarning"],
    ]
    assert world.audience.last("ana=", RefreshRequired).refresh_by_ms == 1_760_000_000_000 + 7_200_000


@on_loop
async def test_no_connection_outlives_its_longest_duration() -> None:
    world = Broadcast(connection_max_duration_hours=1.0, connection_idle_timeout_seconds=80_000.0)
    await world.create()
    await world.clock.advance(3599)
    assert world.audience.closed == []
    await world.clock.advance(1)
    assert world.audience.closed == [("ana=", CloseCode.GOING_AWAY)]


@on_loop
async def test_a_session_ends_when_it_expires_unless_it_was_refreshed() -> None:
    world = Broadcast(session_max_duration_hours=1.0, connection_idle_timeout_seconds=80_000.0)
    session_id = await world.create()
    await world.clock.advance(1800)
    await world.service.admission.refresh_speaker(
        Newcomer("ana2=", ""), "ana", Refreshing(session_id, Role.SPEAKER, None)
    )
    await world.clock.advance(3599)
    assert world.session(session_id).is_active
    await world.clock.advance(2)
    assert not world.session(session_id).is_active


@on_loop
async def test_activity_is_written_now_and_then_and_never_lost() -> None:
    world = Broadcast()
    await world.create()
    begin_ms = world.clock.now_ms()
    for _ in range(50):
        await world.clock.advance(0.1)
        world.service.lifecycle.heard_of("ana=")
    heard_ms = world.clock.now_ms()
    written_ms = world.repository.connections_by_id["ana="].last_activity_ms
    assert begin_ms + 2000 <= written_ms < heard_ms
    await world.clock.advance(2)
    assert world.repository.connections_by_id["ana="].last_activity_ms == heard_ms


# ---- status


def statuses(world: Broadcast) -> list[tuple[UpdateReason, int]]:
    return [
        (notice.reason, sum(notice.listeners_by_language.values()))
        for _, notice in world.audience.told
        if isinstance(notice, SessionStatus)
    ]


@on_loop
async def test_the_count_is_told_when_it_changed_by_more_than_ten_percent() -> None:
    world = Broadcast(rate_limit_listener_joins_per_min=1000)
    session_id = await world.create()
    for number in range(20):
        await world.join(session_id, f"l{number}=")
    live = world.service.sessions.session(session_id)
    assert live is not None
    await world.service.status.answer(live)
    world.audience.told.clear()
    await world.join(session_id, "l20=")
    await world.join(session_id, "l21=")
    assert statuses(world) == []
    await world.join(session_id, "l22=")
    assert statuses(world) == [(UpdateReason.LISTENER_COUNT_CHANGE, 23)]
    for number in range(3):
        await world.service.lifecycle.leave(f"l{number}=")
        await settled()
    assert statuses(world)[1:] == [(UpdateReason.LISTENER_COUNT_CHANGE, 20)]


@on_loop
async def test_listeners_who_leave_together_are_told_when_the_items_of_all_are_gone() -> None:
    world = Broadcast(rate_limit_listener_joins_per_min=1000)
    session_id = await world.create()
    for number in range(20):
        await world.join(session_id, f"l{number}=")
    live = world.service.sessions.session(session_id)
    assert live is not None
    await world.service.status.answer(live)
    world.audience.told.clear()
    remove = world.repository.remove_connection
    removed = asyncio.Event()

    async def removes_the_last_one_late(connection_id: str) -> None:
        if connection_id == "l2=":
            await removed.wait()
        await remove(connection_id)

    world.repository.remove_connection = removes_the_last_one_late  # type: ignore[method-assign]
    leaving = [asyncio.create_task(world.service.lifecycle.leave(f"l{number}=")) for number in range(3)]
    await settled()
    assert statuses(world) == []
    removed.set()
    await asyncio.gather(*leaving)
    await settled()
    assert statuses(world) == [(UpdateReason.LISTENER_COUNT_CHANGE, 17)]


def counts_slowly(world: Broadcast) -> asyncio.Event:
    """Let whoever counts listeners keep what was found until the event is set."""
    count, made = world.repository.listeners_by_language, asyncio.Event()

    async def count_and_wait(session_id: str) -> Counter[str]:
        found = await count(session_id)
        await made.wait()
        return found

    world.repository.listeners_by_language = count_and_wait  # type: ignore[method-assign]
    return made


@on_loop
async def test_those_who_come_while_a_status_is_made_are_told_of_once() -> None:
    world = Broadcast(rate_limit_listener_joins_per_min=1000)
    session_id = await world.create()
    await world.join(session_id, "l0=")
    world.audience.told.clear()
    made = counts_slowly(world)
    for number in range(1, 20):
        await world.join(session_id, f"l{number}=")
    made.set()
    await settled()
    assert statuses(world) == [(UpdateReason.LISTENER_COUNT_CHANGE, 2), (UpdateReason.LISTENER_COUNT_CHANGE, 20)]


@on_loop
async def test_who_leaves_while_a_status_is_made_is_told_of_after_it() -> None:
    world = Broadcast()
    session_id = await world.create()
    made = counts_slowly(world)
    await world.join(session_id, "l0=")
    await world.service.lifecycle.leave("l0=")
    await settled()
    made.set()
    await settled()
    assert statuses(world) == [(UpdateReason.NEW_LANGUAGE, 1), (UpdateReason.LISTENER_COUNT_CHANGE, 0)]


@on_loop
async def test_a_new_language_is_told_once_and_before_the_count() -> None:
    world = Broadcast()
    session_id = await world.create()
    await world.join(session_id, "one=", "es")
    await world.join(session_id, "two=", "fr")
    await world.service.listener.change_language("two=", world.session(session_id), "de")
    await world.service.listener.change_language("two=", world.session(session_id), "de")
    await world.service.listener.change_language("two=", world.session(session_id), "fr")
    await settled()
    assert statuses(world) == [(UpdateReason.NEW_LANGUAGE, count) for count in (1, 2, 2)]


@on_loop
async def test_the_periodic_status_restarts_with_a_query_but_not_with_an_update() -> None:
    world = Broadcast()
    session_id = await world.create()
    live = world.service.sessions.session(session_id)
    assert live is not None
    await world.clock.advance(20)
    await world.join(session_id, "lena=")
    await world.clock.advance(10)
    assert statuses(world)[-1] == (UpdateReason.PERIODIC, 1)
    await world.clock.advance(24)
    status = await world.service.status.answer(live)
    assert (status.reason, status.duration_s, status.listeners_by_language) == (
        UpdateReason.REQUESTED,
        54,
        {"es": 1},
    )
    world.audience.told.clear()
    await world.clock.advance(29.9)
    assert statuses(world) == []
    await world.clock.advance(0.1)
    assert statuses(world) == [(UpdateReason.PERIODIC, 1)]


@on_loop
async def test_a_periodic_status_that_is_being_made_does_not_follow_an_answer() -> None:
    world = Broadcast()
    live = world.service.sessions.session(await world.create())
    assert live is not None
    world.service.status.periodic(live)
    await world.service.status.answer(live)
    await settled()
    assert statuses(world) == []
    await world.clock.advance(30)
    assert statuses(world) == [(UpdateReason.PERIODIC, 0)]


# ---- controls and audio


@on_loop
@pytest.mark.parametrize("move", [False, True])
@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        (StateChange(), StateChange(is_paused=True), ["BroadcastPaused"]),
        (StateChange(is_paused=True), StateChange(is_paused=False), []),
        (StateChange(), StateChange(is_muted=True), ["BroadcastMuted"]),
        (StateChange(is_muted=True), StateChange(is_muted=False), []),
        (StateChange(is_paused=True), StateChange(is_paused=False, is_muted=True), ["BroadcastMuted"]),
    ],
)
async def test_who_comes_in_during_a_control_is_told_how_the_broadcast_stands_then(
    before: StateChange, now: StateChange, told: list[str], move: bool
) -> None:
    world = Broadcast()
    session_id = await world.create()
    await world.service.speaker.change(world.session(session_id), before)
    counted, go_on = asyncio.Event(), asyncio.Event()
    count_in = world.repository.count_listener_in

    async def counts_in_and_dawdles(session_id: str, *, at_most: int | None) -> Session:
        session = await count_in(session_id, at_most=at_most)
        counted.set()
        await go_on.wait()
        return session

    world.repository.count_listener_in = counts_in_and_dawdles  # type: ignore[method-assign]
    newcomer, admission = Newcomer("lena=", "192.0.2.2"), world.service.admission
    coming = asyncio.create_task(
        admission.refresh_listener(newcomer, Refreshing(session_id, Role.LISTENER, "es"))
        if move
        else admission.join(newcomer, Joining(session_id, "es"))
    )
    await counted.wait()
    await world.clock.advance(0.1)
    await world.service.speaker.change_state(world.session(session_id), now)
    go_on.set()
    await coming
    assert world.audience.heard_by("lena=")[1:] == told


@on_loop
async def test_controls_are_independent_and_each_can_keep_the_gate_shut() -> None:
    world = Broadcast()
    session_id = await world.create()
    controls = world.service.speaker
    assert (await world.speak(CHUNK)).reason is None
    await controls.set_volume(world.session(session_id), 0.0)
    assert (await world.speak(CHUNK)).reason is NotForwarded.VOLUME_ZERO
    await controls.mute(world.session(session_id))
    assert (await world.speak(CHUNK)).reason is NotForwarded.MUTED
    await controls.pause(world.session(session_id), estimated_ms=None)
    assert (await world.speak(CHUNK)).reason is NotForwarded.PAUSED
    await controls.unmute(world.session(session_id))
    await controls.set_volume(world.session(session_id), 1.0)
    assert (await world.speak(CHUNK)).reason is NotForwarded.PAUSED
    await controls.resume(world.session(session_id))
    assert (await world.speak(CHUNK)).reason is None
    [stream] = world.speech.recogniser.streams
    assert stream.heard == [CHUNK, CHUNK]


@on_loop
async def test_the_pause_is_measured_from_its_beginning_whatever_happens_during_it() -> None:
    world = Broadcast()
    session_id = await world.create()
    controls = world.service.speaker
    await controls.pause(world.session(session_id), estimated_ms=None)
    await world.clock.advance(2)
    await controls.mute(world.session(session_id))
    await controls.pause(world.session(session_id), estimated_ms=None)
    await world.clock.advance(1)
    resumed = await controls.resume(world.session(session_id))
    assert resumed.pause_ms == 3000
    again = await controls.resume(world.session(session_id))
    assert isinstance(again, BroadcastResumed) and again.pause_ms is None


@on_loop
async def test_a_clock_that_is_set_back_shortens_nothing() -> None:
    world = Broadcast(connection_idle_timeout_seconds=80_000.0)
    session_id = await world.create("ana=")
    live = world.service.sessions.session(session_id)
    assert live is not None
    await world.service.speaker.pause(world.session(session_id), estimated_ms=None)
    world.clock.set_back(3600)
    await world.clock.advance(3)
    assert (await world.service.speaker.resume(world.session(session_id))).pause_ms == 3000
    assert world.metrics.values("BroadcastPauseDuration") == [3000]
    assert (await world.service.status.answer(live)).duration_s == 3
    await world.clock.advance(7_197 - 3 * 60)
    world.service.lifecycle.heartbeat("ana=")
    assert world.audience.last("ana=", ConnectionWarning).remaining_minutes == 3


@on_loop
async def test_a_session_of_the_future_which_another_process_left_has_lasted_for_no_time() -> None:
    world = Broadcast()
    session_id = await world.create("ana=")
    session = world.session(session_id)
    await world.service.speaker.pause(session, estimated_ms=None)
    paused = world.session(session_id)
    live = world.service.sessions.session(session_id)
    assert live is not None
    world.service.sessions.remove(live)
    world.clock.set_back(3600)
    live = world.service.sessions.adopt(paused)
    assert (await world.service.status.answer(live)).duration_s == 0
    assert (await world.service.speaker.resume(paused)).pause_ms == 0


@on_loop
async def test_a_state_change_tells_of_a_pause_only_when_one_begins() -> None:
    world = Broadcast()
    session_id = await world.create()
    await world.join(session_id, "lena=")
    world.audience.told.clear()
    ack = await world.service.speaker.change_state(
        world.session(session_id), StateChange(is_paused=True, is_muted=False)
    )
    assert world.audience.heard_by("lena=") == ["SpeakerStateChanged", "BroadcastPaused"]
    assert ack.told is not None and ack.told.listeners_notified == 1
    await world.service.speaker.change_state(world.session(session_id), StateChange(is_paused=True))
    await world.service.speaker.change_state(world.session(session_id), StateChange(is_paused=False))
    assert world.audience.heard_by("lena=")[2:] == ["SpeakerStateChanged", "SpeakerStateChanged"]


@on_loop
async def test_an_acknowledgement_counts_only_those_who_were_there() -> None:
    world = Broadcast()
    session_id = await world.create()
    await world.join(session_id, "lena=")
    await world.join(session_id, "amina=")
    world.audience.gone.add("lena=")
    ack = await world.service.speaker.mute(world.session(session_id))
    assert ack.told is not None and ack.told.listeners_notified == 1


@on_loop
async def test_samples_are_multiplied_by_the_volume_and_clipped() -> None:
    world = Broadcast()
    session_id = await world.create()
    await world.service.speaker.set_volume(world.session(session_id), 0.5)
    samples = np.array([0, 1, 3, -3, 1000, 32767, -32768] * 20, dtype="<i2")
    await world.speak(samples.tobytes())
    [stream] = world.speech.recogniser.streams
    heard = np.frombuffer(stream.heard[0], dtype="<i2")
    assert list(heard[:7]) == [0, 0, 2, -2, 500, 16384, -16384]


@pytest.mark.parametrize(
    ("size", "code"),
    [
        (99, "AUDIO_CHUNK_TOO_SMALL"),
        (32_769, "AUDIO_CHUNK_TOO_LARGE"),
        (0, "INVALID_MESSAGE"),
        (101, "INVALID_AUDIO_FORMAT"),
    ],
)
@on_loop
async def test_chunks_of_the_wrong_size_are_refused(size: int, code: str) -> None:
    world = Broadcast()
    await world.create()
    with refused(code):
        await world.speak(b"\0" * size)
    for fits in (100, 32_768):
        assert (await world.speak(b"\0" * fits)).reason is None


@on_loop
async def test_a_header_is_looked_for_until_a_chunk_has_passed() -> None:
    world = Broadcast()
    await world.create()
    for _ in range(2):
        with refused("INVALID_AUDIO_FORMAT"):
            await world.speak(b"RIFF" + CHUNK)
    await world.speak(CHUNK)
    assert (await world.speak(b"RIFF" + CHUNK)).reason is None


@on_loop
async def test_audio_does_not_wait_for_the_table_but_sees_what_changed_in_it() -> None:
    world = Broadcast()
    session_id = await world.create()
    await world.speak(CHUNK)
    reads = world.repository.reads
    for _ in range(20):
        await world.clock.advance(0.05)
        await world.speak(CHUNK)
    assert world.repository.reads - reads <= 5
    await world.repository.end_session(session_id)
    await world.clock.advance(0.3)
    await world.speak(CHUNK)
    await settled()
    with refused("SESSION_INACTIVE"):
        await world.speak(CHUNK)


@on_loop
async def test_a_chunk_after_a_silence_waits_for_a_new_reading() -> None:
    world = Broadcast()
    await world.create()
    await world.speak(CHUNK)
    await world.repository.remove_connection("ana=")
    await world.clock.advance(1)
    with refused("CONNECTION_NOT_FOUND"):
        await world.speak(CHUNK)


@on_loop
async def test_a_reading_begun_before_a_control_does_not_undo_it() -> None:
    world = Broadcast()
    session_id = await world.create()
    await world.speak(CHUNK)
    before = world.session(session_id)
    slow_reading: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    read = world.repository.standing

    async def slow(connection_id: str, session: str) -> object:
        connection, _ = await read(connection_id, session)
        await slow_reading
        return connection, before

    world.repository.standing = slow  # type: ignore[method-assign, assignment]
    reading = asyncio.ensure_future(world.service.standings.fresh("ana="))
    await settled()
    await world.service.speaker.mute(before)
    slow_reading.set_result(None)
    assert (await reading).session == world.session(session_id)
    assert (await world.speak(CHUNK)).reason is NotForwarded.MUTED


# ---- rates


@on_loop
async def test_too_many_chunks_are_dropped_then_warned_about_once_then_end_the_session() -> None:
    world = Broadcast(rate_limit_audio_chunks_per_second=2)
    session_id = await world.create()
    await world.join(session_id, "lena=")
    member = world.service.sessions.member("ana=")
    assert member is not None
    dropped = 0
    for _ in range(31 * 4):
        dropped += world.service.audio.one_too_many(member)
        await world.clock.advance(0.25)
    await settled()
    warnings = [notice for _, notice in world.audience.told if isinstance(notice, RateLimitWarning)]
    assert [warning.violation_seconds for warning in warnings] == [6]
    assert 60 <= dropped <= 64
    assert not world.session(session_id).is_active
    assert ("ana=", CloseCode.POLICY) in world.audience.closed
    assert ("lena=", CloseCode.NORMAL) in world.audience.closed
    assert world.audience.last("lena=", SessionEnded).reason == "rate limit"


@on_loop
async def test_a_calm_second_ends_a_violation() -> None:
    world = Broadcast(rate_limit_audio_chunks_per_second=1)
    await world.create()
    member = world.service.sessions.member("ana=")
    assert member is not None
    for _ in range(20):
        world.service.audio.one_too_many(member)
        assert world.service.audio.one_too_many(member)
        await world.clock.advance(1)
    assert not [notice for _, notice in world.audience.told if isinstance(notice, RateLimitWarning)]


@on_loop
async def test_the_second_slides_and_what_was_dropped_does_not_count() -> None:
    world = Broadcast()
    await world.create()
    member = world.service.sessions.member("ana=")
    assert member is not None
    await world.clock.advance(0.9)
    assert sum(world.service.audio.one_too_many(member) for _ in range(50)) == 0
    await world.clock.advance(0.2)
    assert sum(world.service.audio.one_too_many(member) for _ in range(50)) == 50
    await world.clock.advance(0.8)
    assert sum(world.service.audio.one_too_many(member) for _ in range(50)) == 0


@on_loop
async def test_controls_and_queries_have_rates_of_their_own() -> None:
    world = Broadcast()
    await world.create()
    member = world.service.sessions.member("ana=")
    assert member is not None
    for _ in range(10):
        world.service.rates.control(member)
    for _ in range(2):
        world.service.rates.status(member)
    for one_too_many in (world.service.rates.control, world.service.rates.status):
        with pytest.raises(Refusal) as raised:
            one_too_many(member)
        assert (raised.value.code, raised.value.details) == ("RATE_LIMIT_EXCEEDED", {"retryAfter": 1})
    await world.clock.advance(1)
    world.service.rates.control(member)
