"""Order, no gap, nothing twice, well-formed sound: in every scenario that hears something."""

from __future__ import annotations

import base64
import time

import pytest

from earshot.ledger import Kind, Ledger, Observation
from earshot.streams import Stream, Streams
from earshot.surprises import Surprises

SPEECH = Stream("speech", numbered_by="number", sound="pcm", rate_hz=1000, lasts="seconds")
A_SECOND = b"\1\2" * 1000


class Heard:
    """What somebody hears on one connection."""

    def __init__(self) -> None:
        self.ledger = Ledger()
        self.streams = Streams(self.ledger, {"house": (SPEECH,)})
        self.surprises = Surprises(self.ledger, streams=self.streams)
        for leg in ("Lena", "Omar"):
            self.ledger.belongs(leg, "house", "guest")

    def comes(self, number: object = 1, pcm: bytes = A_SECOND, leg: str = "Lena", **details: object) -> None:
        message = {"type": "speech", "number": number, "pcm": base64.b64encode(pcm).decode(), **details}
        self.ledger.keep(Observation(time.monotonic_ns(), leg, leg, Kind.RECEIVED, message=message))

    def numbers(self, *numbers: int) -> None:
        for number in numbers:
            self.comes(number)


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ((1, 2, 2), "number 2 for the second time"),
        ((1, 3), "number 3, but number 2 never came"),
        ((1, 5), "number 5, but numbers 2 to 4 never came"),
        ((2, 3, 1), "number 1, after number 3 had come"),
    ],
)
def test_disorder_is_a_surprise(heard: Heard, numbers: tuple[int, ...], words: str) -> None:
    heard.numbers(*numbers)
    (sentence,) = heard.surprises.news()
    assert sentence.startswith("Lena received speech")
    assert words in sentence
    assert heard.surprises.news() == []


def test_a_stream_may_begin_with_any_number(heard: Heard) -> None:
    heard.numbers(7, 8, 9)
    assert heard.surprises.news(at_the_end=True) == []


def test_a_number_may_be_spelt_as_json_allows(heard: Heard) -> None:
    heard.comes(1.0)
    heard.comes(2.0)
    assert heard.surprises.news() == []
    heard.comes(4.0)
    assert "number 4, but number 3 never came" in heard.surprises.news()[0]


def test_every_connection_has_a_stream_of_its_own(heard: Heard) -> None:
    heard.comes(1)
    heard.comes(8, leg="Omar")
    heard.comes(2)
    heard.comes(9, leg="Omar")
    assert heard.surprises.news() == []


def test_who_is_too_slow_may_miss_something_but_gets_nothing_twice(heard: Heard) -> None:
    heard.streams.may_miss("Lena")
    heard.numbers(1, 5)
    assert heard.surprises.news() == []
    heard.numbers(5)
    assert len(heard.surprises.news()) == 1


@pytest.mark.parametrize(
    ("pcm", "words"),
    [
        (A_SECOND[:-1], "ends with half a sample"),
        (bytes(2000), "with sound that is silence"),
        (b"", "with sound that is empty"),
    ],
)
def test_ill_formed_sound_is_a_surprise(heard: Heard, pcm: bytes, words: str) -> None:
    heard.comes(pcm=pcm)
    assert words in heard.surprises.news()[0]


def test_sound_that_is_no_base64_is_a_surprise(heard: Heard) -> None:
    heard.comes()
    heard.comes(2, pcm=b"")
    heard.ledger.keep(
        Observation(time.monotonic_ns(), "Lena", "Lena", Kind.RECEIVED, message={"type": "speech", "pcm": "_-_-"})
    )
    assert "with sound that is no base64" in heard.surprises.news()[1]


def test_sound_lasts_as_long_as_it_says(heard: Heard) -> None:
    heard.comes(1, seconds=1.04)
    assert heard.surprises.news() == []
    heard.comes(2, seconds=2)
    assert "lasts 1.00 s at 1000 Hz, though it says 2 s" in heard.surprises.news()[0]


def test_what_is_left_out_is_not_judged(heard: Heard) -> None:
    heard.ledger.keep(Observation(time.monotonic_ns(), "Lena", "Lena", Kind.RECEIVED, message={"type": "speech"}))
    heard.comes(number="seven")
    assert heard.surprises.news() == []
