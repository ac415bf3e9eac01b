"""Words of the sentences about how tests are run."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Protocol

from hamcrest import assert_that, contains_string, equal_to

from earshot.matchers.presence import nothing
from earshot.running.rehearsal import FIRST, TESTS, Rehearsal
from features.vocabulary.parameters import closed_list, doing, parameter, phrases
from features.vocabulary.shared import World as AnyWorld


class World(AnyWorld, Protocol):
    rehearsal: Rehearsal
    add_cleanup: Callable[[Callable[[], object]], object]


NOT_RUN = "not run (0.000 s)"
NO_SERVICE = "sleep 60"

parameter("Titles", r'"[^"]*"(?:(?:, | and )"[^"]*")*', lambda text: re.findall('"([^"]*)"', text))
closed_list("Colour", {"green": True, "not green": False})
closed_list("FirstTest", {does: does for does in ("passes", "fails", "takes a minute", "goes on for 60 seconds")})
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
        "leaves nothing running": lambda tests: assert_that(tests.leaves_running(), nothing(), "what still runs"),
    },
)
"""What can be said of a run that has ended."""
