"""A recogniser that is told what to understand: whoever has told it may rely on what came of that."""

from __future__ import annotations

from typing import Any, cast

import pytest

from earshot.broadcast import recogniser
from earshot.broadcast.recogniser import Recogniser, Result, in_turn, provisionally
from earshot.broadcast.speaker import Speaker
from earshot.ledger import Ledger
from earshot.patience import comes_to
from earshot.targets.control import Control, Record


class LateControl:
    """A control plane of a service that hands a sentence over some looks after it was understood."""

    def __init__(self, looks: int) -> None:
        self.looks_left = looks
        self.understood: list[str] = []

    def order(self, _place: str, _effect: str, *, text: str, **_members: object) -> None:
        self.understood.append(text)

    def observe(self, kind: str, *, session_id: str) -> list[Record]:
        assert (kind, session_id) == ("handovers", "calm-river-200")
        self.looks_left -= 1
        return [] if self.looks_left > 0 else [Record(transcript_text=text) for text in self.understood]


def hears_ana(control: LateControl) -> Recogniser:
    ana = cast(Speaker, Record(name="Ana", session_id="calm-river-200"))
    return Recogniser(cast(Control, control), ana, Ledger())


def test_what_has_been_understood_has_been_handed_over() -> None:
    control = LateControl(looks=3)
    hears_ana(control).reports_to_the_end(in_turn(["One.", "Two."]))
    assert control.looks_left == 0


def test_a_sentence_that_is_not_handed_over_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    def at_once(*args: Any, **_: Any) -> object:
        return comes_to(*args, within_s=0)

    monkeypatch.setattr(recogniser, "comes_to", at_once)
    with pytest.raises(AssertionError, match="Ana's recogniser understood, handed over"):
        hears_ana(LateControl(looks=10**6)).reports_to_the_end([Result("One.")])


def test_of_provisional_results_nothing_is_awaited() -> None:
    control = LateControl(looks=10**6)
    hears_ana(control).reports_to_the_end(provisionally([Result("One")]))
    assert control.understood == ["One"]
