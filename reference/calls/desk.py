"""What happens to calls, as the carrier tells it (sections 3.1 to 3.3)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from reference.calls import phrases
from reference.calls.figures import Figures
from reference.calls.hotels import HOTELS
from reference.calls.lookups import FALLBACK, Found, Lookups, Warned
from reference.calls.model import ACTIVE, ENDED, FAILED, ON_HOLD, TRANSFERRING, Call
from reference.calls.privacy import Privacy, caller_hash
from reference.calls.problem import Problem, invalid
from reference.calls.repository import CallRecords
from reference.calls.resilience.admission import Handler
from reference.calls.security.filter import is_attack
from reference.calls.tts import Voice
from reference.http.endpoints import Asked, Body
from reference.journal import Journal

LONGEST_FREE_TEXT = 10_000
_STATE_OF = {"call.hold": ON_HOLD, "call.resumed": ACTIVE, "call.transferred": TRANSFERRING}
PERMISSIONS = {
    "call.started": "call:start",
    "call.answered": "call:start",
    "call.interaction": "call:start",
    "call.hold": "call:manage",
    "call.resumed": "call:manage",
    "call.transferred": "call:manage",
    "call.ended": "call:end",
    "call.failed": "call:end",
}
_NEEDED = {
    "call.started": ("from_number", "to_number", "metadata"),
    "call.interaction": ("interaction_type", "guest_input"),
    "call.transferred": ("to_extension",),
    "call.ended": ("duration",),
    "call.failed": ("reason",),
}


def _moment(given: str) -> str:
    if len(given) < 19 or datetime.fromisoformat(given).tzinfo is None:
        raise ValueError("should be a date and time with a zone (ISO 8601)")
    return given


Moment = Annotated[str, Field(max_length=64), AfterValidator(_moment)]
Number = Annotated[str, Field(pattern=r"^\+[0-9]{7,15}$")]


class Metadata(Body):
    hotel_id: str | None = Field(default=None, max_length=100)
    reservation_id: str | None = Field(default=None, max_length=100)
    room_number: str | None = Field(default=None, max_length=20)
    pms_type: str | None = Field(default=None, max_length=40)
    priority: Literal["normal", "high", "urgent"] = "normal"
    require_reservation: bool = False
    fresh: bool = False
    guest_data: dict[str, Any] | None = None
    large_data: str | None = Field(default=None, max_length=LONGEST_FREE_TEXT)
    language: str | None = Field(default=None, max_length=20)


class Event(Body):
    event: str = Field(max_length=40)
    call_id: str = Field(min_length=1, max_length=128)
    timestamp: Moment
    from_number: Number | None = None
    to_number: Number | None = None
    metadata: Metadata | None = None
    interaction_type: str | None = Field(default=None, max_length=100)
    guest_input: str | None = Field(default=None, max_length=LONGEST_FREE_TEXT)
    to_extension: str | None = Field(default=None, min_length=1, max_length=40)
    duration: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    reason: str | None = Field(default=None, min_length=1, max_length=200)

    @model_validator(mode="after")
    def is_whole(self) -> Event:
        if self.event not in PERMISSIONS:
            raise invalid({"event": "is not known"})
        missing = {name: "missing" for name in _NEEDED.get(self.event, ()) if getattr(self, name) is None}
        if self.event == "call.started" and self.metadata is not None and not self.metadata.hotel_id:
            missing["metadata.hotel_id"] = "missing"
        if missing:
            raise invalid(missing)
        return self


Watcher = Callable[[Call, str], None]
"""Told of a call whose state has changed, and of what it was before."""


class CallDesk:
    def __init__(
        self,
        records: CallRecords,
        lookups: Lookups,
        voice: Voice,
        figures: Figures,
        privacy: Privacy,
        admission: Handler,
    ) -> None:
        self.watchers: list[Watcher] = []
        """Told of every change of state."""
        self._records = records
        self._lookups = lookups
        self._voice = voice
        self._figures = figures
        self._privacy = privacy
        self._admission = admission
        self._journal = Journal("calls")

    def active(self) -> Mapping[str, int]:
        """Return how many calls each hotel has under way."""
        counted = Counter(dict.fromkeys(HOTELS, 0))
        counted.update(call.hotel_id for call in self._records.every() if not call.is_over)
        return counted

    async def event(self, asked: Asked) -> Mapping[str, Any]:
        """Do what an event asks for; return the answer to it."""
        event: Event = asked.body
        asked.principal.needs(PERMISSIONS[event.event])
        metadata = event.metadata or Metadata()
        if metadata.reservation_id and is_attack(metadata.reservation_id):
            raise Problem("SECURITY_VIOLATION", "The request holds what is not allowed")
        call = self._records.find(event.call_id)
        if call is not None:
            asked.principal.at(call.hotel_id)
        elif metadata.hotel_id is not None:
            asked.principal.at(metadata.hotel_id)
        self._journal.info(
            "event",
            "a call event came",
            session_id=asked.correlation_id,
            event=event.event,
            call=event.call_id,
            metadata=self._privacy.redacted(metadata.model_dump(exclude_none=True)),
        )
        async with self._admission.slot(metadata.priority, len(asked.content)):
            if event.event == "call.started":
                return await self._start(event, metadata, call, asked)
            if call is None:
                raise Problem("NOT_FOUND", "There is no such call")
            if call.is_over:
                raise Problem("CONFLICT", "The call is over")
            self._figures.count("call_events", event_type=event.event)
            if event.event == "call.interaction":
                return await self._interact(call, event, asked)
            await self._go_on(call, event)
            return self._answer(call, [])

    async def change(self, call: Call, state: str, event: str, at: str, **more: Any) -> None:
        """Let a call be in another state, keep that, and tell who watches."""
        before = call.state
        if call.becomes(state, at):
            if call.is_over:
                self._account_for(call)
            await self._records.happened(call, event, at, **more)
            for watch in tuple(self.watchers):
                watch(call, before)
        else:
            await self._records.happened(call, event, at, **more)

    def begin(self, call: Call) -> None:
        """Take a new call in."""
        call.history.append({"state": call.state, "at": call.started_at})
        self._records.add(call)
        self._figures.count("call", hotel_id=call.hotel_id, language=call.language, status="started")

    async def _start(self, event: Event, metadata: Metadata, call: Call | None, asked: Asked) -> Mapping[str, Any]:
        if call is not None:
            if call.is_over:
                raise Problem("CONFLICT", "The call is over")
            return self._answer(call, [], duplicate=True)
        assert event.from_number is not None
        assert event.to_number is not None
        assert metadata.hotel_id is not None
        self._lookups.insist_on(metadata.hotel_id, metadata.pms_type)
        shown = metadata.model_dump(exclude_none=True, exclude_unset=True)
        call = Call(
            event.call_id,
            metadata.hotel_id,
            self._privacy.caller(event.from_number),
            caller_hash(event.from_number),
            event.to_number,
            event.timestamp,
            ACTIVE,
            language=(metadata.language or "en")[:2].lower(),
            priority=metadata.priority,
            reservation_id=metadata.reservation_id,
            metadata=self._privacy.redacted(shown),
            strict=metadata.require_reservation,
            fresh=metadata.fresh,
        )
        found = await self._found(call)
        if (raced := self._records.find(call.call_id)) is not None:
            return self._answer(raced, [], duplicate=True)
        self.begin(call)
        self._figures.count("call_events", event_type="call.started")
        reply, warned = await self._reply(call, phrases.greeting(call.hotel_id, call.language), "greeting")
        await self._records.happened(call, "call.started", event.timestamp)
        for watch in tuple(self.watchers):
            watch(call, "")
        more: dict[str, Any] = {"reply": reply, "metadata": call.metadata}
        if found is not None:
            more["reservation_data"] = found.data
        return self._answer(call, [*(found.warnings if found else ()), *warned], **more)

    async def _found(self, call: Call) -> Found | None:
        """Return the stay of whoever calls, which is looked up until it is known (CALL-2)."""
        if call.reservation_id is None or call.stay is not None:
            return call.stay
        found = await self._lookups.reservation(
            call.hotel_id, call.reservation_id, strict=call.strict, fresh=call.fresh
        )
        if not found.data.get("fallback_active"):
            call.stay = found
        return found

    async def _interact(self, call: Call, event: Event, asked: Asked) -> Mapping[str, Any]:
        kind = event.interaction_type or ""
        intent = phrases.INTERACTIONS.get(kind, "unknown")
        warnings: list[Warned] = []
        more: dict[str, Any] = {}
        text = phrases.reply_to(intent, call.hotel_id, call.language)
        if kind == "guest_info_request":
            text, warnings = await self._guest_info(call)
        elif kind == "room_service_request":
            more["service_request"], warnings = await self._order(call, event.guest_input or "", asked.correlation_id)
        reply, warned = await self._reply(call, text, intent)
        call.hears(self._privacy.redacted(event.guest_input or ""), intent)
        await self._records.happened(call, "call.interaction", event.timestamp, interaction_type=kind, intent=intent)
        return self._answer(call, [*warnings, *warned], reply=reply, **more)

    async def _guest_info(self, call: Call) -> tuple[str, list[Warned]]:
        found = await self._found(call)
        if found is None:
            return "There is no reservation with this call.", []
        data = found.data
        if data.get("fallback_active"):
            return f"{FALLBACK['guest_name']}, your details cannot be looked up at the moment.", list(found.warnings)
        room = data["room_number"]
        return (
            f"{data['guest_name']}, you are in room {room}, from {data['arrival']} to {data['departure']}.",
            list(found.warnings),
        )

    async def _order(self, call: Call, wish: str, correlation_id: str) -> tuple[dict[str, Any], list[Warned]]:
        room = None
        if call.reservation_id is not None and (found := await self._found(call)):
            room = found.data.get("room_number")
        return await self._lookups.order(call.hotel_id, room or "Unknown", wish, correlation_id)

    async def _go_on(self, call: Call, event: Event) -> None:
        at = event.timestamp
        if event.event == "call.answered":
            call.answered_at = at
            await self._records.happened(call, event.event, at)
        elif event.event in _STATE_OF:
            more = {"to_extension": event.to_extension} if event.to_extension else {}
            await self.change(call, _STATE_OF[event.event], event.event, at, **more)
        elif event.event == "call.ended":
            call.duration = event.duration
            await self.change(call, ENDED, event.event, at)
        else:
            call.reason = re.sub(r"\W+", "_", self._privacy.redacted(event.reason or ""))[:40]
            await self.change(call, FAILED, event.event, at)

    def _account_for(self, call: Call) -> None:
        failed = call.state == FAILED
        status = "failed" if failed else "ended"
        self._figures.count("call", hotel_id=call.hotel_id, language=call.language, status=status)
        self._figures.call_ended(failed=failed)
        if failed:
            self._figures.count("call_failures", reason=call.reason or "unknown")
        if call.duration is not None:
            self._figures.time("call_duration_seconds", call.duration)

    async def _reply(self, call: Call, text: str, intent: str) -> tuple[dict[str, Any], list[Warned]]:
        spoken = await self._voice.in_call(text, call.language)
        reply = {
            "action": phrases.action_of(intent),
            "text": text,
            "language": call.language,
            "intent": intent,
            "audio_data": spoken.audio_data,
            "audio_format": spoken.audio_format,
            "engine_used": spoken.engine_used,
            "duration_ms": spoken.duration_ms,
        }
        return reply, list(spoken.warnings)

    @staticmethod
    def _answer(call: Call, warnings: list[Warned], **more: Any) -> Mapping[str, Any]:
        return {
            "status": "partial_success" if warnings else "success",
            "call_id": call.call_id,
            "state": call.state,
            "duplicate": False,
            **more,
            "warnings": warnings,
        }
