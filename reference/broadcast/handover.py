"""Handing sentences over to translation: what is handed over, to whom, and what happens when nobody takes it (REQ-25).

One invocation a sentence, acknowledged within 200 ms; two more if that fails, 100 ms apart; then the sentence is
dropped with a log line and the next one is handed over (REQ-25.4, REQ-25.5). Sentences of a session keep their order.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Protocol

from reference.background import Background
from reference.journal import Journal
from reference.metrics import Metrics
from reference.storage.clock import Clock, sleep, time_limit

ACKNOWLEDGED_WITHIN_S = 0.2
CALLS = 3
RETRY_AFTER_S = 0.1

MOST_WAITING = 50
"""Sentences of one session that may wait to be handed over; the oldest is dropped and logged."""


@dataclass(frozen=True, slots=True)
class EmotionDynamics:
    """How something was said; the values of a neutral voice unless known better."""

    volume: float = 0.5
    """0.0–1.0."""
    rate: float = 1.0
    """0.5–2.0, times the usual pace."""
    energy: float = 0.5
    """0.0–1.0."""


@dataclass(frozen=True, slots=True)
class Handover:
    """One sentence on its way from transcription to translation (REQ-25.2, BRO-3.9)."""

    session_id: str
    source_language: str
    transcript_text: str
    is_partial: bool
    stability_score: float
    """0.0–1.0; 1.0 for finals."""
    timestamp_ms: int
    emotion_dynamics: EmotionDynamics = field(default_factory=EmotionDynamics)


class PipelineUnavailable(Exception):
    """The translation pipeline did not take a sentence; asking again may help."""


class Pipeline(Protocol):
    """Who takes the sentences."""

    async def accept(self, handover: Handover) -> None:
        """Take a sentence, to be spoken when those before it have been; raise PipelineUnavailable when that cannot be.

        Returning is the acknowledgement: of having taken the sentence, not of having spoken it (REQ-25.3).
        """


class Forwarder:
    """Hands the sentences of every session over to the pipeline, those of one session one after the other."""

    def __init__(self, pipeline: Pipeline, metrics: Metrics, clock: Clock, background: Background) -> None:
        self._pipeline = pipeline
        self._metrics = metrics
        self._clock = clock
        self._background = background
        self._waiting: dict[str, deque[tuple[Handover, float]]] = {}
        self._journal = Journal("handover")

    def pass_on(self, handover: Handover) -> None:
        """Hand a sentence over without waiting; it arrives after the session's earlier ones."""
        queue = self._waiting.get(handover.session_id)
        if queue is None:
            queue = self._waiting[handover.session_id] = deque()
            self._background.run(self.work_off(handover.session_id, queue), name="hand-over")
        if len(queue) == MOST_WAITING:
            queue.popleft()
            self._journal.error(
                "hand-over", "translation is behind, the oldest sentence is dropped", session_id=handover.session_id
            )
        queue.append((handover, self._clock.monotonic_s()))

    async def work_off(self, session_id: str, queue: deque[tuple[Handover, float]]) -> None:
        try:
            while queue:
                await self.hand_over(*queue.popleft())
        finally:
            del self._waiting[session_id]

    async def hand_over(self, handover: Handover, since_s: float) -> None:
        for attempt in range(1, CALLS + 1):
            if attempt > 1:
                await sleep(self._clock, RETRY_AFTER_S)
            try:
                async with time_limit(self._clock, ACKNOWLEDGED_WITHIN_S):
                    await self._pipeline.accept(handover)
            except Exception as failure:  # whatever it was, later sentences are to go on (REQ-25.5)
                self.note(handover, attempt, failure)
            else:
                self._metrics.put(
                    "TranscriptionForwardingLatency",
                    (self._clock.monotonic_s() - since_s) * 1000,
                    SessionId=handover.session_id,
                )
                return

    def note(self, handover: Handover, attempt: int, failure: Exception) -> None:
        context = {"session_id": handover.session_id, "attempt": attempt, "cause": type(failure).__name__}
        if attempt < CALLS:
            self._journal.warning("hand-over", "translation did not take a sentence, trying again", **context)
        else:
            self._journal.error(
                "hand-over", "translation did not take a sentence, it is dropped", failure=failure, **context
            )
