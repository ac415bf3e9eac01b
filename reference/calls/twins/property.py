"""Twins of what is asked of property systems and voices, and of what comes of it (PMS-1 to PMS-28, ERR-5 to ERR-23)."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from reference.calls import desk, lookups, tts
from reference.calls.connectors import apaleo, api
from reference.calls.connectors.apaleo import Apaleo
from reference.calls.connectors.api import PropertyApi
from reference.calls.connectors.port import Invalid, NotThere
from reference.calls.connectors.registry import Registry
from reference.calls.figures import Figures
from reference.calls.lookups import FALLBACK, Found, Lookups
from reference.calls.problem import Problem
from reference.calls.tts import Voice
from reference.calls.upstream import Declined, Spoiled, Upstream, UpstreamFailure
from reference.storage.queues import Queues
from reference.twins.kinds import Declare, constant, kind, late, skipped
from reference.twins.twin import Seam, result_of, twin_of


def finds(seam: Any, *breaks: str, **members: Any) -> Declare:
    """What staff are told says this instead; None leaves a member out."""

    async def find(good, *asked):
        told = {**await good(*asked), **members}
        return {name: value for name, value in told.items() if value is not None}

    return kind(seam, find, *breaks)


def unwarned(code: str, *breaks: str) -> Declare:
    """Nobody is warned of this."""

    def check(good, reservation, *, stale):
        found = good(reservation, stale=stale)
        return replace(found, warnings=[one for one in found.warnings if one["code"] != code])

    return kind(Seam(lookups, "_checked"), check, *breaks)


def forgiving(*breaks: str, of: str) -> Declare:
    """A notice that is refused under this code is taken."""

    async def take(good, self, asked):
        try:
            return await good(self, asked)
        except Problem as problem:
            if problem.code != of:
                raise
            return {"status": "processed", "event_type": "changed", "reservation_id": "RES-0"}

    return kind(PropertyApi.webhook, take, *breaks)


# ---- what staff find


@constant(
    apaleo, "STATUS", {**apaleo.STATUS, "InHouse": "confirmed", "Canceled": "confirmed"}, "PMS-1", "PMS-6", "PMS-9"
)
def everybody_is_to_arrive():
    """Guests who are in house, and reservations that are cancelled, are said to be to arrive."""


@late(Lookups.reservation, 1.2, "PMS-1", "PMS-22", "CALL-1")
def lookups_late():
    """Whatever is looked up takes a second more."""


@finds(PropertyApi.health, "PMS-2", status="unhealthy")
def connections_never_well():
    """Every connection is said not to be well."""


@result_of(PropertyApi.capabilities, "PMS-2")
def payment_promised(told, *_asked):
    """The connection is said to take payments."""
    return {**told, "payment_processing": True}


@result_of(PropertyApi.availability, "PMS-3")
def no_rooms_on_the_last_day(told, *_asked):
    """Which rooms are free on the last day asked for is not told."""
    days = sorted(told["availability"])[:-1]
    return {**told, "availability": {day: told["availability"][day] for day in days}}


@result_of(Apaleo.room_types, "PMS-3")
def rooms_for_fewer_than_usual(rooms, *_asked):
    """Rooms are said to hold fewer than they usually do."""
    return [{**one, "max_occupancy": one["base_occupancy"] - 1} for one in rooms]


@finds(PropertyApi.quote, "PMS-4", total_amount="110.00")
def price_of_one_night():
    """Whatever the nights cost, the sum is that of one."""


@result_of(Apaleo.nightly, "PMS-4")
def first_night_alone(nights, *_asked):
    """The price of the first night alone is told."""
    return dict(list(nights.items())[:1])


@twin_of(Apaleo.nightly, "PMS-5")
async def prices_of_what_there_is_not(good, self, rate_code, room_type, arrival, departure):
    """A room that there is not has the price of another."""
    return await good(self, rate_code, "STD", arrival, departure)


@result_of(Apaleo.modify, "PMS-6")
def wishes_lost(made, *_asked):
    """What a guest wishes besides is not noted."""
    return {**made, "special_requests": None}


@wishes_lost.also(Apaleo.reservation)
async def _without_wishes(good, self, reservation_id):
    return {**await good(self, reservation_id), "special_requests": None}


@twin_of(PropertyApi.cancel, "PMS-6")
async def cancelled_twice(_good, self, asked):
    """A reservation that is cancelled can be cancelled again."""
    return await self._changed(asked, "cancel_reservation", {"status": "cancelled"})


@twin_of(PropertyApi.create, "PMS-7")
async def past_rooms_booked(good, self, asked):
    """A room can be booked for a day that is past."""
    nights = {"arrival": "2999-01-01", "departure": "2999-01-02"}
    return await good(self, replace(asked, body=asked.body.model_copy(update=nights)))


@twin_of(PropertyApi.guests, "PMS-8")
async def phone_numbers_ignored(good, self, asked):
    """Whoever is looked for by phone number is everybody."""
    if "phone" not in asked.query:
        return await good(self, asked)
    found = [one["guest"] for one in await self._connector(asked).reservations()]
    return {"guests": found, "total": len(found)}


@twin_of(PropertyApi.guests, "PMS-8")
async def everybody_found(good, self, asked):
    """Whoever looks for nobody in particular finds everybody."""
    return {"guests": [], "total": 0} if not asked.query else await good(self, asked)


@twin_of(PropertyApi._lines, "PMS-9")
async def departed_guests_in_house(good, self, asked, _statuses, **wanted):
    """Lists of guests hold those who are to come, who are there and who have cancelled alike."""
    return await good(self, asked, ("confirmed", "checked_in", "cancelled", "checked_out"), **wanted)


@twin_of(PropertyApi.pay, "PMS-10")
async def payments_taken(_good, _self, _asked):
    """Payments are said to be made, and are not."""
    return {"status": "paid"}


@skipped(Registry.insist_on, "PMS-11")
def whatever_system_there_may_be():
    """Systems that are not built are said to be there."""


@twin_of(api._day, "PMS-28")
def days_of_no_calendar(_good, given):
    """Whatever is said to be a day is taken for one."""
    return given


# ---- what a property system is asked, and how often


@twin_of(apaleo._meaning, "ERR-7")
def asked_again_in_vain(good, no):
    """A property system that says no is asked again."""
    meaning = good(no)
    return UpstreamFailure("PMS_CONNECTOR_ERROR") if isinstance(meaning, Invalid | NotThere) else meaning


@constant(lookups, "WAITS_S", (0.7, 0.7), "ERR-6", "PMS-16")
def pauses_alike():
    """All pauses between attempts are of the same length."""


@constant(lookups, "ATTEMPTS", 1, "ERR-6", "PMS-16", "PMS-15")
def tried_once():
    """What fails once is not tried again."""


@constant(lookups, "DEADLINE_S", 60.0, "PMS-13", "PMS-16", "RES-16", "ERR-17")
def tried_without_a_deadline():
    """However long an answer has been waited for, it is tried again."""


@twin_of(Upstream.ask, "PMS-15")
async def patience_ignored(good, self, *asked, **request):
    """A service that asks for patience is asked again at once."""
    try:
        return await good(self, *asked, **request)
    except UpstreamFailure as failure:
        raise UpstreamFailure(failure.code, may_pass=failure.may_pass) from None


@twin_of(Apaleo._ask, "PMS-14")
async def sign_in_never_renewed(_good, self, method, path, **request):
    """A sign-in that is over is not renewed."""
    headers = {"Authorization": f"Bearer {await self._signed_in()}"}
    try:
        return await self._upstream.ask(method, path, headers=headers, **request)
    except Declined as no:
        raise apaleo._meaning(no) from None


@twin_of(Apaleo._signed_in, "PMS-19")
async def signed_in_for_each_lookup(good, self):
    """Each lookup signs in anew."""
    self._good_until_s = 0.0
    return await good(self)


@twin_of(Upstream.ask, "PMS-19")
async def connections_used_once(_good, self, *asked, **request):
    """Each request is made over a connection of its own."""
    headers = {**request.pop("headers", {}), "Connection": "close"}
    return await _good(self, *asked, headers=headers, **request)


@twin_of(Upstream.ask, "ERR-5")
async def ids_kept_to_ourselves(good, self, *asked, **request):
    """The services that are asked are not told on whose behalf."""
    headers = {**request.pop("headers", {}), "X-Correlation-ID": "somebody"}
    return await good(self, *asked, headers=headers, **request)


@twin_of(Lookups.reservation, "PMS-17")
async def looked_up_by_each(good, self, hotel_id, reservation_id, **how):
    """Whoever looks up what another is looking up asks, too."""
    self.forget(hotel_id, reservation_id)
    return await good(self, hotel_id, reservation_id, **how)


@skipped(Lookups.forget, "PMS-18")
def changes_ignored():
    """Whatever has changed is told as it was."""


@twin_of(Lookups._look_up, "PMS-22")
async def looked_up_one_by_one(good, self, key):
    """Nobody is asked anything while another lookup is under way."""
    self.turn = getattr(self, "turn", None) or asyncio.Lock()
    async with self.turn:
        await asyncio.sleep(0.2)
        return await good(self, key)


@twin_of(Registry.of, "PMS-12", "PMS-1")
def hotels_share_a_connection(good, self, _hotel_id, pms_type=None):
    """Every hotel is looked after by the property system of the first."""
    return good(self, "hotel-aurora", pms_type)


@constant(desk, "is_attack", lambda _text: False, "PMS-21")
def attacks_looked_up():
    """A reservation that is an attack is looked up like any other."""


# ---- what is told while it fails


@twin_of(Seam(lookups, "_checked"), "PMS-13")
def old_copies_unmarked(good, reservation, *, stale):
    """What was known before is told as if it were known now."""
    return good(reservation, stale=False)


@twin_of(Lookups._degraded, "PMS-13")
def nothing_remembered(good, self, _kept, problem, *, strict):
    """What was known before is not told when nothing better is to be had."""
    return good(self, None, problem, strict=strict)


@twin_of(Lookups.reservation, "PMS-16", "RES-12", "ERR-23")
async def insistence_ignored(good, self, *asked, strict, **how):
    """Whoever insists on a reservation is served with less."""
    return await good(self, *asked, strict=False, **how)


@twin_of(Lookups._look_up, "ERR-23")
async def spoiled_answers_unforeseen(good, self, key):
    """An answer that nobody understands is an error of the service's own."""
    try:
        return await good(self, key)
    except Spoiled:
        raise ValueError("the answer is spoiled") from None


