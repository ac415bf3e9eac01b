"""Who may import whom: harness and reference backend agree through `contract/`, never through code."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SYSTEMS = {"broadcast", "conversation", "studio", "calls", "archive"}
FEATURES_MAY_IMPORT = {"behave", "hamcrest", "earshot"} | sys.stdlib_module_names


def imported(file: Path, root: Path) -> Iterator[str]:
    """Yield the full dotted name of everything that `file` imports, also inside functions and relatively."""
    package = file.relative_to(root).parent.parts
    for node in ast.walk(ast.parse(file.read_text("utf-8"), file)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{module}.{alias.name}" for alias in node.names)


def is_forbidden(importer: tuple[str, ...], name: str, own_modules: set[str]) -> bool:
    """Say whether the module at path `importer` must not import `name`; features may import `own_modules`."""
    top, *below = name.split(".")
    match importer[0]:
        case "earshot":
            return top in ("reference", "features")
        case "reference":
            system = importer[1] if importer[1] in SYSTEMS else None
            other_system = top == "reference" and bool(below) and below[0] in SYSTEMS and below[0] != system
            return top in ("earshot", "features") or (system is not None and other_system)
        case _:
            return top not in FEATURES_MAY_IMPORT | own_modules


def violations(root: Path) -> list[str]:
    """Return a line for every forbidden import below `root`."""
    own_modules = {file.stem for file in (root / "features").rglob("*.py")} | {"features"}
    return [
        f"{file.relative_to(root).as_posix()} imports {name}"
        for house in ("earshot", "reference", "features")
        for file in sorted((root / house).rglob("*.py"))
        for name in imported(file, root)
        if is_forbidden(file.relative_to(root).parts, name, own_modules)
    ]


def test_nobody_imports_what_they_must_not() -> None:
    assert len(list((ROOT / "earshot").rglob("*.py"))) > 10
    assert violations(ROOT) == []


@pytest.mark.parametrize(
    ("file", "source", "forbidden"),
    [
        (
            "earshot/wire/codec.py",
            "from reference.gateway.codec import decode",
            "reference.gateway.codec.decode",
        ),
        ("earshot/cli.py", "def run():\n    import reference", "reference"),
        ("reference/app.py", "from earshot import ledger", "earshot.ledger"),
        ("reference/studio/service.py", "from reference.calls import model", "reference.calls.model"),
        ("reference/studio/service.py", "from ..calls.model import Call", "reference.calls.model.Call"),
        ("reference/studio/service.py", "from reference import calls", "reference.calls"),
        ("features/steps/studio.py", "import websockets.asyncio.client", "websockets.asyncio.client"),
    ],
)
def test_an_offender_is_found(tmp_path: Path, file: str, source: str, forbidden: str) -> None:
    offender = tmp_path / file
    offender.parent.mkdir(parents=True)
    offender.write_text(source)
    assert violations(tmp_path) == [f"{file} imports {forbidden}"]


@pytest.mark.parametrize(
    ("file", "source"),
    [
        (
            "reference/app.py",
            "from reference.calls import service\nfrom reference.studio import service as studio",
        ),
        ("reference/studio/service.py", "from . import model\nfrom reference.storage import clock"),
        ("features/steps/studio.py", "import json\nfrom behave import when\nfrom earshot.stage import Stage"),
    ],
)
def test_the_innocent_are_left_alone(tmp_path: Path, file: str, source: str) -> None:
    (tmp_path / file).parent.mkdir(parents=True)
    (tmp_path / file).write_text(source)
    assert violations(tmp_path) == []
