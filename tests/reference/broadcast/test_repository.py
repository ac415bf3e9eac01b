"""The repository's promises, kept by the real one on tables and by the fake that other tests stand on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from reference.broadcast import system
from reference.broadcast.model import (
    BroadcastState,
    Connection,
    PartialResults,
    Role,
    Session,
    StateChange,
)
from reference.broadcast.repository import (
    BroadcastRepository,
    NoSuchConnection,
    NoSuchSession,
    SessionFull,
)
from reference.storage import aws, tables
from tests.reference.broadcast.world_fakes import MemoryRepository
from tests.reference.conftest import TestStore

SESSION = Session(
    session_id="gentle-harbor-318",
    speaker_connection_id="speaker=",
    speaker_user_id="ana",
    source_language="en",
    quality_tier="premium",
    created_at_ms=1_760_000_000_123,
    is_active=True,
    listener_count=0,
    expires_at_s=1_760_007_200,
    partial_results=PartialResults(False, 0.9, 4.5),
    state=BroadcastState(1_760_000_000_123),
)
LISTENER = Connection("lena=", SESSION.session_id, Role.LISTENER, 1, 2, 3, target_language="es", ip_address="192.0.2.7")
SPEAKER = Connection("speaker=", SESSION.session_id, Role.SPEAKER, 1, 2, 3, user_id="ana")

Scenario = Callable[[BroadcastRepository], Awaitable[None]]
Play = Callable[[Scenario], None]


@pytest.fixture(params=["tables", "memory"])
def play(request: pytest.FixtureRequest, store: TestStore) -> Play:
    @asynccontextmanager
    async def repository() -> AsyncIterator[BroadcastRepository]:
        if request.param == "memory":
            yield MemoryRepository()
            return
        real = aws.Store(aws.connect(store.endpoint_url))
        await tables.create(real, system.tables, store.tables)
        yield BroadcastRepository(real, store.tables)
        real.close()

    async def run(scenario: Scenario) -> None:
        async with repository() as one:
            await scenario(one)

    return lambda scenario: asyncio.run(run(scenario))


def test_a_session_reads_back_as_it_was_written_and_its_id_is_taken(play: Play) -> None:
    async def scenario(repository: BroadcastRepository) -> None:
        assert await repository.session(SESSION.session_id) is None
        assert await repository.create_session(SESSION)
        assert not await repository.create_session(replace(SESSION, speaker_user_id="someone else"))
        assert await repository.session(SESSION.session_id) == SESSION

    play(scenario)


def test_connections_read_back_and_speakers_are_not_among_the_listeners(play: Play) -> None:
    async def scenario(repository: BroadcastRepository) -> None:
        await repository.add_connection(SPEAKER)
        await repository.add_connection(LISTENER)
        await repository.add_connection(replace(LISTENER, target_language="fr"))  # the first of two wins
        assert await repository.standing("lena=", SESSION.session_id) == (LISTENER, None)
        assert await repository.listeners_by_language(SESSION.session_id) == {"es": 1}
        changed = await repository.change_language("lena=", "de")
        assert changed == replace(LISTENER, target_language="de")
        assert await repository.listeners_by_language(SESSION.session_id) == {"de": 1}
        await repository.note_activity("lena=", 99)
        connection, _ = await repository.standing("lena=", SESSION.session_id)
        assert connection is not None and connection.last_activity_ms == 99

    play(scenario)


def test_writes_to_a_connection_that_has_left_do_not_bring_it_back(play: Play) -> None:
    async def scenario(repository: BroadcastRepository) -> None:
        await repository.add_connection(LISTENER)
        await repository.remove_connection("lena=")
        await repository.remove_connection("lena=")
        with pytest.raises(NoSuchConnection):
            await repository.change_language("lena=", "de")
        with pytest.raises(NoSuchConnection):
            await repository.note_activity("lena=", 99)
        assert await repository.standing("lena=", SESSION.session_id) == (None, None)

    play(scenario)


def test_many_connections_are_removed_at_once(play: Play) -> None:
    async def scenario(repository: BroadcastRepository) -> None:
        ids = [f"listener-{number}=" for number in range(30)]
        await asyncio.gather(*(repository.add_connection(replace(LISTENER, connection_id=one)) for one in ids))
        assert await repository.listeners_by_language(SESSION.session_id) == {"es": 30}
        await repository.remove_connections(ids)
        assert await repository.listeners_by_language(SESSION.session_id) == {}
        await repository.remove_connections([])

    play(scenario)


def test_listeners_are_counted_up_to_the_limit_and_never_below_nought(play: Play) -> None:
    async def scenario(repository: BroadcastRepository) -> None:
        with pytest.raises(NoSuchSession):
            await repository.count_listener_in(SESSION.session_id, at_most=None)
        await repository.create_session(SESSION)
        for expected in (1, 2):
            session = await repository.count_listener_in(SESSION.session_id, at_most=2)
            assert session.listener_count == expected
        with pytest.raises(SessionFull):
            await repository.count_listener_in(SESSION.session_id, at_most=2)
        assert (await repository.count_listener_in(SESSION.session_id, at_most=None)).listener_count == 3
        for _ in range(5):
            await repository.count_listener_out(SESSION.session_id)
        session_now = await repository.session(SESSION.session_id)
        assert session_now is not None and session_now.listener_count == 0
        await repository.count_listener_out("no-such-100")
        assert await repository.session("no-such-100") is None

    play(scenario)


def test_two_controls_at_once_do_not_undo_each_other(play: Play) -> None:
    async def scenario(repository: BroadcastRepository) -> None:
        await repository.create_session(SESSION)
        await asyncio.gather(
            repository.change_state(SESSION.session_id, StateChange(is_muted=True), 5),
            repository.change_state(SESSION.session_id, StateChange(volume=0.25), 5),
        )
        after = await repository.change_state(SESSION.session_id, StateChange(is_paused=True), 6)
        assert after.state == BroadcastState(6, is_paused=True, is_muted=True, volume=0.25)
        assert await repository.session(SESSION.session_id) == after

    play(scenario)


def test_a_session_without_a_state_takes_controls_as_if_it_had_the_starting_one(store: TestStore) -> None:
    async def scenario() -> None:
        real = aws.Store(aws.connect(store.endpoint_url))
        await tables.create(real, system.tables, store.tables)
        repository = BroadcastRepository(real, store.tables)
        await repository.create_session(SESSION)
        await real.call(
            "update_item",
            TableName=store.tables["Sessions"],
            Key={"sessionId": {"S": SESSION.session_id}},
            UpdateExpression="REMOVE broadcastState",
        )
        after = await repository.change_state(SESSION.session_id, StateChange(is_muted=True), 7)
        assert after.state == BroadcastState(7, is_muted=True)
        assert await repository.session(SESSION.session_id) == after
        real.close()

    asyncio.run(scenario())


def test_an_ended_session_takes_no_listeners_no_controls_and_no_new_speaker(play: Play) -> None:
    async def scenario(repository: BroadcastRepository) -> None:
        await repository.create_session(SESSION)
        handed_over = await repository.hand_over(SESSION.session_id, "other=", 77)
        assert (handed_over.speaker_connection_id, handed_over.expires_at_s) == ("other=", 77)
        await repository.end_session(SESSION.session_id)
        await repository.end_session(SESSION.session_id)
        await repository.end_session("no-such-100")
        assert await repository.session("no-such-100") is None
        for refused in (
            repository.count_listener_in(SESSION.session_id, at_most=None),
            repository.change_state(SESSION.session_id, StateChange(is_muted=True), 1),
            repository.hand_over(SESSION.session_id, "third=", 88),
        ):
            with pytest.raises(NoSuchSession):
                await refused
        assert await repository.session(SESSION.session_id) == replace(handed_over, is_active=False)

    play(scenario)