@unwarned("PMS_DATA_INCOMPLETE", "PMS-20")
def gaps_unmentioned():
    """Nobody is told that a reservation is incomplete."""


@unwarned("PMS_DATA_INVALID", "PMS-20")
def nonsense_unmentioned():
    """Nobody is told that a part of a reservation makes no sense."""


@unwarned("PMS_DATA_SANITIZED", "PMS-21")
def mending_unmentioned():
    """Nobody is told that a part of a reservation could do harm."""


@twin_of(Seam(lookups, "_harmless"), "PMS-21")
def scripts_passed_on(_good, value):
    """What could do harm is told as the property system tells it."""
    return dict(value, guest=dict(value["guest"])), False


@skipped(Lookups._deliver_later, "ERR-21")
def orders_put_by_for_ever():
    """What is put by is never delivered."""


@twin_of(Apaleo.order, "ERR-21")
async def orders_given_twice(good, self, room, kind_of, details, reference):
    """Everything that is ordered is ordered twice."""
    await good(self, room, kind_of, details, f"{reference}-again")
    return await good(self, room, kind_of, details, reference)


@skipped(Queues.send, "CALL-11", "ERR-21")
def orders_put_by_nowhere():
    """What is to be put by is lost."""


@twin_of(Lookups.guarded, "PMS-23", "CALL-27")
async def asked_however_often_it_fails(good, self, hotel_id, *work):
    """A property system that keeps failing is asked all the same."""
    self._breakers.of("pms_connector", hotel_id).reset()
    return await good(self, hotel_id, *work)


