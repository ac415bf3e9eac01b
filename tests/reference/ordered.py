"""Faults as a test orders them, without a control plane."""

from __future__ import annotations

from reference.control.faulty import Faults
from reference.control.orders import Order
from reference.control.traps import Trap


def fail(faults: Faults, failure: Exception, *, times: int | None = 1, scope: str | None = None) -> Trap:
    """Let the next calls fail with exactly this."""
    faults.failure = lambda _order: failure
    return faults.set(Order("here", "fail", times, {faults.scope: scope}))


def stall(faults: Faults, scope: str | None = None, *, times: int | None = None) -> Trap:
    return faults.set(Order("here", "stall", times, {faults.scope: scope}))
