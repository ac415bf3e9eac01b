"""Users: who may sign in, and as what (ARC-132, ARC-135, ARC-143)."""

from __future__ import annotations

import asyncio
import time
import uuid
from dataclasses import dataclass
from typing import Any

from reference.archive.front import ADMIN
from reference.archive.problem import Problem, conflict, moment, not_found
from reference.passwords import NOBODYS, fits, hashed
from reference.storage.aws import ConditionFailed
from reference.storage.items import Item
from reference.storage.records import Records

USER = "user"
ROLES = (USER, ADMIN)


@dataclass(frozen=True, slots=True)
class User:
    id: str
    username: str
    email: str
    role: str
    session_id: str = ""


class Accounts:
    def __init__(self, records: Records) -> None:
        self._records = records
        self._changing = asyncio.Lock()

    async def register(self, username: str, password: str, email: str, role: str = USER) -> User:
        """Return a new user; CONFLICT where the name is taken."""
        kept = {
            "id": str(uuid.uuid4()),
            "username": username,
            "email": email,
            "role": role,
            "password": await asyncio.to_thread(hashed, password),
            "created_at": moment(time.time()),
        }
        try:
            await self._records.put(kept, only_if={"username": None})
        except ConditionFailed:
            raise conflict("There is a user of that name") from None
        return _user(kept)

    async def sign_in(self, username: str, password: str) -> User:
        """Return who has this password, or raise the 401 that is the same for every reason."""
        kept = await self._records.get(username)
        is_right = await asyncio.to_thread(fits, password, kept["password"] if kept else NOBODYS)
        if kept is None or not is_right:
            raise Problem("AuthenticationError", "Name or password is wrong", code="INVALID_CREDENTIALS")
        return _user(kept)

    async def find(self, username: str) -> User | None:
        kept = await self._records.get(username)
        return None if kept is None else _user(kept)

    async def every(self) -> list[dict[str, Any]]:
        """Return all users as administrators may see them."""
        names = ("id", "username", "email", "role", "created_at")
        kept = sorted(await self._records.everything(), key=lambda user: user["created_at"])
        return [{name: user[name] for name in names} for user in kept]

    async def change_role(self, user_id: str, role: str) -> User:
        async with self._changing:
            kept = await self._known(user_id)
            if kept["role"] == ADMIN and role != ADMIN:
                await self._insist_on_another_admin(user_id)
            await self._records.put({**kept, "role": role})
        return _user({**kept, "role": role})

    async def delete(self, user_id: str) -> User:
        async with self._changing:
            kept = await self._known(user_id)
            if kept["role"] == ADMIN:
                await self._insist_on_another_admin(user_id)
            await self._records.delete(kept["username"])
        return _user(kept)

    async def _known(self, user_id: str) -> Item:
        for kept in await self._records.everything():
            if kept["id"] == user_id:
                return kept
        raise not_found("user")

    async def _insist_on_another_admin(self, user_id: str) -> None:
        admins = [kept for kept in await self._records.everything() if kept["role"] == ADMIN]
        if not any(kept["id"] != user_id for kept in admins):
            raise conflict("The last administrator stays one")


def _user(kept: Item) -> User:
    return User(kept["id"], kept["username"], kept["email"], kept["role"])
