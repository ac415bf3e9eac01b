"""The house rules for features: each one is broken once, and named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from earshot.agreement import NAMES
from earshot.book import lint, phrase_book

GOOD = """\
@broadcast
Feature: Pausing

  Background:
    Given Ana is broadcasting in English

  Rule: Everybody is told

    @REQ-6.3 @critical
    Scenario: Listeners learn of the pause
      Given Lena listens in Spanish
      When Ana pauses the broadcast
      Then Lena is told that the broadcast is paused

    @REQ-6.4 @normal
    Scenario Outline: A pause of <length>
      Given Lena listens in Spanish
      When Ana pauses the broadcast for <length>
      Then Lena is told "<said>"

      Examples:
        | length    | said |
        | 2 minutes | soon |
"""


def findings(folder: Path, text: str) -> list[str]:
    (folder / "a.feature").write_text(text)
    return [f"{finding.rule}: {finding.found}" for finding in lint.lint(folder)]


def test_good_features_have_no_findings(tmp_path: Path) -> None:
    assert findings(tmp_path, GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ("      When Ana pauses the broadcast\n", "", "a scenario has one When: 0 steps act"),
        (
            "      When Ana pauses the broadcast\n",
            "      When Ana pauses the broadcast\n      And Lena leaves\n",
            "a scenario has one When: 2 steps act",
        ),
        (
            "      When Ana pauses the broadcast\n",
            "      When Ana pauses the broadcast\n      When Ana resumes the broadcast\n",
            "a scenario has one When: 2 steps act",
        ),
        (
            "      When Ana pauses the broadcast\n",
            "      When Ana and Bruno pause the broadcast\n      And Ana resumes the broadcast\n",
            "a scenario has one When: 2 steps act",
        ),
        (
            "      When Ana pauses the broadcast\n",
            "      When the service pauses the broadcast\n      And the service resumes the broadcast\n",
            "a scenario has one When: 2 steps act",
        ),
        (
            "      Given Lena listens in Spanish\n      When Ana pauses the broadcast\n",
            "      Given Lena listens in Spanish\n" + "      And so on\n" * 6 + "      When Ana pauses the broadcast\n",
            "a scenario has at most 8 steps: 9",
        ),
        (
            "      Then Lena is told that the broadcast is paused\n",
            "",
            "a scenario says what comes of it: there is no Then",
        ),
        (
            "    Given Ana is",
            "    Given a\n    And b\n    And c\n    Given Ana is",
            "a Background has at most 3 steps: 4",
        ),
        (
            "    Given Ana is broadcasting",
            "    When Ana is broadcasting",
            "a Background only says what is given: it acts",
        ),
        ("@REQ-6.3 @critical", "@REQ-6.3", "a scenario has one severity: none"),
        ("@REQ-6.3 @critical", "@REQ-6.3 @critical @minor", "a scenario has one severity: critical, minor"),
        ("@REQ-6.3 @critical", "@critical", "a scenario names the requirement it shows: no id"),
        ("@REQ-6.3 @critical", "@REQ-6.3 @critical @urgent", "a tag is registered in earshot/book/tags.py: @urgent"),
        ("Scenario: Listeners learn", f"Scenario: {'Very ' * 20}long", "a title has at most 90 characters"),
        (
            "Outline: A pause of <length>",
            "Outline: Listeners learn of the pause",
            "a title is used once in the project",
        ),
        ("Rule: Everybody is told", f"Rule: {'Very ' * 20}long", "a title has at most 90 characters"),
        (
            "    @REQ-6.4 @normal",
            "  Rule: Everybody is told\n\n    @REQ-6.4 @normal",
            "a rule has a title of its own in its feature: “Everybody is told”",
        ),
        ("Feature: Pausing", "Feature: Listeners learn of the pause", "a title is used once in the project"),
        ("| length    | said |", "| length    | unsaid |", "a column of examples is used: unsaid"),
        ("Lena is told that", "Lena gets {paused} that", "does not talk of JSON: “{”"),
        ("Lena is told that", "ws://lena hears that", "does not talk of an address: “ws://”"),
        ("Lena is told that", "Lena gets status 403 that", "does not talk of a status code: “status 403”"),
        ("| 2 minutes | soon |", "| code 1008 | soon |", "does not talk of a status code: “code 1008” in “code 1008”"),
        (
            "Then Lena is told that the broadcast is paused",
            'Then Lena gets this\n        """\n        {"paused": true}\n        """',
            "does not talk of JSON",
        ),
        (
            "Then Lena is told that the broadcast is paused",
            "Then Lena gets this\n        | from             |\n        | http://localhost |",
            "does not talk of an address",
        ),
        ("Lena is told that", "Ana has waited until", "does not talk of waiting: “waited”"),
        ("Lena is told that", "on port 80 Lena is told that", "does not talk of a port: “port”"),
        ("Lena is told that", "Lena waits until", "does not talk of waiting: “waits”"),
        ("Lena is told that", "Lena gets broadcastPaused when", "a name from the program: “broadcastPaused”"),
        ("Lena is told that", "Lena gets SESSION_FULL when", "a name from the program: “SESSION_FULL”"),
    ],
)
def test_each_rule_names_what_breaks_it(tmp_path: Path, old: str, new: str, finding: str) -> None:
    assert old in GOOD
    assert any(finding in found for found in findings(tmp_path, GOOD.replace(old, new, 1)))


@pytest.mark.parametrize("who", ["Ana", "<who>"])
def test_an_and_may_follow_a_when_if_one_person_goes_on(tmp_path: Path, who: str) -> None:
    acts = f"      When {who} pauses the broadcast\n      And {who} resumes the broadcast\n"
    text = GOOD.replace("      When Ana pauses the broadcast for <length>\n", acts)
    text = text.replace("A pause of <length>", f"A pause of <length> by {who}")
    text = text.replace("| length    |", f"| length    |{' who |' * (who != 'Ana')}")
    text = text.replace("| 2 minutes |", f"| 2 minutes |{' Ana |' * (who != 'Ana')}")
    assert findings(tmp_path, text) == []


def test_what_is_said_aloud_may_hold_anything(tmp_path: Path) -> None:
    spoken = GOOD.replace("is told that the broadcast is paused", 'hears "Wait at port 80, {please}!"')
    spoken = spoken.replace("| soon |", "| wait |")
    assert findings(tmp_path, spoken) == []


def test_the_phrase_book_lists_every_sentence_once_in_words() -> None:
    book = phrase_book.read(Path(__file__).parents[2] / "features")
    text = phrase_book.render(book)
    assert "- ‹speaker› is broadcasting in ‹language›" in text
    text, *choices = text.split("\n## What ‹")
    lines = [line for line in text.splitlines() if line.startswith("- ")]
    assert len(lines) == len({(p.kind, re.sub(r"{(\w+):\w+}", r"\1", p.pattern)) for p in book.phrases})
    assert any("- ‹person›'s recogniser takes no sound" in choice for choice in choices)
    assert any(choice.startswith("first› or ‹news›") and "- the volume is ‹level›" in choice for choice in choices)
    said = ["Lena is told that the volume is 40%", "the next translation into French takes 2 seconds"]
    unfilled = book.unused_choices(said)
    assert "the next translation into {language:Language} takes {seconds:Seconds}" not in unfilled
    assert "every translation takes {seconds:Seconds}" in unfilled
    assert "the volume is {level:Percent}" not in unfilled
    assert "the broadcast is now {state:State}" in unfilled
    uses = book.uses([("here", "Ana is broadcasting in English"), ("there", "Ana is broadcasting in English")])
    at = {phrase.pattern: places for phrase, places in uses.items()}
    assert at["{speaker:Name} is broadcasting in {language:Language}"] == {"here", "there"}
    assert at["{speaker:Name} starts a {opening:Opening}"] == set()


def test_a_sentence_of_a_single_scenario_is_noted_with_the_closest_wording() -> None:
    book = phrase_book.read(Path(__file__).parents[2] / "features")
    uses = book.uses([("a:1", "Ana ends the session"), ("a:1", "Ana is broadcasting in English")])
    note, *others = [note for note in lint.single_uses(book, uses) if "“‹speaker› ends the session”" in note]
    assert not others and "only a:1 says" in note
    assert "close to it is “‹person› ends the live session”" in note


def test_what_several_scenarios_say_is_not_noted() -> None:
    book = phrase_book.read(Path(__file__).parents[2] / "features")
    uses = book.uses([("a:1", "Ana pauses the broadcast"), ("a:9", "Ana pauses the broadcast")])
    assert list(lint.single_uses(book, uses)) == []


@pytest.mark.parametrize(
    ("sentences", "found"),
    [
        ({"shared": 40, "broadcast": 300, "studio": 60}, []),
        ({"shared": 41, "studio": 60}, ["features/steps/shared*.py: of its own, shared has at most 40 sentences: 41"]),
        ({"studio": 61}, ["features/steps/studio*.py: of its own, studio has at most 60 sentences: 61"]),
    ],
)
def test_a_phrase_book_stays_small(sentences: dict[str, int], found: list[str]) -> None:
    findings = [str(finding) for finding in lint.too_many(sentences, {"shared": 40, "broadcast": 300})]
    assert len(findings) == len(found)
    assert all(finding.startswith(words) for finding, words in zip(findings, found, strict=True))


def test_a_sentence_belongs_to_the_system_that_its_file_names() -> None:
    book = phrase_book.read(Path(__file__).parents[2] / "features")
    assert {phrase.system for phrase in book.phrases} <= {"shared", "running", *NAMES}
