"""A small set of tests in a folder of its own, which a scenario runs to show how tests can be run.

The tests know no service but one that is up, which a command starts as --start does. Each run is a process of its own.
"""

from __future__ import annotations

import contextlib
import http.server
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any
from xml.etree import ElementTree as Xml

from prometheus_client.parser import text_string_to_metric_families

from earshot.agreement import NAMES
from earshot.book.run_report import FIGURES, SUMMARY
from earshot.book.run_report import TEST_RESULTS as SUITE_RESULTS
from earshot.evidence.junit import ELEMENTS, TEST_RESULTS
from earshot.evidence.record import read_results
from earshot.evidence.results import ScenarioResult
from earshot.failures import NotGranted, Unusable
from earshot.running.plan import select
from earshot.running.suites import PERFORMANCE
from earshot.scratch import named_for
from earshot.targets.embedded import ROOT
from earshot.targets.health import health_of

HOOK = ROOT / "hooks" / "pre-commit"
ENDS_WITHIN_S = 60.0
SUITES_END_WITHIN_S = 120.0
GONE_WITHIN_S = 5.0
AGAIN_WITHIN_S = 5.0
LOOK_EVERY_S = 0.05
TESTS: Mapping[str, str] = {
    "One passes": "@websocket @normal @BELL-2",
    "Another passes": "@normal",
    "A slow one passes": "@slow @websocket @minor",
}
"""The tests of the second chapter, and their marks."""
SUITES: Mapping[str, str] = {"opening": "@critical", "performance": "@websocket", "chapter": "@normal"}
"""The suites that these tests belong to, each with one test and in this order a phase each, by their marks; all but
`performance` are required."""
METRICS = {"opening": ["BELL-1"], "chapter": ["BELL-2", "BELL-3"], "closing": ["BELL-4"]}
"""The kinds of promises: of the first test, of the second chapter, which shows one of two, and of none."""
OUTPUT = "reports"
NOBODY: Mapping[str, str] = MappingProxyType({})
SECRET = "xoxb-12345678"
"""Stands in the addresses of whoever is told of a run."""
FIRST = "The first one"
"""The only test of the first chapter; what it does, a scenario says."""
_STEPS = """\
import pathlib, time
from behave import given

@given("it passes")
def step_passes(context): pass

@given("it fails")
def step_fails(context): raise AssertionError("the bell is silent & <broken>")

@given("it fails every other time")
def step_flickers(context):
    turns = pathlib.Path("turns")
    count = int(turns.read_text()) if turns.exists() else 0
    turns.write_text(str(count + 1))
    assert count % 2, "it fails at first"

@given("it takes a minute")
def step_takes(context):
    pathlib.Path("busy").touch()
    time.sleep(60)

@given("it answers under load")
def step_load(context):
    from earshot.evidence.workloads import attach
    from earshot.measure.workloads import workload
    context.stage.tuning.load(10)
    took_s, rate = map(float, pathlib.Path("load").read_text().split())
    answers = [(took_s, True)] * 100
    attach(workload("/bell", "GET", answers, concurrency=10, duration_s=100 / rate, at=str(time.time())))

@given("it says something private")
def step_says(context):
    context.stage.ledger.note("Ana", "I am ana@private.example, +4930111222, token=abcdef123456")

@given("it goes on for 60 seconds")
def step_goes_on(context): context.stage.tuning.of("sustained_s", 60.0)
"""
_ENVIRONMENT = f"import runpy\nglobals().update(runpy.run_path({str(ROOT / 'features' / 'environment.py')!r}))\n"
_SERVICE = """\
import http.server, json, os, pathlib, signal, sys
class Up(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps({"status": sys.argv[3]}).encode()
        self.send_response(200 if self.path == sys.argv[2] else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
server = http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Up)
pathlib.Path("service").write_text(str(os.getpid()))
server.serve_forever()
"""
_STRANGER = 'import socket, time; silent = socket.create_server(("127.0.0.1", {port})); time.sleep(60)'


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run came to."""

    status: int
    said: str
    results: Sequence[ScenarioResult] = ()
    told: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """For each case of the file for build servers, by its name: the verdict with the time, and why."""
    counts: Mapping[str, int] = field(default_factory=dict)
    """What that file says of how many cases it has, and how many of which kind."""

    @property
    def verdicts(self) -> dict[str, str]:
        """The verdict on each test with the time that it took, as the report has them."""
        return {result.name: _verdict(result.verdict, f"{result.duration_s:.3f}") for result in self.results}

    @property
    def counted(self) -> dict[str, int]:
        """What the counts should be, by what the report says."""
        elements = [ELEMENTS.get(result.verdict) for result in self.results]
        kinds = {"failures": "failure", "errors": "error", "skipped": "skipped"}
        return {"tests": len(elements), **{name: elements.count(kind) for name, kind in kinds.items()}}


class Rehearsal:
    """The folder and what is run in it; closed, it is gone with everything that still ran there."""

    def __init__(self, first: str) -> None:
        """`first` is what the first test does: passes, fails or takes a minute, say; `_STEPS` has them all."""
        self.folder = Path(tempfile.mkdtemp(prefix=named_for("rehearsal")))
        self.outcome = Outcome(0, "")
        """That of the last run."""
        self.chosen: list[str] = []
        """The tests that were chosen without being run."""
        self._processes: list[subprocess.Popen[str]] = []
        self.channels: dict[str, Receiver] = {}
        """Who is told of runs, by name."""
        self.left_elsewhere: list[str] = []
        """What the last run of suites left outside its folder of reports."""
        self._before: set[Path] = set()
        system, health = next((name, health) for name in reversed(NAMES) if (health := health_of(name)) is not None)
        steps = self.folder / "features" / "steps"
        steps.mkdir(parents=True)
        tests = "".join(f"\n  {tags}\n  Scenario: {name}\n    Given it passes\n" for name, tags in TESTS.items())
        (steps / "steps.py").write_text(_STEPS, "utf-8")
        (steps.parent / "environment.py").write_text(_ENVIRONMENT, "utf-8")
        (steps.parent / "second.feature").write_text(f"@{system}\nFeature: Second\n{tests}", "utf-8")
        (steps.parent / "first.feature").write_text(
            f"@{system}\nFeature: First\n\n  @critical @BELL-1\n  Scenario: {FIRST}\n    Given it {first}\n", "utf-8"
        )
        (self.folder / "load").write_text("0.1 100")
        port = _free_port()
        (self.folder / "service.py").write_text(_SERVICE, "utf-8")
        self.service = f"{sys.executable} service.py {port} {health.path} {health.states[0]}"
        """The command that starts the service."""
        self.stranger = f"{sys.executable} -c '{_STRANGER.format(port=port)}'"
        """The command that starts somebody who listens where the service should, and says nothing."""
        self.address = ["-D", f"{system}_http=http://127.0.0.1:{port}"]

    def chooses(self, *paths: str, tags: Sequence[str] = (), names: Sequence[str] = ()) -> None:
        """Choose tests as a run does: by paths below the folder of features, tags and parts of titles."""
        features = self.folder / "features"
        with contextlib.suppress(Unusable):
            self.chosen = [one.title for one in select(features, [str(features / path) for path in paths], tags, names)]

    def runs(self, *options: str, start: str | None = None) -> None:
        """Run the tests with these options, and a service that is started beside them."""
        self._ended(self._begins([*self._command(start), *options]))

    def is_interrupted(self) -> None:
        """Run the tests, and interrupt the run as Ctrl-C does while one of them takes its time."""
        run = self._begins(self._command(None))
        self._until((self.folder / "busy").exists, run, "a test is busy")
        run.send_signal(signal.SIGINT)
        self._ended(run)

    def runs_suites(
        self,
        *options: str,
        limit_s: float = 60,
        run_limit_s: float = 1800,
        start: str | None = None,
        told: Mapping[str, str] = NOBODY,
    ) -> None:
        """Run the suites, the first of which may take so long, with one folder for all reports."""
        run = self._begins_suites(*options, limit_s=limit_s, run_limit_s=run_limit_s, start=start, told=told)
        self._suites_ended(run)

    def is_interrupted_in_suites(self) -> None:
        """Run the suites, and interrupt the run while the first test takes its time."""
        run = self._begins_suites()
        self._until((self.folder / "busy").exists, run, "a test is busy")
        run.send_signal(signal.SIGINT)
        self._suites_ended(run)

    def runs_suites_twice(self, took_s: float, rate: float) -> None:
        """Run the suites, and again with answers that take so long instead of 0.1 s, and so many a second, not 100."""
        self.runs_suites(told=self.told())
        (self.folder / "load").write_text(f"{took_s} {rate}")
        self.runs_suites(told=self.told())

    def told(self, slack: str = "well") -> dict[str, str]:
        """Return the variables by which a run is to tell Slack, which behaves so, and PagerDuty."""
        if not self.channels:
            self.channels = {name: Receiver(SECRET) for name in ("Slack", "PagerDuty")}
        self.channels["Slack"].behave(slack)
        slack_url, pager_url = (channel.address for channel in self.channels.values())
        return {
            "EARSHOT_SLACK_URL": slack_url,
            "EARSHOT_PAGERDUTY_URL": pager_url,
            "EARSHOT_PAGERDUTY_KEY": f"key-{SECRET}",
        }

    def fails_then_passes(self) -> None:
        """Run the suites with a first test that fails, and again when that is mended."""
        self.runs_suites(told=self.told())
        first = self.folder / "features" / "first.feature"
        first.write_text(first.read_text("utf-8").replace("it fails", "it passes"), "utf-8")
        self.runs_suites(told=self.told())

    @property
    def summary(self) -> dict[str, Any]:
        """What the last run of suites came to, for programs."""
        return dict(json.loads((self.folder / OUTPUT / SUMMARY).read_text("utf-8")))

    @property
    def figures(self) -> dict[tuple[str, str | None], float]:
        """What the last run of suites has for Prometheus, by name and suite."""
        written = (self.folder / OUTPUT / FIGURES).read_text("utf-8")
        families = text_string_to_metric_families(written)
        return {(each.name, each.labels.get("suite")): each.value for family in families for each in family.samples}

    @property
    def figure_names(self) -> frozenset[str]:
        """What the figures of the last run of suites are called, those without a value among them."""
        written = (self.folder / OUTPUT / FIGURES).read_text("utf-8")
        return frozenset(line.split()[2] for line in written.splitlines() if line.startswith("# TYPE"))

    def _begins_suites(
        self,
        *options: str,
        limit_s: float = 60,
        run_limit_s: float = 1800,
        start: str | None = None,
        told: Mapping[str, str] = NOBODY,
    ) -> subprocess.Popen[str]:
        suites = [
            {
                "name": name,
                "limit_s": limit_s if name == "opening" else 60,
                "required": name != PERFORMANCE,
                "tags": tags,
                "phase": phase,
            }
            for phase, (name, tags) in enumerate(SUITES.items(), 1)
        ]
        needs = [{"variable": "STORE_URL", "what": "the store"}]
        metrics = {name: {"target": 0.9, "promises": promises} for name, promises in METRICS.items()}
        configured = json.dumps({"run_limit_s": run_limit_s, "suites": suites, "needs": needs, "metrics": metrics})
        (self.folder / "suites.yaml").write_text(configured, "utf-8")
        self._before = set(self.folder.iterdir())
        fixed = ["--config", "suites.yaml", "--output-dir", OUTPUT]
        return self._begins([*self._command(start), *fixed, *options], **told)

    def _suites_ended(self, run: subprocess.Popen[str]) -> None:
        status = run.wait(SUITES_END_WITHIN_S)
        junit = self.folder / OUTPUT / SUITE_RESULTS
        if junit.exists():
            self._ended(run, self.folder / OUTPUT / "allure-results", junit)
        else:
            self.outcome = Outcome(status, self._said())
        self.left_elsewhere = [
            each.name
            for each in set(self.folder.iterdir()) - self._before
            if each.name not in (OUTPUT, "said", "service")
        ]

    def is_watched(self) -> None:
        """Run the tests at every change, save one during the first run and one after the second, then end it."""
        run = self._begins([*self._command(None), "--watch"])
        self._until((self.folder / "service").exists, run, "the service is up")
        self._saves("first.feature")
        self._await_said(run, "Waiting for a change", 2)
        self._saves("steps/steps.py")
        self._await_said(run, "Changed: features/steps/steps.py", 1, AGAIN_WITHIN_S)
        self._await_said(run, "Waiting for a change", 3)
        run.send_signal(signal.SIGINT)
        self._ended(run)

    def is_checked_before_a_commit(self, start: str | None = None) -> None:
        """Make the check before a commit, as git does."""
        subprocess.run(["git", "init", "--quiet", str(self.folder)], check=True)
        _, address = self.address
        check = f"--jobs 1 -D {address}"
        run = self._begins([str(HOOK)], PYTHON=sys.executable, EARSHOT_START=start or self.service, EARSHOT_CHECK=check)
        results = self.folder / ".earshot" / "pre-commit"
        self._ended(run, results, results.with_suffix(".xml"))

    def leaves_running(self) -> list[str]:
        """Return what still runs in the folder a moment after a run has ended; NotGranted where no machine tells."""
        if not Path("/proc/self/cwd").exists():
            raise NotGranted("this machine does not tell where a process runs")
        deadline = time.monotonic() + GONE_WITHIN_S
        while (running := self._running()) and time.monotonic() < deadline:
            time.sleep(LOOK_EVERY_S)
        return running

    def _running(self) -> list[str]:
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if (process / "cwd").readlink() == self.folder:
                    found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        return found

    def close(self) -> None:
        for channel in self.channels.values():
            channel.close()
        for process in self._processes:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
        shutil.rmtree(self.folder)

    def _command(self, start: str | None) -> list[str]:
        start = start or self.service
        return [sys.executable, "-m", "earshot", "run", "--jobs", "1", *self.address, "--start", start]

    def _begins(self, command: Sequence[str], **environment: str) -> subprocess.Popen[str]:
        said = (self.folder / "said").open("w")
        surroundings = {name: value for name, value in os.environ.items() if not name.startswith(("EARSHOT_", "GIT_"))}
        process = subprocess.Popen(
            command,
            cwd=self.folder,
            env={**surroundings, "PYTHONPATH": str(ROOT), **environment},
            stdout=said,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            preexec_fn=_can_be_interrupted,  # it does nothing that another thread could hold up
        )
        said.close()
        self._processes.append(process)
        return process

    def _ended(self, run: subprocess.Popen[str], results: Path | None = None, junit: Path | None = None) -> None:
        status = run.wait(ENDS_WITHIN_S)
        junit = junit or self.folder / TEST_RESULTS
        if not junit.exists():
            raise AssertionError(f"the run should leave {junit.name}, but there is none; it said: {self._said()}")
        root = Xml.parse(junit).getroot()
        cases = {
            case.attrib["name"]: (_verdict(verdict, case.attrib["time"]), reason)
            for case in root.iter("testcase")
            for verdict, reason in [next(((each.attrib["type"], each.text or "") for each in case), ("passed", ""))]
        }
        counts = {name: int(root.attrib[name]) for name in ("tests", "failures", "errors", "skipped")}
        found = read_results(results or self.folder / "allure-results")
        self.outcome = Outcome(status, self._said(), found, cases, counts)

    def _said(self) -> str:
        return (self.folder / "said").read_text("utf-8")

    def _saves(self, name: str) -> None:
        file = self.folder / "features" / name
        file.write_text(file.read_text("utf-8") + "\n", "utf-8")

    def _await_said(self, run: subprocess.Popen[str], words: str, times: int, within_s: float = ENDS_WITHIN_S) -> None:
        what = f"“{words}” was said {times} times"
        self._until(lambda: self._said().count(words) >= times, run, what, within_s)

    def _until(
        self, comes: Callable[[], bool], run: subprocess.Popen[str], what: str, within_s: float = ENDS_WITHIN_S
    ) -> None:
        deadline = time.monotonic() + within_s
        while not comes():
            if time.monotonic() > deadline or run.poll() is not None:
                raise AssertionError(f"the run should go on until, within {within_s:g} s, {what}, but: {self._said()}")
            time.sleep(LOOK_EVERY_S)


class Receiver:
    """Somebody on this machine who is told of runs, and remembers; closed, the place is empty."""

    def __init__(self, secret: str) -> None:
        self.told: list[dict[str, Any]] = []
        self.way = "well"
        """How it answers: well, refuses, or hangs; or it is gone."""
        told = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if told.way == "hangs":
                    told.closed.wait(ENDS_WITHIN_S)
                    return
                told.told.append(json.loads(body))
                self.send_response(500 if told.way == "refuses" else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.closed = threading.Event()
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}/{secret}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def behave(self, way: str) -> None:
        self.way = way
        if way == "is gone":
            self.close()

    def close(self) -> None:
        if not self.closed.is_set():
            self.closed.set()
            self._server.shutdown()
            self._server.server_close()


def _can_be_interrupted() -> None:
    """Take an interrupt for one, also where this run was started in the background, which ignores them."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _verdict(verdict: str, time_s: str) -> str:
    return f"{verdict} ({time_s} s)"


def _free_port() -> int:
    """Return a port that nobody listens on, of those that the system gives to no connection meanwhile."""
    for port in random.sample(range(20_000, 30_000), 100):
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise Unusable("there is no free port between 20000 and 30000")
