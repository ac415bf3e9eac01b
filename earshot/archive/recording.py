"""A recording as the people of a scenario know it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from earshot.archive.sounds import Sound

STATES = ("pending", "processing", "completed", "failed")
OVER = ("completed", "failed", "cancelled")
"""How a job ends."""
KNOWN: Mapping[str, tuple[str, str]] = {
    "the council meeting": ("City Council Meeting", "2024-01-15_City_Council_Meeting"),
    "the school concert": ("Spring Concert of the Schools", "2024-03-01_Spring_Concert"),
    "the harbour festival": ("Harbour Festival", "2024-06-21_Harbour_Festival"),
}
"""Title and file name of what people speak of."""


@dataclass(slots=True)
class Job:
    id: str
    seen: list[Mapping[str, Any]] = field(default_factory=list)
    """What was told of it, each time that it was something else."""

    @property
    def is_over(self) -> bool:
        return bool(self.seen) and self.seen[-1]["status"] in OVER


@dataclass(slots=True)
class Recording:
    name: str
    form: Mapping[str, Any]
    """With what it was registered."""
    id: str = ""
    told: list[Mapping[str, Any]] = field(default_factory=list)
    """The whole record, each time that somebody was told of it."""
    offers: list[Mapping[str, Any]] = field(default_factory=list)
    """What people wanted to change it to."""
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    """One for each who writes."""
    sound: Sound | None = None
    jobs: list[Job] = field(default_factory=list)

    @property
    def record(self) -> Mapping[str, Any]:
        """As it was told of last."""
        if not self.told:
            raise AssertionError(f"{self.name} was not registered in this scenario")
        return self.told[-1]

    @property
    def job(self) -> Job:
        """The job that was asked for last."""
        if not self.jobs:
            raise AssertionError(f"nobody has asked for {self.name} to be transcribed in this scenario")
        return self.jobs[-1]

    @property
    def transcription_id(self) -> str:
        return str(self.record["transcription_id"] or "")
