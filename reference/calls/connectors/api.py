"""Property systems as staff ask them through the service, and the webhook by which they tell of changes (section 5)."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from reference.calls.connectors.port import Connector, Invalid, NotThere, Reservation, guest_id
from reference.calls.connectors.registry import Registry
from reference.calls.endpoints import PUBLIC, Endpoint
from reference.calls.hotels import HOTELS
from reference.calls.lookups import Lookups
from reference.calls.problem import Problem, invalid
from reference.calls.security.filter import is_attack, parsed
from reference.calls.upstream import Spoiled, UpstreamFailure
from reference.http.endpoints import Asked, Body, Reply

LONGEST_RANGE_DAYS = 365
WEBHOOK_MAX_BYTES = 1 << 20
AGENT, OLDEST_S, AHEAD_S = "Apaleo-Webhook/", 300, 60
MOST_A_MINUTE, MOST_AN_HOUR = 100, 1000
READS, WRITES = "hotel:view", "call:manage"
_TAX_SHARE = 0.1


def _day(given: str) -> str:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", given):
        raise ValueError("should be a date, such as 2025-03-04")
    date.fromisoformat(given)
    return given


Day = Annotated[str, Field(max_length=10), AfterValidator(_day)]
Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"\S")]
Email = Annotated[str, Field(max_length=254, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
Count = Annotated[int, Field(ge=1, le=50)]


class GuestProfile(Body):
    id: str | None = Field(default=None, max_length=100)
    email: Email | None = None
    phone: str | None = Field(default=None, pattern=r"^\+?[0-9 ()/-]{7,20}$")
    first_name: Name
    last_name: Name
    nationality: str | None = Field(default=None, max_length=2)
    language: str | None = Field(default=None, max_length=10)


class Quote(Body):
    room_type: str = Field(min_length=1, max_length=40)
    rate_code: str = Field(min_length=1, max_length=40)
    arrival: Day
    departure: Day
    guest_count: Count = 1
    currency: str = Field(default="EUR", min_length=3, max_length=3)


class Draft(Body):
    arrival: Day
    departure: Day
    room_type: str = Field(min_length=1, max_length=40)
    rate_code: str = Field(min_length=1, max_length=40)
    guest_count: Count
    guest: GuestProfile
    special_requests: str | None = Field(default=None, max_length=1000)
    payment_method: str | None = Field(default=None, max_length=40)


class Patch(Body):
    arrival: Day | None = None
    departure: Day | None = None
    room_type: str | None = Field(default=None, min_length=1, max_length=40)
    guest_count: Count | None = None
    special_requests: str | None = Field(default=None, max_length=1000)


class Reason(Body):
    reason: str = Field(default="", max_length=1000)


class ServiceRequest(Body):
    room_number: str = Field(min_length=1, max_length=20)
    type: str = Field(min_length=1, max_length=40)
    details: str = Field(default="", max_length=1000)


class PropertyApi:
    def __init__(self, registry: Registry, lookups: Lookups, webhook_secret: str) -> None:
        self._registry = registry
        self._lookups = lookups
        self._secret = webhook_secret.encode()
        self._profiles: dict[tuple[str, str], dict[str, Any]] = {}
        self._told_s: deque[float] = deque()

    def endpoints(self) -> list[Endpoint]:
        hotel = "/v1/pms/{hotel_id}"
        one = f"{hotel}/reservations/{{reservation_id}}"
        webhook = Endpoint("POST", "/v1/apaleo/webhook", PUBLIC, self.webhook, is_filtered=False)
        reads: Iterable[tuple[str, Callable[..., Any]]] = (
            ("/health", self.health),
            ("/capabilities", self.capabilities),
            ("/availability", self.availability),
            ("/reservations", self.find),
            ("/reservations/{reservation_id}", self.reservation),
            ("/guests", self.guests),
            ("/guests/{guest_id}", self.guest),
            ("/arrivals", self.arrivals),
            ("/in-house", self.in_house),
        )
        return [
            webhook,
            *(Endpoint("GET", hotel + path, READS, handler) for path, handler in reads),
            Endpoint("POST", f"{hotel}/quote", READS, self.quote, Quote),
            Endpoint("POST", f"{hotel}/reservations", WRITES, self.create, Draft),
            Endpoint("PATCH", one, WRITES, self.modify, Patch),
            Endpoint("POST", f"{one}/cancel", WRITES, self.cancel, Reason, body_may_be_missing=True),
            Endpoint("POST", f"{one}/payments", WRITES, self.pay),
            Endpoint("PUT", f"{hotel}/guests", WRITES, self.keep_guest, GuestProfile),
            Endpoint("POST", f"{hotel}/service-requests", WRITES, self.order, ServiceRequest),
        ]

    async def health(self, asked: Asked) -> Mapping[str, Any]:
        connector = self._connector(asked)
        is_well = await connector.is_well()
        return {
            "status": "healthy" if is_well else "unhealthy",
            "vendor": connector.vendor,
            "property_id": connector.property_id,
            "property_accessible": is_well,
            "token_valid": is_well,
            "circuit_breakers": {"pms_connector": self._lookups.breaker_state(asked.parameters["hotel_id"])},
            "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds"),
        }

    async def capabilities(self, asked: Asked) -> Mapping[str, Any]:
        return dict(self._connector(asked).capabilities)

    async def availability(self, asked: Asked) -> Mapping[str, Any]:
        start, end = (self._date(asked, name) for name in ("start", "end"))
        if end < start or (end - start).days > LONGEST_RANGE_DAYS:
            raise invalid({"end": f"should be from 0 to {LONGEST_RANGE_DAYS} days after the start"})
        connector, room_type = self._connector(asked), asked.query.get("room_type")
        rooms = await self._done(asked, "get_room_types", connector.room_types)
        free = await self._done(asked, "get_availability", lambda: connector.availability(start, end, room_type))
        days = [(start + timedelta(days=number)).isoformat() for number in range((end - start).days + 1)]
        open_day = {"min_stay": 1, "max_stay": None, "stop_sell": False}
        closed = {"closed_to_arrival": False, "closed_to_departure": False}
        return {
            "hotel_id": asked.parameters["hotel_id"],
            "room_types": [one for one in rooms if room_type in (None, one["code"])],
            "availability": {day: free.get(day, {}) for day in days},
            "restrictions": {day: {**open_day, **closed} for day in days},
        }

    async def quote(self, asked: Asked) -> Mapping[str, Any]:
        wanted: Quote = asked.body
        arrival, departure = date.fromisoformat(wanted.arrival), date.fromisoformat(wanted.departure)
        if departure <= arrival:
            raise invalid({"departure": "should be after the arrival"})
        connector = self._connector(asked)
        plan = await self._done(asked, "get_rate", lambda: connector.rate(wanted.rate_code))
        nights = await self._done(
            asked,
            "quote_rate",
            lambda: connector.nightly(wanted.rate_code, wanted.room_type, arrival, departure),
        )
        total = sum(night["amount"] for night in nights.values())
        taxes = sum(night.get("taxes", _TAX_SHARE * night["amount"]) for night in nights.values())
        return {
            "room_type": wanted.room_type,
            "rate_code": wanted.rate_code,
            "currency": wanted.currency,
            "total_amount": _money(total),
            "breakdown": {night: _money(told["amount"]) for night, told in nights.items()},
            "taxes": _money(taxes),
            "fees": _money(0),
            "cancellation_policy": plan.get("cancellationPolicy", {}),
        }

    async def create(self, asked: Asked) -> Reply:
        draft: Draft = asked.body
        wrong = {}
        if draft.arrival < datetime.now(UTC).date().isoformat():
            wrong["arrival"] = "should not be past"
        if draft.departure <= draft.arrival:
            wrong["departure"] = "should be after the arrival"
        if wrong:
            raise invalid(wrong)
        connector = self._connector(asked)
        made = await self._done(asked, "create_reservation", lambda: connector.create(draft.model_dump()))
        return Reply(self._told(asked, made), 201)

    async def reservation(self, asked: Asked) -> Mapping[str, Any]:
        return self._told(asked, await self._one(asked))

    async def find(self, asked: Asked) -> Mapping[str, Any]:
        confirmation = asked.query.get("confirmation")
        if not confirmation:
            raise invalid({"confirmation": "is needed"})
        connector = self._connector(asked)
        found = await self._done(asked, "find", lambda: connector.reservations(confirmation=confirmation))
        if not found:
            raise Problem("NOT_FOUND", "There is no such reservation")
        return self._told(asked, found[0])

    async def modify(self, asked: Asked) -> Mapping[str, Any]:
        changes = asked.body.model_dump(exclude_none=True)
        before = await self._one(asked)
        self._insist_on_live(before)
        if changes.get("departure", before["departure"]) <= changes.get("arrival", before["arrival"]):
            raise invalid({"departure": "should be after the arrival"})
        return await self._changed(asked, "modify_reservation", changes)

    async def cancel(self, asked: Asked) -> Mapping[str, Any]:
        self._insist_on_live(await self._one(asked))
        return await self._changed(asked, "cancel_reservation", {"status": "cancelled"})

    async def pay(self, asked: Asked) -> Mapping[str, Any]:
        if not self._connector(asked).capabilities["payment_processing"]:
            raise Problem("PMS_NOT_IMPLEMENTED", "This property system takes no payments")
        raise Problem("PMS_NOT_IMPLEMENTED", "Payments are not passed on")

    async def guests(self, asked: Asked) -> Mapping[str, Any]:
        wanted = {name: asked.query[name] for name in ("email", "phone", "last_name") if asked.query.get(name)}
        if not wanted:
            raise invalid({"email": "one of email, phone and last_name is needed"})
        connector = self._connector(asked)
        booked = await self._done(asked, "search_guest", lambda: connector.reservations(**wanted))
        known = [guest for (hotel, _), guest in self._profiles.items() if hotel == asked.parameters["hotel_id"]]
        found = [*(one["guest"] for one in booked), *known]
        fitting = {
            (one.get("email"), one.get("phone")): one
            for one in found
            if all(str(one.get(name) or "").lower() == value.lower() for name, value in wanted.items())
        }
        return {"guests": list(fitting.values()), "total": len(fitting)}

    async def guest(self, asked: Asked) -> Mapping[str, Any]:
        hotel_id, wanted = asked.parameters["hotel_id"], asked.parameters["guest_id"]
        if (hotel_id, wanted) in self._profiles:
            return self._profiles[hotel_id, wanted]
        connector = self._connector(asked)
        for one in await self._done(asked, "get_guest", connector.reservations):
            if one["guest"].get("id") == wanted:
                return dict(one["guest"])
        raise Problem("NOT_FOUND", "There is no such guest")

    async def keep_guest(self, asked: Asked) -> Mapping[str, Any]:
        self._connector(asked)
        profile: dict[str, Any] = asked.body.model_dump()
        profile["id"] = profile["id"] or guest_id(profile)
        self._profiles[asked.parameters["hotel_id"], profile["id"]] = profile
        return profile

    async def arrivals(self, asked: Asked) -> Reply:
        day = self._date(asked, "date").isoformat()
        return await self._lines(asked, ("confirmed", "checked_in"), arrival=day)

    async def in_house(self, asked: Asked) -> Reply:
        return await self._lines(asked, ("checked_in",))

    async def order(self, asked: Asked) -> Reply:
        wanted: ServiceRequest = asked.body
        connector = self._connector(asked)
        rooms = {one["room_number"] for one in await self._done(asked, "find", connector.reservations)}
        if wanted.room_number not in rooms:
            raise Problem("NOT_FOUND", "There is no such room")
        reference = f"{asked.correlation_id}:{time.time_ns()}"
        made = await self._done(
            asked,
            "service_request",
            lambda: connector.order(wanted.room_number, wanted.type, wanted.details, reference),
        )
        return Reply({"id": made, "status": "created", "fallback_active": False}, 201)

    async def webhook(self, asked: Asked) -> Mapping[str, Any]:
        """Take a change that a property system tells of, if it is really one that does (PMS-25)."""
        if asked.address not in ("127.0.0.1", "::1") and "x-forwarded-for" not in asked.headers:
            raise Problem("AUTHORIZATION_ERROR", "This sender is not known")
        if not asked.headers.get("user-agent", "").startswith(AGENT):
            raise Problem("AUTHORIZATION_ERROR", "This sender is not known")
        if asked.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            raise Problem("UNSUPPORTED_MEDIA_TYPE", "The body should be JSON")
        if len(asked.content) > WEBHOOK_MAX_BYTES:
            raise Problem("PAYLOAD_TOO_LARGE", "The body is too large")
        self._insist_on_signature(asked)
        self._count()
        told = parsed(asked.content)
        if not isinstance(told, dict):
            raise Problem("BAD_REQUEST", "The body should be an object")
        return self._taken(told)

    def _insist_on_signature(self, asked: Asked) -> None:
        moment, signature = (asked.headers.get(f"x-apaleo-{name}", "") for name in ("timestamp", "signature"))
        if not re.fullmatch(r"[0-9]{1,12}", moment) or not -AHEAD_S <= time.time() - int(moment) <= OLDEST_S:
            raise Problem("BAD_REQUEST", "The time of sending is missing or too far off")
        expected = hmac.new(self._secret, asked.content + moment.encode(), hashlib.sha256).hexdigest()
        if not signature:
            raise Problem("BAD_REQUEST", "The signature is missing")
        if not hmac.compare_digest(f"sha256={expected}".encode(), signature.encode("latin-1", "replace")):
            raise Problem("AUTHORIZATION_ERROR", "The signature does not fit")

    def _count(self) -> None:
        now_s = time.monotonic()
        while self._told_s and now_s - self._told_s[0] > 3600:
            self._told_s.popleft()
        within_minute = sum(now_s - one <= 60 for one in self._told_s)
        if within_minute >= MOST_A_MINUTE or len(self._told_s) >= MOST_AN_HOUR:
            raise Problem("RATE_LIMIT_EXCEEDED", "Too many notices", retry_after_s=60, details={"rule": "webhook"})
        self._told_s.append(now_s)

    def _taken(self, told: Mapping[str, Any]) -> Mapping[str, Any]:
        topic, kind, data = told.get("topic"), str(told.get("type")), told.get("data")
        if (topic, kind) == ("system", "healthcheck"):
            return {"status": "healthy"}
        reservation_id = data.get("entityId") if isinstance(data, dict) else None
        if topic != "Reservation" or kind not in ("created", "changed", "canceled"):
            return {"status": "ignored", "reason": "nothing of this kind is awaited"}
        if not isinstance(reservation_id, str):
            return {"status": "ignored", "reason": "no reservation is named"}
        for hotel_id, hotel in HOTELS.items():
            if told.get("propertyId") in (None, hotel.property_id):
                self._lookups.forget(hotel_id, reservation_id)
        return {"status": "processed", "event_type": kind, "reservation_id": reservation_id}

    def _connector(self, asked: Asked) -> Connector:
        asked.principal.at(asked.parameters["hotel_id"])
        return self._registry.of(asked.parameters["hotel_id"])

    async def _done(self, asked: Asked, operation: str, work: Callable[[], Any]) -> Any:
        """Have something done by the hotel's property system; raise the Problem that it comes to."""
        try:
            return await self._lookups.guarded(asked.parameters["hotel_id"], operation, work)
        except NotThere:
            raise Problem("NOT_FOUND", "The property system knows nothing of the kind") from None
        except Invalid as wrong:
            raise invalid(wrong.issues) from None
        except UpstreamFailure as failure:
            wait = None if failure.retry_after_s is None else max(1, round(failure.retry_after_s))
            raise Problem(failure.code, "The property system is unavailable", retry_after_s=wait) from None
        except Spoiled:
            raise Problem("PMS_CONNECTOR_ERROR", "The property system is unavailable") from None

    async def _one(self, asked: Asked) -> Reservation:
        connector, wanted = self._connector(asked), asked.parameters["reservation_id"]
        if is_attack(wanted):
            raise Problem("SECURITY_VIOLATION", "The request holds what is not allowed")
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", wanted):
            raise Problem("NOT_FOUND", "There is no such reservation")
        reservation: Reservation = await self._done(asked, "get_reservation", lambda: connector.reservation(wanted))
        return reservation

    async def _changed(self, asked: Asked, operation: str, changes: Mapping[str, Any]) -> Mapping[str, Any]:
        connector, wanted = self._connector(asked), asked.parameters["reservation_id"]
        made = await self._done(asked, operation, lambda: connector.modify(wanted, changes))
        self._lookups.forget(asked.parameters["hotel_id"], wanted)
        return self._told(asked, made)

    async def _lines(self, asked: Asked, statuses: tuple[str, ...], **wanted: str) -> Reply:
        connector = self._connector(asked)
        found = await self._done(asked, "stream", lambda: connector.reservations(**wanted))
        lines = [json.dumps(self._told(asked, one)) + "\n" for one in found if one["status"] in statuses]
        return Reply(content="".join(lines).encode(), media_type="application/x-ndjson")

    @staticmethod
    def _told(asked: Asked, reservation: Reservation) -> dict[str, Any]:
        return {**reservation, "hotel_id": asked.parameters["hotel_id"]}

    @staticmethod
    def _insist_on_live(reservation: Reservation) -> None:
        if reservation["status"] == "cancelled":
            raise Problem("CONFLICT", "The reservation is cancelled")

    @staticmethod
    def _date(asked: Asked, name: str) -> date:
        try:
            return date.fromisoformat(_day(asked.query.get(name, "")))
        except ValueError:
            raise invalid({name: "should be a date, such as 2025-03-04"}) from None


def _money(amount: float) -> str:
    return f"{amount:.2f}"
