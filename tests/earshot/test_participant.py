"""What comes is for whom it comes for: the right person, connection, type and time, or it is said to be missing."""

from __future__ import annotations

import pytest

from earshot.ledger import Kind
from earshot.participant import Participant
from tests.earshot.cast_kit import FakeLeg, a_scene, connected


class Guest(Participant):
    system = "kit"
    role = "guest"

    def catches_up(self) -> None: ...


AUDIO, ERROR = {"type": "audio"}, {"type": "error"}
SOON_S = 0.01


@pytest.fixture
def lena() -> Guest:
    return connected(a_scene(), "Lena", Guest)[0]


@pytest.fixture
def leg(lena: Guest) -> FakeLeg:
    return lena.legs[0]  # type: ignore[return-value]


def test_what_somebody_is_told_is_of_that_type_and_came_since(lena: Guest, leg: FakeLeg) -> None:
    early, _, late = leg.gets(AUDIO), leg.gets(ERROR), leg.gets(AUDIO)
    assert lena.is_told("audio", since=0) is early
    assert lena.is_told("audio", since=early.number + 1) is late
    assert lena.received("audio") == [early, late]
    assert len(lena.received()) == 3


def test_what_never_comes_is_missed_and_what_came_instead_is_told(lena: Guest, leg: FakeLeg) -> None:
    leg.gets(ERROR)
    leg.keeps(Kind.SENT, message=AUDIO)
    FakeLeg(lena._scene.ledger, "Amina").gets(AUDIO)
    with pytest.raises(AssertionError, match=r"Lena waited 0.01 s for audio, which never came.*Lena received error"):
        lena.is_told("audio", since=0, patience_s=SOON_S)


def test_whoever_is_disconnected_is_told_nothing_any_more(lena: Guest, leg: FakeLeg) -> None:
    leg.is_closed(1011)
    with pytest.raises(AssertionError, match="was to be told audio, but the connection was closed before that"):
        lena.is_told("audio", since=0, patience_s=SOON_S)


def test_the_close_of_another_connection_is_not_ones_own(lena: Guest, leg: FakeLeg) -> None:
    FakeLeg(lena._scene.ledger, "Amina").is_closed()
    leg.gets(AUDIO)
    with pytest.raises(AssertionError, match=r"waited 0.01 s to be disconnected, and is still connected"):
        lena.is_disconnected(patience_s=SOON_S)
    assert not lena.is_disconnected_within(SOON_S)
    closed = leg.is_closed(1011)
    assert lena.is_disconnected() is closed
    assert lena.is_disconnected_within(SOON_S)


def test_an_expected_close_is_no_surprise(lena: Guest, leg: FakeLeg) -> None:
    leg.is_closed(1011)
    lena.is_disconnected()
    assert lena._scene.surprises.news(at_the_end=True) == []


def test_who_has_done_nothing_has_neither_connection_nor_outcome() -> None:
    nobody = Guest("Nobody", a_scene())
    with pytest.raises(AssertionError, match="Nobody has no connection"):
        _ = nobody.leg
    with pytest.raises(AssertionError, match="Nobody has tried nothing"):
        _ = nobody.outcome
