"""What can be asked over HTTP, and by whom: the only place where an endpoint comes into being."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ConfigDict

from reference.calls.problem import Problem, invalid
from reference.calls.security.permissions import PERMISSIONS
from reference.calls.security.principals import Principal, not_signed_in

PUBLIC, SIGNED_IN, USER, SERVICE, AGENT = "public", "signed in", "user", "service", "agent"
"""Whoever asks; whoever has a token or key; people alone; services alone; the agent that shares a secret with
the service. Anything else is a permission."""


class Body(BaseModel):
    """The JSON object of a request: types as they are, and members that nobody knows are left alone."""

    model_config = ConfigDict(strict=True, extra="ignore")


@dataclass(frozen=True, slots=True)
class Asked:
    """One request that may be answered."""

    principal: Principal
    method: str
    path: str
    parameters: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    address: str
    correlation_id: str
    content: bytes = b""
    body: Any = None
    """Of the endpoint's model."""

    def number(self, name: str, default: int, least: int, most: int) -> int:
        """Return a whole number of the query; VALIDATION_ERROR where it is none in this range."""
        given = self.query.get(name)
        if given is None:
            return default
        if not re.fullmatch(r"[0-9]{1,9}", given) or not least <= int(given) <= most:
            issue = f"should be a whole number from {least} to {most}"
            raise invalid({name: issue})
        return int(given)


@dataclass(frozen=True, slots=True)
class Reply:
    body: Mapping[str, Any] | None = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None
    """In the place of a JSON body."""
    media_type: str = "application/json"


Handler = Callable[[Asked], Awaitable[Mapping[str, Any] | Reply]]


@dataclass(frozen=True, slots=True)
class Endpoint:
    method: str
    path: str
    who: str | tuple[str, ...]
    handler: Handler
    body: type[Body] | None = None
    spoken: frozenset[str] = frozenset()
    """Fields in which people speak freely, so that nothing in them is taken for an attack."""
    is_filtered: bool = True
    is_limited: bool = True
    body_may_be_missing: bool = False

    @property
    def permitted(self) -> frozenset[str]:
        """The permissions of which one is asked for; none where it takes something else."""
        if self.who in (PUBLIC, SIGNED_IN, USER, SERVICE, AGENT):
            return frozenset()
        return frozenset({self.who} if isinstance(self.who, str) else self.who) or frozenset({"a rule"})

    def insist(self, principal: Principal) -> None:
        """Raise the 401 or 403 of whoever may not ask."""
        if self.who == PUBLIC:
            return
        if principal.kind == "anonymous":
            raise not_signed_in("missing_credentials")
        if self.who in (USER, SERVICE):
            if principal.kind != self.who:
                raise Problem("AUTHORIZATION_ERROR", "This is not permitted")
        elif self.who not in (SIGNED_IN, AGENT):
            principal.needs(*self.permitted)


class Endpoints:
    """All endpoints, found by method and path."""

    def __init__(self, every: Iterable[Endpoint]) -> None:
        self._by_path: dict[str, tuple[re.Pattern[str], dict[str, Endpoint]]] = {}
        for one in every:
            if unknown := one.permitted - PERMISSIONS:
                raise ValueError(f"{one.method} {one.path} asks for what nobody can have: {sorted(unknown)}")
            pattern = re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(one.path)))
            self._by_path.setdefault(one.path, (pattern, {}))[1][one.method] = one

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Yield method and path of each."""
        return ((method, path) for path, (_, by_method) in self._by_path.items() for method in by_method)

    def find(self, method: str, path: str) -> tuple[Endpoint, Mapping[str, str]]:
        """Return the endpoint and what stands in its path; NOT_FOUND or METHOD_NOT_ALLOWED where there is none."""
        allowed: set[str] = set()
        for pattern, by_method in self._by_path.values():
            if found := pattern.fullmatch(path):
                if method in by_method:
                    return by_method[method], found.groupdict()
                allowed |= by_method.keys()
        if allowed:
            headers = {"Allow": ", ".join(sorted(allowed))}
            raise Problem("METHOD_NOT_ALLOWED", "This method is not allowed here", headers=headers)
        raise Problem("NOT_FOUND", "There is nothing here")
