"""A folder of results knows what was planned and whether the run ended.

Before anything else a run takes the folder for itself, empties it and notes that it has begun; then what it plans, as
the results that its scenarios have as long as they are not run; at last that it has ended. Whatever kills it in
between, the folder tells: what is missing was not run.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from allure_commons.model2 import TestResult
from attr import asdict

from earshot.clock import now_ms
from earshot.evidence.blank import of_no_scenario, write_verdict
from earshot.evidence.results import PROPERTIES, RESULTS, SEEN, ScenarioResult, all_results
from earshot.evidence.verdicts import Failure
from earshot.failures import Unusable

BEGUN = "run-begun.json"
PLANNED = "run-planned.json"
ENDED = "run-ended.json"
LOCK = "run.lock"
RENDERED = "earshot-rendered"
"""Lies in a folder of results that are part of the history already."""
WHAT_RUNS_LEAVE = (
    RESULTS,
    "*-container.json",
    "*-globals.json",
    "*-attachment.*",
    "*.json.tmp",
    PROPERTIES,
    "categories.json",
    "executor.json",
    SEEN,
    RENDERED,
    BEGUN,
    PLANNED,
    ENDED,
)
BEGINNING = "Beginning the run"
GOING_ON = "Going on with the run"


class RunRecord:
    """One run's hold on its folder of results; no other run writes there until it is closed."""

    def __init__(self, folder: Path) -> None:
        """Take the folder and empty it; raises Unusable when another run holds it, or nothing can be written there."""
        self.folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = _taken(folder)
            self.begins()
        except OSError as failure:
            raise Unusable(f"results should go to {folder}, but nothing can be written there: {failure}") from None

    def begins(self) -> None:
        """Remove what earlier runs left in the folder, and nothing else, and note that one has begun."""
        for pattern in WHAT_RUNS_LEAVE:
            for file in self.folder.glob(pattern):
                file.unlink()
        self._notes(BEGUN, {"at_ms": now_ms(), "process": os.getpid()})

    def plans(self, results: Iterable[TestResult]) -> None:
        """Note what is to run: each scenario by the result that it has as long as it is not run."""
        self._notes(PLANNED, [_written(_not_run(result)) for result in results])

    def ends(self) -> str:
        """Note the end, and return in what this is not a whole run; empty if it is."""
        results = complete(self.folder)
        self._notes(ENDED, {"at_ms": now_ms()})
        return _missing(self.folder, results)

    def close(self) -> None:
        self._lock.close()

    def __enter__(self) -> RunRecord:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close; a run that could not begin leaves the reason as its result."""
        with self._lock:
            if isinstance(error, Unusable):
                result = of_no_scenario(BEGINNING)
                write_verdict(result, Failure.raised(error))
                _keep(self.folder, _written(result))
                self.ends()

    def _notes(self, name: str, content: object) -> None:
        (self.folder / name).write_text(json.dumps(content), "utf-8")


def read_results(folder: Path) -> list[ScenarioResult]:
    """Return the results in a folder, first started first, of each scenario the last try, and what was not run.

    Raises Unusable if there are none.
    """
    results = all_results(folder) if is_held(folder) else complete(folder)
    if not results:
        raise Unusable(
            f"there are no results in {folder}; run `behave features/` first, or name their folder by --results"
        )
    return list({result.history_id: result for result in results}.values())


def what_is_missing(folder: Path) -> str:
    """Return in what the results in a folder are not those of a whole run; empty if they are."""
    if is_held(folder):
        return "the run is still going on"
    if not (folder / BEGUN).exists():
        return "nobody knows what was to be run"
    return _missing(folder, all_results(folder))


def note_whole(folder: Path) -> None:
    """Note of a folder in which no run has begun that what lies there is all that was to be."""
    if not (folder / BEGUN).exists():
        for name, content in ((BEGUN, {"at_ms": now_ms()}), (PLANNED, []), (ENDED, {"at_ms": now_ms()})):
            (folder / name).write_text(json.dumps(content), "utf-8")


def complete(folder: Path) -> list[ScenarioResult]:
    """Write a result for every planned scenario that has none, and return all there are, first started first."""
    results = all_results(folder)
    there = {result.history_id for result in results}
    missing = [result for result in _planned(folder) if result["historyId"] not in there]
    for result in missing:
        _keep(folder, result)
    return all_results(folder) if missing else results


def is_held(folder: Path) -> bool:
    """Whether a run goes on there now."""
    if not (folder / LOCK).exists():
        return False
    try:
        _taken(folder).close()
    except Unusable:
        return True
    return False


def _missing(folder: Path, results: Iterable[ScenarioResult]) -> str:
    if not (folder / PLANNED).exists():
        return "the run ended before it was known what was to be run"
    not_run = sum(result.verdict == "not run" for result in results)
    if not_run or not (folder / ENDED).exists():
        return f"the run was cut off: {not_run} of {len(_planned(folder))} scenarios were not run"
    return ""


def _planned(folder: Path) -> list[dict[str, Any]]:
    file = folder / PLANNED
    return json.loads(file.read_text("utf-8")) if file.exists() else []


def _not_run(result: TestResult) -> TestResult:
    write_verdict(result, Failure.not_run("the run was cut off before"))
    result.stop = result.start
    return result


def _keep(folder: Path, result: Mapping[str, Any]) -> None:
    (folder / RESULTS.replace("*", result["uuid"])).write_text(json.dumps(result), "utf-8")


def _written(result: TestResult) -> dict[str, Any]:
    """Return a result as Allure writes it."""
    return dict(asdict(result, filter=lambda _, value: bool(value) or value is False))


def _taken(folder: Path) -> IO[str]:
    """Return what holds the folder until it is closed, or until this process ends in whatever way."""
    file = (folder / LOCK).open("a")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise Unusable(
            f"another run writes its results to {folder}; wait until it has ended, or name another folder (--results, "
            f"or -o for behave)"
        ) from None
    return file
