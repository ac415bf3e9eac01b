"""A property system and voices on ports of their own, and what asks them: real on the wire."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any, cast

from reference.background import Background
from reference.calls import correlation
from reference.calls.connectors.api import PropertyApi
from reference.calls.connectors.registry import Registry
from reference.calls.figures import Figures
from reference.calls.lookups import Found, Lookups
from reference.calls.problem import Problem
from reference.calls.resilience.breakers import Breakers
from reference.calls.security.principals import Principal
from reference.calls.tts import Voice
from reference.calls.upstream import Upstream
from reference.control.orders import Order
from reference.http.endpoints import Asked
from reference.http.troubles import Troubles
from reference.property_system.app import PropertySystem
from reference.storage.clock import SystemClock
from reference.storage.queues import Message
from reference.voices.app import Voices
from tests.reference.calls.kit import Admission

AURORA, STAY = "hotel-aurora", "RES-2002"


class Queue:
    """A queue in memory: what is received stays hidden until it is shown again or deleted."""

    def __init__(self) -> None:
        self.waiting: list[str] = []
        self._hidden: dict[str, str] = {}

    async def send(self, _queue: str, body: str) -> None:
        self.waiting.append(body)

    async def receive(self, _queue: str) -> list[Message]:
        received, self.waiting = self.waiting[:10], self.waiting[10:]
        self._hidden |= {body: body for body in received}
        return [Message(body, body) for body in received]

    async def show_again(self, _queue: str, receipt: str) -> None:
        self.waiting.append(self._hidden.pop(receipt))

    async def delete(self, _queue: str, receipt: str) -> None:
        del self._hidden[receipt]


class Upstreams:
    """Both services, with their troubles, and what the orchestrator asks them with."""

    def __init__(self, cache_s: float) -> None:
        self.troubles = {name: Troubles(name) for name in ("property_system", "voices")}
        self.accounts: dict[str, Any] = {}
        world = cast("Any", SimpleNamespace(disturbances_of=self.troubles, accounts=self.accounts))
        self.services = PropertySystem(world), Voices(world)
        self.figures, self.queue, self.background = Figures(), Queue(), Background()
        self.breakers = Breakers("test", SystemClock())
        self._cache_s = cache_s

    async def start(self) -> None:
        where = [(await each.start("127.0.0.1", 0))["http"] for each in self.services]
        self.clients = Upstream(where[0], "PMS_CONNECTOR_ERROR"), Upstream(where[1], "EXTERNAL_SERVICE_ERROR")
        registry = Registry(self.clients[0], self.accounts["property_system"]["orchestrator"])
        stands_on: tuple[Any, ...] = (registry, self.breakers, self.figures, self.queue, self.background)
        self.lookups = Lookups(*stands_on, cache_s=self._cache_s)
        self.voice = Voice(self.clients[1], self.breakers, self.figures, cast("Any", Admission()))
        self.api = PropertyApi(registry, self.lookups, "shared")

    def fails(self, effect: str = "fail", *, of: str = "property_system", path: str = "/", **scope: Any) -> Any:
        """Order something at a service; the order can be called off."""
        place = next(each for each in self.troubles[of].places if effect in each.effects)
        times = scope.pop("times", None)
        return place.arm(Order(of, effect, times, {"path": path, **scope}))

    def asked(self, path: str, of: str = "property_system") -> list[dict[str, Any]]:
        """Return the requests whose path holds this one."""
        every = cast("tuple[dict[str, Any], ...]", self.troubles[of].observations[f"{of}.requests"]())
        return [each for each in every if path in each["path"]]

    async def looks_up(self, reservation_id: str = STAY, *, strict: bool = False, fresh: bool = False) -> Found:
        correlation.begin("looked-up-1")
        return await self.lookups.reservation(AURORA, reservation_id, strict=strict, fresh=fresh)

    async def staff(self, method: str, path: str, query: str = "", body: dict[str, Any] | None = None) -> Any:
        """Ask as a member of staff of both hotels; `path` is below that of the property systems."""
        for endpoint in self.api.endpoints():
            hotel, *rest = path.split("/")
            names = endpoint.path.removeprefix("/v1/pms/").split("/")
            pairs = list(zip(names, [hotel, *rest], strict=False))
            fits = len(names) == 1 + len(rest) and all(name[:1] == "{" or name == given for name, given in pairs)
            if endpoint.method == method and fits:
                parameters = {name.strip("{}"): given for name, given in pairs if name[:1] == "{"}
                asking = dict(one.split("=", 1) for one in query.split("&") if one)
                model = endpoint.body.model_validate(body or {}) if endpoint.body else None
                principal = Principal("user", "ana", "ana")
                return await endpoint.handler(
                    Asked(principal, method, path, parameters, asking, {}, "", "staff-asks-1", b"", model)
                )
        raise AssertionError(f"nothing answers {method} {path}")


@asynccontextmanager
async def _begun(cache_s: float) -> AsyncIterator[Upstreams]:
    upstreams = Upstreams(cache_s)
    await upstreams.start()
    try:
        yield upstreams
    finally:
        await upstreams.lookups.stop()
        await upstreams.background.drained()
        for client in upstreams.clients:
            await client.close()
        for service in upstreams.services:
            await service.stop()


def upstream(test: Callable[[Upstreams], Awaitable[None]], *, cache_s: float = 300) -> None:
    """Run a test with services of its own."""

    async def within() -> None:
        async with asyncio.timeout(20), _begun(cache_s) as upstreams:
            await test(upstreams)

    asyncio.run(within())


async def problem_of(refused: Awaitable[object]) -> Problem:
    """Return why something is refused."""
    try:
        await refused
    except Problem as problem:
        return problem
    raise AssertionError("nothing was refused")
