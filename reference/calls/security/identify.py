"""From the headers of a request to who asks."""

from __future__ import annotations

import hmac
from collections.abc import Sequence

from reference.calls.security.keys import Keys
from reference.calls.security.principals import Principal, anonymous, not_signed_in
from reference.calls.security.sessions import Sessions

Headers = Sequence[tuple[bytes, bytes]]


class Identification:
    def __init__(self, sessions: Sessions, keys: Keys, agent_secret: str) -> None:
        self._sessions = sessions
        self._keys = keys
        self._agent_secret = agent_secret

    async def of(self, headers: Headers, peer: str) -> Principal:
        """Return who asks, anonymous where nothing is shown; raise the 401 that says why what is shown is no good.

        `Authorization` counts before `X-API-Key`.
        """
        shown = _all(headers, b"authorization")
        if len(shown) > 1:
            raise not_signed_in("token_malformed")
        if shown:
            scheme, _, value = shown[0].partition(" ")
            match scheme.lower():
                case "bearer":
                    return await self._sessions.principal(value.strip())
                case "apikey":
                    return await self._keys.principal(value.strip())
            raise not_signed_in("unsupported_scheme")
        if keys := _all(headers, b"x-api-key"):
            return await self._keys.principal(keys[0].strip())
        return anonymous(address_of(headers, peer))

    def agent(self, headers: Headers, peer: str) -> Principal:
        """Return the media agent, who shows the secret that it shares with the service; else the 401 (CALL-26)."""
        shown = bearer(headers)
        if shown is None:
            raise not_signed_in("missing_credentials")
        if not hmac.compare_digest(shown.encode(), self._agent_secret.encode()):
            raise not_signed_in("bad_credentials")
        return Principal("agent", "media-agent", address_of(headers, peer))


def address_of(headers: Headers, peer: str) -> str:
    """Return where a request comes from: whoever is on this machine may say for whom it asks."""
    forwarded = _all(headers, b"x-forwarded-for")
    is_local = peer in ("127.0.0.1", "::1")
    return forwarded[0].partition(",")[0].strip()[:64] if forwarded and is_local else peer


def bearer(headers: Headers) -> str | None:
    """Return the bearer credentials of a request; None where there is nothing of that kind."""
    shown = _all(headers, b"authorization")
    scheme, _, value = shown[0].partition(" ") if len(shown) == 1 else ("", "", "")
    return value.strip() if scheme.lower() == "bearer" else None


def _all(headers: Headers, name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in headers if key.lower() == name]
