"""The table of metrics: what the service puts is in it, what is in it is put, and alarms look at what is kept."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from reference.broadcast.monitoring.alarms import ALARMS
from reference.broadcast.monitoring.catalogue import METRICS
from reference.monitoring.alarms import AlarmDefinition, Measure, Share
from reference.monitoring.catalogue import Kind, definition_of

REFERENCE = Path(__file__).parents[3] / "reference"


def puts() -> Iterator[tuple[str, str, set[str]]]:
    """Yield place, name and dimensions of every call of `put` on metrics in the service."""
    for file in sorted(REFERENCE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "put"):
                continue
            if "metrics" in ast.unparse(node.func.value).lower():
                name = ast.literal_eval(node.args[0])
                place = f"{file.relative_to(REFERENCE)}:{node.lineno}"
                yield place, name, {keyword.arg for keyword in node.keywords if keyword.arg}


def measures(alarm: AlarmDefinition) -> list[Measure]:
    measure = alarm.measure
    return [measure.part, *measure.whole] if isinstance(measure, Share) else [measure]


def test_every_datapoint_that_the_service_puts_is_one_of_the_sheet() -> None:
    wrong = []
    for place, name, dimensions in puts():
        try:
            definition_of(METRICS, name, dict.fromkeys(dimensions, ""))
        except ValueError as why:
            wrong.append(f"{place}: {why}")
    assert wrong == []


def test_every_metric_of_the_sheet_is_put_somewhere() -> None:
    assert METRICS.keys() - {name for _, name, _ in puts()} == set()


@pytest.mark.parametrize("alarm", ALARMS, ids=lambda alarm: alarm.name)
def test_an_alarm_looks_at_what_is_kept_for_the_whole_service(alarm: AlarmDefinition) -> None:
    for measure in measures(alarm):
        definition = METRICS[measure.metric]
        assert definition.total or not definition.dimensions, measure
        if measure.statistic.startswith("p"):
            assert definition.kind is Kind.VALUE, "of a counter only sums are kept"
