"""How the archive is, over HTTP: health for everybody, figures, and alerts for administrators (section 14)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from reference.archive.alerts import Alerts
from reference.archive.audit import Audit
from reference.archive.front import ADMIN, OPEN, PUBLIC
from reference.archive.health import HEALTHY, UNHEALTHY, Health, overall
from reference.archive.metrics import OWN, Figures
from reference.archive.problem import not_found, now
from reference.http.endpoints import Asked, Endpoint, Reply


class OperatingApi:
    def __init__(self, health: Health, alerts: Alerts, figures: Figures, audit: Audit, *, fresh_s: float) -> None:
        """`fresh_s` is how old what is told of a service may be."""
        self._health = health
        self._alerts = alerts
        self._figures = figures
        self._audit = audit
        self._fresh_s = fresh_s

    def endpoints(self) -> list[Endpoint]:
        return [
            Endpoint("GET", "/api/health", PUBLIC, self.health),
            Endpoint("GET", "/api/health/quick", PUBLIC, self.quick),
            Endpoint("GET", OWN, OPEN, self.metrics),
            Endpoint("GET", "/api/admin/alerts", ADMIN, self.alerts),
            Endpoint("POST", "/api/admin/alerts/{id}/acknowledge", ADMIN, self.acknowledge),
        ]

    async def health(self, asked: Asked) -> Reply:
        await self._health.look(within_s=self._fresh_s)
        checks = self._health.checks()
        status = overall(checks)
        body = {
            "status": status,
            "timestamp": now(),
            "services": {name: check.status for name, check in checks.items()},
            "checks": {name: asdict(check) for name, check in checks.items()},
        }
        return Reply(body, 503 if status == UNHEALTHY else 200)

    async def quick(self, asked: Asked) -> Mapping[str, Any]:
        """Say that this process answers, and ask nothing else for it."""
        return {"status": HEALTHY, "timestamp": now()}

    async def metrics(self, asked: Asked) -> Mapping[str, Any]:
        return {"timestamp": now(), **self._figures.report()}

    async def alerts(self, asked: Asked) -> Mapping[str, Any]:
        found = self._alerts.listed()
        return {"alerts": found, "total": len(found)}

    async def acknowledge(self, asked: Asked) -> Mapping[str, Any]:
        who = asked.principal.username
        alert = self._alerts.acknowledge(asked.parameters["id"], who)
        if alert is None:
            raise not_found("alert")
        self._audit.note(who, "acknowledge_alert", "success", alert=alert["id"])
        return alert
