"""Sign-in tokens for the people of a scenario."""

from __future__ import annotations

import datetime
import os
import secrets
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import jwt

from earshot.failures import Unusable
from earshot.secrecy import keep_secret

SECRET_VARIABLE = "EARSHOT_TOKEN_SECRET"
COMMAND_WITHIN_S = 10.0


class Tokens(Protocol):
    """Issues sign-in tokens."""

    def issue(self, user_id: str, *, audience: str = "", life_s: float = 3600, forged: bool = False) -> str:
        """Return a token for this user, meant for that audience.

        `life_s` below zero makes it expired, `forged` makes its signature wrong.
        """


@dataclass(frozen=True)
class SignedTokens:
    """Issues HS256 test tokens."""

    secret: str = field(repr=False)
    issuer: str = "earshot"
    audience: str = ""
    """For whom they are meant, whatever the system's contract says."""

    def issue(self, user_id: str, *, audience: str = "", life_s: float = 3600, forged: bool = False) -> str:
        now = datetime.datetime.now(datetime.UTC)
        claims = {
            "sub": user_id,
            "iss": self.issuer,
            "aud": self.audience or audience,
            "token_use": "id",
            "iat": now - datetime.timedelta(hours=1),
            "exp": now + datetime.timedelta(seconds=life_s),
        }
        return jwt.encode(claims, secrets.token_urlsafe(32) if forged else self.secret, algorithm="HS256")


class GivenTokens:
    """Deals out tokens that somebody made beforehand: each person of a scenario gets the next one."""

    def __init__(self, tokens: list[str], expired: str | None) -> None:
        self._tokens = tokens
        self._expired = expired
        self._dealt: dict[str, str] = {}

    def issue(self, user_id: str, *, life_s: float = 3600, forged: bool = False, **_: object) -> str:
        if life_s < 0:
            if self._expired is None:
                raise Unusable("this scenario shows an expired sign-in: name one by `expired_env` in the target file")
            return self._expired
        token = self._dealt.setdefault(user_id, self._tokens[len(self._dealt) % len(self._tokens)])
        return _tampered(token) if forged else token


@dataclass(frozen=True)
class CommandTokens:
    """Asks a command for each token: it is given the user's id and the life in seconds, and prints the token."""

    command: tuple[str, ...]

    def issue(self, user_id: str, *, life_s: float = 3600, forged: bool = False, **_: object) -> str:
        try:
            run = subprocess.run(
                [*self.command, user_id, f"{life_s:.0f}"],
                capture_output=True,
                text=True,
                timeout=COMMAND_WITHIN_S,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as problem:
            raise Unusable(f"the token command {self.command[0]} should print a token, but: {problem}") from problem
        token = run.stdout.strip()
        if run.returncode != 0 or not token:
            raise Unusable(
                f"the token command {self.command[0]} should print a token, but ended with {run.returncode} "
                f"and printed {'something' if token else 'nothing'}"
            )
        return _tampered(token) if forged else token


class NoTokens:
    """For targets of whose systems none has people who sign in."""

    def issue(self, user_id: str, **_: object) -> str:
        raise Unusable(f"nobody can sign {user_id} in: the target has no address for a system whose people do")


def tokens_of(definition: Mapping[str, Any], target: str) -> Tokens:
    """Return the source of tokens that a target file describes; raises Unusable when a secret is missing."""
    match definition["kind"]:
        case "given":
            expired = definition.get("expired_env")
            return GivenTokens(
                [_secret(variable, target) for variable in definition["users"]],
                _secret(expired, target) if expired else None,
            )
        case "command":
            return CommandTokens(tuple(definition["command"]))
        case _:
            claims = {key: definition[key] for key in ("issuer", "audience") if key in definition}
            return SignedTokens(_secret(definition.get("secret_env", SECRET_VARIABLE), target), **claims)


def _secret(variable: str, target: str) -> str:
    secret = os.environ.get(variable, "")
    if not secret:
        raise Unusable(
            f"the target {target} needs sign-in tokens: expected a secret in the environment variable {variable}, "
            f"found it empty; set it to the secret the service was started with"
        )
    keep_secret(secret)
    return secret


def _tampered(token: str) -> str:
    """The same token with another signature."""
    head, _, signature = token.rpartition(".")
    return f"{head}.{signature[::-1]}" if head else token[::-1]
