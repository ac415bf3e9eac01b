"""Runs by suites: what belongs to which, what is told of them, and what is looked up before (RUN-1 to RUN-17)."""

from __future__ import annotations

import http.server
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from earshot.agreement import CONTRACT
from earshot.book.requirements import load_requirements
from earshot.book.run_report import Part, summary
from earshot.evidence.blank import of_no_scenario
from earshot.evidence.followed import personal, without
from earshot.evidence.results import ScenarioResult
from earshot.failures import Unusable
from earshot.measure.flakiness import flakiness
from earshot.measure.success import Metric, recommendation, shares
from earshot.running.notices import tell
from earshot.running.plan import Planned
from earshot.running.rehearsal import Receiver
from earshot.running.self_check import check
from earshot.running.suites import Configuration, Suite, configuration, insist_on_known, of_phases, parted
from earshot.running.verdicts import note
from earshot.targets.definition import Definition
from earshot.targets.endpoints import Endpoint
from earshot.yaml_files import read_yaml
from reference.calls.figures import Figures

SIGN_IN = {"system": "calls", "role": "operator", "at": "/login", "then": "/me"}


def planned(name: str, *tags: str) -> Planned:
    return Planned(f"f.feature:{name}", name, name, frozenset(tags), "", of_no_scenario(name))


def test_each_scenario_belongs_to_one_suite_and_names_choose() -> None:
    suites = configuration().suites
    scenarios = [planned("a", "calls", "CALL-1", "ERR-8"), planned("b", "calls", "PERF-1"), planned("c", "studio")]
    found = {suite.name: [each.title for each in its] for suite, its in parted(scenarios, suites, [], ["studio"], 9)}
    assert found == {"call_flow": ["a"], "performance": ["b"], "studio": ["c"]}
    chosen = parted(scenarios, suites, ["performance"], ["studio"], 9)
    assert [suite.name for suite, _ in chosen] == ["performance"]
    with pytest.raises(Unusable, match="call_flow, pms_connector, auth_flow, resilience, error_recovery, performance"):
        insist_on_known(["call_flow", "nonsense"], suites)


def came(status: str, **more: Any) -> ScenarioResult:
    return ScenarioResult(status=status, history_id=status, **more)


@pytest.mark.parametrize(
    ("statuses", "over", "expected"),
    [
        (["passed", "skipped"], "", "passed"),
        (["passed", "broken"], "", "error"),
        (["failed", "broken"], "", "failed"),
        (["passed"], "ended after 5 s", "error"),
        (["skipped"], "", "skipped"),
    ],
)
def test_a_suite_is_what_its_scenarios_were(statuses: list[str], over: str, expected: str) -> None:
    part = Part("bells", True, 9, frozenset(statuses), over=over)
    found = told([came(status) for status in statuses], part)
    assert found["suite_results"][0]["status"] == expected
    assert found["statistics"]["total"] == len(statuses)


def test_a_probe_that_does_not_pass_is_a_finding() -> None:
    verdicts = {}
    for status in ("passed", "failed", "skipped"):
        found = told([came(status, promises=frozenset({"AUTH-19"}))], Part("bells", True, 9, frozenset({status})))
        verdicts[status] = {gate["name"]: gate["verdict"] for gate in found["gates"]}["security findings"]
    assert verdicts == {"passed": "met", "failed": "missed", "skipped": "not judged"}


def told(results: list[ScenarioResult], *parts: Part) -> dict[str, Any]:
    return summary(
        results, parts, exit_code=0, interrupted=False, began_s=0, ended_s=1,
        security=frozenset({"AUTH-19"}), compared=[], settings={}, metrics=[], flaky=flakiness([]),
    )  # fmt: skip


def test_phases_choose_suites() -> None:
    suites = [Suite("data", 9, True, "", 1), Suite("load", 9, True, "", 2), Suite("calls", 9, True, "")]
    assert of_phases([1, 2], suites) == ["data", "load"]
    assert of_phases([], suites) == []
    with pytest.raises(Unusable, match="--phase 0 3: there is no such phase; there are 1, 2"):
        of_phases([3, 0], suites)


def test_a_promise_is_shown_by_one_scenario_that_passed() -> None:
    metrics = [Metric("errors", 0.5, frozenset({"A-1", "A-2"})), Metric("load", 0.5, frozenset({"A-3"}))]
    found = shares(metrics, {"A-1": {"passed", "failed"}, "A-2": {"failed"}, "A-3": {"skipped"}})
    assert [(each.shown, each.promised, each.verdict) for each in found] == [(1, 2, "met"), (0, 1, "not judged")]
    [missed] = shares([Metric("errors", 0.51, frozenset({"A-1", "A-2"}))], {"A-1": {"passed"}})
    assert missed.verdict == "missed"


