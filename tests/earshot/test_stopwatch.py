"""The stopwatch of a scenario: the act is repeated until the verdict is sure, and what it comes to is told rightly."""

from __future__ import annotations

import itertools
import math
import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import cast

import pytest

from earshot.failures import BudgetExceeded, ContractBreach, Inconclusive, TooLate
from earshot.ledger import Kind, Ledger, Observation
from earshot.measure import stopwatch as module
from earshot.measure.budget import Budget
from earshot.measure.delays import Delay, Delays
from earshot.measure.fitness import Machine
from earshot.measure.floor import NullEcho
from earshot.measure.held_up import HeldUp
from earshot.measure.stopwatch import Stopwatch
from earshot.measure.verdict import Claim, Outcome
from earshot.runtime import Runtime

BUDGET = Budget(95, 100, things="answers")
FIT = Machine(((0.5,) * 100,))


class HeldUpBy(HeldUp):
    """Whatever happened, others held it up for this share of the time it took."""

    def __init__(self, share: float) -> None:
        super().__init__([])
        self._share = share

    def ms(self, began_ns: int, ended_ns: int) -> float:
        return self._share * (ended_ns - began_ns) / 1e6


def busy(share: float) -> Machine:
    return Machine(((0.5,) * 100,), held_up=HeldUpBy(share))


class FakeExamination:
    """An examination of a machine of which everything is known."""

    machine_is = FIT
    running = 0

    def __init__(self, _echo: object, _addresses: object) -> None:
        pass

    async def __aenter__(self) -> FakeExamination:
        type(self).running += 1
        return self

    async def __aexit__(self, *_: object) -> None:
        type(self).running -= 1

    async def machine(self) -> Machine:
        return self.machine_is


class Act:
    """Something that takes these times, so many in each round."""

    def __init__(self, ledger: Ledger, times_ms: Iterator[float], count: int = 69) -> None:
        self.rounds = 0
        self._ledger, self._times_ms, self._count = ledger, times_ms, count

    def __call__(self) -> None:
        self.rounds += 1
        for time_ms in itertools.islice(self._times_ms, self._count):
            number = len(self._ledger)
            self._ledger.keep(Observation(number * 10_000_000, "Ana", "Ana", Kind.NOTE, message={"ms": time_ms}))


def delays(observed: Sequence[Observation]) -> Delays:
    return [Delay(o.at_ns, cast(float, o.message["ms"])) for o in observed]


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., tuple[Stopwatch, Act]]]:
    runtime = Runtime()

    def make(times_ms: Iterator[float], machine: Machine = FIT, count: int = 69) -> tuple[Stopwatch, Act]:
        monkeypatch.setattr(module, "Examination", FakeExamination)
        monkeypatch.setattr(FakeExamination, "machine_is", machine)
        monkeypatch.setattr(FakeExamination, "running", 0)
        ledger = Ledger()
        return Stopwatch(runtime, ledger, lambda: cast(NullEcho, None), list), Act(ledger, times_ms, count)

    yield make
    runtime.close()


def mixed(share_late: float) -> Iterator[float]:
    """Yield times of which this share, evenly spread, is too long."""
    due, chance = 0.0, random.Random(5)
    while True:
        due += share_late
        late, due = due >= 1, due % 1
        yield (250.0 if late else 20.0) + chance.random()


def test_a_good_service_passes_after_one_round(watch: Callable[..., tuple[Stopwatch, Act]]) -> None:
    stopwatch, act = watch(mixed(0))
    stopwatch.times(act)
    stopwatch.insist("95% of answers", BUDGET, delays)
    assert act.rounds == 1
    assert [judged.verdict.outcome for judged in stopwatch.judged] == [Outcome.PASS]


def test_a_slow_service_fails_with_what_was_promised_and_found(watch: Callable[..., tuple[Stopwatch, Act]]) -> None:
    stopwatch, act = watch(mixed(1))
    stopwatch.times(act)
    with pytest.raises(BudgetExceeded, match=r"95% of answers: p95 of 251 ms is over 100 ms .*; Lena missed 2"):
        stopwatch.insist("95% of answers", BUDGET, delays, because=lambda: "Lena missed 2")
    assert act.rounds == 1


def test_near_the_limit_the_act_is_repeated_and_then_nothing_is_claimed(
    watch: Callable[..., tuple[Stopwatch, Act]],
) -> None:
    stopwatch, act = watch(mixed(0.05))
    stopwatch.times(act)
    with pytest.raises(Inconclusive, match="not decided: p95"):
        stopwatch.insist("95% of answers", BUDGET, delays)
    assert act.rounds == 4
    assert stopwatch.judged[0].verdict.count == 4 * 69


