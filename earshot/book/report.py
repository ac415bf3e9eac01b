"""Render the report: one file that opens from disk and asks no outside host for anything; two pages beside it.

The quality gate of the renderer decides the exit code.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

from earshot.book.allure_page import made_ours
from earshot.book.overview import OVERVIEW_PAGE, measured_now, overview
from earshot.book.overview_page import render_overview
from earshot.book.promises import trace
from earshot.book.renderer import allures_page, install_renderer
from earshot.book.requirements import load_requirements
from earshot.book.summary import summary
from earshot.book.trace_page import render_page
from earshot.evidence.identity import TRACE_PAGE
from earshot.evidence.record import RENDERED, read_results
from earshot.evidence.timings import TIMINGS, timings
from earshot.measure import baselines

HISTORY = Path(".earshot/history.jsonl")
BASELINES = "baselines.json"
"""What earlier runs measured lies beside the history, under this name."""
FEATURES = Path(__file__).parents[2] / "features"
RED = 1


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
    for page in ("index.html", OVERVIEW_PAGE, TRACE_PAGE, TIMINGS):  # of an earlier run, should this one have none
        (out / page).unlink(missing_ok=True)
    scenarios = read_results(results)
    is_new = not (results / RENDERED).exists()
    allures, complaints = allures_page(results, history, remember=is_new)
    page = made_ours(allures)
    known = baselines.read(history.with_name(BASELINES)) if history else {}
    if history and is_new:
        baselines.keep(measured_now(scenarios), history.with_name(BASELINES))
    (results / RENDERED).touch()
    out.mkdir(parents=True, exist_ok=True)
    (out / "index.html").write_text(page, "utf-8")
    promises = trace(load_requirements(), FEATURES)
    (out / TRACE_PAGE).write_text(render_page(promises), "utf-8")
    found = overview(results, scenarios, promises, known)
    (out / OVERVIEW_PAGE).write_text(render_overview(found), "utf-8")
    measured = [each for system in found.systems for _, each in system.budgets]
    (out / TIMINGS).write_text(json.dumps(timings(measured), indent=1) + "\n", "utf-8")
    slower = tuple(f"{each.what}: {each.since_last}" for each in measured if each.surely_slower)
    missing = (found.missing,) if found.missing else ()
    return Rendered(out / "index.html", out / OVERVIEW_PAGE, (*missing, *complaints), slower)