@twin_of(Lookups.guarded, "PMS-24", "CALL-27")
async def left_alone_for_ever(good, self, hotel_id, *work):
    """A property system that has failed often is never asked again."""
    breaker = self._breakers.of("pms_connector", hotel_id)
    breaker.terms = replace(breaker.terms, open_s=600.0)
    return await good(self, hotel_id, *work)


@twin_of(Figures.count, "PMS-26")
def lookups_uncounted(good, self, name, **labels):
    """What is asked of property systems is not counted."""
    if name != "pms_operations":
        good(self, name, **labels)


@twin_of(Figures.time, "PMS-26")
def lookups_untimed(good, self, name, seconds):
    """How long property systems take is not measured."""
    if name != "pms_response_seconds":
        good(self, name, seconds)


@twin_of(Lookups.reservation, "CALL-8", "PMS-16")
async def everybody_unknown(_good, _self, *_asked, **_how):
    """Nobody is told what the property system knows, and nothing is said of it."""
    return Found(FALLBACK)


# ---- who tells of changes


@forgiving("PMS-25", of="AUTHORIZATION_ERROR")
def changes_signed_by_anybody():
    """A change is believed whoever has signed it, and over whatever bytes."""


@constant(api, "OLDEST_S", 86_400, "PMS-25")
def changes_of_yesterday():
    """A change that was told of long ago is believed."""


