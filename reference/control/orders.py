"""Orders: what is to go wrong, or to be otherwise, at which place and for whom."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from inspect import isawaitable
from typing import Any, Protocol

from reference.journal import Journal

ORDERED = "ordered through the control plane"


class Meaningless(Exception):
    """What was ordered is no order; the message says what would be."""


class NotNow(Exception):
    """What was ordered cannot be done in the present state of the session."""


@dataclass(frozen=True, slots=True)
class Form:
    """What the value of a member must be."""

    words: str
    fits: Callable[[object], bool]


def _number(least: float, most: float = float("inf"), *, whole: bool = False) -> Callable[[object], bool]:
    kinds = int if whole else (int, float)
    return lambda value: isinstance(value, kinds) and not isinstance(value, bool) and least <= value <= most


TEXT = Form("text", lambda value: isinstance(value, str))
TEXTS = Form("a list of texts", lambda value: isinstance(value, list) and all(isinstance(one, str) for one in value))
FLAG = Form("true or false", lambda value: isinstance(value, bool))
COUNT = Form("a whole number of at least 0", _number(0, whole=True))
TIMES = Form("a whole number of at least 1", _number(1, whole=True))
SECONDS = Form("a number above 0", _number(5e-324))
Members = Mapping[str, Form]


def number(least: int, most: int, *, whole: bool = False) -> Form:
    """Return the form of a number between these two, both included."""
    return Form(f"a {'whole ' * whole}number from {least} to {most}", _number(least, most, whole=whole))


@dataclass(frozen=True, slots=True)
class Order:
    """What is to happen, where and for whom."""

    place: str
    effect: str
    times: int | None = None
    """How many calls it strikes; None: all, until it is called off."""
    scope: Mapping[str, Any] = field(default_factory=dict)
    """Whom it is for, and how it is to be."""

    def concerns(self, **call: object) -> bool:
        """Say whether it is for whom a call is made: whoever it does not name is meant too."""
        return all(self.scope.get(name) in (None, value) for name, value in call.items())


class Armed(Protocol):
    """An order that is in place."""

    @property
    def times_struck(self) -> int:
        """How often it has struck."""

    @property
    def times_left(self) -> int | None:
        """How often it will strike yet; None means until it is called off."""

    def call_off(self) -> None:
        """Let it strike no more; whoever it stalls goes on."""


@dataclass(frozen=True, slots=True)
class Done:
    """An order that was over when it was given."""

    times_struck: int = 1
    times_left = 0

    def call_off(self) -> None:
        """Do nothing: it cannot be undone."""


@dataclass(frozen=True, slots=True)
class Place:
    """Effects that can be ordered at one place, and what an order for them says; a place may have several of these."""

    name: str
    effects: tuple[str, ...]
    arm: Callable[[Order], Armed | Awaitable[Armed]]
    takes: Members = field(default_factory=dict)
    needs: Members = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StandingOrder:
    id: str
    order: Order
    armed: Armed


class OrderBook:
    """Every order that stands: that was not over at once, and not called off since."""

    def __init__(self) -> None:
        self._places: dict[str, dict[str, Place]] = {}
        self._standing: dict[str, StandingOrder] = {}
        self._numbers = itertools.count(1)
        self._journal = Journal("control")

    def offer(self, places: Iterable[Place]) -> None:
        """Take orders for these from now on."""
        for place in places:
            self._places.setdefault(place.name, {}).update(dict.fromkeys(place.effects, place))

    @property
    def places(self) -> Mapping[str, Mapping[str, Place]]:
        """What can be ordered, by place and effect."""
        return self._places

    async def order(self, given: object) -> StandingOrder:
        """Put an order in place; raise Meaningless or NotNow."""
        order, place = self._read(given)
        armed = place.arm(order)
        standing = StandingOrder(f"order-{next(self._numbers)}", order, await armed if isawaitable(armed) else armed)
        if not isinstance(standing.armed, Done):
            self._standing[standing.id] = standing
            session_id = order.scope.get("session_id")
            self._journal.info("order", f"{order.effect} at {order.place}", order=standing.id, session_id=session_id)
        return standing

    def find(self, order_id: str) -> StandingOrder | None:
        return self._standing.get(order_id)

    def listed(self, session_id: str | None = None) -> list[StandingOrder]:
        """Return the orders for a session, or all, first ordered first."""
        return [one for one in self._standing.values() if session_id in (None, one.order.scope.get("session_id"))]

    def call_off(self, order_id: str) -> bool:
        standing = self._standing.pop(order_id, None)
        if standing is None:
            return False
        standing.armed.call_off()
        self._journal.info("call-off", f"{standing.order.effect} at {standing.order.place}", order=order_id)
        return True

    def call_off_all(self, session_id: str | None = None) -> int:
        """Remove the orders for a session, or all; return how many that were."""
        return sum(self.call_off(standing.id) for standing in self.listed(session_id))

    def _read(self, given: object) -> tuple[Order, Place]:
        if not isinstance(given, dict):
            raise Meaningless(f"an order is an object with place and effect, not {given!r}")
        name, effect = given.get("place"), given.get("effect")
        effects = self._places.get(name) if isinstance(name, str) else None
        if effects is None:
            raise Meaningless(f"there is no place {name!r}; expected one of {', '.join(sorted(self._places))}")
        place = effects.get(effect) if isinstance(effect, str) else None
        if place is None:
            raise Meaningless(f"at {name} there is no effect {effect!r}; expected one of {', '.join(sorted(effects))}")
        members = {**place.needs, **place.takes}
        scope = {member: value for member, value in given.items() if member not in ("place", "effect")}
        if foreign := scope.keys() - members.keys():
            known = ", ".join(sorted(members)) or "none"
            raise Meaningless(f"{effect} at {name} has no {', '.join(sorted(foreign))}; expected {known}")
        if missing := place.needs.keys() - scope.keys():
            raise Meaningless(f"{effect} at {name} needs {', '.join(sorted(missing))}")
        for member, value in scope.items():
            if not members[member].fits(value):
                raise Meaningless(f"{effect} at {name}: {member} must be {members[member].words}, not {value!r}")
        return Order(str(name), str(effect), scope.pop("times", None), scope), place
