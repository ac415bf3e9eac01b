"""Handing sentences over to translation: what is handed over, to whom, and what happens when nobody takes it (REQ-25).

One invocation a sentence, acknowledged within 200 ms; two more if that fails, 100 ms apart; then the sentence is
dropped with a log line and the next one is handed over (sheet 3.9). Sentences of a session keep their order.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol


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
    """One sentence on its way from transcription to translation (sheet 3.9)."""

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

        Returning is the acknowledgement: of having taken the sentence, not of having spoken it (9-P7).
        """


class HandsOver(Protocol):
    """What captions need: a way to get rid of a sentence."""

    def pass_on(self, handover: Handover) -> None:
        """Hand a sentence over without waiting; it arrives after the session's earlier ones."""
