"""What a metric is; which there are is a system's business."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

MILLISECONDS = "Milliseconds"
COUNT = "Count"


class Kind(Enum):
    """What becomes of datapoints that fall into the same second."""

    COUNTER = "counter"
    """Events: they are added up, and the sum is what matters."""
    VALUE = "value"
    """Measurements: each is kept, so that percentiles can be asked for."""


@dataclass(frozen=True, slots=True)
class MetricDefinition:
    """What is fixed about a metric."""

    namespace: str
    unit: str
    dimensions: frozenset[str]
    kind: Kind
    total: bool
    """Whether it is kept without dimensions as well: CloudWatch adds nothing up over dimensions, and an alarm wants
    the whole service."""


def counter(namespace: str, *dimensions: str, total: bool = False) -> MetricDefinition:
    return MetricDefinition(namespace, COUNT, frozenset(dimensions), Kind.COUNTER, total)


def value(namespace: str, unit: str, *dimensions: str, total: bool = False) -> MetricDefinition:
    return MetricDefinition(namespace, unit, frozenset(dimensions), Kind.VALUE, total)


Catalogue = Mapping[str, MetricDefinition]
"""Metrics by name."""


def definition_of(catalogue: Catalogue, name: str, dimensions: Mapping[str, str]) -> MetricDefinition:
    """Return what is fixed about a metric; raise ValueError unless it is known, with just these dimensions."""
    definition = catalogue.get(name)
    if definition is None:
        raise ValueError(f"expected a metric that a system has declared, got {name!r}")
    if dimensions.keys() != definition.dimensions:
        wanted = ", ".join(sorted(definition.dimensions)) or "none"
        raise ValueError(f"{name} has the dimensions {wanted}, got {', '.join(sorted(dimensions)) or 'none'}")
    return definition
