"""The rendered report is opened as a text: what is in it, and what it must not contain."""

from __future__ import annotations

import base64
import gzip
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from earshot.book import allure_page, renderer, report
from earshot.book.summary import summary
from earshot.cli import main
from earshot.evidence.record import note_whole, read_results
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
    return report.render(results, tmp_path_factory.mktemp("report")).page.read_text("utf-8")


def embedded(page: str, name: str) -> Any:
    """Return one of the JSON files that Allure keeps inside its page."""
    found = re.search(rf'\b([dz])\("{re.escape(name)}","([^"]*)"\)', page)
    assert found, f"the page holds no {name}"
    data = base64.b64decode(found[2])
    return json.loads(gzip.decompress(data) if found[1] == "z" else data)


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
    monkeypatch.setattr(allure_page, "without_outside_requests", lambda page: page)
    untouched = report.render(results, tmp_path).page.read_text("utf-8")
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
    assert harmless.partition("</head>")[2] in allure_page.without_outside_requests(harmless)
    with pytest.raises(Unusable, match="no request to an outside host"):
        allure_page.without_outside_requests(harmless.replace("</body>", f"{remnant}</body>"))


def test_scenarios_stand_under_system_feature_and_rule(page: str) -> None:
    tree = embedded(page, "widgets/default/tree.json")
    groups = tree["groupsById"]

    def below(ids: list[str]) -> dict[str, Any]:
        return {groups[i]["name"]: (below(groups[i].get("groups", [])), len(groups[i].get("leaves", []))) for i in ids}

    shown = below(tree["root"]["groups"])
    assert shown["Broadcast"] == ({"Verdicts": ({"The same inside a rule": ({}, 24)}, 48)}, 0)
    assert shown["Conversation"] == ({"Identities": ({"Speakers": ({}, 3), "Listeners": ({}, 4)}, 1)}, 0)
    assert len(tree["leavesById"]) == 86


def test_links_lead_to_the_pages_beside_the_report(page: str, results: Path, tmp_path: Path) -> None:
    assert 'open("trace.html#" + link.textContent)' in page
    assert '<a href="overview.html">' in page
    rendered = report.render(results, tmp_path)
    for name in ("trace.html", "overview.html"):
        assert (rendered.page.parent / name).read_text("utf-8").startswith("<!DOCTYPE html>")


def test_the_overview_leads_to_the_scenarios_of_the_report(results: Path, tmp_path: Path) -> None:
    rendered = report.render(results, tmp_path)
    anchors = set(re.findall(r'href="index\.html#(\w+)"', rendered.overview.read_text("utf-8")))
    shown = rendered.page.read_text("utf-8")
    assert anchors
    assert [anchor for anchor in anchors if f'"data/test-results/{anchor}.json"' not in shown] == []


def test_categories_are_told_apart(page: str) -> None:
    nodes = embedded(page, "widgets/categories.json")["nodes"].values()
    counts = {node["name"]: node["statistic"]["total"] for node in nodes if node["type"] == "category"}
    assert counts == {"Promise broken": 14, "Harness fault": 27, "Inconclusive": 12, "Not checked": 12}


def test_the_words_are_ours(page: str) -> None:
    scripts = [base64.b64decode(code) for code in re.findall(r"data:text/javascript;base64,([\w+/=]+)", page)]
    for theirs, ours in allure_page.WORDS.items():
        assert sum(script.count(ours) for script in scripts) == 1
        assert not any(theirs in script for script in scripts)


def test_data_is_compressed_and_expands_to_what_it_was(page: str) -> None:
    name, plain = "data/attachments/x.html", b"<p>seen</p>" * 500
    small = allure_page.compressed(f'Promise.all([d("{name}","{base64.b64encode(plain).decode()}"),d("y","eHg=")])')
    found = re.search(r'z\("([^"]*)","([^"]*)"\)', small)
    assert found and found[1] == name and gzip.decompress(base64.b64decode(found[2])) == plain
    assert len(found[2]) < len(plain) / 10
    assert 'd("y","eHg=")' in small
    assert page.index("function z(") < page.index('z("data/')


