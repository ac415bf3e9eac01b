"""What a guest is told on the phone, and what the service says of it beside."""

from __future__ import annotations

import base64
import io
import wave
from collections.abc import Sequence
from typing import Any

from hamcrest import (
    all_of,
    assert_that,
    close_to,
    contains_string,
    empty,
    equal_to,
    greater_than,
    greater_than_or_equal_to,
    has_entries,
    has_item,
    matches_regexp,
    none,
    not_,
)

from earshot.calls.guest import ENDED, FINAL, Guest

GREETINGS = {
    "en": "welcome|hello|good",
    "de": "willkommen|guten|hallo",
    "es": "bienvenid|hola|buen",
    "fr": "bienvenu|bonj",
}
"""What is said to somebody who phones, by the language."""
LENGTH_OFF_BY_MS = 20
TEXT = matches_regexp(r"\w\w")


def _reply(guest: Guest, what: str, **members: Any) -> None:
    assert_that(guest.reply, has_entries({"text": TEXT} | members), f"{what} that {guest.name} was told")


def is_greeting(guest: Guest, language: str) -> None:
    """Insist on a greeting in this language (CALL-25)."""
    _reply(guest, "the greeting", language=language, text=matches_regexp(rf"(?i)\b(?:{GREETINGS[language]})"))


def is_about(guest: Guest, intent: str, **more: str) -> None:
    """Insist on a reply that takes the guest to want this, in a language if that matters."""
    _reply(guest, "the reply", intent=intent, **more)


def is_hint(guest: Guest) -> None:
    """Insist on a reply that takes the guest to want nothing yet (CALL-24)."""
    _reply(guest, "the hint")
    assert_that(guest.reply.get("intent"), none(), f"what {guest.name} is taken to want")


def names_the_guest(guest: Guest) -> None:
    """Insist on name and room of the guest in what is said (CALL-6)."""
    known = guest.known
    names: Any = [contains_string(known[member]) for member in ("last_name", "room_number")]
    assert_that(guest.reply.get("text"), all_of(*names), f"what {guest.name} was told of the booking")


def is_complete(guest: Guest) -> None:
    """Insist on an answer in which nothing is missing."""
    whole: Any = has_entries({"status": "success", "warnings": empty()})
    assert_that(guest.answer.message, whole, f"how {guest.name} was served")


def warns(guest: Guest, code: str) -> None:
    """Insist on an answer that says what is missing."""
    warned: Any = has_item(has_entries(code=code))
    answer = has_entries(status="partial_success", warnings=warned)
    assert_that(guest.answer.message, answer, f"how {guest.name} was served")


def warns_of_outage(guest: Guest) -> None:
    """Insist on an answer that does without the property system, and says so as an error (CALL-8)."""
    warned: Any = has_item(has_entries(level="error", service="pms_connector"))
    stand_in = has_entries(fallback_active=True)
    answer = has_entries(status="partial_success", warnings=warned, reservation_data=stand_in)
    assert_that(guest.answer.message, answer, f"how {guest.name} was served")
    hidden: Any = not_(contains_string(guest.known["last_name"]))
    assert_that(str(guest.answer.message), hidden, "what stands in")


def knows_the_reservation(guest: Guest, **more: Any) -> None:
    """Insist on the guest's reservation as the property system has it (CALL-1, PMS-1)."""
    known = guest.known
    dates = {name: known[name] for name in ("id", "arrival", "departure", "status") if name in known}
    named: Any = contains_string(known["last_name"])
    expected: Any = has_entries(**dates, guest_name=named, **more)
    told = guest.answer.message.get("reservation_data")
    assert_that(told, expected, f"the reservation that the service knows {guest.name} by")


def ordered(guest: Guest, status: str) -> None:
    """Insist on an order to the hotel that was made, or put by for later (CALL-3, CALL-11)."""
    is_later = status == "queued"
    named: Any = matches_regexp("^fallback_.") if is_later else TEXT
    expected: Any = has_entries(id=named, status=status, fallback_active=is_later)
    assert_that(guest.answer.message.get("service_request"), expected, f"the order of {guest.name}")


def is_repeated(guest: Guest) -> None:
    """Insist that the service had known of the call (CALL-15)."""
    assert_that(guest.answer.message.get("duplicate"), equal_to(True), f"whether the call of {guest.name} was known")


def is_without_voice(guest: Guest) -> None:
    """Insist on words that nobody could be had to speak (CALL-10)."""
    _reply(guest, "the reply", audio_data=none())
    warns(guest, "TTS_UNAVAILABLE")


def is_redacted(guest: Guest, values: Sequence[str]) -> None:
    """Insist that an answer repeats none of these, and says that something was left out (CALL-18)."""
    said = str(guest.answer.message)
    none_of: Any = [not_(contains_string(value)) for value in values]
    assert_that(said, all_of(*none_of, matches_regexp(r"\[(?:REDACTED|MASKED)\]")), f"what {guest.name} was told")


def is_spoken(guest: Guest) -> None:
    """Insist on sound that can be played, as long as it is said to be, and on who spoke it (CALL-4)."""
    told = guest.answer.message
    with wave.open(io.BytesIO(base64.b64decode(told["audio_data"], validate=True))) as sound:
        length_ms = len(sound.readframes(sound.getnframes())) / sound.getsampwidth() / sound.getframerate() * 1000
    assert_that(length_ms, greater_than(0), "how long the sound is, in ms")
    as_long: Any = close_to(length_ms, LENGTH_OFF_BY_MS)
    assert_that(told.get("duration_ms"), as_long, "how long the sound is said to be")
    named: Any = has_entries(engine_used=TEXT, voice_used=TEXT)
    assert_that(told, named, f"who spoke to {guest.name}")


def is_spoken_again(guest: Guest) -> None:
    """Insist on the very sound of before, which was kept (CALL-4)."""
    first, second = guest.spoken[-2:]
    assert_that(second.message.get("cached"), equal_to(True), "whether the sound was kept")
    same: Any = first.message["audio_data"] == second.message["audio_data"]
    assert_that(same, equal_to(True), "whether it is the same")


def is_understood(guest: Guest, text: str) -> None:
    """Insist that the service understood this (CALL-22)."""
    said = guest.received(FINAL)[-1].message
    assert_that(said.get("transcript"), equal_to(text), f"what {guest.name} said")


def is_said_again(guest: Guest) -> None:
    """Insist on the same words as before (CALL-24)."""
    first, second = guest.replies[-2:]
    assert_that(second.get("text"), equal_to(first.get("text")), f"what {guest.name} was told")


class TalkIsOver:
    """That a talk is over: how long it took, and how often the guest spoke (CALL-22)."""

    def reaches(self, guest: Guest, *, since: int) -> None:
        summary = guest.is_told(ENDED, since=since).message
        plausible: Any = has_entries(duration_seconds=greater_than_or_equal_to(0), turns=greater_than_or_equal_to(0))
        assert_that(summary, plausible, f"how the talk of {guest.name} was summed up")
