"""What people ask the property system of a hotel through the service, and what it answers."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from typing import Any

from hamcrest import (
    all_of,
    assert_that,
    close_to,
    contains_inanyorder,
    empty,
    equal_to,
    greater_than,
    has_entries,
    has_item,
    is_in,
    matches_regexp,
    not_,
    only_contains,
)

from earshot.asking import Request
from earshot.calls import requests
from earshot.calls.guest import HOTELS, Guest
from earshot.calls.person import Person
from earshot.calls.replies import TEXT, Judge, tells
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


def draft(guest: Guest, /, **other: Any) -> dict[str, Any]:
    """Return what is needed to book two nights for a guest whom nobody else is called like."""
    name = "".join(chr(ord("a") + int(digit)) for digit in guest.number.lstrip("+"))
    person = {"first_name": guest.name, "last_name": name.title(), "email": f"{guest.correlation_id}@{DOMAIN}"}
    person["phone"] = guest.number
    stay = {"arrival": day(FIRST_NIGHT), "departure": day(FIRST_NIGHT + NIGHTS), "room_type": "STD", "rate_code": "BAR"}
    return {**stay, "guest_count": 1, **other, "guest": person | other.get("guest", {})}


def booking(guest: Guest, hotel: str, /, **other: Any) -> Request:
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

IS_CONNECTED = tells(status="healthy", vendor=TEXT, property_accessible=True, timestamp=matches_regexp(r"^\d{4}-\d\d-"))
IS_ABLE = tells(**dict.fromkeys(CAPABILITIES, True), **dict.fromkeys(LACKING, False))


def has_rooms(days: int) -> Judge:
    """Insist on rooms for each day, of sorts that hold as many as they are made for, or more (PMS-3)."""

    def judge(person: Person) -> None:
        told = person.answer.message
        dates: Any = contains_inanyorder(*(day(FIRST_NIGHT + number) for number in range(days)))
        assert_that(list(told["availability"]), dates, "the days for which rooms were told")
        kinds = [(each["base_occupancy"], each["max_occupancy"]) for each in told["room_types"]]
        assert_that(len(kinds), greater_than(0), "how many sorts of rooms there are")
        assert_that([kind for kind in kinds if not 0 < kind[0] <= kind[1]], empty(), "sorts of rooms that hold too few")

    return judge


def has_prices(person: Person) -> None:
    """Insist on a price for each of two nights, and on their sum (PMS-4)."""
    tells(currency="EUR", cancellation_policy=not_(empty()))(person)
    told = person.answer.message
    nights: Mapping[str, Any] = told["breakdown"]
    expected: Any = contains_inanyorder(*(day(FIRST_NIGHT + number) for number in range(NIGHTS)))
    assert_that(list(nights), expected, "the nights that a price was told for")
    total = float(told["total_amount"])
    assert_that(sum(map(float, nights.values())), close_to(total, MONEY_OFF_BY), "what the nights cost together")
    assert_that(float(told["taxes"]), between(MONEY_OFF_BY, total), "how much of that is taxes")


def is_reservation(guest: Guest, **other: Any) -> Judge:
    """Insist on what a guest has booked, or what became of it (PMS-6)."""
    booked = guest.booked
    names = {name: booked["guest"][name] for name in ("first_name", "last_name")}
    same = {name: booked[name] for name in ("id", "confirmation_number", "arrival", "departure")}
    return tells(**same | {"guest": has_entries(names)} | other)


def finds_guests(*guests: Guest) -> Judge:
    """Insist on these guests and nobody else (PMS-8)."""
    names: Any = [has_entries(last_name=guest.booked["guest"]["last_name"]) for guest in guests]
    found: Any = contains_inanyorder(*names)
    return tells(guests=found if guests else empty())


def lists(guest_id: str, *statuses: str, **same: Any) -> Judge:
    """Insist on a list, line by line, in which a reservation is and none that is otherwise (PMS-9)."""

    def judge(person: Person) -> None:
        answer = person.answer
        lines = [dict(answer.message)] if answer.message else map(json.loads, answer.payload.splitlines())
        expected: Any = all_of(
            has_item(has_entries(id=guest_id)), only_contains(has_entries(same | {"status": is_in(statuses)}))
        )
        assert_that(list(lines), expected, f"whom {person.name} was told of")

    return judge


def pages(person: Person, **only: Any) -> None:
    """Look at all calls of some kind, page by page, and keep them (CALL-30)."""
    person.looked_for, person.listed = only, []
    while True:
        told = person.asks(requests.calls(**only, limit=PAGE, offset=len(person.listed))).message
        person.listed += told["calls"]
        if len(told["calls"]) < PAGE:
            break
    assert_that(told, has_entries(total=len(person.listed), limit=PAGE), "how many calls are said to be listed")


def lists_calls_of(guest: Guest) -> Judge:
    """Insist on those of a guest's calls, and calls altogether, that were looked for."""

    def judge(person: Person) -> None:
        only, mine = person.looked_for, {call.call_id for call in guest.calls}
        fitting = [call.call_id for call in guest.calls if only.items() <= call.listed_as.items()]
        found = [each["call_id"] for each in person.listed if each["call_id"] in mine]
        assert_that(sorted(found), equal_to(sorted(fitting)), f"which of {guest.name}'s calls are listed")
        hotels = {each["hotel_id"] for each in person.listed if "hotel_id" in only}
        assert_that(hotels - {only.get("hotel_id")}, empty(), "calls to other hotels that are listed")

    return judge
