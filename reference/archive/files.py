"""Recordings, captions and summaries in the object store; what goes wrong there is StorageError (ARC-173, ARC-174)."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar

from reference.archive.problem import Problem
from reference.archive.tables import FILES
from reference.storage.aws import Unavailable
from reference.storage.buckets import Buckets, Stored

NOT_PERMITTED, FULL = "AccessDenied", "InsufficientStorage"
Answer = TypeVar("Answer")


class FilePermission(Problem):
    """The object store does not permit it; to clients it is as good as away."""

    def __init__(self) -> None:
        super().__init__("StorageError", "The file store does not permit it")


class FilesFull(Problem):
    def __init__(self) -> None:
        super().__init__("StorageError", "The file store is full")


class Files:
    """A file is there as a whole or not at all."""

    def __init__(self, buckets: Buckets) -> None:
        self._buckets = buckets

    async def put(self, key: str, content: bytes) -> None:
        await _told(self._buckets.put(FILES, key, content))

    async def get(self, key: str) -> bytes | None:
        return await _told(self._buckets.get(FILES, key))

    async def delete(self, *keys: str) -> None:
        for key in keys:
            await _told(self._buckets.delete(FILES, key))

    async def listed(self, prefix: str = "") -> list[Stored]:
        return await _told(self._buckets.listed(FILES, prefix))

    async def look(self) -> None:
        await _told(self._buckets.look(FILES))


async def _told(work: Awaitable[Answer]) -> Answer:
    try:
        return await work
    except Unavailable as failure:
        if failure.code == NOT_PERMITTED:
            raise FilePermission from failure
        if failure.code == FULL:
            raise FilesFull from failure
        raise Problem("StorageError", "The file store is unavailable") from failure


def media(vod_id: str) -> str:
    """Return the key of a recording's sound."""
    return f"media/{vod_id}"


def captions(transcription_id: str) -> list[str]:
    """Return the keys of everything that is made of a transcription."""
    return [f"captions/{transcription_id}{ending}" for ending in (".scc", ".vtt", ".srt", "_minutes.json")]
