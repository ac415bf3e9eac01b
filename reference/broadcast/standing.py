"""What the tables say about a connection and its session: who it is, what it may do, whether audio passes.

Every message but audio is answered from items read after it arrived. Reading them for each of fifty chunks a
second would make audio wait for the tables, so a chunk is answered from what was read last, under three
rules:

* read less than REFRESH_AFTER_S ago: used as it is;
* older: used, and read again in the background;
* older than STALE_AFTER_S, as after a silence: the chunk waits for a new reading.

So a change made directly in a table is seen by the next chunk after a silence, and within about a third of a
second while audio flows. What this process writes itself is known at once, and a reading that began before
such a write does not undo it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from reference.background import Background
from reference.broadcast.live import LiveSessions
from reference.broadcast.model import BroadcastState, Connection, Session
from reference.broadcast.repository import BroadcastRepository
from reference.refusal import Refusal
from reference.storage.clock import Clock

REFRESH_AFTER_S = 0.25
STALE_AFTER_S = 1.0


@dataclass(frozen=True, slots=True)
class Standing:
    """A connection with an item in the table, and its session if that has one."""

    connection: Connection
    session: Session | None

    def any_session(self) -> Session:
        """Return the session, which may be over; refuse when it does not exist."""
        if self.session is None:
            raise Refusal("SESSION_NOT_FOUND", "The session does not exist", sessionId=self.connection.session_id)
        return self.session

    def live_session(self) -> Session:
        """Return the session; refuse when it takes no audio and no controls any more."""
        session = self.any_session()
        if not session.live:
            raise Refusal("SESSION_INACTIVE", "The session has ended", sessionId=session.session_id)
        return session


@dataclass(slots=True)
class _Known:
    connection: Connection | None
    read_at_s: float
    being_read: bool = False


@dataclass(slots=True)
class _KnownSession:
    session: Session | None = None
    writes: int = field(default=0)
    """Counts what this process wrote, so that a reading begun before a write can be told."""


class Standings:
    """Answers where a connection stands."""

    def __init__(
        self, repository: BroadcastRepository, sessions: LiveSessions, clock: Clock, background: Background
    ) -> None:
        self._repository = repository
        self._live = sessions
        self._clock = clock
        self._background = background
        self._connections: dict[str, _Known] = {}
        self._sessions: dict[str, _KnownSession] = {}

    async def fresh(self, connection_id: str) -> Standing:
        """Return where the connection stands now.

        Raise Refusal CONNECTION_NOT_FOUND when it belongs to no session or its item is gone.
        """
        member = self._live.member(connection_id)
        if member is None:
            raise not_found()
        known_session = self._sessions.setdefault(member.session_id, _KnownSession())
        writes = known_session.writes
        asked_at_s = self._clock.monotonic_s()
        connection, session = await self._repository.standing(connection_id, member.session_id)
        if known_session.writes == writes:
            known_session.session = session
        if self._live.member(connection_id) is not None:
            self._connections[connection_id] = _Known(connection, asked_at_s)
        if connection is None:
            raise not_found()
        return Standing(connection, known_session.session)

    async def recent(self, connection_id: str) -> Standing:
        """Return where the connection stood a moment ago, by the rules above; raise as `fresh` does."""
        if self._live.member(connection_id) is None:
            raise not_found()
        known = self._connections.get(connection_id)
        age_s = STALE_AFTER_S if known is None else self._clock.monotonic_s() - known.read_at_s
        if known is None or age_s >= STALE_AFTER_S:
            return await self.fresh(connection_id)
        if age_s >= REFRESH_AFTER_S and not known.being_read:
            known.being_read = True
            self._background.run(self._refresh(connection_id, known), name="refresh-standing")
        if known.connection is None:
            raise not_found()
        return Standing(known.connection, self._sessions[known.connection.session_id].session)

    def note_session(self, session: Session) -> None:
        """Take over a session as this process has just written it."""
        known = self._sessions.setdefault(session.session_id, _KnownSession())
        known.session = session
        known.writes += 1

    def state_by_now(self, session: Session) -> BroadcastState:
        """Return the state of a session that was read a while ago, or what this process has made it since."""
        known = self._sessions.get(session.session_id)
        written = session if known is None or known.session is None else known.session
        return max(session.state, written.state, key=lambda state: state.last_state_change_ms)

    def forget_connection(self, connection_id: str) -> None:
        self._connections.pop(connection_id, None)

    def forget_session(self, session_id: str) -> None:
        self._sessions.pop(session_id, None)

    async def _refresh(self, connection_id: str, known: _Known) -> None:
        try:
            await self.fresh(connection_id)
        except Refusal:
            # A connection that is gone has been noted as gone, and a store that is down has been logged:
            # the next chunk either meets the note or asks again.
            known.being_read = False


def not_found() -> Refusal:
    return Refusal("CONNECTION_NOT_FOUND", "This connection belongs to no session")
