"""The specification: what is read from the features, and what its readers see."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

from earshot.book.requirements import load_requirements
from earshot.book.spec import add_arguments, run
from earshot.book.specification import Book, Scenario, read_features
from earshot.book.specification_page import render_book
from earshot.evidence.results import ScenarioResult
from earshot.evidence.verdicts import Category
from earshot.failures import Unusable
from earshot.running import plan

REQUIREMENTS = """\
system: broadcast
title: Radio
groups:
  - id: REQ-1
    title: Pausing
    requirements:
      - {id: REQ-1.1, text: Listeners learn of a pause., level: must, observability: W, source: "4"}
      - {id: REQ-1.2, text: A pause is short., level: should, observability: W, budget: 50 ms, source: "4"}
      - {id: REQ-1.3, text: A pause is <kept>., level: must, observability: X, source: "4", deploy_only: it is set up}
"""
FEATURE = """\
@broadcast @normal
Feature: Pausing & resuming
  A speaker may take a break.

  Background:
    Given Ana is broadcasting

  Scenario: Outside of every rule
    When Ana pauses
    Then Lena is told

  @REQ-1.1
  Rule: Everybody is told
    Whoever listens, that is.

    Background:
      Given Lena listens

    @REQ-9.9 @critical @needs-table @owner:Ana
    Scenario: Listeners learn of it
      When Ana says "<b>Back</b> in 5 s"
      Then Lena is told
      And the notice says
        | who | when |
        | Ana | now  |

    @REQ-1.2
    Scenario Outline: A pause of <length>
      When Ana pauses for <length>
      Then Lena reads "<words>"

      Examples: Short ones
        | length    | words |
        | 1 minute  | soon  |
        | 2 minutes | later |

      @minor
      Examples:
        | length | words |
        | 1 hour | bye   |
"""
MADE_AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class Project:
    """A contract folder and a features folder of one test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.features = folder / "features"
        self.contract = folder / "contract"
        self.features.mkdir()
        self.contract.mkdir()
        (self.contract / "radio.requirements.yaml").write_text(REQUIREMENTS, encoding="utf-8")
        (self.features / "pause.feature").write_text(FEATURE, encoding="utf-8")

    def scenario(self, title: str) -> Scenario:
        return next(s for feature in read_features(self.features) for s in feature.scenarios if s.title == title)

    def page(self, results: Mapping[str, ScenarioResult] | None = None) -> str:
        book = Book(load_requirements(self.contract), read_features(self.features), results or {})
        return render_book(book, made_at=MADE_AT)


