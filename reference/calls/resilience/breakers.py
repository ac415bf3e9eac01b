"""The breakers of what the service stands on; each hotel's property system has one of its own (RES-11 to RES-18)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from reference.breaker import LEVELS, Breaker, Terms
from reference.calls.problem import Problem
from reference.storage.clock import Clock

_TERMS = {
    "pms_connector": Terms(3, 30, 2),
    "tts_service": Terms(5, 60, 3),
    "livekit_service": Terms(5, 45, 3),
    "vault_service": Terms(3, 20, 2),
    "external_api": Terms(5, 60, 3),
}
FACTORS: Mapping[str, Callable[[Terms], Terms]] = {
    "default": lambda usual: usual,
    "production": lambda usual: Terms(
        max(3, usual.failures_to_open - 1), min(120, usual.open_s + 30), usual.successes_to_close
    ),
    "development": lambda usual: Terms(
        usual.failures_to_open + 2, max(10, usual.open_s - 20), usual.successes_to_close
    ),
    "test": lambda _: Terms(3, 1, 2),
}
AFFECTED = ("healthy", "degraded", "unhealthy")
"""What the overview says of no, one, or more services whose breakers are not closed."""


class Breakers:
    def __init__(self, profile: str, clock: Clock) -> None:
        self._profile = profile
        self._clock = clock
        self._known: dict[str, Breaker] = {}
        for name in _TERMS:
            if name != "pms_connector":
                self.of(name)

    def of(self, service: str, hotel_id: str = "") -> Breaker:
        """Return the breaker of a service, or that of one hotel's property system."""
        name = f"{service}:{hotel_id}" if hotel_id else service
        if name not in self._known:
            self._known[name] = Breaker(self._clock, FACTORS[self._profile](_TERMS[service]))
        return self._known[name]

    def named(self, name: str) -> Breaker:
        if name not in self._known:
            raise Problem("NOT_FOUND", "There is no such breaker")
        return self._known[name]

    def names(self) -> list[str]:
        return sorted(self._known)

    def statistics(self, name: str) -> dict[str, Any]:
        breaker = self.named(name)
        tally, moments = breaker.tally, breaker.next_attempt_ms()
        return {
            "name": name,
            "state": breaker.state,
            "failure_count": breaker.consecutive_failures,
            "success_count": breaker.successful_trials,
            "total_requests": tally.requests,
            "total_failures": tally.failures,
            "total_successes": tally.successes,
            "last_failure_time": _moment(tally.last_failure_ms),
            "last_success_time": _moment(tally.last_success_ms),
            **({} if moments is None else {"next_attempt_time": _moment(moments)}),
        }

    def open_services(self) -> set[str]:
        """Return the services of which a breaker is not closed."""
        return {name.partition(":")[0] for name, one in self._known.items() if LEVELS[one.state]}

    def failing(self) -> set[str]:
        """Return the services whose last call failed, or that are not called at the moment."""
        return {
            name.partition(":")[0] for name, one in self._known.items() if one.consecutive_failures or LEVELS[one.state]
        }

    def open_count(self) -> int:
        return sum(LEVELS[one.state] > 0 for one in self._known.values())

    def levels(self) -> Mapping[str, int]:
        """Return the state of each as figures show it."""
        return {name: LEVELS[one.state] for name, one in self._known.items()}

    def overview(self) -> str:
        return AFFECTED[min(len(self.open_services()), 2)]


def refused_by(breaker: Breaker) -> Problem:
    """Return the problem of a call that a breaker forbids."""
    wait_s = max(1, math.ceil(breaker.refuses_for_s()))
    return Problem("CIRCUIT_BREAKER_OPEN", "This part of the service rests after failures", retry_after_s=wait_s)


def _moment(at_ms: int | None) -> str | None:
    return None if at_ms is None else datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds")
