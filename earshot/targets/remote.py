"""A service that somebody else started, reached by its address."""

from __future__ import annotations

import asyncio
import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from earshot.failures import TargetUnreachable, Unusable
from earshot.runtime import Runtime
from earshot.targets.tables import Tables
from earshot.targets.target import sign_token

SECRET_VARIABLE = "EARSHOT_TOKEN_SECRET"
REACH_WITHIN_S = 5.0


class RemoteTarget:
    """A service at a WebSocket address; the tests may use its sockets and nothing else."""

    tables: Tables | None = None
    log: Path | None = None

    def __init__(self, url: str, runtime: Runtime) -> None:
        self.name = url
        self._url = url
        address = urlsplit(url)
        if address.scheme not in ("ws", "wss") or not address.hostname:
            raise Unusable(f"ws_url: expected an address such as ws://127.0.0.1:8000/broadcast, got {url!r}")
        secret = os.environ.get(SECRET_VARIABLE, "")
        if not secret:
            raise Unusable(
                f"the target {url} needs sign-in tokens: expected the secret that signs them in the environment "
                f"variable {SECRET_VARIABLE}, found it empty; set it to the secret the service was started with"
            )
        self._secret = secret
        port = address.port or (443 if address.scheme == "wss" else 80)
        runtime.call(_reach(url, address.hostname, port), within_s=REACH_WITHIN_S + 1)

    def url(self, system: str) -> str:  # noqa: ARG002  one address serves the one system there is
        """Return the WebSocket address of the system."""
        return self._url

    def token(self, user_id: str, *, life_s: float = 3600, forged: bool = False) -> str:
        """Return a sign-in token; see Target."""
        return sign_token(secrets.token_urlsafe(32) if forged else self._secret, user_id, life_s)

    def close(self) -> None:
        """Nothing was started, so nothing is stopped."""


async def _reach(url: str, host: str, port: int) -> None:
    try:
        async with asyncio.timeout(REACH_WITHIN_S):
            _, writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError) as failure:
        raise TargetUnreachable(
            f"the target {url} cannot be reached: expected a service listening there, got "
            f"{failure or 'no answer'}; start it, or correct -D ws_url"
        ) from None
    writer.close()
