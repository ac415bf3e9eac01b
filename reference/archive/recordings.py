"""Recordings: registered, changed and deleted, each write as a whole and seen by everybody at once (ARC-10 to ARC-35).

Order and total are kept in memory, since a query of the emulated store reads every item; what is told of a recording is
read from the store.
"""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from reference.archive.model import FAILED, PENDING, STOPPED, Vod, may_become
from reference.archive.problem import conflict, invalid, not_found, now
from reference.storage.aws import ConditionFailed
from reference.storage.records import Records, Write

TRIES = 20
"""How often a write is tried anew that somebody else's came before."""
OnRemoved = Callable[[Vod], Awaitable[None]]


class Recordings:
    def __init__(self, records: Records, transcriptions: Records) -> None:
        self._records = records
        self._transcriptions = transcriptions
        self._status: dict[str, str] = {}
        """The state of each recording, the oldest first."""
        self.on_removed: list[OnRemoved] = []
        """What is done with all that belongs to a recording, before it is deleted."""

    async def read(self) -> None:
        """Take what the store has from before the service started."""
        kept = sorted(await self._records.everything(), key=lambda vod: (vod["created_at"], vod["id"]))
        self._status = {vod["id"]: vod["status"] for vod in kept}

    async def create(self, fields: Mapping[str, Any]) -> Vod:
        await self._insist_on_transcription(fields)
        at = now()
        usual = {"description": "", "status": PENDING, "percent_complete": 0, "publish_state": "none"}
        vod = {**usual, **fields, "id": str(uuid.uuid4()), "version": 1, "created_at": at, "updated_at": at}
        await self._records.put(vod, only_if={"id": None})
        self._status[vod["id"]] = vod["status"]
        return vod

    async def get(self, vod_id: str) -> Vod:
        vod = await self._records.get(vod_id) if vod_id in self._status else None
        if vod is None:
            raise not_found("recording")
        return vod

    async def page(self, status: str | None, limit: int | None, offset: int) -> tuple[list[Vod], int]:
        """Return recordings, the newest first, and how many there are in all (ARC-12, ARC-21)."""
        ids = [each for each, its in reversed(self._status.items()) if status in (None, its)]
        wanted = ids[offset : None if limit is None else offset + limit]
        found = await self._records.get_many(wanted) if wanted else []
        if not wanted:
            await self._records.get("-")  # so that nobody is told of no recordings while the store is away
        vods = [vod for vod in found if status in (None, vod["status"])]
        return vods, len(ids) - (len(wanted) - len(vods))

    async def every(self, status: str | None = None) -> list[Vod]:
        return (await self.page(status, None, 0))[0]

    @property
    def ids(self) -> Iterable[str]:
        return self._status.keys()

    async def update(self, vod_id: str, fields: Mapping[str, Any], version: int | None = None) -> Vod:
        """Change what is named, and nothing else; CONFLICT where `version` is not the one there is (ARC-157)."""
        await self._insist_on_transcription(fields)
        for _ in range(TRIES):
            vod = await self.get(vod_id)
            if version not in (None, vod["version"]):
                raise conflict("The recording was changed meanwhile")
            if not may_become(vod["status"], fields.get("status", vod["status"])):
                raise conflict(f"A recording that is {vod['status']} cannot become {fields['status']}")
            try:
                return await self._write(vod, fields)
            except ConditionFailed:
                continue
        raise conflict("The recording is changed all the time")

    async def remove(self, vod_id: str) -> None:
        """Delete a recording with all that belongs to it (ARC-13, ARC-75, ARC-159)."""
        vod = await self.get(vod_id)
        for done in self.on_removed:
            await done(vod)
        try:
            await self._records.delete(vod_id, only_if={"id": vod_id})
        except ConditionFailed:
            raise not_found("recording") from None
        self._status.pop(vod_id, None)

    async def becomes(self, vod_id: str, *others: Callable[[Vod], Write], **fields: Any) -> Vod:
        """Change a recording as the service itself does, together with other writes, each given what it becomes.

        CONFLICT where it may not come to that state; ConditionFailed where one of the other writes expects otherwise.
        """
        for _ in range(TRIES):
            vod = await self.get(vod_id)
            after = str(fields.get("status", vod["status"]))
            if not may_become(vod["status"], after) and (vod["status"], after) != STOPPED:
                raise conflict(f"A recording that is {vod['status']} cannot become {after}")
            try:
                return await self._write(vod, fields, *others)
            except ConditionFailed:
                if (await self.get(vod_id))["version"] == vod["version"]:
                    raise
        raise conflict("The recording is changed all the time")

    async def _write(self, vod: Vod, fields: Mapping[str, Any], *others: Callable[[Vod], Write]) -> Vod:
        changed = {**vod, **fields, "version": vod["version"] + 1, "updated_at": max(now(), vod["updated_at"])}
        if changed["status"] != FAILED and vod["status"] == FAILED:
            changed["error"] = None
        expected = {"version": vod["version"]}
        if others:
            writes = [self._records.putting(changed, only_if=expected), *(make(changed) for make in others)]
            await self._records.write_together(*writes)
        else:
            await self._records.put(changed, only_if=expected)
        if vod["id"] in self._status:
            self._status[vod["id"]] = changed["status"]
        return changed

    async def _insist_on_transcription(self, fields: Mapping[str, Any]) -> None:
        wanted = fields.get("transcription_id")
        if wanted is not None and await self._transcriptions.get(wanted) is None:
            raise invalid("transcription_id", "should be that of a transcription")
