"""Lookups at a property system that fails in every way it can."""

from __future__ import annotations

import asyncio
import json
import time
from itertools import pairwise
from typing import Any

import pytest

from reference.calls.tables import FALLBACK_QUEUE
from tests.reference.calls.upstreams import AURORA, STAY, Upstreams, problem_of, upstream

BOOKING = f"/bookings/{STAY}"


def codes(found: Any) -> list[str]:
    return [each["code"] for each in found.warnings]


def test_a_stay_is_told_in_our_words_and_asked_for_once() -> None:
    async def test(hotel: Upstreams) -> None:
        every = await asyncio.gather(*(hotel.looks_up() for _ in range(5)), hotel.looks_up("RES-1001"))
        found = await hotel.looks_up()
        told = {name: found.data[name] for name in ("guest_name", "room_number", "status", "source", "stale")}
        expected = {"guest_name": "Mira Okafor", "room_number": "205", "status": "checked_in"}
        assert told == {**expected, "source": "pms", "stale": False}
        assert all(each == found for each in every[:5])
        assert every[5].data["room_number"] == "101"
        assert len(hotel.asked(BOOKING)) == 1
        assert len(hotel.asked("/connect/token")) == 1
        assert {each["correlation_id"] for each in hotel.asked("/")} == {"looked-up-1"}
        await hotel.looks_up(fresh=True)
        assert len(hotel.asked(BOOKING)) == 2

    upstream(test)


def test_two_failures_are_waited_out_with_growing_and_differing_pauses() -> None:
    async def test(hotel: Upstreams) -> None:
        await hotel.looks_up("RES-1001")
        firsts = []
        for number in (1, 2):
            hotel.fails(path=f"PERF-0000{number}", times=2, status=503)
        began_s = time.monotonic()
        found = await asyncio.gather(*(hotel.looks_up(f"PERF-0000{number}") for number in (1, 2)))
        assert 1.5 <= time.monotonic() - began_s < 2.5
        assert [codes(each) for each in found] == [[], []]
        for number in (1, 2):
            moments = [each["asked_at_s"] for each in hotel.asked(f"PERF-0000{number}")]
            first, second = (later - earlier for earlier, later in pairwise(moments))
            assert second >= 1.8 * first
            firsts.append(first)
        assert abs(firsts[0] - firsts[1]) > 1e-4
        assert hotel.breakers.of("pms_connector", AURORA).state == "closed"

    upstream(test)


@pytest.mark.parametrize(
    ("effect", "scope", "code", "times"),
    [
        ("fail", {"status": 500}, "PMS_CONNECTOR_ERROR", 3),
        ("fail", {"status": 429, "retry_after": 30}, "PMS_CONNECTOR_ERROR", 3),
        ("refuse", {}, "CONNECTION_ERROR", 3),
        ("hang", {}, "TIMEOUT_ERROR", 2),
        ("fail", {"status": 403}, "PMS_CONNECTOR_ERROR", 1),
        ("fail", {"status": 422}, "PMS_CONNECTOR_ERROR", 1),
        ("fail", {"status": 404}, "NOT_FOUND", 1),
        ("corrupt", {"how": "cut"}, "PMS_CONNECTOR_ERROR", 1),
        ("corrupt", {"how": "types"}, "PMS_CONNECTOR_ERROR", 1),
        ("corrupt", {"how": "empty"}, "PMS_CONNECTOR_ERROR", 1),
    ],
)
def test_who_insists_is_told_why_and_in_time(effect: str, scope: dict[str, Any], code: str, times: int) -> None:
    async def test(hotel: Upstreams) -> None:
        await hotel.looks_up("RES-1001")
        trouble = hotel.fails(effect, path=STAY, **scope)
        began_s = time.monotonic()
        assert (await problem_of(hotel.looks_up(strict=True))).code == code
        assert time.monotonic() - began_s < 2.4
        assert len(hotel.asked(BOOKING)) == times
        assert hotel.breakers.of("pms_connector", AURORA).consecutive_failures == (scope.get("status", 500) not in CALM)
        trouble.call_off()
        assert codes(await hotel.looks_up()) == []

    upstream(test)


CALM = (403, 404, 422)


@pytest.mark.parametrize("how", ["cut", "types", "empty"])
def test_a_sign_in_whose_answer_is_spoiled_spoils_the_lookup_alone(how: str) -> None:
    async def test(hotel: Upstreams) -> None:
        hotel.fails("corrupt", path="/connect/token", how=how, times=1)
        assert codes(await hotel.looks_up()) == ["PMS_DATA_INVALID"]
        assert codes(await hotel.looks_up()) == []

    upstream(test)


