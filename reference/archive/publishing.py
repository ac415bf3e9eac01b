"""Publishing: a recording with its captions goes to the publisher, once, in spite of failures (ARC-90 to ARC-95).

What there is at the publisher is written down before and after each step there, and carries a reference to the
transcription, so that whoever tries again goes on from it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from typing import Any

from reference.archive.files import Files, captions
from reference.archive.linking import Linking
from reference.archive.matching import parsed
from reference.archive.model import Vod
from reference.archive.problem import Problem, conflict, not_found
from reference.archive.publisher import Publisher
from reference.archive.recordings import Recordings
from reference.storage.aws import ConditionFailed
from reference.storage.items import Item
from reference.storage.records import Records

PUBLISHING, PUBLISHED, FAILED = "publishing", "published", "failed"
USUAL_QUALITY = 5
Wishes = Mapping[str, Any]
"""What a client wants otherwise: quality, title, description."""


class Publishing:
    def __init__(
        self,
        intents: Records,
        linking: Linking,
        recordings: Recordings,
        files: Files,
        publisher: Publisher,
        is_under_way: Callable[[str], bool],
    ) -> None:
        """`is_under_way` says of a transcription whether somebody still works on it."""
        self._intents = intents
        self._linking = linking
        self._recordings = recordings
        self._files = files
        self._publisher = publisher
        self._is_under_way = is_under_way
        self._publishing: dict[str, asyncio.Lock] = {}
        recordings.on_removed.append(self._forget)

    async def publish(self, transcription_id: str, wishes: Wishes) -> dict[str, Any]:
        if self._is_under_way(transcription_id):
            raise conflict("The transcription is not finished")
        result = await self._linking.result(transcription_id)
        async with self._publishing.setdefault(transcription_id, asyncio.Lock()):
            vod = await self._recordings.get(result["vod_id"])
            if vod["publish_state"] == PUBLISHED:
                link = await self._linking.link_of(transcription_id)
                return {
                    **_told(vod, result, (link or {"show_title": vod["title"]})["show_title"]),
                    "already_published": True,
                }
            content = await self._files.get(captions(transcription_id)[0])
            if content is None:
                raise not_found("caption file")
            await self._recordings.becomes(vod["id"], publish_state=PUBLISHING)
            try:
                return await self._published(result, vod, wishes, content)
            except Problem:
                with contextlib.suppress(Problem):  # the database may be what failed
                    await self._recordings.becomes(vod["id"], publish_state=FAILED)
                raise

    async def _published(self, result: Item, vod: Vod, wishes: Wishes, content: bytes) -> dict[str, Any]:
        intent = await self._intents.get(result["id"]) or {"transcription_id": result["id"]}
        link = await self._linking.link_of(result["id"])
        show = await self._show(result, vod, wishes, intent, link)
        remote = await self._remote_vod(result, vod, wishes, intent, show)
        warnings = await self._linking.tell_publisher(result, show["id"])
        try:
            upload = {"scc_file": ("captions.scc", content, "text/plain")}
            await self._publisher.ask("POST", f"/vods/{remote['id']}/captions", files=upload)
        except Problem as problem:
            warnings.append(f"The captions did not arrive: {problem.message}")
        linked = [] if link else [lambda _: self._linking.first_write(result, show)]
        done = {"publish_state": PUBLISHED, "show_id": show["id"], "cablecast_vod_id": remote["id"]}
        try:
            vod = await self._recordings.becomes(
                vod["id"], *linked, lambda _: self._intents.deleting(result["id"]), **done
            )
        except ConditionFailed:
            raise conflict("The transcription was linked to another show meanwhile") from None
        return {**_told(vod, result, show["title"]), **({"warnings": warnings} if warnings else {})}

    async def _show(
        self, result: Item, vod: Vod, wishes: Wishes, intent: dict[str, Any], link: Item | None
    ) -> dict[str, Any]:
        """Return the show by its link, and else the one of an earlier try, or a new one."""
        if link is not None:
            if intent.get("shows") not in (None, link["show_id"]):
                await self._take_back(intent)
            return await self._linking.show(link["show_id"])
        day = parsed(vod["file_path"]).day
        record = {
            "title": wishes.get("title") or vod["title"],
            "description": wishes.get("description") or vod.get("description") or "",
            "date": vod["created_at"][:10] if day is None else day.isoformat(),
            "length": vod.get("duration"),
            "reference": _reference(result),
        }
        return await self._made(intent, "shows", record)

    async def _remote_vod(
        self, result: Item, vod: Vod, wishes: Wishes, intent: dict[str, Any], show: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return the VOD of an earlier try, or a new one; where there can be none, a show made for it goes, too."""
        record = {
            "show": show["id"],
            "quality": wishes.get("quality") or USUAL_QUALITY,
            "fileName": vod["file_path"].rpartition("/")[2],
            "length": vod.get("duration"),
            "reference": _reference(result),
        }
        try:
            remote = await self._made(intent, "vods", record)
            if remote["show"] != show["id"]:  # of a try with another show
                await self._publisher.ask("PUT", f"/vods/{remote['id']}", json={"show": show["id"]})
        except Problem as problem:
            if intent.get("shows") == show["id"] and problem.kind != "DatabaseError":
                await self._take_back(intent)
            raise
        return remote

    async def _made(self, intent: dict[str, Any], kind: str, record: Mapping[str, Any]) -> dict[str, Any]:
        """Have something made, and write down before it what is tried, and after it which one it is."""
        await self._intents.put({**intent, "trying": kind})
        made = await self._publisher.made(kind, record, intent.get(kind))
        intent[kind] = made["id"]
        await self._intents.put(intent)
        return made

    async def _take_back(self, intent: dict[str, Any]) -> None:
        """Delete the show that was made for nothing (ARC-93); a later try adopts one that cannot be deleted now."""
        with contextlib.suppress(Problem):
            await self._publisher.ask("DELETE", f"/shows/{intent['shows']}")
            del intent["shows"]
            await self._intents.put(intent)

    async def _forget(self, vod: Vod) -> None:
        if transcription_id := vod.get("transcription_id"):
            self._publishing.pop(transcription_id, None)
            await self._intents.delete(transcription_id)


def _reference(result: Item) -> str:
    return f"archive:{result['id']}"


def _told(vod: Vod, result: Item, title: str) -> dict[str, Any]:
    told = {"success": True, "show_id": vod["show_id"], "vod_id": vod["cablecast_vod_id"]}
    return {**told, "title": title, "transcription_id": result["id"]}
