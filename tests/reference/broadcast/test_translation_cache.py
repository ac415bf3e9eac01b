"""Translations that are known already: in memory, in the table, and no longer (BRO-2.4, BRO-6.4)."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from typing import Any

import pytest

from reference.background import Background
from reference.broadcast import system
from reference.broadcast.translation_cache import (
    CachedTranslation,
    CachingTranslator,
    TranslationRepository,
    cache_key,
)
from reference.refusal import Refusal
from reference.speech.ports import SpeechFailure
from reference.storage import aws, tables
from reference.storage.aws import Store
from reference.storage.items import from_item
from tests.reference.broadcast.world_fakes import FakeClock, FakeMetrics, on_loop, settled
from tests.reference.conftest import TestStore
from tests.reference.engine_fakes import FakeTranslator

NOW_S = 1_760_000_000


class MemoryTable(TranslationRepository):
    """The same promises as the real one, kept by a dictionary; may be out of reach, or slow."""

    def __init__(self, items: Mapping[str, CachedTranslation] | None = None) -> None:
        self.items = dict(items or {})
        self.reads = 0
        self.broken = False
        self.stalled = False

    async def get(self, key: str) -> CachedTranslation | None:
        self._check()
        self.reads += 1
        if self.stalled:
            await asyncio.Event().wait()
        return self.items.get(key)

    async def all(self) -> list[CachedTranslation]:
        self._check()
        return list(self.items.values())

    async def write(self, changes: Mapping[str, CachedTranslation | None]) -> None:
        self._check()
        for key, one in changes.items():
            if one is None:
                self.items.pop(key, None)
            else:
                self.items[key] = one

    def _check(self) -> None:
        if self.broken:
            raise Refusal("SERVICE_UNAVAILABLE", "no table today")


class Thoughtful:
    """A translator that lets others go on meanwhile, and fails so often at first."""

    def __init__(self, translator: FakeTranslator, *, failures: int = 0) -> None:
        self._translator = translator
        self._failures = failures

    async def translate(self, text: str, *, source: str, target: str) -> str:
        await settled()
        if self._failures:
            self._failures -= 1
            raise SpeechFailure("ThrottlingException", "too much at once", transient=True)
        return await self._translator.translate(text, source=source, target=target)


class Cache:
    """A caching translator before a fake one."""

    def __init__(self, table: TranslationRepository, *, most_entries: int = 100) -> None:
        self.translator, self.metrics, self.clock = FakeTranslator(), FakeMetrics(), FakeClock()
        self.caching = CachingTranslator(self.translator, table, self.metrics, self.clock, Background(), most_entries)

    async def translate(self, text: str, target: str = "es") -> str:
        translated = await self.caching.translate(text, source="en", target=target)
        await settled()
        return translated


@on_loop
async def test_a_sentence_is_translated_once_and_then_known_without_asking_translator_or_table() -> None:
    table = MemoryTable()
    cache = Cache(table)
    assert await cache.translate("Good morning.") == await cache.translate("  good MORNING. ") == "[es] Good morning."
    assert await cache.translate("Good morning.", "fr") == "[fr] Good morning."
    assert cache.translator.calls == [("Good morning.", "es"), ("Good morning.", "fr")]
    assert table.reads == 2
    assert cache.metrics.values("TranslationCacheHitRate") == [0.0, 100.0, 0.0]
    assert cache.metrics.values("TranslationCacheSize") == [1, 2]


@on_loop
async def test_a_new_text_that_two_need_at_once_is_translated_once_and_used_twice() -> None:
    table = MemoryTable()
    cache = Cache(table)
    cache.caching._translator = Thoughtful(cache.translator)
    both = await asyncio.gather(cache.translate("Good morning."), cache.translate(" good morning. "))
    assert both == ["[es] Good morning."] * 2
    assert cache.translator.calls == [("Good morning.", "es")]
    assert cache.metrics.values("TranslationCacheHitRate") == [0.0, 100.0]
    [item] = table.items.values()
    assert item.access_count == 2


@on_loop
async def test_whoever_waited_for_a_translation_that_came_to_nothing_has_it_made_themselves() -> None:
    cache = Cache(MemoryTable())
    cache.caching._translator = Thoughtful(cache.translator, failures=1)
    outcomes = await asyncio.gather(
        cache.translate("Good morning."), cache.translate("Good morning."), return_exceptions=True
    )
    assert isinstance(outcomes[0], SpeechFailure)
    assert outcomes[1] == "[es] Good morning."


@on_loop
async def test_after_a_restart_the_table_still_knows() -> None:
    table = MemoryTable()
    await Cache(table).translate("Good morning.")
    restarted = Cache(table)
    assert await restarted.translate("Good morning.") == "[es] Good morning."
    assert restarted.translator.calls == []


@on_loop
async def test_an_hour_after_it_was_made_a_translation_is_made_again() -> None:
    table = MemoryTable()
    cache = Cache(table)
    await cache.translate("Good morning.")
    await cache.clock.advance(3599)
    await cache.translate("Good morning.")
    assert len(cache.translator.calls) == 1
    await cache.clock.advance(1)
    await cache.translate("Good morning.")
    assert len(cache.translator.calls) == 2
    [item] = table.items.values()
    assert (item.created_at_s, item.access_count) == (NOW_S + 3600, 1)
    late = Cache(table)
    await late.clock.advance(7200)
    await late.translate("Good morning.")
    assert len(late.translator.calls) == 1


@on_loop
async def test_a_full_cache_lets_a_tenth_go_least_needed_first_then_longest_unused() -> None:
    table = MemoryTable()
    cache = Cache(table, most_entries=20)
    numbers = [str(number) for number in range(20)]
    for text in [*numbers, "0", "0", *numbers[:0:-1]]:
        await cache.translate(text)
        await cache.clock.advance(1)
    await cache.translate("new")
    assert {*numbers, "new"} - {item.source_text for item in table.items.values()} == {"19", "18"}
    assert cache.metrics.values("TranslationCacheEvictions") == [2]
    assert cache.metrics.values("TranslationCacheSize")[-1] == 19


@on_loop
async def test_what_an_earlier_run_left_counts_towards_the_most_entries() -> None:
    left = [CachedTranslation("en", "es", str(n), f"[es] {n}", NOW_S, NOW_S, 1 + n, NOW_S + 3600) for n in range(5)]
    table = MemoryTable({one.key: one for one in left})
    cache = Cache(table, most_entries=3)
    await cache.caching.remember()
    await settled()
    assert sorted(item.source_text for item in table.items.values()) == ["2", "3", "4"]
    assert await cache.translate("4") == "[es] 4"
    assert table.reads == 0


@on_loop
async def test_without_the_table_memory_does() -> None:
    table = MemoryTable()
    table.broken = True
    cache = Cache(table)
    await cache.caching.remember()
    assert [await cache.translate("Hello.") for _ in range(2)] == ["[es] Hello."] * 2
    assert len(cache.translator.calls) == 1


@on_loop
async def test_a_table_that_does_not_answer_costs_300_ms() -> None:
    table = MemoryTable()
    table.stalled = True
    cache = Cache(table)
    translating = asyncio.create_task(cache.translate("Hello."))
    await settled()
    await cache.clock.advance(0.29)
    assert not translating.done()
    await cache.clock.advance(0.01)
    await settled()
    assert translating.done()
    assert translating.result() == "[es] Hello."


@on_loop
async def test_a_failure_of_the_translator_is_not_kept() -> None:
    table = MemoryTable()
    cache = Cache(table)
    cache.translator.broken.add("es")
    with pytest.raises(SpeechFailure):
        await cache.translate("Hello.")
    cache.translator.broken.clear()
    assert await cache.translate("Hello.") == "[es] Hello."
    assert len(table.items) == 1


def test_the_key_is_made_of_both_languages_and_the_beginning_of_a_hash() -> None:
    digest = hashlib.sha256(b"good morning.").hexdigest()
    assert cache_key("en", "es", " Good Morning. ") == f"en:es:{digest[:16]}"


@on_loop
async def in_the_table(store: TestStore) -> None:
    client = aws.connect(store.endpoint_url)
    kept = Store(client)
    await tables.create(kept, system.tables, store.tables)
    name = store.tables["CachedTranslations"]
    cache = Cache(TranslationRepository(kept, name), most_entries=40)
    texts = [str(number) for number in range(41)]
    for text in texts:
        await cache.caching.translate(text, source="en", target="es")
    await cache.clock.advance(60)
    await cache.caching.translate("40", source="en", target="es")
    await cache.caching._background.drained()
    items: list[dict[str, Any]] = [from_item(item) for item in client.scan(TableName=name)["Items"]]
    assert {item["sourceText"] for item in items} == set(texts) - {"0", "1", "2", "3"}
    [item] = [item for item in items if item["sourceText"] == "40"]
    assert item == {
        "cacheKey": cache_key("en", "es", "40"),
        "sourceLanguage": "en",
        "targetLanguage": "es",
        "sourceText": "40",
        "translatedText": "[es] 40",
        "createdAt": NOW_S,
        "lastAccessedAt": NOW_S + 60,
        "accessCount": 2,
        "ttl": NOW_S + 3600,
    }
    read_back = await TranslationRepository(kept, name).all()
    assert sorted(one.key for one in read_back) == sorted(item["cacheKey"] for item in items)
    assert await TranslationRepository(kept, name).get(cache_key("en", "es", "0")) is None
    kept.close()


def test_the_table_holds_what_the_sheet_says(store: TestStore) -> None:
    in_the_table(store)
