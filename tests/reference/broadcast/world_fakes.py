"""A world that stands still until a test moves it: clock, ids, audience, and a repository without a store."""

from __future__ import annotations

import asyncio
import dataclasses
import itertools
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import wraps
from typing import TypeVar

import pytest

from reference.background import Background
from reference.broadcast import parameters
from reference.broadcast.admission import Newcomer
from reference.broadcast.app import broadcast_service
from reference.broadcast.audio import AudioChunk
from reference.broadcast.disturbances import BroadcastDisturbances
from reference.broadcast.model import Connection, Session, StateChange
from reference.broadcast.monitoring.catalogue import METRICS
from reference.broadcast.notices import AudioReceived, Notice, SessionCreated, Speech
from reference.broadcast.ports import CloseCode, Reached
from reference.broadcast.quotas import Quota, QuotaRepository
from reference.broadcast.repository import (
    BroadcastRepository,
    NoSuchConnection,
    NoSuchSession,
    SessionFull,
)
from reference.broadcast.settings import BroadcastSettings
from reference.monitoring.catalogue import definition_of
from reference.refusal import Refusal
from tests.reference.engine_fakes import FakeSpeech

Told = TypeVar("Told")


CHUNK = b"\x01\x00" * 1600
"""A tenth of a second."""


def on_loop(test: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    """Let pytest run a coroutine."""

    @wraps(test)
    def run(*args: object, **kwargs: object) -> None:
        asyncio.run(test(*args, **kwargs))  # type: ignore[arg-type]

    return run


def refused(code: str) -> pytest.RaisesExc[Refusal]:
    return pytest.RaisesExc(Refusal, check=lambda refusal: refusal.code == code)


@dataclass
class FakeTimer:
    due_s: float
    call: Callable[[], None]
    cancelled: bool = False

    def cancel(self) -> None:
        self.cancelled = True


class FakeClock:
    """Begins at a round hour; `advance` lets time pass and rings what is due on the way."""

    def __init__(self) -> None:
        self._now_s = 1_000.0
        self._epoch_ms = 1_760_000_000_000
        self._timers: list[FakeTimer] = []

    def now_ms(self) -> int:
        return self._epoch_ms + round((self._now_s - 1_000.0) * 1000)

    def monotonic_s(self) -> float:
        return self._now_s

    def call_later(self, delay_s: float, call: Callable[[], None]) -> FakeTimer:
        timer = FakeTimer(self._now_s + max(0.0, delay_s), call)
        self._timers.append(timer)
        return timer

    def set_back(self, seconds: float) -> None:
        """Let the wall clock be set back; no time passes."""
        self._epoch_ms -= round(seconds * 1000)

    async def advance(self, seconds: float) -> None:
        end_s = self._now_s + seconds
        while True:
            due = [timer for timer in self._timers if not timer.cancelled and timer.due_s <= end_s]
            if not due:
                break
            timer = min(due, key=lambda one: one.due_s)
            self._timers.remove(timer)
            self._now_s = max(self._now_s, timer.due_s)
            timer.call()
            await settled()
        self._now_s = end_s


async def settled() -> None:
    """Return when everything that can go on without time passing has gone on; fakes wait for nothing else."""
    for _ in range(50):
        await asyncio.sleep(0)


class FakeIds:
    """Counts; `session_ids` come first, if a test gives some."""

    def __init__(self, *session_ids: str) -> None:
        self._numbers = itertools.count(100)
        self._session_ids = list(session_ids)

    def session_id(self) -> str:
        return self._session_ids.pop(0) if self._session_ids else f"gentle-harbor-{next(self._numbers)}"

    def connection_id(self) -> str:
        return f"connection-{next(self._numbers)}="


@dataclass
class FakeAudience:
    """Writes down who was told what; connections in `gone` take nothing."""

    told: list[tuple[str, Notice]] = field(default_factory=list)
    played: list[tuple[str, Speech]] = field(default_factory=list)
    closed: list[tuple[str, CloseCode]] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)

    def tell(self, connection_id: str, notice: Notice) -> bool:
        if connection_id in self.gone:
            return False
        self.told.append((connection_id, notice))
        return True

    def tell_all(self, connection_ids: Iterable[str], notice: Notice) -> int:
        return sum(self.tell(connection_id, notice) for connection_id in connection_ids)

    def play(self, connection_ids: Iterable[str], speech: Speech) -> Reached:
        wanted = list(connection_ids)
        there = [connection_id for connection_id in wanted if connection_id not in self.gone]
        self.played += [(connection_id, speech) for connection_id in there]
        return Reached(len(there), tuple(one for one in wanted if one in self.gone))

    def close(self, connection_id: str, code: CloseCode, _reason: str) -> None:
        if (connection_id, code) not in self.closed:
            self.closed.append((connection_id, code))

    def heard_by(self, connection_id: str) -> list[str]:
        """Return the names of the notices a connection was told, first told first."""
        return [type(notice).__name__ for told_id, notice in self.told if told_id == connection_id]

    def last(self, connection_id: str, kind: type[Told]) -> Told:
        return [one for told_id, one in self.told if told_id == connection_id and isinstance(one, kind)][-1]


