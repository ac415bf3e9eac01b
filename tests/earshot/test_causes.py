"""Each system's table of causes is complete, and speaks of what its contract has."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from earshot.agreement import CONTRACT, NAMES, asyncapi
from earshot.causality import ERROR
from earshot.causes import HARNESS, LEAVES, THEMSELVES
from earshot.systems import wings
from earshot.wire.contract import Contract

WITH_SOCKETS = [name for name in NAMES if asyncapi(name) is not None]


@pytest.mark.parametrize("system", WITH_SOCKETS)
def test_whatever_may_come_unasked_has_a_cause(system: str) -> None:
    rows = {(row.type, row.to) for row in wings()[system].causes.unasked}
    missing = [f"{type_} to a {role}" for type_, role in _unasked(system) if (type_, role) not in rows]
    assert missing == []


@pytest.mark.parametrize("system", WITH_SOCKETS)
def test_the_table_speaks_of_messages_and_acts_that_there_are(system: str) -> None:
    contract = Contract.load(CONTRACT / f"{system}.asyncapi.yaml")
    for row in wings()[system].causes.unasked:
        assert row.type in contract.told(row.to)
        for cause in row.because:
            role = row.to if cause.by == THEMSELVES else cause.by
            assert role == HARNESS or cause.act == LEAVES or cause.act in contract.answers(role)


@pytest.mark.parametrize("system", WITH_SOCKETS)
def test_streams_are_messages_that_there_are(system: str) -> None:
    document = asyncapi(system)
    assert document is not None
    messages = document["components"]["messages"]
    for stream in wings()[system].heard:
        assert {stream.numbered_by, stream.sound, stream.lasts} <= messages[stream.type]["payload"]["properties"].keys()


def _unasked(system: str) -> Iterator[tuple[str, str]]:
    """Yield the type of each message that is no answer, and to whom it may come."""
    document = asyncapi(system) or {}
    named_by = document.get("x-named-by", {}).get("received", "type")
    for operation in document["operations"].values():
        if operation["action"] == "send":
            for message in operation["messages"]:
                payload = document["components"]["messages"][message["$ref"].rsplit("/", 1)[-1]]["payload"]
                type_ = payload["properties"][named_by]["const"]
                if type_ != ERROR:
                    yield type_, operation["channel"]["$ref"].rsplit("/", 1)[-1]
