"""What was measured of promises about time, kept with the result so that the overview can tell of it."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import allure
from allure_commons.types import AttachmentType

from earshot.measure.stopwatch import Judged

NAME = "Latency budget (data)"


@dataclass(frozen=True, slots=True)
class Measured:
    """One budget and what was measured of it, in the words of its scenario."""

    what: str
    """Such as `95% of the answers to a heartbeat`."""
    limit_ms: float
    measured_ms: float | None
    """The same percentile of what was measured; None where an answer never came."""
    outcome: str
    """`pass`, `fail` or `inconclusive`."""
    words: str
    """The verdict as a sentence."""

    @property
    def headroom(self) -> float | None:
        """The share of the limit that was left; negative when it was exceeded, None when an answer never came."""
        return None if self.measured_ms is None else 1 - self.measured_ms / self.limit_ms


def of(judged: Judged) -> Measured:
    """Return what is kept of a verdict."""
    verdict = judged.verdict
    return Measured(
        what=judged.what,
        limit_ms=verdict.budget.limit_ms,
        measured_ms=None if verdict.at_ms == math.inf else verdict.at_ms,
        outcome=verdict.outcome.value,
        words=judged.words,
    )


def attach(measured: Measured) -> None:
    """Keep a measurement with the open scenario."""
    allure.attach(json.dumps(asdict(measured)), name=NAME, attachment_type=AttachmentType.JSON)


def read(folder: Path, result: Mapping[str, Any]) -> Iterator[Measured]:
    """Yield what was measured in the scenario of a result, also in its steps."""
    for attachment in result.get("attachments", ()):
        if attachment["name"] == NAME:
            yield Measured(**json.loads((folder / attachment["source"]).read_text("utf-8")))
    for step in result.get("steps", ()):
        yield from read(folder, step)