class PageReader(HTMLParser):
    """Collects the ids of a page, its tags, every address it points to, and its words."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.tags: set[str] = set()
        self.addresses: set[str] = set()
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        given = dict(attrs)
        self.ids += [given["id"] or ""] if "id" in given else []
        self.addresses |= {given[name] or "" for name in ("href", "src") if name in given}

    def handle_data(self, data: str) -> None:
        self.words += data.split()

    @property
    def text(self) -> str:
        return " ".join(self.words)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def verdict(status: str, word: str, reason: str = "") -> ScenarioResult:
    category = None if word in ("kept", "broken") else Category(word.capitalize())
    return ScenarioResult(status=status, category=category, message=reason, ended_ms=round(MADE_AT.timestamp() * 1000))


def test_features_are_read_as_they_are_written(project: Project) -> None:
    (feature,) = read_features(project.features)
    outside, rule = feature.rules
    assert (feature.title, feature.system, feature.file) == (
        "Pausing & resuming",
        "broadcast",
        "features/pause.feature",
    )
    assert [sentence.text for sentence in feature.background] == ["Ana is broadcasting"]
    assert (outside.title, outside.background) == (None, ())
    assert (rule.title, rule.description) == ("Everybody is told", "Whoever listens, that is.")
    assert [sentence.text for sentence in rule.background] == ["Lena listens"]
    told = rule.scenarios[0].sentences
    assert [(s.keyword, s.kind) for s in told] == [("When", "when"), ("Then", "then"), ("And", "then")]
    assert told[2].table == (("who", "when"), ("Ana", "now"))


def test_tags_are_inherited_and_the_nearest_severity_counts(project: Project) -> None:
    learnt = project.scenario("Listeners learn of it")
    assert (learnt.ids, learnt.severity) == (("REQ-1.1", "REQ-9.9"), "critical")
    assert learnt.traits == ("needs-table", "owner:Ana")
    outline = project.scenario("A pause of <length>")
    assert (outline.ids, outline.severity) == (("REQ-1.1", "REQ-1.2"), "normal")
    assert [examples.title for examples in outline.examples] == ["Short ones", ""]


def test_scenarios_and_rows_have_the_history_of_the_run(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    found = [id_ for feature in read_features(project.features) for s in feature.scenarios for id_ in s.history_ids]
    monkeypatch.chdir(project.folder)
    planned = plan.select(Path("features"), [], [])
    assert sorted(found) == sorted(scenario.history_id for scenario in planned)
    outline = project.scenario("A pause of <length>")
    assert [row.history_id for table in outline.examples for row in table.rows] == list(outline.history_ids)


def test_the_book_says_everything_and_points_nowhere_else(project: Project) -> None:
    page = PageReader(project.page())
    for words in (
        "Pausing & resuming",
        "A speaker may take a break.",
        "Given in the whole chapter Given Ana is broadcasting",
        "Whoever listens, that is.",
        "When Ana says “<b>Back</b> in 5 s”",
        "who when Ana now",
        "Short ones length words 1 minute soon 2 minutes later length words 1 hour bye",
        "REQ-1.1 Listeners learn of a pause. (must; not yet reviewed)",
        "REQ-1.2 A pause is short. (should, 50 ms; not yet reviewed)",
        "REQ-9.9 No such requirement.",
        "Critical; needs the state tables of the service; answered for by Ana",
        "A pause is <kept>. Must; not yet reviewed. Only seen in deployment: it is set up.",
        "No results are shown",
    ):
        assert words in page.text
    assert len(page.ids) == len(set(page.ids))
    assert {address.removeprefix("#") for address in page.addresses} <= set(page.ids)
    assert all(address.startswith("#") for address in page.addresses)
    assert not page.tags & {"script", "link", "img", "iframe", "b"}


def test_scenarios_of_equal_title_have_anchors_of_their_own(project: Project) -> None:
    (project.features / "again.feature").write_text(FEATURE, encoding="utf-8")
    page = PageReader(project.page())
    assert len(page.ids) == len(set(page.ids))
    assert {address.removeprefix("#") for address in page.addresses} <= set(page.ids)


def test_each_system_is_a_part_of_its_own(project: Project) -> None:
    other = FEATURE.replace("@broadcast", "@conversation").replace("Pausing & resuming", "Keeping")
    (project.features / "a.feature").write_text(other, encoding="utf-8")
    text = PageReader(project.page()).text
    places = [text.rindex(words) for words in ("Radio 1 Pausing & resuming", "Conversation 2 Keeping")]
    assert places == sorted(places)


def test_an_outline_is_as_good_as_its_gravest_row(project: Project) -> None:
    outline = project.scenario("A pause of <length>")
    kept, late, skipped = outline.history_ids
    verdicts = {
        kept: verdict("passed", "kept"),
        late: verdict("failed", "latency budget", "Lena was told after 80 ms."),
        skipped: verdict("skipped", "not checked", "There are no tables."),
    }
    text = PageReader(project.page(verdicts)).text
    assert "1 minute soon kept 2 minutes later latency budget" in text
    assert "1 hour bye not checked" in text
    assert "A pause of length latency budget Lena was told after 80 ms. There are no tables. When" in text
    assert "Listeners learn of it no result When" in text
    assert "3 scenarios: 1 latency budget, 2 no result." in text
    assert "0 of 3 kept" in text
    assert "Verdicts are those of the run of 20 November 2026, 12:00 UTC." in text


def test_a_chapter_that_was_not_run_is_not_called_broken(project: Project) -> None:
    text = PageReader(project.page({"another": verdict("passed", "kept")})).text
    assert "1 Pausing & resuming no result Everybody is told" in text
    assert "0 of 3" not in text


def test_verdicts_have_the_words_of_the_report(tmp_path: Path) -> None:
    def result(status: str, category: str | None = None) -> ScenarioResult:
        labels = [{"name": "verdict", "value": category}] if category else []
        found = {
            "status": status,
            "stop": MADE_AT.timestamp() * 1000,
            "labels": labels,
            "statusDetails": {"message": "why"} if category else None,
        }
        return ScenarioResult.of(found, tmp_path)

    kept, open_, broken = result("passed"), result("unknown", "Inconclusive"), result("broken")
    assert (kept.word, kept.message, kept.ended) == ("kept", "", MADE_AT)
    assert (open_.word, open_.message, open_.ended) == ("inconclusive", "why", MADE_AT)
    assert broken.word == "broken"


def test_the_book_says_who_reviewed_which_wording(project: Project) -> None:
    known = load_requirements(project.contract).by_id()
    entry = 'sha256: "{}", date: "2026-11-19", reviewer: "Bo <Berg>"'
    reviewed = [
        f"  REQ-1.1: {{{entry.format(known['REQ-1.1'].fingerprint)}}}",
        f"  REQ-1.2: {{{entry.format('another')}}}",
    ]
    (project.contract / "reviewed.yaml").write_text("\n".join(["reviewed:", *reviewed]), encoding="utf-8")
    text = PageReader(project.page()).text
    assert "(must; reviewed by Bo <Berg> on 2026-11-19)" in text
    assert "(should, 50 ms; changed since the review by Bo <Berg> on 2026-11-19 )" in text
    assert "Must; not yet reviewed." in text


@pytest.mark.parametrize(("out", "written"), [("book", "book/index.html"), ("new/book.html", "new/book.html")])
def test_the_command_writes_a_page_and_says_where(
    project: Project, capsys: pytest.CaptureFixture[str], out: str, written: str
) -> None:
    results = project.folder / "results"
    results.mkdir()
    history_id = project.scenario("Outside of every rule").history_ids[0]
    kept = {"uuid": "u", "historyId": history_id, "status": "passed", "start": 0, "stop": 1}
    (results / "u-result.json").write_text(json.dumps(kept), encoding="utf-8")
    assert command(project, "--results", str(results), "--out", str(project.folder / out)) == 0
    assert "1 of 3 kept" in PageReader((project.folder / written).read_text("utf-8")).text
    assert capsys.readouterr().out == f"Specification: {(project.folder / written).as_uri()}\n"


def test_results_that_are_named_must_be_there(project: Project) -> None:
    with pytest.raises(Unusable, match="there are no results in"):
        command(project, "--results", str(project.folder), "--out", str(project.folder / "book"))


def command(project: Project, *options: str) -> int:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    folders = ["--features", str(project.features), "--contract", str(project.contract)]
    return run(parser.parse_args([*folders, *options]))
