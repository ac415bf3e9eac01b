"""Quotas over minutes and hours, counted in a table over fixed windows (BRO-2.3)."""

from __future__ import annotations

import math
from dataclasses import dataclass

from reference.broadcast.settings import BroadcastSettings
from reference.journal import Journal
from reference.metrics import Metrics
from reference.refusal import Refusal
from reference.storage.aws import ConditionFailed, Store
from reference.storage.clock import Clock
from reference.storage.items import from_item, to_item

HOUR_S = 3600
MINUTE_S = 60
KEPT_AFTER_WINDOW_S = 3600


@dataclass(frozen=True, slots=True)
class Quota:
    """What is limited; `name` is `<operation>:<kind>`."""

    name: str
    window_s: int


SESSION_CREATIONS = Quota("session_create:user", HOUR_S)
LISTENER_JOINS = Quota("listener_join:ip", MINUTE_S)
CONNECTION_ATTEMPTS = Quota("connection_attempt:ip", MINUTE_S)
HEARTBEATS = Quota("heartbeat:connection", MINUTE_S)


class QuotaRepository:
    """Counts in DynamoDB.

    A window that is to begin more than its length from now was begun before the clock was set back, and is over.
    `RateLimits`, key `identifier` (`<operation>:<kind>:<value>`), one item a counter: `count`, `windowStart`
    (ms), `expiresAt` (s, the table's TTL). `count` is a word of the expression language and always aliased.
    """

    def __init__(self, store: Store, table: str) -> None:
        self._store = store
        self._table = table

    async def take(self, quota: Quota, value: str, *, limit: int, now_ms: int) -> int | None:
        """Count one use in the present window; return None, or for one too many the ms left in the window.

        Most uses are the first of a window, so beginning one is tried first.
        """
        identifier = f"{quota.name}:{value}"
        oldest_start_ms = now_ms - quota.window_s * 1000
        while not await self._begin_window(identifier, quota, oldest_start_ms, now_ms):
            try:
                await self._count(identifier, oldest_start_ms, limit)
            except ConditionFailed as failed:
                start_ms = 0 if failed.item is None else from_item(failed.item)["windowStart"]
                if oldest_start_ms < start_ms <= now_ms + quota.window_s * 1000:
                    return int(start_ms - oldest_start_ms)
            else:
                return None
        return None

    async def _begin_window(self, identifier: str, quota: Quota, oldest_start_ms: int, now_ms: int) -> bool:
        """Begin a window with this use as its first; return False when there is one already."""
        newest_start_ms = now_ms + quota.window_s * 1000
        item = {
            "identifier": identifier,
            "count": 1,
            "windowStart": now_ms,
            "expiresAt": now_ms // 1000 + quota.window_s + KEPT_AFTER_WINDOW_S,
        }
        try:
            await self._store.call(
                "put_item",
                TableName=self._table,
                Item=to_item(item),
                ConditionExpression="attribute_not_exists(identifier) OR NOT windowStart BETWEEN :first AND :last",
                ExpressionAttributeValues=to_item({":first": oldest_start_ms + 1, ":last": newest_start_ms}),
            )
        except ConditionFailed:
            return False
        return True

    async def _count(self, identifier: str, oldest_start_ms: int, limit: int) -> None:
        """Add one within the present window; raise ConditionFailed when there is none or it is full."""
        await self._store.call(
            "update_item",
            TableName=self._table,
            Key=to_item({"identifier": identifier}),
            UpdateExpression="ADD #count :one",
            ConditionExpression="windowStart > :oldest AND #count < :limit",
            ExpressionAttributeNames={"#count": "count"},
            ExpressionAttributeValues=to_item({":one": 1, ":oldest": oldest_start_ms, ":limit": limit}),
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )


class Quotas:
    """Refuses what is over a quota; when the table cannot be used, everything passes, with a warning."""

    def __init__(
        self, settings: BroadcastSettings, repository: QuotaRepository, clock: Clock, metrics: Metrics
    ) -> None:
        self._settings = settings
        self._repository = repository
        self._clock = clock
        self._metrics = metrics
        self._journal = Journal("quotas")

    async def session_creation(self, user_id: str) -> None:
        """Count a session creation; raise Refusal RATE_LIMIT_EXCEEDED when it is one too many."""
        await self._take(SESSION_CREATIONS, user_id, self._settings.rate_limit_sessions_per_hour)

    async def listener_join(self, address: str) -> None:
        """Count a join; raise Refusal RATE_LIMIT_EXCEEDED when it is one too many."""
        await self._take(LISTENER_JOINS, address, self._settings.rate_limit_listener_joins_per_min)

    async def connection_attempt(self, address: str) -> None:
        """Count an upgrade; raise Refusal RATE_LIMIT_EXCEEDED when it is one too many."""
        await self._take(CONNECTION_ATTEMPTS, address, self._settings.rate_limit_connection_attempts_per_min)

    async def heartbeat(self, connection_id: str) -> None:
        """Count a heartbeat, if that is asked for (BRO-1.4.32); raise RATE_LIMIT_EXCEEDED for one too many."""
        limit = self._settings.rate_limit_heartbeats_per_min
        if limit is not None:
            await self._take(HEARTBEATS, connection_id, limit)

    async def _take(self, quota: Quota, value: str, limit: int) -> None:
        try:
            left_ms = await self._repository.take(quota, value, limit=limit, now_ms=self._clock.now_ms())
        except Refusal as refused:
            self._journal.warning(quota.name, "the quota cannot be counted, letting it pass", code=refused.code)
            return
        if left_ms is not None:
            self._metrics.put("RateLimitExceeded", Operation=quota.name.partition(":")[0])
            self._journal.warning(quota.name, "over the quota", limit=limit, windowSeconds=quota.window_s)
            raise Refusal(
                "RATE_LIMIT_EXCEEDED",
                f"More than {limit} in {quota.window_s} seconds",
                retryAfter=math.ceil(left_ms / 1000),
            )
