"""Who asks, as the service knows them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from reference.calls.problem import Problem

KINDS = ("user", "service", "agent", "anonymous")


@dataclass(frozen=True, slots=True)
class Principal:
    """`client` is whom limits are counted for; `hotel_ids` None means every hotel."""

    kind: str
    """One of KINDS."""
    id: str
    client: str
    permissions: frozenset[str] = frozenset()
    hotel_ids: frozenset[str] | None = None
    is_internal: bool = False
    """Whether it asks with a key that may bypass limits."""
    profile: Mapping[str, Any] = field(default_factory=dict)
    """What it may be told of itself."""

    def needs(self, *permissions: str) -> None:
        """Raise Problem AUTHORIZATION_ERROR unless one of these permissions is held."""
        if permissions and not self.permissions.intersection(permissions):
            raise Problem("AUTHORIZATION_ERROR", "This is not permitted")

    def at(self, hotel_id: str) -> None:
        """Raise Problem AUTHORIZATION_ERROR where this hotel is none of the caller's (CALL-7, AUTH-17)."""
        if not self.sees(hotel_id):
            raise Problem("AUTHORIZATION_ERROR", "This hotel is not yours")

    def sees(self, hotel_id: str) -> bool:
        return self.hotel_ids is None or hotel_id in self.hotel_ids


def anonymous(address: str) -> Principal:
    return Principal("anonymous", "", address)


def not_signed_in(reason: str, scheme: str = "Bearer") -> Problem:
    """Return the 401 that says why; the words are the same for all, since they may not say more than the reason."""
    return Problem(
        "AUTHENTICATION_ERROR",
        "Authentication is required",
        details={"reason": reason},
        headers={"WWW-Authenticate": scheme},
    )


def digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