def test_a_second_claim_looks_at_the_rounds_that_were_made(watch: Callable[..., tuple[Stopwatch, Act]]) -> None:
    stopwatch, act = watch(mixed(0.02))
    stopwatch.times(act)
    stopwatch.insist("95% of answers", BUDGET, delays)
    made = act.rounds
    stopwatch.insist("95% of answers again", BUDGET, delays)
    assert act.rounds == made > 1
    assert len(stopwatch.judged) == 2


def test_on_a_busy_machine_a_service_fails_for_what_nobody_held_up(watch: Callable[..., tuple[Stopwatch, Act]]) -> None:
    stopwatch, act = watch(mixed(1), busy(0.7))
    stopwatch.times(act)
    with pytest.raises(Inconclusive, match="by less than the stopwatch may err and others held it up"):
        stopwatch.insist("95% of answers", BUDGET, delays)
    stopwatch, act = watch(mixed(1), busy(0.5))
    stopwatch.times(act)
    with pytest.raises(BudgetExceeded, match=r"p95 of 251 ms is over 100 ms .*; held up by others for 125 ms at most"):
        stopwatch.insist("95% of answers", BUDGET, delays)


@pytest.mark.parametrize(
    "wrong",
    [
        AssertionError("Ana expected a session, but was refused: status 403"),
        AssertionError("Lena waited 5 s for sessionEnded, which never came"),
        AssertionError("Ana received an unexpected error: TIMEOUT (504): the recogniser gave up in time"),
        AssertionError("the record of Ana's session: still active"),
        ContractBreach("Lena received nonsense"),
    ],
)
def test_no_machine_is_so_busy_that_it_excuses_what_is_wrong(
    watch: Callable[..., tuple[Stopwatch, Act]], wrong: AssertionError
) -> None:
    def goes_wrong() -> None:
        raise wrong

    stopwatch, _ = watch(mixed(0), busy(1.0))
    with pytest.raises(AssertionError) as told:
        stopwatch.times(goes_wrong)
    assert told.value is wrong


@pytest.mark.parametrize(("share", "failure"), [(0.0, TooLate), (0.7, TooLate), (0.8, Inconclusive)])
def test_an_act_that_took_too_long_is_excused_as_far_as_it_was_held_up(
    watch: Callable[..., tuple[Stopwatch, Act]], share: float, failure: type[Exception]
) -> None:
    def takes_too_long() -> None:
        raise TooLate("Ana waited 2 s and 1.5 s too long", by_ms=1500, began_ns=0, ended_ns=2_000_000_000)

    stopwatch, _ = watch(mixed(0), busy(share))
    with pytest.raises(failure, match=r"Ana waited 2 s and 1\.5 s too long"):
        stopwatch.times(takes_too_long)


def test_nothing_is_excused_before_anything_is_timed(watch: Callable[..., tuple[Stopwatch, Act]]) -> None:
    stopwatch, _ = watch(mixed(0), busy(1.0))
    stopwatch.excuse(TooLate("too late", by_ms=1, began_ns=0, ended_ns=2_000_000))


@pytest.mark.parametrize(
    ("took_ms", "share", "failure"),
    [
        (itertools.repeat(10.0), 0.0, None),
        (itertools.cycle([9.0, 11.0]), 0.0, None),
        (itertools.repeat(15.0), 0.0, BudgetExceeded),
        (itertools.repeat(15.0), 1.0, Inconclusive),  # as others held it up all the time
        (itertools.cycle([1.0, math.inf]), 1.0, BudgetExceeded),
    ],
)
def test_an_average_is_that_of_all(
    watch: Callable[..., tuple[Stopwatch, Act]],
    took_ms: Iterator[float],
    share: float,
    failure: type[Exception] | None,
) -> None:
    stopwatch, act = watch(took_ms, busy(share), count=20)
    stopwatch.times(act)
    with pytest.raises(failure, match="20 answers") if failure else nullcontext():
        stopwatch.insist_on_average("on average", 10, delays, things="answers")
    assert [each.outcome is Outcome.PASS for each in stopwatch.compared] == [failure is None]


def test_the_end_is_compared_with_the_beginning(watch: Callable[..., tuple[Stopwatch, Act]]) -> None:
    tiring = (1.0 + k / 10 for k in itertools.count())
    stopwatch, act = watch(tiring, count=100)
    stopwatch.times(act)
    with pytest.raises(BudgetExceeded, match=r"as quick: slower and slower: .* in the last 0.3 s"):
        stopwatch.insist_on_no_growth("as quick", delays, first_s=0.3, last_s=0.3)
    assert [each.outcome for each in stopwatch.compared] == [Outcome.FAIL]


