"""Property systems as staff ask them, and the notices that are taken of changes."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from reference.calls.connectors.port import CAPABILITIES
from reference.calls.security.principals import anonymous
from reference.http.endpoints import Asked
from tests.reference.calls.upstreams import STAY, Upstreams, problem_of, upstream

TODAY = datetime.now(UTC).date()
GUEST = {"first_name": "Nora", "last_name": "Berg", "email": "nora@berg.example", "phone": "+4799887766"}
DRAFT = {
    "arrival": TODAY.isoformat(),
    "departure": (TODAY + timedelta(days=2)).isoformat(),
    "room_type": "STD",
    "rate_code": "BAR",
    "guest_count": 1,
    "guest": GUEST,
    "special_requests": "A quiet room",
}
HOTELS = ["hotel-aurora", "hotel-birch"]


@pytest.mark.parametrize("hotel", HOTELS)
def test_a_reservation_lives_the_same_life_in_every_system(hotel: str) -> None:
    async def test(upstreams: Upstreams) -> None:
        made = (await upstreams.staff("POST", f"{hotel}/reservations", body=DRAFT)).body
        one, confirmation = f"{hotel}/reservations/{made['id']}", f"confirmation={made['confirmation_number']}"
        for found in (
            await upstreams.staff("GET", one),
            await upstreams.staff("GET", f"{hotel}/reservations", confirmation),
        ):
            assert (found["guest"]["last_name"], found["special_requests"], found["status"]) == (
                "Berg", "A quiet room", "confirmed",
            )  # fmt: skip
            assert found["hotel_id"] == hotel
        later = {"departure": (TODAY + timedelta(days=3)).isoformat(), "special_requests": "Two pillows"}
        changed = await upstreams.staff("PATCH", one, body=later)
        assert {name: changed[name] for name in later} == later
        for query in ("email=NORA@berg.example", "phone=+4799887766", "last_name=berg"):
            found = await upstreams.staff("GET", f"{hotel}/guests", query)
            assert [each["last_name"] for each in found["guests"]] == ["Berg"]
        assert (await upstreams.staff("POST", f"{one}/cancel"))["status"] == "cancelled"
        assert (await problem_of(upstreams.staff("POST", f"{one}/cancel"))).code == "CONFLICT"
        lines = (await upstreams.staff("GET", f"{hotel}/arrivals", f"date={DRAFT['arrival']}")).content.splitlines()
        assert made["id"] not in {json.loads(each)["id"] for each in lines}

    upstream(test)


@pytest.mark.parametrize("hotel", HOTELS)
def test_what_is_free_and_what_it_costs(hotel: str) -> None:
    async def test(upstreams: Upstreams) -> None:
        last = TODAY + timedelta(days=2)
        told = await upstreams.staff("GET", f"{hotel}/availability", f"start={TODAY}&end={last}")
        assert list(map(date.fromisoformat, told["availability"])) == [TODAY + timedelta(days=n) for n in range(3)]
        assert all(each["max_occupancy"] >= each["base_occupancy"] > 0 for each in told["room_types"])
        quote = await upstreams.staff("POST", f"{hotel}/quote", body={**DRAFT, "guest_count": 2})
        assert (quote["total_amount"], list(quote["breakdown"].values())) == ("220.00", ["110.00", "110.00"])
        assert quote["taxes"] == "20.00"
        for wrong in ({"rate_code": "XXX"}, {"room_type": "XXX"}):
            assert (await problem_of(upstreams.staff("POST", f"{hotel}/quote", body=DRAFT | wrong))).code == "NOT_FOUND"
        backwards = upstreams.staff("GET", f"{hotel}/availability", f"start={last}&end={TODAY}")
        assert (await problem_of(backwards)).code == "VALIDATION_ERROR"
        able = await upstreams.staff("GET", f"{hotel}/capabilities")
        assert (set(CAPABILITIES) <= set(able), able["payment_processing"]) == (True, False)
        assert (await upstreams.staff("GET", f"{hotel}/health"))["status"] == "healthy"

    upstream(test)


@pytest.mark.parametrize("path", ["/inventory", "/availability", "/rateplan", "/booking", "/connect"])
@pytest.mark.parametrize("how", ["cut", "types", "empty"])
def test_a_spoiled_answer_is_never_an_error_of_our_own(path: str, how: str) -> None:
    async def test(upstreams: Upstreams) -> None:
        upstreams.fails("corrupt", path=path, how=how)
        asked = {
            "/rateplan": ("POST", "hotel-aurora/quote", "", DRAFT),
            "/booking": ("GET", "hotel-aurora/guests", "last_name=berg", None),
        }.get(path, ("GET", "hotel-aurora/availability", f"start={TODAY}&end={TODAY}", None))
        assert (await problem_of(upstreams.staff(*asked))).code == "PMS_CONNECTOR_ERROR"

    upstream(test)


@pytest.mark.parametrize(
    ("flaw", "code"),
    [
        ({}, ""),
        ({"age_s": 299}, ""),
        ({"age_s": 301}, "BAD_REQUEST"),
        ({"age_s": -62}, "BAD_REQUEST"),
        ({"over": b"{}"}, "AUTHORIZATION_ERROR"),
        ({"key": b"other"}, "AUTHORIZATION_ERROR"),
        ({"agent": "curl/8"}, "AUTHORIZATION_ERROR"),
        ({"content_type": "text/plain"}, "UNSUPPORTED_MEDIA_TYPE"),
        ({"body": b" " * (1 << 20) + b"{}"}, "PAYLOAD_TOO_LARGE"),
        ({"body": b"[]"}, "BAD_REQUEST"),
    ],
)
def test_a_change_is_believed_if_it_is_signed_and_fresh(flaw: dict[str, Any], code: str) -> None:
    async def test(upstreams: Upstreams) -> None:
        notice = {"topic": "Reservation", "type": "changed", "propertyId": "AUR01", "data": {"entityId": STAY}}
        body, moment = flaw.get("body", json.dumps(notice).encode()), str(int(time.time()) - flaw.get("age_s", 0))
        signed = hmac.new(flaw.get("key", b"shared"), flaw.get("over", body) + moment.encode(), hashlib.sha256)
        headers = {
            "content-type": flaw.get("content_type", "application/json"),
            "user-agent": flaw.get("agent", "Apaleo-Webhook/1.0"),
            "x-apaleo-timestamp": moment,
            "x-apaleo-signature": f"sha256={signed.hexdigest()}",
        }
        path = "/v1/apaleo/webhook"
        asked = Asked(anonymous("127.0.0.1"), "POST", path, {}, {}, headers, "127.0.0.1", "told-1", body)
        await upstreams.looks_up()
        if code:
            assert (await problem_of(upstreams.api.webhook(asked))).code == code
        else:
            told = await upstreams.api.webhook(asked)
            assert told == {"status": "processed", "event_type": "changed", "reservation_id": STAY}
        await upstreams.looks_up()
        assert len(upstreams.asked(STAY)) == (1 if code else 2)

    upstream(test)
