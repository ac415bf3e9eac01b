"""Slower than last time, by how much, and how sure: an accident is never called sure, a slow service soon is."""

from __future__ import annotations

import json
import math
import re
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from earshot.book.overview import measured_now, overview
from earshot.book.overview_page import render_overview
from earshot.book.promises import Trace
from earshot.book.requirements import load_requirements
from earshot.evidence.budgets import NAME, Measured, figures
from earshot.evidence.results import ScenarioResult
from earshot.measure import baselines
from earshot.measure.baselines import RUNS_KEPT, Past, compare, keep, key, read


def run(rng: np.random.Generator, *, factor: float = 1.0, mood: float = 0.08, count: int = 100) -> list[float]:
    """Return the delays of one run; runs differ by the machine's mood although the service is the same."""
    middle_ms = 10 * factor * math.exp(mood * rng.standard_normal())
    return list(middle_ms * np.exp(0.35 * rng.standard_normal(count)))


def past(samples_ms: list[float]) -> Past:
    return Past("2030-01-01", float(np.percentile(samples_ms, 95)), float(np.median(samples_ms)), tuple(samples_ms))


def history(rng: np.random.Generator, runs: int = 6) -> list[Past]:
    return [past(run(rng)) for _ in range(runs)]


def test_without_an_earlier_run_there_is_nothing_to_say() -> None:
    assert compare([1.0] * 100, 10, []) is None


def test_the_same_again_is_as_quick() -> None:
    samples = run(np.random.default_rng(1))
    change = compare(samples, 10, [past(samples)] * 4)
    assert change is not None
    assert change.words.startswith("as quick as last time (half within ")


def test_twice_as_slow_is_sure() -> None:
    rng = np.random.default_rng(2)
    change = compare(run(rng, factor=2), 10, history(rng))
    assert change is not None
    assert change.sure
    assert 1.7 < change.ratio < 2.4
    assert change.words.startswith("slower than last time by ")
    assert ", sure (half within " in change.words


def test_after_one_run_nothing_is_sure() -> None:
    rng = np.random.default_rng(3)
    change = compare(run(rng, factor=2), 10, history(rng, 1))
    assert change is not None
    assert not change.sure
    assert "not sure: 1 earlier runs are too few to know how much they differ" in change.words


@pytest.mark.parametrize("mood", [0.0, 0.1, 0.3])
def test_noise_alone_is_hardly_ever_sure(mood: float) -> None:
    rng = np.random.default_rng(4)
    sure = 0
    for _ in range(300):
        earlier = [past(run(rng, mood=mood)) for _ in range(8)]
        change = compare(run(rng, mood=mood), 10, earlier)
        sure += change is not None and change.sure
    assert sure <= 6  # 2 in a hundred


def test_a_change_within_what_the_stopwatch_may_err_is_none() -> None:
    change = compare([0.4] * 100, 10, [past([0.2] * 100)] * 5)
    assert change is not None
    assert change.words == "as quick as last time (half within 0.4 ms)"


def test_runs_are_kept_for_each_kind_of_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "there" / "baselines.json"
    for number in range(RUNS_KEPT + 2):
        keep({"a promise": past([float(number + 1)] * 5)}, file)
    kept = read(file)["a promise"]
    assert [each.median_ms for each in kept] == [float(k) for k in range(3, RUNS_KEPT + 3)]
    assert [bool(each.samples_ms) for each in kept] == [False] * (RUNS_KEPT - 2) + [True, True]
    monkeypatch.setattr(baselines, "machine_class", lambda: "another machine")
    assert read(file) == {}


def measured_in(folder: Path, samples_ms: list[float], *, fit: bool = True) -> dict[str, Any]:
    """Return the result of a scenario that measured this, with its attachment in `folder`."""
    found = Measured(
        "95% of answers within 100 ms",
        100,
        float(np.percentile(samples_ms, 95)),
        "pass",
        "It is quick.",
        figures=figures(samples_ms),
        samples_ms=samples_ms,
        interval_ms=10,
        fit=fit,
    )
    (folder / "figures.json").write_text(json.dumps(asdict(found)))
    return {
        "uuid": "u",
        "historyId": "h",
        "name": "Answers come soon",
        "status": "passed",
        "start": 1_000,
        "stop": 2_000,
        "labels": [{"name": "epic", "value": "Broadcast"}],
        "attachments": [{"name": NAME, "source": "figures.json", "type": "application/json"}],
    }


def overview_after(folder: Path, earlier: list[Past], result: dict[str, Any]) -> str:
    trace = Trace(load_requirements(), {}, {})
    past = {key("h", "95% of answers within 100 ms"): earlier}
    return render_overview(overview(folder, [ScenarioResult.of(result, folder)], trace, past)).replace("&nbsp;", " ")


def earlier_runs(rng: np.random.Generator) -> list[Past]:
    return [replace(each, at=f"1960-01-0{day}") for day, each in enumerate(history(rng), start=1)]


def test_the_overview_says_what_became_slower_and_shows_the_trend(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    html = overview_after(tmp_path, earlier_runs(rng), measured_in(tmp_path, run(rng, factor=3)))
    assert re.search(r"Slower than last time by \d+ %, sure \(half within", html)
    assert len(re.findall(r"[\d.]+,[\d.]+", re.search(r'<polyline points="([^"]+)"', html)[1])) == 7
    assert ">too slow<" not in html


def test_a_run_on_an_unfit_machine_is_neither_compared_nor_kept(tmp_path: Path) -> None:
    rng = np.random.default_rng(6)
    result = measured_in(tmp_path, run(rng, factor=3), fit=False)
    assert "Not compared with last time: the machine was unfit" in overview_after(tmp_path, earlier_runs(rng), result)
    assert measured_now([ScenarioResult.of(result, tmp_path)]) == {}


def test_a_report_that_is_made_again_does_not_compare_a_run_with_itself(tmp_path: Path) -> None:
    rng = np.random.default_rng(7)
    result = measured_in(tmp_path, run(rng, factor=3))
    [kept] = measured_now([ScenarioResult.of(result, tmp_path)]).values()
    assert "sure (half within" in overview_after(tmp_path, [*earlier_runs(rng), kept], result)
