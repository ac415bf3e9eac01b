"""Signing in and out, keys, and who there is."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from typing import Any

from pydantic import Field, field_validator

from reference.background import Background
from reference.calls.endpoints import PUBLIC, SERVICE, USER, Endpoint
from reference.calls.figures import Figures
from reference.calls.problem import Problem, invalid
from reference.calls.security.accounts import Accounts
from reference.calls.security.keys import Keys
from reference.calls.security.permissions import PERMISSIONS
from reference.calls.security.sessions import Sessions
from reference.http.endpoints import Asked, Body, Reply
from reference.storage.records import Records

_ADDRESS = r"^[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$"
_AUDIT_KEPT_S = 365 * 86_400


class Login(Body):
    email: str = Field(pattern=_ADDRESS, max_length=254)
    password: str = Field(min_length=8, max_length=1024)
    remember_me: bool = False


class Refresh(Body):
    refresh_token: str = Field(max_length=10_000)


class Logout(Body):
    session_id: str | None = None
    all_sessions: bool = False


class NewKey(Body):
    name: str = Field(min_length=1, max_length=200)
    service_name: str = Field(min_length=1, max_length=200)
    permissions: list[str]
    expires_days: float | None = Field(default=None, gt=0, le=3650)
    internal: bool = False

    @field_validator("permissions")
    @classmethod
    def are_known(cls, given: list[str]) -> list[str]:
        if unknown := set(given) - PERMISSIONS:
            raise ValueError(f"there is no permission {sorted(unknown)[0][:40]}")
        return given


class SecurityApi:
    def __init__(
        self,
        accounts: Accounts,
        sessions: Sessions,
        keys: Keys,
        audit: Records,
        figures: Figures,
        background: Background,
    ) -> None:
        self._accounts = accounts
        self._sessions = sessions
        self._keys = keys
        self._audit = audit
        self._figures = figures
        self._background = background

    def endpoints(self) -> list[Endpoint]:
        return [
            Endpoint("POST", "/auth/login", PUBLIC, self.login, Login, is_filtered=False),
            Endpoint("POST", "/auth/refresh", PUBLIC, self.refresh, Refresh),
            Endpoint("POST", "/auth/logout", USER, self.logout, Logout, body_may_be_missing=True),
            Endpoint("GET", "/auth/me", USER, self.profile),
            Endpoint("GET", "/auth/profile", USER, self.profile),
            Endpoint("GET", "/auth/service-info", SERVICE, self.profile),
            Endpoint("POST", "/auth/api-keys", "system:admin", self.create_key, NewKey),
            Endpoint("GET", "/auth/api-keys", "system:admin", self.list_keys),
            Endpoint("DELETE", "/auth/api-keys/{api_key_id}", "system:admin", self.revoke_key),
            Endpoint("GET", "/auth/admin/users", "system:admin", self.list_users),
        ]

    async def login(self, asked: Asked) -> Mapping[str, Any]:
        self._figures.count("auth_requests")
        try:
            user = await self._accounts.sign_in(asked.body.email, asked.body.password)
        except Problem as refused:
            self._note("login_failed", asked, outcome=refused.code)
            raise
        answer = await self._sessions.open(user)
        self._note("login_succeeded", asked, user_id=user["user_id"])
        return answer

    async def refresh(self, asked: Asked) -> Mapping[str, Any]:
        return await self._sessions.renewed(asked.body.refresh_token)

    async def logout(self, asked: Asked) -> Mapping[str, Any]:
        wanted = asked.body or Logout()
        if wanted.all_sessions:
            await self._sessions.end_all(asked.principal.id)
        else:
            await self._sessions.end(asked.principal.id, wanted.session_id or asked.principal.profile["session_id"])
        return {"message": "Signed out"}

    async def profile(self, asked: Asked) -> Mapping[str, Any]:
        profile: Mapping[str, Any] = asked.principal.profile
        return profile

    async def create_key(self, asked: Asked) -> Reply:
        new: NewKey = asked.body
        if not new.permissions and not new.internal:
            raise invalid({"permissions": "should name at least one"})
        made = await self._keys.create(
            new.name, new.service_name, new.permissions, expires_days=new.expires_days, internal=new.internal
        )
        return Reply(made, 201)

    async def list_keys(self, asked: Asked) -> Mapping[str, Any]:
        listed = await self._keys.listed()
        return {"api_keys": listed, "total": len(listed)}

    async def revoke_key(self, asked: Asked) -> Mapping[str, Any]:
        await self._keys.revoke(asked.parameters["api_key_id"])
        return {"message": "Revoked", "api_key_id": asked.parameters["api_key_id"]}

    async def list_users(self, asked: Asked) -> Mapping[str, Any]:
        users = await self._accounts.everybody()
        return {"users": users, "total": len(users)}

    def _note(self, event: str, asked: Asked, **more: str) -> None:
        entry = {
            "audit_id": str(uuid.uuid4()),
            "event": event,
            "correlation_id": asked.correlation_id,
            "at": time.time(),
            "expires_at": int(time.time()) + _AUDIT_KEPT_S,
            **more,
        }
        self._background.run(self._audit.put(entry), name="audit")
