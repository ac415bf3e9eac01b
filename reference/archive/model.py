"""A recording, and the states it may come to (sections 3 and 4)."""

from __future__ import annotations

from typing import Any

PENDING, PROCESSING, COMPLETED, FAILED = "pending", "processing", "completed", "failed"
STATUSES = (PENDING, PROCESSING, COMPLETED, FAILED)
MOVES = {
    (PENDING, PROCESSING),
    (PROCESSING, COMPLETED),
    (PROCESSING, FAILED),
    (FAILED, PENDING),
    (PENDING, FAILED),
}
STOPPED = (PROCESSING, PENDING)
"""The move of a recording whose job is stopped, which nobody can ask for."""
Vod = dict[str, Any]
FIELDS = (
    "id",
    "title",
    "description",
    "file_path",
    "duration",
    "file_size",
    "status",
    "percent_complete",
    "transcription_id",
    "show_id",
    "cablecast_vod_id",
    "cablecast_state",
    "cablecast_percent",
    "publish_state",
    "error",
    "version",
    "created_at",
    "updated_at",
)


def shown(vod: Vod) -> Vod:
    """Return a recording as it is told: every field, and its state by both names (ARC-33)."""
    return {name: vod.get(name) for name in FIELDS} | {"vod_state": vod["status"]}


def may_become(before: str, after: str) -> bool:
    """Say whether a recording may come from one state to another; staying as it is always is one."""
    return before == after or (before, after) in MOVES
