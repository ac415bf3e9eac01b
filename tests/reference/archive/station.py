"""A publisher on a port of its own, and an archive with recordings that can be published there: real on the wire."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import httpx2

from reference.archive.cache import Cache
from reference.archive.files import Files
from reference.archive.linking import Linking
from reference.archive.problem import Problem, database_down
from reference.archive.publisher import Publisher
from reference.archive.publishing import Publishing
from reference.archive.publishing_api import PublishingApi
from reference.archive.recordings import Recordings
from reference.archive.results import Results
from reference.archive.sync import Sync
from reference.archive.tables import CACHE, INTENTS, LINKS, SHOWS, TRANSCRIPTIONS, VODS
from reference.cablecast.app import Cablecast, StationTroubles
from reference.control.orders import Order
from reference.http.endpoints import Asked, Endpoints, Reply
from reference.storage import aws, tables
from reference.storage.clock import SystemClock
from reference.storage.records import Records
from reference.storage.tables import Table
from tests.reference.conftest import TestStore

SCC = b"Scenarist_SCC V1.0\n\n00:00:00;00\t9420 9420 57e5\r\n\xff\x80\n"
MEETING = {
    "title": "City Council Meeting",
    "description": "The city council meeting",
    "date": "2024-01-15",
    "length": 1800,
}
MEETING_FILE = "2024-01-15_City_Council_Meeting.mp4"
BREAKER_S = 2


@dataclass
class Moment(SystemClock):
    """A clock that stands still until a test moves it."""

    at_s: float = 1000.0

    def monotonic_s(self) -> float:
        return self.at_s


class Station:
    """The publisher with its troubles, and the archive's side of it."""

    def __init__(self, store: TestStore, timeout_s: float) -> None:
        self._store, self._names = aws.Store(aws.connect(store.endpoint_url)), store.tables
        self._buckets = store.buckets()
        self.troubles = StationTroubles("cablecast")
        self.accounts: dict[str, Any] = {}
        world: Any = SimpleNamespace(disturbances_of={"cablecast": self.troubles}, accounts=self.accounts)
        self.cablecast = Cablecast(world)
        self.clock, self._timeout_s = Moment(), timeout_s
        self.under_way: set[str] = set()

    async def start(self) -> None:
        every = (VODS, TRANSCRIPTIONS, LINKS, SHOWS, INTENTS, CACHE)
        await tables.create(self._store, every, self._names)
        self.url = (await self.cablecast.start("127.0.0.1", 0))["http"]
        async with httpx2.AsyncClient(timeout=30) as anybody:
            await anybody.get(self.url)  # who comes first waits until the station is awake
        account = self.accounts["cablecast"]["publisher"]
        self.publisher = Publisher(self.url, account, self.clock, timeout_s=self._timeout_s, breaker_s=BREAKER_S)
        vods, self.transcriptions, links, shows, self.intents, cached = map(self._records, every)
        self.recordings = Recordings(vods, self.transcriptions)
        self.files = Files(self._buckets)
        results = Results(self.transcriptions, self.recordings, self.files)
        self.linking = Linking(links, results, self.recordings, self.publisher)
        self.publishing = Publishing(
            self.intents, self.linking, self.recordings, self.files, self.publisher, self.under_way.__contains__
        )
        self.sync = Sync(shows, self.linking, self.recordings, self.publisher)
        api = PublishingApi(self.publishing, self.linking, self.sync, self.publisher, Cache(cached, lasts_s=300))
        self._endpoints = Endpoints(api.endpoints(), AssertionError, lambda _: AssertionError())

    async def stop(self) -> None:
        await self.publisher.close()
        await self.cablecast.stop()
        self._store.close()

    async def has(self, name: str, file_path: str = "clip.mp4", text: str = "Welcome to the council.") -> str:
        """Let there be a completed recording; return the id of its transcription."""
        made = await self.recordings.create({"title": f"Recording {name}", "file_path": file_path, "duration": 1790})
        result = {"id": name, "vod_id": made["id"], "text": text, "segments": 1, "duration": 60, "completed_at": "now"}
        await self.transcriptions.put(result)
        await self.recordings.becomes(made["id"], status="processing")
        await self.recordings.becomes(made["id"], status="completed", transcription_id=name)
        await self.files.put(f"captions/{name}.scc", SCC)
        return name

    async def vod(self, name: str) -> dict[str, Any]:
        return next(vod for vod in await self.recordings.every() if vod.get("transcription_id") == name)

    async def asks(self, method: str, path: str, body: Mapping[str, Any] | None = None, query: str = "") -> Any:
        """Return what the archive answers."""
        endpoint, parameters = self._endpoints.find(method, f"/api/{path}")
        form = endpoint.body.model_validate(body) if endpoint.body and body is not None else None
        asking = dict(one.split("=") for one in query.split("&") if one)
        answer = await endpoint.handler(Asked(None, method, path, parameters, asking, {}, "", "", b"", form))
        return answer.body if isinstance(answer, Reply) else answer

    def fails(self, effect: str = "fail", path: str = "/", **scope: Any) -> Any:
        """Order something at the publisher; the order can be called off."""
        place = next(each for each in self.troubles.places if effect in each.effects)
        return place.arm(Order("cablecast", effect, scope.pop("times", None), {"path": path, **scope}))

    def asked(self, path: str = "/", method: str = "") -> int:
        """Return how many requests came to the publisher."""
        every: Any = self.troubles.observations["cablecast.requests"]()
        return sum(path in one["path"] and one["method"].startswith(method) for one in every)

    def made_for(self, name: str) -> tuple[list[int], list[int]]:
        """Return the shows and VODs that the publisher has of a recording."""
        shows = [show["id"] for show in self.cablecast.shows.values() if show["title"] == f"Recording {name}"]
        return shows, [vod["id"] for vod in self.cablecast.vods.values() if vod["show"] in shows]

    def _records(self, table: Table) -> Records:
        return Records(self._store, self._names, table, database_down)


@asynccontextmanager
async def station(store: TestStore, *, timeout_s: float = 10) -> AsyncIterator[Station]:
    begun = Station(store, timeout_s)
    await begun.start()
    try:
        async with asyncio.timeout(60):
            yield begun
    finally:
        await begun.stop()


async def problem_of(refused: Awaitable[object]) -> str:
    """Return of which kind a refusal is."""
    try:
        await refused
    except Problem as problem:
        return problem.kind
    raise AssertionError("nothing was refused")
