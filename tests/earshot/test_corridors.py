"""The corridors stand in one order, and each imports only from those before it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

EARSHOT = Path(__file__).parents[2] / "earshot"
KERNEL = ("wire", "audio", "measure", "matchers", "targets")
CORRIDORS = ("evidence", "book", "running")


def imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def of(folder: str) -> Iterator[tuple[str, str]]:
    """Yield the imports of a folder that go into a corridor, as (file, corridor)."""
    for file in sorted((EARSHOT / folder).rglob("*.py")):
        for name in imported(file):
            top, _, below = name.partition(".")
            if top == "earshot" and (corridor := below.partition(".")[0]) in CORRIDORS:
                yield file.relative_to(EARSHOT).as_posix(), corridor


@pytest.mark.parametrize("folder", KERNEL)
def test_the_kernel_imports_from_no_corridor(folder: str) -> None:
    assert list(of(folder)) == []


@pytest.mark.parametrize("place", range(len(CORRIDORS)))
def test_a_corridor_imports_from_none_behind_it(place: int) -> None:
    found = list(of(CORRIDORS[place]))
    assert found, "a corridor imports at least from itself"
    assert [each for each in found if each[1] in CORRIDORS[place + 1 :]] == []


def test_what_pages_are_made_of_knows_no_corridor() -> None:
    assert not any(name.startswith("earshot.") for name in imported(EARSHOT / "pages.py"))


def test_nobody_imports_by_a_name_in_quotes() -> None:
    for corridor in CORRIDORS:
        for file in (EARSHOT / corridor).glob("*.py"):
            assert "__import__" not in file.read_text("utf-8"), file
