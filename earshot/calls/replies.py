"""What a guest is told on the phone, and what the service says of it beside."""

from __future__ import annotations

import base64
import io
import wave
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hamcrest import (
    all_of,
    assert_that,
    close_to,
    contains_string,
    empty,
    equal_to,
    greater_than_or_equal_to,
    has_entries,
    has_item,
    matches_regexp,
    none,
    not_,
)

from earshot.calls.guest import ENDED, FINAL, Guest
from earshot.calls.person import Person

Judge = Callable[[Any], object]
TEXT = matches_regexp(r"\w\w")
GREETINGS = {
    "en": "welcome|hello|good",
    "de": "willkommen|guten|hallo",
    "es": "bienvenid|hola|buen",
    "fr": "bienvenu|bonj",
}
"""What is said to somebody who phones, by the language."""
LENGTH_OFF_BY_MS = 20


def tells(**members: Any) -> Judge:
    """Insist on an answer with these members."""

    def judge(person: Person) -> None:
        assert_that(person.answer.message, has_entries(members), f"what {person.name} was answered")

    return judge


def says(**members: Any) -> Judge:
    """Insist on a reply in words, with these members."""

    def judge(guest: Guest) -> None:
        assert_that(guest.reply, has_entries({"text": TEXT} | members), f"what {guest.name} was told")

    return judge


def greets(language: str) -> Judge:
    """Insist on a greeting in this language (CALL-25)."""
    return says(text=matches_regexp(rf"(?i)\b(?:{GREETINGS[language]})"))


def warns(code: str | None = None, **more: Any) -> Judge:
    """Insist on an answer that says what is missing, by this code or as the property system's outage (CALL-8)."""
    warning = {"code": code} if code else {"level": "error", "service": "pms_connector"}
    return tells(status="partial_success", warnings=has_item(has_entries(warning)), **more)


IS_COMPLETE = tells(status="success", warnings=empty())
STANDS_IN = warns(reservation_data=has_entries(fallback_active=True, guest_name="Valued Guest"))
ORDERED = tells(service_request=has_entries(id=TEXT, status="created", fallback_active=False))
PUT_BY = tells(service_request=has_entries(id=matches_regexp("^fallback_."), status="queued", fallback_active=True))


def is_hint(guest: Guest) -> None:
    """Insist on a reply that takes the guest to want nothing yet (CALL-24)."""
    says()(guest)
    assert_that(guest.reply.get("intent"), none(), f"what {guest.name} is taken to want")


def names_the_guest(guest: Guest) -> None:
    """Insist on name and room of the guest in what is said (CALL-6)."""
    names: Any = [contains_string(guest.known[member]) for member in ("last_name", "room_number")]
    says(text=all_of(*names))(guest)


def knows_the_reservation(*, stale: bool) -> Judge:
    """Insist on the guest's reservation as the property system has it, or had it (CALL-1, PMS-1)."""

    def judge(guest: Guest) -> None:
        same = {name: guest.known[name] for name in ("id", "arrival", "departure", "status") if name in guest.known}
        named = contains_string(guest.known["last_name"])
        tells(reservation_data=has_entries(same | {"guest_name": named, "stale": stale}))(guest)

    return judge


def is_without_voice(guest: Guest) -> None:
    """Insist on words that nobody could be had to speak (CALL-10)."""
    says(audio_data=none())(guest)
    warns("TTS_UNAVAILABLE")(guest)


def is_redacted(values: Sequence[str]) -> Judge:
    """Insist that an answer repeats none of these, and says that something was left out (CALL-18)."""
    none_of: Any = [not_(contains_string(value)) for value in values]
    expected: Any = all_of(*none_of, matches_regexp(r"\[(?:REDACTED|MASKED)\]"))
    return lambda guest: assert_that(str(guest.answer.message), expected, f"what {guest.name} was told")


def is_spoken(guest: Guest) -> None:
    """Insist on sound that can be played, as long as it is said to be, and on who spoke it (CALL-4)."""
    content = base64.b64decode(guest.answer.message.get("audio_data") or "", validate=True)
    try:
        with wave.open(io.BytesIO(content)) as sound:
            length_ms = len(sound.readframes(sound.getnframes())) / sound.getsampwidth() / sound.getframerate() * 1000
    except (wave.Error, EOFError) as fault:
        raise AssertionError(f"what {guest.name} was told is no sound: {fault}") from None
    assert_that(length_ms, greater_than_or_equal_to(1), "how long the sound is, in ms")
    tells(duration_ms=close_to(length_ms, LENGTH_OFF_BY_MS), engine_used=TEXT, voice_used=TEXT)(guest)


def is_spoken_again(guest: Guest) -> None:
    """Insist on the very sound of before, which was kept (CALL-4)."""
    first, second = guest.spoken[-2:]
    tells(cached=True)(guest)
    same = first.message["audio_data"] == second.message["audio_data"]
    assert_that(same, equal_to(True), f"whether {guest.name} was told the same")


def is_understood(text: str) -> Judge:
    """Insist that the service understood this (CALL-22)."""
    understood: Any = has_entries(transcript=text, is_final=True)
    return lambda guest: assert_that(guest.received(FINAL)[-1].message, understood, f"what {guest.name} said")


def is_said_again(guest: Guest) -> None:
    """Insist on the same words as before (CALL-24)."""
    says(text=guest.replies[-2]["text"])(guest)


class TalkIsOver:
    """That a talk is over: how long it took, and how often the guest spoke (CALL-22)."""

    def reaches(self, guest: Guest, *, since: int) -> None:
        summary: Mapping[str, Any] = guest.is_told(ENDED, since=since).message
        plausible: Any = has_entries(duration_seconds=greater_than_or_equal_to(0), turns=greater_than_or_equal_to(0))
        assert_that(summary, plausible, f"how the talk of {guest.name} was summed up")