@dataclass
class FakeMetrics:
    """Writes down every datapoint; refuses those that the catalogue does not know."""

    data: list[tuple[str, float, dict[str, str]]] = field(default_factory=list)

    def put(self, name: str, value: float = 1.0, **dimensions: str) -> None:
        definition_of(METRICS, name, dimensions)
        self.data.append((name, value, dimensions))

    def values(self, name: str, **dimensions: str) -> list[float]:
        """Return what was put under that name, with at least these dimensions."""
        return [
            value for put_name, value, given in self.data if put_name == name and dimensions.items() <= given.items()
        ]


class MemoryRepository(BroadcastRepository):
    """The same promises as the real one, kept by two dictionaries; every call lets others go first."""

    def __init__(self) -> None:
        self.sessions_by_id: dict[str, Session] = {}
        self.connections_by_id: dict[str, Connection] = {}
        self.reads = 0

    async def create_session(self, session: Session) -> bool:
        await asyncio.sleep(0)
        if session.session_id in self.sessions_by_id:
            return False
        self.sessions_by_id[session.session_id] = session
        return True

    async def session(self, session_id: str) -> Session | None:
        await asyncio.sleep(0)
        self.reads += 1
        return self.sessions_by_id.get(session_id)

    async def standing(self, connection_id: str, session_id: str) -> tuple[Connection | None, Session | None]:
        await asyncio.sleep(0)
        self.reads += 1
        return self.connections_by_id.get(connection_id), self.sessions_by_id.get(session_id)

    async def end_session(self, session_id: str) -> None:
        await asyncio.sleep(0)
        if session_id in self.sessions_by_id:
            self.sessions_by_id[session_id] = replace(self.sessions_by_id[session_id], is_active=False)

    async def hand_over(self, session_id: str, connection_id: str, expires_at_s: int) -> Session:
        await asyncio.sleep(0)
        session = self._active(session_id)
        return self._keep(replace(session, speaker_connection_id=connection_id, expires_at_s=expires_at_s))

    async def change_state(self, session_id: str, change: StateChange, now_ms: int) -> Session:
        await asyncio.sleep(0)
        session = self._active(session_id)
        given = {name: value for name, value in dataclasses.asdict(change).items() if value is not None}
        return self._keep(replace(session, state=replace(session.state, last_state_change_ms=now_ms, **given)))

    async def count_listener_in(self, session_id: str, *, at_most: int | None) -> Session:
        await asyncio.sleep(0)
        session = self._active(session_id)
        if at_most is not None and session.listener_count >= at_most:
            raise SessionFull
        return self._keep(replace(session, listener_count=session.listener_count + 1))

    async def count_listener_out(self, session_id: str) -> None:
        await asyncio.sleep(0)
        session = self.sessions_by_id.get(session_id)
        if session is not None:
            self._keep(replace(session, listener_count=max(0, session.listener_count - 1)))

    async def add_connection(self, connection: Connection) -> None:
        await asyncio.sleep(0)
        self.connections_by_id.setdefault(connection.connection_id, connection)

    async def change_language(self, connection_id: str, language: str) -> Connection:
        await asyncio.sleep(0)
        return self._amend(connection_id, target_language=language)

    async def note_activity(self, connection_id: str, at_ms: int) -> None:
        await asyncio.sleep(0)
        self._amend(connection_id, last_activity_ms=at_ms)

    async def remove_connection(self, connection_id: str) -> None:
        await asyncio.sleep(0)
        self.connections_by_id.pop(connection_id, None)

    async def remove_connections(self, connection_ids: Iterable[str]) -> None:
        await asyncio.sleep(0)
        for connection_id in connection_ids:
            self.connections_by_id.pop(connection_id, None)

    async def listeners_by_language(self, session_id: str) -> Counter[str]:
        await asyncio.sleep(0)
        return Counter(
            connection.target_language
            for connection in self.connections_by_id.values()
            if connection.session_id == session_id and connection.target_language is not None
        )

    def _active(self, session_id: str) -> Session:
        session = self.sessions_by_id.get(session_id)
        if session is None or not session.is_active:
            raise NoSuchSession
        return session

    def _keep(self, session: Session) -> Session:
        self.sessions_by_id[session.session_id] = session
        return session

    def _amend(self, connection_id: str, **changes: object) -> Connection:
        if connection_id not in self.connections_by_id:
            raise NoSuchConnection
        connection = replace(self.connections_by_id[connection_id], **changes)  # type: ignore[arg-type]
        self.connections_by_id[connection_id] = connection
        return connection


