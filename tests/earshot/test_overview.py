"""The overview says what the results say: which promises are kept, broken, open or not checked, and why."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from earshot.book.overview import Overview, Shown, State, SystemOverview, overview
from earshot.book.overview_page import render_overview
from earshot.book.promises import ScenarioRef, Trace
from earshot.book.requirements import load_requirements
from earshot.evidence.budgets import NAME, Measured
from earshot.evidence.record import note_whole
from earshot.evidence.results import ScenarioResult

REQUIREMENTS = load_requirements()
SOMEWHERE = ScenarioRef("features/x.feature", 3, "Elsewhere", "X")
TRACE = Trace(REQUIREMENTS, dict.fromkeys(("REQ-6.1", "REQ-6.2", "REQ-6.3"), (SOMEWHERE,)), {})


def result(name: str, status: str, *promises: str, why: str = "", category: str = "", **more: Any) -> dict[str, Any]:
    labels = [("epic", "Broadcast"), ("feature", "Pausing"), *([("verdict", category)] if category else [])]
    return {
        "uuid": name,
        "historyId": name,
        "name": name,
        "status": status,
        "statusDetails": {"message": why},
        "start": 1_000,
        "stop": 1_000 + 10 * len(name),
        "labels": [{"name": label, "value": value} for label, value in labels],
        "steps": [{"name": "Then Lena hears it", "status": status}],
        "links": [{"type": "requirement", "name": id_, "url": f"trace.html#{id_}"} for id_ in promises],
        **more,
    }


def seen(folder: Path, *results: dict[str, Any]) -> Overview:
    note_whole(folder)
    return overview(folder, [ScenarioResult.of(each, folder) for each in results], TRACE)


def broadcast(found: Overview) -> SystemOverview:
    return next(each for each in found.systems if each.name == "broadcast")


def shown(found: Overview, id_: str) -> Shown:
    return next(each for each in broadcast(found).promises if each.requirement.id == id_)


@pytest.mark.parametrize(
    ("ends", "state"),
    [
        ([("passed", "")], State.KEPT),
        ([("passed", ""), ("skipped", "Not checked")], State.PARTLY),
        ([("passed", ""), ("unknown", "Not run")], State.PARTLY),
        ([("passed", ""), ("failed", "Promise broken"), ("unknown", "Inconclusive")], State.BROKEN),
        ([("passed", ""), ("broken", "Harness fault")], State.OPEN),
        ([("passed", ""), ("unknown", "Inconclusive")], State.OPEN),
        ([("unknown", "Not run")], State.NOT_CHECKED),
        ([("skipped", "Known issue"), ("passed", "")], State.KNOWN),
        ([("skipped", "Not checked")], State.NOT_CHECKED),
        ([], State.NOT_CHECKED),
    ],
)
def test_the_worst_that_is_said_counts(tmp_path: Path, ends: list[tuple[str, str]], state: State) -> None:
    results = [result(f"S{n}", status, "REQ-6.1", category=kind) for n, (status, kind) in enumerate(ends)]
    assert shown(seen(tmp_path, result("other", "passed", "REQ-6.2"), *results), "REQ-6.1").state is state


def test_a_promise_is_broken_by_a_then_alone(tmp_path: Path) -> None:
    in_vain = result("S", "failed", "REQ-6.1", why="Ana was refused", category="Promise broken")
    in_vain["steps"] = [
        {"name": "Given Ana is broadcasting", "status": "failed"},
        {"name": "Then x", "status": "skipped"},
    ]
    found = seen(tmp_path, in_vain, result("T", "passed", "REQ-6.2"))
    assert shown(found, "REQ-6.1").state is State.OPEN
    html = render_overview(found)
    assert "No promise is broken, but 1 scenario went wrong." in html
    assert "Could not be shown, because: Ana was refused" in html


def test_kept_means_that_every_scenario_passed(tmp_path: Path) -> None:
    trace = Trace(REQUIREMENTS, {"REQ-6.1": (SOMEWHERE, replace(SOMEWHERE, line=9, rows=2))}, {})
    found = overview(tmp_path, [ScenarioResult.of(result("S", "passed", "REQ-6.1"), tmp_path)], trace)
    assert (shown(found, "REQ-6.1").state, shown(found, "REQ-6.1").why) == (State.PARTLY, "1 of 3")
    assert "(1 of 3 scenarios)" in render_overview(found)


def test_why_nothing_was_checked(tmp_path: Path) -> None:
    found = seen(tmp_path, result("S", "skipped", "REQ-6.1", why="not checked: no table", category="Not checked"))
    deployed = next(r.id for r in REQUIREMENTS if r.deploy_only)
    assert shown(found, "REQ-6.1").why == "not checked: no table"
    assert shown(found, "REQ-6.2").why == "their scenarios were left out of this run"
    assert shown(found, "REQ-7.1").why == "nobody wrote a scenario yet"
    assert shown(found, deployed).why == "they can only be seen in a deployment"


def test_what_workers_saw_of_the_contract_is_added_up(tmp_path: Path) -> None:
    for number, counts in enumerate(({"a": 1}, {"a": 2, "b": 1})):
        kept = {"system": "broadcast", "declared": ["a", "b", "c"], "seen": counts, "unknown": {"received x": 1}}
        (tmp_path / f"contract-seen-{number}.json").write_text(json.dumps(kept))
    (tmp_path / "contract-seen-other.json").write_text(
        json.dumps({"system": "studio", "declared": ["z"], "seen": {"z": 1}, "unknown": {}})
    )
    messages = broadcast(seen(tmp_path, result("S", "passed"))).messages
    assert messages is not None
    assert (messages.seen, messages.unseen, messages.unknown) == ({"a": 3, "b": 1}, ["c"], {"received x": 2})
    html = render_overview(seen(tmp_path, result("S", "passed")))
    assert "2 of 3 kinds of message" in html and "<span>c</span>" in html and "<span>received x</span>" in html


def test_budgets_come_with_the_least_headroom_first(tmp_path: Path) -> None:
    measured = [
        Measured("joining", 1000, 200, "pass", "", kind="WebSocket"),
        Measured("answers", 500, 490, "pass", "", kind="chat"),
        Measured("lost", 100, None, "fail", ""),
    ]
    for number, each in enumerate(measured):
        (tmp_path / f"{number}.json").write_text(json.dumps(asdict(each)))
    attached = [{"name": NAME, "source": f"{number}.json", "type": "application/json"} for number in range(3)]
    found = seen(tmp_path, result("S", "passed", attachments=attached[:1], steps=[{"attachments": attached[1:]}]))
    assert [each.what for _, each in broadcast(found).budgets] == ["lost", "answers", "joining"]
    html = render_overview(found)
    assert "80% left" in html and "2% left" in html and "never came" in html and "too slow" in html
    assert re.findall(r"<h4>(.*?)</h4>", html) == ["Chat", "WebSocket", "Other"]


def test_the_page_tells_what_is_broken_and_where_to_look(tmp_path: Path) -> None:
    found = seen(
        tmp_path,
        result(
            "Paused & told",
            "failed",
            "REQ-6.1",
            why="Lena <was> told nothing\n\nAnd then: more",
            category="Promise broken",
        ),
        result("Fine", "passed", "REQ-6.2"),
        result("Tidying up", "broken", why="disk full", category="Harness fault"),
    )
    html = render_overview(found)
    assert "1 promise is broken." in html
    assert "Lena &lt;was&gt; told nothing" in html and "And then" not in html
    assert re.search(r'href="index\.html#[0-9a-f]{32}">Paused &amp; told</a>, failed', html)
    assert '<a class="id" href="trace.html#REQ-6.1">' in html
    assert "Beyond the promises" in html and "Disk full" in html
    assert "<script" not in html and "default-src 'none'" in html
    assert not re.findall(r'(?:src|href)="(?!index\.html|trace\.html)', html)


@pytest.mark.parametrize(
    ("results", "words"),
    [
        ([("passed", "REQ-6.1", "")], "Every promise that was checked is kept."),
        (
            [("passed", "REQ-6.1", ""), ("unknown", "REQ-6.2", "Inconclusive")],
            "No promise is broken, and of 1 promise nothing can be said.",
        ),
        ([("broken", "REQ-0.0", "Harness fault")], "No promise is broken, but 1 scenario went wrong."),
        ([("skipped", "REQ-6.1", "Not checked")], "No promise was checked."),
    ],
)
def test_the_headline(tmp_path: Path, results: list[tuple[str, str, str]], words: str) -> None:
    made = [result(f"S{n}", status, id_, category=kind) for n, (status, id_, kind) in enumerate(results)]
    assert words in render_overview(seen(tmp_path, *made))


def test_counts_agree_with_the_requirements(tmp_path: Path) -> None:
    system = broadcast(seen(tmp_path, result("S", "passed", "REQ-6.1", "REQ-6.3")))
    assert isinstance(system, SystemOverview) and system.covered == 3
    assert sum((counts for counts in system.by_group().values()), Counter()).total() == sum(
        requirement.system == "broadcast" for requirement in REQUIREMENTS
    )
    assert [each.requirement.id for each in system.having(State.KEPT)] == ["REQ-6.1", "REQ-6.3"]
