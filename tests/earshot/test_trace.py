"""The trace: which scenario shows which promise, and what the command says and answers."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from textwrap import dedent

import jsonschema_rs
import pytest
import yaml

from earshot.book.promises import Trace, trace
from earshot.book.requirements import CONTRACT_DIR, load_requirements, natural_key
from earshot.cli import main

REQUIREMENTS = """\
system: radio
title: Radio
groups:
  - id: REQ-1
    title: Pausing
    requirements:
      - {id: REQ-1.1, text: Listeners learn of a pause., level: must, observability: W, source: "4"}
      - {id: REQ-1.2, text: A pause is stored., level: must, observability: D W, budget: 50 ms, source: "4"}
      - {id: REQ-1.3, text: A pause is short., level: should, observability: W t, source: "4"}
      - {id: REQ-1.4, text: A limit is 60 s., level: must, observability: X, source: "4", deploy_only: set up}
"""
RADIO = "contract/radio.requirements.yaml"
ALL_SHOWN = "@REQ-1.1 @REQ-1.2\nFeature: F\n  Scenario: S\n    Given a step\n"


class Project:
    """A contract folder and a features folder of one test."""

    def __init__(self, folder: Path) -> None:
        self.contract = folder / "contract"
        self.features = folder / "features"
        self.contract.mkdir()
        self.features.mkdir()
        self.requires(REQUIREMENTS)

    def requires(self, text: str, name: str = "radio") -> None:
        (self.contract / f"{name}.requirements.yaml").write_text(text, encoding="utf-8")

    def feature(self, text: str, name: str = "a") -> None:
        (self.features / f"{name}.feature").write_text(dedent(text), encoding="utf-8")

    def trace(self) -> Trace:
        return trace(load_requirements(self.contract), self.features)

    def shown(self) -> dict[str, list[str]]:
        return {id_: [ref.place for ref in refs] for id_, refs in self.trace().shown_by.items()}

    def run(self, *options: str) -> int:
        return main(["trace", "--features", str(self.features), "--contract", str(self.contract), *options])


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def test_tags_are_inherited_from_feature_and_rule(project: Project) -> None:
    project.feature("""\
        @REQ-1.1
        Feature: F
          Scenario: outside
            Given a step

          @REQ-1.2
          Rule: R
            @REQ-1.3
            Scenario: inside
              Given a step
        """)
    assert project.shown() == {
        "REQ-1.1": ["features/a.feature:3", "features/a.feature:9"],
        "REQ-1.2": ["features/a.feature:9"],
        "REQ-1.3": ["features/a.feature:9"],
    }


def test_example_rows_count_with_their_table_and_their_values(project: Project) -> None:
    project.feature("""\
        Feature: F
          @REQ-1.1 @REQ-1.<number>
          Scenario Outline: pause for <number>
            Given a step

            Examples: plain
              | number |
              | 2      |

            @REQ-1.4
            Examples: tagged
              | number |
              | 3      |
        """)
    assert project.shown() == {
        "REQ-1.1": ["features/a.feature:3"],
        "REQ-1.2": ["features/a.feature:8"],
        "REQ-1.3": ["features/a.feature:13"],
        "REQ-1.4": ["features/a.feature:13"],
    }


@pytest.mark.parametrize(
    "scenario",
    [
        "Scenario: no steps",
        "Scenario Outline: no rows\n    Given a step\n    Examples:\n      | n |",
    ],
)
def test_what_cannot_fail_shows_nothing_but_its_unknown_tag_is_found(project: Project, scenario: str) -> None:
    project.feature(f"Feature: F\n  @REQ-1.1 @REQ-9.9\n  {scenario}\n")
    found = project.trace()
    assert not found.shown_by
    assert list(found.orphans) == ["REQ-9.9"]


def test_every_promise_is_in_exactly_one_list(project: Project) -> None:
    project.feature("@critical @needs-table @REQ-1.1 @STU-7\nFeature: F\n  Scenario: S\n    Given a step\n")
    found = project.trace()
    assert [r.id for r in found.covered] == ["REQ-1.1"]
    assert [r.id for r in found.uncovered_must] == ["REQ-1.2"]
    assert [r.id for r in found.uncovered_should] == ["REQ-1.3"]
    assert [(r.id, r.deploy_only) for r in found.deploy_only] == [("REQ-1.4", "set up")]
    assert list(found.orphans) == ["STU-7"]


def test_promises_carry_what_reports_need(project: Project) -> None:
    promise = load_requirements(project.contract).by_id()["REQ-1.2"]
    assert (promise.system, promise.group, promise.budget) == ("radio", "Pausing", "50 ms")
    assert promise.observability == "D W"


def test_accepted_when_every_obligation_is_shown(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    project.feature(ALL_SHOWN)
    assert project.run() == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert last == "3 of 4 requirements accounted for: 2 covered, 1 deploy-only; uncovered 0 must, 1 should"


@pytest.mark.parametrize(
    ("tags", "complaint"),
    [
        ("@REQ-1.1", "Not accepted: must without a scenario: 1"),
        ("@REQ-1.1 @REQ-1.2 @REQ-1.22", "Not accepted: orphan tags: 1"),
    ],
)
def test_refused_with_the_reason(
    project: Project, capsys: pytest.CaptureFixture[str], tags: str, complaint: str
) -> None:
    project.feature(f"{tags}\nFeature: F\n  Scenario: S\n    Given a step\n")
    assert project.run() == 1
    assert complaint in capsys.readouterr().out.splitlines()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("A pause is stored.", "A pause is kept."),
        ("budget: 50 ms", "budget: 90 ms"),
        ("id: REQ-1.2", "id: REQ-1.5"),
    ],
)
def test_a_reviewed_promise_may_not_change_silently(
    project: Project, capsys: pytest.CaptureFixture[str], old: str, new: str
) -> None:
    project.feature("@REQ-1.1 @REQ-1.2 @REQ-1.5\nFeature: F\n  Scenario: S\n    Given a step\n")
    project.requires(REQUIREMENTS)
    project.run("--mark-reviewed", "REQ-1.2", "--reviewer", "Ana Silva")
    assert not project.trace().changed

    project.requires(REQUIREMENTS.replace(old, new))
    assert [change.id for change in project.trace().changed] == ["REQ-1.2"]
    capsys.readouterr()
    assert project.run() == 1
    assert "reviewed by Ana Silva on" in capsys.readouterr().out

    project.run("--mark-reviewed", "--reviewer", "Lena")
    assert not project.trace().changed
    assert not project.trace().not_reviewed


def test_blanks_do_not_count_as_a_change_and_one_review_leaves_the_others_open(project: Project) -> None:
    project.feature(ALL_SHOWN)
    assert project.run("--mark-reviewed", "REQ-1.1", "--reviewer", "Ana") == 0
    project.requires(REQUIREMENTS.replace("Listeners learn of", "Listeners  learn\n          of"))
    found = project.trace()
    assert found.accepted
    assert [r.id for r in found.not_reviewed] == ["REQ-1.2", "REQ-1.3", "REQ-1.4"]


@pytest.mark.parametrize(
    ("options", "names"),
    [
        (["--features", "/nowhere/features"], "/nowhere/features"),
        (["--contract", "/nowhere/contract"], "/nowhere/contract"),
        (["--mark-reviewed", "REQ-7.7", "--reviewer", "Ana"], "REQ-7.7"),
        (["--mark-reviewed", "REQ-1.1"], "--reviewer"),
        (["--json", "/dev/null/trace.json"], "/dev/null/trace.json"),
    ],
)
def test_unusable_options_are_answered_in_one_sentence(
    project: Project, capsys: pytest.CaptureFixture[str], options: list[str], names: str
) -> None:
    project.feature(ALL_SHOWN)
    assert project.run(*options) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert names in output.err
    assert len(output.err.splitlines()) == 1
    assert not (project.contract / "reviewed.yaml").exists()


@pytest.mark.parametrize(
    ("file", "text", "names"),
    [
        (RADIO, "groups: [", "not readable YAML"),
        (RADIO, REQUIREMENTS.replace("level: should", "level: may"), "groups/0/requirements/2"),
        (RADIO, REQUIREMENTS.replace("REQ-1.3", "REQ-1.1"), "REQ-1.1 is used twice"),
        (
            "contract/copy.requirements.yaml",
            REQUIREMENTS,
            "copy.requirements.yaml and radio.requirements.yaml",
        ),
        ("contract/reviewed.yaml", "reviewed: {REQ-1.1: yes}", "sha256, date and reviewer"),
        ("features/a.feature", "no feature at all", "a.feature is not a feature file"),
        ("features/a.feature", "# language: xx\nFeature: F", "unknown language"),
    ],
)
def test_unusable_files_are_named_in_one_sentence(
    project: Project, capsys: pytest.CaptureFixture[str], file: str, text: str, names: str
) -> None:
    project.feature(ALL_SHOWN)
    (project.contract.parent / file).write_text(text, encoding="utf-8")
    assert project.run() == 2
    error = capsys.readouterr().err
    assert names in error
    assert len(error.splitlines()) == 1


def test_folders_without_files_are_unusable(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert project.run() == 2
    assert "no *.feature file" in capsys.readouterr().err
    (project.contract / "radio.requirements.yaml").unlink()
    assert project.run() == 2
    assert "no *.requirements.yaml file" in capsys.readouterr().err


def test_text_fits_100_columns_and_is_what_is_written(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    title = "a title that goes on and on " * 8
    project.feature(f"@REQ-1.1 @REQ-9.9\nFeature: F\n  Scenario: {title}\n    Given a step\n", name="x" * 120)
    project.run("--text", str(tmp_path / "out" / "trace.txt"))
    printed = capsys.readouterr().out
    assert max(map(len, printed.splitlines())) <= 100
    assert (tmp_path / "out" / "trace.txt").read_text(encoding="utf-8") == printed


def test_json_holds_the_four_lists(project: Project, tmp_path: Path) -> None:
    project.feature("@REQ-1.1 @REQ-9.9\nFeature: F\n  Scenario: S\n    Given a step\n")
    project.run("--mark-reviewed", "REQ-1.1", "--reviewer", "Ana")
    project.requires(REQUIREMENTS.replace("learn of a pause", "hear of a pause"))
    project.run("--json", str(tmp_path / "trace.json"))
    document = json.loads((tmp_path / "trace.json").read_text(encoding="utf-8"))
    scenario = {"file": "features/a.feature", "line": 3, "title": "S", "feature": "F", "rows": 1}
    assert document["covered"][0]["scenarios"] == [scenario]
    assert [entry["id"] for entry in document["uncovered"]["must"]] == ["REQ-1.2"]
    assert document["uncovered"]["deploy_only"][0]["reason"] == "set up"
    assert document["orphans"] == [{"tag": "REQ-9.9", "scenarios": [scenario]}]
    assert [entry["id"] for entry in document["changed"]] == ["REQ-1.1"]
    assert document["accepted"] is False


class PageReader(HTMLParser):
    """Collects the ids of a page, its tags, and every address it points to."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.tags: set[str] = set()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        values = dict(attrs)
        self.ids += [value for name, value in attrs if name == "id" and value]
        self.addresses += [value for name in ("href", "src") if (value := values.get(name))]


