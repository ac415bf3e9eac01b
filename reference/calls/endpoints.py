"""What can be asked over HTTP, and by whom: the only place where an endpoint comes into being."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from reference.calls.problem import Problem, invalid
from reference.calls.security.permissions import PERMISSIONS
from reference.calls.security.principals import Principal, not_signed_in
from reference.http import endpoints
from reference.http.endpoints import Asked

PUBLIC, SIGNED_IN, USER, SERVICE, AGENT = "public", "signed in", "user", "service", "agent"
"""Whoever asks; whoever has a token or key; people alone; services alone; the agent that shares a secret with
the service. Anything else is a permission."""


@dataclass(frozen=True, slots=True)
class Endpoint(endpoints.Endpoint):
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


class Endpoints(endpoints.Endpoints[Endpoint]):
    """All endpoints; `find` raises NOT_FOUND or METHOD_NOT_ALLOWED where there is none."""

    def __init__(self, every: Iterable[Endpoint]) -> None:
        known = list(every)
        for one in known:
            if unknown := one.permitted - PERMISSIONS:
                raise ValueError(f"{one.method} {one.path} asks for what nobody can have: {sorted(unknown)}")
        super().__init__(known, _nothing_here, _wrong_method)


def _nothing_here() -> Problem:
    return Problem("NOT_FOUND", "There is nothing here")


def _wrong_method(allowed: Collection[str]) -> Problem:
    return Problem("METHOD_NOT_ALLOWED", "This method is not allowed here", headers={"Allow": ", ".join(allowed)})


def number(asked: Asked, name: str, default: int, least: int, most: int) -> int:
    """Return a whole number of the query; VALIDATION_ERROR where it is none in this range."""
    given = asked.query.get(name)
    if given is None:
        return default
    if not re.fullmatch(r"[0-9]{1,9}", given) or not least <= int(given) <= most:
        issue = f"should be a whole number from {least} to {most}"
        raise invalid({name: issue})
    return int(given)
