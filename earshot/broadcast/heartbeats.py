"""People who do nothing but show that they are there."""

from __future__ import annotations

import time
from collections.abc import Sequence

from earshot.broadcast.person import Person

DISCONNECTED_WITHIN_S = 5.0
"""Longer than anybody may be silent in a scenario."""


def keep_sending(people: Sequence[Person], *, every_s: float, for_s: float) -> None:
    """Let all of them send heartbeats and nothing else; AssertionError if anybody is disconnected meanwhile."""
    ends_ns = time.monotonic_ns() + int(for_s * 1e9)
    while (now_ns := time.monotonic_ns()) < ends_ns:
        for person in people:
            person.beats()
        next_ns = min(ends_ns, now_ns + int(every_s * 1e9))
        for person in people:
            person.stays_until(next_ns)


def keep_sending_until_disconnected(person: Person, other: Person, *, every_s: float) -> None:
    """Let one send heartbeats until another, who does nothing, is disconnected; AssertionError if nobody is."""
    deadline = time.monotonic() + DISCONNECTED_WITHIN_S
    while not other.is_disconnected_within(every_s):
        if time.monotonic() > deadline:
            other.is_disconnected(patience_s=0)
        person.catches_up()  # by a heartbeat; with the other gone, the service may part from this one as well
