"""Reads the object stores of a service, and changes them behind its back, where the tests are allowed to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from earshot.failures import Unusable
from earshot.targets.aws import Aws


class Files:
    """The buckets that a target grants, by the names that the system's own documents give them."""

    def __init__(self, aws: Aws, names: Mapping[str, str]) -> None:
        self._client = aws.client("s3")
        self._names = names

    def keys(self, bucket: str, prefix: str = "") -> list[str]:
        """Return the keys of everything whose key begins so; nothing where nothing was ever kept."""
        try:
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._name(bucket), Prefix=prefix)
            return [one["Key"] for page in pages for one in page.get("Contents", ())]
        except self._client.exceptions.NoSuchBucket:
            return []

    def put(self, bucket: str, key: str, content: bytes) -> None:
        self._client.put_object(Bucket=self._name(bucket), Key=key, Body=content)

    def get(self, bucket: str, key: str) -> bytes:
        content: Any = self._client.get_object(Bucket=self._name(bucket), Key=key)["Body"]
        return bytes(content.read())

    def delete(self, bucket: str, key: str) -> None:
        self._client.delete_object(Bucket=self._name(bucket), Key=key)

    def _name(self, bucket: str) -> str:
        if bucket not in self._names:
            raise Unusable(f"the target names no {bucket} bucket; add it to the buckets in its file")
        return self._names[bucket]
