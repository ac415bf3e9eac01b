"""Twins of what is kept on record, and of a store that fails (REQ-22.2, sheet 2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from reference.broadcast import admission, repository
from reference.broadcast.admission import Admission
from reference.broadcast.codec import Fields
from reference.broadcast.gateway import BroadcastEndpoint, SocketAudience
from reference.broadcast.model import Connection, Session
from reference.broadcast.notices import Notice, SessionEnded
from reference.broadcast.repository import BroadcastRepository, NoSuchConnection
from reference.broadcast.standing import Standing
from reference.refusal import Refusal
from reference.storage import aws
from reference.storage.items import to_item
from reference.twins.twin import put, twin


def _session_item(change: Callable[[dict[str, object]], dict[str, object]]) -> None:
    session_item = repository.session_item
    put(repository, "session_item", lambda session: change(session_item(session)))


def _connection_item(change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    connection_item = repository.connection_item
    put(repository, "connection_item", lambda connection: change(connection_item(connection)))


@twin("session-expiry-in-milliseconds", "BRO-2.1.3")
def session_expiry_in_milliseconds() -> None:
    """The time at which a session expires is recorded in milliseconds, so that the record never goes."""
    put_item = repository.session_item
    put(
        repository,
        "session_item",
        lambda session: put_item(session) | {"expiresAt": session.expires_at_s * 1000},
    )


@twin("opening-time-in-seconds", "BRO-2.1.7")
def opening_time_in_seconds() -> None:
    """The time of opening is recorded to the second only."""
    session_item = repository.session_item
    put(
        repository,
        "session_item",
        lambda session: session_item(session) | {"createdAt": session.created_at_ms // 1000 * 1000},
    )


@twin("session-recorded-without-its-speaker", "BRO-2.1.2")
def session_recorded_without_its_speaker() -> None:
    """The record of a session names the speaker's connection in the place of the speaker."""
    _session_item(lambda item: item | {"speakerUserId": item["speakerConnectionId"]})


@twin("what-is-usual-goes-unrecorded", "BRO-2.1.4", "BRO-2.1.5")
def what_is_usual_goes_unrecorded() -> None:
    """The record of a session lacks what its speaker has not chosen, and the state while it is the usual one."""
    unchosen = {
        "partialResultsEnabled": True,
        "minStabilityThreshold": 0.85,
        "maxBufferTimeout": 5.0,
    }

    def chosen(item: dict[str, object]) -> dict[str, object]:
        return {name: value for name, value in item.items() if name != "broadcastState" and unchosen.get(name) != value}

    _session_item(chosen)


@twin("quality-goes-unrecorded", "BRO-1.3.5")
def quality_goes_unrecorded() -> None:
    """Every session is recorded with standard quality."""
    _session_item(lambda item: item | {"qualityTier": "standard"})


