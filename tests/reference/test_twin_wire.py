"""Rows of data over messages become twins that differ on the wire alone."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from typing import Any

import pytest

from reference.twins import twin as mechanism
from reference.twins.kinds import Declare
from reference.twins.wire import Wire, having

ODD = {"type": "odd", "number": 1, "unit": "ms"}
EVEN = {"type": "even", "number": 2, "unit": "ms"}


def members(number: int) -> dict[str, Any]:
    return {"type": "odd" if number % 2 else "even", "number": number, "unit": "ms"}


class Socket:
    """What is told is written here."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    def tell(self, number: int) -> int:
        self.sent.append(members(number))
        return 1

    async def tell_and_wait(self, number: int) -> None:
        await asyncio.sleep(0)
        self.tell(number)


AT_ONCE = Wire(members, Socket.tell)
AWAITED = Wire(members, Socket.tell_and_wait)


Told = Callable[[Declare], list[dict[str, Any]]]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    """Tell 1 and 2 with a row's twin applied, and return what is sent; good pieces are put back in the end."""
    monkeypatch.setattr(mechanism, "TWINS", {})
    for owner, name in [(sys.modules[__name__], "members"), (Socket, "tell"), (Socket, "tell_and_wait")]:
        monkeypatch.setattr(owner, name, getattr(owner, name))

    def numbers_told_otherwise() -> None:
        """Numbers are told otherwise."""

    def told_otherwise(row: Declare) -> list[dict[str, Any]]:
        numbers_told_otherwise.__module__ = "reference.toy.twins"
        row(numbers_told_otherwise).apply()
        socket = Socket()
        for number in (1, 2):
            asyncio.run(socket.tell_and_wait(number))
        return socket.sent

    return told_otherwise


def test_a_member_is_missing_from_messages_of_one_type(told: Told) -> None:
    assert told(AT_ONCE.missing("odd", "unit", "TOY-1")) == [{"type": "odd", "number": 1}, EVEN]


def test_a_member_of_messages_of_one_type_is_wrong(told: Told) -> None:
    assert told(AT_ONCE.wrong("even", "number", lambda number: number * 1000, "TOY-1")) == [
        ODD,
        {**EVEN, "number": 2000},
    ]


@pytest.mark.parametrize("wire", [AT_ONCE, AWAITED])
def test_messages_of_one_type_are_dropped(wire: Wire, told: Told) -> None:
    assert told(wire.dropped("odd", "TOY-1")) == [EVEN]


@pytest.mark.parametrize("wire", [AT_ONCE, AWAITED])
def test_messages_of_one_type_are_sent_twice(wire: Wire, told: Told) -> None:
    assert told(wire.twice("odd", "TOY-1")) == [ODD, ODD, EVEN]


def test_only_messages_with_certain_members_are_meant(told: Told) -> None:
    assert told(AT_ONCE.dropped("odd", "TOY-1", when=having(number=3))) == [ODD, EVEN]


def test_a_twin_of_a_row_is_named_after_its_function(told: Told) -> None:
    told(AT_ONCE.dropped("odd", "TOY-1"))

    assert mechanism.TWINS["numbers-told-otherwise"].breaks == ("TOY-1",)
