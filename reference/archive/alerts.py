"""Alerts: what is published when something goes wrong, and when that is over (ARC-180, ARC-181)."""

from __future__ import annotations

import json
import uuid
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from reference.archive.problem import now
from reference.journal import Journal
from reference.storage.aws import Unavailable
from reference.storage.clock import Clock

CRITICAL, WARNING = "critical", "warning"
SEVERITIES = {
    "database_error": CRITICAL,
    "external_service_down": CRITICAL,
    "service_degraded": WARNING,
    "performance_degraded": WARNING,
}
CHANNELS = {CRITICAL: ["email", "sms", "webhook", "dashboard"], WARNING: ["dashboard", "email"]}
REMEMBERED = 1000
Publish = Callable[[str, str], Awaitable[None]]
"""Sends a subject and a body to the topic; raises Unavailable where they were not taken."""
Wrong = Mapping[tuple[str, str], str]
"""What is wrong at the moment, in words, by type of alert and component."""


@dataclass(slots=True)
class Alert:
    type: str
    component: str
    message: str
    severity: str
    channels: list[str]
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    status: str = "active"
    created_at: str = field(default_factory=now)
    resolved_at: str | None = None
    acknowledged_by: str | None = None
    acknowledged_at: str | None = None
    escalated_at: str | None = None


class Alerts:
    def __init__(self, publish: Publish, clock: Clock, *, escalate_s: float) -> None:
        """`escalate_s` is how long a critical alert may wait for somebody to acknowledge it."""
        self._publish = publish
        self._clock = clock
        self._escalate_s = escalate_s
        self._kept: deque[Alert] = deque(maxlen=REMEMBERED)
        self._standing: dict[tuple[str, str], tuple[Alert, float]] = {}
        """What is wrong still, and since when."""
        self._unsent: deque[tuple[str, str]] = deque()
        self._journal = Journal("alerts")

    def evaluate(self, wrong: Wrong) -> None:
        """Begin what has become so, end what is no longer so, and escalate what nobody has acknowledged."""
        now_s = self._clock.monotonic_s()
        for key in [one for one in self._standing if one not in wrong]:
            alert, _ = self._standing.pop(key)
            alert.status, alert.resolved_at = "resolved", now()
            self._tell("resolve", alert)
        for (kind, component), message in wrong.items():
            if (kind, component) not in self._standing:
                severity = SEVERITIES[kind]
                alert = Alert(kind, component, message, severity, CHANNELS[severity])
                self._standing[kind, component] = alert, now_s
                self._kept.append(alert)
                self._tell("alert", alert)
        for alert, since_s in self._standing.values():
            is_open = alert.status == "active" and alert.severity == CRITICAL and alert.escalated_at is None
            if is_open and now_s - since_s >= self._escalate_s:
                alert.escalated_at = now()
                self._tell("escalation", alert)

    async def send(self) -> None:
        """Publish in their order what the topic has not taken yet; what it does not take is kept for the next time."""
        try:
            while self._unsent:
                await self._publish(*self._unsent[0])
                self._unsent.popleft()
        except Unavailable as failure:
            self._journal.warning("alerts", "the topic took nothing", reason=failure.code, unsent=len(self._unsent))

    def listed(self) -> list[dict[str, Any]]:
        """Return all that are remembered, the newest first."""
        return [asdict(one) for one in reversed(self._kept)]

    def acknowledge(self, alert_id: str, who: str) -> dict[str, Any] | None:
        """Note who has seen an alert, and when, unless somebody had; None where there is no such alert."""
        alert = next((one for one in self._kept if one.id == alert_id), None)
        if alert is not None and alert.acknowledged_at is None:
            alert.acknowledged_by, alert.acknowledged_at = who, now()
            alert.status = "acknowledged" if alert.status == "active" else alert.status
        return None if alert is None else asdict(alert)

    def _tell(self, event: str, alert: Alert) -> None:
        self._unsent.append((f"{event}: {alert.type} {alert.component}", json.dumps({"event": event, **asdict(alert)})))
        self._journal.warning("alerts", alert.message, alert=event, type=alert.type, component=alert.component)
