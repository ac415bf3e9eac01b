"""Twins of what a carrier tells and is told (CALL-1 to CALL-20, CALL-30)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from reference.calls import front, phrases
from reference.calls.calls_api import CallsApi
from reference.calls.desk import CallDesk
from reference.calls.figures import Figures
from reference.calls.lookups import Lookups
from reference.calls.model import Call
from reference.calls.privacy import Privacy, caller_hash
from reference.calls.problem import Problem
from reference.calls.repository import CallRecords
from reference.calls.security.principals import Principal
from reference.calls.tts import Voice, Wanted
from reference.http.endpoints import Asked
from reference.journal import Journal
from reference.twins.kinds import Declare, constant, kind, skipped
from reference.twins.twin import Seam, result_of, twin_of


def told(event: str, *breaks: str, **members: Any) -> Declare:
    """Members of the answer to an event are these, where they were there."""

    async def tell(good, self, asked):
        answer = await good(self, asked)
        if asked.body.event != event:
            return answer
        return {**answer, **{name: value for name, value in members.items() if name in answer}}

    return kind(CallDesk.event, tell, *breaks)


def pretending(*breaks: str, instead_of: str) -> Declare:
    """What is told of a call and refused for this reason is answered as if it had been taken."""

    async def tell(good, self, asked):
        try:
            return await good(self, asked)
        except Problem as problem:
            if problem.code != instead_of:
                raise
            return {"status": "success", "call_id": asked.body.call_id, "state": "active", "warnings": []}

    return kind(CallDesk.event, tell, *breaks)


# ---- what is told of calls


@told("call.started", "CALL-1", call_id="c-0")
def starts_of_another_call():
    """The answer to a start names another call."""


@told("call.started", "CALL-1", reservation_data={"id": "RES-0", "guest_name": "Nobody", "room_number": "0"})
def somebody_elses_stay():
    """The start of a call is answered with the stay of nobody."""


@twin_of(CallDesk._found, "CALL-2")
async def looked_up_for_every_wish(_good, self, call):
    """Whatever a guest asks is looked up anew."""
    if call.reservation_id is None:
        return None
    return await self._lookups.reservation(call.hotel_id, call.reservation_id, strict=call.strict, fresh=True)


@twin_of(CallDesk._order, "CALL-3")
async def orders_only_promised(_good, _self, *_asked):
    """Room service is said to be ordered, and is not."""
    return {"id": "sr-0", "status": "created", "fallback_active": False}, []


@constant(phrases, "INTERACTIONS", {**phrases.INTERACTIONS, "room_service_request": "question"}, "CALL-3")
def room_service_taken_for_a_question():
    """Whoever orders room service is told that it will be found out."""


@constant(phrases, "INTERACTIONS", {**phrases.INTERACTIONS, "guest_info_request": "question"}, "CALL-6")
def booking_taken_for_a_question():
    """Whoever asks about the booking is understood as somebody with any question."""


@result_of(CallDesk._guest_info, "CALL-6")
def booking_without_the_room(answer, *_asked):
    """Whoever asks about the booking is not told the room."""
    text, warnings = answer
    return text.replace("in room", "in a room").translate({ord(digit): None for digit in "0123456789"}), warnings


@skipped(Principal.at, "CALL-7", "AUTH-17")
def every_hotel_is_everybodys():
    """Staff of a hotel may see and do everything at every other."""


@result_of(CallDesk.event, "CALL-8", "ERR-8")
def nothing_was_wrong(answer, *_asked):
    """What is answered without the property system is said to be whole."""
    return {**answer, "status": "success", "warnings": []}


@result_of(Lookups.reservation, "CALL-9")
def unknown_reservations_known(found, *_asked, **_how):
    """Nobody is told that a reservation is not known."""
    return replace(found, warnings=[one for one in found.warnings if one["code"] != "RESERVATION_NOT_FOUND"])


@twin_of(Voice.in_call, "CALL-10")
async def calls_fail_without_a_voice(_good, self, text, language):
    """A call is refused when its reply cannot be spoken."""
    return await self.speak(Wanted(text=text, language=language))


@result_of(Lookups.order, "CALL-11")
def queued_orders_said_to_be_made(answer, *_asked):
    """Room service that waits for the property system is said to be on its way."""
    made, warnings = answer
    return {**made, "id": made["id"].removeprefix("fallback_"), "status": "created", "fallback_active": False}, warnings


@twin_of(CallRecords.happened, "CALL-12", "CALL-14", "CALL-16")
async def events_kept_with_the_first_call(good, self, call, *event, **more):
    """What happens to any call is written down with the first one of all."""
    await good(self, next(iter(self.every()), call), *event, **more)


@twin_of(Lookups.reservation, "CALL-13")
async def guests_of_whichever_hotel(good, self, hotel_id, reservation_id, **how):
    """A reservation that one hotel has is shown by all."""
    found = await good(self, hotel_id, reservation_id, **how)
    if not found.data.get("fallback_active"):
        _SEEN.append(found)
    return _SEEN[0] if _SEEN else found


_SEEN: list[Any] = []


@pretending("CALL-14", instead_of="NOT_FOUND")
def unknown_calls_taken():
    """Something can happen to a call that never was."""


@pretending("CALL-14", instead_of="CONFLICT")
def finished_calls_taken():
    """Something can happen to a call that is over."""


@told("call.started", "CALL-15", duplicate=False)
def repeats_unnoticed():
    """A start that is told twice is not said to be a repeat."""


@twin_of(CallDesk._start, "CALL-15")
async def repeats_counted(good, self, event, metadata, call, asked):
    """A start that is told twice is counted twice."""
    if call is not None:
        self._figures.count("call", hotel_id=call.hotel_id, language=call.language, status="started")
    return await good(self, event, metadata, call, asked)


@twin_of(Call.becomes, "CALL-16")
def hold_only_acknowledged(good, self, state, at):
    """A call that is put on hold stays active."""
    return False if state == "on_hold" else good(self, state, at)


@twin_of(Call.becomes, "CALL-16")
def transfer_ends_the_call(good, self, state, at):
    """A call that is transferred is over at once."""
    return good(self, "ended" if state == "transferring" else state, at)


@result_of(Call.told, "CALL-16")
def states_without_their_time(shown, _self):
    """A call does not say since when it is in its state."""
    return {**shown, "history": [{"state": each["state"]} for each in shown["history"]]}


@twin_of(Problem.envelope, "CALL-17", "PMS-7")
def wrong_fields_unnamed(good, self, *asked):
    """A refusal does not say what is wrong with the request."""
    body = good(self, *asked)
    return {**body, "error": {**body["error"], "details": {}}} if self.code == "VALIDATION_ERROR" else body


@result_of(Seam(front, "parsed"), "CALL-17")
def negative_lengths_taken(given, *_content):
    """A call can end before it began."""
    is_negative = isinstance(given, dict) and isinstance(given.get("duration"), int | float) and given["duration"] < 0
    return {**given, "duration": 0} if is_negative else given


# ---- what is counted


@skipped(CallDesk._account_for, "CALL-5")
def ends_uncounted():
    """That a call has ended is counted nowhere."""


@twin_of(Figures.time, "CALL-5")
def length_in_minutes(good, self, name, seconds):
    """The length of calls is counted in minutes."""
    good(self, name, seconds / 60 if name == "call_duration_seconds" else seconds)


@result_of(CallDesk.active, "CALL-5")
def calls_active_for_ever(counted, self):
    """Calls that have ended are counted among those that go on."""
    return {hotel: sum(call.hotel_id == hotel for call in self._records.every()) for hotel in counted}


@result_of(Figures.text, "CALL-28")
def figures_without_explanation(text, _self):
    """The figures do not say what they are."""
    return b"\n".join(line for line in text.split(b"\n") if not line.startswith(b"#"))


@twin_of(CallsApi.agent, "CALL-26")
async def agent_uncounted(_good, _self, asked):
    """What the agent in the media room tells is not counted."""
    return {"status": "processed", "event": asked.body.event}


# ---- what belongs to a person


@twin_of(Privacy._text, "CALL-18")
def only_fields_are_personal(_good, _self, text):
    """What looks personal is shown where no field is called so."""
    return text


@twin_of(Privacy._field, "CALL-18", "CALL-19")
def only_texts_are_personal(_good, self, _name, value):
    """What a field is called does not make it personal."""
    return self.redacted(value)


@twin_of(CallDesk.event, "CALL-19")
async def log_of_what_guests_leave(good, self, asked: Asked):
    """Whatever a carrier adds about a guest stands in the log as it came."""
    given = asked.body.model_dump(exclude_none=True, include={"from_number", "metadata"})
    self._journal.info("event", "taken", session_id=asked.correlation_id, given=given)
    return await good(self, asked)


@twin_of(Journal.write, "CALL-19", "ERR-5")
def log_of_nobodys_request(good, self, level, operation, message, failure, context):
    """No line of the log says which request it belongs to."""
    named = {name: value for name, value in context.items() if name != "session_id" or self._component != "calls"}
    good(self, level, operation, message, failure, named)


@twin_of(Privacy.caller, "CALL-20")
def four_digits_of_the_caller(_good, _self, number):
    """Of the number that calls four digits are shown."""
    return f"[MASKED]{number[-4:]}"


@result_of(Call.kept, "CALL-20", "CALL-18")
def numbers_kept_beside_their_hash(kept, self):
    """Who called is kept readable."""
    return {**kept, "caller": _NUMBERS.get(self.caller_hash, "")}


_NUMBERS: dict[str, str] = {}


@numbers_kept_beside_their_hash.also(CallDesk.event)
async def _note_the_number(good, self, asked):
    if asked.body.from_number:
        _NUMBERS[caller_hash(asked.body.from_number)] = asked.body.from_number
    return await good(self, asked)


# ---- the list


@result_of(CallsApi.listed, "CALL-30")
def total_of_the_page(shown, *_asked):
    """The total of a list is that of the page."""
    return {**shown, "total": len(shown["calls"])}


def unread(name: str) -> Declare:
    """A member of the query is not read."""

    async def list_more(good, self, asked):
        return await good(self, replace(asked, query={key: value for key, value in asked.query.items() if key != name}))

    return kind(CallsApi.listed, list_more, "CALL-30")


@unread("status")
def list_of_every_state():
    """The list of calls is not narrowed to a state."""


@unread("hotel_id")
def list_of_every_hotel():
    """The list of calls is not narrowed to a hotel."""


@unread("start_date")
def list_of_every_day():
    """The list of calls is not narrowed to days."""


@unread("offset")
def list_always_from_its_start():
    """Every page of the list is the first one."""
