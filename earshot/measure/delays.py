"""How long things took, from when they were due.

A delay counts from the moment for which the sending was planned, not from the moment at which it happened: a service
that makes its clients wait must not look quick for it. What was never answered took for ever (`math.inf`), so it
cannot be left out by mistake.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from earshot.ledger import Kind, Observation


class Request(Protocol):
    """Something that people can ask for."""

    @property
    def action(self) -> str:
        """By what the request is named."""

    @property
    def answer(self) -> str:
        """By what its answer, and news of it, are named."""

    def is_answered_by(self, message: Mapping[str, object]) -> bool:
        """Whether this is the answer, and not something that came of its own accord."""


@dataclass(frozen=True, slots=True, order=True)
class Delay:
    """How long one thing took; those that are due first come first."""

    due_ns: int
    """On the monotonic clock."""
    took_ms: float

    @classmethod
    def between(cls, first: Observation, second: Observation) -> Delay:
        """Return how long after the first the second happened."""
        return cls(first.at_ns, (second.at_ns - first.at_ns) / 1e6)

    @classmethod
    def until(cls, last: Observation, took_s: float) -> Delay:
        """Return what ended with this and had begun so long before."""
        return cls(last.at_ns - round(took_s * 1e9), took_s * 1000)

    """`math.inf` if it never came."""


Delays = Sequence[Delay]
"""In the order in which they were due."""


def answer_delays(
    observed: Iterable[Observation], acts: Collection[Request], *, who: Collection[str] | None = None
) -> Delays:
    """Return how long each answer to these acts took, for these people or for everybody.

    On one connection answers come in the order of the requests, so the n-th answers the n-th.
    """
    ours = [o for o in observed if who is None or o.who in who]
    return sorted(
        delay
        for act in acts
        for delay in _delays(
            ours,
            is_cause=lambda o, act=act: o.kind is Kind.SENT and o.type == act.action,  # type: ignore[misc]
            is_effect=lambda o, act=act: (  # type: ignore[misc]
                o.kind is Kind.RECEIVED and (act.is_answered_by(o.message) or o.type == "error")
            ),
        )
    )


def welcome_delays(observed: Iterable[Observation], welcome: str) -> Delays:
    """Return how long each connection took from being asked for until this message of welcome."""
    return _delays(
        observed,
        is_cause=lambda o: o.kind is Kind.SENT and o.words == "asks to connect",
        is_effect=lambda o: o.kind is Kind.RECEIVED and o.type == welcome,
    )


def notice_delays(
    observed: Iterable[Observation], acts: Collection[Request], listeners: Mapping[str, Collection[str]]
) -> Delays:
    """Return how long each notice of these acts took to reach each of the speaker's listeners.

    `listeners` names them by speaker. The n-th notice that a listener gets is about the speaker's n-th act.
    """
    everything = list(observed)
    delays: list[Delay] = []
    for act in acts:
        for speaker, audience in listeners.items():
            for listener in audience:
                delays += _delays(
                    [o for o in everything if o.who in (speaker, listener)],
                    is_cause=lambda o, act=act: o.kind is Kind.SENT and o.type == act.action,  # type: ignore[misc]
                    is_effect=lambda o, act=act, listener=listener: (  # type: ignore[misc]
                        o.kind is Kind.RECEIVED and o.who == listener and o.type == act.answer
                    ),
                    same_leg=False,
                )
    return sorted(delays)


def reply_delays(
    observed: Iterable[Observation],
    is_request: Callable[[Observation], bool],
    is_reply: Callable[[Observation], bool],
) -> Delays:
    """Return how long each reply took; on one connection the n-th reply is to the n-th request."""
    return sorted(_delays(observed, is_cause=is_request, is_effect=is_reply))


def between(begins_s: Mapping[Hashable, float], ends_s: Mapping[Hashable, float]) -> Delays:
    """Return how long each of these took, given when it began and ended in seconds of one clock; no end: for ever."""
    return sorted(
        Delay(round(begin_s * 1e9), (ends_s.get(what, math.inf) - begin_s) * 1000) for what, begin_s in begins_s.items()
    )


def sent_at_s(observed: Iterable[Observation], action: str, who: str) -> Mapping[Hashable, float]:
    """Return when each message of this kind was due to be sent, in seconds of the monotonic clock, by its place."""
    sent = (o for o in observed if o.kind is Kind.SENT and o.type == action and o.who == who)
    return {place: _due_ns(o) / 1e9 for place, o in enumerate(sent)}


def interval_ms(delays: Delays) -> float:
    """Return how far apart these were due, on average."""
    span_ms = (delays[-1].due_ns - delays[0].due_ns) / 1e6 if delays else 0.0
    return max(span_ms / max(1, len(delays) - 1), 0.001)


def _delays(
    observed: Iterable[Observation],
    *,
    is_cause: Callable[[Observation], bool],
    is_effect: Callable[[Observation], bool],
    same_leg: bool = True,
) -> list[Delay]:
    causes: dict[str, list[int]] = defaultdict(list)
    effects: dict[str, list[int]] = defaultdict(list)
    for observation in observed:
        line = observation.leg if same_leg else ""
        if is_cause(observation):
            causes[line].append(_due_ns(observation))
        elif is_effect(observation):
            effects[line].append(observation.at_ns)
    return sorted(
        Delay(due_ns, (effects[line][k] - due_ns) / 1e6 if k < len(effects[line]) else math.inf)
        for line, all_due_ns in causes.items()
        for k, due_ns in enumerate(all_due_ns)
    )


def _due_ns(observation: Observation) -> int:
    return observation.at_ns if observation.due_ns is None else observation.due_ns
