"""Sessions and connections in DynamoDB."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from reference.broadcast.model import (
    BroadcastState,
    Connection,
    PartialResults,
    Role,
    Session,
    StateChange,
)
from reference.broadcast.tables import CONNECTIONS, LISTENERS, SESSIONS
from reference.storage.aws import ConditionFailed, Store
from reference.storage.items import Item, from_item, to_attribute, to_item
from reference.storage.reader import BatchReader, Key
from reference.storage.tables import TableNames

WRITES_PER_BATCH = 25
"""Requests that DynamoDB takes in one BatchWriteItem."""


class NoSuchSession(Exception):
    """A write found the session missing or no longer active."""


class NoSuchConnection(Exception):
    """A write found no item for the connection."""


class SessionFull(Exception):
    """A listener could not be counted in, because the session has as many as it may."""


class BroadcastRepository:
    """Domain in, domain out; nobody else knows the key layout, which is this (BRO-2.1, BRO-2.2).

    `Sessions`, key `sessionId`, one item a session: `speakerConnectionId`, `speakerUserId`, `sourceLanguage`,
    `qualityTier`, `createdAt` (ms), `isActive`, `listenerCount`, `expiresAt` (s, the table's TTL),
    `partialResultsEnabled`, `minStabilityThreshold`, `maxBufferTimeout` (s) and the map `broadcastState` of
    `isActive`, `isPaused`, `isMuted`, `volume`, `lastStateChange` (ms).

    `Connections`, key `connectionId`, one item a socket: `sessionId`, `role`, `targetLanguage` (listeners
    only), `userId` (speakers only), `connectedAt` (ms), `lastActivityTime` (ms), `ttl` (s, the table's TTL),
    `ipAddress`. Index `sessionId-targetLanguage-index` on those two attributes, which speakers are not part
    of.

    Members of `broadcastState` are written one by one, so that two controls at once cannot undo each other.
    Reads by key are strongly consistent and share calls; the index is eventually consistent.
    """

    def __init__(self, store: Store, names: TableNames) -> None:
        self._store = store
        self._sessions = names[SESSIONS.name]
        self._connections = names[CONNECTIONS.name]
        self._reader = BatchReader(store)

    async def create_session(self, session: Session) -> bool:
        """Write a new session; return False when its id is in use."""
        return await self._put(self._sessions, session_item(session), "sessionId")

    async def session(self, session_id: str) -> Session | None:
        [item] = await self._reader.get([self._session_key(session_id)])
        return None if item is None else _session(item)

    async def standing(self, connection_id: str, session_id: str) -> tuple[Connection | None, Session | None]:
        """Return a connection and its session as they are in the tables now."""
        connection, session = await self._reader.get(
            [self._connection_key(connection_id), self._session_key(session_id)]
        )
        return (
            None if connection is None else _connection(connection),
            None if session is None else _session(session),
        )

    async def end_session(self, session_id: str) -> None:
        """Mark the session as over; a session that is gone altogether stays gone."""
        try:
            await self._update_session(session_id, "SET isActive = :no", {":no": False}, "attribute_exists(sessionId)")
        except ConditionFailed:
            return

    async def hand_over(self, session_id: str, connection_id: str, expires_at_s: int) -> Session:
        """Make `connection_id` the speaker's current connection and return the session.

        Raise NoSuchSession when it is missing or over.
        """
        try:
            return await self._update_session(
                session_id,
                "SET speakerConnectionId = :connection, expiresAt = :expires",
                {":connection": connection_id, ":expires": expires_at_s, ":active": True},
                "attribute_exists(sessionId) AND isActive = :active",
            )
        except ConditionFailed:
            raise NoSuchSession from None

    async def change_state(self, session_id: str, change: StateChange, now_ms: int) -> Session:
        """Write the members that `change` gives and return the session.

        Raise NoSuchSession when it is missing or over.
        """
        members = {"isPaused": change.is_paused, "isMuted": change.is_muted, "volume": change.volume}
        given: dict[str, object] = {name: value for name, value in members.items() if value is not None}
        given["lastStateChange"] = now_ms
        assignments = ", ".join(f"broadcastState.#{name} = :{name}" for name in given)
        names = {f"#{name}": name for name in given}
        values = {f":{name}": value for name, value in given.items()} | {":active": True}
        condition = "isActive = :active AND attribute_exists(broadcastState)"
        try:
            return await self._update_session(session_id, f"SET {assignments}", values, condition, names)
        except ConditionFailed as failed:
            if failed.item is None or from_item(failed.item).get("isActive") is not True:
                raise NoSuchSession from None
            await self._add_default_state(_session(from_item(failed.item)))
        return await self.change_state(session_id, change, now_ms)

    async def count_listener_in(self, session_id: str, *, at_most: int | None) -> Session:
        """Add one to the listener count and return the session.

        Raise NoSuchSession when it is missing or over, SessionFull when it has `at_most` listeners already.
        """
        values: dict[str, object] = {":one": 1}
        condition = "attribute_exists(sessionId) AND isActive = :active"
        if at_most is not None:
            condition += " AND listenerCount < :most"
            values[":most"] = at_most
        try:
            return await self._update_session(
                session_id, "ADD listenerCount :one", values | {":active": True}, condition
            )
        except ConditionFailed as failed:
            if failed.item is not None and from_item(failed.item).get("isActive") is True:
                raise SessionFull from None
            raise NoSuchSession from None

    async def count_listener_out(self, session_id: str) -> None:
        """Take one from the listener count, which never falls below nought."""
        try:
            await self._update_session(
                session_id, "ADD listenerCount :less", {":less": -1, ":nought": 0}, "listenerCount > :nought"
            )
        except ConditionFailed as failed:
            if failed.item is not None:
                await self._update_session(
                    session_id, "SET listenerCount = :nought", {":nought": 0}, "attribute_exists(sessionId)"
                )

    async def add_connection(self, connection: Connection) -> None:
        """Write a connection's item; the first of two with one id wins."""
        await self._put(self._connections, connection_item(connection), "connectionId")

    async def change_language(self, connection_id: str, language: str) -> Connection:
        """Set a listener's language and return the connection; raise NoSuchConnection when it has no item."""
        return await self._update_connection(connection_id, "SET targetLanguage = :language", {":language": language})

    async def note_activity(self, connection_id: str, at_ms: int) -> None:
        """Write when a connection was last heard of; raise NoSuchConnection when it has no item."""
        await self._update_connection(connection_id, "SET lastActivityTime = :at", {":at": at_ms})

    async def remove_connection(self, connection_id: str) -> None:
        """Delete a connection's item, if it is there."""
        await self._store.call("delete_item", TableName=self._connections, Key=to_item({"connectionId": connection_id}))

    async def remove_connections(self, connection_ids: Iterable[str]) -> None:
        ids = list(connection_ids)
        batches = [ids[start : start + WRITES_PER_BATCH] for start in range(0, len(ids), WRITES_PER_BATCH)]
        await asyncio.gather(*(self._remove_batch(batch) for batch in batches))

    async def listeners_by_language(self, session_id: str) -> Counter[str]:
        """Return how many listeners a session has in each language, found through the index.

        Only the language is asked for: whole items of 500 listeners take longer than a status may.
        """
        found: Counter[str] = Counter()
        start: Mapping[str, Any] = {}
        while True:
            answer = await self._store.call(
                "query",
                TableName=self._connections,
                IndexName=LISTENERS.name,
                KeyConditionExpression="sessionId = :session",
                FilterExpression="#role = :listener",
                ProjectionExpression="targetLanguage",
                ExpressionAttributeNames={"#role": "role"},
                ExpressionAttributeValues=to_item({":session": session_id, ":listener": Role.LISTENER.value}),
                **start,
            )
            found.update(from_item(item)["targetLanguage"] for item in answer["Items"])
            if not answer.get("LastEvaluatedKey"):
                return found
            start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    async def _add_default_state(self, session: Session) -> None:
        """Write the state that a session without one reads as: a member cannot be set in a map that is not there."""
        try:
            await self._update_session(
                session.session_id,
                "SET broadcastState = :state",
                {":state": session.state.members()},
                "attribute_exists(sessionId) AND attribute_not_exists(broadcastState)",
            )
        except ConditionFailed:
            return

    def _session_key(self, session_id: str) -> Key:
        return Key(self._sessions, "sessionId", session_id)

    def _connection_key(self, connection_id: str) -> Key:
        return Key(self._connections, "connectionId", connection_id)

    async def _put(self, table: str, item: Mapping[str, object], key: str) -> bool:
        """Write a new item; return False when there is one with this key."""
        try:
            await self._store.call(
                "put_item", TableName=table, Item=to_item(item), ConditionExpression=f"attribute_not_exists({key})"
            )
        except ConditionFailed:
            return False
        return True

    async def _update_session(
        self,
        session_id: str,
        update: str,
        values: Mapping[str, object],
        condition: str,
        names: Mapping[str, str] | None = None,
    ) -> Session:
        named = {"ExpressionAttributeNames": dict(names)} if names else {}
        return _session(
            await self._update(self._sessions, {"sessionId": session_id}, update, values, condition, **named)
        )

    async def _update_connection(self, connection_id: str, update: str, values: Mapping[str, object]) -> Connection:
        key = {"connectionId": connection_id}
        try:
            item = await self._update(self._connections, key, update, values, "attribute_exists(connectionId)")
        except ConditionFailed:
            raise NoSuchConnection from None
        return _connection(item)

    async def _update(
        self, table: str, key: Item, update: str, values: Mapping[str, object], condition: str, **more: object
    ) -> Item:
        """Return the item as it is then; raise ConditionFailed, with the item as it was, if it is not to be changed."""
        answer = await self._store.call(
            "update_item",
            TableName=table,
            Key=to_item(key),
            UpdateExpression=update,
            ConditionExpression=condition,
            ExpressionAttributeValues=to_item(values),
            ReturnValues="ALL_NEW",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
            **more,
        )
        return from_item(answer["Attributes"])

    async def _remove_batch(self, connection_ids: Sequence[str]) -> None:
        requests: Mapping[str, Any] = {
            self._connections: [
                {"DeleteRequest": {"Key": {"connectionId": to_attribute(connection_id)}}}
                for connection_id in connection_ids
            ]
        }
        while requests:
            answer = await self._store.call("batch_write_item", RequestItems=requests)
            requests = answer.get("UnprocessedItems") or {}


def session_item(session: Session) -> dict[str, object]:
    return {
        "sessionId": session.session_id,
        "speakerConnectionId": session.speaker_connection_id,
        "speakerUserId": session.speaker_user_id,
        "sourceLanguage": session.source_language,
        "qualityTier": session.quality_tier,
        "createdAt": session.created_at_ms,
        "isActive": session.is_active,
        "listenerCount": session.listener_count,
        "expiresAt": session.expires_at_s,
        "partialResultsEnabled": session.partial_results.enabled,
        "minStabilityThreshold": session.partial_results.min_stability,
        "maxBufferTimeout": session.partial_results.max_buffer_timeout_s,
        "broadcastState": session.state.members(),
    }


def _session(item: Item) -> Session:
    defaults = PartialResults()
    return Session(
        session_id=item["sessionId"],
        speaker_connection_id=item["speakerConnectionId"],
        speaker_user_id=item["speakerUserId"],
        source_language=item["sourceLanguage"],
        quality_tier=item.get("qualityTier", "standard"),
        created_at_ms=item["createdAt"],
        is_active=item["isActive"],
        listener_count=item.get("listenerCount", 0),
        expires_at_s=item["expiresAt"],
        partial_results=PartialResults(
            item.get("partialResultsEnabled", defaults.enabled),
            float(item.get("minStabilityThreshold", defaults.min_stability)),
            float(item.get("maxBufferTimeout", defaults.max_buffer_timeout_s)),
        ),
        state=state_of(item.get("broadcastState", {}), item["createdAt"]),
    )


def state_of(members: Item, created_at_ms: int) -> BroadcastState:
    return BroadcastState(
        is_active=members.get("isActive", True),
        is_paused=members.get("isPaused", False),
        is_muted=members.get("isMuted", False),
        volume=float(members.get("volume", 1.0)),
        last_state_change_ms=members.get("lastStateChange", created_at_ms),
    )


def connection_item(connection: Connection) -> dict[str, object]:
    return {
        "connectionId": connection.connection_id,
        "sessionId": connection.session_id,
        "role": connection.role.value,
        "targetLanguage": connection.target_language,
        "userId": connection.user_id,
        "connectedAt": connection.connected_at_ms,
        "lastActivityTime": connection.last_activity_ms,
        "ttl": connection.ttl_s,
        "ipAddress": connection.ip_address,
    }


def _connection(item: Item) -> Connection:
    return Connection(
        connection_id=item["connectionId"],
        session_id=item["sessionId"],
        role=Role(item["role"]),
        connected_at_ms=item["connectedAt"],
        last_activity_ms=item["lastActivityTime"] if "lastActivityTime" in item else item["connectedAt"],
        ttl_s=item["ttl"],
        target_language=item.get("targetLanguage"),
        user_id=item.get("userId"),
        ip_address=item.get("ipAddress"),
    )