@pytest.mark.parametrize(
    ("took_ms", "share", "failure"),
    [
        (699, 1.0, AssertionError),
        (700, 0.0, None),
        (1100, 0.0, None),
        (1101, 0.0, Inconclusive),  # by no more than the stopwatch errs
        (1200, 0.05, TooLate),
        (1200, 0.1, Inconclusive),
        (9000, 0.5, TooLate),
    ],
)
def test_a_moment_is_too_late_by_what_nobody_held_up(
    watch: Callable[..., tuple[Stopwatch, Act]], took_ms: float, share: float, failure: type[Exception] | None
) -> None:
    stopwatch, act = watch(mixed(0), replace(busy(share), echoes_ms=((1.0,) * 100,)))
    stopwatch.times(act)
    expected = pytest.raises(failure, match="until Ana fell silent: ") if failure else nullcontext()
    with expected as told:
        stopwatch.insist_on_time(Delay(0, took_ms), 700, 1100, "until Ana fell silent")
    assert told is None or told.type is failure


@pytest.mark.parametrize(
    ("share", "expected", "failure"),
    [(0.0, Outcome.FAIL, None), (0.0, Outcome.PASS, AssertionError), (0.9, Outcome.FAIL, Inconclusive)],
)
def test_a_stall_is_none_where_others_held_it_up(
    watch: Callable[..., tuple[Stopwatch, Act]], share: float, expected: Outcome, failure: type[Exception] | None
) -> None:
    stopwatch, act = watch(itertools.chain([5.0] * 30, [1500.0], itertools.repeat(1500.0)), busy(share))
    stopwatch.times(act)
    with pytest.raises(failure) if failure else nullcontext():
        stopwatch.insist_on_outcome(expected, Claim.GAP, Budget(50, 50, worst_gap_ms=500), delays)


def test_with_everybody_is_compared_with_alone(watch: Callable[..., tuple[Stopwatch, Act]]) -> None:
    stopwatch, act = watch(itertools.chain([5.0] * 69, [30.0] * 69))
    stopwatch.times(act)
    stopwatch.times(act)
    with pytest.raises(BudgetExceeded, match=r"30 ms .median. with everybody, 5.0 ms .median. when Ana was alone"):
        stopwatch.insist_on_no_growth_since("as quick", delays, ("when Ana was alone", "with everybody"))


def test_the_machine_is_watched_from_the_first_round_until_the_end(
    watch: Callable[..., tuple[Stopwatch, Act]],
) -> None:
    stopwatch, act = watch(mixed(0))
    stopwatch.stop()
    stopwatch.times(act)
    stopwatch.times(act)
    assert FakeExamination.running == 1
    stopwatch.stop()
    stopwatch.stop()
    assert FakeExamination.running == 0


def test_a_time_that_is_taken_once_needs_a_watched_machine() -> None:
    """Without one nobody could tell whether the machine or the service was slow."""
    runtime = Runtime()
    try:
        stopwatch = Stopwatch(runtime, Ledger(), NullEcho, lambda: ())
        took = Delay(time.monotonic_ns(), 700.0)
        with pytest.raises(RuntimeError, match="@judges_time"):
            stopwatch.insist_on_time(took, 0, 500, "until Ana was answered")
        stopwatch.watches()
        stopwatch.insist_on_time(took, 0, 800, "until Ana was answered")
        with pytest.raises(AssertionError, match="it never came"):
            stopwatch.insist_on_time(Delay(0, math.inf), 0, 500, "until Ana was answered")
        with pytest.raises(AssertionError, match="nothing was timed"):
            stopwatch.insist_on_times([], 500, "until Ana was answered")
        stopwatch.stop()
    finally:
        runtime.close()


def test_a_step_may_know_what_must_be_found_of_one_claim(watch: Callable[..., tuple[Stopwatch, Act]]) -> None:
    stopwatch, act = watch(mixed(0))
    stopwatch.times(act)
    no_silence = Budget(95, 100, worst_gap_ms=5000)
    stopwatch.insist_on_outcome(Outcome.PASS, Claim.GAP, no_silence, delays)
    with pytest.raises(AssertionError, match="the verdict on the longest silence"):
        stopwatch.insist_on_outcome(Outcome.FAIL, Claim.GAP, no_silence, delays)


def test_a_watch_ends_on_the_loop_that_reads_its_counters(monkeypatch: pytest.MonkeyPatch) -> None:
    """Elsewhere it could close a counter while the loop reads it."""
    threads: list[str] = []
    monkeypatch.setattr(module.FitnessWatch, "end", lambda _watch: threads.append(threading.current_thread().name))
    runtime = Runtime()
    try:
        stopwatch = Stopwatch(runtime, Ledger(), NullEcho, lambda: ())
        stopwatch.watches()
        stopwatch.stop()
    finally:
        runtime.close()
    assert threads == ["earshot-loop"]
