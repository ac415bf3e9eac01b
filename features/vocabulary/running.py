"""Words of the sentences about how tests are run."""

from __future__ import annotations

import json
import pstats
import re
from collections.abc import Callable
from typing import Protocol

from hamcrest import (
    all_of,
    anything,
    assert_that,
    contains_exactly,
    contains_inanyorder,
    contains_string,
    equal_to,
    greater_than,
    has_entries,
    has_item,
    has_length,
    is_in,
    not_,
    only_contains,
)

from earshot.agreement import CONTRACT
from earshot.matchers.presence import nothing, something
from earshot.running.rehearsal import FIRST, OUTPUT, SECRET, SUITES, TESTS, Rehearsal
from earshot.targets.embedded import ROOT
from earshot.yaml_files import read_yaml
from features.vocabulary.parameters import closed_list, doing, parameter, phrases
from features.vocabulary.shared import World as AnyWorld


class World(AnyWorld, Protocol):
    rehearsal: Rehearsal
    add_cleanup: Callable[[Callable[[], object]], object]


NOT_RUN = "not run (0.000 s)"
NO_SERVICE = "sleep 60"

parameter("Titles", r'"[^"]*"(?:(?:, | and )"[^"]*")*', lambda text: re.findall('"([^"]*)"', text))
closed_list("Colour", {"green": True, "not green": False})
FIRST_TESTS = (
    "passes",
    "fails",
    "fails every other time",
    "takes a minute",
    "goes on for 60 seconds",
    "answers under load",
)
closed_list("FirstTest", {does: does for does in (*FIRST_TESTS, "says something private")})
closed_list("SlackDoes", {way: way for way in ("refuses", "hangs", "is gone")})
closed_list("GateVerdict", {verdict: verdict for verdict in ("met", "missed", "not judged")})
closed_list("SuiteState", {state: state for state in ("passed", "failed", "error", "left out", "not run")})
phrases(
    "WayOfRunning",
    {
        "of the second chapter are chosen": lambda tests: tests.chooses("second.feature"),
        'called "{title:Quoted}" are chosen': doing(lambda tests, title: tests.chooses(names=[title])),
        "marked websocket are chosen": lambda tests: tests.chooses(tags=["@websocket"]),
        "not marked slow are chosen": lambda tests: tests.chooses(tags=["not @slow"]),
        "are run": lambda tests: tests.runs(),
        "are run, and no test is marked as they should be": lambda tests: tests.runs("--tags=@trivial"),
        "are run and interrupted": lambda tests: tests.is_interrupted(),
        "are run at every change, one is saved during a run and one after it, and it is ended": (
            lambda tests: tests.is_watched()
        ),
        "are run before a commit": lambda tests: tests.is_checked_before_a_commit(),
        "are run before a commit, and the service does not come up": (
            lambda tests: tests.is_checked_before_a_commit(NO_SERVICE)
        ),
        "are run, and somebody else listens in the place of the service": lambda tests: tests.runs(
            start=tests.stranger
        ),
        "are run, set to go on for 10 seconds": lambda tests: tests.runs("-D", "sustained_s=10"),
        "are run in suites": lambda tests: tests.runs_suites(told=tests.told()),
        "are run in the suites {titles:Titles}": doing(lambda tests, titles: tests.runs_suites("--suites", *titles)),
        "are run in suites without performance": lambda tests: tests.runs_suites("--skip-performance"),
        "of phase {phase:Number} are run": doing(lambda tests, phase: tests.runs_suites("--phase", str(phase))),
        "of all phases are run, which together may take 5 seconds": lambda tests: tests.runs_suites(
            "--phase", "1", "2", "3", run_limit_s=5
        ),
        "are run in suites {count:Times}": doing(
            lambda tests, count: [tests.runs_suites("--report") for _ in range(count)]
        ),
        "are run, telling every step": lambda tests: tests.runs("--verbose"),
        "are run in suites up to the first that fails": lambda tests: tests.runs_suites("--fail-fast"),
        "are run in suites, the first of which may take 5 seconds": lambda tests: tests.runs_suites(limit_s=5),
        "are run in suites and interrupted": lambda tests: tests.is_interrupted_in_suites(),
        "are run in suites, with reports where nothing can be written": (
            lambda tests: tests.runs_suites("--output-dir", "/proc/reports")
        ),
        "are run in suites, and again with {took_s:Seconds} an answer and {rate:Number} a second": doing(
            lambda tests, took_s, rate: tests.runs_suites_twice(took_s, rate)
        ),
        "are run in suites, and again when the first is mended": lambda tests: tests.fails_then_passes(),
        "are run in suites, and Slack {does:SlackDoes}": doing(
            lambda tests, does: tests.runs_suites(told=tests.told(slack=does))
        ),
        "are run in suites, and the store they are told of is not there": (
            lambda tests: tests.runs_suites(told={"STORE_URL": "redis://127.0.0.1:1"})
        ),
        "are run in suites, with twice the time and half the load": (
            lambda tests: tests.runs_suites("-D", "time_factor=2", "-D", "load_factor=0.5")
        ),
        "are run in suites, message by message": lambda tests: tests.runs_suites("--debug"),
        "are run in suites with a profile": lambda tests: tests.runs_suites("--profile"),
    },
)
"""What is done with the small set of tests that a scenario has."""


