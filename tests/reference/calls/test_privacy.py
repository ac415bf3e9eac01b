"""What is hidden of what people say about themselves, and what is not."""

from __future__ import annotations

from typing import Any

import pytest

from reference.calls.privacy import MASKED, REDACTED, Privacy


def shown(value: Any) -> tuple[Any, list[str]]:
    counted: list[str] = []
    return Privacy(counted.append).redacted(value), counted


@pytest.mark.parametrize(
    ("text", "hidden", "mark"),
    [
        ("write to mira.okafor+hotel@guests.example please", "mira.okafor+hotel@guests.example", REDACTED),
        ("my number is +49 30 123 456-78", "+49 30 123 456-78", REDACTED),
        ("card 4111-1111-1111-1111", "4111-1111-1111-1111", REDACTED),
        ("card 4111111111111", "4111111111111", REDACTED),
        ("IBAN DE89 3704 0044 0532 0130 00", "3704 0044 0532 0130 00", REDACTED),
        ("I am in room 205", "205", MASKED),
        ("Ich bin in Zimmer 205", "205", MASKED),
        ("estoy en la habitación 205", "205", MASKED),
        ("je suis dans la chambre 205", "205", MASKED),
        ("sono in camera 205", "205", MASKED),
    ],
)
def test_what_looks_personal_is_hidden_however_deep(text: str, hidden: str, mark: str) -> None:
    for value in (text, [text], {"note": {"said": [text]}}):
        told, counted = shown(value)
        assert hidden not in str(told)
        assert mark in str(told)
        assert len(counted) == 1


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("email", REDACTED),
        ("card_number", REDACTED),
        ("passport", REDACTED),
        ("date_of_birth", REDACTED),
        ("password", REDACTED),
        ("guest_name", MASKED),
        ("last_name", MASKED),
        ("room_number", MASKED),
        ("booking_number", MASKED),
        ("health", None),
        ("biometric_data", None),
        ("political_opinion", None),
    ],
)
def test_what_is_called_personal_is_hidden_whatever_it_holds(name: str, told: str | None) -> None:
    for value in ("anything", 17, {"deep": "er"}, ["one"]):
        kept, counted = shown({"guest": {name: value}})
        assert kept == {"guest": {} if told is None else {name: told}}
        assert len(counted) == 1


@pytest.mark.parametrize("name", ["ip_address", "session_id"])
def test_what_is_technical_can_be_told_apart_and_no_more(name: str) -> None:
    one, other = shown({name: "10.0.0.1"})[0][name], shown({name: "10.0.0.2"})[0][name]
    assert one != other
    assert "10.0" not in one + other
    assert shown({name: "10.0.0.1"})[0][name] == one


@pytest.mark.parametrize(
    "value",
    [
        {"hotel_id": "hotel-aurora", "priority": "urgent", "require_reservation": True, "count": 3, "none": None},
        "Two nights from 2026-03-03, please, for 2 people.",
        "The pool opens at 9:30.",
        {"description": "a table", "business": "usual"},
    ],
    ids=str,
)
def test_what_is_not_personal_stays(value: Any) -> None:
    assert shown(value) == (value, [])
