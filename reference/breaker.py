"""Leaving something alone that keeps failing: the one breaker of all systems."""

from __future__ import annotations

from dataclasses import dataclass, field

from reference.storage.clock import Clock

CLOSED, HALF_OPEN, OPEN = "closed", "half_open", "open"
LEVELS = {CLOSED: 0, HALF_OPEN: 1, OPEN: 2}
"""Its states as figures show them."""


@dataclass(frozen=True, slots=True)
class Terms:
    failures_to_open: int = 5
    open_s: float = 30.0
    successes_to_close: int = 1


@dataclass(slots=True)
class Tally:
    """What was counted since the breaker was made or reset."""

    requests: int = 0
    failures: int = 0
    successes: int = 0
    last_failure_ms: int | None = None
    last_success_ms: int | None = None


@dataclass(slots=True)
class Breaker:
    """Counts consecutive failures; after so many it forbids calls for a while, and then lets one at a time through.

    A trial that fails forbids calls again for the full time; so many that succeed allow all.
    """

    clock: Clock
    terms: Terms = field(default_factory=Terms)
    tally: Tally = field(default_factory=Tally)
    consecutive_failures: int = 0
    successful_trials: int = 0
    _opened_s: float | None = None
    _on_trial: bool = False

    @property
    def state(self) -> str:
        if self._opened_s is None:
            return CLOSED
        return OPEN if self._rest_s() > 0 else HALF_OPEN

    def refuses_for_s(self) -> float:
        """Return for how long calls are forbidden still; 0 when one may be made."""
        if self._opened_s is None:
            return 0.0
        return self._rest_s() or (self.terms.open_s if self._on_trial else 0.0)

    def next_attempt_ms(self) -> int | None:
        """Return when a trial will be let through, by the wall clock; None unless it is open."""
        return None if self.state != OPEN else self.clock.now_ms() + round(1000 * self._rest_s())

    def admits(self) -> bool:
        """Say whether a call may be made now; one on trial has to end in `failed`, `succeeded` or `given_up`."""
        if self.refuses_for_s() > 0:
            return False
        self._on_trial = self._opened_s is not None
        return True

    def failed(self) -> None:
        """Note that a call failed, or that a stream broke."""
        self.tally.requests += 1
        self.tally.failures += 1
        self.tally.last_failure_ms = self.clock.now_ms()
        self.consecutive_failures += 1
        if self._opened_s is not None or self.consecutive_failures >= self.terms.failures_to_open:
            self._on_trial = False
            self._opened_s = self.clock.monotonic_s()
            self.successful_trials = 0

    def succeeded(self) -> None:
        """Note that what is called has shown that it works."""
        self.tally.requests += 1
        self.tally.successes += 1
        self.tally.last_success_ms = self.clock.now_ms()
        if self._opened_s is None:
            self.consecutive_failures = 0
        elif self._rest_s() == 0:  # before that, whoever succeeds began before it opened
            self._on_trial = False
            self.consecutive_failures = 0
            self.successful_trials += 1
            if self.successful_trials >= self.terms.successes_to_close:
                self._opened_s = None

    def given_up(self) -> None:
        """Note that a call which was let through came to nothing that says anything of what is called."""
        self._on_trial = False

    def reset(self) -> None:
        """Begin anew."""
        self.tally = Tally()
        self.consecutive_failures = self.successful_trials = 0
        self._opened_s, self._on_trial = None, False

    def _rest_s(self) -> float:
        assert self._opened_s is not None
        return max(0.0, self._opened_s + self.terms.open_s - self.clock.monotonic_s())
