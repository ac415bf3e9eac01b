"""What every stream must keep, in every scenario: order, no gap, nothing twice, and well-formed sound.

A wing says which of its messages are streams; they are judged by what came over the sockets alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from earshot.audio.pcm import NoSound, samples_of
from earshot.ledger import Kind, Ledger, Observation

LENGTHS_DIFFER_BY_S = 0.1
"""A length may be rounded."""
_RECENT_SOUNDS = 64
"""Everybody who listens in one language gets the same."""


@dataclass(frozen=True, slots=True)
class Stream:
    """The messages of one type on one connection: each connection has a stream of its own."""

    type: str
    numbered_by: str
    """The member that counts them, from any number on."""
    sound: str
    """The member with 16-bit PCM as base64."""
    rate_hz: int
    lasts: str
    """The member that says how many seconds long the sound is; a service may leave it out."""


class Streams:
    """Judges the streams of one scenario, each message once."""

    def __init__(self, ledger: Ledger, streams: Mapping[str, tuple[Stream, ...]]) -> None:
        """`streams` by system."""
        self._ledger = ledger
        self._streams = {(system, stream.type): stream for system, some in streams.items() for stream in some}
        self._judged = 0
        self._latest: dict[tuple[str, str], int] = {}
        self._may_miss: set[str] = set()

    def may_miss(self, leg: str) -> None:
        """Say that this connection is too slow for all that is sent, so that what is left out is no fault."""
        self._may_miss.add(leg)

    def news(self) -> list[str]:
        """Return a sentence for all that is wrong with what came since this was last asked."""
        fresh = self._ledger.since(self._judged)
        self._judged += len(fresh)
        return [
            f"{o.leg} received {o.type}, {self._ledger.elapsed_ms(o):.0f} ms into the scenario, {words}"
            for o in fresh
            if o.kind is Kind.RECEIVED and (stream := self._streams.get((self._ledger.system_of(o.leg), o.type)))
            for words in (self._out_of_order(o, stream), _ill_formed(o, stream))
            if words
        ]

    def _out_of_order(self, observation: Observation, stream: Stream) -> str | None:
        given = observation.message.get(stream.numbered_by)
        if not isinstance(given, int | float):
            return None
        number = round(given)
        which = (observation.leg, stream.type)
        before = self._latest.get(which)
        self._latest[which] = number if before is None else max(before, number)
        if before is None or number == before + 1:
            return None
        if number == before:
            return f"number {number} for the second time"
        if number < before:
            return f"number {number}, after number {before} had come"
        missing = f"number {before + 1}" if number == before + 2 else f"numbers {before + 1} to {number - 1}"
        return None if observation.leg in self._may_miss else f"number {number}, but {missing} never came"


def _ill_formed(observation: Observation, stream: Stream) -> str | None:
    sound = observation.message.get(stream.sound)
    if not isinstance(sound, str):
        return None
    count, fault = _measured(sound)
    if fault:
        return f"with sound that {fault}"
    length_s = count / stream.rate_hz
    said_s = observation.message.get(stream.lasts)
    if isinstance(said_s, int | float) and abs(said_s - length_s) > LENGTHS_DIFFER_BY_S:
        return f"with sound that lasts {length_s:.2f} s at {stream.rate_hz} Hz, though it says {said_s:g} s"
    return None


@lru_cache(maxsize=_RECENT_SOUNDS)
def _measured(sound: str) -> tuple[int, str]:
    """Return how many samples of sound these are, and what is wrong with them; empty if nothing is."""
    try:
        samples = samples_of(sound)
    except NoSound as fault:
        return 0, str(fault)
    return len(samples), "" if samples.any() else "is silence"
