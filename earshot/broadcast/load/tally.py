"""What many listeners heard, small enough to send, and made to be added up.

For each message it keeps how many heard it and how long the last of them waited, which is what a verdict looks at; for
each listener, how many messages were missed, which names the cause; and for everybody together a histogram.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hdrh.histogram import HdrHistogram

LOWEST_US, HIGHEST_US, DIGITS = 1, 60_000_000, 3
"""Histograms go from a microsecond to a minute; three digits are kept."""
Heard = Mapping[str, int]
"""When a message came, on the monotonic clock in ns, by what tells it from the others."""


@dataclass
class Tally:
    """What some listeners heard of some messages."""

    messages: tuple[str, ...]
    """What tells them apart, in the order in which they were due."""
    due_ns: tuple[int, ...]
    """When each was due, on the monotonic clock of whoever sent it."""
    listeners: int = 0
    heard: list[int] = field(default_factory=list)
    """How many listeners got each message."""
    last_ms: list[float] = field(default_factory=list)
    """How long the last of those who got it waited for it, from when it was due."""
    missed: dict[str, int] = field(default_factory=dict)
    """How many messages a listener missed; only of those who missed any."""
    histogram: Any = field(default_factory=lambda: HdrHistogram(LOWEST_US, HIGHEST_US, DIGITS))
    """Of every delay of everybody, in microseconds."""

    def __post_init__(self) -> None:
        self.heard = self.heard or [0] * len(self.messages)
        self.last_ms = self.last_ms or [0.0] * len(self.messages)

    def add(self, other: Tally) -> None:
        """Add what other listeners heard of the same messages; ValueError if they were others."""
        if other.messages != self.messages:
            raise ValueError(f"expected what was heard of {len(self.messages)} messages, got {len(other.messages)}")
        self.listeners += other.listeners
        self.heard = [ours + theirs for ours, theirs in zip(self.heard, other.heard, strict=True)]
        self.last_ms = [max(both) for both in zip(self.last_ms, other.last_ms, strict=True)]
        self.missed |= other.missed
        self.histogram.add(other.histogram)

    def last_of_all_ms(self) -> list[float]:
        """Return for each message how long the last listener waited; infinite if it never came to somebody."""
        return [
            last if heard == self.listeners and heard else math.inf
            for heard, last in zip(self.heard, self.last_ms, strict=True)
        ]

    def in_words(self) -> str:
        """Say who missed something and how long everybody waited, in one sentence."""
        count = len(self.messages)
        everybody = ", ".join(f"p{p:g} {self.histogram.get_value_at_percentile(p) / 1000:.1f} ms" for p in (50, 95, 99))
        heard = f"over all {self.listeners} listeners {everybody}"
        if not self.missed:
            return f"{heard}, nobody missed anything"
        worst, times = max(self.missed.items(), key=lambda each: each[1])
        others = f" and {len(self.missed) - 1} others missed some" if len(self.missed) > 1 else " and nobody else any"
        return f"{heard}; {worst} missed {times} of {count}{others}"

    def to_json(self) -> dict[str, Any]:
        return {
            "messages": list(self.messages),
            "due_ns": list(self.due_ns),
            "listeners": self.listeners,
            "heard": self.heard,
            "last_ms": self.last_ms,
            "missed": self.missed,
            "histogram": self.histogram.encode().decode(),
        }

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Tally:
        return cls(
            messages=tuple(told["messages"]),
            due_ns=tuple(told["due_ns"]),
            listeners=told["listeners"],
            heard=list(told["heard"]),
            last_ms=list(told["last_ms"]),
            missed=dict(told["missed"]),
            histogram=HdrHistogram.decode(told["histogram"]),
        )


def tally(due_ns: Mapping[str, int], heard_by: Mapping[str, Heard], *, offset_ns: int = 0) -> Tally:
    """Return what these listeners heard of the messages that were due at these times.

    `offset_ns` is what their clock shows more than the one by which the messages were due.
    """
    messages = tuple(due_ns)
    found = Tally(messages, tuple(due_ns.values()), listeners=len(heard_by))
    for listener, heard in heard_by.items():
        missed = 0
        for position, message in enumerate(messages):
            if message not in heard:
                missed += 1
                continue
            took_ms = max(0.0, (heard[message] - offset_ns - due_ns[message]) / 1e6)
            found.heard[position] += 1
            found.last_ms[position] = max(found.last_ms[position], took_ms)
            found.histogram.record_value(min(HIGHEST_US, max(LOWEST_US, round(took_ms * 1000))))
        if missed:
            found.missed[listener] = missed
    return found


def total(tallies: Iterable[Tally]) -> Tally:
    """Return what all of them heard; ValueError if there are none."""
    first, *others = tallies
    whole = Tally(first.messages, first.due_ns)
    for each in (first, *others):
        whole.add(each)
    return whole