def test_the_page_has_an_anchor_per_id_and_points_nowhere_else(project: Project, tmp_path: Path) -> None:
    project.feature("@REQ-1.1 @REQ-9.9\nFeature: F\n  Scenario: <b>Ana</b> & Lena\n    Given a step\n")
    project.run("--html", str(tmp_path / "trace.html"))
    text = (tmp_path / "trace.html").read_text(encoding="utf-8")
    page = PageReader()
    page.feed(text)
    assert sorted(page.ids) == ["REQ-1", "REQ-1.1", "REQ-1.2", "REQ-1.3", "REQ-1.4"]
    assert {address.removeprefix("#") for address in page.addresses} <= set(page.ids)
    assert not page.tags & {"script", "link", "img", "iframe"}
    assert not re.search(r"url\(|@import|https?:", text)
    assert "&lt;b&gt;Ana&lt;/b&gt; &amp; Lena" in text
    assert text.count("features/a.feature:3") == 2


def test_numbers_in_ids_sort_as_numbers() -> None:
    assert sorted(["REQ-6.10", "REQ-10.1", "REQ-6.9"], key=natural_key) == ["REQ-6.9", "REQ-6.10", "REQ-10.1"]


@pytest.mark.parametrize("file", sorted(CONTRACT_DIR.glob("*.requirements.yaml")), ids=lambda file: file.name)
def test_requirement_files_of_the_project_match_their_schema(file: Path) -> None:
    schema = json.loads((CONTRACT_DIR / "requirements.schema.json").read_text(encoding="utf-8"))
    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert [error.message for error in jsonschema_rs.validator_for(schema).iter_errors(document)] == []
    for group in document["groups"]:
        for entry in group["requirements"]:
            in_place = entry["id"].startswith(f"{group['id']}.") if "." in entry["id"] else entry["id"] != group["id"]
            assert in_place, f"{entry['id']} is in group {group['id']}"


