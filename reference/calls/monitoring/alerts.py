"""Alerts: what is told to whom, how often, and until when (ERR-9 to ERR-12)."""

from __future__ import annotations

import time
import uuid
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from itertools import chain
from typing import Any

from reference.background import Background
from reference.calls.correlation import current
from reference.calls.figures import Figures
from reference.calls.privacy import Privacy
from reference.calls.problem import SERVICE, Problem, now
from reference.journal import Journal

SEVERITIES = ("critical", "high", "medium", "low")
CHANNELS = {
    "low": ("logs",),
    "medium": ("logs", "metrics"),
    "high": ("logs", "metrics", "slack"),
    "critical": ("logs", "metrics", "slack", "pagerduty"),
}
STATUSES = ("active", "acknowledged", "resolved", "suppressed")
MOST, SPAN_S = 10, 300.0
"""So many alerts of one code and severity in that time; more are kept, and told nobody."""
REMEMBERED = 1000


@dataclass(slots=True)
class Alert:
    code: str
    title: str
    message: str
    severity: str
    correlation_id: str
    path: str = ""
    method: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    status: str = "active"
    channels: tuple[str, ...] = ()
    service: str = SERVICE
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    timestamp: str = field(default_factory=now)

    @property
    def dedup_key(self) -> str:
        return f"{self.code}:{self.correlation_id}"


Deliver = Callable[[str, Alert], Awaitable[None]]
"""Tells a channel of an alert, or raises what keeps it from that."""
Condition = Callable[[], str | None]
"""Returns in words what is wrong at the moment."""


@dataclass(frozen=True, slots=True)
class Rule:
    code: str
    title: str
    severity: str
    condition: Condition


class Alerts:
    def __init__(
        self, deliver: Deliver, rules: Iterable[Rule], figures: Figures, privacy: Privacy, background: Background
    ) -> None:
        self._deliver = deliver
        self._rules = tuple(rules)
        self._figures = figures
        self._privacy = privacy
        self._background = background
        self._kept = {severity: deque[Alert](maxlen=REMEMBERED) for severity in SEVERITIES}
        """Each severity apart, so that a storm of one does not push out those of another."""
        self._told_s: dict[tuple[str, str], deque[float]] = {}
        self._standing: dict[str, Alert] = {}
        """By rule, what it is about at the moment."""
        self._journal = Journal("alerts")

    def problem(self, problem: Problem, correlation_id: str, path: str, method: str) -> None:
        """Tell of an error, as its severity asks for."""
        details = self._privacy.redacted(problem.details)
        severity, title = problem.meaning.severity, problem.code.replace("_", " ").capitalize()
        alert = Alert(problem.code, title, problem.message, severity, correlation_id, path, method, details)
        if severity == "low":
            self._journal.info("alert", "an error was told", session_id=correlation_id, code=problem.code)
            return
        self._tell(alert)
        if severity != "critical":
            alert.status = "resolved" if alert.status == "active" else alert.status

    def evaluate(self) -> None:
        """Begin what has become so, and end what is no longer so."""
        for rule in self._rules:
            wrong, standing = rule.condition(), self._standing.get(rule.code)
            if wrong is not None and standing is None:
                self._standing[rule.code] = alert = Alert(
                    rule.code, rule.title, wrong, rule.severity, current.get() or str(uuid.uuid4())
                )
                self._tell(alert)
            elif wrong is None and standing is not None:
                standing.status = "resolved"
                del self._standing[rule.code]

    def resolve(self, code: str) -> None:
        """End what was told of errors with this code."""
        for alert in self._every:
            if alert.code == code and alert.status in ("active", "acknowledged"):
                alert.status = "resolved"

    def listed(self, severity: str | None, status: str | None) -> list[dict[str, Any]]:
        found = [one for one in self._every if severity in (None, one.severity) and status in (None, one.status)]
        return [asdict(one) for one in sorted(found, key=lambda one: (SEVERITIES.index(one.severity), one.timestamp))]

    def acknowledge(self, alert_id: str) -> Alert | None:
        alert = next((one for one in self._every if one.id == alert_id), None)
        if alert is not None and alert.status == "active":
            alert.status = "acknowledged"
        return alert

    @property
    def _every(self) -> Iterable[Alert]:
        return chain.from_iterable(self._kept.values())

    @property
    def is_critical(self) -> bool:
        return any(one.severity == "critical" and one.status == "active" for one in self._every)

    def active(self, code: str) -> bool:
        return any(one.code == code and one.status in ("active", "acknowledged") for one in self._every)

    def _tell(self, alert: Alert) -> None:
        told = self._told_s.setdefault((alert.code, alert.severity), deque())
        while told and time.monotonic() - told[0] > SPAN_S:
            told.popleft()
        self._kept[alert.severity].append(alert)
        if len(told) >= MOST:
            alert.status = "suppressed"
            self._figures.count("alerts", severity=alert.severity, channel="suppressed")
            return
        told.append(time.monotonic())
        alert.channels = CHANNELS[alert.severity]
        for channel in alert.channels:
            self._figures.count("alerts", severity=alert.severity, channel=channel)
            if channel == "logs":
                self._journal.warning("alert", alert.message, session_id=alert.correlation_id, code=alert.code)
            elif channel != "metrics":
                self._background.run(self._send(channel, alert), name=f"tell-{channel}")

    async def _send(self, channel: str, alert: Alert) -> None:
        try:
            await self._deliver(channel, alert)
        except Exception as failure:  # a channel that is dead may not keep others from being told (ERR-11)
            self._journal.warning(
                "alert", "a channel was not told", session_id=alert.correlation_id, reason=type(failure).__name__
            )
