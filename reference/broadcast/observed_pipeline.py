"""Seeing what is handed over to translation, and making the hand-over fail: what the control plane needs of it."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from dataclasses import dataclass, field

from reference.broadcast.handover import Handover, Pipeline
from reference.control.faulty import Faults

_HANDOVERS_KEPT = 1_000


@dataclass(slots=True)
class Attempt:
    """One invocation of the pipeline. Times are monotonic seconds."""

    asked_at_s: float
    acknowledged_at_s: float | None = None
    """None while it is under way, and for good when it failed."""
    failure: str | None = None
    """Why it failed: the kind of the exception, and what it says."""


@dataclass(slots=True)
class HandoverRecord:
    """One sentence that was handed over, and every attempt to do so."""

    handover: Handover
    attempts: list[Attempt] = field(default_factory=list)

    @property
    def acknowledged(self) -> bool:
        return any(attempt.acknowledged_at_s is not None for attempt in self.attempts)


class ObservedPipeline:
    """A pipeline that remembers the last thousand sentences handed over, in the order of their first attempts."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.handovers: deque[HandoverRecord] = deque(maxlen=_HANDOVERS_KEPT)
        self._pipeline = pipeline

    async def accept(self, handover: Handover) -> None:
        attempt = Attempt(time.monotonic())
        self._record_of(handover).attempts.append(attempt)
        try:
            await self._pipeline.accept(handover)
        except (Exception, asyncio.CancelledError) as failure:
            attempt.failure = f"{type(failure).__name__}: {failure}".removesuffix(": ")
            raise
        attempt.acknowledged_at_s = time.monotonic()

    def _record_of(self, handover: Handover) -> HandoverRecord:
        # Another attempt comes with the same object; equal sentences said twice are two.
        for record in reversed(self.handovers):
            if record.handover is handover:
                return record
        record = HandoverRecord(handover)
        self.handovers.append(record)
        return record


class PipelineWithFaults:
    """A pipeline whose `calls` can be made to fail or stall, for all or for one session."""

    def __init__(self, pipeline: Pipeline, calls: Faults) -> None:
        self.calls = calls
        self._pipeline = pipeline

    async def accept(self, handover: Handover) -> None:
        await self.calls.strike(handover.session_id)
        await self._pipeline.accept(handover)
