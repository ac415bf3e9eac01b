"""Verdicts on latency budgets: when they pass, fail, ask for more, and how often they are wrong."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import bdtr, bdtrc

from earshot.measure.bounds import bounds
from earshot.measure.budget import Budget, TooFewSamples
from earshot.measure.correlation import design_effect
from earshot.measure.fitness import Machine
from earshot.measure.held_up import HeldUp
from earshot.measure.processors import Reading, Thread
from earshot.measure.sentences import sentence
from earshot.measure.verdict import Claim, Outcome, Verdict, judge

P95 = Budget(95, 100, things="chunks")
Z95 = NormalDist().inv_cdf(0.95)


def latencies(seed: int, count: int, *, p95_ms: float, alike: float = 0.0, runs: int = 1) -> NDArray[np.float64]:
    """Return a row of log-normal latencies with this true p95 for each run.

    Neighbours correlate by `alike` (on the normal scale).
    """
    normal = np.random.default_rng(seed).standard_normal((count, runs))
    for k in range(1, count):
        normal[k] = alike * normal[k - 1] + math.sqrt(1 - alike**2) * normal[k]
    return np.asarray(p95_ms * np.exp(0.35 * (normal.T - Z95)))


def judged(samples: NDArray[np.float64], first: int, budget: Budget = P95) -> Verdict:
    """Judge the first samples, and hand out the rest when more are asked for."""
    used = first

    def extend(count: int) -> list[float]:
        nonlocal used
        used += count
        return list(samples[used - count : used])

    return judge(list(samples[:first]), budget, extend=extend)


def machine(*, echo_ms: float = 0.4) -> Machine:
    return Machine(((echo_ms,) * 100, (echo_ms / 2,) * 100))


def with_others(others: float, *, service: float = 0.3) -> Machine:
    """Return a machine of two processors, of which others used so much for a second, and the service."""
    used, free = others + service, 2.0 - others - service
    threads = [{1: Thread(round(ran * 1e9), 0, of_service=True)} for ran in (0, service)]
    last = Reading(1_000_000_000, round(used * 1e9), round(free * 1e9), 0, threads[1])
    return Machine(((0.4,) * 100,), held_up=HeldUp([Reading(0, threads=threads[0]), last]))


@pytest.mark.parametrize("count", [59, *range(100, 200, 7), 600, 2400])
@pytest.mark.parametrize("error", [0.05, 0.006])
def test_bounds_are_exact(count: int, error: float) -> None:
    found = bounds(count, 0.05, error)
    so_few, so_many = bdtr(np.arange(count + 1), count, 0.05), bdtrc(np.arange(-1, count), count, 0.05)
    assert found.pass_up_to == int(np.sum(so_few <= error)) - 1
    assert found.fail_from == int(np.argmax(so_many <= error))


def test_samples_of_which_two_are_worth_one_count_half() -> None:
    once, twice = bounds(600, 0.05, 0.006), bounds(1200, 0.05, 0.006, design_effect=2.0)
    assert twice.pass_up_to // 2 == once.pass_up_to
    assert -(-twice.fail_from // 2) == once.fail_from


def test_a_budget_that_is_kept_passes_and_one_that_is_not_fails() -> None:
    assert judged(latencies(1, 276, p95_ms=37)[0], 69).outcome is Outcome.PASS
    assert judged(latencies(1, 276, p95_ms=180)[0], 69).outcome is Outcome.FAIL


def test_one_sample_more_or_less_decides() -> None:
    allowed = bounds(600, 0.05, 0.01)

    def with_late(count: int) -> tuple[Outcome, float, float]:
        late = {k * 600 // count for k in range(count)}  # far from each other
        verdict = judge([100.1 if k in late else 100.0 for k in range(600)], P95)
        return verdict.outcome, verdict.above_ms, verdict.below_ms

    assert with_late(allowed.pass_up_to) == (Outcome.PASS, 100.0, 100.0)
    assert with_late(allowed.pass_up_to + 1) == (Outcome.INCONCLUSIVE, 100.0, 100.1)
    assert with_late(allowed.fail_from - 1) == (Outcome.INCONCLUSIVE, 100.0, 100.1)
    assert with_late(allowed.fail_from) == (Outcome.FAIL, 100.1, 100.1)


def test_fewer_than_59_say_nothing_about_a_p95() -> None:
    assert judge([1.0] * 59, P95).outcome is Outcome.PASS
    with pytest.raises(TooFewSamples, match=r'58 chunks are too few .* at least 59 .* "all of"'):
        judge([1.0] * 58, P95)
    with pytest.raises(TooFewSamples, match=r"298 .* at least 299"):
        judge([1.0] * 298, Budget(99, 100))
    with pytest.raises(TooFewSamples, match="nothing was measured"):
        judge([], Budget(100, 100))


def test_all_of_a_few() -> None:
    everyone = Budget(100, 100)
    assert judge([100.0] * 3, everyone).outcome is Outcome.PASS
    assert judge([1.0, 100.1, 1.0], everyone).outcome is Outcome.FAIL
    assert judge([1.0, math.inf], everyone).outcome is Outcome.FAIL


def test_a_missing_answer_is_infinitely_late() -> None:
    assert judge([1.0] * 540 + [math.inf] * 60, P95, interval_ms=2000).outcome is not Outcome.PASS
    every_eighth = [math.inf if k % 8 == 0 else 1.0 for k in range(600)]
    assert judge(every_eighth, P95).outcome is Outcome.FAIL


@pytest.mark.parametrize("nonsense", [math.nan, -1.0])
def test_what_is_no_latency_is_refused(nonsense: float) -> None:
    with pytest.raises(ValueError, match="latencies are 0 or more"):
        judge([1.0] * 60 + [nonsense], P95)


def test_more_is_measured_only_while_nothing_is_decided() -> None:
    asked: list[int] = []

    def extend(count: int) -> Sequence[float]:
        asked.append(count)
        return on_the_limit[:count]

    on_the_limit = [101.0 if k % 20 == 0 else 1.0 for k in range(400)]
    undecided = judge(on_the_limit[:100], P95, extend=extend)
    assert (undecided.outcome, undecided.looks, undecided.count, asked) == (Outcome.INCONCLUSIVE, 3, 400, [100, 200])
    asked.clear()
    assert judge([1.0] * 100, P95, extend=extend).looks == 1
    assert asked == []


def test_what_was_asked_for_must_come() -> None:
    with pytest.raises(ValueError, match="59 more samples were asked for, but 58"):
        judge([101.0 if k % 20 == 0 else 1.0 for k in range(59)], P95, extend=lambda count: [1.0] * (count - 1))


@pytest.mark.parametrize(
    ("first", "alike", "runs", "at_most"), [(600, 0.0, 200, 0.03), (600, 0.8, 120, 0.05), (150, 0.8, 120, 0.08)]
)
def test_verdicts_are_seldom_wrong_on_the_limit(first: int, alike: float, runs: int, at_most: float) -> None:
    """The limits leave room for the luck of so few runs; bench/wrong_verdicts.py takes many."""
    samples = latencies(7, 4 * first, p95_ms=100, alike=alike, runs=runs)
    outcomes = [judged(run, first).outcome for run in samples]
    assert outcomes.count(Outcome.PASS) / runs <= at_most
    assert outcomes.count(Outcome.FAIL) / runs <= at_most


def test_independent_samples_count_in_full_and_clumps_for_less() -> None:
    alone = latencies(5, 600, p95_ms=100)[0]
    clumped = latencies(5, 600, p95_ms=100, alike=0.8)[0]
    assert design_effect(alone, alone > 100, 0.05, 100) < 1.1
    assert 3 < design_effect(clumped, clumped > 100, 0.05, 100) < 12
    assert 3 < design_effect(clumped, clumped > 1e9, 0.05, 100) < 6  # also when none is late


def test_a_single_clump_of_late_ones_is_seen_among_independent_ones() -> None:
    samples_ms = latencies(5, 600, p95_ms=37)[0]
    samples_ms[[50, 150, 250, 350, 450, 550]] = 200.0
    assert design_effect(samples_ms, samples_ms > 100, 0.05, 100) == 1
    samples_ms[300:306] = 200.0
    assert design_effect(samples_ms, samples_ms > 100, 0.05, 100) > 3


def test_a_silence_fails_whatever_the_percentile() -> None:
    budget = Budget(95, 50, worst_gap_ms=1000)
    silent = [5.0] * 300 + [1900.0 - 100 * k for k in range(19)] + [5.0] * 281
    verdict = judge(silent, budget)
    assert (verdict.outcome, verdict.gap_ms) == (Outcome.FAIL, 1900)
    assert verdict.claims[Claim.TIME] is not Outcome.FAIL
    hiccup = judge([5.0] * 300 + [220.0, 120.0, 20.0] + [5.0] * 297, budget)
    assert (hiccup.outcome, hiccup.gap_ms) == (Outcome.PASS, 220)


def test_a_silence_that_the_stopwatch_may_have_made_is_not_the_services() -> None:
    late_loop = Machine(((0.4,),), (0.1, 300.0))
    silent = [5.0] * 300 + [400.0, 300.0, 200.0, 100.0] + [5.0] * 296
    verdict = judge(silent, Budget(95, 6000, worst_gap_ms=150), machine=lambda: late_loop)
    assert verdict.claims == {Claim.TIME: Outcome.PASS, Claim.GAP: Outcome.INCONCLUSIVE}
    assert verdict.outcome is Outcome.INCONCLUSIVE


def test_losses() -> None:
    one_lost = [5.0] * 599 + [math.inf]
    assert judge(one_lost, P95).outcome is Outcome.PASS
    assert judge(one_lost, Budget(95, 100, lost_at_most=0)).outcome is Outcome.FAIL
    assert judge(one_lost, Budget(95, 100, lost_at_most=0.02)).outcome is Outcome.PASS
    every_tenth = [math.inf if k % 10 == 0 else 5.0 for k in range(600)]
    assert judge(every_tenth, Budget(80, 100, lost_at_most=0.02)).claims[Claim.LOSS] is Outcome.FAIL


def test_a_fail_needs_more_than_the_stopwatch_may_err() -> None:
    just_over = [10.0 if k % 8 else 105.0 for k in range(600)]
    assert judge(just_over, P95, machine=lambda: machine(echo_ms=4.9)).outcome is Outcome.FAIL
    assert judge(just_over, P95, machine=lambda: machine(echo_ms=5.1)).outcome is Outcome.INCONCLUSIVE


def test_what_others_held_up_is_not_the_services() -> None:
    """Each of these took 80 to 130 ms for 50, and was held up for so long, on a machine that others used."""
    took_ms = [80.0 + k % 51 for k in range(200)]
    budget = Budget(95, 50)

    def held_up_by(share: float) -> Verdict:
        return judge(
            took_ms,
            budget,
            machine=lambda: with_others(1.5),
            held_up_ms=lambda _: [share * took for took in took_ms],
        )

    explained = held_up_by(0.7)
    assert explained.outcome is Outcome.INCONCLUSIVE
    words = sentence(explained)
    assert "over 50 ms, but by less than the stopwatch may err and others held it up; the machine was unfit" in words
    assert held_up_by(0.3).outcome is Outcome.FAIL
    assert "held up by others for 38 ms at most" in sentence(held_up_by(0.3))


@pytest.mark.parametrize(("late_ms", "limit_ms"), [(3000.0, 50.0), (223.0, 100.0), (120.0, 50.0)])
def test_what_the_machine_does_not_explain_is_the_services_however_busy_it_was(late_ms: float, limit_ms: float) -> None:
    busy = lambda: with_others(1.9, service=0.1)  # noqa: E731
    slow = judge([late_ms] * 200, Budget(95, limit_ms), machine=busy, held_up_ms=lambda _: [60.0] * 200)
    assert slow.outcome is Outcome.FAIL
    in_time = judge([limit_ms - 1.0] * 200, Budget(95, limit_ms), machine=busy, held_up_ms=lambda _: [60.0] * 200)
    assert in_time.outcome is Outcome.PASS


def test_each_sample_has_its_own_excuse() -> None:
    took_ms = [200.0 if k % 4 == 0 else 10.0 for k in range(200)]
    others, itself = (
        [190.0 if k % 4 == 0 else 0.0 for k in range(200)],
        [0.0 if k % 4 == 0 else 190.0 for k in range(200)],
    )
    assert judge(took_ms, P95, held_up_ms=lambda _: others).outcome is Outcome.INCONCLUSIVE
    assert judge(took_ms, P95, held_up_ms=lambda _: itself).outcome is Outcome.FAIL


def test_what_the_service_itself_and_the_harness_use_makes_no_machine_unfit() -> None:
    assert with_others(0.24, service=1.75).complaints(P95) == ()
    assert with_others(0.6).complaints(P95) == (
        "it had other work",
        "of 2 processors (200 %) the service itself used 30 %, the harness 0 %, others 60 %",
    )
    assert machine(echo_ms=20.1).complaints(P95) == ("its stopwatch errs by 20.1 ms, more than 20 % of 100 ms",)


def test_a_silence_in_which_others_held_it_up_is_not_the_services() -> None:
    budget = Budget(95, 50, worst_gap_ms=1000)
    silent = [5.0] * 300 + [1900.0 - 100 * k for k in range(19)] + [5.0] * 281
    held_up = [0.0] * 300 + [950.0] + [0.0] * 299
    verdict = judge(silent, budget, held_up_ms=lambda _: held_up)
    assert verdict.claims[Claim.GAP] is Outcome.INCONCLUSIVE
    assert (
        judge(silent, budget, held_up_ms=lambda _: [0.9 * each for each in held_up]).claims[Claim.GAP] is Outcome.FAIL
    )


@pytest.mark.parametrize(
    "nonsense", [(0.95, 100.0), (101, 100.0), (95, 0.0), (95, math.inf), (95, 100.0, 0.0), (95, 100.0, 500.0, 1.0)]
)
def test_a_budget_must_make_a_claim(nonsense: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="expected"):
        Budget(*nonsense)


def test_sentences_for_a_product_owner() -> None:
    took_ms = np.random.default_rng(2).permutation(np.linspace(10, 38.4, 600))
    good = judge(list(took_ms), P95, machine=machine)
    assert sentence(good) == (
        "p95 of 37 ms is within 100 ms (99 % sure it is below 38 ms; 600 chunks, none lost; stopwatch error below 1 ms)"
    )
    slow = judge(list(4 * took_ms), P95, machine=machine)
    assert sentence(slow) == (
        "p95 of 148 ms is over 100 ms (99 % sure it is above 145 ms; 600 chunks, none lost; stopwatch error below 1 ms)"
    )
    near = judge(list(2.68 * took_ms), P95)
    assert sentence(near) == (
        "not decided: p95 of 99 ms may or may not be within 100 ms: 99 % sure that it is between 97 ms and 101 ms; "
        "about 2800 chunks would tell, and 600 were measured (600 chunks, none lost; stopwatch error not measured)"
    )
    silent = judge([5.0] * 300 + [4000.0 - 100 * k for k in range(40)] + [5.0] * 260, Budget(95, 50, worst_gap_ms=1000))
    assert sentence(silent).startswith("for 4 s nothing came, longer than the 1 s allowed (")
    lossy = judge([math.inf if k % 50 == 0 else 5.0 for k in range(600)], Budget(95, 50, lost_at_most=0))
    assert sentence(lossy).startswith("12 of 600 answers were lost, and none may be (99 % sure p95 is below 5.0 ms; ")
    assert sentence(judge([5.0, 60.0], Budget(100, 50))).startswith(
        "1 of 2 answers did not come within 50 ms, the slowest took 60 ms"
    )


def test_a_busy_machine_excuses_slowness_but_no_loss() -> None:
    budget = Budget(95, 100, lost_at_most=0, things="sentences")
    held_up = lambda _: [450.0] * 100  # noqa: E731
    slow = judge([500.0] * 100, budget, held_up_ms=held_up)
    assert slow.outcome is Outcome.INCONCLUSIVE
    lossy = judge([500.0] * 98 + [math.inf] * 2, budget, held_up_ms=held_up)
    assert lossy.outcome is Outcome.FAIL
    assert sentence(lossy).startswith("2 of 100 sentences were lost, and none may be (")


def test_a_drift_among_the_quickest_says_nothing() -> None:
    drift_ms = 8 + 2 * np.sin(np.arange(120) / 15)
    assert judge(list(drift_ms), P95).outcome is Outcome.PASS
    assert judge(list(5 * drift_ms), P95).outcome is Outcome.INCONCLUSIVE  # as if few of them were independent


def test_one_clump_among_the_quick_is_no_likeness_of_all() -> None:
    rng = np.random.default_rng(5)
    times_ms = rng.uniform(1.0, 3.0, 200)
    times_ms[60:66] = 14.0
    assert judge(list(times_ms), P95).outcome is Outcome.PASS
