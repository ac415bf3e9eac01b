"""Whether somebody would be alarmed."""

from __future__ import annotations

from collections.abc import Sequence

from hamcrest.core.matcher import Matcher

from earshot.matchers.expectation import expectation
from earshot.targets.metrics import Alarm


def raise_alarm(level: str, metric: str, *, above: float, for_minutes: int) -> Matcher[Sequence[Alarm]]:
    """Match alarms of which one, of this level, goes off when the metric is above the limit for so many minutes."""

    def fits(alarm: Alarm) -> bool:
        return (
            metric in alarm.metrics
            and level in f"{alarm.name} {alarm.description}".lower()
            and alarm.comparison == "GreaterThanThreshold"
            and alarm.threshold == above
            and _minutes(alarm) == for_minutes
        )

    def instead(alarms: Sequence[Alarm]) -> str:
        others = "; ".join(
            f"{alarm.description.partition(':')[0]}: above {alarm.threshold:g} for {_minutes(alarm):g} min"
            for alarm in alarms
            if metric in alarm.metrics
        )
        return f"{metric} is watched by: {others}" if others else f"none of {len(alarms)} alarms watches {metric}"

    return expectation(
        f"{level}: {metric} above {above:g} for {for_minutes} min", lambda alarms: any(map(fits, alarms)), instead
    )


def _minutes(alarm: Alarm) -> float:
    return (alarm.period_s or 0) * alarm.periods / 60
