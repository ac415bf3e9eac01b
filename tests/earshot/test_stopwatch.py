"""The stopwatch of a scenario: the act is repeated until the verdict is sure, and what it comes to is told rightly."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from typing import cast

import pytest
from hamcrest import less_than

from earshot.failures import BudgetExceeded, ContractBreach, Inconclusive
from earshot.ledger import Kind, Ledger, Observation
from earshot.measure import stopwatch as module
from earshot.measure.budget import Budget
from earshot.measure.delays import Delay, Delays
from earshot.measure.fitness import Fitness, Machine
from earshot.measure.floor import NullEcho
from earshot.measure.stopwatch import Stopwatch
from earshot.measure.verdict import Outcome
from earshot.runtime import Runtime

BUDGET = Budget(95, 100, things="answers")
FIT = Machine(((0.5,) * 100,), Fitness(free=0.5))
BUSY = Machine(((0.5,) * 100,), Fitness(free=0.01))


class FakeExamination:
    """An examination of a machine of which everything is known."""

    machine_is = FIT
    running = 0

    def __init__(self, _echo: object) -> None:
        pass

    async def __aenter__(self) -> FakeExamination:
        type(self).running += 1
        return self

    async def __aexit__(self, *_: object) -> None:
        type(self).running -= 1

    async def machine(self) -> Machine:
        return self.machine_is

    async def fitness(self) -> Machine:
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
        return Stopwatch(runtime, ledger, lambda: cast(NullEcho, None)), Act(ledger, times_ms, count)

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


def test_on_a_busy_machine_nothing_fails_for_being_slow(watch: Callable[..., tuple[Stopwatch, Act]]) -> None:
    stopwatch, act = watch(mixed(1), BUSY)
    stopwatch.times(act)
    with pytest.raises(Inconclusive, match="the machine was unfit to tell: it was busy, with 1 %"):
        stopwatch.insist("95% of answers", BUDGET, delays)


def test_an_act_that_breaks_off_on_a_busy_machine_shows_nothing(watch: Callable[..., tuple[Stopwatch, Act]]) -> None:
    def gives_up() -> None:
        raise AssertionError("Ana waited 5 s")

    stopwatch, _ = watch(mixed(0), BUSY)
    with pytest.raises(Inconclusive, match="Ana waited 5 s; but the machine was unfit to tell"):
        stopwatch.times(gives_up)
    stopwatch, _ = watch(mixed(0), FIT)
    with pytest.raises(AssertionError, match=r"^Ana waited 5 s$"):
        stopwatch.times(gives_up)


def test_a_breach_of_the_contract_is_one_on_every_machine(watch: Callable[..., tuple[Stopwatch, Act]]) -> None:
    def is_told_nonsense() -> None:
        raise ContractBreach("Lena received nonsense")

    stopwatch, _ = watch(mixed(0), BUSY)
    with pytest.raises(ContractBreach):
        stopwatch.times(is_told_nonsense)


def test_the_end_is_compared_with_the_beginning(watch: Callable[..., tuple[Stopwatch, Act]]) -> None:
    tiring = (1.0 + k / 10 for k in itertools.count())
    stopwatch, act = watch(tiring, count=100)
    stopwatch.times(act)
    with pytest.raises(BudgetExceeded, match=r"as quick: slower and slower: .* in the last 0.3 s"):
        stopwatch.insist_on_no_growth("as quick", delays, first_s=0.3, last_s=0.3)
    assert [each.growth.outcome for each in stopwatch.compared] == [Outcome.FAIL]


def test_what_a_busy_machine_may_spoil_is_held_against_a_service_only_on_a_fit_one(
    watch: Callable[..., tuple[Stopwatch, Act]],
) -> None:
    for machine, failure in ((BUSY, Inconclusive), (FIT, AssertionError)):
        stopwatch, act = watch(mixed(0), machine)
        stopwatch.times(act)
        stopwatch.insist_on_time(0.9, less_than(1), "when Ana fell silent")
        with pytest.raises(failure, match="when Ana fell silent"):
            stopwatch.insist_on_time(1.1, less_than(1), "when Ana fell silent")


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
