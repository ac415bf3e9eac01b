"""What a run is measured by beside its own verdict: gates, each with its figure, its threshold and its verdict.

A run is red with one red scenario, while a gate may still be met; one with nothing to judge is not judged, never met.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from earshot.measure.workloads import Comparison, Workload

PASS_RATE = 0.95
LOAD_ERRORS = 0.05
FLAKY = 0.01
Verdict = Literal["met", "missed", "not judged"]


@dataclass(frozen=True, slots=True)
class Gate:
    name: str
    figure: float | None
    threshold: float
    verdict: Verdict


def gates(
    *,
    passed: int,
    ran: int,
    required: Sequence[bool],
    load: Sequence[Workload],
    compared: Collection[Comparison],
    probes: Sequence[bool],
    flaky: float | None,
) -> list[Gate]:
    """Return the verdict of each gate (RUN-7).

    `ran` counts scenarios that passed, failed or broke; `required` says of each required suite that ran whether it went
    well; `probes` the same of each scenario that looks for a weakness; `flaky` is the share of scenarios that do not
    always end alike, where enough runs tell.
    """
    asked, errors = sum(each.requests for each in load), sum(each.errors for each in load)
    slower = sum(len(each.gating) for each in compared)
    return [
        _at_least("pass rate", passed / ran if ran else None, PASS_RATE),
        _at_most("failed required suites", required.count(False) if required else None, 0),
        _at_most("errors under load", errors / asked if asked else None, LOAD_ERRORS),
        _at_most("slower than the baseline", slower if compared else None, 0),
        _at_most("security findings", probes.count(False) if probes else None, 0),
        _at_most("flaky scenarios", flaky, FLAKY),
    ]


def _at_least(name: str, figure: float | None, threshold: float) -> Gate:
    return Gate(name, figure, threshold, _verdict(None if figure is None else figure >= threshold))


def _at_most(name: str, figure: float | None, threshold: float) -> Gate:
    return Gate(name, figure, threshold, _verdict(None if figure is None else figure <= threshold))


def _verdict(holds: bool | None) -> Verdict:
    return "not judged" if holds is None else "met" if holds else "missed"
