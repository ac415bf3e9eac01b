"""Live sessions, and who is connected to each."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from reference.studio.model import Pipeline, SessionNotFound


class Connection(Protocol):
    """A socket of somebody who is connected to a session."""

    id: str

    def close(self, code: int, reason: str = "") -> None:
        """Begin to close it; 1006 cuts it off without a word."""


@dataclass(eq=False)
class Session:
    """One live session: what it does, and what it has done."""

    id: str
    pipeline: Pipeline
    started_at_ms: int
    chunks: int = 0
    total_ms: float = 0.0
    """Of all its chunks together."""
    connections: list[Connection] = field(default_factory=list)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while a chunk passes, so that two connections do not mix theirs."""

    @property
    def is_connected(self) -> bool:
        """Whether anybody is (STU-10, STU-127)."""
        return bool(self.connections)

    @property
    def average_ms(self) -> float:
        return self.total_ms / self.chunks if self.chunks else 0.0

    def count(self, total_ms: float) -> None:
        """Count a chunk that took so long."""
        self.chunks += 1
        self.total_ms += total_ms


class Sessions:
    """Every session that was started and not stopped; there is no expiry, and no limit to their number."""

    def __init__(self) -> None:
        self._by_id: dict[str, Session] = {}

    def __iter__(self) -> Iterator[Session]:
        return iter(tuple(self._by_id.values()))

    def __contains__(self, session_id: str) -> bool:
        return session_id in self._by_id

    def __len__(self) -> int:
        return len(self._by_id)

    def add(self, session: Session) -> None:
        self._by_id[session.id] = session

    def find(self, session_id: str) -> Session:
        """Return a session; SessionNotFound where there is none."""
        if (session := self._by_id.get(session_id)) is None:
            raise SessionNotFound
        return session

    def remove(self, session_id: str) -> Session:
        """Return a session that is there no more; SessionNotFound where there was none."""
        session = self.find(session_id)
        del self._by_id[session_id]
        return session