def _is(tests: Rehearsal, colour: bool) -> None:
    assert_that(tests.outcome.status == 0, equal_to(colour), f"whether the run is green, which said: {_said(tests)}")


def _tells_build_servers(tests: Rehearsal, count: int) -> None:
    told = {name: verdict for name, (verdict, _) in tests.outcome.told.items()}
    assert_that(told, equal_to(tests.outcome.verdicts), "what build servers are told, as the report has it")
    assert_that(tests.outcome.counts, equal_to(tests.outcome.counted), "how many of which kind")
    assert_that(len(told), equal_to(count), "of how many tests build servers are told")


def _says_of(tests: Rehearsal, title: str, words: str) -> None:
    _, reason = tests.outcome.told[title]
    assert_that(reason, contains_string(words), f"what is said of “{title}”")


def _tells_nothing_was_run(tests: Rehearsal) -> None:
    verdicts = tests.outcome.verdicts
    found = {title: verdicts.get(title) for title in (*TESTS, FIRST)} | {"A slow one passes": NOT_RUN}
    assert_that(
        found, equal_to(dict.fromkeys(found, NOT_RUN)), f"what became of each test, in a run that said: {_said(tests)}"
    )
    assert_that(tests.outcome.said, contains_string(tests.address[-1].partition("=")[2]), "what the run said")


def _agrees(tests: Rehearsal) -> None:
    found, outcome = tests.summary, tests.outcome
    counts, suites = found["statistics"], found["suite_results"]
    told = {"tests": counts["total"], "failures": counts["failed"], "errors": counts["error"]}
    assert_that(told | {"skipped": counts["skipped"]}, equal_to(outcome.counts), "counts for build servers")
    assert_that(outcome.counts, equal_to(outcome.counted), "counts of the results for Allure")
    assert_that(found, has_entries(dict.fromkeys(SUMMARY_FIELDS, anything())), "the summary")
    shown = tests.figures
    for suite in suites:
        name, rate = suite["suite_name"], suite["success_rate"]
        told = {"test_runs_total": 1, "test_duration_seconds": suite["duration"], "test_pass_rate": rate}
        found_there = {figure: shown.get((figure, name)) for figure in told}
        assert_that(found_there, equal_to(told), f"the figures of {name} for Prometheus")
    page = (tests.folder / OUTPUT / "integration_test_report.html").read_text("utf-8")
    for suite in suites:
        assert_that(page, contains_string(suite["suite_name"]), "the page")
    assert_that(tests.left_elsewhere, nothing(), "what lies elsewhere")


def _reports(tests: Rehearsal, titles: list[str], state: str) -> None:
    states = {suite["suite_name"]: suite["status"] for suite in tests.summary["suite_results"]}
    assert_that({name: states.get(name) for name in titles}, equal_to(dict.fromkeys(titles, state)), "the suites")


def _gate(tests: Rehearsal, name: str, verdict: str) -> None:
    verdicts = {gate["name"]: gate["verdict"] for gate in tests.summary["gates"]}
    assert_that(verdicts, has_entries({name: verdict}), "the gates")


def _ran_suites(tests: Rehearsal, titles: list[str]) -> None:
    ran = re.findall(r"^Suite (\w+):", tests.outcome.said, re.MULTILINE)
    assert_that(ran, contains_inanyorder(*titles), f"the suites that were run, by a run that said: {_said(tests)}")


def _told_slack(tests: Rehearsal, words: str) -> None:
    told = [each["text"] for each in tests.channels["Slack"].told]
    assert_that(told[-1:], contains_exactly(contains_string(words)), "the last message to Slack")


def _told_pager(tests: Rehearsal) -> None:
    told = [(each["event_action"], each["dedup_key"]) for each in tests.channels["PagerDuty"].told]
    assert_that(
        told, equal_to([(each, "earshot-opening") for each in ("trigger", "resolve")]), "what PagerDuty is told"
    )
    payload = has_entries(summary="suite opening: failed", severity="critical", source="earshot")
    event = has_entries(routing_key=f"key-{SECRET}", payload=payload)
    assert_that(tests.channels["PagerDuty"].told[0], event, "the event that triggers the alarm")
    assert_that(tests.channels["Slack"].told, has_length(2), "messages to Slack, one for each run")


def _gives_nothing_away(tests: Rehearsal) -> None:
    written = [
        file.read_text("utf-8", errors="replace") for file in (tests.folder / OUTPUT).rglob("*") if file.is_file()
    ]
    for text in (tests.outcome.said, *written):
        for private in (SECRET, "ana@private.example", "+4930111222", "abcdef123456"):
            if private in text and (private == SECRET or text is tests.outcome.said):
                raise AssertionError(f"{private} stands in what the run leaves")


