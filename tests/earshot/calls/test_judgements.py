"""What is made of what guests and staff are told: each thing that is promised is missed when it is not so."""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import json
import re
import wave
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import strategies as st

from earshot.calls import desk, notices, replies
from earshot.calls.figures import Figure
from earshot.calls.guest import Guest
from earshot.ledger import Http, Kind, Observation
from earshot.odd import tried
from earshot.targets.accounts import Account
from tests.earshot.cast_kit import a_scene

BOOKED = {
    "id": "RES-7",
    "hotel_id": "hotel-aurora",
    "confirmation_number": "C7",
    "status": "confirmed",
    "arrival": desk.day(1),
    "departure": desk.day(3),
    "guest": {"first_name": "Mira", "last_name": "Abc"},
}


def told(guest: Guest, message: Mapping[str, Any], code: int = 200, payload: bytes = b"") -> None:
    """Let somebody have been answered so."""
    http = Http("GET /", "/")
    guest._answer = guest._scene.ledger.keep(
        Observation(0, guest.name, guest.name, Kind.RECEIVED, message=message, http=http, code=code, payload=payload)
    )
    guest.replies += [reply] if (reply := message.get("reply")) else []


@pytest.fixture
def mira() -> Guest:
    secrets = {"calls": {"carrier": Account(key="hk_of_the_carrier")}}
    guest = Guest("Mira", a_scene(service=SimpleNamespace(accounts=secrets)))
    guest.reservations["Hotel Aurora"] = BOOKED
    return guest


def wav(length_ms: int) -> str:
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(16 * length_ms))
    return base64.b64encode(content.getvalue()).decode()


REPLY = {"text": "Good day.", "intent": "greeting", "language": "en"}
DATA = {"id": "RES-7", "guest_name": "Mira Abc", "arrival": desk.day(1), "departure": desk.day(3)}
DATA |= {"status": "confirmed", "stale": False}
OUTAGE = {"level": "error", "service": "pms_connector", "code": "PMS_CONNECTOR_ERROR"}
PARTIAL, STAND_IN = (
    {"status": "partial_success", "warnings": [OUTAGE]},
    {"fallback_active": True, "guest_name": "Valued Guest"},
)
ORDER = {"id": "fallback_1", "status": "queued", "fallback_active": True}
SPOKEN = {"audio_data": wav(500), "duration_ms": 500, "engine_used": "engine_a", "voice_used": "female"}
PRICE = {"breakdown": {desk.day(1): "110.00", desk.day(2): "110.00"}, "total_amount": "220.00", "taxes": "20.00"}
PRICE |= {"currency": "EUR", "cancellation_policy": "flexible"}
KINDS = [{"code": "STD", "base_occupancy": 1, "max_occupancy": 2}]


