"""How words in a sentence about calls become values: what people do, what they are told, and why they are refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from hamcrest import has_entries, has_item, has_length

from earshot.asking import Reason, Request, told
from earshot.calls import desk, notices, replies, requests
from earshot.calls.figures import Figure
from earshot.calls.guest import HOTELS, Guest
from earshot.calls.system import Calls
from features.vocabulary import shared
from features.vocabulary.acts import DONE_BEFORE, DONE_NOW, Builds, acts, form
from features.vocabulary.faults import fault, faults
from features.vocabulary.parameters import closed_list, more_phrases, parameter, phrases


class World(shared.World, Protocol):
    """What a step about calls knows."""

    calls: Calls


Finding = Callable[[Calls], replies.Judge]

LANGUAGES = {"English": "en", "German": "de", "Spanish": "es", "French": "fr", "Dutch": "nl"}
ROLES = {
    "an operator": "operator",
    "the manager of Hotel Aurora": "manager",
    "at the desk of Hotel Aurora": "desk",
    "a guest with an account": "guest",
    "the carrier": "carrier",
    "somebody who only reads": "reader",
    "a service of the house": "batch",
    "the media agent": "media_agent",
    "the property system": "property_system",
}
"""What people are, and by which account the target knows them."""
RESERVATIONS = {
    "Mira Okafor's stay": "RES-2002",
    "a cancelled reservation": "RES-3003",
    "a reservation that forgets its guest": "RES-4004",
    "a reservation with a broken e-mail address": "RES-5005",
    "a reservation with a script in the guest's name": "RES-6006",
    "a reservation that nobody made": "RES-9999",
    "a reservation that is an attack": "1' UNION SELECT password FROM users--",
}
PERSONAL = {"email": "mira.okafor@private.example", "phone": "+49301234567", "card": "4111111111111111"}
WISHES: Mapping[str, dict[str, object]] = {
    "and insists on the reservation": {"require_reservation": True},
    "and wants to know it afresh": {"fresh": True},
    "urgently": {"priority": "urgent"},
    "and leaves e-mail, phone and card": {"guest_data": {**PERSONAL, "wish": " ".join(PERSONAL.values())}},
    "which uses Apaleo": {"pms_type": "apaleo"},
    "which uses the mock": {"pms_type": "mock"},
    "which uses Opera": {"pms_type": "opera"},
    "which uses Protel": {"pms_type": "protel"},
    "which uses nothing known": {"pms_type": "xyzzy"},
}
INTERACTIONS = {
    "for room service": ("room_service_request", "Could you send up some towels?"),
    "which room is theirs": ("guest_info_request", "Which room is mine, please?"),
    "for a table": ("restaurant_booking", "I would like to book a table for two."),
    "for a massage": ("spa_booking", "I would like to book a massage."),
    "for the manager": ("transfer_request", "I want to speak to the manager."),
    "for a tea ceremony": ("tea_ceremony", "Please prepare a tea ceremony."),
}
INTENTS = {
    "a booking": "booking_inquiry",
    "information": "request_info",
    "the concierge": "concierge_services",
    "the spa": "spa_booking",
    "a person": "transfer_to_operator",
    "the menu": "greeting",
    "room service": "room_service",
    "a table": "restaurant_booking",
    "nothing that is known": "unknown",
}
FLAWS: Mapping[str, dict[str, object]] = {
    "without a caller": {"from_number": None},
    "from a number without a country": {"from_number": "030111222"},
    "to a number of letters": {"to_number": "+49-AURORA"},
    "the day before yesterday at noon": {"timestamp": "the day before yesterday, 12:00"},
    "without a hotel": {"metadata": {}},
    "in a way that nobody knows": {"event": "call.teleported"},
}
FIELDS = {
    "the caller": "from_number",
    "the number called": "to_number",
    "the time": "timestamp",
    "the hotel": "hotel_id",
    "what happened": "event",
    "the duration": "duration",
    "the day of arrival": "arrival",
    "the day of departure": "departure",
    "the number of guests": "guest_count",
    "the last name": "last_name",
    "the e-mail address": "email",
    "what to look for": "",
    "the caller's number": "caller_id",
}


def _of_guest(build: Callable[..., Request]) -> Builds:
    return lambda calls, name, **blanks: build(calls.guest(name), **blanks)


def _of_anybody(build: Callable[..., Request]) -> Builds:
    return lambda _calls, _name, **blanks: build(**blanks)


def _about_guest(build: Callable[..., Request], *arguments: Any, **more: Any) -> Builds:
    """Let somebody ask about what the guest in the blank has booked."""
    return lambda calls, _name, guest, **blanks: build(calls.guest(guest), *arguments, **more, **blanks)


def _search(member: str) -> Builds:
    def build(calls: Calls, _name: str, guest: str) -> Request:
        booked = calls.guest(guest).booked
        query = {member: booked["guest"][member]}
        return requests.at_hotel("GET", "/guests", "looks for a guest", booked["hotel_id"], query=query)

    return build


def _by_number(calls: Calls, _name: str, guest: str) -> Request:
    booked = calls.guest(guest).booked
    query = {"confirmation": booked["confirmation_number"]}
    return requests.at_hotel("GET", "/reservations", "looks for a reservation", booked["hotel_id"], query=query)


def _notice(calls: Calls, name: str, guest: str, flaw: notices.Flaw = notices.Flaw()) -> Request:  # noqa: B008
    return notices.change(calls.person(name), calls.guest(guest), flaw)


def _happens(event: str, **members: object) -> Builds:
    return _of_guest(lambda guest: guest.event(event, "goes on", **members))


def _at(path: str, words: str, **query: str) -> Builds:
    return _of_anybody(lambda hotel, **more: desk.asking(path, words, hotel, **query, **more))


def _days(hotel: str, days: int) -> Request:
    return desk.asking("/availability", "asks for rooms", hotel, start=desk.day(1), end=desk.day(days))


NOTICE_FLAWS = {
    "with a wrong signature": notices.Flaw(secret="not-the-one-they-share"),
    "as another sender": notices.Flaw({"User-Agent": "curl/8.0"}),
    "without the time": notices.Flaw({"X-Apaleo-Timestamp": None}),
    "six minutes old": notices.Flaw(shift_s=-360),
    "from two minutes ahead": notices.Flaw(shift_s=120),
    "with more than 1 MiB of remarks": notices.Flaw(remarks_bytes=1 << 20),
    "as plain text": notices.Flaw({"Content-Type": "text/plain"}),
}
_MOVED = {"arrival": desk.day(2), "departure": desk.day(4), "special_requests": "A quiet room, please."}
BAD_DRAFTS: Mapping[str, dict[str, Any]] = {
    "for yesterday": {"arrival": desk.day(-1)},
    "for nobody": {"guest_count": 0},
    "for a guest without a last name": {"guest": {"last_name": ""}},
    "for a guest whose e-mail address is a word": {"guest": {"email": "somewhere"}},
    "until before it begins": {"departure": desk.day(0)},
}
ACTS: Mapping[str, Builds] = {
    "call|calls|called {hotel:Hotel}": _of_guest(Guest.beginning),
    "call|calls|called {hotel:Hotel} about {reservation_id:Reservation}": _of_guest(Guest.beginning),
    "call|calls| {hotel:Hotel}, {wish:CallWish}": _of_guest(lambda guest, hotel, wish: guest.beginning(hotel, **wish)),
    "call|| {hotel:Hotel} {flaw:CallFlaw}": _of_guest(lambda guest, hotel, flaw: guest.beginning(hotel, flaw)),
    "|begins| the same call again": _of_guest(lambda guest: guest.call.begun),
    "be|| put through without saying the country": _of_guest(
        lambda _: requests.start("030111222", "hotel-aurora", "auto")
    ),
    "ask|asks|asked {what:Interaction}": _of_guest(lambda guest, what: guest.interaction(*what)),
    "|hangs|hung up after {minutes:Minutes}": _of_guest(lambda guest, minutes: guest.ending(60 * minutes)),
    "hang|| up before having called": _of_guest(lambda guest: guest.ending(-5)),
    "have|has|had words of their own spoken": _of_guest(Guest.speech),
    "|has| the same words spoken again": _of_guest(Guest.speech),
    "||been answered": _happens("call.answered"),
    "be|is|been put on hold": _happens("call.hold"),
    "|is| taken off hold": _happens("call.resumed"),
    "|is| transferred": _happens("call.transferred", to_extension="101"),
    "|is| cut off": _happens("call.failed", reason="network"),
    "speak|| in a call that nobody began": _of_guest(
        lambda _: requests.event(
            "call.interaction", "c-nobody", "speaks", interaction_type="greeting", guest_input="Hello?"
        )
    ),
    "look|| at {guest:Name}'s call": _about_guest(lambda guest: requests.call(guest.call.call_id)),
    "|asks| how the connection to {hotel:Hotel} is": _at("/health", "asks how it is"),
    "|asks| what the connection to {hotel:Hotel} can do": _at("/capabilities", "asks what it can do"),
    "|asks| which rooms {hotel:Hotel} has for {days:Number} days": _of_anybody(_days),
    "ask|asks| {hotel:Hotel} for the price of {nights:Number} nights": _of_anybody(desk.quoting),
    "ask|| {hotel:Hotel} for the price of a room that it does not have": _of_anybody(
        lambda hotel: desk.quoting(hotel, room_type="IGLOO")
    ),
    "ask|| {hotel:Hotel} for the price at a rate that it does not have": _of_anybody(
        lambda hotel: desk.quoting(hotel, rate_code="BARGAIN")
    ),
    "look|looks| for {guest:Name}'s reservation": _about_guest(desk.having, "GET", "looks for a reservation"),
    "|looks| for {guest:Name}'s reservation by its confirmation number": _by_number,
    "||moved {guest:Name}'s reservation by a day and noted a wish": _about_guest(
        desk.having, "PATCH", "moves a reservation", _MOVED
    ),
    "cancel||cancelled {guest:Name}'s reservation": _about_guest(
        desk.having, "POST", "cancels a reservation", {"reason": "ill"}, doing="/cancel"
    ),
    "pay|| for {guest:Name}'s reservation": _about_guest(
        desk.having, "POST", "pays", {"amount": 10, "currency": "EUR"}, doing="/payments"
    ),
    "book|| a room at Hotel Aurora {flaw:BadDraft}": lambda calls, name, flaw: desk.booking(
        calls.guest(name), "Hotel Aurora", **flaw
    ),
    "|looks| for {guest:Name} by e-mail address": _search("email"),
    "|looks| for {guest:Name} by phone number": _search("phone"),
    "|looks| for {guest:Name} by last name": _search("last_name"),
    "|looks| for guests of {hotel:Hotel} who are called like nobody": _at(
        "/guests", "looks for a guest", last_name="Xyzzyx"
    ),
    "look|| for any guests of {hotel:Hotel}": _at("/guests", "looks for a guest"),
    "|asks| who arrives at {hotel:Hotel} tomorrow": _at("/arrivals", "asks who arrives", date=desk.day(1)),
    "|tells|told of a change to {guest:Name}'s reservation": _notice,
    "tell|| of a change to {guest:Name}'s reservation {flaw:NoticeFlaw}": _notice,
    "|tells| that a room is ready": _of_anybody(notices.room_is_ready),
    "tell|| that a room is ready, without a secret": _of_anybody(lambda: notices.room_is_ready("")),
    "tell|| that a room is ready, with a wrong secret": _of_anybody(
        lambda: notices.room_is_ready("not-the-one-they-share")
    ),
    "|asks| who is in house at {hotel:Hotel}": _at("/in-house", "asks who is in house"),
}
"""What people ask for, as "tries to …", "…" and "has …" say it, and what is common to these."""


STATES = {
    "active": "active",
    "on hold": "on_hold",
    "being transferred": "transferring",
    "over": "ended",
    "lost": "failed",
}
LISTS = {
    "to Hotel Birch": {"hotel_id": HOTELS["Hotel Birch"]},
    "that are over": {"status": "ended"},
    "that begin tomorrow": {"start_date": desk.day(1)},
}
DEEDS: Mapping[str, Callable[..., object]] = {
    "|is|been put through to {hotel:Hotel} in {language:CallLanguage}": Guest.talks,
    "||been let in to {hotel:Hotel}": Guest.is_let_in,
    '|tells| the hotel "{text:Quoted}"': Guest.says,
    "||called {hotel:Hotel} {times:Times}": Guest.begins_often,
    "|presses|pressed {digit:Digit}": Guest.presses,
    "|ends| the conversation": Guest.hangs_up,
}
"""What guests do who are put through."""


def _does(verb: Callable[..., object]) -> Callable[..., Any]:
    return lambda **blanks: lambda world, name: verb(world.calls.guest(name), **blanks)


LESSONS: Mapping[str, object] = {
    "with a greeting in {language:CallLanguage}": replies.greets,
    "about {intent:Intent}": replies.says,
    "about {intent:Intent} in {language:CallLanguage}": replies.says,
    "with a hint that asks for another key": replies.is_hint,
    "with name and room": replies.names_the_guest,
    "in full": replies.IS_COMPLETE,
    "about the reservation": replies.knows_the_reservation(stale=False),
    "about the reservation as it was": replies.knows_the_reservation(stale=True),
    "without the property system": replies.STANDS_IN,
    "with the warning that {code:Warning}": replies.warns,
    "with an order that is made": replies.ORDERED,
    "with an order that is put by": replies.PUT_BY,
    "as a guest who is known already": replies.tells(duplicate=True),
    'as somebody who said "{text:Quoted}"': replies.is_understood,
    "with the same words again": replies.is_said_again,
    "in words that nobody speaks": replies.is_without_voice,
    "without repeating e-mail, phone or card": replies.is_redacted(list(PERSONAL.values())),
    "with a voice": replies.is_spoken,
    "with the same voice, which was kept": replies.is_spoken_again,
}
"""What a guest is answered."""


def _finds(judge: Callable[..., replies.Judge], *more: Any, **words: Any) -> Callable[..., Finding]:
    """Let a finding be about the guest in the blank."""
    return lambda guest: lambda calls: judge(calls.guest(guest), *more, **words)


FINDINGS: Mapping[str, object] = {
    "that the connection is well": lambda _: desk.IS_CONNECTED,
    "that all is possible but payment and tills": lambda _: desk.IS_ABLE,
    "rooms for each of {days:Number} days": lambda days: lambda _: desk.has_rooms(days),
    "a price for each of two nights, and their sum": lambda _: desk.has_prices,
    "nobody": lambda _: desk.finds_guests(),
    "{guest:Name} and nobody else": _finds(desk.finds_guests),
    "{guest:Name}'s reservation": _finds(desk.is_reservation),
    "{guest:Name}'s reservation, moved by a day and with the wish": _finds(desk.is_reservation, **_MOVED),
    "that {guest:Name}'s reservation is cancelled": _finds(desk.is_reservation, status="cancelled"),
    "{guest:Name} among those who are to arrive": _finds(
        lambda guest: desk.lists(guest.booked["id"], "confirmed", "checked_in", arrival=desk.day(1))
    ),
    "Mira Okafor among those who are in house": lambda _: desk.lists("RES-2002", "checked_in"),
    "those of {guest:Name}'s calls alone": _finds(desk.lists_calls_of),
}
"""What somebody finds who asked, given the calls; what it returns insists on it."""
WARNINGS = {
    "nobody made this reservation": "RESERVATION_NOT_FOUND",
    "the reservation is incomplete": "PMS_DATA_INCOMPLETE",
    "a part of the reservation makes no sense": "PMS_DATA_INVALID",
    "a part of the reservation could do harm": "PMS_DATA_SANITIZED",
    "nobody can be had to speak": "TTS_UNAVAILABLE",
}
FIGURES = {
    "calls begun": Figure("call_total", {"status": "started"}),
    "calls ended": Figure("call_total", {"status": "ended"}),
    "calls timed": Figure("call_duration_seconds_count"),
    "the seconds of calls": Figure("call_duration_seconds_sum"),
    "calls under way": Figure("active_calls"),
    "news of media": Figure("call_events_total"),
    "lookups that succeed": Figure("pms_operations_total", {"status": "success"}),
    "lookups that fail": Figure("pms_operations_total", {"status": "error"}),
    "lookups timed": Figure("pms_response_seconds_count"),
}


def no(status: int, code: str, *words: str) -> Reason:
    return Reason({status}, says=[code, *words])


shared.refusals(
    Calls.name,
    {
        "there is no such thing": no(404, "NOT_FOUND"),
        "it is over": no(409, "CONFLICT"),
        "the hotel is somebody else's": no(403, "AUTHORIZATION_ERROR"),
        "nobody knows who asks": no(401, "AUTHENTICATION_ERROR"),
        "it could do harm": no(400, "SECURITY_VIOLATION"),
        "the request makes no sense": no(400, "BAD_REQUEST"),
        "the sender may not ask": no(403, "AUTHORIZATION_ERROR"),
        "the message is too large": no(413, "PAYLOAD_TOO_LARGE"),
        "the message is of the wrong kind": no(415, "UNSUPPORTED_MEDIA_TYPE"),
        "that is not built yet": no(501, "PMS_NOT_IMPLEMENTED"),
        "the property system fails": no(503, "PMS_CONNECTOR_ERROR"),
        "the property system is too slow": no(503, "TIMEOUT_ERROR"),
        "the property system is left alone": no(503, "CIRCUIT_BREAKER_OPEN"),
        "nobody can be had to speak": no(503, "EXTERNAL_SERVICE_ERROR"),
        "the language was to be said first": Reason(says=["CONFIG_REQUIRED"]),
        "the token opens nothing": Reason({401}, wordless=True),
        "the message is not understood": Reason(),
        **{
            f"{words} is missing or makes no sense": no(422, "VALIDATION_ERROR", name) for words, name in FIELDS.items()
        },
    },
)


def _state(state: str, **more: Any) -> dict[str, Any]:
    """Return what a record has of a call in this state, which it came to at some time."""
    return {"state": state, "history": has_item(has_entries(state=state, at=replies.TEXT)), **more}


parameter("Digit", "[0-9*#]", str)
for name, words in {
    "Hotel": {name: name for name in HOTELS},
    "CallsRole": ROLES,
    "Reservation": RESERVATIONS,
    "CallWish": WISHES,
    "Interaction": INTERACTIONS,
    "Intent": INTENTS,
    "CallFlaw": FLAWS,
    "BadDraft": BAD_DRAFTS,
    "NoticeFlaw": NOTICE_FLAWS,
    "CallLanguage": LANGUAGES,
    "Warning": WARNINGS,
    "CallsFigure": FIGURES,
    "CallState": {words: _state(state) for words, state in STATES.items()}
    | {
        "over, because the guest was cut off": _state("ended", reason="participant_disconnected"),
        "over, with four events of its own": _state("ended", events=has_length(4)),
    },
    "ListedCalls": LISTS,
    "Corrupt": {"are cut short": "cut", "are of other kinds": "types", "are empty": "empty"},
    "Asked": {"not at all": 0, "once": 1, "twice": 2, "3 times": 3},
}.items():
    closed_list(name, words)
shared.settings(
    {
        "is quick to give up and to try again": {"CALLS_PROFILE": "test"},
        "forgets what it looked up after 1 second": {"CALLS_CACHE_SECONDS": "1"},
    }
)
faults(
    {
        "the property system fails": fault("property_system", status=500),
        "the property system fails {times:Times}": fault("property_system", status=500),
        "the property system no longer knows the service": fault(
            "property_system", status=401, times=1, path="/booking"
        ),
        "the property system asks for a second of patience": fault(
            "property_system", status=429, retry_after=1, times=1, path="/booking"
        ),
        "the property system takes {seconds:Seconds} longer": fault("property_system", "delay"),
        "the property system does not answer": fault("property_system", "hang"),
        "the property system knows nothing of it": fault("property_system", status=404),
        "the property system finds fault with it": fault("property_system", status=422),
        "the answers of the property system {how:Corrupt}": fault("property_system", "corrupt"),
        "nobody can be had to speak": fault("voices", status=500),
    }
)
_SOUND = {"type": "audio", "audio": "AAAA", "seq": 0}


def _tries(verb: Callable[..., object], *arguments: object) -> shared.Attempt:
    return lambda world, name: verb(world.calls.guest(name), *arguments)


more_phrases(
    "Attempt",
    {
        "be put through with a token that is none": _tries(Guest.tries_to_connect, "nothing-that-opens-anything"),
        "be put through a second time": _tries(Guest.tries_to_connect),
        "say something": _tries(Guest.tries, _SOUND),
        "send sound that is no sound": _tries(Guest.tries, {**_SOUND, "audio": "no sound!"}),
        "send what the hotel does not know": _tries(Guest.tries, {"type": "applause"}),
    },
)
more_phrases("News", {"the talk is over": replies.TalkIsOver()})
more_phrases(
    "Lesson",
    {
        "that the change was taken note of": told("a change that was taken note of", status="processed"),
        "that the room was taken note of": told("a room that was taken note of", status="processed"),
    },
)


acts(Calls.name, ACTS)
more_phrases(
    "Deed",
    {
        **form(DONE_NOW, DEEDS, _does),
        "lists the calls {only:ListedCalls}": lambda only: lambda world, n: desk.pages(world.calls.person(n), **only),
    },
)
more_phrases("Done", form(DONE_BEFORE, DEEDS, _does))
phrases(
    "Together",
    {
        "call {hotel:Hotel}": lambda hotel: lambda guest: guest.begins(hotel),
        "call where they have booked": lambda guest: guest.begins(next(iter(guest.reservations))),
        "call {hotel:Hotel}, order and hang up": lambda hotel: lambda guest: guest.has_a_whole_call(hotel),
    },
)
phrases(
    "CallKept",
    {
        "the log": lambda calls, name: calls.log_holds_none_of(name, [*PERSONAL.values(), calls.guest(name).number]),
        "the record": lambda calls, name: calls.record_holds_none_of(
            name, [*PERSONAL.values(), calls.guest(name).number]
        ),
    },
)
more_phrases("Told", LESSONS)
more_phrases("Found", FINDINGS)
