"""`python -m earshot run`: the features in several behave processes at once, one folder of results and one verdict.

They share one embedded stack; those that ask for other settings have instances of their own. Each is dealt a bundle of
scenarios whenever it has nothing to do. Scenarios tagged @alone follow when all others have ended, with one worker; so
do those that need a service to themselves, where none can be started for them; and then once more those whose verdict
stayed open.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from earshot.book.summary import summary, unwelcome
from earshot.evidence.junit import TEST_RESULTS, write_junit
from earshot.evidence.record import RunRecord, read_results
from earshot.failures import Unusable
from earshot.measure.flakiness import flakiness
from earshot.running import suited
from earshot.running.again import run_again
from earshot.running.backend import started
from earshot.running.plan import Planned, bundles, keep_durations, read_durations, select, shuffled
from earshot.running.progress import ProgressFormatter
from earshot.running.worker import ALLURE, EVERYTHING, FORKING, NEEDED, work
from earshot.scratch import named_for
from earshot.side_by_side import environment_of
from earshot.targets.definition import names_a_service
from earshot.targets.embedded import EmbeddedTarget

JOBS_PER_CORE = 4
"""Scenarios mostly wait: for speech to pass, for records, for silence to be sure of."""
DURATIONS = Path(".earshot/durations.json")
PROGRESS = f"{ProgressFormatter.__module__}:{ProgressFormatter.__name__}"
LONGEST_BUNDLE_S = 4.0
"""Short enough that all workers end at about the same time, long enough that files are not read too often."""
AGAIN_WITHIN_S = 120.0
"""For how long scenarios whose verdict stayed open are begun once more."""
LOOPS_PER_CORE = 2
TOLD_EVERY_S = 10.0
ENDS_WITHIN_S = 15.0
RED, INTERRUPTED = 1, 130
RESULTS = Path("allure-results")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="*", help="feature files, file:line, or folders; default: all")
    parser.add_argument("--jobs", type=_at_least_one, default=default_jobs(), help="at once; default here: %(default)s")
    parser.add_argument("--tags", action="append", default=[], help="which scenarios, as behave takes it")
    parser.add_argument(
        "-D", dest="options", action="append", default=[], metavar="NAME=VALUE", help="as behave takes it"
    )
    parser.add_argument("--name", action="append", default=[], metavar="REGEX", help="which scenarios, by their titles")
    parser.add_argument("--results", type=Path, help=f"default: {RESULTS}")
    parser.add_argument("--junit", type=Path, metavar="FILE", help=f"JUnit XML; default: {TEST_RESULTS}")
    parser.add_argument("--verbose", action="store_true", help="tell every step, and how long it took")
    suited.add_arguments(parser)
    parser.add_argument("--repeat", type=_at_least_one, default=1, metavar="K", help="run everything K times")
    parser.add_argument("--shuffle", action="store_true", help="in an order of chance")
    parser.add_argument("--seed", type=int, help="of that order, to repeat it")
    parser.add_argument("--stress", action="store_true", help="keep every core busy meanwhile")
    parser.add_argument("--start", metavar="COMMAND", help="start the service by this before, and stop it after")
    parser.add_argument("--watch", action="store_true", help="again at every change, until Ctrl-C")
    parser.add_argument("--once", dest="watch", action="store_false", help="not again, in spite of --watch")
    parser.add_argument(
        "--watch-also",
        action="append",
        default=[],
        type=Path,
        metavar="FOLDER",
        help="what else is watched for changes",
    )
    parser.add_argument(
        "--strict", dest="options", action="append_const", const="strict", help="red when any verdict stays open"
    )


def default_jobs() -> int:
    """Return how many scenarios run at once unless told otherwise."""
    return JOBS_PER_CORE * (os.cpu_count() or 1)


def run(arguments: argparse.Namespace) -> int:
    """Run, print a summary, and return 0 only if every scenario passed or was skipped in every repetition; else 1.

    An interrupted run returns 130.

    However it ends, what it came to is written as JUnit XML, too.
    """
    if arguments.watch:
        return run_again([*sys.argv[1:], "--once"], arguments.watch_also)
    suites = suited.suites_of(arguments)
    folder = arguments.output_dir or Path()
    arguments.results = arguments.results or folder / RESULTS
    arguments.junit = arguments.junit or folder / (suited.TEST_RESULTS if suites else TEST_RESULTS)
    record = RunRecord(arguments.results)
    arguments.junit.unlink(missing_ok=True)
    with suited.debugging(arguments):
        try:
            with record:
                return suites.run(record, Launch, surroundings) if suites else _run(arguments, record)
        finally:
            write_junit(read_results(arguments.results), arguments.junit)
            if suites:
                suites.report()


def _run(arguments: argparse.Namespace, record: RunRecord) -> int:
    scenarios = select(Path("features"), arguments.paths, arguments.tags, arguments.name)
    seed = arguments.seed if arguments.seed is not None else secrets.randbelow(10**6)
    verdicts: defaultdict[str, list[str]] = defaultdict(list)
    exit_code = 0
    with _stress(arguments.stress):
        for repetition in range(arguments.repeat):
            if arguments.repeat > 1:
                print(f"Repetition {repetition + 1} of {arguments.repeat}")
            order = scenarios
            if arguments.shuffle:
                print(f"Shuffled with --seed {seed + repetition}")
                order = shuffled(scenarios, seed + repetition)
            if repetition:
                record.begins()
            launch = Launch(order, arguments, record)
            exit_code |= launch.run()
            if launch.was_cancelled:
                return INTERRUPTED
            results = read_results(arguments.results)
            for result in results:
                verdicts[result.full_name].append(result.status)
            keep_durations(DURATIONS, results)
            if arguments.repeat > 1:
                for line in unwelcome(results):
                    print(line, flush=True)
    print(summary(results))
    if arguments.repeat > 1:
        exit_code |= _tell_differing(verdicts, arguments.repeat)
    return exit_code


class Launch:
    def __init__(
        self,
        scenarios: Sequence[Planned],
        arguments: argparse.Namespace,
        record: RunRecord,
        *,
        limit_s: float = math.inf,
        profile: Path | None = None,
    ) -> None:
        """It is ended after `limit_s`; what takes processor time is kept in the folder `profile`, if there is one."""
        self._limit_s = limit_s
        self._profile = profile
        self.ran_over = False
        """Whether it was ended because it took longer than it may."""
        self.needed: dict[str, float] = {}
        """What its workers needed: the largest peak of memory, and all processor time."""
        self._scenarios = scenarios
        self._arguments = arguments
        self._record = record
        self._workers: list[BaseProcess] = []
        self._have_ended = threading.Event()
        self._display = ProgressDisplay(len(scenarios), verbose=arguments.verbose)
        self.was_cancelled = False
        """Whether somebody ended it before its time."""
        self._dealing = threading.Lock()
        self._options = dict(option.partition("=")[::2] for option in arguments.options)
        together = [scenario for scenario in scenarios if not self._runs_alone(scenario)]
        self._bundles = self._bundled(together)
        self._groups: defaultdict[int, set[str]] = defaultdict(set)
        """The services with other settings that each worker has running, or had."""
        self._alone = [scenario.place for scenario in scenarios if self._runs_alone(scenario)]
        self._again: list[str] | None = None
        """What stayed open and is tried once more at the end; None before that is known."""
        self._ends_at = math.inf

    def run(self) -> int:
        """Run them and return the exit code: 0 only if every worker ended well and every scenario was run."""
        self._record.plans(scenario.blank for scenario in self._scenarios)
        with surroundings(self._arguments) as (folder, stack):
            code = self.run_in(folder, stack)
        if missing := self._record.ends():
            print(missing[:1].upper() + missing[1:], file=sys.stderr)
            code = RED
        return code

    def run_in(self, folder: Path, stack: Path | None) -> int:
        """Run them in a folder for what passes between workers; 0 only if every worker ended well."""
        previous = signal.signal(signal.SIGTERM, lambda *_: self._cancel())
        timer = threading.Timer(self._limit_s, self._runs_over) if self._limit_s < math.inf else None
        if timer:
            timer.daemon = True
            timer.start()
        try:
            codes = self._run_workers(folder, stack)
        except KeyboardInterrupt:
            self._cancel()
            codes = [RED]
        finally:
            if timer:
                timer.cancel()
            signal.signal(signal.SIGTERM, previous)
            self._display.close()
        return RED if any(codes) else 0

    def _runs_over(self) -> None:
        """End what takes too long: workers are interrupted, and killed if that does not help."""
        self.was_cancelled = self.ran_over = True
        for ending in (signal.SIGINT, signal.SIGKILL):
            for worker in self._workers:
                if worker.pid:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(worker.pid, ending)
            if ending is signal.SIGINT:
                self._have_ended.wait(ENDS_WITHIN_S)
            if self._have_ended.is_set():
                return

    def _bundled(self, scenarios: Sequence[Planned]) -> list[list[Planned]]:
        """Return what is dealt at a time: all at once to a single worker, and one by one in an order of chance."""
        if self._arguments.shuffle:
            return [[scenario] for scenario in scenarios]
        if self._arguments.jobs == 1:
            return [list(scenarios)] if scenarios else []
        return bundles(scenarios, read_durations(DURATIONS), LONGEST_BUNDLE_S)

    def _run_workers(self, folder: Path, stack: Path | None) -> list[int]:
        count = max(1, min(self._arguments.jobs, len(self._bundles)))
        logs = [folder / f"worker-{number}.log" for number in range(count)]
        dealers = []
        for number, log in enumerate(logs):
            ours, its = FORKING.Pipe()
            told = environment_of(number, count, folder=folder, stack=stack)
            profile = self._profile and self._profile / f"{number}.prof"
            worker: BaseProcess = FORKING.Process(target=work, args=(its, self._command(), told, log, profile))
            worker.start()
            its.close()
            self._workers.append(worker)
            dealers.append(threading.Thread(target=self._deal, args=(number, ours), daemon=True))
        for dealer in dealers:
            dealer.start()
        for worker in self._workers:
            worker.join()
        self._have_ended.set()
        for dealer in dealers:
            dealer.join()
        needed = [json.loads(file.read_text()) for log in logs if (file := log.with_suffix(NEEDED)).exists()]
        for name, together in (("peak_memory_mb", max), ("cpu_s", sum)) if needed else ():
            self.needed[name] = round(together(each[name] for each in needed), 3)
        if not self.was_cancelled:
            for words in dict.fromkeys(complaint for log in logs for complaint in _complaints(log)):
                print(words, file=sys.stderr)
        return [worker.exitcode or 0 for worker in self._workers]

    def _command(self) -> list[str]:
        options = [part for option in self._arguments.options for part in ("-D", option)]
        formats = ["-f", ALLURE, "-o", str(self._arguments.results), "-f", PROGRESS]
        return [*formats, "--tags", EVERYTHING, *options]

    def _deal(self, number: int, worker: Connection[Any, Any]) -> None:
        """Deal to one worker until nothing is left, and listen to what it tells."""
        while True:
            try:
                news = worker.recv()
                if "idle" in news:
                    worker.send(self._next_for(number))
                else:
                    self._display.tell(news)
            except (EOFError, OSError):  # it has ended
                return

    def _runs_alone(self, scenario: Planned) -> bool:
        return scenario.alone or (scenario.needs_own_service and names_a_service(self._options))

    def _next_for(self, number: int) -> list[str] | None:
        """Return what a worker is to do next; the first one takes what must run alone, once all others have ended."""
        with self._dealing:
            if self.was_cancelled:
                return None
            if self._bundles:
                # A worker that has started a service with other settings goes on with those who ask for it.
                mine = (bundle for bundle in self._bundles if bundle[0].group in self._groups[number])
                bundle = next(mine, self._bundles[0])
                self._bundles.remove(bundle)
                self._groups[number] |= {bundle[0].group} - {""}
                return [scenario.place for scenario in bundle]
        if number > 0:
            return None
        for other in self._workers[1:]:
            other.join()
        if self._alone:
            alone, self._alone = self._alone, []
            return _by_file(alone)
        return self._next_again()

    def _next_again(self) -> list[str] | None:
        """Return the next of those that stayed open, which may have been due to what else the machine did then."""
        if self._again is None:
            self._ends_at = time.monotonic() + AGAIN_WITHIN_S
            open_ones = {
                each.history_id for each in read_results(self._record.folder) if each.verdict == "inconclusive"
            }
            self._again = [scenario.place for scenario in self._scenarios if scenario.history_id in open_ones]
        if not self._again or time.monotonic() > self._ends_at:
            return None
        self._display.expects(1)
        return [self._again.pop(0)]

    def _cancel(self) -> None:
        """End every worker, and with it the instances it started."""
        self.was_cancelled = True
        for worker in self._workers:
            if worker.pid and worker.is_alive():
                os.kill(worker.pid, signal.SIGINT)
        deadline = time.monotonic() + ENDS_WITHIN_S
        for worker in self._workers:
            worker.join(max(0.0, deadline - time.monotonic()))
            if worker.is_alive():
                worker.kill()


class ProgressDisplay:
    """What somebody sees while a run goes on: one line that changes on a terminal, a line now and then elsewhere."""

    def __init__(self, planned: int, *, verbose: bool = False) -> None:
        """Where it is `verbose` it tells every step of a scenario that has ended (ARC-201)."""
        self._planned = planned
        self._verbose = verbose
        self._began = time.monotonic()
        self._told_at = self._began
        self._running = 0
        self._done = 0
        self._red: list[str] = []
        self._lock = threading.Lock()
        self._is_terminal = sys.stdout.isatty()

    def tell(self, news: dict[str, Any]) -> None:
        """Take one line of a worker."""
        with self._lock:
            if "began" in news:
                self._running += 1
            else:
                self._running -= 1
                self._done += 1
                if self._verbose:
                    steps = (f"\n  {took_s:7.3f} s  {status:8}{words}" for words, status, took_s in news["steps"])
                    self._print(f"{news['status']}: {news['ended']}{''.join(steps)}")
                elif news["red"]:
                    self._print(f"{news['status']}: {news['ended']}")
                if news["red"]:
                    self._red.append(news["ended"])
            self._refresh()

    def expects(self, more: int) -> None:
        with self._lock:
            self._planned += more

    def close(self) -> None:
        """Leave the last state on the screen."""
        with self._lock:
            self._print(self._line())

    def _refresh(self) -> None:
        if self._is_terminal:
            sys.stdout.write(f"\r\x1b[K{self._line()}")
            sys.stdout.flush()
        elif time.monotonic() - self._told_at >= TOLD_EVERY_S:
            self._told_at = time.monotonic()
            self._print(self._line())

    def _print(self, words: str) -> None:
        print(f"\r\x1b[K{words}" if self._is_terminal else words, flush=True)

    def _line(self) -> str:
        elapsed_s = time.monotonic() - self._began
        left = ""
        if 0 < self._done < self._planned:
            left = f", about {_minutes(elapsed_s / self._done * (self._planned - self._done))} left"
        return (
            f"{self._done} of {self._planned} done, {self._running} running, {len(self._red)} failed, "
            f"{_minutes(elapsed_s)} elapsed{left}"
        )


@contextlib.contextmanager
def surroundings(arguments: argparse.Namespace) -> Iterator[tuple[Path, Path | None]]:
    """Give a folder for what passes between workers and, unless the service is elsewhere, a file to join ours by."""
    options = dict(option.partition("=")[::2] for option in arguments.options)
    with tempfile.TemporaryDirectory(prefix=named_for("run")) as name, contextlib.ExitStack() as open_things:
        folder = Path(name)
        open_things.enter_context(_service(arguments.start, options))
        stack = None
        if not names_a_service(options):
            target = open_things.enter_context(contextlib.closing(EmbeddedTarget(twin=options.get("twin"))))
            stack = folder / "stack.json"
            target.share(stack)
        yield folder, stack


def _service(command: str | None, options: Mapping[str, str]) -> contextlib.AbstractContextManager[None]:
    """Return what starts the service, where the run is to do that, and stops it."""
    if command is None:
        return contextlib.nullcontext()
    if not names_a_service(options):
        raise Unusable("--start: expected together with the address at which the service will be, got it alone")
    return started(command)


@contextlib.contextmanager
def _stress(wanted: bool) -> Iterator[None]:
    """Keep every core busy by processes that do nothing but count.

    Each has a session of its own: Linux deals the processor out to sessions first, so that loops of one session,
    however many, take no more than one worker does.
    """
    loop = [sys.executable, "-c", "import os\nstarter = os.getppid()\nwhile os.getppid() == starter: pass"]
    count = LOOPS_PER_CORE * (os.cpu_count() or 1) if wanted else 0
    busy = [subprocess.Popen(loop, start_new_session=True) for _ in range(count)]
    try:
        yield
    finally:
        for process in busy:
            process.kill()
            process.wait()


def _tell_differing(verdicts: dict[str, list[str]], repetitions: int) -> int:
    """Print every scenario whose verdict ever differed, and return whether there was one."""
    differing = {name: given for name, given in verdicts.items() if len(set(given)) > 1 or len(given) != repetitions}
    for name, given in sorted(differing.items()):
        print(f"  {' '.join(given)}  {name}")
    print(f"{len(differing)} of {len(verdicts)} scenarios differed in {repetitions} repetitions")
    runs = [
        {name: given[number] for name, given in verdicts.items() if len(given) > number}
        for number in range(repetitions)
    ]
    print(flakiness(runs).words)
    return RED if differing else 0


def _by_file(places: Sequence[str]) -> list[str]:
    """Return places in an order in which those of one file follow one another, so that it is read once."""
    files = list(dict.fromkeys(place.rpartition(":")[0] for place in places))
    return sorted(places, key=lambda place: files.index(place.rpartition(":")[0]))


def _complaints(log: Path) -> list[str]:
    """Return what a worker said that somebody should know: why it could not begin, or how it broke."""
    words = log.read_text("utf-8", errors="replace") if log.exists() else ""
    return [line.strip() for line in words.splitlines() if line.startswith("HOOK-ERROR in before_all")] or (
        [words.strip()] if "Traceback (most recent call last)" in words and "Errored scenarios" not in words else []
    )


def _minutes(duration_s: float) -> str:
    return f"{duration_s // 60:.0f}:{duration_s % 60:02.0f}"


def _at_least_one(text: str) -> int:
    number = int(text) if text.isdigit() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number of at least 1, got {text!r}")
    return number
