"""What can cause a message that comes unasked: tables, which each wing fills in for its system.

What answers which request stands in the contract. Everything else that a service may send has a row here; a message
that nothing in its rows accounts for is a surprise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

LEAVES = "leaves"
"""The end of a connection, from either side."""
SHUT_DOWN = "shut down"
"""The service was shut down by the scenario."""
HARNESS = "the harness"
"""By whom an order at the control plane is given, or the service shut down."""
THEMSELVES = ""
"""Somebody's own act, on the same connection."""


def order_at(place: str) -> str:
    """Return what an order at a place of the control plane is called, whatever its effect."""
    return f"order at {place.split('.')[0]}"


class Often(Enum):
    """How often a message may come."""

    EACH = auto()
    """Once to everybody concerned for each act."""
    ONCE = auto()
    """Once on a connection, after such an act."""
    ANY = auto()
    """As often as the service likes, after such an act."""
    EVERY = auto()
    """At most so often as its timer rings, and once more."""


@dataclass(frozen=True, slots=True)
class Timer:
    """A time that a service may be set to."""

    setting: str
    usual_s: float
    unit_s: float = 1.0
    """How many seconds one of the setting is."""


@dataclass(frozen=True, slots=True)
class Cause:
    """An act, known by the name of its message or as one of the acts above, and in which role somebody does it."""

    act: str
    by: str
    says: Mapping[str, Any] = field(default_factory=dict)
    """What the act must say to be a cause."""
    unless: tuple[Cause, ...] = ()
    """The acts after any of which it causes nothing."""
    after_s: float = 0.0
    """How long it takes to have an effect, at least."""


def by(role: str, *acts: str) -> tuple[Cause, ...]:
    """Return any of these acts by somebody in a role as causes."""
    return tuple(Cause(act, role) for act in acts)


@dataclass(frozen=True, slots=True)
class Unasked:
    """One kind of message that is no answer, to whom it may come, and why."""

    type: str
    to: str
    """A role."""
    because: tuple[Cause, ...]
    often: Often = Often.EACH
    says: Mapping[str, Any] = field(default_factory=dict)
    """Which messages of this type are meant."""
    repeats: tuple[str, ...] = ()
    """Members that are as they were in the act, where both have them."""
    to_latecomers: bool = False
    """Whether those who come after the act may be told of it, once."""
    timer: Timer | None = None
    """EVERY: how far apart they are."""
    told_apart_by: str = ""
    """EVERY: the member by which there are several kinds of them."""
    not_before: tuple[Timer, ...] = ()
    """How old a connection is at least, by the shortest of these."""


@dataclass(frozen=True, slots=True)
class Circle:
    """Those whose acts concern each other."""

    member: str
    """The member that names it."""
    entered_by: frozenset[str]
    """The requests by which a connection becomes part of it; in any other, the member means nothing."""


@dataclass(frozen=True, slots=True)
class Causes:
    """What one system's messages can come of."""

    binary: str = ""
    """The request that a binary frame is."""
    circle: Circle | None = None
    """None where nobody's acts concern others."""
    answers_repeat: frozenset[str] = frozenset()
    """Members that an answer has from its request, where both have them."""
    asked_for: frozenset[str] = frozenset()
    """Members whose value somebody must have asked for to be sent it."""
    unasked: tuple[Unasked, ...] = ()
