"""What the messages of a call that is put through mean to a person."""

from __future__ import annotations

from earshot.wording import CHUNK, Wording

WORDING = Wording(
    sent={
        "config": lambda message: f"picks up and speaks {message.get('language')}",
        "audio": CHUNK,
        "dtmf": lambda message: f"presses {message.get('digit')}",
        "end_of_stream": "hangs up",
    },
    received={
        "config_ack": "is told: the line is open",
        "partial": lambda message: f"is understood so far: “{message.get('transcript')}”",
        "final": lambda message: f"is understood: “{message.get('transcript')}”",
        "response": lambda message: f"hears: “{message.get('text')}”",
        "call_ended": lambda message: f"is told: the call took {message.get('duration_seconds')} s",
    },
    speaks=frozenset({"audio"}),
    sound=frozenset({"audio", "response"}),
)
