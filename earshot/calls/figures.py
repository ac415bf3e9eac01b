"""What the service counts and times, as Prometheus reads it: `/metrics`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from prometheus_client.parser import text_string_to_metric_families


@dataclass(frozen=True, slots=True)
class Figure:
    """The sum of all samples of one name that carry these labels."""

    name: str
    labels: Mapping[str, str] = field(default_factory=dict)

    def of(self, text: str) -> float:
        """Return it from what Prometheus reads; 0 where it was never counted."""
        samples = (sample for family in text_string_to_metric_families(text) for sample in family.samples)
        return sum(one.value for one in samples if one.name == self.name and self.fits(one.labels))

    def fits(self, labels: Mapping[str, str]) -> bool:
        return self.labels.items() <= labels.items()
