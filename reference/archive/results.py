"""What was understood of a recording (section 6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reference.archive.files import Files, captions, media
from reference.archive.front import OPEN, Endpoint
from reference.archive.model import Vod
from reference.archive.problem import not_found
from reference.archive.recordings import Recordings
from reference.http.endpoints import Asked
from reference.storage.items import Item
from reference.storage.records import Records, Write


class Results:
    def __init__(self, records: Records, recordings: Recordings, files: Files) -> None:
        self._records = records
        self._recordings = recordings
        self._files = files
        recordings.on_removed.append(self._forget)

    def endpoints(self) -> list[Endpoint]:
        return [Endpoint("GET", "/api/vod/{id}/transcription", OPEN, self.of_recording)]

    async def find(self, transcription_id: str) -> Item | None:
        return await self._records.get(transcription_id)

    async def every(self) -> list[Item]:
        return await self._records.everything()

    def first_write(self, result: Mapping[str, Any]) -> Write:
        """Return the write by which a result comes to be; a job that is done twice has one."""
        return self._records.putting(result, only_if={"id": None})

    async def of_recording(self, asked: Asked) -> Mapping[str, Any]:
        vod = await self._recordings.get(asked.parameters["id"])
        result = await self.find(vod["transcription_id"]) if vod.get("transcription_id") else None
        if result is None:
            raise not_found("transcription")
        return {"warning": None, "error": None, **result}

    async def _forget(self, vod: Vod) -> None:
        if transcription_id := vod.get("transcription_id"):
            await self._files.delete(*captions(transcription_id))
            await self._records.delete(transcription_id)
        await self._files.delete(media(vod["id"]))
