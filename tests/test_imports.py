"""Who may import whom: which territory, which room of it, and who may know a library."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SYSTEMS = tuple(sorted(path.name.split(".")[0] for path in (ROOT / "contract").glob("*.requirements.yaml")))
TERRITORIES = ("earshot", "reference", "features")
FEATURES_MAY_IMPORT = {"behave", "hamcrest", "earshot"} | sys.stdlib_module_names

ROOMS = ("kernel", "evidence", "wing", "book", "running", "cli")
"""Of the harness, each of which may import from those before it; wings may not import from one another."""
IN_PROSE = ("calls",)
"""Systems whose names are words that a kernel cannot do without."""
MAY_RUN = ("command", "replay")
"""Modules of a wing that are commands, so that they may run features as `running` does."""
KEEPERS: Mapping[str, tuple[str, str]] = {
    "websockets": ("earshot", "wire"),
    "httpx2": ("earshot", "wire"),
    "httpcore2": ("earshot", "wire"),
    "allure": ("earshot", "evidence"),
    "allure_commons": ("earshot", "evidence"),
    "allure_behave": ("earshot", "evidence"),
}
"""Where alone in the harness, or in features, a library may be known."""


def imported(file: Path, root: Path) -> Iterator[str]:
    """Yield the full dotted name of everything that `file` imports, also inside functions, relatively and by name."""
    package = file.relative_to(root).parent.parts
    for node in ast.walk(ast.parse(file.read_text("utf-8"), file)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("__import__", "importlib.import_module"):
            named = node.args[0]
            if isinstance(named, ast.Constant):
                yield str(named.value)
            elif ast.unparse(node.func) == "__import__":
                yield "__import__"


def room_of(parts: tuple[str, ...], systems: tuple[str, ...]) -> str:
    """Return the room of the harness that a module, given by its path or dotted name, stands in."""
    below = parts[1].removesuffix(".py") if len(parts) > 1 else ""
    if below in systems:
        return "wing"
    if below in ("cli", "__main__"):
        return "cli"
    return below if below in ROOMS else "kernel"


def is_forbidden(importer: tuple[str, ...], name: str, own_modules: set[str], systems: tuple[str, ...]) -> bool:
    """Say whether the module at path `importer` must not import `name`; features may import `own_modules`."""
    imported_parts = tuple(name.split("."))
    top, territory = imported_parts[0], importer[0]
    if name == "__import__":
        return True
    if territory != "reference" and top in KEEPERS and importer[:2] != KEEPERS[top]:
        return True
    if territory == "features":
        return top not in FEATURES_MAY_IMPORT | own_modules
    if top != territory:
        return top in TERRITORIES
    mine = importer[1].removesuffix(".py")
    theirs = imported_parts[1] if len(imported_parts) > 1 else ""
    if theirs in systems and theirs != mine:
        return territory == "reference" or room_of(importer, systems) in ("kernel", "evidence", "wing")
    if territory == "reference":
        return False
    here, there = (ROOMS.index(room_of(parts, systems)) for parts in (importer, imported_parts))
    return there > here and not (ROOMS[here] == "wing" and importer[-1].removesuffix(".py") in MAY_RUN)


def violations(root: Path, systems: tuple[str, ...] = SYSTEMS) -> list[str]:
    """Return a line for every forbidden import below `root`."""
    own_modules = {file.stem for file in (root / "features").rglob("*.py")} | {"features"}
    return [
        f"{file.relative_to(root).as_posix()} imports {name}"
        for territory in TERRITORIES
        for file in sorted((root / territory).rglob("*.py"))
        for name in imported(file, root)
        if is_forbidden(file.relative_to(root).parts, name, own_modules, systems)
    ]


def naming(systems: Iterable[str]) -> re.Pattern[str]:
    """Return what finds the name of a system in a text; where prose needs the word, only in a text that is no prose."""
    forms = (rf"\A\S*\b{name}\b\S*\Z" if name in IN_PROSE else rf"\b{name}s?\b" for name in systems)
    return re.compile("|".join(forms), re.IGNORECASE)


OTHERS_WORDS = {("earshot/book/review.py", "archive")}
"""What is called like a system, and is none: a command of git."""


def named_outside(root: Path, systems: tuple[str, ...] = SYSTEMS) -> list[str]:
    """Return where the name of a system stands in a text of the harness outside of its wing."""
    in_text = naming(systems)
    return [
        f"{file.relative_to(root).as_posix()}: {ast.unparse(node)}"
        for file in sorted((root / "earshot").rglob("*.py"))
        if room_of(file.relative_to(root).parts, systems) != "wing"
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and in_text.search(node.value)
        if (file.relative_to(root).as_posix(), node.value) not in OTHERS_WORDS
    ]


def circles(root: Path) -> list[str]:
    """Return the modules of the harness that import each other in a circle, while they are loaded."""
    modules = {".".join(f.relative_to(root).with_suffix("").parts): f for f in (root / "earshot").rglob("*.py")}
    arrows = {name: {m for m in loaded(file) if m in modules and m != name} for name, file in modules.items()}
    while leaves := [name for name, to in arrows.items() if not to & arrows.keys()]:
        for name in leaves:
            del arrows[name]
    return sorted(arrows)


def loaded(file: Path) -> Iterator[str]:
    """Yield what is imported when a module is loaded: not in functions, and not for types alone."""
    for node in ast.parse(file.read_text("utf-8")).body:
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_nobody_outside_a_wing_names_its_system(tmp_path: Path) -> None:
    assert named_outside(ROOT) == []
    (tmp_path / "earshot" / "calls").mkdir(parents=True)
    for place in ("stage.py", "calls/guest.py"):
        (tmp_path / "earshot" / place).write_text("NAME = 'calls'")
    assert named_outside(tmp_path, ("calls", "studio")) == ["earshot/stage.py: 'calls'"]


def test_no_circle() -> None:
    assert circles(ROOT) == []


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
        ("reference/app.py", "from reference.calls import service", "reference.calls.service"),
        ("features/steps/studio.py", "import websockets.asyncio.client", "websockets.asyncio.client"),
        ("features/environment.py", "import allure", "allure"),
        ("earshot/measure/floor.py", "import websockets", "websockets"),
        ("earshot/targets/control.py", "import httpx2", "httpx2"),
        ("earshot/running/launch.py", "import allure_commons.model2", "allure_commons.model2"),
        ("earshot/book/phrase_book.py", "__import__('features.vocabulary')", "features.vocabulary"),
        ("earshot/book/phrase_book.py", "name = 'features'\n__import__(name)", "__import__"),
        ("earshot/stage.py", "from earshot.studio.engineer import Engineer", "earshot.studio.engineer.Engineer"),
        ("earshot/evidence/exhibits.py", "from earshot import studio", "earshot.studio"),
        ("earshot/studio/engineer.py", "from earshot.calls.guest import Guest", "earshot.calls.guest.Guest"),
        ("earshot/studio/engineer.py", "from earshot.running import run", "earshot.running.run"),
        ("earshot/ledger.py", "from earshot.evidence import wirelog", "earshot.evidence.wirelog"),
        ("earshot/evidence/results.py", "from earshot.book import report", "earshot.book.report"),
        ("earshot/book/report.py", "from earshot.running import launch", "earshot.running.launch"),
    ],
)
def test_an_offender_is_found(tmp_path: Path, file: str, source: str, forbidden: str) -> None:
    offender = tmp_path / file
    offender.parent.mkdir(parents=True)
    offender.write_text(source)
    assert violations(tmp_path, ("calls", "studio")) == [f"{file} imports {forbidden}"]


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("reference/studio/service.py", "from . import model\nfrom reference.storage import clock"),
        ("reference/app.py", "from reference.system import systems"),
        ("features/steps/studio.py", "import json\nfrom behave import when\nfrom earshot.stage import Stage"),
        ("earshot/studio/engineer.py", "from earshot.studio import knobs\nfrom earshot.evidence import players"),
        ("earshot/studio/load/command.py", "from earshot.running.run import Run"),
        ("earshot/running/launch.py", "from earshot.book import report\nfrom earshot.stage import Stage"),
    ],
)
def test_the_innocent_are_left_alone(tmp_path: Path, file: str, source: str) -> None:
    (tmp_path / file).parent.mkdir(parents=True)
    (tmp_path / file).write_text(source)
    assert violations(tmp_path, ("calls", "studio")) == []


def test_a_circle_is_found(tmp_path: Path) -> None:
    for name, other in (("a", "b"), ("b", "c"), ("c", "a"), ("d", "a")):
        (tmp_path / "earshot").mkdir(exist_ok=True)
        (tmp_path / "earshot" / f"{name}.py").write_text(f"from earshot import {other}")
    assert circles(tmp_path) == ["earshot.a", "earshot.b", "earshot.c", "earshot.d"]
