"""The document of the control plane says of itself what it is needed for."""

from __future__ import annotations

from typing import Any

import pytest

from earshot.agreement import NAMES, openapi
from features.vocabulary import broadcast, conversation
from features.vocabulary.faults import Fault

DOCUMENT: Any = openapi("control")
NEEDED = DOCUMENT["x-needed-for"]
FAULTS = {
    "broadcast": broadcast.FAULTS,
    "conversation": conversation.FAULTS | conversation.PAGE_FAULTS,
}


def named(kind: str) -> set[str]:
    return {name for tags in NEEDED.values() for needs in tags.values() for name in needs.get(kind, ())}


def test_whatever_can_be_ordered_or_seen_is_needed_for_something() -> None:
    assert NEEDED.keys() == set(NAMES)
    assert named("places") == DOCUMENT["x-places"].keys()
    assert named("observations") == DOCUMENT["x-observations"].keys()
    assert named("census") < DOCUMENT["components"]["schemas"]["Census"]["properties"].keys()


@pytest.mark.parametrize("system", FAULTS)
def test_faults_strike_at_places_that_are_said_to_be_needed(system: str) -> None:
    places = {fault.place for fault in FAULTS[system].values() if isinstance(fault, Fault)}
    assert places
    assert places - {*NEEDED[system]["needs-fault"]["places"]} == set()


def test_an_order_says_whom_it_is_for_by_members_that_it_has() -> None:
    assert set(DOCUMENT["x-whom"]) < DOCUMENT["components"]["schemas"]["Order"]["properties"].keys()
