"""The review: what it says, in words, of two revisions of the promises."""

from __future__ import annotations

import argparse
import subprocess
from pathlib import Path

import pytest

from earshot.book.changes import Promises, compare
from earshot.book.requirements import load_requirements
from earshot.book.review import add_arguments, read_promises, render_text, run
from earshot.failures import Unusable

REQUIREMENTS = """\
system: broadcast
title: Radio
groups:
  - id: REQ-1
    title: Pausing
    requirements:
      - {id: REQ-1.5, text: A pause begins at once., level: must, observability: W, budget: 50 ms, source: "4"}
      - {id: REQ-1.6, text: A pause may be long., level: should, observability: W, source: "4"}
      - {id: REQ-1.10, text: A pause is kept., level: must, observability: X, source: "4", deploy_only: it is set up}
"""
FEATURE = """\
@broadcast
Feature: Pausing
  A speaker may take a break.

  Background:
    Given Ana is broadcasting

  Rule: Everybody is told

    @REQ-1.5 @critical
    Scenario: Listeners learn of a pause
      Given Lena listens in Spanish
      When Ana pauses the broadcast
      Then Lena is told within 300 ms
      And Lena hears nothing for 1 second

    @REQ-1.6 @normal
    Scenario Outline: A pause of <length>
      When Ana pauses the broadcast for <length>
      Then Lena is told that it lasts <length>

      Examples:
        | length   |
        | 1 minute |
        | 1 hour   |

  Rule: A pause ends

    @REQ-1.5 @normal
    Scenario: Listeners learn of the end
      When Ana resumes
      Then Lena is told that it goes on
"""
STEPS = """\
from behave import given, then, when


@given("{speaker:Name} has paused")
@when("{speaker:Name} pauses the broadcast")
def step(context, speaker):
    raise RuntimeError("nobody runs this")
"""


class Project:
    """Features and a contract, as they were and as they are."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.feature = folder / "features/broadcast/pause.feature"
        self.requirements = folder / "contract/radio.requirements.yaml"
        self.steps = folder / "features/steps/pause.py"
        for file, text in ((self.feature, FEATURE), (self.requirements, REQUIREMENTS), (self.steps, STEPS)):
            file.parent.mkdir(parents=True)
            file.write_text(text, encoding="utf-8")
        self.before = self.promises()

    def promises(self) -> Promises:
        return read_promises(self.folder / "features", self.folder / "contract")

    def change(self, file: Path, old: str, new: str) -> None:
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new, 1), encoding="utf-8")

    def said(self) -> list[str]:
        """Return what a review says, each line without its indent."""
        text = render_text(compare(self.before, self.promises()), since="then", to="now")
        return [line.strip() for line in text.splitlines()]


class CommittedProject(Project):
    """The same in a git repository, committed once."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.git("init", "--quiet")
        self.commit("Promise")

    def git(self, *arguments: str) -> None:
        who = ("-c", "user.name=Ana", "-c", "user.email=ana@example.org", "-c", "commit.gpgsign=false")
        subprocess.run(["git", "-C", self.folder, *who, *arguments], check=True, capture_output=True)

    def commit(self, subject: str) -> None:
        self.git("add", ".")
        self.git("commit", "--quiet", "--message", subject)

    def review(self, *options: str) -> int:
        return command("--features", f"{self.folder}/features", "--contract", f"{self.folder}/contract", *options)


def command(*options: str) -> int:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return run(parser.parse_args(options))


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


@pytest.fixture
def committed(tmp_path: Path) -> CommittedProject:
    return CommittedProject(tmp_path)


