"""What the orchestrator asks of any property system, in terms of no vendor (sections 5.1 and 5.2)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any, Protocol

Reservation = dict[str, Any]
CAPABILITIES = (
    "availability",
    "rates",
    "reservations",
    "modify_reservation",
    "cancel_reservation",
    "guest_profiles",
    "webhooks",
    "real_time_sync",
    "multi_property",
    "payment_processing",
    "housekeeping",
    "pos_integration",
)


class NotThere(Exception):
    """The property system knows nothing of the kind."""


class Invalid(Exception):
    """The property system does not take a value; `issues` are by field."""

    def __init__(self, issues: Mapping[str, str]) -> None:
        super().__init__(str(issues))
        self.issues = issues


class Connector(Protocol):
    """Raises NotThere, Invalid, and what `upstream` may raise."""

    vendor: str
    property_id: str

    @property
    def capabilities(self) -> Mapping[str, bool]: ...

    async def is_well(self) -> bool:
        """Whether the property can be reached."""

    async def reservation(self, reservation_id: str) -> Reservation: ...

    async def reservations(self, **wanted: str) -> list[Reservation]:
        """Return those with these values: confirmation, email, phone, last_name, arrival, status."""

    async def create(self, draft: Mapping[str, Any]) -> Reservation: ...

    async def modify(self, reservation_id: str, changes: Mapping[str, Any]) -> Reservation: ...

    async def room_types(self) -> list[dict[str, Any]]: ...

    async def availability(self, start: date, end: date, room_type: str | None) -> dict[str, dict[str, int]]:
        """Return by date, the last included, how many rooms of each type are free."""

    async def rate(self, rate_code: str) -> dict[str, Any]: ...

    async def nightly(
        self, rate_code: str, room_type: str, arrival: date, departure: date
    ) -> dict[str, dict[str, float]]:
        """Return the gross amount and the taxes of each night."""

    async def order(self, room: str, kind: str, details: str, reference: str) -> str:
        """Ask for service in a room, at most once under one reference; return the id of the request."""


def guest_id(guest: Mapping[str, Any]) -> str:
    """Return the id of a guest, who is known by e-mail and phone."""
    return hashlib.sha256(f"{guest.get('email')}|{guest.get('phone')}".encode()).hexdigest()[:16]
