"""Kinds of twins that record other figures than they should."""

from __future__ import annotations

from reference.monitoring.cloudwatch import CloudWatchMetrics
from reference.twins.kinds import Declare, kind


def unrecorded(*figures: str, breaks: str) -> Declare:
    """Some figures are not recorded."""

    def record_others(put, self, name, value=1.0, **dimensions):
        if name not in figures:
            put(self, name, value, **dimensions)

    return kind(CloudWatchMetrics.put, record_others, breaks)


def recorded_under(figure: str, *, breaks: str, **others: str) -> Declare:
    """One figure is recorded under other dimensions."""

    def record_otherwise(put, self, name, value=1.0, **dimensions):
        put(self, name, value, **(dimensions | others if name == figure else dimensions))

    return kind(CloudWatchMetrics.put, record_otherwise, breaks)
