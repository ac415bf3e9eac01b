"""S3, one object at a time, off the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

BucketNames = Mapping[str, str]
"""From the name of a bucket to what it is called in this run; they are one namespace for all regions."""


class Buckets:
    """The buckets of a run, each made when something is first put into it."""

    def __init__(self, connect: Callable[[], Any], names: BucketNames, region: str) -> None:
        """`connect` returns the client; it is called on a thread."""
        self._connect = connect
        self._names = names
        self._region = region
        self._made: dict[str, asyncio.Task[None]] = {}

    async def put(self, bucket: str, key: str, content: bytes) -> None:
        """Keep an object; whatever the client raises when it cannot be kept is raised."""
        if bucket not in self._made or (self._made[bucket].done() and self._made[bucket].exception()):
            self._made[bucket] = asyncio.create_task(asyncio.to_thread(self._make, self._names[bucket]))
        await asyncio.shield(self._made[bucket])
        await asyncio.to_thread(self._put, self._names[bucket], key, content)

    def _make(self, name: str) -> None:
        self._connect().create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": self._region})

    def _put(self, name: str, key: str, content: bytes) -> None:
        self._connect().put_object(Bucket=name, Key=key, Body=content)
