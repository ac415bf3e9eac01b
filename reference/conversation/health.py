"""How the conversation's service is."""

from __future__ import annotations

from dataclasses import dataclass

from reference.storage.clock import Clock

LOG_FAILURE_REMEMBERED_S = 60.0


@dataclass(frozen=True, slots=True)
class Report:
    problems: tuple[str, ...]
    recordings: int

    @property
    def status(self) -> str:
        """`ok`, or `warning` when there are problems."""
        return "warning" if self.problems else "ok"


class Health:
    """Counts what was logged, and remembers for a minute that something was not."""

    def __init__(self, clock: Clock, *, decoder_present: bool) -> None:
        self._clock = clock
        self._decoder_present = decoder_present
        self._logged = 0
        self._log_failed_at_s: float | None = None

    def logged(self) -> None:
        self._logged += 1

    def log_failed(self) -> None:
        """Remember that a segment could not be logged."""
        self._log_failed_at_s = self._clock.monotonic_s()

    def report(self) -> Report:
        problems = []
        if not self._decoder_present:
            problems.append("audio-decoder")
        if self.log_failed_lately():
            problems.append("conversation-log")
        return Report(tuple(problems), self._logged)

    def log_failed_lately(self) -> bool:
        failed_at_s = self._log_failed_at_s
        return failed_at_s is not None and self._clock.monotonic_s() - failed_at_s < LOG_FAILURE_REMEMBERED_S