@pytest.mark.parametrize(
    ("judge", "good", "bad"),
    [
        (replies.greets("en"), {"reply": REPLY}, {"reply": {**REPLY, "text": "Guten Tag."}}),
        (replies.greets("de"), {"reply": {**REPLY, "language": "de", "text": "Willkommen."}},
         {"reply": {**REPLY, "language": "de"}}),
        (replies.says(intent="greeting"), {"reply": REPLY}, {"reply": {**REPLY, "text": ""}}),
        (replies.is_hint, {"reply": {"text": "Press another."}}, {"reply": REPLY}),
        (replies.IS_COMPLETE, {"status": "success", "warnings": []}, {"status": "success", "warnings": [OUTAGE]}),
        (replies.STANDS_IN,
         {**PARTIAL, "reservation_data": STAND_IN}, {**PARTIAL, "reservation_data": {**STAND_IN, "guest_name": "Abc"}}),
        (replies.knows_the_reservation(stale=False), {"reservation_data": DATA},
         {"reservation_data": {**DATA, "guest_name": "Bruno Def"}}),
        (replies.PUT_BY, {"service_request": ORDER}, {"service_request": {**ORDER, "id": "7"}}),
        (replies.tells(duplicate=True), {"duplicate": True}, {"duplicate": False}),
        (replies.is_spoken, SPOKEN, {**SPOKEN, "duration_ms": 800}),
        (replies.is_redacted(["a@b.example"]), {"email": "[REDACTED]"}, {"a": "a@b.example [REDACTED]"}),
        (desk.has_prices, PRICE, {**PRICE, "total_amount": "221.00"}),
        (desk.has_prices, PRICE, {**PRICE, "breakdown": {desk.day(1): "220.00"}}),
        (desk.has_rooms(2), {"availability": {desk.day(1): {}, desk.day(2): {}}, "room_types": KINDS},
         {"availability": {desk.day(1): {}}, "room_types": KINDS}),
        (lambda g: desk.is_reservation(g)(g), BOOKED, {**BOOKED, "departure": desk.day(4)}),
        (lambda g: desk.finds_guests(g)(g), {"guests": [{"last_name": "Abc"}]},
         {"guests": [{"last_name": "Abc"}, {"last_name": "Def"}]}),
        (desk.finds_guests(), {"guests": []}, {}),
        (desk.lists("RES-7", "confirmed"), BOOKED, {**BOOKED, "status": "cancelled"}),
    ],
)  # fmt: skip
def test_what_is_promised_is_missed_when_it_is_not_so(
    mira: Guest, judge: Callable[[Guest], object], good: dict[str, Any], bad: dict[str, Any]
) -> None:
    told(mira, good)
    judge(mira)
    told(mira, bad)
    with pytest.raises(AssertionError):
        judge(mira)


def test_nobody_is_told_of_the_inside_of_other_hotels_guests_or_of_secrets(mira: Guest) -> None:
    mira.strangers = ["Defghi"]
    told(mira, {"reservation_data": {"guest_name": "Mira Abc"}})
    assert mira.complaints() == []
    for message in ({"guest_name": "Defghi"}, {"key": "hk_of_the_carrier"}, {"error": {"message": "KeyError: 'x'"}}):
        told(mira, message, 500 if "error" in message else 200)
        (complaint,) = mira.complaints()
        assert "it gives away" in complaint
        assert mira.complaints() == []


def test_a_figure_is_the_sum_of_what_carries_its_labels() -> None:
    text = 'call_total{status="ended",hotel_id="a"} 2.0\ncall_total{hotel_id="b",status="ended"} 1.0\ncall_total_x 9\n'
    assert Figure("call_total", {"status": "ended"}).of(text) == 3
    assert Figure("call_total", {"hotel_id": "b"}).of(text) == 1
    assert Figure("active_calls").of(text) == 0


def test_a_notice_is_signed_as_agreed_unless_it_is_to_be_wrong(mira: Guest) -> None:
    sender: Any = SimpleNamespace(account=Account(secret="shared"))

    def is_good(flaw: notices.Flaw) -> bool:
        request = notices.change(sender, mira, flaw)
        assert request.body is not None
        content = request.body.encoded_as["content"]
        assert json.loads(content)["data"]["entityId"] == "RES-7"
        signed = content + request.headers.get("X-Apaleo-Timestamp", "").encode()
        expected = hmac.new(b"shared", signed, hashlib.sha256).hexdigest()
        return request.headers["X-Apaleo-Signature"] == f"sha256={expected}"

    assert is_good(notices.Flaw())
    assert not is_good(notices.Flaw(secret="another"))
    assert not is_good(notices.Flaw({"X-Apaleo-Timestamp": None}))


def test_nobody_else_is_called_like_a_guest_who_books() -> None:
    first, second = (desk.draft(Guest("Mira", a_scene()))["guest"] for _ in range(2))
    assert first["last_name"] != second["last_name"]
    assert first["email"] != second["email"]


def test_an_odd_request_that_fails_is_told() -> None:
    def attempt(number: int) -> None:
        assert number < 7, f"{number} fails"

    assert re.match(r"\d+ fails", tried(st.integers(0, 100), attempt, times=50, by_chance=1))
    assert tried(st.integers(0, 6), attempt, times=50, by_chance=1) == ""