@pytest.mark.parametrize(("times", "expected"), [(1, []), (None, ["PMS_CONNECTOR_ERROR"])])
def test_a_sign_in_that_is_over_is_renewed_once(times: int | None, expected: list[str]) -> None:
    async def test(hotel: Upstreams) -> None:
        await hotel.looks_up("RES-1001")
        hotel.fails(path=STAY, status=401, times=times)
        assert codes(await hotel.looks_up()) == expected
        assert (len(hotel.asked(BOOKING)), len(hotel.asked("/connect/token"))) == (2, 2)

    upstream(test)


def test_patience_that_is_asked_for_is_given_if_there_is_time() -> None:
    async def test(hotel: Upstreams) -> None:
        hotel.fails(path=STAY, status=429, retry_after=1, times=1)
        began_s = time.monotonic()
        assert codes(await hotel.looks_up()) == []
        assert 1.0 <= time.monotonic() - began_s < 1.5

    upstream(test)


def test_what_was_known_is_told_as_stale_and_not_after_a_change() -> None:
    async def test(hotel: Upstreams) -> None:
        known = await hotel.looks_up()
        hotel.fails("refuse", path=STAY)
        stale = await hotel.looks_up()
        assert (stale.data, codes(stale)) == ({**known.data, "stale": True}, [])
        hotel.lookups.forget(AURORA, STAY)
        assert (await hotel.looks_up()).data["guest_name"] == "Valued Guest"

    upstream(test, cache_s=0)


def test_a_change_during_a_lookup_is_not_overlooked() -> None:
    async def test(hotel: Upstreams) -> None:
        hotel.fails("delay", path=STAY, seconds=0.3, times=1)
        looking_up = asyncio.create_task(hotel.looks_up())
        while not hotel.asked(BOOKING):
            await asyncio.sleep(0.01)
        hotel.lookups.forget(AURORA, STAY)
        await asyncio.gather(looking_up, hotel.looks_up())
        await hotel.looks_up()
        assert len(hotel.asked(BOOKING)) == 2

    upstream(test)


@pytest.mark.parametrize(
    ("reservation", "expected"),
    [
        ("RES-0000", ["RESERVATION_NOT_FOUND"]),
        ("RES-4004", ["PMS_DATA_INCOMPLETE"]),
        ("RES-5005", ["PMS_DATA_INVALID"]),
        ("RES-6006", ["PMS_DATA_SANITIZED"]),
    ],
)
def test_what_is_wrong_with_a_reservation_is_said(reservation: str, expected: list[str]) -> None:
    async def test(hotel: Upstreams) -> None:
        found = await hotel.looks_up(reservation)
        assert codes(found) == expected
        shown = json.dumps(found.data).lower()
        assert not [each for each in ("not an address", "<script", "drop table", "'") if each in shown]

    upstream(test)


def test_a_property_system_that_keeps_failing_is_left_alone_and_tried_again() -> None:
    async def test(hotel: Upstreams) -> None:
        trouble = hotel.fails("corrupt", path="RES-")
        for _ in range(3):
            await hotel.looks_up()
        refused = await problem_of(hotel.looks_up(strict=True))
        assert (refused.code, refused.retry_after_s) == ("CIRCUIT_BREAKER_OPEN", 1)
        assert codes(await hotel.looks_up()) == ["CIRCUIT_BREAKER_OPEN"]
        assert len(hotel.asked(BOOKING)) == 3
        birch = await hotel.lookups.reservation("hotel-birch", "BIR-1001", strict=True, fresh=False)
        assert birch.data["guest_name"] == "Tove Lindgren"
        trouble.call_off()
        await asyncio.sleep(1.1)
        assert codes(await hotel.looks_up()) == []

    upstream(test)


def test_orders_that_are_put_by_are_delivered_once_whatever_else_waits() -> None:
    async def test(hotel: Upstreams) -> None:
        trouble = hotel.fails(path="/operations", status=403)
        for number in range(12):
            made, warnings = await hotel.lookups.order(AURORA, "205", f"Tea {number}", "order-1")
            assert (made["status"], made["fallback_active"], len(warnings)) == ("queued", True, 1)
            assert made["id"].startswith("fallback_")
        hotel.fails(path="/operations", status=422, times=1)
        assert FALLBACK_QUEUE and len(hotel.queue.waiting) == 12
        trouble.call_off()
        async with asyncio.timeout(8):
            while len(hotel.asked("/operations")) < 12 + 12 or hotel.queue.waiting:
                await asyncio.sleep(0.05)
        assert len(hotel.asked("/operations")) == 24
        delivered = hotel.services[0]._orders
        assert len({each["details"] for each in delivered}) == len(delivered) == 11

    upstream(test)
