"""The sessions that have sockets open in this process: what must be known without asking a table.

The tables stay the record. What is here is read by everything that happens many times a second: who listens
in which language, who speaks, who was heard of when.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from reference.broadcast.model import Connection, PartialResults, Role, Session
from reference.storage.clock import Clock


@dataclass(slots=True, eq=False, weakref_slot=True)
class Member:
    connection_id: str
    session_id: str
    role: Role
    target_language: str | None
    connected_at_s: float
    """Monotonic time of the admission."""
    heard_at_s: float
    """Monotonic time of the last inbound message; of the admission, before the first."""
    heartbeat_seen: bool = False
    refresh_asked: bool = False
    format_checked: bool = False
    """Whether a chunk of this connection has passed the format check (REQ-13.5)."""


@dataclass(slots=True, eq=False)
class LiveSession:
    """One session with at least one socket."""

    session_id: str
    source_language: str
    speaker_user_id: str
    speaker_connection_id: str
    created_at_ms: int
    partial_results: PartialResults
    members: dict[str, Member] = field(default_factory=dict)
    opened_at_s: float = 0.0
    """Monotonic time at which the session was created, which may have been before this process began."""
    paused_at_s: float | None = None
    """Monotonic time at which the present pause began; None while there is none, or when it began before this
    process."""
    ending: bool = False
    departing: int = 0
    """Listeners who are gone, but whose items are still being removed."""

    @classmethod
    def of(cls, session: Session) -> LiveSession:
        """Return the live side of a session that has none yet."""
        return cls(
            session.session_id,
            session.source_language,
            session.speaker_user_id,
            session.speaker_connection_id,
            session.created_at_ms,
            session.partial_results,
        )

    def listeners(self) -> list[Member]:
        return [member for member in self.members.values() if member.role is Role.LISTENER]

    def listener_ids(self) -> list[str]:
        return [member.connection_id for member in self.listeners()]

    def languages(self) -> set[str]:
        return {member.target_language for member in self.listeners() if member.target_language is not None}

    def listeners_in(self, language: str) -> list[str]:
        return [member.connection_id for member in self.listeners() if member.target_language == language]


class LiveSessions:
    """Finds live sessions by their id, and members by their connection."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._sessions: dict[str, LiveSession] = {}
        self._members: dict[str, Member] = {}

    def session(self, session_id: str) -> LiveSession | None:
        return self._sessions.get(session_id)

    def member(self, connection_id: str) -> Member | None:
        return self._members.get(connection_id)

    def adopt(self, session: Session) -> LiveSession:
        """Return the live side of `session`, made now if it has none (as after a restart of the service)."""
        live = self._sessions.get(session.session_id)
        if live is None:
            live = self._sessions[session.session_id] = LiveSession.of(session)
            age_ms = max(0, self._clock.now_ms() - session.created_at_ms)
            live.opened_at_s = self._clock.monotonic_s() - age_ms / 1000
        return live

    def enter(self, live: LiveSession, connection: Connection, *, now_s: float) -> Member:
        member = Member(
            connection.connection_id,
            connection.session_id,
            connection.role,
            connection.target_language,
            now_s,
            now_s,
        )
        live.members[member.connection_id] = member
        self._members[member.connection_id] = member
        return member

    def leave(self, connection_id: str) -> Member | None:
        """Forget a connection; return the member it was, if it was one."""
        member = self._members.pop(connection_id, None)
        if member is not None and (live := self._sessions.get(member.session_id)) is not None:
            live.members.pop(connection_id, None)
        return member

    def remove(self, live: LiveSession) -> list[Member]:
        """Forget a session; return the members it had."""
        self._sessions.pop(live.session_id, None)
        members = list(live.members.values())
        for member in members:
            self._members.pop(member.connection_id, None)
        live.members.clear()
        return members

    def of_user(self, user_id: str) -> int:
        return sum(live.speaker_user_id == user_id for live in self._sessions.values())

    def all(self) -> Iterable[LiveSession]:
        return list(self._sessions.values())
