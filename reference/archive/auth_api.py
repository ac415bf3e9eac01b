"""Signing up, in and out over HTTP (section 12)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from reference.archive.accounts import Accounts, User
from reference.archive.audit import Audit
from reference.archive.front import PUBLIC, SIGNED_IN, Endpoint
from reference.archive.problem import Problem
from reference.archive.sessions import Sessions
from reference.http.endpoints import Asked, Body, Reply

_ADDRESS = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"


class Login(Body):
    username: str = Field(min_length=1, max_length=255)
    password: str = Field(min_length=1, max_length=1024)


class SignUp(Login):
    username: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
    email: str = Field(pattern=_ADDRESS, max_length=254)
    password: str = Field(min_length=8, max_length=1024)


class AuthApi:
    def __init__(self, accounts: Accounts, sessions: Sessions, audit: Audit) -> None:
        self._accounts = accounts
        self._sessions = sessions
        self._audit = audit

    def endpoints(self) -> list[Endpoint]:
        return [
            Endpoint("POST", "/api/auth/register", PUBLIC, self.register, SignUp),
            Endpoint("POST", "/api/auth/login", PUBLIC, self.login, Login),
            Endpoint("POST", "/api/auth/logout", SIGNED_IN, self.logout),
            Endpoint("POST", "/api/auth/refresh", SIGNED_IN, self.refresh),
            Endpoint("GET", "/api/auth/me", SIGNED_IN, self.me),
            Endpoint("GET", "/api/protected", SIGNED_IN, self.protected),
        ]

    async def register(self, asked: Asked) -> Reply:
        form: SignUp = asked.body
        try:
            user = await self._accounts.register(form.username, form.password, form.email)
        except Problem as problem:
            self._audit.refused(form.username, "register", problem)
            raise
        self._audit.note(user.username, "register", "success")
        return Reply(told(user), 201)

    async def login(self, asked: Asked) -> Mapping[str, Any]:
        form: Login = asked.body
        try:
            user = await self._accounts.sign_in(form.username, form.password)
        except Problem as problem:
            self._audit.refused(form.username[:64], "login", problem)
            raise
        answer = await self._sessions.open(user)
        self._audit.note(user.username, "login", "success")
        return answer

    async def logout(self, asked: Asked) -> Mapping[str, Any]:
        user: User = asked.principal
        await self._sessions.end(user.session_id)
        self._audit.note(user.username, "logout", "success")
        return {"success": True}

    async def refresh(self, asked: Asked) -> Mapping[str, Any]:
        user: User = asked.principal
        answer = await self._sessions.open(user)
        await self._sessions.end(user.session_id)
        return answer

    async def me(self, asked: Asked) -> Mapping[str, Any]:
        return told(asked.principal)

    async def protected(self, asked: Asked) -> Mapping[str, Any]:
        return {"message": f"Welcome, {asked.principal.username}", "user": told(asked.principal)}


def told(user: User) -> dict[str, Any]:
    """Return a user as others may see them."""
    return {name: value for name, value in asdict(user).items() if name != "session_id"}
