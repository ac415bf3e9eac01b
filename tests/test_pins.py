"""Every package that is installed is the one that was looked at."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

FILES = sorted(Path(__file__).resolve().parents[1].glob("requirements*.txt"))
_PACKAGE = re.compile(
    r"^[a-z0-9][a-z0-9._-]*(\[[a-z,]+\])?==[^\s;]+( ;[^\\]+)?( \\\n    --hash=sha256:[0-9a-f]{64})+$", re.M
)
"""A package with its version, for whom it is, and the hashes of its files."""


def test_there_are_requirements() -> None:
    assert len(FILES) == 4


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_requirements_carry_hashes(file: Path) -> None:
    text = file.read_text("utf-8")
    named = [line.partition(" ")[0] for line in text.splitlines() if line and line[0] not in "# "]
    hashed = [found[0].partition(" ")[0] for found in _PACKAGE.finditer(text)]
    assert named == hashed != []
