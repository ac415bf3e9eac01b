"""A property system within the process, which always answers alike."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from reference.calls.connectors.port import CAPABILITIES, NotThere, Reservation, guest_id

_ROOMS = {"STD": (2, 1, 110.0), "DLX": (4, 2, 160.0)}
_RATES = {"BAR": 1.0, "NRF": 0.86}


class Mock:
    vendor = "mock"

    def __init__(self, property_id: str, hotel_id: str) -> None:
        self.property_id = property_id
        self._numbers = itertools.count(1)
        self._kept: dict[str, Reservation] = {}
        self._orders: dict[str, str] = {}
        today = datetime.now(UTC).date()
        draft = {
            "arrival": today.isoformat(),
            "departure": (today + timedelta(days=2)).isoformat(),
            "room_type": "STD",
            "rate_code": "BAR",
            "guest_count": 1,
            "guest": {"first_name": "Tove", "last_name": "Lindgren", "email": "tove@lindgren.example"},
        }
        self._keep("BIR-1001", draft, "501")

    @property
    def capabilities(self) -> Mapping[str, bool]:
        return {name: name not in ("payment_processing", "pos_integration", "real_time_sync") for name in CAPABILITIES}

    async def is_well(self) -> bool:
        return True

    async def reservation(self, reservation_id: str) -> Reservation:
        if reservation_id not in self._kept:
            raise NotThere
        return dict(self._kept[reservation_id])

    async def reservations(self, **wanted: str) -> list[Reservation]:
        names = {"confirmation": "confirmation_number"}
        return [
            one
            for one in self._kept.values()
            if all(str({**one["guest"], **one}.get(names.get(n, n))).lower() == v.lower() for n, v in wanted.items())
        ]

    async def create(self, draft: Mapping[str, Any]) -> Reservation:
        return self._keep(f"BIR-{2000 + next(self._numbers)}", draft, "502")

    async def modify(self, reservation_id: str, changes: Mapping[str, Any]) -> Reservation:
        await self.reservation(reservation_id)
        self._kept[reservation_id] |= changes
        return self._kept[reservation_id]

    async def room_types(self) -> list[dict[str, Any]]:
        return [
            {
                "code": code,
                "name": code,
                "description": "",
                "max_occupancy": most,
                "base_occupancy": usual,
                "amenities": [],
            }
            for code, (most, usual, _) in _ROOMS.items()
        ]

    async def availability(self, start: date, end: date, room_type: str | None) -> dict[str, dict[str, int]]:
        days = (start + timedelta(days=number) for number in range((end - start).days + 1))
        return {day.isoformat(): {code: 5 for code in _ROOMS if room_type in (None, code)} for day in days}

    async def rate(self, rate_code: str) -> dict[str, Any]:
        if rate_code not in _RATES:
            raise NotThere
        return {"id": rate_code, "currency": "EUR", "cancellationPolicy": {"name": "flexible"}}

    async def nightly(
        self, rate_code: str, room_type: str, arrival: date, departure: date
    ) -> dict[str, dict[str, float]]:
        if rate_code not in _RATES or room_type not in _ROOMS:
            raise NotThere
        amount = round(_ROOMS[room_type][2] * _RATES[rate_code], 2)
        nights = (arrival + timedelta(days=number) for number in range((departure - arrival).days))
        return {night.isoformat(): {"amount": amount, "taxes": round(amount / 11, 2)} for night in nights}

    async def order(self, room: str, kind: str, details: str, reference: str) -> str:
        return self._orders.setdefault(reference, f"MSR-{next(self._numbers):05d}")

    def _keep(self, reservation_id: str, draft: Mapping[str, Any], room: str) -> Reservation:
        moment = datetime.now(UTC).isoformat(timespec="seconds")
        nights = (date.fromisoformat(draft["departure"]) - date.fromisoformat(draft["arrival"])).days
        guest = {name: draft["guest"].get(name) for name in ("first_name", "last_name", "email", "phone")}
        self._kept[reservation_id] = {
            "id": reservation_id,
            "confirmation_number": f"C{reservation_id.replace('-', '')}",
            "status": "confirmed",
            "hotel_id": None,
            **{name: draft[name] for name in ("arrival", "departure", "room_type", "rate_code", "guest_count")},
            "total_amount": f"{110.0 * nights:.2f}",
            "guest": {"id": guest_id(guest), **guest},
            "special_requests": draft.get("special_requests"),
            "room_number": room,
            "created_at": moment,
            "modified_at": moment,
        }
        return self._kept[reservation_id]