@twin("connection-dated-in-seconds", "BRO-2.2.1", "BRO-2.2.2")
def connection_dated_in_seconds() -> None:
    """The record of a connection says in seconds when it was opened, not in milliseconds."""
    _connection_item(lambda item: item | {"connectedAt": item["connectedAt"] // 1000})


@twin("connection-expires-an-hour-early", "BRO-2.2.4")
def connection_expires_an_hour_early() -> None:
    """The record of a connection expires when the connection has to end, not an hour later."""
    _connection_item(lambda item: item | {"ttl": item["ttl"] - 3600})


@twin("speaker-in-the-lookup", "BRO-2.2.5")
def speaker_in_the_lookup() -> None:
    """The speaker is recorded with a language to listen in, and so appears in the lookup of listeners."""
    _connection_item(lambda item: item | {"targetLanguage": item["targetLanguage"] or "en"})


@twin("records-never-expire", "BRO-1.2.9")
def records_never_expire() -> None:
    """Nobody told the store to remove sessions that have expired."""
    call = aws.Store.call

    async def without_expiry(self: aws.Store, operation: str, **parameters: Any) -> Any:
        if operation == "update_time_to_live":
            return {}
        return await call(self, operation, **parameters)

    put(aws.Store, "call", without_expiry)


@twin("activity-goes-unrecorded", "BRO-2.2.3")
def activity_goes_unrecorded() -> None:
    """The time when somebody was last heard of stays that of connecting."""

    async def forget(self: BroadcastRepository, connection_id: str, at_ms: int) -> None:
        return

    put(BroadcastRepository, "note_activity", forget)


@twin("number-of-listeners-below-zero", "BRO-2.5.3")
def number_of_listeners_below_zero() -> None:
    """The number of listeners falls below zero when one leaves who was not counted."""

    async def count_out(self: BroadcastRepository, session_id: str) -> None:
        await self._update_session(session_id, "ADD listenerCount :less", {":less": -1}, "attribute_exists(sessionId)")

    put(BroadcastRepository, "count_listener_out", count_out)


@twin("listeners-counted-over-each-other", "BRO-2.5.10")
def listeners_counted_over_each_other() -> None:
    """Of listeners who join at the same moment only some are counted."""
    count_in = BroadcastRepository.count_listener_in

    async def read_and_write(self: BroadcastRepository, session_id: str, *, at_most: int | None) -> Session:
        before = await self.session(session_id)
        if before is None or not before.is_active:
            return await count_in(self, session_id, at_most=at_most)
        if at_most is not None and before.listener_count >= at_most:
            raise repository.SessionFull
        return await self._update_session(
            session_id,
            "SET listenerCount = :count",
            {":count": before.listener_count + 1},
            "attribute_exists(sessionId)",
        )

    put(BroadcastRepository, "count_listener_in", read_and_write)


@twin("ten-listeners-found-at-most", "BRO-2.5.10", "REQ-11.2")
def ten_listeners_found_at_most() -> None:
    """Of the listeners on record only the first ten are found."""
    call = aws.Store.call

    async def first_page(self: aws.Store, operation: str, **parameters: Any) -> Any:
        if operation != "query":
            return await call(self, operation, **parameters)
        answer = await call(self, operation, Limit=10, **parameters)
        return {**answer, "LastEvaluatedKey": None}

    put(aws.Store, "call", first_page)


@twin("taken-name-given-again", "BRO-2.5.1")
def taken_name_given_again() -> None:
    """A session whose name is taken takes the place of the other one."""
    create = BroadcastRepository.create_session

    async def create_anyway(self: BroadcastRepository, session: Session) -> bool:
        if not await create(self, session):
            await self._store.call(
                "put_item",
                TableName=self._sessions,
                Item=to_item(repository.session_item(session)),
            )
        return True

    put(BroadcastRepository, "create_session", create_anyway)


@twin("name-tried-nine-times", "BRO-1.3.8")
def name_tried_nine_times() -> None:
    """Opening a session fails after nine names that were taken."""
    put(admission, "ID_ATTEMPTS", 9)


@twin("name-tried-eleven-times", "BRO-1.3.8")
def name_tried_eleven_times() -> None:
    """Opening a session fails after eleven names that were taken only."""
    put(admission, "ID_ATTEMPTS", 11)


@twin("late-joiner-stays-on-record", "BRO-2.5.2")
def late_joiner_stays_on_record() -> None:
    """A listener who is refused because the session has just ended stays on record."""
    count_in = Admission.count_in
    remove = BroadcastRepository.remove_connection
    refused: set[str] = set()

    async def note_refused(self: Admission, connection: Connection, *, at_most: int | None) -> Session:
        refused.add(connection.connection_id)
        session = await count_in(self, connection, at_most=at_most)
        refused.discard(connection.connection_id)
        return session

    async def keep_refused(self: BroadcastRepository, connection_id: str) -> None:
        if connection_id not in refused:
            await remove(self, connection_id)

    put(Admission, "count_in", note_refused)
    put(BroadcastRepository, "remove_connection", keep_refused)


@twin("end-told-twice", "BRO-2.5.6", "BRO-3.3.14")
def end_told_twice() -> None:
    """Listeners are told twice that a session has ended."""
    tell_all = SocketAudience.tell_all

    def tell_again(self: SocketAudience, connection_ids: Iterable[str], notice: Notice) -> int:
        ids = list(connection_ids)
        if isinstance(notice, SessionEnded):
            tell_all(self, ids, notice)
        return tell_all(self, ids, notice)

    put(SocketAudience, "tell_all", tell_again)


@twin("ended-session-called-unknown", "BRO-3.7.19")
def ended_session_called_unknown() -> None:
    """A control for a session that is recorded as over is refused as if there were no such session."""
    answer = BroadcastEndpoint.answer

    async def misname(self: BroadcastEndpoint, connection_id: str, frame: str | bytes) -> Notice | None:
        try:
            return await answer(self, connection_id, frame)
        except Refusal as refusal:
            if refusal.code == "SESSION_INACTIVE":
                raise Refusal("SESSION_NOT_FOUND", refusal.message) from None
            raise

    put(BroadcastEndpoint, "answer", misname)


@twin("deleted-session-called-over", "BRO-2.5.4")
def deleted_session_called_over() -> None:
    """A control for a session that is no longer on record is refused as if the session were over."""
    any_session = Standing.any_session

    def misname(self: Standing) -> Session:
        try:
            return any_session(self)
        except Refusal as refusal:
            raise Refusal("SESSION_INACTIVE", refusal.message) from None

    put(Standing, "any_session", misname)


@twin("who-was-on-record-has-a-say", "BRO-2.5.7", "REQ-1.2")
def who_was_on_record_has_a_say() -> None:
    """Whoever was on record once may go on, although the record is gone."""
    add, standing, change = (
        BroadcastRepository.add_connection,
        BroadcastRepository.standing,
        BroadcastRepository.change_language,
    )
    recorded: dict[str, Connection] = {}

    async def remember(self: BroadcastRepository, connection: Connection) -> None:
        recorded[connection.connection_id] = connection
        await add(self, connection)

    async def recall(
        self: BroadcastRepository, connection_id: str, session_id: str
    ) -> tuple[Connection | None, Session | None]:
        connection, session = await standing(self, connection_id, session_id)
        return connection or recorded.get(connection_id), session

    async def change_anyway(self: BroadcastRepository, connection_id: str, language: str) -> Connection:
        try:
            return await change(self, connection_id, language)
        except NoSuchConnection:
            return replace(recorded[connection_id], target_language=language)

    put(BroadcastRepository, "add_connection", remember)
    put(BroadcastRepository, "standing", recall)
    put(BroadcastRepository, "change_language", change_anyway)


# ---- a store that fails


@twin("store-asked-twice", "REQ-22.2")
def store_asked_twice() -> None:
    """A record that cannot be read is tried twice, not three times."""
    put(aws, "ATTEMPTS", 2)


@twin("store-asked-four-times", "REQ-22.2")
def store_asked_four_times() -> None:
    """A record that cannot be read is tried four times, not three times."""
    put(aws, "ATTEMPTS", 4)


@twin("store-asked-without-rest", "REQ-22.2")
def store_asked_without_rest() -> None:
    """A record that cannot be read is tried again at once."""
    put(aws, "FIRST_DELAY_S", 0.001)


@twin("store-asked-at-even-intervals", "REQ-22.2")
def store_asked_at_even_intervals() -> None:
    """The rests between attempts to read a record do not grow."""
    put(aws, "LONGEST_DELAY_S", 0.1)


@twin("lost-store-called-a-fault", "BRO-3.2.13")
def lost_store_called_a_fault() -> None:
    """While no record can be reached, connections are refused as for a fault in the service."""
    call = aws.Store.call

    async def misname(self: aws.Store, operation: str, **parameters: Any) -> Any:
        try:
            return await call(self, operation, **parameters)
        except Refusal as refusal:
            raise Refusal("INTERNAL_ERROR", refusal.message) from None

    put(aws.Store, "call", misname)


# ---- others that fail


@twin("unchecked-sign-in-called-invalid", "BRO-3.2.13")
def unchecked_sign_in_called_invalid() -> None:
    """While sign-ins cannot be checked, each is refused as not valid."""
    user = BroadcastEndpoint.user

    def misname(self: BroadcastEndpoint, given: Fields) -> str:
        try:
            return user(self, given)
        except Refusal as refusal:
            raise Refusal("UNAUTHORIZED", refusal.message) from None

    put(BroadcastEndpoint, "user", misname)