def test_the_broadcast_file_numbers_all_148_criteria_and_leaves_at_least_142_to_scenarios() -> None:
    sizes = [5] * 18 + [10] + [5] * 3 + [8] + [5] * 5
    expected = [f"REQ-{group}.{n}" for group, size in enumerate(sizes, 1) for n in range(1, size + 1)]
    criteria = [r for r in load_requirements() if r.id.startswith("REQ-")]
    assert len(expected) == 148
    assert [r.id for r in criteria] == expected
    assert all(r.level == "must" for r in criteria)
    assert sum(1 for r in criteria if not r.deploy_only) >= 142


def test_the_conversation_file_numbers_its_61_behaviours() -> None:
    numbers = [*range(1, 14), *range(20, 26), *range(30, 40), *range(40, 49), *range(50, 58), *range(60, 70)]
    expected = [f"CONV-{n}" for n in [*numbers, *range(70, 75)]]
    assert len(expected) == 61
    assert [r.id for r in load_requirements() if r.system == "conversation"] == expected


def test_the_studio_file_numbers_its_130_behaviours() -> None:
    assert [r.id for r in load_requirements() if r.system == "studio"] == [f"STU-{n}" for n in range(1, 131)]


def test_the_brief_text_holds_what_is_not_in_order(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    project.feature(ALL_SHOWN)
    project.run()
    full = capsys.readouterr().out
    project.run("--brief")
    brief = capsys.readouterr().out
    assert "Covered (2)" in full
    assert "Covered" not in brief
    assert "Uncovered, should (1)" in brief
    assert brief.splitlines()[-1] == full.splitlines()[-1]
