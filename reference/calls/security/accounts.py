"""Users and their passwords, as scrypt hashes in the users' table; and when too many wrong ones lock an account."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from reference.calls.security.permissions import permissions_of
from reference.calls.security.principals import not_signed_in
from reference.passwords import NOBODYS, fits
from reference.storage.records import Records

FAILURES_TO_LOCK = 5


class Accounts:
    def __init__(self, users: Records, *, lock_s: float) -> None:
        self._users = users
        self._lock_s = lock_s
        self._writing: dict[str, asyncio.Lock] = {}

    async def sign_in(self, email: str, password: str) -> dict[str, Any]:
        """Return who has this password, or raise the 401 that is the same for every reason (AUTH-8, AUTH-9)."""
        email = email.lower()
        async with self._writing.setdefault(email, asyncio.Lock()):
            user = await self._users.get(email)
            is_right = await asyncio.to_thread(fits, password, user["password"] if user else NOBODYS)
            if user is None or not user["active"] or user.get("locked_until", 0) > time.time():
                raise not_signed_in("bad_credentials")
            if not is_right:
                await self._count_failure(user)
                raise not_signed_in("bad_credentials")
            if user.get("failures"):
                await self._users.put({**user, "failures": 0})
        return told(user)

    async def everybody(self) -> list[dict[str, Any]]:
        """Return all users as others may see them (AUTH-14)."""
        return sorted((told(user) for user in await self._users.everything()), key=lambda user: user["email"])

    async def _count_failure(self, user: dict[str, Any]) -> None:
        failures = user.get("failures", 0) + 1
        locked = {"failures": 0, "locked_until": time.time() + self._lock_s}
        await self._users.put({**user, **(locked if failures >= FAILURES_TO_LOCK else {"failures": failures})})


def told(user: dict[str, Any]) -> dict[str, Any]:
    """Return what may be told of a user; permissions follow from the roles."""
    return {
        "user_id": user["user_id"],
        "email": user["email"],
        "roles": list(user["roles"]),
        "permissions": sorted(permissions_of(user["roles"])),
        "hotel_ids": user.get("hotel_ids"),
    }
