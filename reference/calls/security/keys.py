"""API keys of services: shown once, kept as a hash, gone at once (AUTH-10 to AUTH-13)."""

from __future__ import annotations

import re
import secrets
import time
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from reference.calls.problem import Problem
from reference.calls.security.principals import Principal, digest, not_signed_in
from reference.storage.records import Records

PREFIX = "hk_"
RANDOM_BYTES = 32
TRUSTED_FOR_S = 5.0
LIMITS = {"per_minute": 100, "per_hour": 1000, "per_day": 10_000}
_DAY_S = 86_400
_SHAPE = re.compile(PREFIX + r"[A-Za-z0-9_-]{43}")
"""Of all keys: what has another is nobody's, and costs no look at the store."""


class Keys:
    def __init__(self, records: Records, *, day_s: float = _DAY_S) -> None:
        """`day_s` is how long a day of a key's life is."""
        self._records = records
        self._day_s = day_s
        self._found: dict[str, tuple[float, Mapping[str, Any]]] = {}
        self._revoked: set[str] = set()

    async def create(
        self,
        name: str,
        service_name: str,
        permissions: Sequence[str],
        *,
        expires_days: float | None = None,
        internal: bool = False,
    ) -> dict[str, Any]:
        """Return a new key, which nobody will see again."""
        key = PREFIX + secrets.token_urlsafe(RANDOM_BYTES)
        kept = record(key, name, service_name, permissions, internal=internal)
        if expires_days is not None:
            kept["valid_until"] = kept["created"] + expires_days * self._day_s
        await self._records.put(kept)
        return {**_told(kept), "api_key": key}

    async def listed(self) -> list[dict[str, Any]]:
        return sorted(map(_told, await self._records.everything()), key=lambda one: str(one["created_at"]))

    async def revoke(self, api_key_id: str) -> None:
        found = await self._records.found_by(api_key_id)
        if not found:
            raise Problem("NOT_FOUND", "There is no such key")
        self._revoked.add(found[0]["key_hash"])
        await self._records.put({**found[0], "revoked": True})
        self._found.pop(found[0]["key_hash"], None)

    async def principal(self, key: str) -> Principal:
        """Return whose key this is, or raise the 401 that says why it is nobody's."""
        if not _SHAPE.fullmatch(key):
            raise not_signed_in("key_unknown", "ApiKey")
        key_hash = digest(key)
        looked_s, kept = self._found.get(key_hash, (0.0, None))
        if kept is None or time.monotonic() - looked_s > TRUSTED_FOR_S:
            kept = await self._records.get(key_hash)
            if kept is None:
                raise not_signed_in("key_unknown", "ApiKey")
            if key_hash not in self._revoked:
                self._found[key_hash] = (time.monotonic(), kept)
        if kept.get("revoked") or key_hash in self._revoked:
            raise not_signed_in("key_revoked", "ApiKey")
        if time.time() > kept.get("valid_until", float("inf")):
            raise not_signed_in("key_expired", "ApiKey")
        profile = {
            "service_name": kept["service_name"],
            "api_key_id": kept["api_key_id"],
            "permissions": sorted(kept["permissions"]),
            "rate_limits": LIMITS,
        }
        return Principal(
            "service",
            kept["api_key_id"],
            kept["api_key_id"],
            frozenset(kept["permissions"]),
            is_internal=bool(kept.get("internal")),
            profile=profile,
        )


def record(
    key: str, name: str, service_name: str, permissions: Sequence[str], *, internal: bool = False
) -> dict[str, Any]:
    """Return what is kept of a key: its hash and what it may do."""
    return {
        "key_hash": digest(key),
        "api_key_id": str(uuid.uuid4()),
        "name": name,
        "service_name": service_name,
        "permissions": list(permissions),
        "created": time.time(),
        "internal": internal,
        "revoked": False,
    }


def _told(kept: Mapping[str, Any]) -> dict[str, Any]:
    until = kept.get("valid_until")
    return {
        **{name: kept[name] for name in ("api_key_id", "name", "service_name", "permissions")},
        "created_at": _moment(kept["created"]),
        "expires_at": None if until is None else _moment(until),
        "revoked": bool(kept.get("revoked")),
    }


def _moment(at_s: float) -> str:
    return datetime.fromtimestamp(at_s, UTC).isoformat(timespec="milliseconds")