SCENARIO = "Scenario “Listeners learn of a pause” has changed"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "within 300 ms",
            "within 500 ms",
            [SCENARIO, "was   Then Lena is told within 300 ms", "now   Then Lena is told within 500 ms"],
        ),
        ("      And Lena hears nothing for 1 second\n", "", [SCENARIO, "gone  Then Lena hears nothing for 1 second"]),
        ("1 second\n", "1 second\n      And so on\n", [SCENARIO, "new   Then so on"]),
        ("@critical", "@minor", [SCENARIO, "The severity was critical and is now minor."]),
        (
            "@REQ-1.5 @critical",
            "@REQ-1.6 @critical @slow",
            [
                SCENARIO,
                "It no longer shows REQ-1.5.",
                "It now shows REQ-1.6.",
                "It is now tagged @slow (takes longer than everyday runs allow; run with --tags=@slow).",
            ],
        ),
        (
            "Scenario: Listeners learn of a pause",
            "Scenario: Listeners learn of every pause",
            ["Scenario “Listeners learn of every pause” has changed", "It was called “Listeners learn of a pause”."],
        ),
        (
            "        | 1 hour   |\n",
            "",
            ["Scenario “A pause of <length>” has changed", "gone  Example: length = 1 hour"],
        ),
        (
            "Rule: Everybody is told",
            "Rule: Everybody is told at once",
            [
                "Rule “Everybody is told at once” has changed",
                "was   Everybody is told",
                "now   Everybody is told at once",
            ],
        ),
        (
            "Given Ana is broadcasting",
            "Given Ana is broadcasting quietly",
            [
                "Feature “Pausing” has changed",
                "What is given in every scenario has changed:",
                "was   Given Ana is broadcasting",
                "now   Given Ana is broadcasting quietly",
            ],
        ),
        (
            "Feature: Pausing",
            "Feature: Breaks",
            ["Feature “Breaks” has changed", "It was called “Pausing”."],
        ),
        (
            "  Rule: A pause ends\n",
            "",
            [
                "Rule “A pause ends” is gone",
                "Scenario “Listeners learn of the end” has changed",
                "It moved here from “Pausing”, rule “A pause ends”.",
            ],
        ),
    ],
)
def test_each_change_of_a_feature_is_said_in_words(project: Project, old: str, new: str, expected: list[str]) -> None:
    project.change(project.feature, old, new)
    lines = project.said()
    start = lines.index("features/broadcast/pause.feature") + 1
    assert lines[start : lines.index("", start)] == expected


def test_new_and_removed_scenarios_are_told_in_full(project: Project) -> None:
    text = project.feature.read_text(encoding="utf-8")
    project.feature.write_text(text[: text.index("  Rule: A pause ends")], encoding="utf-8")
    other = "Feature: Muting\n  @REQ-1.6\n  Scenario: Lena hears nothing\n    When Ana mutes\n"
    (project.feature.parent / "mute.feature").write_text(other, encoding="utf-8")
    lines = project.said()
    muting = [
        "Feature “Muting” is new",
        "Scenario “Lena hears nothing” is new",
        "It shows REQ-1.6.",
        "new   When Ana mutes",
    ]
    pausing = [
        "Rule “A pause ends” is gone",
        "Scenario “Listeners learn of the end” is gone",
        "It showed REQ-1.5. Its severity was normal.",
        "gone  When Ana resumes",
        "gone  Then Lena is told that it goes on",
    ]
    for expected in (muting, pausing):
        assert expected == lines[lines.index(expected[0]) :][: len(expected)]
    assert lines[-1] == "Features: 1 new; rules: 1 removed; scenarios: 1 new, 1 removed."


def test_a_feature_file_that_is_renamed_is_still_the_same(project: Project) -> None:
    text = project.feature.read_text(encoding="utf-8")
    project.feature.with_name("break.feature").write_text(text[: text.index("  Rule: A pause ends")], encoding="utf-8")
    project.feature.unlink()
    lines = project.said()
    assert "It was in features/broadcast/pause.feature." in lines
    assert "features/broadcast/pause.feature" not in lines
    assert lines[-1] == "Features: 1 changed; rules: 1 removed; scenarios: 1 removed."


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("50 ms", "500 ms", ["Requirement REQ-1.5 has changed", "The budget was 50 ms and is now 500 ms."]),
        (", budget: 50 ms", "", ["Requirement REQ-1.5 has changed", "The budget of 50 ms is gone."]),
        (
            "level: should",
            "level: must, budget: 1 s",
            [
                "Requirement REQ-1.6 has changed",
                "The level was should and is now must.",
                "There was no budget; it is now 1 s.",
            ],
        ),
        (
            "may be long",
            "may be short",
            ["Requirement REQ-1.6 has changed", "was   A pause may be long.", "now   A pause may be short."],
        ),
        (
            ", deploy_only: it is set up",
            "",
            [
                "Requirement REQ-1.10 has changed",
                "A scenario has to show it now; before, it was only seen in deployment.",
            ],
        ),
        (
            "id: REQ-1.6, text: A pause may be long.",
            "id: REQ-1.7, text: New.",
            [
                "Requirement REQ-1.6 is gone",
                "gone  A pause may be long.",
                "Requirement REQ-1.7 is new",
                "new   New. (should)",
            ],
        ),
    ],
)
def test_each_change_of_a_requirement_is_said_in_words(
    project: Project, old: str, new: str, expected: list[str]
) -> None:
    project.change(project.requirements, old, new)
    lines = project.said()
    start = lines.index("Requirements") + 1
    assert lines[start : lines.index("", start)] == expected


def test_a_requirement_that_lost_its_last_scenario_is_named(project: Project) -> None:
    project.change(project.feature, "    @REQ-1.6 @normal\n", "    @normal\n")
    lines = project.said()
    assert lines[lines.index("Requirement REQ-1.6 has changed") + 1] == "No scenario shows it any more."


