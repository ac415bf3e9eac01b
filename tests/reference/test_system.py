"""Which systems the reference has, and what they say of themselves."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from reference import system
from reference.system import setting_kinds, systems, tables
from tests.test_imports import naming


@pytest.fixture
def contract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An agreement of a test's own."""
    monkeypatch.setattr(system, "CONTRACT", tmp_path)
    systems.cache_clear()
    yield tmp_path
    systems.cache_clear()


def test_the_systems_are_those_of_the_contract() -> None:
    assert [one.name for one in systems()] == ["archive", "broadcast", "calls", "conversation", "studio"]


def test_a_system_that_only_the_contract_has_is_left_out(contract: Path) -> None:
    for name in ("conversation", "juggling"):
        (contract / f"{name}.requirements.yaml").write_text(f"# a comment\nsystem: {name}\ntitle: A title\n")
    assert [one.name for one in systems()] == ["conversation"]


def test_a_document_that_names_no_system_is_complained_about(contract: Path) -> None:
    (contract / "some.requirements.yaml").write_text("title: A title\n")
    with pytest.raises(ValueError, match=r"some\.requirements\.yaml should have a line such as `system: NAME`"):
        systems()


def named_outside(root: Path) -> list[str]:
    """Return where a file that is no system's own imports a system, or has its name in a text."""
    names = "|".join(one.name for one in systems())
    its_own, as_module = (re.compile(form) for form in (rf"({names})/", rf"reference\.({names})\b"))
    in_text = naming(one.name for one in systems())
    found = []
    for file in sorted(root.rglob("*.py")):
        place = file.relative_to(root).as_posix()
        for node in () if its_own.match(place) else ast.walk(ast.parse(file.read_text("utf-8"))):
            text = isinstance(node, ast.Constant) and isinstance(node.value, str) and in_text.search(node.value)
            if text or (isinstance(node, ast.ImportFrom) and as_module.match(node.module or "")):
                found.append(f"{place}: {ast.unparse(node)}")
    return found


def test_nobody_outside_a_system_names_it(tmp_path: Path) -> None:
    assert named_outside(Path(system.__file__).parent) == []
    for name in ("app.py", "broadcast/app.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("from reference.broadcast import codec\nPATH = '/conversation'\n")
    assert named_outside(tmp_path) == ["app.py: from reference.broadcast import codec", "app.py: '/conversation'"]


def test_no_two_systems_have_a_table_or_a_setting_of_one_name() -> None:
    names = [one.name for one in tables()] + [one.name for kind in setting_kinds() for one in fields(kind)]
    assert [name for name, times in Counter(names).items() if times > 1] == []
