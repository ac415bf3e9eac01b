"""Property systems that speak as Apaleo does (section 5.6)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any
from urllib.parse import quote

from reference.calls.connectors.port import CAPABILITIES, Invalid, NotThere, Reservation, guest_id
from reference.calls.upstream import Declined, Spoiled, Upstream, UpstreamFailure

STATUS = {
    "Tentative": "confirmed",
    "Confirmed": "confirmed",
    "InHouse": "checked_in",
    "CheckedOut": "checked_out",
    "Canceled": "cancelled",
    "NoShow": "cancelled",
}
_LACKING = ("payment_processing", "pos_integration")
_FILTERS = {
    "confirmation": "bookingNumber",
    "email": "guestEmail",
    "phone": "guestPhone",
    "last_name": "guestLastName",
    "arrival": "arrival",
    "status": "status",
}
_GUEST = {
    "first_name": "firstName",
    "last_name": "lastName",
    "email": "email",
    "phone": "phone",
    "nationality": "nationalityCountryCode",
    "language": "preferredLanguage",
}
_BOOKINGS, _ORDERS = "/booking/v1/bookings", "/operations/v1/service-requests"
_RENEWED_BEFORE_S = 60


class Apaleo:
    vendor = "apaleo"

    def __init__(self, upstream: Upstream, property_id: str, client_id: str, client_secret: str) -> None:
        self.property_id = property_id
        self._upstream = upstream
        self._account = (client_id, client_secret)
        self._token, self._good_until_s = "", 0.0
        self._signing_in = asyncio.Lock()

    @property
    def capabilities(self) -> Mapping[str, bool]:
        return {name: name not in _LACKING for name in CAPABILITIES}

    async def is_well(self) -> bool:
        try:
            await self._ask("GET", f"/inventory/v1/properties/{self.property_id}")
        except (UpstreamFailure, Declined, Spoiled, NotThere, Invalid):
            return False
        return True

    async def reservation(self, reservation_id: str) -> Reservation:
        booking = await self._ask("GET", f"{_BOOKINGS}/{_segment(reservation_id)}")
        if _inner(booking, "property").get("id", self.property_id) != self.property_id:
            raise NotThere
        return _reservation(booking)

    async def reservations(self, **wanted: str) -> list[Reservation]:
        query = {_FILTERS[name]: value for name, value in wanted.items()}
        found = await self._ask("GET", _BOOKINGS, params={**query, "propertyIds": self.property_id})
        return [_reservation(one) for one in _list(found, "bookings")]

    async def create(self, draft: Mapping[str, Any]) -> Reservation:
        body = {
            "property": {"id": self.property_id},
            "arrival": draft["arrival"],
            "departure": draft["departure"],
            "adults": draft["guest_count"],
            "unitGroup": {"id": draft["room_type"]},
            "ratePlan": {"id": draft["rate_code"]},
            "primaryGuest": _theirs(draft["guest"]),
            "comment": draft.get("special_requests") or "",
        }
        return _reservation(await self._ask("POST", _BOOKINGS, json=body))

    async def modify(self, reservation_id: str, changes: Mapping[str, Any]) -> Reservation:
        names = {"guest_count": "adults", "special_requests": "comment"}
        body = {names.get(name, name): value for name, value in changes.items() if name != "room_type"}
        if "room_type" in changes:
            body["unitGroup"] = {"id": changes["room_type"]}
        if body.get("status") == "cancelled":
            body["status"] = "Canceled"
        return _reservation(await self._ask("PATCH", f"{_BOOKINGS}/{_segment(reservation_id)}", json=body))

    async def room_types(self) -> list[dict[str, Any]]:
        told = await self._ask("GET", "/inventory/v1/unit-groups", params={"propertyIds": self.property_id})
        with _understood():
            return [
                {
                    "code": one["id"],
                    "name": one["name"],
                    "description": one["description"],
                    "max_occupancy": one["maxPersons"],
                    "base_occupancy": one["standardOccupancy"],
                    "amenities": [],
                }
                for one in told["unitGroups"]
            ]

    async def availability(self, start: date, end: date, room_type: str | None) -> dict[str, dict[str, int]]:
        span = {"propertyId": self.property_id, "from": start.isoformat(), "to": end.isoformat()}
        only = {"unitGroupIds": room_type} if room_type else {}
        told = await self._ask("GET", "/availability/v1/unit-groups", params={**span, **only})
        with _understood():
            return {
                one["from"]: {group["id"]: group["available"] for group in one["unitGroups"]}
                for one in told["timeSlices"]
            }

    async def rate(self, rate_code: str) -> dict[str, Any]:
        return await self._ask("GET", f"/rateplan/v1/rate-plans/{_segment(rate_code)}")

    async def nightly(
        self, rate_code: str, room_type: str, arrival: date, departure: date
    ) -> dict[str, dict[str, float]]:
        span = {"from": arrival.isoformat(), "to": departure.isoformat(), "unitGroupIds": room_type}
        told = await self._ask("GET", f"/rateplan/v1/rate-plans/{_segment(rate_code)}/rates", params=span)
        with _understood():
            values = {one["from"]: one["values"][0] for one in told["rates"]}
            return {
                night: {
                    "amount": float(one["totalGrossAmount"]),
                    "taxes": float(one.get("includedTaxes", 0.1 * one["totalGrossAmount"])),
                }
                for night, one in values.items()
            }

    async def order(self, room: str, kind: str, details: str, reference: str) -> str:
        body = {"room": room, "type": kind, "details": details, "reference": reference}
        made = await self._ask("POST", _ORDERS, json=body)
        with _understood():
            return str(made["id"])

    async def _ask(self, method: str, path: str, **request: Any) -> dict[str, Any]:
        """Ask with a token; where that is no good any more, once more with a new one (PMS-14)."""
        for is_last in (False, True):
            try:
                token = await self._signed_in()
                return await self._upstream.ask(method, path, headers={"Authorization": f"Bearer {token}"}, **request)
            except Declined as no:
                if no.status == 401 and not is_last:
                    self._good_until_s = 0.0
                    continue
                raise _meaning(no) from None
        raise AssertionError("the second try either returns or raises")

    async def _signed_in(self) -> str:
        async with self._signing_in:
            if time.monotonic() > self._good_until_s:
                form = {"grant_type": "client_credentials"}
                told = await self._upstream.ask("POST", "/connect/token", data=form, auth=self._account)
                with _understood():
                    self._token = str(told["access_token"])
                    self._good_until_s = time.monotonic() + told["expires_in"] - _RENEWED_BEFORE_S
            return self._token


def _meaning(no: Declined) -> Exception:
    if no.status == 404:
        return NotThere()
    if no.status == 422:
        errors = no.body.get("errors") or [{"field": "body", "message": "is not taken"}]
        with _understood():
            return Invalid({str(one["field"]): str(one["message"]) for one in errors})
    return UpstreamFailure("PMS_CONNECTOR_ERROR", may_pass=False)


@contextmanager
def _understood() -> Iterator[None]:
    """Raise Spoiled where an answer that is read within is not made as agreed (ERR-23)."""
    try:
        yield
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        raise Spoiled from None


def _list(told: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    found = told.get(name)
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise Spoiled
    return found


def _theirs(guest: Mapping[str, Any]) -> dict[str, Any]:
    return {theirs: guest[ours] for ours, theirs in _GUEST.items() if guest.get(ours)}


def _reservation(booking: Mapping[str, Any]) -> Reservation:
    """Return a booking in our terms; what is missing is None, so that it can be complained of."""
    if not all(isinstance(booking.get(name), str | None) for name in ("id", "status", "arrival", "departure")):
        raise Spoiled
    guest = booking.get("primaryGuest")
    given = guest if isinstance(guest, dict) else {}
    told = {ours: given.get(theirs) for ours, theirs in _GUEST.items()}
    total = _inner(booking, "totalGrossAmount").get("amount")
    group, plan, unit = (_inner(booking, name) for name in ("unitGroup", "ratePlan", "unit"))
    return {
        "id": booking.get("id"),
        "confirmation_number": booking.get("bookingNumber"),
        "status": STATUS.get(str(booking.get("status"))),
        "hotel_id": None,
        "arrival": booking.get("arrival"),
        "departure": booking.get("departure"),
        "room_type": group.get("id"),
        "rate_code": plan.get("id"),
        "guest_count": booking.get("adults"),
        "total_amount": f"{total:.2f}" if isinstance(total, int | float) else None,
        "guest": {"id": guest_id(told), **told} if given else {},
        "special_requests": booking.get("comment") or None,
        "room_number": unit.get("name"),
        "created_at": booking.get("created"),
        "modified_at": booking.get("modified"),
    }


def _inner(booking: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = booking.get(name)
    return found if isinstance(found, dict) else {}


def _segment(name: str) -> str:
    """Return a name as one segment of a path, whatever is in it."""
    return quote(name, safe="") if name.strip(".") else name.replace(".", "%2E")
