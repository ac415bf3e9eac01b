"""`python -m earshot twins`: proof that the features catch faults.

For each twin of the reference (one promise broken on purpose) the scenarios that carry the broken promise's ids run
first, those that are slow only if need be; if it survives, all the others of its system. A twin is caught only by a
*failed* scenario that carries one of its ids: a crash, a broken harness or a failure elsewhere does not count. With
`--times N`, those that caught it first have to catch it N times.

`--sound` is about the twins that break nothing, and do otherwise what the sheets leave open: see sound.py.
"""

from __future__ import annotations

import argparse
import difflib
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import closing
from dataclasses import asdict
from functools import cache
from multiprocessing.process import BaseProcess
from pathlib import Path

from earshot.book.promises import parse_features
from earshot.evidence.identity import title
from earshot.evidence.results import ScenarioResult, all_results
from earshot.failures import Unusable
from earshot.running import sound
from earshot.running.caught import Catch, TriedTwin, Twin, as_markdown, read_reasons
from earshot.running.plan import Planned, select
from earshot.running.repeated import repeated
from earshot.running.worker import ALLURE, EVERYTHING, FORKING, run_behave
from earshot.scratch import named_for
from earshot.side_by_side import STACK
from earshot.targets.embedded import ROOT, EmbeddedTarget

ENDS_WITHIN_S = 900.0
REASONS = ROOT / "features" / "without_twins.yaml"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("names", nargs="*", help="which twins; default: all")
    parser.add_argument(
        "--sound", action="store_true", help="show sound twins to all features, none of which may be red"
    )
    parser.add_argument("--together", action="store_true", help="with --sound: all of them at once, in one run")
    parser.add_argument("--system", help="only the twins of this system, and only its features")
    parser.add_argument("--jobs", type=int, default=3, help="twins at a time; default: %(default)s")
    parser.add_argument("--times", type=int, default=1, metavar="N", help="each has to be caught N times of N")
    parser.add_argument(
        "--promised-only", action="store_true", help="do not show survivors to scenarios that carry none of their ids"
    )
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="also write the outcomes here, and go on from those that are there"
    )
    parser.add_argument("--table", type=Path, metavar="FILE", help="also write a Markdown table here")


def run(arguments: argparse.Namespace) -> int:
    """Try every twin, print who caught it, and return 1 if one survived; or, of sound twins, if one was caught."""
    known_twins = list_twins(are_sound=arguments.sound)
    if arguments.sound:
        return sound.run(_chosen(known_twins, arguments.names, None), arguments)
    twins = _chosen(known_twins, arguments.names, arguments.system)
    began = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix=named_for("twins")) as folder,
        closing(EmbeddedTarget()) as target,
        ThreadPoolExecutor(max(1, arguments.jobs)) as pool,
    ):
        stack = Path(folder) / "stack.json"
        target.share(stack)
        outcomes = _read(arguments.json)
        known = {outcome.twin.name for outcome in outcomes}
        trying = [
            pool.submit(try_twin, twin, stack, promised_only=arguments.promised_only, times=arguments.times)
            for twin in twins
            if twin.name not in known
        ]
        for tried in as_completed(trying):
            outcomes.append(tried.result())
            print(describe(outcomes[-1]), flush=True)
            if arguments.json:
                arguments.json.write_text(json.dumps([asdict(outcome) for outcome in outcomes], indent=2), "utf-8")
    order = {twin.name: place for place, twin in enumerate(twins)}
    outcomes = sorted(
        (outcome for outcome in outcomes if outcome.twin.name in order), key=lambda one: order[one.twin.name]
    )
    survivors = [outcome.twin.name for outcome in outcomes if outcome.survived]
    print(
        f"{len(outcomes) - len(survivors)} of {len(outcomes)} twins caught in {time.monotonic() - began:.0f} s"
        + (f"; survived: {', '.join(survivors)}" if survivors else "")
    )
    if arguments.table:
        left_out = [twin.name for twin in known_twins if twin not in twins]
        titles = titles_of({twin.system for twin in twins})
        document = as_markdown(outcomes, titles, read_reasons(REASONS, titles), left_out)
        arguments.table.write_text(document, "utf-8")
    return 1 if survivors else 0


