"""Sessions: what makes a token good beyond its signature (ARC-130 to ARC-134, ARC-141)."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import jwt

from reference.archive.accounts import Accounts, User
from reference.archive.problem import Problem
from reference.storage.records import Records

SCHEME = "Bearer"
LONGEST_TOKEN = 8192
ALGORITHM, AUDIENCE = "HS256", "archive"


class Sessions:
    """Each request looks its session and its user up, so that whatever is changed counts from the next one on."""

    def __init__(self, records: Records, accounts: Accounts, secret: str, *, token_s: float) -> None:
        """`secret` signs tokens, and outlasts a restart as their sessions do."""
        self._records = records
        self._accounts = accounts
        self._secret = secret
        self._token_s = token_s

    async def open(self, user: User) -> dict[str, Any]:
        """Begin a session, and return what a sign-in is answered with."""
        session_id, now_s = str(uuid.uuid4()), time.time()
        expires_s = now_s + self._token_s
        await self._records.put(
            {
                "session_id": session_id,
                "user_id": user.id,
                "username": user.username,
                "ends_at": expires_s,
                "expires_at": int(expires_s) + 1,
            }
        )
        claims = {
            "sub": user.id,
            "session_id": session_id,
            "iat": int(now_s),
            "exp": int(expires_s) + 1,
            "aud": AUDIENCE,
        }
        token = jwt.encode({**claims, "jti": str(uuid.uuid4())}, self._secret, algorithm=ALGORITHM)
        told = {"id": user.id, "username": user.username, "email": user.email, "role": user.role}
        expires_in = max(1, round(self._token_s))
        return {"access_token": token, "token_type": "bearer", "expires_in": expires_in, "user": told}

    async def of(self, headers: Mapping[str, str]) -> User | None:
        """Return who asks, None for somebody without credentials; a problem for credentials that are no good."""
        given = headers.get("authorization")
        if given is None:
            return None
        scheme, _, token = given.partition(" ")
        if scheme.lower() != SCHEME.lower() or not token:
            raise _no_good("A bearer token is expected")
        session = await self._records.get(self._session_of(token))
        if session is None or session["ends_at"] < time.time():
            raise _no_good("The session is over")
        user = await self._accounts.find(session["username"])
        if user is None or user.id != session["user_id"]:
            raise _no_good("The session is over")
        return replace(user, session_id=session["session_id"])

    def _session_of(self, token: str) -> str:
        if len(token) > LONGEST_TOKEN:
            raise _no_good("The token is no good")
        try:
            required = ["sub", "session_id", "exp", "iat", "aud"]
            claims = jwt.decode(
                token, self._secret, algorithms=[ALGORITHM], audience=AUDIENCE, options={"require": required}
            )
        except (jwt.InvalidTokenError, ValueError):
            raise _no_good("The token is no good") from None
        session_id = claims["session_id"]
        if not isinstance(session_id, str):
            raise _no_good("The token is no good")
        return session_id

    async def end(self, session_id: str) -> None:
        await self._records.delete(session_id)

    async def end_all(self, user_id: str) -> None:
        for session in await self._records.found_by(user_id):
            await self._records.delete(session["session_id"])


def _no_good(message: str) -> Problem:
    return Problem("AuthenticationError", message, code="INVALID_TOKEN", headers={"WWW-Authenticate": SCHEME})
