"""What is watched all the time, and how well the service keeps what it promises (section 7.4)."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from reference.calls.endpoints import PUBLIC, SIGNED_IN, Endpoint
from reference.calls.figures import Figures, Ratio
from reference.calls.health import CORE, Health
from reference.calls.monitoring.alerts import SEVERITIES, STATUSES, Alerts, Rule
from reference.calls.problem import Problem, invalid, now
from reference.calls.resilience.breakers import Breakers
from reference.calls.security.principals import Principal
from reference.http.endpoints import Asked, Reply

WINDOW_S, PMS_WINDOW_S, SLA_WINDOW_S = 120.0, 60.0, 3600.0
MOST_OPEN = 2
SLAS = (("call_success", 99.0, 98.0), ("pms_availability", 99.5, 99.0))


def rules(figures: Figures, breakers: Breakers) -> tuple[Rule, ...]:
    def share(of: Ratio, what: str) -> Callable[[], str | None]:
        def condition() -> str | None:
            failed = of.failed(WINDOW_S)
            return f"{failed:.0%} of {what}" if failed is not None and failed > 0.05 else None

        return condition

    def opened() -> str | None:
        names = sorted(breakers.open_services())
        return f"Open: {', '.join(names)}" if names else None

    def slow() -> str | None:
        worst = figures.slowest_pms(PMS_WINDOW_S)
        return f"The property system took {worst:.1f} s" if worst > 5 else None

    def attacked() -> str | None:
        count = figures.refused_sign_ins(1.0)
        return f"{count} refused sign-ins in a second" if count > 10 else None

    def heavy() -> str | None:
        used = _memory_used()
        return f"{used:.0%} of the memory is in use" if used > 0.8 else None

    return (
        Rule("CALL_FAILURES", "Calls fail", "high", share(figures.calls, "calls failed")),
        Rule("PMS_SLOW", "The property system is slow", "medium", slow),
        Rule("MEMORY_HIGH", "Memory runs out", "high", heavy),
        Rule("BREAKER_OPEN", "A breaker is open", "medium", opened),
        Rule("SERVER_ERRORS", "Requests fail", "critical", share(figures.answers, "requests failed")),
        Rule("AUTH_ATTACK", "Many sign-ins are refused", "medium", attacked),
    )


class Watch:
    """Evaluates the rules every so often, from when it is begun until it is stopped."""

    def __init__(self, alerts: Alerts, breakers: Breakers, health: Health, figures: Figures, *, every_s: float) -> None:
        self._alerts = alerts
        self._breakers = breakers
        self._health = health
        self._figures = figures
        self._every_s = every_s
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._watch(), name="watch")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._every_s)
            self._alerts.evaluate()
            if self._alerts.active("SERVICE_UNAVAILABLE"):
                await self._health.look()
                if not self._health.down():
                    self._alerts.resolve("SERVICE_UNAVAILABLE")

    def endpoints(self) -> list[Endpoint]:
        base = "/monitoring"
        return [
            Endpoint("GET", f"{base}/alerts", "system:monitor", self.alerts),
            Endpoint("POST", f"{base}/alerts/{{alert_id}}/acknowledge", "system:monitor", self.acknowledge),
            Endpoint("GET", f"{base}/sla/status", SIGNED_IN, self.sla),
            Endpoint("GET", f"{base}/performance/summary", SIGNED_IN, self.performance),
            Endpoint("GET", f"{base}/operational/status", PUBLIC, self.operational),
        ]

    async def alerts(self, asked: Asked) -> Mapping[str, Any]:
        wanted = {"severity": SEVERITIES, "status": STATUSES}
        for name, known in wanted.items():
            if asked.query.get(name) not in (None, *known):
                raise invalid({name: "is not known"})
        found = self._alerts.listed(asked.query.get("severity"), asked.query.get("status"))
        return {"alerts": found, "total": len(found)}

    async def acknowledge(self, asked: Asked) -> Mapping[str, Any]:
        if self._alerts.acknowledge(asked.parameters["alert_id"]) is None:
            raise Problem("NOT_FOUND", "There is no such alert")
        return {
            "message": "Acknowledged",
            "alert_id": asked.parameters["alert_id"],
            "acknowledged_by": _who(asked.principal),
            "acknowledged_at": now(),
        }

    async def sla(self, asked: Asked) -> Mapping[str, Any]:
        seen = {"call_success": self._figures.calls, "pms_availability": self._figures.pms}
        return {
            "slas": [
                {
                    "name": name,
                    "target": target,
                    "alert_below": least,
                    "current": round(seen[name].percent(SLA_WINDOW_S), 3),
                    "status": "met" if seen[name].percent(SLA_WINDOW_S) >= target else "missed",
                    "window_seconds": int(SLA_WINDOW_S),
                }
                for name, target, least in SLAS
            ]
        }

    async def performance(self, asked: Asked) -> Mapping[str, Any]:
        return self._figures.summary()

    async def operational(self, asked: Asked) -> Reply:
        await self._health.look()
        affected, count = self._breakers.open_services(), self._breakers.open_count()
        lost = [name for name in self._health.down() if name in CORE]
        if lost or len(affected) >= MOST_OPEN or count > MOST_OPEN:
            status = "outage"
        else:
            status = "degraded" if self._alerts.is_critical or count else "operational"
        body = {"status": status, "affected": sorted({*affected, *lost}), "timestamp": now()}
        return Reply(body, 503 if status == "outage" else 200)


def _who(principal: Principal) -> str:
    return str(principal.profile.get("email") or principal.profile.get("service_name") or principal.id)


def _memory_used() -> float:
    """Return how much of this machine's memory is in use, 0 to 1."""
    file = Path("/proc/meminfo")
    if not file.exists():
        return 0.0
    sizes = {line.split(":")[0]: int(line.split()[1]) for line in file.read_text("ascii").splitlines()}
    return 1 - sizes.get("MemAvailable", 1) / sizes.get("MemTotal", 1)
