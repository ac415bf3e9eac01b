"""What the property system knows from the start; dates are relative to today."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

PROPERTIES = {"AUR01": "Hotel Aurora", "BIR01": "Hotel Birch"}
UNIT_GROUPS = {
    "STD": {"id": "STD", "name": "Standard", "description": "A quiet room", "maxPersons": 2, "standardOccupancy": 1},
    "DLX": {
        "id": "DLX",
        "name": "Deluxe",
        "description": "A room with a view",
        "maxPersons": 4,
        "standardOccupancy": 2,
    },
}
UNITS_OF_EACH = 10
RATE_PLANS = {
    "BAR": {
        "id": "BAR",
        "name": "Best available rate",
        "currency": "EUR",
        "gross": 110.0,
        "tax": 10.0,
        "cancellationPolicy": {
            "name": "Until 18:00",
            "description": "Free of charge until 18:00 on the day of arrival",
        },
    },
    "NRF": {
        "id": "NRF",
        "name": "Not refundable",
        "currency": "EUR",
        "gross": 95.0,
        "tax": 8.64,
        "cancellationPolicy": {"name": "None", "description": "The whole price is charged"},
    },
}
_GUESTS: dict[str, dict[str, Any] | None] = {
    "RES-1001": {"firstName": "Jonas", "lastName": "Lindqvist", "email": "jonas@lindqvist.example"},
    "RES-2002": {"firstName": "Mira", "lastName": "Okafor", "email": "mira@okafor.example", "preferredLanguage": "en"},
    "RES-3003": {"firstName": "Ines", "lastName": "Castel", "email": "ines@castel.example"},
    "RES-4004": None,
    "RES-5005": {"firstName": "Pavel", "lastName": "Novak", "email": "not an address"},
    "RES-6006": {"firstName": "<script>alert(1)</script>", "lastName": "Robert'); DROP TABLE bookings"},
}
_STATUS = {"RES-2002": "InHouse", "RES-3003": "Canceled"}
_COMMENT = {"RES-2002": "vegetarian"}
LOAD_BOOKINGS = 10


def bookings(today: date) -> dict[str, dict[str, Any]]:
    """Return the bookings by id."""
    guests = {**_GUESTS, **{f"PERF-{number:05d}": _guest(number) for number in range(1, LOAD_BOOKINGS + 1)}}
    return {
        booking_id: booking(
            booking_id,
            guest,
            today - timedelta(days=1) if booking_id in _STATUS else today,
            today + timedelta(days=2),
            status=_STATUS.get(booking_id, "Confirmed"),
            room={"RES-1001": "101", "RES-2002": "205"}.get(booking_id, str(300 + number)),
            comment=_COMMENT.get(booking_id, ""),
        )
        for number, (booking_id, guest) in enumerate(guests.items())
    }


def booking(
    booking_id: str,
    guest: dict[str, Any] | None,
    arrival: date,
    departure: date,
    *,
    status: str = "Confirmed",
    room: str = "",
    comment: str = "",
    property_id: str = "AUR01",
) -> dict[str, Any]:
    nights = (departure - arrival).days
    moment = datetime.now(UTC).isoformat(timespec="seconds")
    return {
        "id": booking_id,
        "bookingNumber": f"C{booking_id.replace('-', '')}",
        "status": status,
        "property": {"id": property_id},
        "arrival": arrival.isoformat(),
        "departure": departure.isoformat(),
        "adults": 2,
        "unitGroup": {"id": "STD"},
        "unit": {"name": room},
        "ratePlan": {"id": "BAR"},
        "totalGrossAmount": {"amount": 110.0 * nights, "currency": "EUR"},
        **({} if guest is None else {"primaryGuest": {"phone": "+49301112233", **guest}}),
        "comment": comment,
        "created": moment,
        "modified": moment,
    }


def _guest(number: int) -> dict[str, Any]:
    return {"firstName": "Load", "lastName": f"Guest {number}", "email": f"load{number}@guests.example"}
