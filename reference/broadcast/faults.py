"""Faults of broadcasts as somebody ordered them, and what was handed over to translation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from reference.broadcast.disturbances import BroadcastDisturbances
from reference.broadcast.handover import Pipeline, PipelineUnavailable
from reference.broadcast.observed_pipeline import ObservedPipeline, PipelineWithFaults
from reference.control.faulty import Faults
from reference.control.observations import Kinds
from reference.control.orders import ORDERED


class BroadcastFaults(BroadcastDisturbances):
    """Strikes where it was ordered to, and remembers the last thousand hand-overs."""

    def __init__(self) -> None:
        self._handovers = Faults("session_id", lambda _: PipelineUnavailable(ORDERED))
        self._observed: ObservedPipeline | None = None
        self.places = tuple(self._handovers.places("handover", has_code=False))
        self.observations: Kinds = {"handovers": self._records}

    def around_pipeline(self, pipeline: Pipeline) -> Pipeline:
        """Return the pipeline with its faults and its record of what it was handed."""
        self._observed = ObservedPipeline(PipelineWithFaults(pipeline, self._handovers))
        return self._observed

    def _records(self) -> Iterator[dict[str, Any]]:
        for record in () if self._observed is None else self._observed.handovers:
            attempts = [
                {"at_s": one.asked_at_s, "acknowledged_at_s": one.acknowledged_at_s, "failure": one.failure}
                for one in record.attempts
            ]
            yield {**asdict(record.handover), "attempts": attempts}
