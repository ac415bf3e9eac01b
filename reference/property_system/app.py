"""The HTTP side of the property system, and its state, which lives as long as it does."""

from __future__ import annotations

import base64
import hmac
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from reference.http.companion import Companion
from reference.property_system import seed

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import JSONResponse

    from reference.world import World

TOKEN_LIFE_S = 3600
_FILTERS: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "bookingNumber": lambda one: one["bookingNumber"],
    "guestEmail": lambda one: one.get("primaryGuest", {}).get("email"),
    "guestPhone": lambda one: one.get("primaryGuest", {}).get("phone"),
    "guestLastName": lambda one: one.get("primaryGuest", {}).get("lastName"),
    "propertyIds": lambda one: one["property"]["id"],
    "arrival": lambda one: one["arrival"],
    "status": lambda one: one["status"],
}


class Wrong(Exception):
    """An answer that is an error; `body` is what the client is told."""

    def __init__(self, status: int, body: Mapping[str, Any]) -> None:
        super().__init__(str(body))
        self.status = status
        self.body = body


class PropertySystem(Companion):
    def __init__(self, world: World) -> None:
        super().__init__("property_system", world)
        account = {"client_id": "orchestrator", "client_secret": secrets.token_urlsafe(24)}
        world.accounts["property_system"] = {"orchestrator": account}
        self._basic = base64.b64encode(":".join(account.values()).encode()).decode()
        self._tokens: dict[str, float] = {}
        self._bookings = seed.bookings(datetime.now(UTC).date())
        self._orders: list[dict[str, Any]] = []

    def application(self) -> Starlette:
        from starlette.applications import Starlette
        from starlette.routing import Route

        routes: tuple[tuple[str, str, Callable[[Request], Any]], ...] = (
            ("POST", "/connect/token", self._token),
            ("GET", "/inventory/v1/properties/{id}", self._property),
            ("GET", "/inventory/v1/unit-groups", lambda _: {"unitGroups": list(seed.UNIT_GROUPS.values())}),
            ("GET", "/availability/v1/unit-groups", self._availability),
            ("GET", "/rateplan/v1/rate-plans", lambda _: {"ratePlans": list(seed.RATE_PLANS.values())}),
            ("GET", "/rateplan/v1/rate-plans/{id}", lambda asked: _of(seed.RATE_PLANS, asked)),
            ("GET", "/rateplan/v1/rate-plans/{id}/rates", self._rates),
            ("POST", "/booking/v1/bookings", self._book),
            ("GET", "/booking/v1/bookings", self._find),
            ("GET", "/booking/v1/bookings/{id}", lambda asked: _of(self._bookings, asked)),
            ("PATCH", "/booking/v1/bookings/{id}", self._change),
            ("POST", "/operations/v1/service-requests", self._serve_room),
            ("GET", "/operations/v1/service-requests", lambda _: {"serviceRequests": self._orders}),
        )
        return Starlette(routes=[Route(path, self._answering(do), methods=[method]) for method, path, do in routes])

    def _answering(self, do: Callable[[Request], Any]) -> Callable[[Request], Awaitable[JSONResponse]]:
        from starlette.responses import JSONResponse

        async def answer(request: Request) -> JSONResponse:
            try:
                if request.url.path != "/connect/token":
                    self._insist_on_token(request)
                    if request.method in ("POST", "PATCH"):
                        request.state.body = await _json(request)
                made = do(request)
            except Wrong as wrong:
                return JSONResponse(dict(wrong.body), wrong.status)
            return JSONResponse(made, 201 if request.method == "POST" and request.url.path != "/connect/token" else 200)

        return answer

    def _token(self, request: Request) -> dict[str, Any]:
        shown = request.headers.get("authorization", "").removeprefix("Basic ")
        if not hmac.compare_digest(shown.encode(), self._basic.encode()):
            raise Wrong(401, {"error": "invalid_client"})
        token = secrets.token_urlsafe(24)
        self._tokens[token] = time.monotonic() + TOKEN_LIFE_S
        return {"access_token": token, "expires_in": TOKEN_LIFE_S, "token_type": "Bearer"}

    def _insist_on_token(self, request: Request) -> None:
        shown = request.headers.get("authorization", "").removeprefix("Bearer ")
        if self._tokens.get(shown, 0.0) < time.monotonic():
            raise Wrong(401, {"error": "unauthorized"})

    def _property(self, asked: Request) -> dict[str, Any]:
        if asked.path_params["id"] not in seed.PROPERTIES:
            raise Wrong(404, {"error": "not found"})
        return {"id": asked.path_params["id"], "name": seed.PROPERTIES[asked.path_params["id"]]}

    def _availability(self, asked: Request) -> dict[str, Any]:
        first, last = (_date(asked.query_params.get(name), name) for name in ("from", "to"))
        wanted = asked.query_params.get("unitGroupIds")
        slices = []
        for day in (first + timedelta(days=number) for number in range((last - first).days + 1)):
            taken = sum(one["arrival"] <= day.isoformat() < one["departure"] for one in self._live())
            groups = [
                {"id": group, "available": max(0, seed.UNITS_OF_EACH - (taken if group == "STD" else 0) % 10)}
                for group in seed.UNIT_GROUPS
                if wanted in (None, group)
            ]
            slices.append({"from": day.isoformat(), "to": day.isoformat(), "unitGroups": groups})
        return {"timeSlices": slices}

    def _rates(self, asked: Request) -> dict[str, Any]:
        plan = _of(seed.RATE_PLANS, asked)
        first, last = (_date(asked.query_params.get(name), name) for name in ("from", "to"))
        if asked.query_params.get("unitGroupIds") not in seed.UNIT_GROUPS:
            raise Wrong(404, {"error": "not found"})
        value = {"totalGrossAmount": plan["gross"], "includedTaxes": plan["tax"]}
        nights = (first + timedelta(days=number) for number in range((last - first).days))
        return {
            "rates": [
                {
                    "from": night.isoformat(),
                    "to": (night + timedelta(days=1)).isoformat(),
                    "values": [value],
                    "restrictions": {"minLengthOfStay": 1, "closed": False},
                }
                for night in nights
            ]
        }

    def _book(self, asked: Request) -> dict[str, Any]:
        given = asked.state.body
        wrong = [
            {"field": name, "message": "is needed"}
            for name in ("arrival", "departure", "primaryGuest", "unitGroup", "ratePlan", "property")
            if not given.get(name)
        ]
        if wrong:
            raise Wrong(422, {"errors": wrong})
        made = seed.booking(
            f"RES-{secrets.token_hex(4).upper()}",
            given["primaryGuest"],
            _date(given["arrival"], "arrival"),
            _date(given["departure"], "departure"),
            room=str(400 + len(self._bookings) % 100),
            comment=given.get("comment", ""),
            property_id=given["property"]["id"],
        )
        made |= {name: given[name] for name in ("adults", "unitGroup", "ratePlan") if name in given}
        self._bookings[made["id"]] = made
        return made

    def _find(self, asked: Request) -> dict[str, Any]:
        wanted = {name: value for name, value in asked.query_params.items() if name in _FILTERS}
        found = [
            one
            for one in self._bookings.values()
            if all(str(_FILTERS[name](one) or "").lower() == value.lower() for name, value in wanted.items())
        ]
        return {"bookings": found}

    def _change(self, asked: Request) -> dict[str, Any]:
        booking = _of(self._bookings, asked)
        changes = {
            name: value
            for name, value in asked.state.body.items()
            if name in ("arrival", "departure", "adults", "unitGroup", "comment", "status", "primaryGuest")
        }
        booking |= {**changes, "modified": datetime.now(UTC).isoformat(timespec="seconds")}
        return booking

    def _serve_room(self, asked: Request) -> dict[str, Any]:
        order = {"id": f"SR-{len(self._orders) + 1:05d}", **asked.state.body}
        if known := next((one for one in self._orders if one.get("reference") == order.get("reference")), None):
            return known
        self._orders.append(order)
        return order

    def _live(self) -> list[dict[str, Any]]:
        return [one for one in self._bookings.values() if one["status"] in ("Confirmed", "InHouse")]


def _of(every: Mapping[str, dict[str, Any]], asked: Request) -> dict[str, Any]:
    if asked.path_params["id"] not in every:
        raise Wrong(404, {"error": "not found"})
    return every[asked.path_params["id"]]


def _date(given: object, name: str) -> date:
    try:
        return date.fromisoformat(str(given))
    except ValueError:
        raise Wrong(422, {"errors": [{"field": name, "message": "should be a date"}]}) from None


async def _json(request: Request) -> dict[str, Any]:
    try:
        given = await request.json()
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise Wrong(422, {"errors": [{"field": "body", "message": "should be an object"}]})
    return given