def test_every_promise_of_a_system_with_success_metrics_is_of_one_kind() -> None:
    kinds = [promise for metric in configuration().metrics for promise in metric.promises]
    promised = {each.id for each in load_requirements() if each.id.startswith("ARC-")}
    assert len(kinds) == len(set(kinds))
    assert set(kinds) == promised


@pytest.mark.parametrize(("rate", "words"), [(0.49, "Most"), (0.5, "Much"), (0.75, "Some"), (0.9, "relied on")])
def test_what_to_do_follows_from_how_much_passed(rate: float, words: str) -> None:
    assert words in recommendation(rate)
    assert recommendation(None) == ""


def test_flaky_is_what_passed_and_failed_in_runs_of_the_same_code() -> None:
    runs = [{"a": "passed", "b": "failed"}, {"a": "broken", "b": "failed"}, *[{"a": "passed", "b": "skipped"}] * 8]
    assert flakiness(runs).flaky == ("a",) and flakiness(runs).rate == 0.5
    assert flakiness(runs[:9]).rate is None and flakiness(runs[:9]).missing_runs == 1
    assert "a" in flakiness(runs).words


def test_verdicts_are_kept_until_the_code_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    feature = tmp_path / "features" / "a.feature"
    feature.parent.mkdir()
    feature.write_text("Feature: A")
    results = [came("passed", full_name="a")]
    assert len(note(tmp_path, results)) == 1
    assert note(tmp_path, results) == [{"a": "passed"}, {"a": "passed"}]
    feature.write_text("Feature: B")
    assert len(note(tmp_path, results)) == 1


def test_a_channel_that_hangs_holds_up_neither_the_run_nor_the_other(tmp_path: Path) -> None:
    slack, pager = Receiver("secret-path"), Receiver("other")
    slack.behave("hangs")
    variables = {"EARSHOT_SLACK_URL": slack.address, "EARSHOT_PAGERDUTY_URL": pager.address}
    red = told([came("failed")], Part("bells", True, 9, frozenset({"failed"})))
    began_s = time.monotonic()
    said = tell(red, tmp_path, variables)
    assert time.monotonic() - began_s < 5
    assert len(said) == 1 and said[0].startswith("Slack was not told") and "secret-path" not in said[0]
    assert [each["event_action"] for each in pager.told] == ["trigger"]
    slack.close()
    assert tell(red, tmp_path, {}) == []
    pager.close()


def test_nothing_private_is_followed() -> None:
    message = {
        "guest": {"firstName": "Ana", "email": "ana@private.example"},
        "items": [{"room_number": "205"}],
        "id": 7,
    }
    assert list(personal(message)) == ["Ana", "ana@private.example", "205"]
    words = without("Ana in 205, x@y.example, +49 30 111222, 4111 1111 1111 1111, token=abcdef123456", ["Ana", "205"])
    assert not any(private in words for private in ("Ana", "205", "x@y", "111222", "4111", "abcdef"))


@pytest.fixture
def service() -> Iterator[dict[str, Any]]:
    answers: dict[str, Any] = {"/login": (200, {"access_token": "a"}), "/me": (200, {}), "/": (200, {})}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = answers[self.path]
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield answers | {"address": f"http://127.0.0.1:{server.server_port}", "answers": answers}
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("path", "answer", "words"),
    [
        ("/me", (401, {}), "signing keys do not match"),
        ("/login", (401, {}), "lets nobody sign in as operator: status 401"),
        ("/login", (200, {}), "without a token"),
        ("/", (500, {}), r"the voices at 127.0.0.1:\d+ \(VOICES\) is misconfigured: it answers with status 500"),
    ],
)
def test_what_is_wrong_is_named_before_the_suites(
    service: dict[str, Any], path: str, answer: tuple[int, Any], words: str
) -> None:
    needs = [{"variable": "VOICES", "what": "the voices", "answers": True}]
    configured = Configuration([], 9, needs=needs, sign_ins=[SIGN_IN])
    accounts = {"calls": {"operator": {"user": "root@ops.example", "password": "correct horse"}}}
    target = Definition("t", {"calls": Endpoint(http=service["address"])}, accounts=accounts)
    variables = {"VOICES": service["address"] + "/"}
    check(configured, target, variables)
    service["answers"][path] = answer
    with pytest.raises(Unusable, match=words):
        check(configured, target, variables)


def test_what_dashboards_may_show_is_what_the_reference_counts() -> None:
    figures = Figures()
    figures.show({"active_calls": lambda: {"a": 1}, "circuit_breaker_state": lambda: {"a": 0},
                  "backpressure_queue_size": lambda: {"a": 0}})  # fmt: skip
    text = figures.text().decode()
    for figure in read_yaml(CONTRACT / "calls.suites.yaml")["figures"]:
        family = figure.removesuffix("_bucket").removesuffix("_sum")
        assert f"# TYPE {family} " in text, f"{figure} is not counted"
