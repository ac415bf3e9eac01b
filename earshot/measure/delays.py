"""How long things took, from when they were due.

A delay counts from the moment for which the sending was planned, not from the moment at which it happened: a service
that makes its clients wait must not look quick for it. What was never answered took for ever (`math.inf`), so it
cannot be left out by mistake.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence

from earshot.actors.acts import Act
from earshot.ledger import Kind, Observation

Delays = Sequence[float]
"""In milliseconds; `math.inf` for what never came."""


def answer_delays_ms(observed: Iterable[Observation], act: Act, *, who: Collection[str] | None = None) -> Delays:
    """Return how long each answer to an act took, for these people or for everybody.

    On one connection answers come in the order of the requests (sheet 3.4), so the n-th answers the n-th.
    """
    return _delays_ms(
        [o for o in observed if who is None or o.who in who],
        is_cause=lambda o: o.kind is Kind.SENT and o.type == act.action,
        is_effect=lambda o: o.kind is Kind.RECEIVED and (act.is_answered_by(o.message) or o.type == "error"),
    )


def welcome_delays_ms(observed: Iterable[Observation], welcome: str) -> Delays:
    """Return how long each connection took from being asked for until this message of welcome."""
    return _delays_ms(
        observed,
        is_cause=lambda o: o.kind is Kind.SENT and o.words == "asks to connect",
        is_effect=lambda o: o.kind is Kind.RECEIVED and o.type == welcome,
    )


def notice_delays_ms(observed: Iterable[Observation], act: Act, listeners: Mapping[str, Collection[str]]) -> Delays:
    """Return how long each notice of an act took to reach each of the speaker's listeners.

    `listeners` names them by speaker. The n-th notice that a listener gets is about the speaker's n-th act.
    """
    everything = list(observed)
    delays: list[float] = []
    for speaker, audience in listeners.items():
        for listener in audience:
            delays += _delays_ms(
                [o for o in everything if o.who in (speaker, listener)],
                is_cause=lambda o: o.kind is Kind.SENT and o.type == act.action,
                is_effect=lambda o, listener=listener: (  # type: ignore[misc]
                    o.kind is Kind.RECEIVED and o.who == listener and o.type == act.answer
                ),
                same_leg=False,
            )
    return delays


def between_ms(begins_s: Mapping[Hashable, float], ends_s: Mapping[Hashable, float]) -> Delays:
    """Return how long each of these took, given when it began and ended in seconds of one clock; no end: for ever."""
    return [(ends_s.get(what, math.inf) - begin_s) * 1000 for what, begin_s in begins_s.items()]


def sent_at_s(observed: Iterable[Observation], action: str, who: str) -> Mapping[Hashable, float]:
    """Return when each message of this kind was due to be sent, in seconds of the monotonic clock, by its place."""
    sent = (o for o in observed if o.kind is Kind.SENT and o.type == action and o.who == who)
    return {place: _due_ns(o) / 1e9 for place, o in enumerate(sent)}


def _delays_ms(
    observed: Iterable[Observation],
    *,
    is_cause: Callable[[Observation], bool],
    is_effect: Callable[[Observation], bool],
    same_leg: bool = True,
) -> Delays:
    causes: dict[str, list[int]] = defaultdict(list)
    effects: dict[str, list[int]] = defaultdict(list)
    for observation in observed:
        line = observation.leg if same_leg else ""
        if is_cause(observation):
            causes[line].append(_due_ns(observation))
        elif is_effect(observation):
            effects[line].append(observation.at_ns)
    return [
        (effects[line][k] - due_ns) / 1e6 if k < len(effects[line]) else math.inf
        for line, all_due_ns in causes.items()
        for k, due_ns in enumerate(all_due_ns)
    ]


def _due_ns(observation: Observation) -> int:
    return observation.at_ns if observation.due_ns is None else observation.due_ns
