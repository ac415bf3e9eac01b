"""What a carrier tells of calls, what comes of it, and what does not."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from pydantic import ValidationError

from reference.calls.desk import PERMISSIONS, Event
from reference.calls.problem import Problem
from tests.reference.calls.kit import AT, STARTED, WARNING, Hotel, at_hotel, caller, code_of

MORE: dict[str, dict[str, Any]] = {
    "call.interaction": {"interaction_type": "greeting", "guest_input": "Hello."},
    "call.transferred": {"to_extension": "12"},
    "call.ended": {"duration": 120},
    "call.failed": {"reason": "line lost"},
}
RESERVED = {"hotel_id": "hotel-aurora", "reservation_id": "RES-2002"}
PERSONAL = {"email": "mira@guests.example", "phone": "+49301234567", "note": "card 4111 1111 1111 1111"}


def test_a_call_goes_through_its_states_and_is_counted_once() -> None:
    async def test(hotel: Hotel) -> None:
        seen: list[tuple[str, str]] = []
        hotel.desk.watchers.append(lambda call, before: seen.append((before, call.state)))
        for name in ("started", "answered", "hold", "resumed", "transferred", "ended"):
            await hotel.hears(f"call.{name}", **MORE.get(f"call.{name}", {}))
        states = ["active", "on_hold", "active", "transferring", "ended"]
        assert [each["state"] for each in hotel.call().history] == states
        assert seen == list(zip(["", *states], states, strict=False))
        assert (hotel.call().answered_at, hotel.call().duration) == (AT, 120)
        assert hotel.calls.items[-1]["state"] == "ended"
        assert [each["seq"] for each in hotel.events.items] == [f"{number:06d}" for number in range(1, 7)]
        labels = '{hotel_id="hotel-aurora",language="en",status="%s"}'
        assert [hotel.counted(f"call_total{labels % status}") for status in ("started", "ended", "failed")] == [1, 1, 0]
        assert hotel.counted("call_duration_seconds_sum") == 120
        assert hotel.desk.active()["hotel-aurora"] == 0

    at_hotel(test)


def test_a_start_that_is_told_twice_counts_and_asks_once() -> None:
    async def test(hotel: Hotel) -> None:
        start = {"metadata": RESERVED}
        answers = [await hotel.hears("call.started", **start) for _ in range(2)]
        assert [each["duplicate"] for each in answers] == [False, True]
        await asyncio.gather(*(hotel.hears("call.started", "c-2", **start) for _ in range(5)))
        assert hotel.counted('call_total{hotel_id="hotel-aurora",language="en",status="started"}') == 2
        assert [each["event"] for each in hotel.events.items] == ["call.started"] * 2

    at_hotel(test)


def test_whatever_a_guest_asks_later_the_stay_is_looked_up_once() -> None:
    async def test(hotel: Hotel) -> None:
        await hotel.hears("call.started", metadata={**RESERVED, "fresh": True})
        for kind in ("guest_info_request", "room_service_request", "guest_info_request"):
            answer = await hotel.hears("call.interaction", interaction_type=kind, guest_input="Please.")
        assert "Mira Okafor" in answer["reply"]["text"]
        assert hotel.property_system.asked == ["RES-2002"]

    at_hotel(test)


@pytest.mark.parametrize("event", PERMISSIONS)
def test_nothing_can_be_told_of_a_call_that_never_was_or_is_over(event: str) -> None:
    async def test(hotel: Hotel) -> None:
        told = MORE.get(event, {})
        if event != "call.started":
            assert await code_of(hotel.hears(event, **told)) == "NOT_FOUND"
        await hotel.hears("call.started")
        await hotel.hears("call.ended", duration=3)
        before = json.dumps(hotel.call().told())
        assert await code_of(hotel.hears(event, **told)) == "CONFLICT"
        assert json.dumps(hotel.call().told()) == before

    at_hotel(test)


@pytest.mark.parametrize("event", PERMISSIONS)
def test_each_event_needs_its_permission_and_its_hotel(event: str) -> None:
    async def test(hotel: Hotel) -> None:
        if event != "call.started":
            await hotel.hears("call.started")
        others = frozenset(PERMISSIONS.values()) - {PERMISSIONS[event]}
        for principal in (caller(may=others), caller("hotel-birch")):
            told = hotel.hears(event, principal=principal, **MORE.get(event, {}))
            assert await code_of(told) == "AUTHORIZATION_ERROR"
        assert await code_of(hotel.hears(event, principal=caller("hotel-aurora"), **MORE.get(event, {}))) == ""

    at_hotel(test)


@pytest.mark.parametrize(
    ("event", "members", "field"),
    [
        ("call.rang", {}, "event"),
        ("call.started", {"from_number": None}, "from_number"),
        ("call.started", {"from_number": "4930111222"}, "from_number"),
        ("call.started", {"to_number": "+123456"}, "to_number"),
        ("call.started", {"to_number": "+1234567890123456"}, "to_number"),
        ("call.started", {"metadata": {}}, "hotel_id"),
        ("call.started", {"metadata": {"hotel_id": "hotel-aurora", "priority": "low"}}, "priority"),
        ("call.started", {"metadata": {"hotel_id": "hotel-aurora", "large_data": "a" * 10_001}}, "large_data"),
        ("call.hold", {"timestamp": "yesterday"}, "timestamp"),
        ("call.hold", {"timestamp": 1767262500}, "timestamp"),
        ("call.hold", {"call_id": ""}, "call_id"),
        ("call.interaction", {"interaction_type": "greeting"}, "guest_input"),
        ("call.transferred", {}, "to_extension"),
        ("call.ended", {}, "duration"),
        ("call.ended", {"duration": -1}, "duration"),
        ("call.ended", {"duration": float("inf")}, "duration"),
        ("call.failed", {}, "reason"),
    ],
)
def test_what_is_told_has_to_be_whole_and_well_formed(event: str, members: dict[str, Any], field: str) -> None:
    told = {
        "event": event,
        "call_id": "c-1",
        "timestamp": AT,
        **(STARTED if event == "call.started" else {}),
        **members,
    }
    try:
        Event.model_validate(told)
    except Problem as problem:
        named = [each["field"] for each in problem.details["fields"]]
    except ValidationError as invalid:
        named = [".".join(map(str, each["loc"])) for each in invalid.errors()]
    else:
        named = []
    assert len(named) == 1
    assert field in named[0]


def test_what_is_personal_comes_back_hidden_and_is_kept_so() -> None:
    async def test(hotel: Hotel) -> None:
        answer = await hotel.hears("call.started", metadata={**RESERVED, "guest_data": PERSONAL})
        await hotel.hears("call.interaction", interaction_type="complaint", guest_input="Write to mira@guests.example")
        kept = json.dumps([answer["metadata"], hotel.calls.items, hotel.events.items, hotel.call().told()])
        assert "[REDACTED]" in json.dumps(answer["metadata"])
        for value in ("mira@guests.example", "49301234567", "4111", "30111222"):
            assert value not in kept
        assert hotel.call().told()["from_number"] == "[MASKED]22"
        assert hotel.counted('pii_redactions_total{category="contact"}') >= 3

    at_hotel(test)


def test_without_the_property_system_a_call_succeeds_in_part_unless_it_insists() -> None:
    async def test(hotel: Hotel) -> None:
        hotel.property_system.warnings = [WARNING]
        answer = await hotel.hears("call.started", metadata=RESERVED)
        assert (answer["status"], answer["warnings"]) == ("partial_success", [WARNING])
        insisting = hotel.hears("call.started", "c-2", metadata={**RESERVED, "require_reservation": True})
        assert await code_of(insisting) == "PMS_CONNECTOR_ERROR"
        assert hotel.records.find("c-2") is None
        told = {"interaction_type": "guest_info_request", "guest_input": "When do I leave?"}
        assert (await hotel.hears("call.interaction", **told))["status"] == "partial_success"
        assert (await hotel.hears("call.ended", duration=1))["status"] == "success"

    at_hotel(test)


@pytest.mark.parametrize(
    ("kind", "intent"),
    [("room_service_request", "room_service"), ("complaint", "complaint_feedback"), ("small_talk", "unknown")],
)
def test_each_interaction_has_its_intent_and_words(kind: str, intent: str) -> None:
    async def test(hotel: Hotel) -> None:
        await hotel.hears("call.started", metadata={**RESERVED, "priority": "urgent"})
        answer = await hotel.hears("call.interaction", interaction_type=kind, guest_input="Please.")
        assert answer["reply"]["intent"] == intent
        assert answer["reply"]["text"].strip()
        assert ("service_request" in answer) is (kind == "room_service_request")
        assert hotel.admission.priorities[0] == "urgent"

    at_hotel(test)
