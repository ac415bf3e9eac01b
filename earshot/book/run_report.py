"""What a run of suites came to: one summary for programs, a page for people, and figures for Prometheus.

All of them, and the file for build servers, are made of the same results.
"""

from __future__ import annotations

import json
from collections import Counter as Counts
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, disable_created_metrics, write_to_textfile

from earshot.evidence.junit import ELEMENTS
from earshot.evidence.results import ScenarioResult
from earshot.measure.flakiness import Flakiness
from earshot.measure.gates import Gate, gates
from earshot.measure.success import Metric, recommendation, shares
from earshot.measure.workloads import Comparison
from earshot.pages import document, table, text, verdict

SUMMARY = "integration_test_results.json"
PAGE = "integration_test_report.html"
TEST_RESULTS = "integration_test_results.xml"
FIGURES = "earshot.prom"
LEFT_OUT, NOT_RUN = "left out", "not run"
_KINDS = {"failure": "failed", "error": "error", "skipped": "skipped", None: "passed"}
"""By what a case holds for build servers."""
MOST_PATTERNS = 10


@dataclass(slots=True)
class Part:
    """A suite in one run."""

    name: str
    required: bool
    limit_s: float
    scenarios: frozenset[str]
    """By their history ids."""
    took_s: float = 0.0
    state: str = ""
    """Left out or not run; empty where it was run."""
    over: str = ""
    """Which limit of time it went over; empty where it kept to them."""
    resources: Mapping[str, float] = field(default_factory=dict)
    """What its workers needed: peak_memory_mb and cpu_s."""


def summary(
    results: Sequence[ScenarioResult],
    parts: Sequence[Part],
    *,
    exit_code: int,
    interrupted: bool,
    began_s: float,
    ended_s: float,
    security: frozenset[str],
    compared: Sequence[Comparison],
    settings: Mapping[str, str],
    metrics: Sequence[Metric],
    flaky: Flakiness,
) -> dict[str, Any]:
    """Return what a run came to, as JSON has it (RUN-6, RUN-7, PERF-17, ARC-201, ARC-202)."""
    suites = [_suite(part, [result for result in results if result.history_id in part.scenarios]) for part in parts]
    counts = _counts(results)
    load = [each for result in results for each in result.workloads]
    required = [each["status"] == "passed" for each in suites if each["required"] and _was_run(each)]
    ran = counts["passed"] + sum(result.status in ("failed", "broken") for result in results)
    probes = [
        result.status == "passed"
        for result in results
        if result.promises & security and result.status in ("passed", "failed", "broken")
    ]
    judged = gates(
        passed=counts["passed"], ran=ran, required=required, load=load, compared=compared, probes=probes,
        flaky=flaky.rate,
    )  # fmt: skip
    statuses: dict[str, set[str]] = {}
    for result in results:
        for promise in result.promises:
            statuses.setdefault(promise, set()).add(result.status)
    return {
        "overall_status": "interrupted" if interrupted else "failed" if exit_code else "passed",
        "start_time": _time(began_s),
        "end_time": _time(ended_s),
        "total_duration": round(ended_s - began_s, 3),
        "statistics": counts | {"pass_rate": counts["passed"] / ran if ran else None},
        "suite_results": suites,
        "thresholds": {gate.name: gate.threshold for gate in judged},
        "gates": [asdict(gate) for gate in judged],
        "gate_verdict": _together(judged),
        "workloads": [asdict(each) | {"error_rate": each.error_rate} for each in load],
        "comparisons": [asdict(each) | {"told": [found.words for found in each.regressions]} for each in compared],
        "success_metrics": [asdict(each) for each in shares(metrics, statuses)],
        "flaky": asdict(flaky) | {"rate": flaky.rate, "missing_runs": flaky.missing_runs, "words": flaky.words},
        "recommendation": recommendation(counts["passed"] / ran if ran else None),
        "settings": dict(settings),
    }


def write(found: Mapping[str, Any], folder: Path) -> None:
    """Write the summary, the page and the figures into a folder."""
    (folder / SUMMARY).write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    (folder / PAGE).write_text(page(found), "utf-8")
    disable_created_metrics()  # type: ignore[no-untyped-call]
    registry = CollectorRegistry()
    runs = Counter("test_runs", "runs of a suite", ("suite", "status"), registry=registry)
    took = Gauge("test_duration_seconds", "how long a suite took", ("suite",), registry=registry)
    rates = Gauge("test_pass_rate", "scenarios that passed of those that ran", ("suite",), registry=registry)
    errors = Gauge("test_error_rate", "errors under load", ("endpoint",), registry=registry)
    for suite in found["suite_results"]:
        runs.labels(suite["suite_name"], suite["status"]).inc()
        took.labels(suite["suite_name"]).set(suite["duration"])
        if suite["success_rate"] is not None:
            rates.labels(suite["suite_name"]).set(suite["success_rate"])
    for each in found["workloads"]:
        errors.labels(f"{each['method']} {each['endpoint']}").set(each["error_rate"])
    write_to_textfile(str(folder / FIGURES), registry)


