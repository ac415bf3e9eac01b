"""What the messages of a live session mean to a person."""

from __future__ import annotations

from earshot.wording import CHUNK, Fields, Wording


def _change(message: Fields) -> str:
    parameters = message.get("parameters")
    told = ", ".join(f"{name} {value}" for name, value in parameters.items()) if isinstance(parameters, dict) else ""
    return f"changes {message.get('stage_id')}: {told or 'nothing that makes sense'}"


def _figures(message: Fields) -> str:
    told = message.get("metrics")
    if not isinstance(told, dict):
        return "is told figures"
    return f"is told: piece {told.get('chunks_processed')} took {told.get('total_latency')} ms"


WORDING = Wording(
    sent={"audio_chunk": CHUNK, "ping": "asks whether the service is there", "update_stage": _change},
    received={
        "processed_audio": "hears the piece again",
        "metrics": _figures,
        "pong": "is told: the service is there",
        "config_updated": lambda message: f"is told: {message.get('stage_id')} is changed",
    },
    speaks=frozenset({"audio_chunk"}),
    sound=frozenset({"audio_chunk", "processed_audio"}),
)
