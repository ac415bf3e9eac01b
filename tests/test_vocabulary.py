"""How words in a sentence become values, in features of any system."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from behave.matchers import ParseMatcher

from earshot.book.promises import parse_features
from features.vocabulary.parameters import doing, more_phrases, parameter, phrases

parameter("TestDegrees", r"\d+ degrees", lambda text: int(text.split()[0]))
phrases(
    "TestWeather",
    {
        "it rains": "rain",
        "it is {degrees:TestDegrees}": lambda degrees: degrees,
        "it {:TestDegrees} is": "nothing",
        "it will be {degrees:TestDegrees}": doing(lambda *whom, degrees: (*whom, degrees)),
    },
)


def meaning(name: str, text: str) -> object:
    """Return what a text stands for in the place of `{anything:name}`."""
    return ParseMatcher.TYPE_REGISTRY[name](text)


def test_a_phrase_without_blanks_means_what_stands_beside_it() -> None:
    assert meaning("TestWeather", "it rains") == "rain"


def test_the_blanks_of_a_phrase_are_converted_and_handed_over_by_name() -> None:
    assert meaning("TestWeather", "it is 20 degrees") == 20


def test_a_blank_without_a_name_means_nothing() -> None:
    assert meaning("TestWeather", "it 20 degrees is") == "nothing"


def test_a_verb_gets_the_blanks_and_whom_it_is_done_to() -> None:
    deed = meaning("TestWeather", "it will be 30 degrees")
    assert callable(deed)
    assert deed("Lisbon") == ("Lisbon", 30)


def test_a_list_grows_but_no_phrase_of_it_means_two_things() -> None:
    more_phrases("TestNews", {"it rains": 1})
    more_phrases("TestNews", {"it snows": 2})
    assert [meaning("TestNews", text) for text in ("it rains", "it snows")] == [1, 2]
    with pytest.raises(ValueError, match="it rains would mean two things"):
        more_phrases("TestNews", {"it rains": 3})


def test_a_name_stands_for_one_thing() -> None:
    with pytest.raises(ValueError, match="TestDegrees would stand for two things"):
        parameter("TestDegrees", "cold|warm", str)


@pytest.mark.parametrize(
    ("words", "tag"),
    [("nobody else uses", "needs-own-service"), ("(?!nobody else uses)", "needs-settings")],
)
def test_who_asks_for_a_service_of_a_kind_says_so_by_a_tag(words: str, tag: str) -> None:
    features = [feature for _, feature in parse_features(Path(__file__).parents[1] / "features")]
    scenarios = [each for feature in features for each in feature.walk_scenarios()]
    asking = [
        each for each in scenarios if any(re.match(f"a service that {words}", step.name) for step in each.all_steps)
    ]
    assert len(asking) > 10
    assert [each.name for each in asking if tag not in each.effective_tags] == []
