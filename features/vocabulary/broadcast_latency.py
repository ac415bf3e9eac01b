"""How words in a sentence about what takes time in a broadcast become values."""

from __future__ import annotations

from earshot.broadcast import rounds
from earshot.measure.verdict import Outcome
from features.vocabulary import broadcast  # noqa: F401 - its words stand in these phrases
from features.vocabulary.parameters import doing, one_of, parameter, phrases
from features.vocabulary.shared import CAST

EACH = "each of them"
"""Everybody who broadcasts and has no name."""

parameter("Company", one_of((*CAST, EACH)), lambda text: "" if text == EACH else text)
phrases(
    "Round",
    {
        "speaks for {duration_s:Seconds} at the pace of speech": doing(rounds.speak),
        "speaks for {duration_s:Seconds} at the pace of speech, in pieces of {piece_ms:Milliseconds}": doing(
            rounds.speak
        ),
        "speaks for {duration_s:Seconds} at the pace of speech while the service once stands still for "
        "{still_s:Seconds}": rounds.speaking_through_a_stall,
        "asks for the status {times:Times}": doing(rounds.ask_for_status),
        "asks for the status {times:Times} within {within_s:Seconds}": doing(rounds.ask_for_status),
        "says {count:Number} sentences": doing(rounds.say),
        "uses every control {times:Times}": doing(rounds.use_every_control),
    },
)
phrases(
    "RoundOfAll",
    {
        "uses every control once": rounds.use_every_control,
        "pauses once": rounds.pause,
        "turns the volume to {low:Percent} and to {high:Percent} {times:Times} while speaking": doing(
            rounds.turn_volume
        ),
        "moves to a new connection": rounds.move,
        "sends {count:Number} heartbeats": doing(rounds.send_heartbeats),
        "changes to {one:Language} and to {other:Language} {times:Times}": doing(rounds.change_language),
    },
)
phrases(
    "Coming",
    {
        "{count:Number} people start a broadcast in {language:Language} one after the other": doing(rounds.start),
        "{count:Number} people join in {language:Language} one after the other": doing(rounds.join),
        "{count:Number} people start a broadcast in {language:Language}, each with a listener, and leave again": (
            doing(rounds.leave)
        ),
    },
)
parameter("Taken", "(?:not )?taken", lambda text: Outcome.FAIL if text == "taken" else Outcome.PASS)
