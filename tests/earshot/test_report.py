"""The rendered report is opened as a text: what is in it, and what it must not contain."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from earshot import report
from earshot.cli import main
from earshot.failures import Unusable

ROOT = Path(__file__).parents[2]
KIT = Path(__file__).parent / "report_kit"


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("results")
    subprocess.run(
        [sys.executable, "-m", "behave", "-f", "allure_behave.formatter:AllureFormatter", "-o", folder],
        cwd=KIT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        timeout=60,
        check=False,
    )
    return folder


@pytest.fixture(scope="module")
def page(results: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    return report.render(results, tmp_path_factory.mktemp("report")).read_text("utf-8")


def embedded(page: str, name: str) -> Any:
    """Return one of the JSON files that Allure keeps inside its page."""
    found = re.search(rf'd\("{re.escape(name)}","([^"]*)"\)', page)
    assert found, f"the page holds no {name}"
    return json.loads(base64.b64decode(found.group(1)))


def test_the_page_asks_no_outside_host_for_anything(page: str) -> None:
    scripts = [base64.b64decode(code).decode() for code in re.findall(r"data:text/javascript;base64,([\w+/=]+)", page)]
    assert scripts
    for text in (page, *scripts):
        assert "googletagmanager" not in text
    assert not re.findall(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=[\"']?(?:https?:)?//", page)
    policy = "default-src data: blob: 'unsafe-inline' 'unsafe-eval'"
    policy = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    assert page.index(policy) < page.index("<script")


def test_allures_tag_manager_is_what_is_removed(results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "without_outside_requests", lambda page: page)
    untouched = report.render(results, tmp_path).read_text("utf-8")
    assert untouched.count("googletagmanager") == 1


@pytest.mark.parametrize(
    "remnant",
    [
        '<script src="https://cdn.test/a.js"></script>',
        "<link rel=stylesheet href=//cdn.test/a.css>",
        "<script>gtag('js', new Date())</script>",
    ],
)
def test_whatever_else_would_ask_an_outside_host_is_refused(remnant: str) -> None:
    harmless = "<head></head><body><a href='https://tracker.test/7'>7</a></body>"
    assert harmless.partition("</head>")[2] in report.without_outside_requests(harmless)
    with pytest.raises(Unusable, match="no request to an outside host"):
        report.without_outside_requests(harmless.replace("</body>", f"{remnant}</body>"))


def test_scenarios_stand_under_system_feature_and_rule(page: str) -> None:
    tree = embedded(page, "widgets/default/tree.json")
    groups = tree["groupsById"]

    def below(ids: list[str]) -> dict[str, Any]:
        return {groups[i]["name"]: (below(groups[i].get("groups", [])), len(groups[i].get("leaves", []))) for i in ids}

    shown = below(tree["root"]["groups"])
    assert shown["Broadcast"] == ({"Verdicts": ({"The same inside a rule": ({}, 12)}, 24)}, 0)
    assert shown["Studio"] == ({"Identities": ({"Speakers": ({}, 3), "Listeners": ({}, 4)}, 1)}, 0)
    assert len(tree["leavesById"]) == 50


def test_links_lead_to_the_page_of_promises(page: str, results: Path, tmp_path: Path) -> None:
    assert 'open("trace.html#" + link.textContent)' in page
    assert (report.render(results, tmp_path).parent / "trace.html").read_text("utf-8").startswith("<!DOCTYPE html>")


def test_summary_counts_by_feature(results: Path) -> None:
    assert report.summary(report.read_results(results)).splitlines() == [
        "  Broadcast / Verdicts     12 failed, 15 broken, 6 skipped, 3 passed",
        "  Nothing here is reached  1 failed, 2 broken",
        "  Rules with hooks         1 failed, 1 broken, 1 passed",
        "  Studio / Identities      8 passed",
        "50 scenarios: 14 failed, 18 broken, 6 skipped, 12 passed",
    ]


def test_only_the_last_try_counts(tmp_path: Path) -> None:
    for start, status in ((2, "passed"), (1, "failed")):
        result = {"uuid": str(start), "historyId": "one", "start": start, "status": status}
        (tmp_path / f"{start}-result.json").write_text(json.dumps(result))
    assert [result["status"] for result in report.read_results(tmp_path)] == ["passed"]


def test_command_line_prints_address_and_summary(
    results: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", "--results", str(results), "--out", str(tmp_path)]) == 0
    printed = capsys.readouterr().out
    assert "50 scenarios: " in printed
    assert f"Report: {(tmp_path / 'index.html').as_uri()}" in printed


def test_missing_results_are_said_in_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "--results", str(tmp_path)]) == 2
    assert capsys.readouterr().err.startswith(f"earshot: there are no results in {tmp_path}; run ")


@pytest.mark.skipif(os.name == "nt", reason="the stand-in for Node is a shell script")
@pytest.mark.parametrize(("version", "good_enough"), [("v22.1.0", True), ("v100.0.0", True), ("v20.20.2", False)])
def test_node_on_the_path_is_used_from_version_22(
    version: str, good_enough: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = tmp_path / "node"
    node.write_text(f"#!/bin/sh\necho {version}\n")
    node.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    if good_enough:
        assert report.find_node() == [str(node)]
    else:
        with pytest.raises(Unusable, match=r"Node 22 or newer.*requirements-report\.txt"):
            report.find_node()


def test_the_lock_file_names_no_download_address() -> None:
    lock = json.loads((ROOT / "report" / "package-lock.json").read_text("utf-8"))
    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []
    assert all("integrity" in package for name, package in lock["packages"].items() if name)
