"""What people ask for is paired with its answer by a member that both have, in the words of the contract."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest

from earshot.broadcast import acts
from earshot.broadcast.acts import Act
from earshot.wire.contract import Contract

CONTRACT = Contract.load(Path(__file__).parents[3] / "contract" / "broadcast.asyncapi.yaml")
PAIRED = [act for act in vars(acts).values() if isinstance(act, Act) and act.by]


@pytest.mark.parametrize("act", PAIRED, ids=lambda act: act.action)
def test_request_and_answer_both_have_the_member_that_pairs_them(act: Act) -> None:
    assert act.by in members("sent", "action", act.action)
    assert act.by in members("received", "type", act.answer)


def members(direction: Literal["sent", "received"], named_by: str, name: str) -> set[str]:
    """Return every member that examples of a message have."""
    payloads = [payload for _, _, payload in CONTRACT.examples(direction) if payload[named_by] == name]
    return {member for payload in payloads for member in payload}