def page(found: Mapping[str, Any]) -> str:
    """Return the summary for people."""
    counts = found["statistics"]
    suites = [
        _row(
            text(each["suite_name"]), _shown(each["status"]), f"{each['duration']:.1f} s", f"{each['timeout']:g} s",
            "yes" if each["required"] else "no", _percent(each["success_rate"]), text(each["note"]),
            _number(each["resources"].get("peak_memory_mb")),
            text("; ".join(f"{count} × {words}" for words, count in each["error_patterns"].items())),
            text(each["recommendation"]),
        )
        for each in found["suite_results"]
    ]  # fmt: skip
    judged = [
        _row(text(gate["name"]), _shown(gate["verdict"]), _number(gate["figure"]), _number(gate["threshold"]))
        for gate in found["gates"]
    ]
    shown = [
        _row(
            text(each["name"]), _shown(each["verdict"]), str(each["shown"]), str(each["promised"]),
            _percent(each["shown"] / each["promised"]), _percent(each["target"]),
        )
        for each in found["success_metrics"]
    ]  # fmt: skip
    load = [
        _row(text(f"{each['method']} {each['endpoint']}"), *(_number(each[name]) for name in _LOAD))
        for each in found["workloads"]
    ]
    told = [
        f"<li>{text(each['endpoint'])}: {text(words)}</li>" for each in found["comparisons"] for words in each["told"]
    ]
    body = [
        f"<h1>Run of the tests: {_shown(found['overall_status'])}</h1>",
        f"<p>{text(found['start_time'])}, {found['total_duration']:.1f} s: "
        + ", ".join(f"{counts[kind]} {kind}" for kind in ("total", *_KINDS.values()))
        + "".join(f"; {text(words)}" for words in found["settings"].values())
        + "</p>",
        f"<p>{text(found['recommendation'])}</p>",
        table(
            ("Suite", "", "#Took", "#Limit", "Required", "#Passed", "", "#MB", "What went wrong", "What to do"), suites
        ),
        f"<h2>Gates: {_shown(found['gate_verdict'])}</h2>",
        table(("Gate", "", "#Figure", "#Threshold"), judged),
        *(["<h2>How much of what was promised is shown</h2>", table(_METRIC, shown)] if shown else []),
        f"<h2>Whether scenarios end alike</h2><p>{text(found['flaky']['words'])}</p>",
        *(["<h2>Under load</h2>", table(("Request", *(f"#{name}" for name in _LOAD)), load)] if load else []),
        *(["<h2>Worse than the baseline</h2><ul>", *told, "</ul>"] if told else []),
    ]
    return document("Run of the tests", body)


_SUITE = ("Suite", "", "#Took", "#Limit", "Required", "#Passed", "", "#MB", "What went wrong", "What to do")
_METRIC = ("Promises", "", "#Shown", "#Of", "#Share", "#Target")
_LOAD = ("average_s", "p95_s", "p99_s", "throughput", "error_rate", "memory_mb", "cpu_percent")


def _suite(part: Part, results: Sequence[ScenarioResult]) -> dict[str, Any]:
    counts = _counts(results)
    ran = counts["passed"] + sum(result.status in ("failed", "broken") for result in results)
    patterns = Counts(result.reason.partition("\n")[0] for result in results if result.verdict in ("failed", "broken"))
    return {
        "suite_name": part.name,
        "status": part.state or _status(counts, part.over),
        "duration": round(part.took_s, 3),
        "timeout": part.limit_s,
        "required": part.required,
        **counts,
        "success_rate": counts["passed"] / ran if ran else None,
        "note": part.over or (f"{len(part.scenarios)} scenarios" if part.state else ""),
        "resources": dict(part.resources),
        "error_patterns": dict(patterns.most_common(MOST_PATTERNS)),
        "recommendation": recommendation(counts["passed"] / ran if ran else None),
    }


def _status(counts: Mapping[str, int], over: str) -> str:
    """Return error, failed or passed as the scenarios were; skipped where none of them was checked."""
    if over:
        return "error"
    return next((kind for kind in ("failed", "error", "passed") if counts[kind]), "skipped")


def _was_run(suite: Mapping[str, Any]) -> bool:
    return suite["status"] in ("passed", "failed", "error")


def _counts(results: Iterable[ScenarioResult]) -> dict[str, int]:
    kinds = Counts(_KINDS[ELEMENTS.get(result.verdict)] for result in results)
    return {"total": kinds.total(), **{kind: kinds[kind] for kind in _KINDS.values()}}


def _together(judged: Sequence[Gate]) -> str:
    verdicts = {gate.verdict for gate in judged}
    return next(each for each in ("missed", "met", "not judged") if each in verdicts)


def _time(at_s: float) -> str:
    return datetime.fromtimestamp(at_s, UTC).isoformat(timespec="milliseconds")


def _shown(words: str) -> str:
    kind = {"passed": "good", "met": "good", "failed": "bad", "error": "bad", "missed": "bad"}
    return verdict(text(words), kind.get(words, "open"))


def _row(*cells: str) -> str:
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.1%}"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"
