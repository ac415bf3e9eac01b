"""By plan everybody acts when it is their turn, and a round is over when all is answered or surely lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest

from earshot.broadcast.acts import PAUSE, SEND_AUDIO
from earshot.by_plan import Sending, carry_out, in_turn
from earshot.ledger import Kind, Ledger, Observation
from earshot.measure.delays import answer_delays
from earshot.measure.pairing import await_answers
from earshot.participant import Participant
from earshot.runtime import Runtime

KINDS = [SEND_AUDIO.confirmation]


@pytest.fixture
def runtime() -> Iterator[Runtime]:
    runtime = Runtime()
    yield runtime
    runtime.close()


class Service:
    """Takes what somebody sends, and says what it likes when it likes."""

    def __init__(self) -> None:
        self.ledger = Ledger()
        self.leg = self
        self.after_s = 0.0

    async def send(self, message: Any, *, due_ns: int) -> None:
        self.keep(Kind.SENT, message, due_ns=due_ns)
        answer = {"type": "audioReceived", "chunkId": message["chunkId"]}
        threading.Timer(self.after_s, self.keep, (Kind.RECEIVED, answer)).start()

    def keep(self, kind: Kind, message: Any = None, **more: Any) -> None:
        self.ledger.keep(Observation(time.monotonic_ns(), "Ana", "Ana", kind, message=message or {}, **more))


def plan_of(service: Service, count: int) -> list[Sending]:
    now_ns = time.monotonic_ns()
    return [
        Sending(now_ns + k * 1_000_000, cast(Participant, SimpleNamespace(leg=service)), piece(k)) for k in range(count)
    ]


def piece(number: int) -> dict[str, object]:
    return {"action": "sendAudio", "chunkId": f"chunk-{number}"}


def test_what_is_late_is_late_by_its_number_and_not_lost(runtime: Runtime) -> None:
    service = Service()
    service.after_s = 0.3
    carry_out(runtime, service.ledger, plan_of(service, 5), KINDS)
    took = [delay.took_ms for delay in answer_delays(service.ledger, *KINDS)]
    assert len(took) == 5
    assert all(300 <= took_ms < 1000 for took_ms in took)


def waited_s(service: Service, within_s: float) -> float:
    began_s = time.monotonic()
    await_answers(service.ledger, [*KINDS, PAUSE.confirmation], since=0, within_s=within_s)
    return time.monotonic() - began_s


def test_nobody_waits_when_all_is_answered() -> None:
    service = Service()
    service.keep(Kind.SENT, piece(1))
    service.keep(Kind.RECEIVED, {"type": "audioReceived", "chunkId": "chunk-1"})
    assert waited_s(service, 5) < 1


def test_what_never_comes_is_waited_for_only_so_long() -> None:
    service = Service()
    service.keep(Kind.SENT, piece(1))
    assert 0.2 <= waited_s(service, 0.2) < 2
    assert await_answers(service.ledger, KINDS, since=0, within_s=0.01) == {"Ana"}


def test_nothing_of_what_was_refused_is_under_way() -> None:
    service = Service()
    service.keep(Kind.SENT, piece(1))
    service.keep(Kind.RECEIVED, {"type": "error"})
    assert await_answers(service.ledger, KINDS, since=0, within_s=5) == set()


@pytest.mark.parametrize(
    ("kind", "message"), [(Kind.CLOSED, {}), (Kind.RECEIVED, {"type": "error", "code": "INTERNAL_ERROR"})]
)
def test_nobody_waits_for_what_was_refused_or_for_a_connection_that_is_gone(kind: Kind, message: Any) -> None:
    service = Service()
    service.keep(Kind.SENT, piece(1))
    service.keep(kind, message)
    assert waited_s(service, 5) < 1


def test_the_answer_to_something_else_ends_no_waiting() -> None:
    service = Service()
    service.keep(Kind.SENT, piece(1))
    service.keep(Kind.RECEIVED, {"type": "audioReceived", "chunkId": "chunk-7"})
    service.keep(Kind.RECEIVED, {"type": "audioReceived", "chunkId": "chunk-7"})
    assert waited_s(service, 0.2) >= 0.2


def someone() -> Participant:
    return cast(Participant, SimpleNamespace())


def test_nobody_waits_until_those_before_are_in(runtime: Runtime) -> None:
    began_s: list[float] = []

    def comes(_: Participant) -> None:
        began_s.append(time.monotonic())
        time.sleep(0.5)

    in_turn(runtime, [someone() for _ in range(10)], comes, every_s=0.01)
    assert len(began_s) == 10
    assert began_s[-1] - began_s[0] < 0.5


def test_what_one_of_them_is_refused_is_told_when_all_have_come_to_the_end(runtime: Runtime) -> None:
    people, done = [someone() for _ in range(3)], []

    def comes(who: Participant) -> None:
        if who is people[0]:
            raise AssertionError("was refused")
        time.sleep(0.1)
        done.append(who)

    with pytest.raises(AssertionError, match="was refused"):
        in_turn(runtime, people, comes, every_s=0.01)
    assert len(done) == 2
