"""What engineers are told over their sockets, and how it is written (STU-21)."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import Any

from reference.studio.model import Outcome


@dataclass(frozen=True, slots=True)
class Pong:
    """The service is there."""


@dataclass(frozen=True, slots=True)
class ProcessedAudio:
    audio: bytes


@dataclass(frozen=True, slots=True)
class Metrics:
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class ConfigUpdated:
    stage_id: str


@dataclass(frozen=True, slots=True)
class Complaint:
    text: str


Notice = Pong | ProcessedAudio | Metrics | ConfigUpdated | Complaint


def members(notice: Notice) -> dict[str, Any]:
    """Return the message that says it."""
    match notice:
        case Pong():
            return {"type": "pong"}
        case ProcessedAudio(audio):
            return {"type": "processed_audio", "audio": base64.b64encode(audio).decode()}
        case Metrics(outcome):
            return {"type": "metrics", "metrics": _metrics(outcome)}
        case ConfigUpdated(stage_id):
            return {"type": "config_updated", "stage_id": stage_id, "success": True}
        case Complaint(text):
            return {"type": "error", "error": text}


def encode(notice: Notice) -> str:
    return json.dumps(members(notice), allow_nan=False)


def _metrics(outcome: Outcome) -> dict[str, Any]:
    return {
        "total_latency": outcome.total_ms,
        "chunks_processed": outcome.chunks,
        "average_latency": outcome.average_ms,
        "quality_metrics": {"snr": outcome.snr_db, "rms": outcome.rms_db},
        "cpu_usage": 0.0,
        "stage_latencies": dict(outcome.stage_ms),
    }
