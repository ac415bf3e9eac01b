"""S3, one object at a time, off the event loop; what goes wrong is Unavailable."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from reference.storage.aws import Unavailable, asked

BucketNames = Mapping[str, str]
"""From the name of a bucket to what it is called in this run; they are one namespace for all regions."""
_MISSING = ("NoSuchKey", "NoSuchBucket", "404")
_THERE = "BucketAlreadyOwnedByYou"


class Stored(NamedTuple):
    key: str
    size_bytes: int
    modified_s: float
    """By the wall clock."""


class Buckets:
    """The buckets of a run, each made when something is first put into it."""

    def __init__(self, connect: Callable[[], Any], names: BucketNames, region: str) -> None:
        """`connect` returns the client; it is called on a thread."""
        self._connect = connect
        self._names = names
        self._region = region
        self._made: dict[str, asyncio.Task[None]] = {}

    async def put(self, bucket: str, key: str, content: bytes) -> None:
        if bucket not in self._made or (self._made[bucket].done() and self._made[bucket].exception()):
            self._made[bucket] = asyncio.create_task(asyncio.to_thread(self._make, self._names[bucket]))
        await asyncio.shield(self._made[bucket])
        await self._ask("put_object", bucket, Key=key, Body=content)

    async def get(self, bucket: str, key: str) -> bytes | None:
        """Return what is kept under a key; None where nothing is."""

        def read() -> bytes:
            answer = self._connect().get_object(Bucket=self._names[bucket], Key=key)
            content: bytes = answer["Body"].read()
            return content

        try:
            return await asyncio.to_thread(asked, read)
        except Unavailable as failure:
            if failure.code in _MISSING:
                return None
            raise

    async def delete(self, bucket: str, key: str) -> None:
        """Let there be nothing under a key, whether there was anything or not."""
        try:
            await self._ask("delete_object", bucket, Key=key)
        except Unavailable as failure:
            if failure.code not in _MISSING:
                raise

    async def listed(self, bucket: str, prefix: str = "") -> list[Stored]:
        """Return everything whose key begins so."""
        found: list[Stored] = []
        more: dict[str, str] = {}
        while True:
            try:
                page = await self._ask("list_objects_v2", bucket, Prefix=prefix, **more)
            except Unavailable as failure:
                if failure.code in _MISSING:
                    return []
                raise
            each = page.get("Contents", ())
            found += [Stored(one["Key"], one["Size"], one["LastModified"].timestamp()) for one in each]
            if not page.get("IsTruncated"):
                return found
            more = {"ContinuationToken": page["NextContinuationToken"]}

    async def look(self, bucket: str) -> None:
        """Raise Unavailable while the store does not answer."""
        try:
            await self._ask("head_bucket", bucket)
        except Unavailable as failure:
            if failure.code not in _MISSING:
                raise

    async def _ask(self, operation: str, bucket: str, **parameters: Any) -> Mapping[str, Any]:
        def ask() -> Mapping[str, Any]:
            answer: Mapping[str, Any] = getattr(self._connect(), operation)(Bucket=self._names[bucket], **parameters)
            return answer

        return await asyncio.to_thread(asked, ask)

    def _make(self, name: str) -> None:
        where = {"LocationConstraint": self._region}
        try:
            asked(lambda: self._connect().create_bucket(Bucket=name, CreateBucketConfiguration=where))
        except Unavailable as failure:
            if failure.code != _THERE:
                raise