@constant(api, "AHEAD_S", 301, "PMS-25")
def changes_of_tomorrow():
    """A change is believed that is told of by a clock minutes ahead."""


@constant(api, "AGENT", "", "PMS-25")
def changes_told_by_any_program():
    """A change is believed whatever program tells of it."""


@forgiving("PMS-25", of="UNSUPPORTED_MEDIA_TYPE")
def changes_in_plain_text():
    """A change is believed that is told in plain text."""


@constant(api, "WEBHOOK_MAX_BYTES", 1 << 30, "PMS-25")
def changes_of_any_size():
    """A change is believed however much is told of it."""


# ---- voices


@result_of(Voice.speak, "CALL-4")
def kept_voices_unmarked(spoken, *_asked, **_how):
    """Nobody is told that what is heard was kept."""
    return replace(spoken, cached=False)


@twin_of(Voice._asked, "CALL-4")
async def spoken_in_no_time(good, *asked):
    """Whatever is spoken is said to take no time."""
    return replace(await good(*asked), duration_ms=0)


@result_of(Voice.speak, "CALL-4")
def other_words_kept(spoken, *_asked, **_how):
    """What was kept is not what was said."""
    return replace(spoken, audio_data=(spoken.audio_data or "")[:400]) if spoken.cached else spoken


@twin_of(Voice.speak, "CALL-10", "ERR-8", "RES-13")
async def silence_taken_for_a_voice(good, self, wanted, **how):
    """A text that nobody can speak is answered with silence."""
    try:
        return await good(self, wanted, **how)
    except Problem:
        return tts.Spoken("", wanted.format, 0, "none", "none")


@twin_of(Voice._asked, "RES-13", "ERR-19")
async def voices_given_up_for_ever(good, self, *asked):
    """Voices that have failed once are never asked again."""
    if self._breaker.tally.failures:
        raise Problem("EXTERNAL_SERVICE_ERROR", "The text cannot be spoken")
    return await good(self, *asked)


@constant(tts, "ATTEMPT_S", 10.0, "ERR-17")
def voices_waited_for_too_long():
    """A voice is waited for however long it takes."""
