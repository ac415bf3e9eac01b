"""What was asked under load, kept with the result of its scenario so that gates and reports can tell of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from earshot.evidence import data
from earshot.measure.workloads import Workload

NAME = "Under load (data)"


def attach(workload: Workload) -> None:
    """Keep it with the open scenario."""
    data.attach(NAME, asdict(workload))


def read(folder: Path, result: Mapping[str, Any]) -> Iterator[Workload]:
    """Yield what was asked under load in the scenario of a result."""
    return (Workload(**each) for each in data.read(folder, result, NAME))
