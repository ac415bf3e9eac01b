"""Whether somebody would be alarmed."""

from __future__ import annotations

from collections.abc import Sequence

from hamcrest.core.base_matcher import BaseMatcher
from hamcrest.core.description import Description
from hamcrest.core.matcher import Matcher

from earshot.targets.metrics import Alarm


class _Raises(BaseMatcher[Sequence[Alarm]]):
    def __init__(self, level: str, metric: str, limit: float, minutes: int) -> None:
        self._level = level
        self._metric = metric
        self._limit = limit
        self._minutes = minutes

    def _matches(self, item: Sequence[Alarm]) -> bool:
        return any(self._fits(alarm) for alarm in self._watching(item))

    def describe_to(self, description: Description) -> None:
        description.append_text(f"{self._level}: {self._metric} above {self._limit:g} for {self._minutes} min")

    def describe_mismatch(self, item: Sequence[Alarm], mismatch_description: Description) -> None:
        others = "; ".join(
            f"{alarm.description.partition(':')[0]}: above {alarm.threshold:g} for {_minutes(alarm):g} min"
            for alarm in self._watching(item)
        )
        mismatch_description.append_text(
            f"{self._metric} is watched by: {others}"
            if others
            else f"none of {len(item)} alarms watches {self._metric}"
        )

    def _watching(self, alarms: Sequence[Alarm]) -> list[Alarm]:
        return [alarm for alarm in alarms if self._metric in alarm.metrics]

    def _fits(self, alarm: Alarm) -> bool:
        return (
            self._level in f"{alarm.name} {alarm.description}".lower()
            and alarm.comparison == "GreaterThanThreshold"
            and alarm.threshold == self._limit
            and _minutes(alarm) == self._minutes
        )


def _minutes(alarm: Alarm) -> float:
    return (alarm.period_s or 0) * alarm.periods / 60


def raise_alarm(level: str, metric: str, *, above: float, for_minutes: int) -> Matcher[Sequence[Alarm]]:
    """Match alarms of which one, of this level, goes off when the metric is above the limit for so many minutes."""
    return _Raises(level, metric, above, for_minutes)
