"""Translations that were needed before: in memory to be quick, in a table to outlive the service (BRO-2.4, BRO-6.4)."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakValueDictionary

from reference.background import Background
from reference.journal import Journal
from reference.metrics import Metrics
from reference.refusal import Refusal
from reference.speech.ports import Translator
from reference.storage.aws import Store
from reference.storage.clock import Clock, time_limit
from reference.storage.items import Item, from_item, to_item

LIFE_S = 3600
LOOK_UP_LIMIT_S = 0.3
"""A table that takes longer is done without: the translator may still answer within its own two seconds."""

_WRITES_PER_BATCH = 25


@dataclass(slots=True)
class CachedTranslation:
    """One translation, and how often it was needed. Times are seconds since the epoch."""

    source_language: str
    target_language: str
    source_text: str
    translated_text: str
    created_at_s: int
    last_accessed_at_s: int
    access_count: int
    ttl_s: int

    @property
    def key(self) -> str:
        return cache_key(self.source_language, self.target_language, self.source_text)


def cache_key(source: str, target: str, text: str) -> str:
    """Return the key of a translation; case and surrounding blanks of the text make no difference."""
    digest = hashlib.sha256(text.strip().lower().encode()).hexdigest()
    return f"{source}:{target}:{digest[:16]}"


class TranslationRepository:
    """Translations in DynamoDB.

    `CachedTranslations`, key `cacheKey` (see `cache_key`), one item a translation: `sourceLanguage`, `targetLanguage`,
    `sourceText`, `translatedText`, `createdAt`, `lastAccessedAt` (s), `accessCount`, `ttl` (s, the table's TTL).
    """

    def __init__(self, store: Store, table: str) -> None:
        self._store = store
        self._table = table

    async def get(self, key: str) -> CachedTranslation | None:
        """Return the translation under a key, even one whose time is over; raise Refusal when that cannot be read."""
        answer = await self._store.call("get_item", TableName=self._table, Key=to_item({"cacheKey": key}))
        return _translation(from_item(answer["Item"])) if answer.get("Item") else None

    async def all(self) -> list[CachedTranslation]:
        """Return every translation in the table; raise Refusal when that cannot be read."""
        found: list[CachedTranslation] = []
        start: Mapping[str, Any] = {}
        while True:
            answer = await self._store.call("scan", TableName=self._table, **start)
            found += [_translation(from_item(item)) for item in answer["Items"]]
            if not answer.get("LastEvaluatedKey"):
                return found
            start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    async def write(self, changes: Mapping[str, CachedTranslation | None]) -> None:
        """Put translations under their keys, delete those given as None; raise Refusal when that cannot be."""
        requests = [
            {"DeleteRequest": {"Key": to_item({"cacheKey": key})}}
            if one is None
            else {"PutRequest": {"Item": to_item(_item(key, one))}}
            for key, one in changes.items()
        ]
        for start in range(0, len(requests), _WRITES_PER_BATCH):
            left: Mapping[str, Any] = {self._table: requests[start : start + _WRITES_PER_BATCH]}
            while left:
                answer = await self._store.call("batch_write_item", RequestItems=left)
                left = answer.get("UnprocessedItems") or {}


@dataclass(eq=False, repr=False)
class CachingTranslator:
    """A translator that asks another one only for what it does not know.

    What was needed lately is answered from memory without a call; the rest is looked up in the table. Who needs what is
    being translated waits for that, and has used it as if it had been known. The table is written behind: nobody waits
    for it, and without it the memory does.
    """

    _translator: Translator
    _repository: TranslationRepository
    _metrics: Metrics
    _clock: Clock
    _background: Background
    _most_entries: int
    _known: dict[str, CachedTranslation] = field(default_factory=dict, init=False)
    _asked_for: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary, init=False)
    """What is being answered, for as long as somebody waits for it."""
    _unwritten: dict[str, CachedTranslation | None] = field(default_factory=dict, init=False)
    """What the table has yet to learn; None for what is to be deleted."""
    _writer: asyncio.Task[None] | None = field(default=None, init=False)
    _journal = Journal("translation-cache")

    async def remember(self) -> None:
        """Learn what an earlier run has left in the table, so that all of it counts towards the most entries."""
        try:
            left = await self._repository.all()
        except Refusal as refused:
            self._journal.warning("remember", "the table cannot be read", cause=refused.code)
            return
        now_s = self._now_s()
        for translation in left:
            if translation.ttl_s > now_s:
                self._known.setdefault(translation.key, translation)
        self._evict(beyond=self._most_entries)

    async def translate(self, text: str, *, source: str, target: str) -> str:
        key = cache_key(source, target, text)
        async with self._asked_for.setdefault(key, asyncio.Lock()):
            known = self._in_memory(key) or await self._in_table(key)
            self._metrics.put("TranslationCacheHitRate", 0.0 if known is None else 100.0)
            if known is not None:
                known.access_count += 1
                known.last_accessed_at_s = self._now_s()
                self.write(key, known)
                return known.translated_text
            translated = await self._translator.translate(text, source=source, target=target)
            now_s = self._now_s()
            self._keep(key, CachedTranslation(source, target, text, translated, now_s, now_s, 1, now_s + LIFE_S))
            return translated

    def _in_memory(self, key: str) -> CachedTranslation | None:
        known = self._known.get(key)
        if known is not None and known.ttl_s <= self._now_s():
            del self._known[key]
            self.write(key, None)
            return None
        return known

    async def _in_table(self, key: str) -> CachedTranslation | None:
        if key in self._unwritten:
            # The table is about to be told otherwise.
            return None
        try:
            async with time_limit(self._clock, LOOK_UP_LIMIT_S):
                found = await self._repository.get(key)
        except (Refusal, TimeoutError) as failure:
            self._journal.warning("look-up", "the table is done without", cause=type(failure).__name__)
            return None
        if found is None or found.ttl_s <= self._now_s():
            return None
        self._keep(key, found)
        return found

    def _keep(self, key: str, translation: CachedTranslation) -> None:
        if key not in self._known:
            self._evict(beyond=self._most_entries - 1)
        self._known[key] = translation
        self.write(key, translation)
        self._metrics.put("TranslationCacheSize", len(self._known))

    def _evict(self, *, beyond: int) -> None:
        """Let a tenth go when there are too many, the least needed first, of equals the longest unused."""
        if len(self._known) <= beyond:
            return
        count = max(self._most_entries // 10, len(self._known) - beyond)
        for key, _ in sorted(self._known.items(), key=lambda entry: worth(entry[1]))[:count]:
            del self._known[key]
            self.write(key, None)
        self._metrics.put("TranslationCacheEvictions", count)
        self._journal.info("evict", "the cache was full", evicted=count, left=len(self._known))

    def write(self, key: str, translation: CachedTranslation | None) -> None:
        self._unwritten[key] = translation
        if self._writer is None or self._writer.done():
            self._writer = self._background.run(self._write_behind(), name="write-translations")

    async def _write_behind(self) -> None:
        # One turn of the loop, so that what happens at once is written at once.
        await asyncio.sleep(0)
        while self._unwritten:
            changes, self._unwritten = self._unwritten, {}
            try:
                await self._repository.write(changes)
            except Refusal as refused:
                self._journal.warning(
                    "write", "the table has missed some translations", entries=len(changes), cause=refused.code
                )

    def _now_s(self) -> int:
        return self._clock.now_ms() // 1000


def worth(translation: CachedTranslation) -> tuple[int, int]:
    return translation.access_count, translation.last_accessed_at_s


_MEMBERS = {
    "sourceLanguage": "source_language",
    "targetLanguage": "target_language",
    "sourceText": "source_text",
    "translatedText": "translated_text",
    "createdAt": "created_at_s",
    "lastAccessedAt": "last_accessed_at_s",
    "accessCount": "access_count",
    "ttl": "ttl_s",
}
"""What the table calls the members of a translation."""


def _item(key: str, translation: CachedTranslation) -> dict[str, object]:
    return {"cacheKey": key, **{name: getattr(translation, member) for name, member in _MEMBERS.items()}}


def _translation(item: Item) -> CachedTranslation:
    return CachedTranslation(**{member: item[name] for name, member in _MEMBERS.items()})