def test_the_quality_gate_decides(results: Path, tmp_path: Path) -> None:
    assert report.render(results, tmp_path / "red").complaints == ("41 of the scenarios failed or broke, and 0 may",)
    kept = [json.loads(file.read_text("utf-8")) for file in results.glob("*-result.json")]
    (tmp_path / "green").mkdir()
    for result in kept:
        if result["status"] in ("passed", "skipped", "unknown"):
            (tmp_path / "green" / f"{result['uuid']}-result.json").write_text(json.dumps(result))
    assert report.render(tmp_path / "green", tmp_path / "out").complaints == ("nobody knows what was to be run",)
    note_whole(tmp_path / "green")
    assert report.render(tmp_path / "green", tmp_path / "out").complaints == ()
    elsewhere = ["--out", str(tmp_path / "again"), "--history", str(tmp_path / "history.jsonl")]
    assert main(["report", "--results", str(tmp_path / "green"), *elsewhere]) == 0


def test_history_grows_with_each_run_once(results: Path, tmp_path: Path) -> None:
    history = tmp_path / "history.jsonl"
    first, second = (shutil.copytree(results, tmp_path / name) for name in ("first", "second"))
    for folder in (first, second):
        (folder / report.RENDERED).unlink(missing_ok=True)
    for folder in (first, first, second):
        report.render(folder, tmp_path / "out", history)
    assert len(history.read_text("utf-8").splitlines()) == 2
    shown = (tmp_path / "out" / "index.html").read_text("utf-8")
    ids = re.findall(r'"data/test-results/(\w+)\.json"', shown)
    assert len(embedded(shown, f"data/test-results/{ids[0]}.json")["history"]) == 1


def test_summary_counts_by_feature_and_tells_the_worst(results: Path) -> None:
    lines = summary(read_results(results)).splitlines()
    assert lines[:5] == [
        "  Broadcast / Verdicts       12 failed, 24 broken, 12 inconclusive, 12 skipped, 12 passed",
        "  Conversation / Identities  8 passed",
        "  Nothing here is reached    1 failed, 2 broken",
        "  Rules with hooks           1 failed, 1 broken, 1 passed",
        "86 scenarios: 14 failed, 27 broken, 12 inconclusive, 12 skipped, 21 passed",
    ]
    assert lines[5].startswith("  failed: ")
    assert lines[-1] == "  … and 41 more"


def test_only_the_last_try_counts(tmp_path: Path) -> None:
    for start, status in ((2, "passed"), (1, "failed")):
        result = {"uuid": str(start), "historyId": "one", "start": start, "status": status}
        (tmp_path / f"{start}-result.json").write_text(json.dumps(result))
    assert [result.status for result in read_results(tmp_path)] == ["passed"]


def test_command_line_prints_address_and_summary(
    results: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", "--results", str(results), "--out", str(tmp_path), "--history", str(tmp_path / "h")]) == 1
    printed = capsys.readouterr().out
    assert "86 scenarios: " in printed
    assert f"Report:   {(tmp_path / 'index.html').as_uri()}" in printed
    assert f"Overview: {(tmp_path / 'overview.html').as_uri()}" in printed
    assert printed.endswith("Quality gate: 41 of the scenarios failed or broke, and 0 may\n")


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
        assert renderer.find_node() == [str(node)]
    else:
        with pytest.raises(Unusable, match=r"Node 22 or newer.*requirements-report\.txt"):
            renderer.find_node()


def test_the_lock_file_names_no_download_address() -> None:
    lock = json.loads((ROOT / "report" / "package-lock.json").read_text("utf-8"))
    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []
    assert all("integrity" in package for name, package in lock["packages"].items() if name)
