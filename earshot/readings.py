"""What the service measures of itself, looked up until it is as expected: it can be read a moment late."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from hamcrest.core.matcher import Matcher

from earshot.patience import comes_to
from earshot.targets.metrics import Metrics

Dimensions = Mapping[str, str]

PATIENCE_S = 10.0
"""How soon a figure can be read is a promise of its own (BRO-8.3.7); here it only has to be there."""
LOOK_EVERY_S = 0.1
"""Every look goes through many figures, and services send them a few times a second."""

AUDIO = "AudioTranscription/WebSocket"
PIPELINE = "TranslationPipeline"
QUALITY = "AudioQuality"


class Readings:
    """Assertions about the metrics of one scenario."""

    def __init__(self, metrics: Metrics, began_at: float) -> None:
        self._metrics = metrics
        self._since = datetime.fromtimestamp(began_at, UTC)

    def count_comes_to(self, namespace: str, name: str, of: Dimensions, expected: Matcher[Any], what: str) -> None:
        """Return when the number of datapoints is as expected."""
        look_up = lambda: self._metrics.count(namespace, name, of, since=self._since)  # noqa: E731
        comes_to(look_up, expected, what, within_s=PATIENCE_S, every_s=LOOK_EVERY_S)

    def total_comes_to(self, namespace: str, name: str, of: Dimensions, expected: Matcher[Any], what: str) -> None:
        """The same for the sum of all datapoints."""
        look_up = lambda: self._metrics.total(namespace, name, of, since=self._since)  # noqa: E731
        comes_to(look_up, expected, what, within_s=PATIENCE_S, every_s=LOOK_EVERY_S)

    def percentile(self, namespace: str, name: str, of: Dimensions, percent: float, unit: str) -> float | None:
        """Return a percentile over all datapoints of this unit; None where there are none."""
        return self._metrics.percentile(namespace, name, of, percent, since=self._since, unit=unit)
