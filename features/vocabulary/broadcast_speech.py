"""How words in a sentence about speaking become values."""

from __future__ import annotations

from features.vocabulary import broadcast  # noqa: F401 - its words stand in these phrases
from features.vocabulary.parameters import phrases

phrases("SoLong", {"{duration_s:Seconds}": dict, "{duration_s:Seconds} in pieces of {chunk_ms:Number} ms": dict})
phrases(
    "PiecesSent",
    {
        "{numbers:Pieces}": dict,
        "{numbers:Pieces} without numbers": lambda numbers: {"numbers": numbers, "numbered": False},
    },
)
phrases(
    "Picked",
    {
        "{sound:Sound}": lambda sound: lambda speaker, duration_s: speaker.sends_sound(sound(duration_s)),
        "a voice {flaw:Flaw}": lambda flaw: lambda speaker, duration_s: speaker.speaks_with(flaw, duration_s),
    },
)
