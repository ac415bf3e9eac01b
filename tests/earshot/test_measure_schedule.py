"""Sending by plan, in virtual time, and what a service that stands still looks like."""

from __future__ import annotations

import asyncio
import gc
import math
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import uvloop

from earshot.measure.budget import Budget
from earshot.measure.schedule import Schedule, keep_to, worst_gap_ms
from earshot.measure.verdict import Outcome, judge

MS = 1_000_000


class VirtualTime:
    """A clock that only sleeping moves, and that, like some loops, wakes up too early."""

    def __init__(self) -> None:
        self.now_ns = 0

    def clock(self) -> int:
        return self.now_ns

    async def sleep(self, seconds: float) -> None:
        self.now_ns += max(MS // 10, round(seconds * 1e9) - MS)


class Service:
    """Answers in turn, 20 ms after it was asked, unless it stands still."""

    def __init__(self, virtual: VirtualTime, still_from_ms: float = 0, still_for_ms: float = 0) -> None:
        self.time = virtual
        self.still_ns = (round(still_from_ms * MS), round((still_from_ms + still_for_ms) * MS))
        self.answered_ns: list[int] = []

    async def ask(self, _k: int, _due_ns: int) -> None:
        ready_ns = self.time.now_ns + 20 * MS
        begin, end = self.still_ns
        self.answered_ns.append(end + 20 * MS if begin <= ready_ns < end else ready_ns)


def latencies_ms(service: Service, schedule: Schedule) -> list[float]:
    due_ns = list(schedule.due_ns(0))
    asyncio.run(keep_to(due_ns, service.ask, clock=service.time.clock, sleep=service.time.sleep))
    return [(answered - due) / 1e6 for due, answered in zip(due_ns, service.answered_ns, strict=True)]


def test_nothing_is_sent_early_or_left_out() -> None:
    virtual = VirtualTime()
    sent: list[tuple[int, int]] = []

    async def send(k: int, due_ns: int) -> None:
        assert virtual.now_ns >= due_ns
        sent.append((k, due_ns))
        if k == 1:
            virtual.now_ns += 250 * MS  # the connection takes nothing for a while

    plan = Schedule(count=6, interval_ms=100, offset_ms=7)
    sent_ns = asyncio.run(keep_to(plan.due_ns(0), send, clock=virtual.clock, sleep=virtual.sleep))
    assert [due / MS for _, due in sent] == [7, 107, 207, 307, 407, 507]
    assert [at // MS for at in sent_ns] == [7, 107, 357, 357, 407, 507]


@pytest.mark.parametrize("loop_factory", [asyncio.new_event_loop, uvloop.new_event_loop])
def test_real_loops_do_not_send_early_either(loop_factory: Callable[[], asyncio.AbstractEventLoop]) -> None:
    async def hand_over(_k: int, _due_ns: int) -> None: ...

    async def send_by_plan() -> None:
        due_ns = list(Schedule(count=20, interval_ms=1.3).due_ns(time.monotonic_ns() + 2 * MS))
        gc.collect()  # what earlier tests left open is not counted
        open_files = len(list(Path("/dev/fd").iterdir()))
        sent_ns = await keep_to(due_ns, hand_over)
        assert all(sent >= due for sent, due in zip(sent_ns, due_ns, strict=True))
        assert len(list(Path("/dev/fd").iterdir())) <= open_files

    with asyncio.Runner(loop_factory=loop_factory) as runner:
        runner.run(send_by_plan())


@pytest.mark.parametrize(("still_for_ms", "outcome"), [(0, Outcome.PASS), (200, Outcome.PASS), (4000, Outcome.FAIL)])
def test_a_service_that_stands_still_for_long_is_noticed(still_for_ms: float, outcome: Outcome) -> None:
    service = Service(VirtualTime(), still_from_ms=20_000, still_for_ms=still_for_ms)
    samples_ms = latencies_ms(service, Schedule(count=600, interval_ms=100))
    verdict = judge(samples_ms, Budget(95, 50, worst_gap_ms=1000))
    assert (verdict.outcome, verdict.lost) == (outcome, 0)
    assert max(samples_ms) == pytest.approx(20 + still_for_ms, abs=20)


@pytest.mark.parametrize(
    ("samples_ms", "gap_ms"),
    [
        ([20.0] * 5, 20),
        ([20.0, 320.0, 220.0, 120.0, 20.0], 320),  # all come together
        ([20.0, math.inf, 20.0, 20.0], 120),  # one lost: until the next one came
        ([20.0, 20.0, math.inf, math.inf, math.inf], 200),  # the last ones: as long as something was due
        ([math.inf] * 3, 200),
        ([950.0, 20.0, 20.0], 120),  # one late answer is not a silence
    ],
)
def test_the_longest_silence(samples_ms: list[float], gap_ms: float) -> None:
    assert worst_gap_ms(samples_ms, 100) == gap_ms


def test_a_plan_must_plan_something() -> None:
    with pytest.raises(ValueError, match="at least one message"):
        Schedule(count=0, interval_ms=100)
