"""Signed tokens: RS256 and nothing else (AUTH-2, AUTH-19)."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from typing import Any

import jwt

from reference.calls.security.principals import not_signed_in
from reference.signing import ALGORITHMS, key_pair

LONGEST_TOKEN = 8192
REFRESH_SECONDS = 7 * 24 * 3600


class Tokens:
    def __init__(self, *, access_s: float) -> None:
        self._access_s = access_s

    @property
    def access_s(self) -> float:
        return self._access_s

    def access(self, user: Mapping[str, Any], session_id: str) -> str:
        """Return an access token with the nine claims."""
        claims = {name: user[name] for name in ("email", "roles", "permissions", "hotel_ids")}
        return self._signed({"sub": user["user_id"], **claims, "session_id": session_id}, self._access_s)

    def refresh(self, user_id: str, session_id: str) -> str:
        return self._signed({"sub": user_id, "session_id": session_id, "type": "refresh"}, REFRESH_SECONDS)

    def read(self, token: str, *, refresh: bool = False) -> Mapping[str, Any]:
        """Return the claims of a token of this kind, or raise the 401 that says what is wrong with it."""
        if len(token) > LONGEST_TOKEN:
            raise not_signed_in("token_malformed")
        try:
            claims = self._verified(token)
        except jwt.ExpiredSignatureError:
            raise not_signed_in("token_expired") from None
        except (jwt.InvalidSignatureError, jwt.InvalidAlgorithmError):
            raise not_signed_in("signature_invalid") from None
        except (jwt.InvalidTokenError, ValueError, UnicodeError):
            raise not_signed_in("token_malformed") from None
        if (claims.get("type") == "refresh") != refresh:
            raise not_signed_in("wrong_token_type")
        return claims

    def _verified(self, token: str) -> Mapping[str, Any]:
        required = ["sub", "session_id", "iat", "exp", "jti"]
        claims: Mapping[str, Any] = jwt.decode(
            token, key_pair()[1], algorithms=ALGORITHMS, options={"require": required}
        )
        return claims

    @staticmethod
    def _signed(claims: Mapping[str, Any], life_s: float) -> str:
        # Whole seconds, as others write them; a life of less than one is one.
        issued = int(time.time())
        claims = {**claims, "iat": issued, "exp": issued + max(1, round(life_s)), "jti": str(uuid.uuid4())}
        return jwt.encode(claims, key_pair()[0], algorithm=ALGORITHMS[0])
