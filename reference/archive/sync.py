"""What the publisher knows, brought in: shows, and how far VODs are processed there (ARC-101, ARC-102)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reference.archive.linking import Linking
from reference.archive.problem import Problem, now
from reference.archive.publisher import Publisher, RemoteState
from reference.archive.publishing import FAILED, PUBLISHED, PUBLISHING
from reference.archive.recordings import Recordings
from reference.storage.records import Records

MOST_RECENT = 10
CONNECTED = "connected"
REMOTE = {"ready": "completed", "error": "failed"}
"""How the publisher's other words for a state are told."""
_KEPT = ("title", "length", "date", "description")


class Sync:
    def __init__(self, shows: Records, linking: Linking, recordings: Recordings, publisher: Publisher) -> None:
        self._shows = shows
        self._linking = linking
        self._recordings = recordings
        self._publisher = publisher
        self._last: str | None = None

    async def bring_in_shows(self) -> dict[str, int]:
        known = {show["id"]: show for show in await self._shows.everything()}
        found = {str(show["id"]): {name: show.get(name) for name in _KEPT} for show in await self._linking.shows()}
        new = found.keys() - known.keys()
        changed = [
            show_id
            for show_id, show in found.items()
            if show_id in known and any(show[name] != known[show_id].get(name) for name in _KEPT)
        ]
        await self._shows.put_all({**found[show_id], "id": show_id} for show_id in (*new, *changed))
        for gone in known.keys() - found.keys():
            await self._shows.delete(gone)
        self._last = now()
        return {"synced_count": len(found), "new_items": len(new), "updated_items": len(changed)}

    async def bring_in_vods(self) -> dict[str, Any]:
        """Look once at every VOD of ours; one that either side has no longer is left out."""
        states, updated = [], 0
        for vod in await self._recordings.every():
            if (remote_id := vod.get("cablecast_vod_id")) is None:
                continue
            try:
                told = await self._publisher.ask("GET", f"/vods/{remote_id}/status", RemoteState)
                state, percent = REMOTE.get(told["vodState"], told["vodState"]), told["percentComplete"]
                if (vod.get("cablecast_state"), vod.get("cablecast_percent")) != (state, percent):
                    await self._recordings.becomes(vod["id"], cablecast_state=state, cablecast_percent=percent)
                    updated += 1
            except Problem as problem:
                if problem.status != 404:
                    raise
                continue
            ours = {"vod_id": vod["id"], "cablecast_vod_id": remote_id}
            states.append({**ours, "status": state, "percent": percent})
        self._last = now()
        return {"synced_count": len(states), "new_items": 0, "updated_items": updated, "vods": states}

    async def status(self) -> Mapping[str, Any]:
        vods = [vod for vod in await self._recordings.every() if vod.get("transcription_id")]
        of = {
            state: [vod for vod in vods if vod["publish_state"] == state] for state in (PUBLISHING, PUBLISHED, FAILED)
        }
        recent = sorted(of[PUBLISHED], key=lambda vod: str(vod["updated_at"]), reverse=True)[:MOST_RECENT]
        return {
            "total_transcriptions": len(vods),
            "synced_transcriptions": len(of[PUBLISHED]),
            "sync_percentage": round(100 * len(of[PUBLISHED]) / len(vods), 1) if vods else 0,
            "recent_syncs": [
                {"transcription_id": vod["transcription_id"], "show_id": vod["show_id"], "at": vod["updated_at"]}
                for vod in recent
            ],
            "pending_publishes": len(of[PUBLISHING]),
            "failed_publishes": len(of[FAILED]),
            "last_sync": self._last,
            "connection_status": await self.connection(),
        }

    async def connection(self) -> str:
        """Return how the publisher can be asked at this moment."""
        try:
            await self._publisher.ask("GET", "/locations")
        except Problem as problem:
            return "authentication_failed" if problem.kind == "CablecastAuthenticationError" else "connection_failed"
        return CONNECTED
