"""What was measured, for people and for programs (CONV-70, CONV-73)."""

from __future__ import annotations

import json
import math

import pytest

from earshot.book.summary import summary
from earshot.evidence.budgets import Measured, figures, of
from earshot.evidence.latency import latency_page
from earshot.evidence.results import ScenarioResult
from earshot.evidence.timings import by_kind, timings
from earshot.measure.budget import Budget
from earshot.measure.stopwatch import Judged
from earshot.measure.verdict import judge
from earshot.systems import kinds_of_timings, wings


def measured(kind: str) -> Measured:
    return Measured(f"what takes {kind or 'time'}", 100.0, 50.0, "pass", "It is quick.", kind)


def test_the_figures_describe_every_sample() -> None:
    found = figures([float(time_ms) for time_ms in range(1, 101)])
    assert found == pytest.approx(
        {"min": 1, "median": 50, "average": 50.5, "p95": 95, "p99": 99, "max": 100, "deviation": 28.866}, abs=0.5
    )


def test_an_answer_that_never_came_leaves_no_average() -> None:
    found = figures([1.0, 2.0, math.inf])
    assert (found["min"], found["median"]) == (1, 2)
    assert found["max"] is found["p95"] is found["average"] is found["deviation"] is None


def test_a_verdict_is_kept_with_its_kind_and_every_sample() -> None:
    samples_ms = [10.0] * 69 + [math.inf]
    verdict = judge(samples_ms, Budget(95, 100, things="sessions"), interval_ms=10)
    kept = of(Judged("sessions are confirmed", verdict, 10.0, kind="WebSocket"))
    assert kept.kind == "WebSocket"
    assert list(kept.samples_ms) == [10.0] * 69 + [None]


def test_console_report_and_file_tell_the_same_figures() -> None:
    samples_ms = [float(time_ms) for time_ms in range(1, 21)]
    verdict = judge(samples_ms, Budget(100, 100, things="pieces"), interval_ms=10)
    judged = Judged("pieces come back", verdict, 10.0, counts={"sent": 20, "success rate, %": 99.5})
    kept = of(judged)
    [for_programs] = timings([kept])["kinds"]["other"]
    assert for_programs["figures"] == kept.figures and for_programs["counts"] == judged.counts
    line = summary([ScenarioResult(status="passed", budgets=(kept,))]).splitlines()[0]
    assert "20 measured, min 1.0, median 10.0, average 10.5, p95 19.0, p99 20.0, max 20.0" in line
    assert "sent 20, success rate, % 99.5" in line
    page = latency_page([judged], [])
    assert all(f"<dd>{told}</dd>" in page for told in ("1.0 ms", "19 ms", "20 ms", "20 pieces", "99.5"))


def test_measurements_are_put_together_by_kind_in_a_fixed_order() -> None:
    found = by_kind([measured("chat"), measured(""), measured("WebSocket"), measured("chat")])
    assert list(found) == ["transcription", "chat", "WebSocket", "end to end", "streaming", "other"]
    assert {kind: len(each) for kind, each in found.items() if each} == {"chat": 2, "WebSocket": 1, "other": 1}


def test_the_report_for_programs_is_json_with_limits() -> None:
    report = json.loads(json.dumps(timings([measured("chat")])))
    assert report["unit"] == "ms"
    [one] = report["kinds"]["chat"]
    assert (one["limit_ms"], one["measured_ms"], one["outcome"]) == (100, 50, "pass")


def test_everything_that_is_timed_has_a_kind_and_words_of_its_own() -> None:
    everything = [(timed.kind, words) for wing in wings().values() for words, timed in wing.timed.items()]
    assert {kind for kind, _ in everything} <= set(kinds_of_timings())
    assert len({words for _, words in everything}) == len(everything)