def _tells_steps(tests: Rehearsal) -> None:
    told = re.findall(r"^ +\d+\.\d{3} s  (\w+) +Given it passes$", tests.outcome.said, re.MULTILINE)
    assert_that(
        told, equal_to(["passed"] * len(TESTS)), f"the steps that were told, by a run that said: {_said(tests)}"
    )


def _has_shown(tests: Rehearsal, shown: int, promised: int, name: str, verdict: str) -> None:
    expected = has_entries(name=name, shown=shown, promised=promised, verdict=verdict)
    assert_that(tests.summary["success_metrics"], has_item(expected), "how much of what was promised is shown")


def _leaves_profiles(tests: Rehearsal) -> None:
    for name in SUITES:
        folder = tests.folder / OUTPUT / "profile" / name
        assert_that(
            pstats.Stats(str(folder / "0.prof")).get_stats_profile().func_profiles,
            something(),
            f"functions of {name} seen",
        )
        needed = json.loads((folder / "memory.json").read_text("utf-8"))
        assert_that(needed["peak_memory_mb"], greater_than(1), f"the peak of memory of {name}, in MB")


def _dashboard(tests: Rehearsal) -> None:
    known = set(tests.figure_names)
    known |= {
        figure for file in sorted(CONTRACT.glob("*.suites.yaml")) for figure in read_yaml(file).get("figures", ())
    }
    panels = json.loads((ROOT / "docs" / "dashboard.json").read_text("utf-8"))["panels"]
    queries = [target["expr"] for panel in panels for target in panel["targets"]]
    assert_that(queries, something(), "the queries of the dashboard")
    for query in queries:
        named = set(
            re.findall(r"\b[a-z]+(?:_[a-z]+)+\b", re.sub(r'"[^"]*"|by \([^)]*\)|histogram_quantile', "", query))
        )
        assert_that(named, all_of(something(), only_contains(is_in(known))), f"the figures in {query}")


SUMMARY_FIELDS = (
    "overall_status",
    "start_time",
    "end_time",
    "total_duration",
    "statistics",
    "suite_results",
    "thresholds",
)


def _said(tests: Rehearsal) -> str:
    return tests.outcome.said[-1000:]


phrases(
    "RunOutcome",
    {
        "is {colour:Colour}": doing(_is),
        "says that no test has the mark": lambda tests: assert_that(
            tests.outcome.said, contains_string("has the tags @trivial"), "what the run said"
        ),
        "tells that none of the tests was run, and where the service was looked for": _tells_nothing_was_run,
        "tells build servers of {count:Number} tests, as the report does": doing(_tells_build_servers),
        'says of "{title:Quoted}" that "{words:Quoted}"': doing(_says_of),
        "has run the tests {count:Times}": doing(
            lambda tests, count: assert_that(
                tests.outcome.said.count("3 scenarios: 3 passed"), equal_to(count), f"how often, as {_said(tests)}"
            )
        ),
        "ends with {code:Number}": doing(
            lambda tests, code: assert_that(tests.outcome.status, equal_to(code), f"how it ended, as {_said(tests)}")
        ),
        "has run the suites {titles:Titles}": doing(_ran_suites),
        "has run no suite": lambda tests: assert_that(tests.outcome.said, not_(contains_string("Suite ")), "what ran"),
        'says "{words:Quoted}"': doing(
            lambda tests, words: assert_that(tests.outcome.said, contains_string(words), "what the run said")
        ),
        "reports {titles:Titles} as {state:SuiteState}": doing(_reports),
        "agrees with itself in all its reports, and leaves nothing beside them": _agrees,
        'has the gate "{name:Quoted}" {verdict:GateVerdict}': doing(_gate),
        'tells Slack "{words:Quoted}"': doing(_told_slack),
        "has told each channel once, and PagerDuty that it is over": _told_pager,
        "names both factors in its report": lambda tests: assert_that(
            tests.summary["settings"].values(),
            contains_inanyorder("time_factor is 2 instead of 1", "load_factor is 0.5 instead of 1"),
            "the settings in the report",
        ),
        "gives nothing private away": _gives_nothing_away,
        "tells the duration of each step": _tells_steps,
        'recommends to "{words:Quoted}"': doing(
            lambda tests, words: assert_that(tests.summary["recommendation"], contains_string(words), "what to do")
        ),
        'has shown {shown:Number} of {promised:Number} promises of "{name:Quoted}", {verdict:GateVerdict}': doing(
            _has_shown
        ),
        "leaves what took its time and memory, by suite": _leaves_profiles,
        "is shown by a dashboard of known figures": _dashboard,
        "leaves nothing running": lambda tests: assert_that(tests.leaves_running(), nothing(), "what still runs"),
    },
)
"""What can be said of a run that has ended."""
