"""Load: what it came to, how it compares with earlier runs, and which gates it meets."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from earshot.measure.gates import gates
from earshot.measure.workloads import Workload, compare, hold_against, is_better, workload

BASE = Workload("/bell", "GET", 0.1, 0.2, 0.3, 0.3, 100, 1000, 100, 10, 10, "2025-03-04T09:15:00Z", 10)


def test_percentiles_are_clamped_and_a_lost_answer_counts() -> None:
    found = workload("/bell", "GET", [(0.1, True)] * 19 + [(10.0, False)], concurrency=5, duration_s=2, at="")
    assert (found.p95_s, found.p99_s, found.max_s) == (10, 10, 10)
    assert (found.average_s, found.throughput, found.error_rate) == (pytest.approx(0.595), 10, 0.05)
    assert (
        workload("/bell", "GET", [(n / 100, True) for n in range(40)], concurrency=1, duration_s=1, at="").p95_s == 0.38
    )
    with pytest.raises(ValueError, match="nothing was asked"):
        workload("/bell", "GET", [], concurrency=1, duration_s=1, at="")


@pytest.mark.parametrize(
    ("change", "worse", "better", "gating"),
    [
        ({}, [], [], 0),
        ({"average_s": 0.16}, ["average_s"], [], 1),
        ({"average_s": 0.15}, [], [], 0),
        ({"average_s": 0.089}, [], ["average_s"], 0),
        ({"throughput": 79}, ["throughput"], [], 1),
        ({"throughput": 81}, [], [], 0),
        ({"throughput": 111}, [], ["throughput"], 0),
        ({"memory_mb": 21}, ["memory_mb"], [], 0),
        ({"errors": 160}, ["error_rate"], [], 0),
        ({"errors": 150}, [], [], 0),
    ],
)
def test_what_is_worse_and_what_is_better(
    change: dict[str, float], worse: list[str], better: list[str], gating: int
) -> None:
    found = compare(BASE, replace(BASE, **change))
    assert [each.metric for each in found.regressions] == worse
    assert [each.metric for each in found.improvements] == better
    assert len(found.gating) == gating


def test_a_regression_is_told_with_ratio_and_threshold() -> None:
    (found,) = compare(BASE, replace(BASE, average_s=0.16)).regressions
    assert (found.ratio, found.threshold) == (pytest.approx(1.6), 1.5)
    assert found.words == "average_s 0.16 instead of 0.1 (1.60 times, threshold 1.5)"


def test_without_a_positive_baseline_nothing_is_told() -> None:
    assert not compare(replace(BASE, memory_mb=0), replace(BASE, memory_mb=50)).regressions


def test_a_baseline_is_made_kept_and_replaced(tmp_path: Path) -> None:
    runs = [BASE, replace(BASE, average_s=0.2), replace(BASE, average_s=0.09), replace(BASE, average_s=0.1)]
    found = [hold_against(tmp_path, [run]) for run in runs]
    assert found[0] == []
    assert [each.metrics_comparison["average_s"]["baseline"] for (each,) in found[1:]] == [0.1, 0.1, 0.09]
    (file,) = tmp_path.glob("*/get-bell.json")
    assert file.read_text().count('"at"') == 5, "four runs and the baseline"
    assert is_better(BASE, replace(BASE, throughput=110)) and not is_better(BASE, replace(BASE, throughput=109))
    assert not is_better(BASE, replace(BASE, average_s=0.01, errors=101))


def judged(**given: object) -> dict[str, str]:
    usual = {"passed": 0, "ran": 0, "required": [], "load": [], "compared": [], "probes": [], "flaky": None}
    return {gate.name: gate.verdict for gate in gates(**(usual | given))}  # type: ignore[arg-type]


def test_nothing_to_judge_is_not_judged() -> None:
    assert set(judged().values()) == {"not judged"}


@pytest.mark.parametrize(
    ("name", "given", "verdict"),
    [
        ("pass rate", {"passed": 949, "ran": 1000}, "missed"),
        ("pass rate", {"passed": 950, "ran": 1000}, "met"),
        ("errors under load", {"load": [replace(BASE, errors=51)]}, "missed"),
        ("errors under load", {"load": [replace(BASE, errors=50)]}, "met"),
        ("errors under load", {"load": [replace(BASE, errors=90), replace(BASE, errors=0)]}, "met"),
        ("failed required suites", {"required": [True, False]}, "missed"),
        ("failed required suites", {"required": [True]}, "met"),
        ("flaky scenarios", {"flaky": 0.01}, "met"),
        ("flaky scenarios", {"flaky": 0.011}, "missed"),
        ("slower than the baseline", {"compared": [compare(BASE, replace(BASE, average_s=0.2))]}, "missed"),
        ("slower than the baseline", {"compared": [compare(BASE, replace(BASE, memory_mb=50))]}, "met"),
        ("security findings", {"probes": [True, False]}, "missed"),
        ("security findings", {"probes": [True]}, "met"),
    ],
)
def test_each_gate_has_its_threshold(name: str, given: dict[str, object], verdict: str) -> None:
    assert judged(**given)[name] == verdict
