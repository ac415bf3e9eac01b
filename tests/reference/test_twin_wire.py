"""Rows of data over messages become twins that differ on the wire alone."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from reference.broadcast.twins.wire import WIRE as BROADCAST
from reference.twins import twin as mechanism
from reference.twins.kinds import Declare
from reference.twins.wire import Wire, having

ROOT = Path(__file__).parents[2]

ODD = {"type": "odd", "number": 1, "unit": "ms"}
EVEN = {"type": "even", "number": 2, "unit": "ms"}


def members(number: int) -> dict[str, Any]:
    return {"type": "odd" if number % 2 else "even", "number": number, "unit": "ms"}


class Socket:
    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    def tell(self, number: int) -> int:
        self.sent.append(members(number))
        return 1

    async def tell_and_wait(self, number: int) -> None:
        await asyncio.sleep(0)
        self.tell(number)

    def tell_all(self, names: list[str], number: int) -> int:
        self.sent.append({"to": names, **members(number)})
        return len(names)


AT_ONCE = Wire(members, Socket.tell)
AWAITED = Wire(members, Socket.tell_and_wait)


Told = Callable[[Declare], list[dict[str, Any]]]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    """Tell 1 and 2 with a row's twin applied, and return what is sent; good pieces are put back in the end."""
    monkeypatch.setattr(mechanism, "TWINS", {})
    monkeypatch.setattr(sys.modules[__name__], "members", members)
    for name in ("tell", "tell_and_wait", "tell_all"):
        monkeypatch.setattr(Socket, name, getattr(Socket, name))

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


def test_messages_of_one_type_are_told_to_others(told: Told) -> None:
    told(Wire(members, Socket.tell_all).told_to("odd", lambda names: names[1:], "TOY-1"))
    socket = Socket()

    assert [socket.tell_all(["Ana", "Ben"], number) for number in (1, 2)] == [1, 2]
    assert [one["to"] for one in socket.sent] == [["Ben"], ["Ana", "Ben"]]


@pytest.mark.parametrize("wire", [AT_ONCE, AWAITED])
def test_messages_of_one_type_are_dropped(wire: Wire, told: Told) -> None:
    assert told(wire.dropped("odd", "TOY-1")) == [EVEN]


@pytest.mark.parametrize("wire", [AT_ONCE, AWAITED])
def test_messages_of_one_type_are_sent_twice(wire: Wire, told: Told) -> None:
    assert told(wire.twice("odd", "TOY-1")) == [ODD, ODD, EVEN]


def test_only_messages_with_certain_members_are_meant(told: Told) -> None:
    assert told(AT_ONCE.dropped("odd", "TOY-1", when=having(number=3))) == [ODD, EVEN]


def test_a_message_may_be_called_otherwise_than_its_type(told: Told) -> None:
    wire = Wire(members, Socket.tell, lambda message: f"{message['type']}{message['number']}")

    assert told(wire.dropped("odd1", "TOY-1")) == [EVEN]


def test_the_broadcast_has_the_messages_that_rows_are_about() -> None:
    contract = yaml.safe_load((ROOT / "contract" / "broadcast.asyncapi.yaml").read_text("utf-8"))
    names = {name.removesuffix("Speaker") for name in contract["components"]["messages"]}

    assert BROADCAST.messages - names == set()


def test_a_twin_of_a_row_is_named_after_its_function(told: Told) -> None:
    told(AT_ONCE.dropped("odd", "TOY-1"))

    assert mechanism.TWINS["numbers-told-otherwise"].breaks == ("TOY-1",)
