"""Calls on a desk of their own: what they stand on does as it is told."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

from reference.calls.desk import PERMISSIONS, CallDesk, Event
from reference.calls.figures import Figures
from reference.calls.lookups import Found
from reference.calls.model import Call
from reference.calls.privacy import Privacy
from reference.calls.problem import Problem
from reference.calls.repository import CallRecords
from reference.calls.security.principals import Principal
from reference.calls.tts import Spoken
from reference.http.endpoints import Asked

AT = "2026-03-04T09:15:00Z"
STAY = {"guest_name": "Mira Okafor", "room_number": "205", "arrival": "2026-03-03", "departure": "2026-03-06"}
STARTED = {"from_number": "+4930111222", "to_number": "+4930999000", "metadata": {"hotel_id": "hotel-aurora"}}
WARNING = {"level": "error", "service": "pms_connector", "code": "PMS_CONNECTOR_ERROR", "message": "Not now."}


def caller(*hotels: str, may: frozenset[str] = frozenset(PERMISSIONS.values())) -> Principal:
    return Principal("service", "carrier", "carrier", may, frozenset(hotels) or None)


@dataclass
class Kept:
    """A table: what was put into it."""

    items: list[dict[str, Any]] = field(default_factory=list)

    async def put(self, item: Mapping[str, Any]) -> None:
        await asyncio.sleep(0)
        self.items.append(json.loads(json.dumps(item)))


@dataclass
class PropertySystem:
    asked: list[str] = field(default_factory=list)
    warnings: list[dict[str, str]] = field(default_factory=list)

    def insist_on(self, hotel_id: str, pms_type: str | None) -> None:
        if pms_type == "opera":
            raise Problem("PMS_NOT_IMPLEMENTED", hotel_id)

    async def reservation(self, _hotel_id: str, reservation_id: str, **how: Any) -> Found:
        await asyncio.sleep(0)
        self.asked.append(reservation_id)
        if how["strict"] and self.warnings:
            raise Problem("PMS_CONNECTOR_ERROR", "Not now.")
        return Found({"fallback_active": True} if self.warnings else STAY, self.warnings)

    async def order(self, _hotel_id: str, room: str, *_: str) -> tuple[dict[str, Any], list[dict[str, str]]]:
        return {"id": f"sr-{room}", "status": "created", "fallback_active": False}, self.warnings


class Voices:
    async def in_call(self, text: str, language: str) -> Spoken:
        return Spoken("AAAA", "mp3", 50 * len(text), "engine-a", language)


class Admission:
    """Room for everybody."""

    def __init__(self) -> None:
        self.priorities: list[str] = []

    @asynccontextmanager
    async def slot(self, priority: str, _size_bytes: int) -> Any:
        self.priorities.append(priority)
        yield


class Hotel:
    """A desk, and all that it stands on."""

    def __init__(self) -> None:
        self.calls, self.events = Kept(), Kept()
        self.property_system, self.admission, self.figures = PropertySystem(), Admission(), Figures()
        self.privacy = Privacy(lambda category: self.figures.count("pii_redactions", category=category))
        self.records = CallRecords(cast("Any", self.calls), cast("Any", self.events))
        stands_on: tuple[Any, ...] = (self.records, self.property_system, Voices(), self.figures, self.privacy)
        self.desk = CallDesk(*stands_on, cast("Any", self.admission))

    async def hears(
        self, event: str, call_id: str = "c-1", principal: Principal | None = None, **more: Any
    ) -> Mapping[str, Any]:
        """Let the carrier tell of an event; a start that needs no more says what it must."""
        said = {**(STARTED if event == "call.started" else {}), **more}
        body = Event.model_validate({"event": event, "call_id": call_id, "timestamp": AT, **said})
        asked = Asked(principal or caller(), "POST", "/webhook/call-event", {}, {}, {}, "", "c-id", b"{}", body)
        return await self.desk.event(asked)

    def counted(self, line: str) -> float:
        """Return a figure by its line without the value."""
        lines = self.figures.text().decode().splitlines()
        return sum(float(each.rpartition(" ")[2]) for each in lines if each.rpartition(" ")[0] == line)

    def call(self, call_id: str = "c-1") -> Call:
        found = self.records.find(call_id)
        assert found is not None
        return found


def at_hotel(test: Callable[[Hotel], Awaitable[None]]) -> None:
    """Run a test in a hotel of its own."""

    async def within() -> None:
        async with asyncio.timeout(5):
            await test(Hotel())

    asyncio.run(within())


async def code_of(refused: Awaitable[object]) -> str:
    """Return by which code something is refused; empty where it is not."""
    try:
        await refused
    except Problem as problem:
        return problem.code
    return ""
