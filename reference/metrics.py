"""What the service counts and times about itself."""

from __future__ import annotations

from typing import Protocol


class Metrics(Protocol):
    """Takes datapoints; never waits, never raises."""

    def put(self, name: str, value: float = 1.0, **dimensions: str) -> None:
        """Record one datapoint of a metric that a system has declared; namespace and unit follow from the name.

        Dimensions carry their declared names: `put("AudioChunksDropped", SessionId=…, Reason="paused")`.
        """


class Unmeasured:
    """Metrics of a service that nobody measures."""

    def put(self, name: str, value: float = 1.0, **dimensions: str) -> None:
        """Let the datapoint go."""
