"""Asking the services that the orchestrator stands on, over HTTP: in which ways that may fail."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import httpx2

from reference.calls import correlation

POOL = httpx2.Limits(max_connections=25, max_keepalive_connections=10, keepalive_expiry=30)
TOLD_WITHIN_S = 2.0
PATIENCE = httpx2.Timeout(connect=10, read=30, write=10, pool=5)


class UpstreamFailure(Exception):
    """A service could not do what it was asked; `code` is what a client is told that it was.

    Where it `may_pass`, asking again is worth it, and the service counts as failing (section 5.4).
    """

    def __init__(self, code: str, *, retry_after_s: float | None = None, may_pass: bool = True) -> None:
        super().__init__(code)
        self.code = code
        self.retry_after_s = retry_after_s
        self.may_pass = may_pass


class Declined(Exception):
    """A service said no to this request, and would again (4xx); what it said of it is in `body`."""

    def __init__(self, status: int, body: Mapping[str, Any]) -> None:
        super().__init__(str(status))
        self.status = status
        self.body = body


class Spoiled(Exception):
    """What a service answered cannot be understood."""


class Upstream:
    """One service; its connections are kept open."""

    def __init__(self, base_url: str, failed_as: str) -> None:
        """`failed_as` is the code of a failure that has none of its own."""
        self._client = httpx2.AsyncClient(base_url=base_url, limits=POOL, timeout=PATIENCE, trust_env=False)
        self._failed_as = failed_as

    async def ask(self, method: str, path: str, **request: Any) -> dict[str, Any]:
        """Return the JSON object that answers; raises UpstreamFailure, Declined or Spoiled."""
        headers = {correlation.HEADER: correlation.current.get() or "none", **request.pop("headers", {})}
        try:
            answer = await self._client.request(method, path, headers=headers, **request)
        except httpx2.TimeoutException:
            raise UpstreamFailure("TIMEOUT_ERROR") from None
        except httpx2.TransportError:
            raise UpstreamFailure("CONNECTION_ERROR") from None
        if answer.status_code in (408, 429) or answer.status_code >= 500:
            waiting = answer.headers.get("retry-after", "")
            raise UpstreamFailure(self._failed_as, retry_after_s=float(waiting) if waiting.isdigit() else None)
        try:
            body = json.loads(answer.content)
        except ValueError:
            body = None
        if answer.status_code >= 400:
            raise Declined(answer.status_code, body if isinstance(body, dict) else {})
        if not isinstance(body, dict):
            raise Spoiled
        return body

    async def tell(self, path: str, body: Mapping[str, Any]) -> None:
        """Send something whose answer says nothing; raises UpstreamFailure where it was not taken."""
        try:
            answer = await self._client.post(path, json=body, timeout=TOLD_WITHIN_S)
        except httpx2.TransportError:
            raise UpstreamFailure(self._failed_as) from None
        if answer.status_code >= 400:
            raise UpstreamFailure(self._failed_as)

    async def close(self) -> None:
        await self._client.aclose()
