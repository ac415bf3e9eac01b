"""What the harness needs to know of a service under test."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Protocol

import jwt

from earshot.targets.tables import Tables


class Target(Protocol):
    """A service under test."""

    name: str
    tables: Tables | None
    """Its state tables, if the tests may read them."""
    log: Path | None
    """Its log file, if the tests may read it."""

    def url(self, system: str) -> str:
        """Return the WebSocket address of one of its systems."""

    def token(self, user_id: str, *, life_s: float = 3600, forged: bool = False) -> str:
        """Return a sign-in token; `life_s` below zero makes it expired, `forged` signs it with a wrong secret."""

    def close(self) -> None:
        """Stop whatever was started for it."""


def sign_token(secret: str, user_id: str, life_s: float) -> str:
    """Return an HS256 test token as the sheet describes it (3.1)."""
    now = datetime.datetime.now(datetime.UTC)
    claims = {
        "sub": user_id,
        "iss": "earshot",
        "aud": "earshot-broadcast",
        "token_use": "id",
        "iat": now - datetime.timedelta(hours=1),
        "exp": now + datetime.timedelta(seconds=life_s),
    }
    return jwt.encode(claims, secret, algorithm="HS256")
