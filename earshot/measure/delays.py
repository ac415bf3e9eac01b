"""How long things took, from when they were due.

A delay counts from the moment for which the sending was planned, not from the moment at which it happened: a service
that makes its clients wait must not look quick for it. What was never answered took for ever (`math.inf`), so it
cannot be left out by mistake.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from earshot.ledger import Kind, Observation
from earshot.measure.pairing import Pair, Pairing, pairs


@dataclass(frozen=True, slots=True, order=True)
class Delay:
    """How long one thing took; those that are due first come first."""

    due_ns: int
    """On the monotonic clock."""
    took_ms: float
    """`math.inf` if it never came."""

    @classmethod
    def between(cls, first: Observation, second: Observation) -> Delay:
        """Return how long after the first the second happened."""
        return cls(first.at_ns, (second.at_ns - first.at_ns) / 1e6)

    @classmethod
    def until(cls, last: Observation, took_s: float) -> Delay:
        """Return what ended with this and had begun so long before."""
        return cls(last.at_ns - round(took_s * 1e9), took_s * 1000)


Delays = Sequence[Delay]
"""In the order in which they were due."""


def answer_delays(observed: Iterable[Observation], *pairings: Pairing) -> Delays:
    """Return how long each answer to requests of these kinds took.

    Where some of the requests were sent by plan, only those count: the others are there to be in the way.
    """
    found = [pair for pairing in pairings for pair in pairs(list(observed), pairing)]
    planned = [pair for pair in found if pair.request.due_ns is not None]
    return sorted(_delay(pair) for pair in planned or found)


def between(begins_s: Mapping[Hashable, float], ends_s: Mapping[Hashable, float]) -> Delays:
    """Return how long each of these took, given when it began and ended in seconds of one clock; no end: for ever.

    What ended before it was due took no time: the latest word of a sentence may not be needed to translate it.
    """
    return sorted(
        Delay(round(begin_s * 1e9), max(0.0, ends_s.get(what, math.inf) - begin_s) * 1000)
        for what, begin_s in begins_s.items()
    )


def sent_at_s(observed: Iterable[Observation], action: str, who: str) -> Mapping[Hashable, float]:
    """Return when each message of this kind was due to be sent, in seconds of the monotonic clock, by its place."""
    sent = (o for o in observed if o.kind is Kind.SENT and o.type == action and o.who == who)
    return {place: _due_ns(o) / 1e9 for place, o in enumerate(sent)}


def interval_ms(delays: Delays) -> float:
    """Return how far apart these were due, on average."""
    span_ms = (delays[-1].due_ns - delays[0].due_ns) / 1e6 if delays else 0.0
    return max(span_ms / max(1, len(delays) - 1), 0.001)


def _delay(pair: Pair) -> Delay:
    due_ns = _due_ns(pair.request)
    return Delay(due_ns, math.inf if pair.answer is None else (pair.answer.at_ns - due_ns) / 1e6)


def _due_ns(observation: Observation) -> int:
    return observation.at_ns if observation.due_ns is None else observation.due_ns
