"""Calls over HTTP: what carriers, staff and the media agent ask."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Mapping
from typing import Any

from pydantic import Field

from reference.calls.desk import CallDesk, Event
from reference.calls.endpoints import AGENT, SIGNED_IN, Endpoint, number
from reference.calls.figures import Figures
from reference.calls.media import Media, Start
from reference.calls.model import STATES
from reference.calls.problem import Problem, invalid
from reference.calls.repository import CallRecords
from reference.http.endpoints import Asked, Body
from reference.storage.records import Records

MOST_LISTED, USUALLY_LISTED = 100, 50
ANSWERED_WITHIN_DAYS = 30
_DAY_S = 86_400


class AgentEvent(Body):
    event: str = Field(min_length=1, max_length=100, pattern=r"^[a-z][a-z0-9_]*$")
    room_name: str = Field(min_length=1, max_length=200)
    data: dict[str, Any] = Field(default_factory=dict)


class PrivacyRequest(Body):
    guest_id: str | None = Field(default=None, max_length=200)
    hotel_id: str | None = Field(default=None, max_length=100)
    consent_type: str | None = Field(default=None, max_length=100)
    reason: str | None = Field(default=None, max_length=1000)


class CallsApi:
    def __init__(
        self, desk: CallDesk, records: CallRecords, media: Media, privacy_requests: Records, figures: Figures
    ) -> None:
        self._desk = desk
        self._records = records
        self._media = media
        self._privacy_requests = privacy_requests
        self._figures = figures

    def endpoints(self) -> list[Endpoint]:
        spoken = frozenset({"guest_input"})
        service = ("call:manage", "call:start")
        return [
            Endpoint("POST", "/webhook/call-event", SIGNED_IN, self._desk.event, Event, spoken),
            Endpoint("POST", "/v1/call/start", "call:start", self._media.start, Start),
            Endpoint("GET", "/v1/calls", "call:view", self.listed),
            Endpoint("GET", "/v1/calls/{call_id}", "call:view", self.one),
            Endpoint("POST", "/call/event", AGENT, self.agent, AgentEvent),
            Endpoint("POST", "/v1/gdpr/consent", service, self.consent, PrivacyRequest),
            Endpoint("POST", "/v1/gdpr/deletion-request", service, self.deletion, PrivacyRequest),
        ]

    async def listed(self, asked: Asked) -> Mapping[str, Any]:
        """Return the calls that somebody may see, the newest first (CALL-30)."""
        limit, offset = number(asked, "limit", USUALLY_LISTED, 1, MOST_LISTED), number(asked, "offset", 0, 0, 10**9)
        hotel_id, status = asked.query.get("hotel_id"), asked.query.get("status")
        if hotel_id is not None:
            asked.principal.at(hotel_id)
        if status not in (None, *STATES):
            raise invalid({"status": "is not known"})
        start, end = (self._date(asked, name) for name in ("start_date", "end_date"))
        found = [
            call
            for call in self._records.every()
            if asked.principal.sees(call.hotel_id)
            and hotel_id in (None, call.hotel_id)
            and status in (None, call.state)
            and (start is None or call.started_at[:10] >= start)
            and (end is None or call.started_at[:10] <= end)
        ][::-1]
        page = [call.told() for call in found[offset : offset + limit]]
        return {"calls": page, "total": len(found), "limit": limit, "offset": offset}

    async def one(self, asked: Asked) -> Mapping[str, Any]:
        call = self._records.find(asked.parameters["call_id"])
        if call is None:
            raise Problem("NOT_FOUND", "There is no such call")
        asked.principal.at(call.hotel_id)
        return call.told()

    async def agent(self, asked: Asked) -> Mapping[str, Any]:
        """Take what the agent in a media room tells (CALL-26)."""
        self._figures.count("call_events", event_type=asked.body.event)
        return {"status": "processed", "event": asked.body.event}

    async def consent(self, asked: Asked) -> Mapping[str, Any]:
        return await self._noted(asked, "consent_id")

    async def deletion(self, asked: Asked) -> Mapping[str, Any]:
        return await self._noted(asked, "deletion_id")

    async def _noted(self, asked: Asked, name: str) -> Mapping[str, Any]:
        made, until_s = str(uuid.uuid4()), int(time.time()) + ANSWERED_WITHIN_DAYS * _DAY_S
        kept = {"request_id": made, "kind": name, **asked.body.model_dump(exclude_none=True), "expires_at": until_s}
        await self._privacy_requests.put(kept)
        return {name: made, "status": "pending", "days": ANSWERED_WITHIN_DAYS}

    @staticmethod
    def _date(asked: Asked, name: str) -> str | None:
        given = asked.query.get(name)
        if given is not None and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ].{1,40})?", given):
            raise invalid({name: "should be a date"})
        return None if given is None else given[:10]
