"""Data for programs, kept with the result of a scenario as an attachment of its own name."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import allure
from allure_commons.types import AttachmentType


def attach(name: str, members: Mapping[str, Any]) -> None:
    """Keep it with the open scenario."""
    allure.attach(json.dumps(members), name=name, attachment_type=AttachmentType.JSON)


def read(folder: Path, result: Mapping[str, Any], name: str) -> Iterator[dict[str, Any]]:
    """Yield what was kept under this name in the scenario of a result, also in its steps."""
    for attachment in result.get("attachments", ()):
        if attachment["name"] == name:
            yield json.loads((folder / attachment["source"]).read_text("utf-8"))
    for step in result.get("steps", ()):
        yield from read(folder, step, name)
