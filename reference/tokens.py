"""Who somebody is: local HS256 tokens in the place of a sign-in service (BRO-1.2.1, BRO-3.2.7)."""

from __future__ import annotations

import re
from collections.abc import Mapping

import jwt

from reference.refusal import Refusal

ISSUER = "earshot"
SHORTEST_SECRET_BYTES = 32
"""What RFC 7518 asks of an HS256 key."""
LONGEST_SUBJECT = 255
"""Characters (OpenID Connect Core, section 2)."""
_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
"""A token as RFC 7515 writes it."""


class TokenVerifier:
    """Checks tokens that are meant for one audience against one secret."""

    def __init__(self, secret: str, audience: str) -> None:
        self._secret = secret
        self._audience = audience

    def user_of(self, token: str | None) -> str:
        """Return the user id (`sub`) of the token, or raise the 401 that the contract names for it."""
        if not token:
            raise Refusal("UNAUTHORIZED", "A token is needed")
        if _COMPACT.fullmatch(token) is None:
            raise Refusal("UNAUTHORIZED", "Invalid token")
        try:
            claims = jwt.decode(
                token,
                self._secret,
                algorithms=["HS256"],
                issuer=ISSUER,
                audience=self._audience,
                options={"require": ["sub", "exp", "iat", "iss", "aud"]},
            )
        except jwt.ExpiredSignatureError:
            raise Refusal("UNAUTHORIZED", "Token expired") from None
        except jwt.InvalidTokenError:
            raise Refusal("UNAUTHORIZED", "Invalid token") from None
        if claims.get("token_use") != "id" or not _well_formed(claims):
            raise Refusal("UNAUTHORIZED", "Invalid token")
        return str(claims["sub"])


def _well_formed(claims: Mapping[str, object]) -> bool:
    """Whether the times are numbers, and the subject is somebody whose name can be written down."""
    subject = str(claims["sub"])
    return (
        all(isinstance(claims[name], int | float) and not isinstance(claims[name], bool) for name in ("exp", "iat"))
        and bool(subject.strip())
        and len(subject) <= LONGEST_SUBJECT
        and subject.encode(errors="replace").decode() == subject
    )
