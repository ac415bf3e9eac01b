"""What people ask the property system of a hotel through the service, and what it answers."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from typing import Any

from hamcrest import (
    assert_that,
    close_to,
    contains_inanyorder,
    empty,
    equal_to,
    greater_than,
    greater_than_or_equal_to,
    has_entries,
    has_item,
    matches_regexp,
)

from earshot.asking import Request
from earshot.calls import requests
from earshot.calls.guest import HOTELS, Guest
from earshot.calls.person import Person
from earshot.matchers.numbers import between

FIRST_NIGHT = 1
"""In how many days people arrive who book here."""
NIGHTS = 2
PAGE = 3
MONEY_OFF_BY = 0.005
DOMAIN = "guests.example"
CAPABILITIES = (
    *("availability", "rates", "reservations", "modify_reservation", "cancel_reservation", "guest_profiles"),
    *("webhooks", "real_time_sync", "multi_property", "housekeeping"),
)
LACKING = ("payment_processing", "pos_integration")


def day(number: int) -> str:
    """Return the date in so many days."""
    return (datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=number)).isoformat()


def draft(guest: Guest, **other: Any) -> dict[str, Any]:
    """Return what is needed to book two nights for a guest whom nobody else is called like."""
    name = "".join(chr(ord("a") + int(digit, 16)) for digit in guest.correlation_id.rpartition("-")[2])
    person = {"first_name": guest.name, "last_name": name.title(), "email": f"{guest.name}.{name}@{DOMAIN}".lower()}
    person["phone"] = guest.number
    stay = {"arrival": day(FIRST_NIGHT), "departure": day(FIRST_NIGHT + NIGHTS), "room_type": "STD", "rate_code": "BAR"}
    return {**stay, "guest_count": 1, "guest": {**person, **other.pop("guest", {})}, **other}


def booking(guest: Guest, hotel: str, **other: Any) -> Request:
    return requests.at_hotel("POST", "/reservations", "books a room", HOTELS[hotel], draft(guest, **other))


def quoting(hotel: str, nights: int = NIGHTS, **other: Any) -> Request:
    stay = {"arrival": day(FIRST_NIGHT), "departure": day(FIRST_NIGHT + nights)}
    body = {"room_type": "STD", "rate_code": "BAR", "guest_count": 1, **stay, **other}
    return requests.at_hotel("POST", "/quote", "asks for a price", HOTELS[hotel], body)


def asking(path: str, asks: str, hotel: str, **query: Any) -> Request:
    """Ask a hotel for something that needs no more than a query."""
    return requests.at_hotel("GET", path, asks, HOTELS[hotel], query=query)


def having(guest: Guest, method: str, asks: str, body: object = None, doing: str = "") -> Request:
    """Ask for, or change, what a guest has booked."""
    booked = guest.booked
    path = f"/reservations/{{reservation_id}}{doing}"
    return requests.at_hotel(method, path, asks, str(booked["hotel_id"]), body, reservation_id=str(booked["id"]))


# ---- what comes of it


def is_connected(person: Person) -> None:
    """Insist on a connection that is well, and says of whom and when (PMS-2)."""
    moment = matches_regexp(r"^\d{4}-\d\d-\d\dT\d\d:\d\d")
    well = has_entries(status="healthy", vendor=matches_regexp(r"\w"), property_accessible=True, timestamp=moment)
    assert_that(person.answer.message, well, f"what {person.name} was told of the connection")


def is_able(person: Person) -> None:
    """Insist on all twelve capabilities but those for payment and for tills (5.2)."""
    told = person.answer.message.get("capabilities", person.answer.message)
    able = {name: able for name, able in told.items() if isinstance(able, bool)}
    expected = dict.fromkeys(CAPABILITIES, True) | dict.fromkeys(LACKING, False)
    assert_that(able, equal_to(expected), "what the connection can do")


def has_rooms(person: Person, days: int) -> None:
    """Insist on rooms for each day, of sorts that hold as many as they are made for, or more (PMS-3)."""
    told = person.answer.message
    dates: Any = contains_inanyorder(*(day(FIRST_NIGHT + number) for number in range(days)))
    assert_that(list(told["availability"]), dates, "the days for which rooms were told")
    for each in told["room_types"]:
        base = each.get("base_occupancy")
        assert_that(base, greater_than(0), f"for how many people {each.get('code')} is made")
        assert_that(each.get("max_occupancy"), greater_than_or_equal_to(base), f"how many {each.get('code')} holds")
    assert_that(told["room_types"], greater_than([]), "the sorts of rooms")


def has_prices(person: Person) -> None:
    """Insist on a price for each of two nights, and on their sum (PMS-4)."""
    told = person.answer.message
    nights: Mapping[str, Any] = told["breakdown"]
    expected: Any = contains_inanyorder(*(day(FIRST_NIGHT + number) for number in range(NIGHTS)))
    assert_that(list(nights), expected, "the nights that a price was told for")
    total = float(told["total_amount"])
    assert_that(sum(map(float, nights.values())), close_to(total, MONEY_OFF_BY), "what the nights cost together")
    assert_that(float(told["taxes"]), between(MONEY_OFF_BY, total), "how much of that is taxes")
    terms = has_entries(currency="EUR", cancellation_policy=matches_regexp(r"\w"))
    assert_that(told, terms, "the terms of the price")


def is_reservation(person: Person, guest: Guest, **other: Any) -> None:
    """Insist on what a guest has booked, or what became of it (PMS-6)."""
    booked = guest.booked
    same = {name: booked[name] for name in ("id", "confirmation_number", "arrival", "departure")} | other
    told = person.answer.message
    assert_that(told, has_entries(same), f"what {person.name} was told of {guest.name}'s reservation")
    names = {name: booked["guest"][name] for name in ("first_name", "last_name")}
    assert_that(told.get("guest"), has_entries(names), f"whose reservation {person.name} was told of")


def finds_guests(person: Person, *guests: Guest) -> None:
    """Insist on these guests and nobody else (PMS-8)."""
    told = person.answer.message.get("guests")
    found = None if told is None else [each.get("last_name") for each in told]
    expected: Any = contains_inanyorder(*(guest.booked["guest"]["last_name"] for guest in guests))
    assert_that(found, expected if guests else empty(), f"the guests that {person.name} found")


def streamed(person: Person) -> list[Any]:
    """Return what came line by line."""
    lines = person.answer.payload.decode().splitlines()
    found = [json.loads(line) for line in lines if line.strip()] or [dict(person.answer.message)]
    return [each for each in found if each]


def lists(person: Person, guest: Guest | None, *statuses: str, **same: Any) -> None:
    """Insist on a list in which a guest is, and nobody whose reservation is otherwise (PMS-9)."""
    told = streamed(person)
    otherwise = [each for each in told if each["status"] not in statuses or any(each[n] != v for n, v in same.items())]
    assert_that(otherwise, empty(), f"what {person.name} should not have been told")
    expected: Any = has_item(has_entries(id="RES-2002" if guest is None else guest.booked["id"]))
    assert_that(told, expected, f"whom {person.name} was told of")


def pages(person: Person, **only: Any) -> None:
    """Look at all calls of some kind, page by page, and keep them (CALL-30)."""
    person.looked_for, person.listed = only, []
    while True:
        told = person.asks(requests.calls(**only, limit=PAGE, offset=len(person.listed))).message
        person.listed += told["calls"]
        if len(told["calls"]) < PAGE:
            break
    assert_that(told, has_entries(total=len(person.listed), limit=PAGE), "how many calls are said to be listed")


def lists_calls_of(person: Person, guest: Guest) -> None:
    """Insist on those of a guest's calls, and calls altogether, that were looked for."""
    only = person.looked_for
    fitting = [call.call_id for call in guest.calls if only.items() <= call.listed_as.items()]
    mine = {call.call_id for call in guest.calls}
    found = [each["call_id"] for each in person.listed if each["call_id"] in mine]
    assert_that(
        found, contains_inanyorder(*fitting) if fitting else empty(), f"which of {guest.name}'s calls are listed"
    )
    hotels = {each["hotel_id"] for each in person.listed if "hotel_id" in only}
    assert_that(hotels - {only.get("hotel_id")}, empty(), "calls to other hotels that are listed")
