"""What is looked at all the time, and told when it is wrong (ARC-180)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping

from reference.archive.alerts import Alerts
from reference.archive.health import HEALTHY, SLOW_S, UNHEALTHY, Check, Health
from reference.archive.metrics import Figures
from reference.background import Background


class Watch:
    """Looks every so often, from when it is begun until it is stopped."""

    def __init__(
        self, health: Health, alerts: Alerts, figures: Figures, background: Background, *, every_s: float
    ) -> None:
        self._health = health
        self._alerts = alerts
        self._figures = figures
        self._background = background
        self._every_s = every_s
        self._sending: asyncio.Task[None] | None = None

    def begin(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._watch(), name="watch")

    async def stop(self) -> None:
        self._task.cancel()
        await asyncio.wait([self._task])

    async def look(self) -> None:
        """Ask every service, and begin, end and escalate the alerts of what is found."""
        await self._health.look(within_s=0)
        self._figures.sample()
        self._alerts.evaluate(wrong(self._health.checks(), self._figures.response_s()))
        if self._sending is None or self._sending.done():
            self._sending = self._background.run(self._alerts.send(), name="send-alerts")

    async def _watch(self) -> None:
        while True:
            began_s = time.monotonic()
            await self._background.run(self.look(), name="look")
            await asyncio.sleep(max(0.0, self._every_s - (time.monotonic() - began_s)))


def wrong(checks: Mapping[str, Check], response_s: float) -> dict[tuple[str, str], str]:
    """Return what there should be alerts of."""
    found: dict[tuple[str, str], str] = {}
    for name, check in checks.items():
        if check.status == UNHEALTHY:
            found["database_error" if name == "database" else "external_service_down", name] = f"{name} is down"
        elif check.status != HEALTHY:
            found["service_degraded", name] = f"{name} took {check.response_time:.1f} s"
    if response_s >= SLOW_S:
        found["performance_degraded", "requests"] = f"requests took {response_s:.1f} s"
    return found
