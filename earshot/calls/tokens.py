"""Access and refresh tokens of calls."""

from __future__ import annotations

from collections.abc import Mapping

from earshot import forging
from earshot.forging import Forgery, claiming, claims_of

CLAIMS = frozenset({"sub", "email", "roles", "permissions", "hotel_ids", "iat", "exp", "jti", "session_id"})
"""What an access token says (AUTH-2)."""
FORGERIES: Mapping[str, Forgery] = {
    **forging.FORGERIES,
    "the token in which a guest is an operator": lambda token: claiming(token, roles=["system_admin"], hotel_ids=None),
}
"""What stands for a genuine access token, made of one (AUTH-19)."""


def lasts_s(token: str) -> float:
    return float(claims_of(token)["exp"]) - float(claims_of(token)["iat"])


def forged(token: str, how: str) -> str:
    return forging.forged(token, FORGERIES[how])
