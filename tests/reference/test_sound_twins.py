"""Sound twins write otherwise, and say the same."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from reference.gateway.twins import writing

MESSAGE: dict[str, Any] = {
    "type": "sessionStatus",
    "listenerCount": 3,
    "sessionDuration": 1000,
    "timestamp": 1765000000123,
    "broadcastState": {"volume": 0.65, "isPaused": False, "since": None},
    "words": ["día", 0, -1, 1e-7, True],
}


@pytest.mark.parametrize(
    ("write", "looks"),
    [
        (lambda members: json.dumps(writing.shuffled(members)), r"^{"),
        (writing.numbers_as(writing.with_a_point), r'"sessionDuration": 1000\.0'),
        (writing.numbers_as(writing.with_an_exponent), r'"sessionDuration": 1e\+3'),
    ],
)
def test_what_is_written_otherwise_means_the_same(write: Callable[[dict[str, Any]], str], looks: str) -> None:
    text = write(MESSAGE)
    assert json.loads(text) == MESSAGE
    assert re.search(looks, text)


def test_the_order_of_members_is_one_of_chance() -> None:
    orders = {tuple(writing.shuffled(MESSAGE)) for _ in range(50)}
    inner = {tuple(writing.shuffled(MESSAGE)["broadcastState"]) for _ in range(50)}
    assert len(orders) > 5
    assert len(inner) > 2


def test_further_members_come_beside_those_that_there_were() -> None:
    assert writing.with_more(MESSAGE).items() >= MESSAGE.items()
    assert len(writing.with_more(MESSAGE)) > len(MESSAGE)


def test_fragments_are_one_message() -> None:
    frames = writing.in_three("día".encode())
    assert b"".join(frame.data for frame in frames).decode() == "día"
    assert [(frame.opcode.name, frame.fin) for frame in frames] == [("TEXT", False), ("CONT", False), ("CONT", True)]
