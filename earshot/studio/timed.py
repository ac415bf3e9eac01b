"""What sentences time in live sessions."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from earshot.ledger import Kind, Observation
from earshot.measure.delays import Delay, Delays, answer_delays
from earshot.measure.pairing import Pair, Pairing, pairs, sent, told
from earshot.measure.timed import Timed
from earshot.studio.messages import AUDIO, ERROR, METRICS, UPDATE, UPDATED
from earshot.wire.leg import asks_to_connect

STREAM = "streaming"
"""What sort of work takes the time."""

PIECES = Pairing(sent(AUDIO), told(METRICS, ERROR))
"""In order alone: nothing says which piece an answer is about."""
CHANGES = Pairing(sent(UPDATE), told(UPDATED))
CONNECTIONS = Pairing(asks_to_connect, lambda o: o.kind is Kind.OPENED)


def round_trips(_wing: object, observed: Sequence[Observation]) -> Delays:
    """Return how long after it was due each piece had come back; for ever where it was refused or lost."""
    return _timed(observed, lambda request_ns, metrics: (metrics.at_ns - request_ns) / 1e6)


def in_the_service(_wing: object, observed: Sequence[Observation]) -> Delays:
    """Return how long the service says that each piece took; for ever where it was refused or lost."""
    return _timed(observed, lambda _, metrics: float(metrics.message["metrics"]["total_latency"]))


def _timed(observed: Sequence[Observation], took_ms: Callable[[int, Observation], float]) -> Delays:
    return sorted(
        Delay(due, math.inf if lost(pair) or pair.answer is None else took_ms(due, pair.answer))
        for pair in pairs(observed, PIECES)
        for due in [pair.request.due_ns or pair.request.at_ns]
    )


def lost(pair: Pair) -> bool:
    """Whether a piece was refused, or never answered."""
    return pair.answer is None or pair.answer.type == ERROR


def _delays(pairing: Pairing) -> Callable[[object, Sequence[Observation]], Delays]:
    return lambda _wing, observed: answer_delays(observed, pairing)


def _counts(observed: Sequence[Observation]) -> Mapping[str, float]:
    """Return what else is told of streaming (STU-116)."""
    found = pairs(observed, PIECES)
    back = [pair.answer for pair in found if not lost(pair) and pair.answer is not None]
    if not back:
        return {"sent": len(found), "processed": 0}
    refused = sum(pair.answer is not None and pair.answer.type == ERROR for pair in found)
    began_ns = min(pair.request.due_ns or pair.request.at_ns for pair in found)
    duration_s = (max(o.at_ns for o in back) - began_ns) / 1e9
    return {
        "duration, s": round(duration_s, 2),
        "sent": len(found),
        "processed": len(back),
        "errors": refused,
        "success rate, %": round(100 * len(back) / len(found), 2),
        "pieces a second": round(len(back) / duration_s, 2),
    }


TIMED: Mapping[str, Timed] = {
    words: Timed("studio", words, things, delays, kind=STREAM, counts=counts)
    for words, things, delays, counts in (
        ("pieces come back", "pieces", round_trips, _counts),
        ("pieces are processed in the service", "pieces", in_the_service, _counts),
        ("live sessions are connected to", "connections", _delays(CONNECTIONS), lambda _: {}),
    )
}
"""By its words."""