class MemoryQuotas(QuotaRepository):
    """Counts without a table and without windows."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self.broken = False

    async def take(self, quota: Quota, value: str, *, limit: int, now_ms: int) -> int | None:
        await asyncio.sleep(0)
        if self.broken:
            raise Refusal("SERVICE_UNAVAILABLE", "no table today")
        key = f"{quota.name}:{value}"
        if self.counts.get(key, 0) >= limit:
            return 1500
        self.counts[key] = self.counts.get(key, 0) + 1
        return None


class Broadcast:
    """The rules of the broadcast on a world of fakes."""

    def __init__(self, *ids: str, **settings: object) -> None:
        self.clock = FakeClock()
        self.audience = FakeAudience()
        self.repository = MemoryRepository()
        self.quotas = MemoryQuotas()
        self.speech = FakeSpeech()
        self.background = Background()
        self.metrics = FakeMetrics()
        self.settings = replace(BroadcastSettings(), **settings)  # type: ignore[arg-type]
        self.service = broadcast_service(
            self.settings,
            self.speech.engines(),
            self.repository,
            self.quotas,
            self.audience,
            self.clock,
            FakeIds(*ids),
            self.background,
            self.metrics,
            BroadcastDisturbances(),
        )

    async def create(self, connection_id: str = "ana=", user_id: str = "ana", **creation: object) -> str:
        wanted = parameters.creation({"sourceLanguage": "en", **creation})
        await self.service.admission.create(Newcomer(connection_id, "192.0.2.1"), user_id, wanted)
        await settled()
        return self.audience.last(connection_id, SessionCreated).session.session_id

    async def join(self, session_id: str, connection_id: str, language: str = "es") -> None:
        wanted = parameters.Joining(session_id, language)
        await self.service.admission.join(Newcomer(connection_id, "192.0.2.2"), wanted)
        await settled()

    async def speak(self, pcm: bytes, connection_id: str = "ana=") -> AudioReceived:
        """Send one chunk, as the gateway would."""
        standing = await self.service.standings.recent(connection_id)
        received = self.service.audio.receive(connection_id, standing.live_session(), AudioChunk(pcm))
        await settled()
        return received

    def session(self, session_id: str) -> Session:
        return self.repository.sessions_by_id[session_id]
