"""A figure that a twin leaves out is not recorded, one that it misplaces is; all others are recorded as they are."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

import pytest

from reference.broadcast.twins.figures import recorded_under, unrecorded
from reference.monitoring.cloudwatch import CloudWatchMetrics
from reference.twins import twin as mechanism
from reference.twins.kinds import Declare

Recorded = Callable[[Declare], list[tuple[str, float, dict[str, str]]]]


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> Recorded:
    """Record two figures with a twin of a kind applied, and return what is recorded."""
    figures: list[tuple[str, float, dict[str, str]]] = []

    @wraps(CloudWatchMetrics.put)
    def note(_self: object, name: str, value: float = 1.0, **dimensions: str) -> None:
        figures.append((name, value, dimensions))

    monkeypatch.setattr(mechanism, "TWINS", {})
    monkeypatch.setattr(CloudWatchMetrics, "put", note)

    def something_is_wrong() -> None:
        """Something is wrong."""

    def record(kind: Declare) -> list[tuple[str, float, dict[str, str]]]:
        kind(something_is_wrong).apply()
        metrics = object.__new__(CloudWatchMetrics)
        metrics.put("AudioChunkSize", 3200.0, SessionId="joyful-harbour-417")
        metrics.put("ConnectionTimeout", Role="speaker", Reason="idle")
        return figures

    return record


def test_a_figure_is_left_out(recorded: Recorded) -> None:
    assert recorded(unrecorded("AudioChunkSize", "SNR", breaks="BRO-8.3.1")) == [
        ("ConnectionTimeout", 1.0, {"Role": "speaker", "Reason": "idle"})
    ]


def test_a_figure_is_recorded_elsewhere(recorded: Recorded) -> None:
    assert recorded(recorded_under("ConnectionTimeout", Role="listener", breaks="REQ-28.5")) == [
        ("AudioChunkSize", 3200.0, {"SessionId": "joyful-harbour-417"}),
        ("ConnectionTimeout", 1.0, {"Role": "listener", "Reason": "idle"}),
    ]
