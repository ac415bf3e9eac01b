"""Sessions: what makes a token good beyond its signature (AUTH-5 to AUTH-7, AUTH-22 to AUTH-24)."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from reference.background import Background
from reference.calls.security.permissions import permissions_of
from reference.calls.security.principals import Principal, digest, not_signed_in
from reference.calls.security.tokens import REFRESH_SECONDS, Tokens
from reference.storage.records import Records

TRUSTED_FOR_S = 5.0
"""How long a session that was found is taken to be there still, without looking."""
_TOUCHES_PER_LIFE = 20


class Sessions:
    def __init__(self, records: Records, tokens: Tokens, background: Background, *, idle_s: float) -> None:
        self._records = records
        self._tokens = tokens
        self._background = background
        self._idle_s = idle_s
        self._found: dict[str, tuple[float, dict[str, Any]]] = {}
        self._ended: set[str] = set()

    async def open(self, user: Mapping[str, Any]) -> dict[str, Any]:
        """Begin a session of a user; return the answer to a sign-in."""
        session_id, began = str(uuid.uuid4()), time.time()
        session = {
            "session_id": session_id,
            **{name: user[name] for name in ("user_id", "email", "roles", "hotel_ids")},
            "created_at": began,
            "last_activity": began,
            "expires_at": began + REFRESH_SECONDS,
        }
        await self._records.put(session)
        access_s = max(1, round(self._tokens.access_s))
        user = {**user, "session_id": session_id, "expires_at": int(began) + access_s}
        return {
            "access_token": self._tokens.access(user, session_id),
            "refresh_token": self._tokens.refresh(user["user_id"], session_id),
            "token_type": "bearer",
            "expires_in": access_s,
            "user": user,
        }

    async def principal(self, token: str) -> Principal:
        """Return whose access token this is, or raise the 401 that says why it is nobody's any more."""
        claims = self._tokens.read(token)
        session = await self._session(claims["session_id"])
        roles = session["roles"]
        hotels = session.get("hotel_ids")
        permissions = permissions_of(roles)
        profile = {
            **{name: session[name] for name in ("user_id", "email", "roles", "session_id")},
            "permissions": sorted(permissions),
            "hotel_ids": hotels,
            "authenticated_at": datetime.fromtimestamp(session["created_at"], UTC).isoformat(timespec="milliseconds"),
            "expires_at": claims["exp"],
        }
        client = digest(session["session_id"])
        scope = None if hotels is None else frozenset(hotels)
        return Principal("user", session["user_id"], client, permissions, scope, profile=profile)

    async def renewed(self, refresh_token: str) -> dict[str, Any]:
        """Return a new access token of the same session (AUTH-5)."""
        session = await self._session(self._tokens.read(refresh_token, refresh=True)["session_id"])
        user = {**session, "permissions": sorted(permissions_of(session["roles"]))}
        user.setdefault("hotel_ids", None)
        token = self._tokens.access(user, session["session_id"])
        return {"access_token": token, "token_type": "bearer", "expires_in": max(1, round(self._tokens.access_s))}

    async def end(self, user_id: str, session_id: str) -> None:
        """End one session of a user, now; one of somebody else is left alone."""
        if (session := await self._records.get(session_id)) and session["user_id"] == user_id:
            self._forget(session_id)
            await self._records.delete(session_id)

    async def end_all(self, user_id: str) -> None:
        for session in await self._records.found_by(user_id):
            self._forget(session["session_id"])
            await self._records.delete(session["session_id"])

    async def _session(self, session_id: str) -> dict[str, Any]:
        now = time.time()
        looked_s, session = self._found.get(session_id, (0.0, {}))
        if now - looked_s > TRUSTED_FOR_S:
            if session_id in self._ended:
                raise not_signed_in("token_revoked")
            kept = await self._records.get(session_id)
            if session_id in self._ended:
                raise not_signed_in("token_revoked")
            if kept is None:
                self._found.pop(session_id, None)
                raise not_signed_in("session_not_found")
            kept["last_activity"] = max(kept["last_activity"], session.get("last_activity", 0))
            session = kept
            self._found[session_id] = (now, session)
        if now > min(session["expires_at"], session["last_activity"] + self._idle_s):
            raise not_signed_in("session_not_found")
        self._touch(session, now)
        return session

    def _touch(self, session: dict[str, Any], now: float) -> None:
        written = session.get("written", session["created_at"])
        session["last_activity"] = now
        if now - written > self._idle_s / _TOUCHES_PER_LIFE:
            session["written"] = now
            self._background.run(self._write(dict(session)), name="touch-session")

    async def _write(self, session: dict[str, Any]) -> None:
        session.pop("written")
        if session["session_id"] not in self._ended:
            await self._records.put(session)

    def _forget(self, session_id: str) -> None:
        self._ended.add(session_id)
        self._found.pop(session_id, None)