def test_a_change_after_a_review_asks_for_a_new_one(project: Project) -> None:
    fingerprint = load_requirements(project.requirements.parent).by_id()["REQ-1.5"].fingerprint
    review = f'reviewed:\n  REQ-1.5: {{sha256: "{fingerprint}", date: "2026-11-19", reviewer: "Bo Berg"}}\n'
    (project.requirements.parent / "reviewed.yaml").write_text(review, encoding="utf-8")
    assert project.said()[-1] == "Nothing changed in the promises."
    project.before = project.promises()
    project.change(project.requirements, "50 ms", "500 ms")
    assert "Bo Berg agreed on 2026-11-19 to what it was; it needs a new review." in project.said()


def test_sentences_of_the_phrase_book_and_what_is_behind_them(project: Project) -> None:
    project.change(project.steps, "pauses the broadcast", "halts the broadcast")
    project.change(project.steps, "has paused", "went to have some tea")
    lines = project.said()
    start = lines.index("Phrase book") + 1
    assert lines[start : lines.index("", start)] == [
        "Sentence “Given ‹speaker› went to have some tea” is new",
        "Sentence “Given ‹speaker› has paused” is gone",
        "Sentence “When ‹speaker› halts the broadcast” has changed",
        "was   ‹speaker› pauses the broadcast",
        "now   ‹speaker› halts the broadcast",
    ]
    assert "File features/steps/pause.py has changed" in lines


def test_where_nothing_changed_nothing_is_said(committed: CommittedProject, capsys: pytest.CaptureFixture[str]) -> None:
    (committed.folder / "README.md").write_text("Hello.", encoding="utf-8")
    assert committed.review("--since", "HEAD") == 0
    head, blank, foot = capsys.readouterr().out.splitlines()
    assert head.startswith("What changed in the promises from ")
    assert head.endswith("“Promise”) to the working tree")
    assert (blank, foot) == ("", "Nothing changed in the promises.")


def test_two_revisions_are_compared_whatever_the_working_tree_holds(
    committed: CommittedProject, capsys: pytest.CaptureFixture[str]
) -> None:
    committed.change(committed.feature, "within 300 ms", "within 500 ms")
    committed.commit("Take longer")
    committed.feature.write_text("This is no feature file.", encoding="utf-8")
    assert committed.review("--since", "HEAD~1", "--to", "HEAD") == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "“Take longer”" in text
    assert "now Then Lena is told within 500 ms" in text


def test_before_there_were_features_everything_is_new(
    committed: CommittedProject, capsys: pytest.CaptureFixture[str]
) -> None:
    committed.git("checkout", "--quiet", "--orphan", "empty")
    committed.git("rm", "--quiet", "-r", "--cached", ".")
    committed.git("commit", "--quiet", "--allow-empty", "--message", "Begin")
    assert committed.review("--since", "HEAD") == 0
    text = " ".join(capsys.readouterr().out.split())
    assert text.index("REQ-1.5") < text.index("REQ-1.6") < text.index("REQ-1.10")
    foot = "Requirements: 3 new; features: 1 new; rules: 2 new; scenarios: 3 new; sentences: 2 new; files: 1 new."
    assert foot in text


def test_the_page_shows_both_wordings_word_by_word(committed: CommittedProject) -> None:
    committed.change(committed.feature, "within 300 ms", "within <b>500</b> ms")
    file = committed.folder / "new/review.html"
    assert committed.review("--since", "HEAD", "--html", str(file)) == 0
    page = file.read_text(encoding="utf-8")
    assert "Then Lena is told within <del>300</del> <ins>&lt;b&gt;500&lt;/b&gt;</ins> ms" in page
    assert "<b>" not in page
    assert "Scenarios: 1 changed." in page


def test_what_cannot_be_compared_is_said_in_one_sentence(
    committed: CommittedProject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with pytest.raises(Unusable, match="'nonsense' is no revision of"):
        committed.review("--since", "nonsense")
    committed.feature.write_text("This is no feature file.", encoding="utf-8")
    committed.commit("Break")
    with pytest.raises(Unusable, match=r"at HEAD, features/broadcast/pause\.feature is not a feature file"):
        committed.review("--since", "HEAD~1", "--to", "HEAD")
    elsewhere = str(tmp_path_factory.mktemp("elsewhere"))
    with pytest.raises(Unusable, match="is not in a git repository"):
        command("--since", "HEAD", "--features", f"{elsewhere}/features", "--contract", elsewhere)
    with pytest.raises(Unusable, match="lies outside of the repository"):
        committed.review("--since", "HEAD", "--contract", elsewhere)
