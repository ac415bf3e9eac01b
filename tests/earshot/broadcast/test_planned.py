"""What has no answer is lost only if the service has come so far; otherwise the service is too slow."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, cast

import pytest

from earshot import by_plan
from earshot.broadcast.acts import HEARTBEAT, SET_VOLUME
from earshot.broadcast.planned import PlannedSpeakers
from earshot.broadcast.speaker import Speaker
from earshot.failures import TooLate
from earshot.ledger import Kind, Ledger, Observation
from earshot.runtime import Runtime


class Unanswered:
    """A speaker whose requests nobody answers."""

    name = label = "Ana"

    def __init__(self, ledger: Ledger, *, is_heard: bool) -> None:
        self.leg = self
        self.marker: object = HEARTBEAT
        self._ledger = ledger
        self._is_heard = is_heard

    async def send(self, message: Any, *, due_ns: int) -> None:
        self._ledger.keep(Observation(time.monotonic_ns(), "Ana", "Ana", Kind.SENT, message=message, due_ns=due_ns))

    def catches_up(self) -> None:
        if not self._is_heard:
            raise AssertionError("Ana waited 5 s for heartbeatAck, which never came")

    def goes_dead(self) -> None:
        self.marker = None


@pytest.fixture
def runtime(monkeypatch: pytest.MonkeyPatch) -> Iterator[Runtime]:
    monkeypatch.setattr(by_plan, "PATIENCE_S", 0.1)
    runtime = Runtime()
    yield runtime
    runtime.close()


def test_a_service_that_has_come_so_far_has_lost_what_is_missing(runtime: Runtime) -> None:
    speaker = Unanswered(ledger := Ledger(), is_heard=True)
    PlannedSpeakers(runtime, ledger, [cast(Speaker, speaker)]).ask([SET_VOLUME], every_s=0.01)
    assert speaker.marker is HEARTBEAT


def test_a_service_that_has_not_come_so_far_is_too_slow_and_is_asked_nothing_more(runtime: Runtime) -> None:
    speaker = Unanswered(ledger := Ledger(), is_heard=False)
    with pytest.raises(TooLate, match="too slow: Ana had no answer"):
        PlannedSpeakers(runtime, ledger, [cast(Speaker, speaker)]).ask([SET_VOLUME], every_s=0.01)
    assert speaker.marker is None
