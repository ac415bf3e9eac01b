"""Faults that somebody ordered: each has an id, and is listed until it is called off."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from reference.journal import Journal

if TYPE_CHECKING:
    from reference.control.messages import FaultOrder


class Place(StrEnum):
    """Where a fault strikes."""

    RECOGNISER_START = "recogniser.start"
    RECOGNISER_OPEN = "recogniser.open"
    RECOGNISER_FEED = "recogniser.feed"
    RECOGNISER_STREAM = "recogniser.stream"
    HANDOVER = "handover"
    TRANSLATOR = "translator"
    SYNTHESISER = "synthesiser"
    STORE = "store"
    HANDLER = "handler"
    DELIVERY = "delivery"
    SIGN_IN = "sign-in"
    CONNECT = "connect"
    CONNECTION = "connection"
    ASSISTANT = "assistant"


class Effect(StrEnum):
    """What a fault does there."""

    FAIL = "fail"
    """The call fails with `code`."""
    STALL = "stall"
    """The call waits for `seconds`, or until the fault is called off."""
    CRASH = "crash"
    """The handler, or the backend, meets an exception that nobody expects."""
    DEAD = "dead"
    """The connection is found to be gone."""
    CLOSE = "close"
    """The connection is closed with `close_code`, now."""
    ANSWER = "answer"
    """The backend answers `text`."""


class Armed(Protocol):
    """A fault that is in place."""

    @property
    def times_struck(self) -> int:
        """How often it has struck."""

    @property
    def times_left(self) -> int | None:
        """How often it will strike yet; None means until it is called off."""

    def call_off(self) -> None:
        """Let it strike no more; whoever it stalls goes on."""


Arm = Callable[["FaultOrder"], Armed]


@dataclass(frozen=True, slots=True)
class Fault:
    """One entry of the book."""

    id: str
    order: FaultOrder
    armed: Armed


class FaultBook:
    """Every fault that was ordered and not called off."""

    def __init__(self, places: Mapping[Place, Arm]) -> None:
        self._places = places
        self._faults: dict[str, Fault] = {}
        self._numbers = itertools.count(1)
        self._journal = Journal("control")

    def order(self, order: FaultOrder) -> Fault:
        """Put a fault in place."""
        armed = self._places[order.at](order)
        fault = Fault(f"fault-{next(self._numbers)}", order, armed)
        self._faults[fault.id] = fault
        self._journal.info("order-fault", f"{order.effect} at {order.at}", fault=fault.id, session_id=order.session_id)
        return fault

    def listed(self, session_id: str | None = None) -> list[Fault]:
        """Return the faults confined to a session, or all, in the order in which they were ordered."""
        return [fault for fault in self._faults.values() if session_id in (None, fault.order.session_id)]

    def call_off(self, fault_id: str) -> bool:
        """Remove a fault; return whether it was there."""
        fault = self._faults.pop(fault_id, None)
        if fault is None:
            return False
        fault.armed.call_off()
        self._journal.info("call-off-fault", f"{fault.order.effect} at {fault.order.at}", fault=fault_id)
        return True

    def call_off_all(self, session_id: str | None = None) -> int:
        """Remove the faults confined to a session, or all; return how many that were."""
        return sum(self.call_off(fault.id) for fault in self.listed(session_id))
