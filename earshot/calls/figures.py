"""What the service counts and times, as Prometheus reads it: `/metrics`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_SAMPLE = re.compile(r"^([A-Za-z_:][\w:]*)(?:\{(.*)\})? (\S+)", re.MULTILINE)
_LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True, slots=True)
class Figure:
    """The sum of all samples of one name that carry these labels."""

    name: str
    labels: Mapping[str, str] = field(default_factory=dict)

    def of(self, text: str) -> float:
        """Return it from what Prometheus reads; 0 where it was never counted."""
        found = ((name, dict(_LABEL.findall(labels or "")), value) for name, labels, value in _SAMPLE.findall(text))
        return sum(float(value) for name, labels, value in found if name == self.name and self.fits(labels))

    def fits(self, labels: Mapping[str, str]) -> bool:
        return self.labels.items() <= labels.items()
