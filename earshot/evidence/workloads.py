"""What was asked under load, kept with the result of its scenario so that gates and reports can tell of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import allure
from allure_commons.types import AttachmentType

from earshot.measure.workloads import Workload

NAME = "Under load (data)"


def attach(workload: Workload) -> None:
    """Keep it with the open scenario."""
    allure.attach(json.dumps(asdict(workload)), name=NAME, attachment_type=AttachmentType.JSON)


def read(folder: Path, result: Mapping[str, Any]) -> Iterator[Workload]:
    """Yield what was asked under load in the scenario of a result, also in its steps."""
    for attachment in result.get("attachments", ()):
        if attachment["name"] == NAME:
            yield Workload(**json.loads((folder / attachment["source"]).read_text("utf-8")))
    for step in result.get("steps", ()):
        yield from read(folder, step)
