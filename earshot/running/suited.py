"""A run by suites: one after the other, each with its limit of time, and one folder for all that is told of them."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from earshot.agreement import NAMES
from earshot.book import run_report
from earshot.book.run_report import LEFT_OUT, NOT_RUN, TEST_RESULTS, Part
from earshot.book.summary import summary
from earshot.clock import now_s
from earshot.evidence.record import RunRecord, read_results
from earshot.failures import Unusable
from earshot.measure.flakiness import flakiness
from earshot.measure.tuning import Tuning
from earshot.measure.workloads import hold_against
from earshot.running import notices, verdicts
from earshot.running.plan import Planned, select
from earshot.running.self_check import check
from earshot.running.suites import PERFORMANCE, Suite, configuration, insist_on_known, of_phases, parted
from earshot.targets.definition import names_a_service, read

__all__ = ["TEST_RESULTS", "SuiteRun", "add_arguments", "debugging", "suites_of"]

OUTPUT = Path("test_reports")
DEBUG = Path(".earshot/debug")
RED, INTERRUPTED = 1, 130
Surroundings = Callable[[argparse.Namespace], AbstractContextManager[tuple[Path, Path | None]]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--suites", nargs="*", metavar="SUITE", help="run these suites one after the other; none: all")
    parser.add_argument("--phase", nargs="+", type=int, metavar="N", help="run the suites of these phases")
    parser.add_argument("--report", action="store_true", help="run in suites, for the reports that these leave")
    parser.add_argument("--skip-performance", action="store_true", help=f"leave out the suite {PERFORMANCE}")
    parser.add_argument("--config", type=Path, metavar="FILE", help="what the suites are; default: as agreed")
    parser.add_argument("--output-dir", type=Path, metavar="FOLDER", help=f"for every report; of suites: {OUTPUT}")
    parser.add_argument("--history", type=Path, metavar="FOLDER", help="of earlier runs; default: below the reports")
    parser.add_argument("--fail-fast", action="store_true", help="end with the first required suite that fails")
    parser.add_argument("--profile", action="store_true", help="keep what took processor time and memory, by suite")
    parser.add_argument("--debug", action="store_true", help="show each scenario message by message")


def suites_of(arguments: argparse.Namespace) -> SuiteRun | None:
    """Return the run by suites that is asked for, None if none is; raises Unusable before anything is run."""
    wanted = (
        arguments.phase,
        arguments.report,
        arguments.config,
        arguments.output_dir,
        arguments.skip_performance,
        arguments.fail_fast,
        arguments.profile,
    )
    if arguments.suites is None and not any(wanted):
        return None
    if arguments.repeat > 1:
        raise Unusable("--repeat: suites are run once; leave out one of them")
    return SuiteRun(arguments)


@contextlib.contextmanager
def debugging(arguments: argparse.Namespace) -> Iterator[None]:
    """Show in the end what crossed the wire in each scenario, where that is asked for (RUN-16)."""
    if not arguments.debug:
        yield
        return
    folder = (arguments.output_dir / "debug" if arguments.output_dir else DEBUG).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.txt"):
        old.unlink()
    arguments.options.append(f"debug={folder}")
    yield
    for file in sorted(folder.glob("*.txt")):
        print(file.read_text("utf-8"))


class SuiteRun:
    """The suites of one run, and what became of them."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        """Read what the suites are; raises Unusable for an unknown one, or a folder that cannot be written."""
        self._arguments = arguments
        self._configured = configuration(arguments.config)
        self._names: list[str] = arguments.suites or []
        insist_on_known(self._names, self._configured.suites)
        self._names += of_phases(arguments.phase or [], self._configured.suites)
        arguments.output_dir = self._folder = arguments.output_dir or OUTPUT
        self._history: Path = arguments.history or self._folder / "history"
        for folder in (self._folder, self._history):
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as failure:
                raise Unusable(f"reports should go to {folder}, but nothing can be written: {failure}") from None
            if not os.access(folder, os.W_OK):
                raise Unusable(f"reports should go to {folder}, but nothing can be written there")
        self._options = dict(option.partition("=")[::2] for option in arguments.options)
        self._tuning = Tuning(self._options)
        self._parts: list[Part] = []
        self._exit_code = RED
        self._interrupted = False
        self._began_s = now_s()

    def run(self, record: RunRecord, launching: Callable[..., Any], surroundings: Surroundings) -> int:
        """Run the suites in order, and return 0, 1 or, where somebody interrupted it, 130 (RUN-5)."""
        arguments, limit = self._arguments, self._tuning.limit
        planned = select(Path("features"), arguments.paths, arguments.tags, arguments.name)
        found = parted(planned, self._configured.suites, self._names, NAMES, self._configured.run_limit_s)
        if not found:
            raise Unusable(f"no scenario that was chosen belongs to {', '.join(self._names)}")
        self._parts = [_part(suite, scenarios, limit) for suite, scenarios in found]
        for part in self._parts:
            part.state = LEFT_OUT if part.name == PERFORMANCE and arguments.skip_performance else NOT_RUN
        to_run = [(each, part) for each, part in zip(found, self._parts, strict=True) if part.state != LEFT_OUT]
        record.plans(scenario.blank for (_, scenarios), _ in to_run for scenario in scenarios)
        target = arguments.options and self._options.get("target")
        elsewhere = names_a_service(self._options)
        check(self._configured, read(Path(target) if target else None, self._options) if elsewhere else None)
        run_limit_s = limit(max(suite.run_limit_s or self._configured.run_limit_s for suite, _ in found))
        ends_s = time.monotonic() + run_limit_s
        codes = []
        try:
            with surroundings(arguments) as (folder, stack):
                for (suite, scenarios), part in to_run:
                    print(f"Suite {part.name}: {len(scenarios)} scenarios", flush=True)
                    left_s = ends_s - time.monotonic()
                    if left_s <= 0:
                        part.state, part.over = "", f"the run had gone over its limit of {run_limit_s:g} s"
                        continue
                    codes.append(self._runs(part, scenarios, left_s, record, launching, folder, stack))
                    if self._interrupted or (arguments.fail_fast and suite.required and self._is_red(part)):
                        break
        except KeyboardInterrupt:
            self._interrupted = True
        if missing := record.ends():
            print(missing[:1].upper() + missing[1:])
            codes.append(RED)
        self._exit_code = INTERRUPTED if self._interrupted else RED if any(codes) else 0
        return self._exit_code

    def _runs(
        self, part: Part, scenarios: list[Planned], left_s: float, record: RunRecord, launching: Callable[..., Any],
        folder: Path, stack: Path | None,
    ) -> int:  # fmt: skip
        profile = self._folder / "profile" / part.name if self._arguments.profile else None
        if profile:
            profile.mkdir(parents=True, exist_ok=True)
        launch = launching(scenarios, self._arguments, record, limit_s=min(part.limit_s, left_s), profile=profile)
        began_s = time.monotonic()
        code = int(launch.run_in(folder, stack))
        part.state, part.took_s, part.resources = "", time.monotonic() - began_s, launch.needed
        if profile:
            (profile / "memory.json").write_text(json.dumps(launch.needed), "utf-8")
        if launch.ran_over:
            whose = f"its limit of {part.limit_s:g} s" if left_s > part.limit_s else "the limit of the whole run"
            part.over = f"ended after {part.took_s:.0f} s, over {whose}"
        self._interrupted = launch.was_cancelled and not launch.ran_over
        return code or RED * launch.ran_over

    def _is_red(self, part: Part) -> bool:
        ran = {each.history_id: each for each in read_results(self._arguments.results)}
        return bool(part.over) or any(
            one not in ran or ran[one].verdict in ("failed", "broken", "not run") for one in part.scenarios
        )

    def report(self) -> None:
        """Write every report, say which gates are met, and tell the channels; none of that changes the exit code."""
        results = read_results(self._arguments.results)
        load = [each for result in results for each in result.workloads]
        compared = [] if self._interrupted else hold_against(self._history / "baselines", load)
        found = run_report.summary(
            results, self._parts, exit_code=self._exit_code, interrupted=self._interrupted, began_s=self._began_s,
            ended_s=now_s(), security=self._configured.security, compared=compared, settings=self._settings(),
            metrics=self._configured.metrics, flaky=flakiness(verdicts.note(self._history, results)),
        )  # fmt: skip
        run_report.write(found, self._folder)
        print(summary(results))
        for suite in found["suite_results"]:
            print(f"  {suite['suite_name']}: {suite['status']}{f' ({note})' if (note := suite['note']) else ''}")
        for gate in found["gates"]:
            figure = "" if gate["figure"] is None else f": {gate['figure']:.4g}, threshold {gate['threshold']:g}"
            print(f"  gate {gate['name']} {gate['verdict']}{figure}")
        for each in found["success_metrics"]:
            print(f"  {each['name']}: {each['shown']} of {each['promised']} shown, {each['verdict']}")
        print(f"  {found['flaky']['words']}")
        for each in found["comparisons"]:
            for words in each["told"]:
                print(f"  worse than before: {each['endpoint']}: {words}")
        print(f"Reports: {self._folder}", flush=True)
        if not self._interrupted:
            for words in notices.tell(found, self._history):
                print(words, flush=True)

    def _settings(self) -> dict[str, str]:
        self._tuning.limit(1.0)
        self._tuning.load(1)
        return dict(self._tuning.altered)


def _part(suite: Suite, scenarios: list[Planned], limit: Callable[[float], float]) -> Part:
    ids = frozenset(scenario.history_id for scenario in scenarios)
    return Part(suite.name, suite.required, limit(suite.limit_s), ids)
