"""How the archive is: what it stands on, asked every so often and told from memory (ARC-170 to 172)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from reference.background import Background
from reference.journal import Journal
from reference.storage.clock import Clock

HEALTHY, DEGRADED, UNHEALTHY = "healthy", "degraded", "unhealthy"
SLOW_S, TOO_SLOW_S = 1.0, 3.0
"""What takes that long is degraded, or as good as down (ARC-182)."""
Probe = Callable[[], Awaitable[object]]
"""Asks a service whether it is there; False, or whatever it raises, means that it is not."""


@dataclass(frozen=True, slots=True)
class Check:
    """What was found when a service was asked last; `response_time` is in seconds."""

    status: str = HEALTHY
    response_time: float = 0.0
    message: str = "answers"


@dataclass(slots=True)
class Service:
    """One thing the archive stands on, asked by one at a time, however long it takes."""

    name: str
    probe: Probe
    clock: Clock
    found: Check = Check()
    begun_s: float = float("-inf")
    asking: asyncio.Task[None] | None = None

    @property
    def age_s(self) -> float:
        """How long ago it was asked last."""
        return self.clock.monotonic_s() - self.begun_s

    @property
    def is_late(self) -> bool:
        return self.asking is not None and not self.asking.done() and self.age_s >= SLOW_S

    def check(self) -> Check:
        return _judged(self.age_s) if self.is_late and self.found.status != UNHEALTHY else self.found

    async def ask(self) -> None:
        try:
            is_there, reason = await self.probe() is not False, ""
        except Exception as failure:  # whatever it is: that it went wrong is the answer
            is_there, reason = False, repr(failure)
        before, took_s = self.found.status, self.age_s
        self.found = _judged(took_s) if is_there else Check(UNHEALTHY, round(took_s, 4), "does not answer")
        if self.found.status != before:
            Journal("health").warning("health", f"{self.name} is {self.found.status}", reason=reason)


class Health:
    def __init__(self, probes: Mapping[str, Probe], clock: Clock, background: Background) -> None:
        self._services = [Service(name, probe, clock) for name, probe in probes.items()]
        self._clock = clock
        self._background = background

    async def look(self, *, within_s: float) -> None:
        """Return when every service has been asked within the last seconds, or is late."""
        for one in self._services:
            if one.age_s >= within_s and (one.asking is None or one.asking.done()):
                one.begun_s = self._clock.monotonic_s()
                one.asking = self._background.run(one.ask(), name=f"ask-{one.name}")
        waiting = [one.asking for one in self._services if one.asking is not None and not one.is_late]
        if waiting:
            await asyncio.wait(waiting, timeout=SLOW_S)

    def checks(self) -> dict[str, Check]:
        return {one.name: one.check() for one in self._services}


def overall(checks: Mapping[str, Check]) -> str:
    found = {one.status for one in checks.values()}
    return found.pop() if found in ({HEALTHY}, {UNHEALTHY}) else DEGRADED


def _judged(took_s: float) -> Check:
    if took_s >= TOO_SLOW_S:
        return Check(UNHEALTHY, round(took_s, 4), "does not answer in time")
    return Check(DEGRADED, round(took_s, 4), "answers slowly") if took_s >= SLOW_S else Check(HEALTHY, round(took_s, 4))
