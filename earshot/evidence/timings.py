"""What was measured in a run, by kind and beside its limits, for programs (CONV-73)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from earshot.evidence.budgets import Measured
from earshot.measure.timed import OTHER
from earshot.systems import kinds_of_timings

TIMINGS = "timings.json"


def by_kind(measured: Iterable[Measured]) -> dict[str, list[Measured]]:
    """Return measurements by kind, every kind in its place, those of no kind among the others."""
    found: dict[str, list[Measured]] = {kind: [] for kind in kinds_of_timings()}
    for each in measured:
        found[each.kind if each.kind in found else OTHER].append(each)
    return found


def timings(measured: Sequence[Measured]) -> dict[str, Any]:
    """Return the report as plain JSON values: by kind, each measurement with its limit, figures and samples, in ms."""
    return {"unit": "ms", "kinds": {kind: [asdict(each) for each in all_] for kind, all_ in by_kind(measured).items()}}
