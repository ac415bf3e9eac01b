"""How the service is: what it stands on, looked at no more than once a second (section 9)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping
from typing import Any

from reference.calls.connectors.registry import Registry
from reference.calls.endpoints import PUBLIC, Endpoint
from reference.calls.figures import CONTENT_TYPE, Figures
from reference.calls.problem import Problem, now
from reference.calls.resilience.breakers import Breakers
from reference.http.endpoints import Asked, Handler, Reply
from reference.storage.aws import REGION
from reference.storage.records import Records

LOOKED_AT_EVERY_S = 1.0
VERSION = "1.0.0"
CORE = ("database", "session_store")
"""Without these the service does not serve."""
SERVICES = ("pms_connector", "tts_service", "livekit_service")


class Health:
    def __init__(self, stores: Mapping[str, Records], breakers: Breakers, registry: Registry, figures: Figures) -> None:
        self._stores = stores
        self._breakers = breakers
        self._registry = registry
        self._figures = figures
        self._is_up = dict.fromkeys(self._stores, True)
        self._looked_s = float("-inf")
        self._looking: asyncio.Task[None] | None = None

    def endpoints(self) -> list[Endpoint]:
        public: Mapping[str, Handler] = {
            "/": self.root,
            "/healthz": self.healthz,
            "/health/": self.healthz,
            "/health/live": self.live,
            "/health/ready": self.ready,
            "/metrics": self.metrics,
        }
        guarded = {
            "/health/detailed": self.detailed,
            "/health/connectors": self.connectors,
            "/health/dependencies": self.detailed,
        }
        return [
            *(Endpoint("GET", path, PUBLIC, handler, is_limited=False) for path, handler in public.items()),
            *(Endpoint("GET", path, "system:monitor", handler) for path, handler in guarded.items()),
        ]

    def is_up(self, component: str) -> bool:
        """Say whether a store was up when it was looked at last."""
        return self._is_up[component]

    def down(self) -> list[str]:
        """Return the stores that were down when they were looked at last."""
        return [name for name, is_up in self._is_up.items() if not is_up]

    async def look(self) -> None:
        """Return when the stores have been looked at within the last second."""
        if time.monotonic() - self._looked_s > LOOKED_AT_EVERY_S:
            await asyncio.shield(self._look())

    async def root(self, asked: Asked) -> Mapping[str, Any]:
        return {"service": "orchestrator", "version": VERSION}

    async def healthz(self, asked: Asked) -> Mapping[str, Any]:
        await self.look()
        self._insist_on(CORE)
        services = self._services()
        return {
            "status": "healthy" if all(one == "healthy" for one in services.values()) else "degraded",
            "region": REGION,
            "version": VERSION,
            "gdpr_compliant": REGION.startswith("eu-"),
            "services": services,
        }

    async def live(self, asked: Asked) -> Mapping[str, Any]:
        return {"status": "alive"}

    async def ready(self, asked: Asked) -> Mapping[str, Any]:
        await self.look()
        self._insist_on((*CORE, "key_store"))
        return {"status": "ready", "components": self._components()}

    async def detailed(self, asked: Asked) -> Mapping[str, Any]:
        await self.look()
        return {"status": "healthy" if not self.down() else "unhealthy", "components": self._components()}

    async def connectors(self, asked: Asked) -> Mapping[str, Any]:
        statuses = self._registry.statuses()
        is_well = "available" in statuses.values()
        return {"status": "healthy" if is_well else "unhealthy", "connectors": dict(statuses)}

    async def metrics(self, asked: Asked) -> Reply:
        return Reply(content=self._figures.text(), media_type=CONTENT_TYPE)

    def _look(self) -> asyncio.Task[None]:
        if self._looking is None or self._looking.done():
            self._looking = asyncio.get_running_loop().create_task(self._look_at_all(), name="look-at-stores")
        return self._looking

    async def _look_at_all(self) -> None:
        found = await asyncio.gather(*(one.is_there() for one in self._stores.values()))
        self._is_up = dict(zip(self._stores, found, strict=True))
        self._looked_s = time.monotonic()

    def _insist_on(self, components: Iterable[str]) -> None:
        lost = [name for name in components if not self._is_up[name]]
        if lost:
            words = ", ".join(lost)
            raise Problem("SERVICE_UNAVAILABLE", f"Unavailable: {words}", details={"components": lost})

    def _services(self) -> dict[str, str]:
        failing = self._breakers.failing()
        services = {name: "unhealthy" if name in failing else "healthy" for name in SERVICES}
        return {**services, **{name: "healthy" if is_up else "unhealthy" for name, is_up in self._is_up.items()}}

    def _components(self) -> list[dict[str, Any]]:
        return [
            {"name": name, "status": status, "details": {}, "checked_at": now()}
            for name, status in self._services().items()
        ]
