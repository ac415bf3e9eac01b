"""Who gets in: creating, joining and refreshing, each check in its turn (BRO-1.2.18, BRO-1.2.19)."""

from __future__ import annotations

from dataclasses import dataclass, field

from reference.broadcast.lifecycle import Lifecycle
from reference.broadcast.live import LiveSession, LiveSessions, Member
from reference.broadcast.model import BroadcastState, Connection, Role, Session
from reference.broadcast.notices import (
    BroadcastMuted,
    BroadcastPaused,
    RefreshComplete,
    SessionCreated,
    SessionJoined,
    StateRestored,
)
from reference.broadcast.parameters import Creation, Joining, Refreshing, check_offered
from reference.broadcast.ports import Audience
from reference.broadcast.quotas import Quotas
from reference.broadcast.repository import BroadcastRepository, NoSuchSession, SessionFull
from reference.broadcast.settings import BroadcastSettings
from reference.broadcast.standing import Standings
from reference.broadcast.status import StatusDesk
from reference.journal import Journal
from reference.metrics import Metrics
from reference.refusal import Refusal
from reference.storage.clock import Clock
from reference.storage.ids import Ids

ID_ATTEMPTS = 10


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A connection that is not part of any session yet."""

    connection_id: str
    address: str


@dataclass(eq=False, repr=False)
class Admission:
    """Lets connections into sessions.

    Every method either tells the newcomer that it is in, as its first message, or raises the Refusal that
    fits (BRO-3.2) and leaves nothing behind.
    """

    _settings: BroadcastSettings
    _repository: BroadcastRepository
    _sessions: LiveSessions
    _standings: Standings
    _audience: Audience
    _lifecycle: Lifecycle
    _status: StatusDesk
    _quotas: Quotas
    _clock: Clock
    _ids: Ids
    _metrics: Metrics
    _being_created: dict[str, int] = field(default_factory=dict, init=False)
    _journal = Journal("admission")

    async def create(self, newcomer: Newcomer, user_id: str, creation: Creation) -> None:
        """Open a session for `user_id`, whose current speaker connection is the newcomer."""
        since_s = self._clock.monotonic_s()
        self.check_source(creation.source_language)
        await self._quotas.session_creation(user_id)
        under_way = self._being_created.get(user_id, 0)
        if self._sessions.of_user(user_id) + under_way >= self._settings.max_concurrent_streams_per_speaker:
            self._journal.warning(
                "create-session",
                "the user has as many live sessions as allowed",
                connection_id=newcomer.connection_id,
                limit=self._settings.max_concurrent_streams_per_speaker,
            )
            raise Refusal(
                "MAX_SESSIONS_EXCEEDED",
                "End your live session before you open another",
                limit=self._settings.max_concurrent_streams_per_speaker,
            )
        self._being_created[user_id] = under_way + 1
        try:
            session = await self._new_session(newcomer.connection_id, user_id, creation)
            connection = self._connection(newcomer, session, Role.SPEAKER, user_id=user_id)
            await self._repository.add_connection(connection)
            live = self._sessions.adopt(session)
        finally:
            self._being_created[user_id] -= 1
            if not self._being_created[user_id]:
                del self._being_created[user_id]
        self._standings.note_session(session)
        self._audience.tell(newcomer.connection_id, SessionCreated(session, newcomer.connection_id))
        self._metrics.put("SessionCreationLatency", (self._clock.monotonic_s() - since_s) * 1000)
        self._enter(live, connection)
        self._lifecycle.expire_at(live, session.expires_at_s)
        self._status.start(live)
        self._journal.info(
            "create-session",
            "session created",
            session_id=session.session_id,
            connection_id=newcomer.connection_id,
            sourceLanguage=session.source_language,
        )

    async def join(self, newcomer: Newcomer, joining: Joining) -> None:
        since_s = self._clock.monotonic_s()
        await self._quotas.listener_join(newcomer.address)
        session = await self._active_session(joining.session_id)
        self.check_target(joining.target_language)
        if session.listener_count >= self._settings.max_listeners_per_session:
            raise self._full(joining.session_id)
        connection = self._connection(newcomer, session, Role.LISTENER, target_language=joining.target_language)
        session = await self.count_in(connection, at_most=self._settings.max_listeners_per_session)
        live = self._sessions.adopt(session)
        self._audience.tell(
            newcomer.connection_id,
            SessionJoined(session, newcomer.connection_id, joining.target_language, session.listener_count),
        )
        self._metrics.put("ListenerJoinLatency", (self._clock.monotonic_s() - since_s) * 1000)
        self.tell_latecomer(newcomer.connection_id, session)
        self._enter(live, connection)
        self._status.listeners_changed(live, joining.target_language)
        self._journal.info(
            "join-session",
            "listener joined",
            session_id=session.session_id,
            connection_id=newcomer.connection_id,
            targetLanguage=joining.target_language,
        )

    async def refresh_speaker(self, newcomer: Newcomer, user_id: str, refreshing: Refreshing) -> None:
        """Make the newcomer its session's current speaker connection, with the controls as they were."""
        session = await self._active_session(refreshing.session_id)
        if session.speaker_user_id != user_id:
            raise Refusal("FORBIDDEN", "Only the speaker of the session may refresh it")
        connection = self._connection(newcomer, session, Role.SPEAKER, user_id=user_id)
        await self._repository.add_connection(connection)
        try:
            session = await self._repository.hand_over(
                session.session_id, newcomer.connection_id, self._session_expiry_s()
            )
        except NoSuchSession:
            await self._repository.remove_connection(newcomer.connection_id)
            raise unknown(refreshing.session_id) from None
        live = self._sessions.adopt(session)
        live.speaker_connection_id = newcomer.connection_id
        self._standings.note_session(session)
        self._audience.tell(
            newcomer.connection_id,
            RefreshComplete(session.session_id, Role.SPEAKER, session.source_language, None),
        )
        if self._audience.tell(newcomer.connection_id, StateRestored(session.session_id, session.state)):
            self._metrics.put("StateRestorations", SessionId=session.session_id)
        self._enter(live, connection)
        self._lifecycle.expire_at(live, session.expires_at_s)
        self._status.restart_timer(live)
        self._journal.info(
            "refresh-connection",
            "speaker connection refreshed",
            session_id=session.session_id,
            connection_id=newcomer.connection_id,
        )

    async def refresh_listener(self, newcomer: Newcomer, refreshing: Refreshing) -> None:
        """Let a listener in beside its older connection; for the overlap both are counted."""
        session = await self._active_session(refreshing.session_id)
        language = refreshing.target_language
        assert language is not None, "a listener's refresh always names a language"
        self.check_target(language)
        connection = self._connection(newcomer, session, Role.LISTENER, target_language=language)
        session = await self.count_in(connection, at_most=None)
        live = self._sessions.adopt(session)
        self._audience.tell(
            newcomer.connection_id,
            RefreshComplete(session.session_id, Role.LISTENER, session.source_language, language),
        )
        self.tell_latecomer(newcomer.connection_id, session)
        self._enter(live, connection)
        self._status.listeners_changed(live, language)
        self._journal.info(
            "refresh-connection",
            "listener connection refreshed",
            session_id=session.session_id,
            connection_id=newcomer.connection_id,
        )

    async def _new_session(self, connection_id: str, user_id: str, creation: Creation) -> Session:
        for _ in range(ID_ATTEMPTS):
            now_ms = self._clock.now_ms()
            session = Session(
                session_id=self._ids.session_id(),
                speaker_connection_id=connection_id,
                speaker_user_id=user_id,
                source_language=creation.source_language,
                quality_tier=creation.quality_tier,
                created_at_ms=now_ms,
                is_active=True,
                listener_count=0,
                expires_at_s=self._session_expiry_s(),
                partial_results=creation.partial_results,
                state=BroadcastState(now_ms),
            )
            if await self._repository.create_session(session):
                return session
        self._journal.error("create-session", f"no unused session id in {ID_ATTEMPTS} attempts")
        raise Refusal("INTERNAL_ERROR", "No session could be created, try again")

    async def _active_session(self, session_id: str) -> Session:
        session = await self._repository.session(session_id)
        if session is None or not session.is_active:
            raise unknown(session_id)
        return session

    async def count_in(self, connection: Connection, *, at_most: int | None) -> Session:
        live_before = self._sessions.session(connection.session_id)
        await self._repository.add_connection(connection)
        try:
            session = await self._repository.count_listener_in(connection.session_id, at_most=at_most)
        except (NoSuchSession, SessionFull) as refused:
            await self._repository.remove_connection(connection.connection_id)
            if isinstance(refused, SessionFull):
                raise self._full(connection.session_id) from None
            raise unknown(connection.session_id) from None
        live = self._sessions.session(connection.session_id)
        if live_before is not live or (live is not None and live.ending):
            # The session ended while the listener was let in: its removal may have missed this item.
            await self._repository.remove_connection(connection.connection_id)
            raise unknown(connection.session_id)
        return session

    def _enter(self, live: LiveSession, connection: Connection) -> Member:
        member = self._sessions.enter(live, connection, now_s=self._clock.monotonic_s())
        self._lifecycle.watch(member)
        return member

    def _connection(
        self,
        newcomer: Newcomer,
        session: Session,
        role: Role,
        *,
        target_language: str | None = None,
        user_id: str | None = None,
    ) -> Connection:
        now_ms = self._clock.now_ms()
        return Connection(
            connection_id=newcomer.connection_id,
            session_id=session.session_id,
            role=role,
            connected_at_ms=now_ms,
            last_activity_ms=now_ms,
            ttl_s=now_ms // 1000 + round((self._settings.connection_max_duration_hours + 1) * 3600),
            target_language=target_language,
            user_id=user_id,
            ip_address=newcomer.address,
        )

    def _session_expiry_s(self) -> int:
        return self._clock.now_ms() // 1000 + round(self._settings.session_max_duration_hours * 3600)

    def tell_latecomer(self, connection_id: str, session: Session) -> None:
        """Tell someone who comes in during a break that there is one.

        Controls are told to those who are in, so one that was used while somebody was let in counts here.
        """
        state = self._standings.state_by_now(session)
        if state.is_paused:
            self._audience.tell(connection_id, BroadcastPaused(session.session_id))
        if state.is_muted:
            self._audience.tell(connection_id, BroadcastMuted(session.session_id))

    def check_source(self, language: str) -> None:
        check_offered(language, self._settings.supported_languages, "INVALID_LANGUAGE", "Speech")

    def check_target(self, language: str) -> None:
        check_offered(language, self._settings.supported_languages, "UNSUPPORTED_LANGUAGE", "Listening")

    def _full(self, session_id: str) -> Refusal:
        return Refusal(
            "SESSION_FULL",
            "The session has as many listeners as it can take",
            sessionId=session_id,
            maxListeners=self._settings.max_listeners_per_session,
        )


def unknown(session_id: str) -> Refusal:
    return Refusal("SESSION_NOT_FOUND", "There is no such live session", sessionId=session_id)
