"""Asking the broadcast-automation service: in time or not at all, and not while it goes on failing (section 10)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import httpx2
from pydantic import Field, ValidationError

from reference.archive.problem import Problem, not_found
from reference.breaker import Breaker, Terms
from reference.http.endpoints import Body
from reference.storage.clock import Clock

BASE = "/CablecastAPI/v1"
ATTEMPTS = 3
"""Of a call that is not answered in time; whatever else goes wrong is told at once."""
FAILURES_TO_OPEN = 5
POOL = httpx2.Limits(max_connections=25, max_keepalive_connections=10, keepalive_expiry=30)
Answer = dict[str, Any]


class Show(Body):
    id: int
    title: str
    description: str | None = None
    date: str | None = None
    length: float | None = None


class Shows(Body):
    shows: list[Show]


class RemoteVod(Body):
    id: int
    show: int


class RemoteVods(Body):
    vods: list[RemoteVod]


class RemoteState(Body):
    state: str = Field(alias="vodState")
    percent: float = Field(alias="percentComplete")


MADE: Mapping[str, tuple[type[Body], type[Body]]] = {"shows": (Shows, Show), "vods": (RemoteVods, RemoteVod)}
"""What can be made, and the form of all and of one."""


class Publisher:
    def __init__(
        self, url: str, account: Mapping[str, str], clock: Clock, *, timeout_s: float, breaker_s: float
    ) -> None:
        self.breaker = Breaker(clock, Terms(FAILURES_TO_OPEN, breaker_s))
        auth = httpx2.BasicAuth(account["user"], account["password"])
        self._timeout_s = timeout_s
        self._client = httpx2.AsyncClient(base_url=url, auth=auth, limits=POOL, timeout=timeout_s, trust_env=False)

    async def ask(self, method: str, path: str, form: type[Body] = Body, **request: Any) -> Answer:
        """Return the JSON object that answers; the problem that a client is told of where there is none such."""
        return await self._called(lambda: self._attempt(method, path, form, request))

    async def made(self, kind: str, record: Mapping[str, Any], noted_id: int | None) -> Answer:
        """Return the show or VOD with the record's `reference`; the one that was noted, where nobody keeps references.

        It is looked for before every attempt to make it: an earlier one may have made it, and nobody heard of it.
        """
        reference, (all_of_them, one) = record["reference"], MADE[kind]

        async def attempt() -> Answer:
            for known in (await self._attempt("GET", f"/{kind}", all_of_them, {}))[kind]:
                if known.get("reference", reference if known["id"] == noted_id else None) == reference:
                    return dict(known)
            return await self._attempt("POST", f"/{kind}", one, {"json": record})

        return await self._called(attempt)

    async def look(self) -> None:
        """Raise the problem of a publisher that cannot be asked now; whatever comes of it, the breaker is as it was."""
        if self.breaker.refuses_for_s() > 0:
            raise _left_alone()
        await _in_time(lambda: self._attempt("GET", "/qualities", Body, {}), attempts=1)

    async def close(self) -> None:
        await self._client.aclose()

    async def _called(self, attempt: Callable[[], Awaitable[Answer]]) -> Answer:
        """Count a call once, however many attempts it takes; what is not there is no failure (ARC-113)."""
        if not self.breaker.admits():
            raise _left_alone()
        try:
            answer = await _in_time(attempt, ATTEMPTS)
        except Problem as problem:
            if problem.status == 404:
                self.breaker.succeeded()
            else:
                self.breaker.failed()
            raise
        except BaseException:
            self.breaker.given_up()
            raise
        self.breaker.succeeded()
        return answer

    async def _attempt(self, method: str, path: str, form: type[Body], request: Mapping[str, Any]) -> Answer:
        async with asyncio.timeout(self._timeout_s):
            answer = await self._client.request(method, f"{BASE}{path}", **request)
        if answer.status_code == 404:
            raise not_found("show or VOD at the publisher")
        if answer.status_code in (401, 403):
            raise Problem("CablecastAuthenticationError", "The publisher refused the archive's credentials")
        if answer.status_code >= 400:
            raise Problem("CablecastError", "The publisher failed")
        try:
            body: Answer = json.loads(answer.content or b"{}")
            form.model_validate(body)
        except (ValueError, RecursionError, ValidationError):
            raise Problem("CablecastError", "The publisher's answer makes no sense") from None
        return body


async def _in_time(attempt: Callable[[], Awaitable[Answer]], attempts: int) -> Answer:
    for _ in range(attempts):
        try:
            return await attempt()
        except (TimeoutError, httpx2.TimeoutException):
            continue
        except httpx2.RequestError:
            raise Problem("CablecastConnectionError", "The publisher cannot be reached") from None
    raise Problem("CablecastTimeoutError", "The publisher does not answer in time")


def _left_alone() -> Problem:
    return Problem("CircuitOpenError", "The publisher is left alone for a while")