def list_twins(*, are_sound: bool = False) -> list[Twin]:
    """Ask the reference which twins there are that break a promise, or that are sound."""
    listing = subprocess.run(
        [sys.executable, "-m", "reference", "--list-twins"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listing.returncode != 0:
        raise Unusable(f"the reference should list its twins, but ended with {listing.returncode}: {listing.stderr}")
    return [
        Twin(entry["name"], entry["system"], tuple(entry["breaks"]), entry["sentence"], entry["declares"])
        for entry in json.loads(listing.stdout)
        if entry["sound"] == are_sound
    ]


def try_twin(twin: Twin, stack: Path, *, promised_only: bool = False, times: int = 1) -> TriedTwin:
    """Run the scenarios that promise to notice this twin; if none does, run all the others of its system.

    `stack` says where the store is, and who bears the twin. Those that caught it have to do so `times` times in all.
    """
    began = time.monotonic()
    promised = " or ".join(f"@{id_}" for id_ in twin.breaks)
    rounds = [(f"({promised}) and not @slow", twin.breaks), (f"({promised}) and @slow", twin.breaks)]
    if not promised_only:
        rounds.append((f"@{twin.system} and not ({promised}) and not @alone and not @slow", (twin.system,)))
    results: list[ScenarioResult] = []
    catches: list[Catch] = []
    for tags, carried in rounds:
        came = _behave(twin, stack, tags, _features(carried))
        results += came
        if catches := _catches(twin, came):
            break
    caught_by = {catch.scenario for catch in catches}
    times_caught = 1 + _caught_again(twin, stack, results, times - 1) if catches else 0
    red = [result.name for result in results if result.feature and result.status in ("failed", "broken")]
    return TriedTwin(
        twin,
        tuple(catches),
        tuple(name for name in red if name not in caught_by),
        len(results),
        time.monotonic() - began,
        times,
        times_caught,
    )


def _caught_again(twin: Twin, stack: Path, results: Iterable[ScenarioResult], times: int) -> int:
    """Return in how many more tries one of those that caught a twin does so again: the quickest, or any other."""
    catching = [result for result in results if _is_catch(twin, result)]
    places = {scenario.history_id: scenario.place for scenario in _all_scenarios()}
    caught = 0
    for result in sorted(catching, key=lambda one: one.duration_s):
        if caught == times:
            break
        tries = repeated([places[result.history_id]], times - caught, ["-D", f"twin={twin.name}"], stack)
        caught += sum(any(_is_catch(twin, one) for one in again) for again in tries)
    return caught


@cache
def _all_scenarios() -> Sequence[Planned]:
    return select(ROOT / "features", [], [EVERYTHING])


def _read(file: Path | None) -> list[TriedTwin]:
    """Return the outcomes of caught twins that an earlier run left in a file; survivors are tried again."""
    if file is None or not file.is_file():
        return []
    return [
        TriedTwin(
            Twin(**{**entry["twin"], "breaks": tuple(entry["twin"]["breaks"])}),
            tuple(Catch(**catch) for catch in entry["caught_by"]),
            tuple(entry["also_red"]),
            entry["checked"],
            entry["seconds"],
            entry["times"],
            entry["times_caught"],
        )
        for entry in json.loads(file.read_text("utf-8"))
        if entry["caught_by"] and entry["times_caught"] == entry["times"]
    ]


def describe(outcome: TriedTwin) -> str:
    """Return a few lines: the twin, who caught it with which sentence, or what else was red."""
    twin = outcome.twin
    head = f"{'SURVIVED' if outcome.survived else 'caught'}  {twin.name}  ({', '.join(twin.breaks)}): {twin.sentence}"
    if outcome.times > 1:
        head = f"{head} ({outcome.times_caught} of {outcome.times} times)"
    lines = [f"    by “{catch.scenario}”: {_one_line(catch.message)}" for catch in outcome.caught_by]
    if outcome.survived:
        also = "; ".join(outcome.also_red) or "nothing"
        lines.append(f"    {outcome.checked} scenarios ran, and elsewhere this was red: {also}")
    return "\n".join([head, *lines])


def titles_of(systems: set[str]) -> dict[str, list[str]]:
    """Return the titles of all scenarios of these systems, by feature."""
    return {
        feature.name: list(dict.fromkeys(title(scenario) for scenario in feature.walk_scenarios()))
        for _, feature in parse_features(ROOT / "features")
        if systems & set(feature.tags)
    }


def _behave(twin: Twin, stack: Path, tags: str, files: Sequence[Path]) -> list[ScenarioResult]:
    with tempfile.TemporaryDirectory(prefix=named_for("twin")) as folder:
        results = Path(folder)
        options = ["-D", f"twin={twin.name}", "--tags", tags, "-f", ALLURE, "-o", str(results), "-f", "null"]
        process: BaseProcess = FORKING.Process(
            target=run_behave, args=([*options, *map(str, files)], {STACK: str(stack)}, results / "behave.log")
        )
        process.start()
        process.join(ENDS_WITHIN_S)
        if process.is_alive():
            process.kill()
            raise Unusable(f"the features against the twin {twin.name} did not end in {ENDS_WITHIN_S:g} s")
        return all_results(results)


def _features(tags: Sequence[str]) -> list[Path]:
    """Return the feature files in which one of these tags occurs."""
    wanted = re.compile("|".join(rf"@{re.escape(tag)}\b" for tag in tags))
    return [file for file, text in _texts().items() if wanted.search(text)]


@cache
def _texts() -> Mapping[Path, str]:
    """Return what stands in each feature file, read once for all twins."""
    return {file: file.read_text("utf-8") for file in sorted((ROOT / "features").rglob("*.feature"))}


def _catches(twin: Twin, results: Iterable[ScenarioResult]) -> list[Catch]:
    catches = [Catch(result.name, result.message) for result in results if _is_catch(twin, result)]
    return list(dict.fromkeys(catches))  # rows of examples that fail alike are told once


def _is_catch(twin: Twin, result: ScenarioResult) -> bool:
    return result.status == "failed" and bool(result.promises & set(twin.breaks))


def _chosen(twins: Sequence[Twin], names: Sequence[str], system: str | None) -> list[Twin]:
    known = {twin.name for twin in twins}
    if unknown := [name for name in names if name not in known]:
        near = difflib.get_close_matches(unknown[0], sorted(known))
        everywhere = f"docs/what-the-suite-catches.md lists all {len(known)}"
        hint = f"did you mean {' or '.join(near)}?" if near else everywhere
        raise Unusable(f"there is no twin {unknown[0]}; {hint}")
    chosen = [t for t in twins if (not names or t.name in names) and (system is None or t.system == system)]
    if not chosen:
        raise Unusable(f"there are no twins of a system {system}")
    return chosen


def _one_line(message: str) -> str:
    words = " ".join(message.split())
    return words if len(words) <= 200 else words[:199] + "…"
