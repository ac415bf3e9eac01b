"""Publishing, linking and the publisher's shows over HTTP (section 9)."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from reference.archive.cache import Cache
from reference.archive.front import OPEN, Endpoint
from reference.archive.linking import Linking, told
from reference.archive.problem import Problem, invalid
from reference.archive.publisher import Publisher
from reference.archive.publishing import Publishing
from reference.archive.recordings_api import Text, Title, _number
from reference.archive.sync import CONNECTED, Sync
from reference.http.endpoints import Asked, Body, Reply

MOST_AT_ONCE = 20
USUAL_SUGGESTIONS, MOST_SUGGESTIONS = 5, 20


class Wishes(Body):
    quality: Annotated[int, BeforeValidator(_number), Field(ge=1, le=10)] | None = None
    title: Title | None = None
    description: Text | None = None


class Batch(Body):
    transcription_ids: list[str]


class ToShow(Body):
    show_id: Annotated[int | str, BeforeValidator(_number)]


class PublishingApi:
    def __init__(
        self, publishing: Publishing, linking: Linking, sync: Sync, publisher: Publisher, cache: Cache
    ) -> None:
        self._publishing = publishing
        self._linking = linking
        self._sync = sync
        self._publisher = publisher
        self._cache = cache

    def endpoints(self) -> list[Endpoint]:
        link = "/api/cablecast/link/{tid}"
        return [
            Endpoint("GET", "/api/vod/sync-status", OPEN, self.sync_status),
            Endpoint("POST", "/api/vod/batch-publish", OPEN, self.publish_several, Batch),
            Endpoint("POST", "/api/vod/publish/{tid}", OPEN, self.publish, Wishes, body_may_be_missing=True),
            Endpoint("GET", "/api/cablecast/shows", OPEN, self.shows),
            Endpoint("GET", "/api/cablecast/shows/{id}", OPEN, self.show),
            Endpoint("GET", "/api/cablecast/shows/{id}/transcriptions", OPEN, self.linked),
            Endpoint("POST", "/api/cablecast/sync/shows", OPEN, self.bring_in_shows),
            Endpoint("POST", "/api/cablecast/sync/vods", OPEN, self.bring_in_vods),
            Endpoint("POST", link, OPEN, self.link),
            Endpoint("POST", f"{link}/manual", OPEN, self.link_manually, ToShow),
            Endpoint("GET", f"{link}/status", OPEN, self.link_status),
            Endpoint("DELETE", link, OPEN, self.unlink),
            Endpoint("GET", "/api/cablecast/suggestions/{tid}", OPEN, self.suggestions),
            Endpoint("POST", "/api/cablecast/queue/process", OPEN, self.process),
            Endpoint("GET", "/api/cablecast/health", OPEN, self.health),
        ]

    async def publish(self, asked: Asked) -> Mapping[str, Any]:
        wishes = asked.body.model_dump() if asked.body else {}
        return await self._and_forget(self._publishing.publish(asked.parameters["tid"], wishes))

    async def publish_several(self, asked: Asked) -> Mapping[str, Any]:
        ids: list[str] = asked.body.transcription_ids
        if not 1 <= len(ids) <= MOST_AT_ONCE:
            raise invalid("transcription_ids", f"should be a list of 1 to {MOST_AT_ONCE}")
        results = [await self._outcome(each) for each in ids]
        self._cache.forget()
        successful = sum(bool(one["success"]) for one in results)
        summary = {"total": len(ids), "successful": successful, "failed": len(ids) - successful}
        return {"results": results, "summary": summary}

    async def sync_status(self, _: Asked) -> Reply:
        reply = await self._cache.reply("sync-status", self._sync.status)
        if (reply.body or {}).get("connection_status") != CONNECTED:
            self._cache.forget()
        return reply

    async def shows(self, _: Asked) -> Reply:
        async def made() -> Mapping[str, Any]:
            shows = await self._linking.shows()
            return {"success": True, "shows": shows, "count": len(shows)}

        return await self._cache.reply("shows", made)

    async def show(self, asked: Asked) -> Mapping[str, Any]:
        return {"success": True, "show": await self._linking.show(asked.parameters["id"])}

    async def linked(self, asked: Asked) -> Mapping[str, Any]:
        found = await self._linking.linked_to(asked.parameters["id"])
        return {"success": True, "transcriptions": [_shown(link) for link in found], "count": len(found)}

    async def bring_in_shows(self, _: Asked) -> Mapping[str, Any]:
        return await self._and_forget(self._sync.bring_in_shows())

    async def bring_in_vods(self, _: Asked) -> Mapping[str, Any]:
        return await self._and_forget(self._sync.bring_in_vods())

    async def link(self, asked: Asked) -> Mapping[str, Any]:
        return await self._and_forget(self._linking.link_to_likeliest(asked.parameters["tid"]))

    async def link_manually(self, asked: Asked) -> Mapping[str, Any]:
        await self._linking.result(asked.parameters["tid"])
        show = await self._linking.show(asked.body.show_id)
        return await self._and_forget(self._linking.link(asked.parameters["tid"], show))

    async def link_status(self, asked: Asked) -> Mapping[str, Any]:
        await self._linking.result(asked.parameters["tid"])
        link = await self._linking.link_of(asked.parameters["tid"])
        return {"linked": link is not None, **(_shown(link) if link else {})}

    async def unlink(self, asked: Asked) -> Mapping[str, Any]:
        await self._linking.unlink(asked.parameters["tid"])
        return {"success": True, "linked": False}

    async def suggestions(self, asked: Asked) -> Mapping[str, Any]:
        given = asked.query.get("limit", str(USUAL_SUGGESTIONS))
        if not re.fullmatch("-?[0-9]{1,9}", given):
            raise invalid("limit", "should be a whole number")
        found = await self._linking.suggestions(await self._linking.result(asked.parameters["tid"]))
        shown = [told(one) for one in found[: min(MOST_SUGGESTIONS, max(1, int(given)))]]
        return {"suggestions": shown, "count": len(shown)}

    async def process(self, _: Asked) -> Mapping[str, Any]:
        return await self._and_forget(self._linking.process())

    async def health(self, _: Asked) -> Mapping[str, Any]:
        breaker, status = self._publisher.breaker, await self._sync.connection()
        return {"status": status, "circuit_breaker": {"state": breaker.state, "failures": breaker.consecutive_failures}}

    async def _outcome(self, transcription_id: str) -> dict[str, Any]:
        try:
            return await self._publishing.publish(transcription_id, {})
        except Problem as problem:
            error = {"type": problem.kind, "code": problem.code, "message": problem.message}
            return {"success": False, "transcription_id": transcription_id, "error": error}

    async def _and_forget(self, work: Awaitable[Mapping[str, Any]]) -> Mapping[str, Any]:
        """Let what was kept of the publisher be read anew after this work, even where it failed half-way."""
        try:
            return await work
        finally:
            self._cache.forget()


def _shown(link: Mapping[str, Any]) -> dict[str, Any]:
    return {name: link.get(name) for name in ("transcription_id", "show_id", "show_title", "linked_at")}
